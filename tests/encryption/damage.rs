//! Stored bytes that somebody changed, exchanged or took away.

use std::fs;

use crate::world::World;
use crate::{SAID, log_paths, restored, sealed, succeeds, transcript};

const LOG_REF: &str = "refs/notes/ckpt-log/ada-0000001";

/// The log ref with other bytes, or none, at a path; the history before is left as it is.
fn put(world: &World, path: &str, bytes: Option<&[u8]>) {
    let index = world.home().join("index");
    let _ = fs::remove_file(&index);
    let git = |arguments: &[&str], input: &[u8]| {
        let call =
            world.call_program("git", arguments).env("GIT_INDEX_FILE", index.to_str().unwrap());
        let run = call.input(input).run();
        assert_eq!(run.code, 0, "{run}");
        run.stdout().trim_end().to_owned()
    };
    git(&["read-tree", LOG_REF], b"");
    match bytes {
        Some(bytes) => {
            let blob = git(&["hash-object", "-w", "--stdin"], bytes);
            git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")], b"");
        }
        None => drop(git(&["update-index", "--force-remove", path], b"")),
    }
    let tree = git(&["write-tree"], b"");
    let commit = git(&["commit-tree", &tree, "-p", LOG_REF, "-m", "put"], b"");
    git(&["update-ref", LOG_REF, &commit], b"");
}

fn at(world: &World, path: &str) -> Vec<u8> {
    let place = format!("{LOG_REF}:{path}");
    world.call_program("git", &["cat-file", "blob", &place]).run().output.stdout
}

/// A world with a checkpoint of two frames in one log; returns the paths of both.
fn two_frames() -> (World, String, Vec<String>) {
    let world = sealed();
    world.save(&["-m", "First"]);
    world.claude().says("What about Sundays?", SAID).says("And now?", "Later.").write();
    let id = world.save(&["-m", "Second"]);
    let log =
        world.json(&["show", "--json", &id])["sessions"][0]["log"].as_str().unwrap().to_owned();
    let directory = format!("{}/{}/", &log[..2], &log[2..]);
    let mut frames = log_paths(&world);
    frames.retain(|path| path.starts_with(&directory));
    assert_eq!(frames.len(), 2);
    (world, id, frames)
}

#[track_caller]
fn is_refused(world: &World, id: &str, wanted: &str) {
    let run = world.ckpt(&["show", "--session", id]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr().contains(wanted), "{run}");
    assert_eq!(world.ckpt(&["verify"]).code, 5);
    // What is damaged never keeps the next save from being whole.
    let again = world.save(&["-m", "Again"]);
    assert_eq!(restored(world, &again), fs::read(transcript(world)).unwrap());
}

#[test]
fn a_frame_in_which_a_bit_was_turned_is_refused() {
    let (world, id, frames) = two_frames();
    let mut bytes = at(&world, &frames[1]);
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    put(&world, &frames[1], Some(&bytes));
    is_refused(&world, &id, "it was changed, or belongs somewhere else");
}

#[test]
fn a_frame_that_was_cut_short_is_refused() {
    let (world, id, frames) = two_frames();
    let bytes = at(&world, &frames[1]);
    put(&world, &frames[1], Some(&bytes[..bytes.len() - 1]));
    is_refused(&world, &id, "it was changed, or belongs somewhere else");
}

#[test]
fn a_frame_in_the_place_of_another_is_refused() {
    let (world, id, frames) = two_frames();
    put(&world, &frames[1], Some(&at(&world, &frames[0])));
    is_refused(&world, &id, "belongs somewhere else");
}

#[test]
fn a_plain_frame_in_the_place_of_a_sealed_one_is_refused() {
    let (world, id, frames) = two_frames();
    let sealed = at(&world, &frames[0]);
    let length = git_ckpt::format::frame::header(&sealed).unwrap().length;
    let forged =
        git_ckpt::format::frame::encode(0, &[], &vec![b'x'; length as usize], None).unwrap();
    put(&world, &frames[0], Some(&forged));
    is_refused(&world, &id, "");
}

#[test]
fn a_newer_frame_is_named_as_such() {
    let (world, id, frames) = two_frames();
    let mut bytes = at(&world, &frames[1]);
    let version = bytes.windows(6).position(|six| six == b"{\"v\":2").unwrap() + 5;
    bytes[version] = b'3';
    put(&world, &frames[1], Some(&bytes));
    is_refused(&world, &id, "written in version 3, newer than this program reads");
}

#[test]
fn a_damaged_wrapped_key_is_told_apart_and_mended_by_whoever_has_it() {
    let (world, id, _) = two_frames();
    let key = log_paths(&world).into_iter().find(|path| path.ends_with(".age")).unwrap();
    put(&world, &key, Some(b"age-encryption.org/v1\n-> none\n"));
    let other = crate::fetched(&world);
    let own = fs::read_to_string(world.home().join(".config/git-ckpt/identity")).unwrap();
    other.write_to(&other.home().join(".config/git-ckpt/identity"), &own);
    let run = other.ckpt(&["show", "--session", &id]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr().contains("is damaged"), "{run}");
    assert_eq!(other.ckpt(&["verify"]).code, 5);

    let listed = world.json(&["recipients", "list", "--json"]);
    succeeds(&world, &["recipients", "add", listed["recipients"][0].as_str().unwrap()]);
    succeeds(&other, &["fetch", "--logs"]);
    assert_eq!(restored(&other, &id), fs::read(transcript(&world)).unwrap());
}

#[test]
fn a_session_whose_key_is_gone_is_named_as_lost() {
    let (world, id, _) = two_frames();
    let key = log_paths(&world).into_iter().find(|path| path.ends_with(".age")).unwrap();
    put(&world, &key, None);
    let other = crate::fetched(&world);
    let run = other.ckpt(&["show", "--session", &id]);
    assert!(run.stderr().contains("is stored nowhere here"), "{run}");
    // Whoever still has it puts it back with the next save.
    world.save(&["-m", "Again"]);
    assert_eq!(log_paths(&world).iter().filter(|path| path.ends_with(".age")).count(), 1);
}

#[test]
fn what_is_pruned_and_mended_keeps_the_keys() {
    let (world, id, _) = two_frames();
    let said = fs::read(transcript(&world)).unwrap();
    fs::remove_dir_all(world.repo().join(".git/ckpt/keys")).unwrap();
    world.git(&["update-ref", "-d", LOG_REF]);
    assert_eq!(restored(&world, &id), said, "the ref was mended");
    succeeds(&world, &["prune", "--keep", "1", "--yes", "--force"]);
    assert_eq!(restored(&world, &id), said);
}
