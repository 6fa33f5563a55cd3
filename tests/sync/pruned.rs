//! What was pruned or folded here, and is then pushed: remotes forget it too, and nobody else's refs are touched.

use std::path::{Path, PathBuf};

use crate::team::{Team, sorted};
use crate::world::Ran;

#[test]
fn what_was_pruned_goes_from_the_remote_with_the_next_push() {
    let team = Team::new();
    let (ada, bob) = (team.clone("ada"), team.clone("bob"));
    let first = team.save_session(&ada, "first", 2);
    let second = team.save_session(&ada, "second", 3);
    let other = team.save(&bob, "# Bob's own");
    for place in [&ada, &bob, &ada] {
        team.ckpt(place, &["sync", "--logs"]);
    }
    assert_eq!(team.readable(&bob), sorted(&[&first, &second, &other]));
    let name = team.writer(&ada);
    team.ckpt(&ada, &["prune", "--keep", "1", "--force", "--yes"]);
    let kept = team.readable(&ada);
    assert!(kept.len() < 3 && kept.contains(&second), "{kept:?}");
    let pushed = team.ckpt(&ada, &["push"]);
    assert_eq!(team.writer(&ada), name, "{}{}", pushed.out, pushed.err);
    team.ckpt(&bob, &["sync", "--logs"]);
    team.ckpt(&ada, &["sync", "--logs"]);
    assert_eq!(team.writer(&ada), name);
    let everywhere = team.readable(&ada);
    assert!(!everywhere.contains(&first), "it came back");
    assert_eq!(team.readable(&bob), everywhere);
    let reader = team.clone("reader");
    team.ckpt(&reader, &["fetch", "--logs"]);
    assert_eq!(team.readable(&reader), everywhere);
    for place in [&ada, &bob, &reader] {
        team.world.is_in_order(place);
    }
    // And it goes on as before.
    let third = team.save_session(&ada, "second", 6);
    team.ckpt(&ada, &["push"]);
    team.ckpt(&bob, &["fetch"]);
    assert!(team.readable(&bob).contains(&third));
}

#[test]
fn what_another_place_wrote_after_the_prune_is_not_replaced() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# One");
    team.save(&ada, "# Two");
    team.ckpt(&ada, &["push"]);
    let copy = team.world.path("copy");
    let copied = std::process::Command::new("cp").arg("-r").arg(&ada).arg(&copy).status().unwrap();
    assert!(copied.success());
    let theirs = team.save(&copy, "# Theirs");
    team.ckpt(&copy, &["push"]);
    team.ckpt(&ada, &["prune", "--keep", "1", "--force", "--yes"]);
    team.ckpt(&ada, &["sync"]);
    let reader = team.clone("reader");
    team.ckpt(&reader, &["fetch"]);
    assert!(team.readable(&reader).contains(&theirs), "a lease was not kept");
}

/// A month and more after the sandboxes were last heard of.
const LATER: &str = "1900000000 +0000";

/// A clone that has folded two others of its author that are gone; the server does not know it yet.
fn folded() -> (Team, PathBuf, Vec<String>) {
    let team = Team::new();
    let ada = team.clone("ada");
    let mut saved = vec![team.save_session(&ada, "mine", 2)];
    team.ckpt(&ada, &["push"]);
    for name in ["box1", "box2"] {
        let place = team.clone(name);
        saved.push(team.save_session(&place, name, 3));
        team.ckpt(&place, &["push"]);
        std::fs::remove_dir_all(&place).unwrap();
    }
    saved.sort();
    team.ckpt(&ada, &["fetch", "--logs"]);
    let mut fold =
        team.world.ckpt_command(&ada, &["prune", "--gone-for", "30d", "--yes", "--json"]);
    let answer = Ran::of(fold.env("GIT_COMMITTER_DATE", LATER).output().unwrap()).succeeds();
    let answer: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(answer["folded"].as_array().unwrap().len(), 2, "{answer}");
    (team, ada, saved)
}

/// A hook of the server.
fn hook(team: &Team, name: &str, line: &str) -> PathBuf {
    script(team.server.join("hooks").join(name), line)
}

fn script(path: PathBuf, line: &str) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).unwrap();
    path
}

#[track_caller]
fn nothing_is_lost(team: &Team, ada: &Path, saved: &[String]) {
    assert_eq!(team.readable(ada), saved);
    let reader = team.clone("reader");
    team.ckpt(&reader, &["fetch", "--logs"]);
    assert_eq!(team.readable(&reader), saved);
    for id in saved {
        assert_eq!(team.world.restored(&reader, id), team.world.restored(ada, id));
    }
    team.world.is_in_order(ada);
    team.world.is_in_order(&reader);
    std::fs::remove_dir_all(reader).unwrap();
}

/// Sends the archive at last, after which two refs of each of the two are gone from the server.
#[track_caller]
fn ends_well(team: &Team, ada: &Path, saved: &[String]) {
    let before = team.refs(&team.server, "refs/notes").len();
    team.ckpt(ada, &["push"]);
    team.ckpt(ada, &["sync", "--logs"]);
    let after = team.refs(&team.server, "refs/notes");
    assert!(after.len() < before && after.len() <= 4, "{after:?}");
    nothing_is_lost(team, ada, saved);
    team.world.passes_fsck(&team.server);
}

#[test]
fn an_archive_that_the_server_declines_is_sent_when_it_agrees() {
    let (team, ada, saved) = folded();
    let hook = hook(&team, "pre-receive", "exit 1");
    let before = team.tips(&team.server, "refs");
    for _ in 0..2 {
        team.world.ckpt(&ada, &["push"]).fails(9, &["declined"]);
        assert_eq!(team.tips(&team.server, "refs"), before);
        nothing_is_lost(&team, &ada, &saved);
    }
    std::fs::remove_file(hook).unwrap();
    ends_well(&team, &ada, &saved);
}

#[test]
fn a_server_that_takes_the_archive_and_deletes_nothing_holds_both_until_it_does() {
    let (team, ada, saved) = folded();
    let hook = hook(&team, "update", "case $3 in *[!0]*) ;; *) exit 1 ;; esac");
    let before = team.refs(&team.server, "refs/notes");
    for _ in 0..2 {
        team.world.ckpt(&ada, &["push"]).fails(9, &["declined what was sent"]);
        let after = team.refs(&team.server, "refs/notes");
        assert!(after.len() > before.len(), "the archive is not there");
        assert!(before.iter().all(|name| after.contains(name)), "{after:?}");
        nothing_is_lost(&team, &ada, &saved);
    }
    std::fs::remove_file(hook).unwrap();
    ends_well(&team, &ada, &saved);
}

#[test]
fn a_server_that_hangs_or_hangs_up_while_the_archive_is_sent_loses_nothing() {
    for (what, line) in [
        ("hangs", "sleep 60"),
        ("hangs up before", "exit 1"),
        ("hangs up in the middle", "head -c 900 | git-receive-pack \"$1\""),
    ] {
        let (team, ada, saved) = folded();
        let program = script(team.world.path("home/receive"), line);
        team.world.git(&ada, &["config", "remote.origin.receivepack", program.to_str().unwrap()]);
        team.world.git(&ada, &["config", "ckpt.remoteTimeout", "1"]);
        let before = team.tips(&team.server, "refs");
        let ran = team.world.ckpt(&ada, &["push"]);
        assert_eq!(ran.code, Some(9), "{what}: {}{}", ran.out, ran.err);
        assert_eq!(team.tips(&team.server, "refs"), before, "{what}");
        team.world.git(&ada, &["config", "--unset", "remote.origin.receivepack"]);
        team.world.git(&ada, &["config", "ckpt.remoteTimeout", "60"]);
        nothing_is_lost(&team, &ada, &saved);
        ends_well(&team, &ada, &saved);
    }
}
