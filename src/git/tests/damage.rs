//! Every kind of damage that a file of an object can have.

use flate2::{Compress, Compression, FlushCompress};

use crate::git::loose::{self, Flaw, LooseObject, Packing};
use crate::git::object::{ObjectError, ObjectKind};
use crate::git::repository::ObjectFormat::Sha1;
use crate::git::revision::RevisionError;
use crate::git::tests::World;
use crate::git::tests::loose::{FORMATS, noise};
use crate::git::tests::objects::{loose_path, overwrite};

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(bytes.len() + 100);
    let mut deflate = Compress::new(Compression::new(6), true);
    deflate.compress_vec(bytes, &mut file, FlushCompress::Finish).unwrap();
    file
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
