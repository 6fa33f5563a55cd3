//! Objects that are files: every size, every place to look in, and many writers at once.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::git::config::ConfigSource;
use crate::git::loose::{self, LooseObject, Packing};
use crate::git::object::{ObjectError, ObjectKind};
use crate::git::places::ObjectPlaces;
use crate::git::tests::objects::{loose_path, overwrite};
use crate::git::tests::{World, new_commit};
use crate::model::object::ObjectId;

pub const FORMATS: &[&str] = &["--object-format=sha1", "--object-format=sha256"];

pub fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..length).map(|_| next()).collect()
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
