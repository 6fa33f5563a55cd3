//! Sessions and documents that are sealed before they become objects: who can read them, what of them lies in git, and what happens
//! when keys, recipients or stored bytes are not what they were.

#![allow(clippy::unwrap_used, clippy::print_stderr, dead_code)]

#[path = "../cli/sessions_of.rs"]
mod sessions_of;
#[path = "../cli/world.rs"]
mod world;

mod bundles;
mod clones;
mod damage;
mod documents;
mod growth;
mod hooks;
mod identities;
mod secrets;
mod switching;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use age::secrecy::ExposeSecret;
use world::World;

/// What no object of a repository may hold in which everything is sealed.
const SAID: &str = "the north bed is watered twice on Sundays";

/// A new identity of age: the text of its file, and the recipient.
fn age_identity() -> (String, String) {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    (format!("# a test's own\n{}\n", identity.to_string().expose_secret()), recipient)
}

/// A new key of ssh in the usual place of a world's home; returns its public half.
fn ssh_key(world: &World, kind: &str, passphrase: &str) -> String {
    let path = world.home().join(format!(".ssh/id_{kind}"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = path.to_str().unwrap();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", kind, "-N", passphrase, "-C", "ada@home", "-f", file])
        .status();
    assert!(made.unwrap().success());
    fs::read_to_string(path.with_extension("pub")).unwrap()
}

/// Gives a world an identity where the program looks for it; returns the recipient.
fn own_identity(world: &World) -> String {
    let (identity, recipient) = age_identity();
    world.write_to(&world.home().join(".config/git-ckpt/identity"), &identity);
    recipient
}

fn forget_identity(world: &World) {
    fs::remove_file(world.home().join(".config/git-ckpt/identity")).unwrap();
}

/// Seals sessions to these recipients.
#[track_caller]
fn seal_to(world: &World, recipients: &[&str]) {
    world.git(&["config", "ckpt.encrypt", "sessions"]);
    for recipient in recipients {
        succeeds(world, &["recipients", "add", recipient]);
    }
}

/// Seals sessions and documents to these recipients.
#[track_caller]
fn seal_all(world: &World, recipients: &[&str]) {
    seal_to(world, recipients);
    world.git(&["config", "ckpt.encrypt", "all"]);
}

/// A world with a session of Claude Code that is sealed to its own identity.
fn sealed() -> World {
    let world = World::new();
    world.claude().says("What about Sundays?", SAID).with_companions().write();
    let own = own_identity(&world);
    seal_to(&world, &[&own]);
    world
}

#[track_caller]
fn succeeds(world: &World, arguments: &[&str]) -> world::Run {
    let run = world.ckpt(arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {run}");
    run
}

/// Another person's clone, with all checkpoints and sessions fetched.
fn fetched(world: &World) -> World {
    let other = World::unborn();
    other.wait(3600);
    let from = world.repo();
    let from = from.to_str().unwrap();
    let heads = "refs/heads/*:refs/heads/*";
    other.git(&["fetch", "--quiet", from, heads, "--update-head-ok"]);
    other.git(&["reset", "--quiet", "--hard"]);
    other.write(".git/ckpt/writer", "bob-0000001\n");
    other.git(&["remote", "add", "origin", from]);
    succeeds(&other, &["fetch", "--logs"]);
    other
}

/// Restores into a directory of its own; returns the transcript.
#[track_caller]
fn restored(world: &World, target: &str) -> Vec<u8> {
    let directory = world.home().join("restored");
    let _ = fs::remove_dir_all(&directory);
    let to = directory.to_str().unwrap();
    succeeds(world, &["restore", target, "--to", to, "--yes"]);
    fs::read(directory.join("transcript.jsonl")).unwrap()
}

fn transcript(world: &World) -> PathBuf {
    world.claude().path()
}

/// Every object, as stored and decompressed as far as it is compressed.
fn objects(world: &World) -> Vec<Vec<u8>> {
    let list = world.git(&[
        "cat-file",
        "--batch-check=%(objectname) %(objecttype)",
        "--batch-all-objects",
    ]);
    let mut all = Vec::new();
    for (id, kind) in list.lines().filter_map(|line| line.split_once(' ')) {
        let object = world.call_program("git", &["cat-file", kind, id]).run().output.stdout;
        let decompressed = zstd::stream::decode_all(object.as_slice());
        all.extend(decompressed);
        all.push(object);
    }
    all
}

fn holds(objects: &[Vec<u8>], wanted: &str) -> bool {
    objects.iter().any(|object| memchr::memmem::find(object, wanted.as_bytes()).is_some())
}

/// The paths of the log ref of a world's own writer.
fn log_paths(world: &World) -> Vec<String> {
    let listed = world.git(&["ls-tree", "-r", "--name-only", "refs/notes/ckpt-log/ada-0000001"]);
    listed.lines().map(str::to_owned).collect()
}

#[test]
fn nothing_of_a_sealed_session_stands_in_any_object() {
    let world = World::new();
    world.claude().says("What about Sundays?", SAID).with_companions().write();
    world.save(&["-m", "Plain"]);
    assert!(holds(&objects(&world), SAID), "the search finds what is there");
    let names = ["subagents/agent-a1b2c3d4.jsonl", "running 4 tests"];
    assert!(names.iter().all(|name| holds(&objects(&world), name)));

    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let objects = objects(&world);
    for text in [&[SAID][..], &names].concat() {
        assert!(!holds(&objects, text), "{text}");
    }
    assert_eq!(restored(&world, &id), fs::read(transcript(&world)).unwrap());
    world.git(&["fsck", "--strict"]);
}

#[test]
fn what_the_document_says_of_a_sealed_session_lets_nobody_try_what_it_holds() {
    use sha2::Digest;
    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let shown = world.json(&["show", "--json", &id]);
    let plain = sha2::Sha256::digest(fs::read(transcript(&world)).unwrap());
    let plain: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_ne!(shown["sessions"][0]["sha256"], plain.as_str());
    assert!(!holds(&objects(&world), &plain));
    assert!(shown["sessions"][0]["sealed"].is_string());
}

#[test]
fn a_person_is_told_that_a_session_was_sealed() {
    let world = sealed();
    let run = succeeds(&world, &["save", "-m", "Sealed"]);
    assert!(run.stdout().contains(", sealed to 1 recipient\n"), "{run}");
    assert_eq!(world.json(&["save", "--json", "-m", "Once more"])["session"]["sealed_to"], 1);
}

#[test]
fn the_name_of_a_key_in_a_list_of_companions_is_never_taken_for_a_secret() {
    use git_ckpt::format::{companions, seal::LogKey};
    use git_ckpt::model::snapshot::{Companion, StoredFile};
    use git_ckpt::policy::redaction::{Known, Scanner};
    let scanner = Scanner::new(&Known::default());
    for number in 0..=u8::MAX {
        let key = LogKey::new([number; 32]);
        let stored = StoredFile {
            log: "0123456789abcdef".parse().unwrap(),
            bytes: 0,
            extents: Vec::new(),
            sha256: "ab".repeat(32).parse().unwrap(),
            key: Some(key.id()),
            redacted: None,
        };
        let file = "tool-results/toolu_03.txt".parse().unwrap();
        let list = companions::write(&[Companion { file, stored }]).unwrap();
        assert!(scanner.scan(&list).is_empty(), "{}", String::from_utf8_lossy(&list));
    }
}
