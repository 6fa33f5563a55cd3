//! Objects that are files: every kind of damage, every place to look in, and many writers at once.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use flate2::{Compress, Compression, FlushCompress};

use crate::git::config::ConfigSource;
use crate::git::loose::{self, Flaw, LooseObject, Packing};
use crate::git::object::{ObjectError, ObjectKind};
use crate::git::places::ObjectPlaces;
use crate::git::repository::ObjectFormat::Sha1;
use crate::git::revision::RevisionError;
use crate::git::tests::objects::{loose_path, overwrite};
use crate::git::tests::{World, new_commit};
use crate::model::object::ObjectId;

const FORMATS: &[&str] = &["--object-format=sha1", "--object-format=sha256"];

fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(bytes.len() + 100);
    let mut deflate = Compress::new(Compression::new(6), true);
    deflate.compress_vec(bytes, &mut file, FlushCompress::Finish).unwrap();
    file
}

#[test]
fn an_object_of_every_size_and_packing_reads_back() {
    for size in [0, 1, 300, 1015, 1016, 1017, 1024, 4096, 32768, 70_000, 1 << 20] {
        for bytes in [noise(size, 7), vec![b'a'; size]] {
            for packing in [Packing::Usual, Packing::Stored] {
                let file = loose::encode(ObjectKind::Blob, &bytes, packing);
                let size_told = loose::decode_header(&file[..file.len().min(256)]).unwrap();
                assert_eq!(size_told, (ObjectKind::Blob, size as u64));
                let object = LooseObject { kind: ObjectKind::Blob, bytes: bytes.clone() };
                assert_eq!(loose::decode(&file, u64::MAX), Ok(object), "{size} {packing:?}");
            }
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_is_damage() {
    for (bytes, packing) in [
        (noise(3000, 3), Packing::Usual),
        (noise(3000, 3), Packing::Stored),
        (vec![b'a'; 3000], Packing::Usual),
        (b"short".to_vec(), Packing::Usual),
    ] {
        let file = loose::encode(ObjectKind::Blob, &bytes, packing);
        for end in 0..file.len() {
            let expected = if end == 0 { Flaw::Empty } else { Flaw::CutOff };
            assert_eq!(
                loose::decode(&file[..end], u64::MAX),
                Err(expected),
                "{end} of {}",
                file.len()
            );
        }
    }
}

#[test]
fn a_changed_byte_anywhere_is_damage() {
    let bytes = noise(700, 11);
    let id_of = |object: LooseObject| loose::hash(Sha1, object.kind, &object.bytes).unwrap();
    for packing in [Packing::Usual, Packing::Stored] {
        let file = loose::encode(ObjectKind::Blob, &bytes, packing);
        let id = loose::hash(Sha1, ObjectKind::Blob, &bytes).unwrap();
        let unnoticed = |place: &usize| {
            let mut changed = file.clone();
            changed[*place] ^= 0x10;
            loose::decode(&changed, u64::MAX).is_ok_and(|object| id_of(object) == id)
        };
        let places: Vec<usize> = (0..file.len()).filter(unnoticed).collect();
        // A stored block begins with five bits that mean nothing; there are two, for the header and for the content.
        assert!(places.len() <= 2, "{packing:?} {places:?}");
    }
}

#[test]
fn every_flaw_has_its_name() {
    let good = loose::encode(ObjectKind::Blob, b"content", Packing::Usual);
    let cases: [(&str, Vec<u8>, Flaw); 12] = [
        ("empty", vec![], Flaw::Empty),
        ("zeros", vec![0; 4096], Flaw::Garbled),
        ("plain text", b"blob 7\0content".to_vec(), Flaw::Garbled),
        (
            "no header",
            zlib(b"content without any header at all, not even a short one"),
            Flaw::Header,
        ),
        ("unknown kind", zlib(b"blub 7\0content"), Flaw::Header),
        ("no size", zlib(b"blob \0content"), Flaw::Header),
        ("padded size", zlib(b"blob 007\0content"), Flaw::Header),
        ("signed size", zlib(b"blob +7\0content"), Flaw::Header),
        ("too short", zlib(b"blob 8\0content"), Flaw::Length),
        ("too long", zlib(b"blob 6\0content"), Flaw::Length),
        ("vast size", zlib(b"blob 18446744073709551615\0content"), Flaw::Length),
        ("more behind", [&good[..], b"x"].concat(), Flaw::Surplus),
    ];
    for (case, file, flaw) in cases {
        assert_eq!(loose::decode(&file, u64::MAX), Err(flaw), "{case}");
    }
}

#[test]
fn damage_in_a_repository_is_told_with_its_detail() {
    for format in FORMATS {
        let world = World::new(&[format]);
        let id = world.open().write_blob(&noise(4000, 5)).unwrap();
        let path = loose_path(&world, id);
        let file = std::fs::read(&path).unwrap();
        let other = zlib(b"blob 5\0other");
        let cases: [(&[u8], &str); 4] = [
            (b"", "its file is empty"),
            (&file[..file.len() / 2], "its file ends early"),
            (&file[..3], "its file ends early"),
            (&other, "its file holds another object"),
        ];
        for (damage, expected) in cases {
            overwrite(&path, damage);
            match world.open().blob(id) {
                Err(ObjectError::Damaged { detail, .. }) => assert_eq!(detail, expected),
                read => panic!("{format} {expected}: {read:?}"),
            }
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(matches!(world.open().blob(id), Err(ObjectError::Damaged { .. })), "{format}");
    }
}

#[test]
fn a_whole_copy_in_a_pack_or_elsewhere_stands_in_for_a_damaged_file() {
    let world = World::plain();
    let content = noise(4000, 9);
    world.write("file", &content);
    world.commit("one");
    let id = world.id("HEAD:file");
    let file = std::fs::read(loose_path(&world, id)).unwrap();
    world.git(&["repack", "-adq"]);
    std::fs::create_dir_all(loose_path(&world, id).parent().unwrap()).unwrap();
    std::fs::write(loose_path(&world, id), &file[..100]).unwrap();
    assert_eq!(world.open().blob(id).unwrap(), content);

    let lent = world.path("lent");
    let twin = lent.join(&id.to_string()[..2]);
    std::fs::create_dir_all(&twin).unwrap();
    std::fs::write(twin.join(&id.to_string()[2..]), &file).unwrap();
    std::fs::write(world.place.join(".git/objects/info/alternates"), "../../../lent\n").unwrap();
    std::fs::remove_dir_all(world.place.join(".git/objects/pack")).unwrap();
    assert_eq!(world.open().blob(id).unwrap(), content);
}

#[test]
fn writing_a_damaged_object_again_mends_it() {
    let world = World::plain();
    let repository = world.open();
    let id = repository.write_blob(b"content").unwrap();
    overwrite(&loose_path(&world, id), b"");
    assert!(repository.blob(id).is_err());
    assert_eq!(repository.write_blob(b"content").unwrap(), id);
    assert_eq!(repository.blob(id).unwrap(), b"content");
}

#[test]
fn writing_an_object_again_makes_it_young() {
    let world = World::plain();
    let repository = world.open();
    let id = repository.write_blob(b"content").unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let path = loose_path(&world, id);
    std::fs::File::open(&path).unwrap().set_modified(long_ago).unwrap();
    repository.write_blob(b"content").unwrap();
    world.git(&["prune", "--expire=2.days.ago"]);
    assert!(path.exists());
    assert_ne!(path.metadata().unwrap().modified().unwrap(), long_ago);
}

/// A chain of directories, each borrowing from the next, with one object in each.
fn chain(world: &World, names: &[&str]) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    let mut before = world.place.join(".git/objects");
    for name in names {
        let other = World::plain();
        let id = other.open().write_blob(name.as_bytes()).unwrap();
        let lent = world.path(name);
        std::fs::rename(other.place.join(".git/objects"), &lent).unwrap();
        let up = if ids.is_empty() { "../../../" } else { "../" };
        let list = format!("# a comment\n\n{up}{name}\n/nowhere/at/all\n");
        std::fs::write(before.join("info/alternates"), list).unwrap();
        before = lent;
        ids.push(id);
    }
    std::fs::write(before.join("info/alternates"), world.path(names[0]).to_str().unwrap()).unwrap();
    ids
}

#[test]
fn borrowed_objects_are_found_through_chains_and_loops() {
    let world = World::plain();
    let ids = chain(&world, &["first", "second", "third"]);
    let repository = world.open();
    for (id, name) in ids.iter().zip(["first", "second", "third"]) {
        assert_eq!(repository.blob(*id).unwrap(), name.as_bytes());
        assert_eq!(repository.object_kind(*id), Some(ObjectKind::Blob));
    }
    let id = ids[2].to_string();
    let path = world.path("third").join(&id[..2]).join(&id[2..]);
    let file = std::fs::read(&path).unwrap();
    overwrite(&path, &file[..file.len() - 1]);
    assert!(matches!(world.open().blob(ids[2]), Err(ObjectError::Damaged { .. })));
}

/// Not a test of its own: what a process sees that was told where objects lie.
#[test]
fn written_by_a_child() {
    let Some(kept) = std::env::var_os("CKPT_CHILD_LENT") else { return };
    let mut repository = crate::git::Repository::discover(std::path::Path::new(".")).unwrap();
    let own = std::env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from);
    repository.set_object_places(ObjectPlaces { own, borrowed: vec![kept.into()] });
    println!("wrote={}", repository.write_blob(b"from the child").unwrap());
    let lent: ObjectId = std::env::var("CKPT_CHILD_READS").unwrap().parse().unwrap();
    println!("read={}", String::from_utf8(repository.blob(lent).unwrap()).unwrap());
}

#[test]
fn the_environment_may_say_where_objects_lie() {
    let world = World::plain();
    let lent = world.open().write_blob(b"lent").unwrap();
    std::fs::rename(world.place.join(".git/objects"), world.path("lent")).unwrap();
    std::fs::create_dir(world.place.join(".git/objects")).unwrap();
    std::fs::create_dir(world.path("own")).unwrap();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "git::tests::loose::written_by_a_child", "--nocapture"]);
    command.env_clear().envs(world.variables()).current_dir(&world.place);
    command.env("GIT_DIR", world.place.join(".git")).env("CKPT_CHILD_LENT", world.path("lent"));
    command.env("CKPT_CHILD_READS", lent.to_string());
    command.env("GIT_OBJECT_DIRECTORY", world.path("own"));
    let output = command.output().unwrap();
    let seen = String::from_utf8_lossy(&output.stdout);
    assert!(seen.contains("read=lent"), "{output:?}");
    let id = seen.lines().find_map(|line| line.split("wrote=").nth(1)).unwrap();
    assert!(world.path("own").join(&id[..2]).join(&id[2..]).exists(), "{id}");
    let mut elsewhere = world.open();
    let own = Some(world.path("own"));
    elsewhere.set_object_places(ObjectPlaces { own, borrowed: vec![] });
    assert!(elsewhere.blob(id.parse().unwrap()).is_err(), "it speaks of another repository");
}

#[test]
fn many_writers_of_the_same_and_of_other_objects_leave_whole_ones() {
    for format in FORMATS {
        let world = World::new(&[format]);
        let shared: Vec<Vec<u8>> = (0..20).map(|n| noise(n * 997, 100 + n as u32)).collect();
        std::thread::scope(|scope| {
            for thread in 0..8_u32 {
                let (world_open, shared) = (world.open(), &shared);
                scope.spawn(move || {
                    for bytes in shared {
                        let id = world_open.write_compressed_blob(bytes).unwrap();
                        assert_eq!(world_open.blob(id).unwrap(), *bytes);
                        let own = [&thread.to_be_bytes()[..], bytes].concat();
                        let id = world_open.write_blob(&own).unwrap();
                        assert_eq!(world_open.blob(id).unwrap(), own);
                    }
                });
            }
        });
        let counted = world.git(&["count-objects", "-v"]);
        assert!(counted.starts_with("count: 180\n"), "{counted}");
        assert!(counted.contains("garbage: 0"), "{counted}");
        let complaints = world.try_git(&["fsck", "--strict", "--full"]);
        let said = String::from_utf8_lossy(&complaints.stderr);
        let problems = said.lines().filter(|line| !line.starts_with("notice: "));
        assert!(complaints.status.success() && problems.count() == 0, "{said}");
    }
}

#[test]
fn git_reads_what_was_stored_without_packing_and_packs_it() {
    for format in FORMATS {
        let world = World::new(&[format]);
        let repository = world.open();
        let bytes = noise(200_000, 1);
        let id = repository.write_compressed_blob(&bytes).unwrap();
        let file = loose_path(&world, id).metadata().unwrap();
        assert!(file.len() < bytes.len() as u64 + 200, "{}", file.len());
        assert_eq!(file.permissions().mode() & 0o777, 0o444);
        let entry =
            crate::git::TreeEntry { name: b"f".to_vec(), kind: crate::git::EntryKind::Blob, id };
        let tree = repository.write_tree(vec![entry]).unwrap();
        let commit = repository.write_commit(&new_commit(tree, vec![], "one")).unwrap();
        world.git(&["update-ref", "refs/heads/side", &commit.to_string()]);
        assert_eq!(world.git(&["cat-file", "-s", &id.to_string()]), "200000");
        world.git(&["gc", "--quiet", "--prune=now"]);
        assert!(!loose_path(&world, id).exists());
        assert_eq!(world.open().blob(id).unwrap(), bytes);
    }
}

#[test]
fn a_shared_repository_stays_shared() {
    for sharing in ["umask", "group", "all", "0640", "0660", "true", "2"] {
        let world = World::plain();
        world.git(&["config", "core.sharedRepository", sharing]);
        let ours = world.open().write_blob(b"ours").unwrap();
        world.write("theirs", "theirs");
        let theirs: ObjectId = world.git(&["hash-object", "-w", "theirs"]).parse().unwrap();
        let modes = |id| {
            let path = loose_path(&world, id);
            [&path, path.parent().unwrap()].map(|path| path.metadata().unwrap().mode())
        };
        assert_eq!(modes(ours), modes(theirs), "{sharing}");
    }
}

#[test]
fn the_disk_is_waited_for_only_when_that_is_asked() {
    let world = World::plain();
    let cases = [
        (&[][..], false),
        (&["core.fsyncObjectFiles=true"], true),
        (&["core.fsync=loose-object"], true),
        (&["core.fsync=none,objects"], true),
        (&["core.fsync=all,-loose-object"], false),
        (&["core.fsync=committed,none"], false),
        (&["core.fsync=reference,pack", "core.fsyncObjectFiles=true"], false),
    ];
    for (settings, expected) in cases {
        let config = world.path("home/config");
        std::fs::write(&config, "").unwrap();
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            world.git(&["config", "--file", config.to_str().unwrap(), key, value]);
        }
        let mut repository = world.open();
        repository.set_config_source(ConfigSource::Program);
        assert_eq!(repository.manner().sync, expected, "{settings:?}");
        repository.write_blob(format!("{settings:?}").as_bytes()).unwrap();
    }
}

#[test]
fn a_directory_that_nothing_can_be_written_to_is_an_error() {
    let world = World::plain();
    let repository = world.open();
    let id = repository.write_blob(b"probe").unwrap();
    let fan = loose_path(&world, id).parent().unwrap().to_owned();
    std::fs::remove_dir_all(&fan).unwrap();
    std::fs::write(&fan, "in the way").unwrap();
    let error = repository.write_blob(b"probe").unwrap_err();
    assert!(matches!(error, ObjectError::Unwritable { .. }), "{error}");
}

#[test]
fn nothing_hangs_on_a_commit_or_a_tree_that_ends_early() {
    let world = World::plain();
    world.write("dir/file", noise(3000, 2));
    world.commit("one");
    world.write("dir/file", noise(3000, 4));
    world.commit("two");
    let cut = |revision: &str| {
        let id = world.id(revision);
        let path = loose_path(&world, id);
        let file = std::fs::read(&path).unwrap();
        overwrite(&path, &file[..file.len() / 2]);
        (path, file)
    };
    let head = world.id("HEAD");
    for revision in ["HEAD:dir/file", "HEAD~1:dir/file", "HEAD:dir", "HEAD^{tree}", "HEAD~1:"] {
        assert!(world.open().patch_id(head).is_some(), "{revision}");
        let (path, file) = cut(revision);
        assert_eq!(world.open().patch_id(head), None, "{revision}");
        overwrite(&path, &file);
    }
    let short = head.short();
    let (path, file) = cut("HEAD");
    for revision in ["HEAD", "main", "@", "HEAD~1", "HEAD^0", &short, &head.to_string()] {
        let error = world.open().resolve_commit(revision).unwrap_err();
        assert!(matches!(error, RevisionError::Damaged { .. }), "{revision}: {error}");
    }
    assert_eq!(world.open().object_kind(head), Some(ObjectKind::Commit));
    overwrite(&path, &file[..5]);
    assert_eq!(world.open().object_kind(head), None);
    assert!(world.open().has_object(head));
}

#[test]
fn nothing_hangs_on_attributes_that_end_early() {
    let world = World::plain();
    let attributes: String = (0..3000).map(|n| format!("*.x{n} text\n")).collect();
    for name in [".gitattributes", "dir/.gitattributes"] {
        world.write(name, format!("# {name}\n{attributes}"));
    }
    world.write("dir/file", "one\n");
    world.commit("one");
    world.write("dir/file", "two\n");
    let commit = world.commit("two");
    for name in [".gitattributes", "dir/.gitattributes"] {
        std::fs::remove_file(world.place.join(name)).unwrap();
        assert!(world.open().patch_id(commit).is_some(), "{name}");
        let path = loose_path(&world, world.id(&format!("HEAD:{name}")));
        let file = std::fs::read(&path).unwrap();
        overwrite(&path, &file[..600]);
        assert_eq!(world.open().patch_id(commit), None, "{name}");
        overwrite(&path, &file);
    }
}
