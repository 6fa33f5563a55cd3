//! Sealed sessions and secrets in them: sealing does not stand in for redaction, and the other way round.

use std::fs;

use crate::world::World;
use crate::{SAID, fetched, own_identity, restored, seal_to, sealed, succeeds, transcript};

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

#[test]
fn secrets_that_were_left_in_are_found_and_what_is_sealed_is_not_rewritten() {
    let world = sealed_with_a_secret();
    let id = world.save(&["-m", "Sealed", "--no-redact", "--yes"]);
    assert_eq!(world.ckpt(&["scan", &id]).code, 11);
    let run = world.ckpt(&["redact", &id, "--yes"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr().contains("what is sealed is not rewritten"), "{run}");
    assert!(run.stderr().contains("hint: only its recipients can read it"), "{run}");
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
