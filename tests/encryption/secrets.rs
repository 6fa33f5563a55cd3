//! Sealed sessions and secrets in them: sealing does not stand in for redaction, and the other way round.

use std::fs;
use std::path::Path;

use crate::world::World;
use crate::{
    SAID, fetched, forget_identity, holds, objects, own_identity, restored, seal_all, seal_to,
    sealed, succeeds, transcript,
};

/// A key that looks real and is none; in parts, so that nobody takes this file for a leak.
fn key() -> String {
    ["ghp", "_k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa4GfXo6"].concat()
}

fn sealed_with_a_secret() -> World {
    let world = World::new();
    world.claude().says("Push it", &format!("with {}", key())).write();
    let own = own_identity(&world);
    seal_to(&world, &[&own]);
    world
}

#[test]
fn secrets_are_replaced_in_what_is_sealed_and_come_back() {
    let world = sealed_with_a_secret();
    let id = world.save(&["-m", "Sealed"]);
    let shown = succeeds(&world, &["show", "--session", "--full", &id]).stdout();
    assert!(shown.contains("[REDACTED:github-pat:") && !shown.contains(&key()), "{shown}");
    assert_eq!(restored(&world, &id), std::fs::read(transcript(&world)).unwrap());
    assert_eq!(world.ckpt(&["scan", &id]).code, 0);
}

/// Takes what was left in out of a checkpoint; returns what it is called then.
#[track_caller]
fn redacted(world: &World, id: &str) -> String {
    let run = succeeds(world, &["redact", id, "--yes"]);
    assert!(!run.to_string().contains(&key()[..8]), "{run}");
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    assert!(succeeds(world, &["verify"]).stdout().contains("all good"));
    world.json(&["show", "--json"])["checkpoint"].as_str().unwrap().to_owned()
}

#[test]
fn secrets_that_were_left_in_are_taken_out_of_what_is_sealed() {
    let world = sealed_with_a_secret();
    let id = world.save(&["-m", "Sealed", "--no-redact", "--yes"]);
    assert_eq!(world.ckpt(&["scan", &id]).code, 11);
    let id = redacted(&world, &id);
    let shown = succeeds(&world, &["show", "--session", "--full", &id]).stdout();
    assert!(shown.contains("[REDACTED:github-pat:") && !shown.contains(&key()), "{shown}");
    assert_eq!(restored(&world, &id), std::fs::read(transcript(&world)).unwrap());
    assert!(!holds(&objects(&world), "REDACTED"), "what took its place is sealed as it was");
    assert!(world.json(&["show", "--json"])["sessions"][0]["sealed"].is_string());
    let other = fetched(&world);
    assert_eq!(other.ckpt(&["show", "--session", &id]).code, 12);
    std::fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert!(succeeds(&other, &["show", "--session", &id]).stdout().contains("REDACTED"));
}

#[test]
fn secrets_are_taken_out_of_sealed_documents_and_companions_too() {
    let world = World::new();
    world.claude().says("Push it", &format!("with {}", key())).with_companions().write();
    let own = own_identity(&world);
    seal_all(&world, &[&own]);
    let text = format!("---\nreviewer: Pomona\n---\n# Use {}\n\nand {}\n", key(), key());
    let run = world.call(&["save", "-F", "-", "--no-redact", "--yes", "--json"]).input(text).run();
    assert_eq!(run.code, 0, "{run}");
    let companion = world.claude_project(&world.repo());
    add_to_companions(&companion);
    let saved = world.call(&["save", "-m", "More", "--no-redact", "--yes"]).run();
    assert_eq!(saved.code, 0, "{saved}");
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 11);
    let ids = || -> Vec<String> {
        let shown = world.json(&["show", "--json"]);
        let ids = shown["on_this_commit"].as_array().unwrap().iter();
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    // The older one, whose document has the secret, and then the newer one, whose companions have it.
    succeeds(&world, &["redact", &ids()[1], "--yes"]);
    succeeds(&world, &["redact", &ids()[0], "--yes"]);
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    assert!(succeeds(&world, &["verify"]).stdout().contains("all good"));
    let shown = world.json(&["show", "--json", &ids()[1]]);
    assert_eq!(shown["unknown"]["reviewer"], "Pomona");
    assert!(shown["body"].as_str().unwrap().contains("[REDACTED:github-pat:"), "{shown}");
    assert!(shown["sealed"].is_string());
    let found = objects(&world);
    let left: Vec<&str> = ["Pomona", "agent-a1b2c3d4", "REDACTED"]
        .into_iter()
        .filter(|word| holds(&found, word))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(restored(&world, "HEAD"), std::fs::read(transcript(&world)).unwrap());
}

/// Adds the secret to every file below the directory of a session.
fn add_to_companions(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            add_to_companions(&entry.path());
        } else if directory.file_name().is_some_and(|name| name == "tool-results") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            std::fs::write(entry.path(), format!("{text}\n{}\n", key())).unwrap();
        }
    }
}

#[test]
fn epochs_that_were_sealed_otherwise_stay_so_when_a_secret_is_taken_out() {
    let world = sealed_with_a_secret();
    world.git(&["config", "ckpt.encrypt", "false"]);
    world.save(&["-m", "Plain", "--no-redact", "--yes"]);
    world.git(&["config", "ckpt.encrypt", "sessions"]);
    world.claude().says("Push it", &format!("with {}", key())).says("And?", &key()).write();
    let id = world.save(&["-m", "Sealed", "--no-redact", "--yes"]);
    let id = redacted(&world, &id);
    assert_eq!(restored(&world, &id), std::fs::read(transcript(&world)).unwrap());
    let found = objects_of_refs(&world);
    assert!(holds(&found, "Push it"), "what was plain is plain");
    assert!(!holds(&found, "And?"), "what was sealed is sealed");
    assert!(!holds(&found, &key()));
}

/// The objects that the refs still lead to.
fn objects_of_refs(world: &World) -> Vec<Vec<u8>> {
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "--quiet", "--prune=now"]);
    objects(world)
}

#[test]
fn where_nothing_opens_what_is_sealed_a_secret_is_not_taken_out_of_it() {
    for scope in ["sessions", "all"] {
        let world = sealed_with_a_secret();
        world.git(&["config", "ckpt.encrypt", scope]);
        let id = world.save(&["-m", "Sealed", "--no-redact", "--yes"]);
        std::fs::remove_dir_all(world.repo().join(".git/ckpt/keys")).unwrap();
        forget_identity(&world);
        let before = world.git(&["for-each-ref"]);
        let run = world.ckpt(&["redact", &id, "--yes"]);
        assert_eq!(run.code, 12, "{scope}: {run}");
        let wanted = "error: sealed to one recipient, and there is no identity here";
        assert!(run.stderr().starts_with(wanted), "{scope}: {run}");
        assert_eq!(world.git(&["for-each-ref"]), before);
    }
}

#[test]
fn a_secret_in_a_sealed_document_keeps_a_push_back() {
    let world = World::new();
    let own = own_identity(&world);
    seal_all(&world, &[&own]);
    let remote = world.home().join("remote.git");
    world.git(&["init", "--quiet", "--bare", remote.to_str().unwrap()]);
    world.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    world.save(&["--no-session", "-m", &format!("Use {}", key()), "--no-redact", "--yes"]);
    let run = world.ckpt(&["push"]);
    assert_eq!(run.code, 11, "{run}");
    assert!(run.to_string().contains("github-pat"), "{run}");
    assert!(run.to_string().contains("was saved with `--no-redact`"), "{run}");
    redacted(&world, "HEAD");
    succeeds(&world, &["push"]);
}

#[test]
fn attachments_are_sealed_as_sessions_are() {
    let world = sealed();
    world.write("plan.txt", &format!("{SAID}\n"));
    succeeds(&world, &["attach", "plan.txt"]);
    // Without a session, so that the key has to come with the attachment.
    succeeds(&world, &["save", "--no-session", "-m", "x"]);
    assert_eq!(succeeds(&world, &["cat", "plan.txt"]).stdout(), format!("{SAID}\n"));
    let shown = world.json(&["show", "--json"]);
    assert!(shown["attachments"][0]["sealed"].is_string(), "{shown}");
    let everything = world.git(&["cat-file", "--batch-all-objects", "--batch", "--buffer"]);
    assert!(!everything.contains("watered twice"));
    let other = fetched(&world);
    assert_eq!(other.ckpt(&["cat", "plan.txt"]).code, 12);
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert_eq!(succeeds(&other, &["cat", "plan.txt"]).stdout(), format!("{SAID}\n"));
}
