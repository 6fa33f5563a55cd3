//! What the hook saves, what it says, and when it does nothing.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::world::World;
use crate::{commit, commit_with, hooked, hooked_in_foreground, succeeds, titles};

#[test]
fn a_commit_carries_the_session() {
    let world = hooked();
    assert_eq!(commit(&world), "ckpt: saving Claude Code 6f1d2c3b with 0884deae19\n");
    assert_eq!(titles(&world, "HEAD"), ["Water only dry beds"]);
    let shown = succeeds(world.ckpt(&["show", "--raw"])).stdout();
    let bytes = fs::metadata(world.claude().path()).unwrap().len();
    assert!(shown.contains("draft: true\n"), "{shown}");
    assert!(shown.contains(&format!("bytes: {bytes}\n")), "{shown}");
}

#[test]
fn in_the_foreground_it_tells_what_was_saved() {
    let world = hooked_in_foreground();
    assert_eq!(commit(&world), "ckpt: saved c83cf76672 (8.7 KiB new)\n");
    assert_eq!(commit(&world), "ckpt: saved 8926644de4 (0 bytes new)\n");
}

#[test]
fn every_commit_of_a_quick_series_gets_its_checkpoint() {
    let world = hooked();
    for _ in 0..8 {
        commit(&world);
    }
    for back in 0..8 {
        assert_eq!(titles(&world, &format!("HEAD~{back}")).len(), 1, "HEAD~{back}");
    }
}

#[test]
fn the_branch_is_the_one_that_was_committed_to() {
    let world = hooked();
    world.git(&["switch", "--quiet", "--create", "beds"]);
    let line = "git commit --quiet --allow-empty --message x && git switch --quiet main";
    succeeds(world.call_program("sh", &["-c", line]).run());
    assert_eq!(titles(&world, "beds").len(), 1);
    let shown = succeeds(world.ckpt(&["show", "--raw", "beds"])).stdout();
    assert!(shown.contains("branch: beds\n"), "{shown}");
}

#[test]
fn a_prepared_document_is_used_once() {
    let world = hooked();
    let run = succeeds(world.call(&["save", "--prepare", "-F", "-"]).input("# By hand\n").run());
    assert_eq!(
        run.stdout(),
        "the next commit of this worktree is saved with this document: [REPO]/.git/ckpt/PREPARED.md\n"
    );
    assert!(titles(&world, "HEAD").is_empty());
    commit(&world);
    assert_eq!(titles(&world, "HEAD"), ["By hand"]);
    commit(&world);
    assert_eq!(titles(&world, "HEAD"), ["Water only dry beds"]);
}

#[test]
fn a_prepared_document_needs_no_session() {
    let world = World::new();
    succeeds(world.ckpt(&["init"]));
    succeeds(world.ckpt(&["save", "--prepare", "-m", "# Without a session"]));
    assert!(commit(&world).starts_with("ckpt: saving the document with "));
    assert_eq!(titles(&world, "HEAD"), ["Without a session"]);
}

#[test]
fn a_prepared_document_belongs_to_its_worktree() {
    let world = hooked();
    world.git(&["worktree", "add", "--quiet", "../shed"]);
    let shed = world.repo().parent().unwrap().join("shed");
    succeeds(world.call(&["save", "--prepare", "-m", "# In the shed"]).directory(&shed).run());
    commit(&world);
    assert_eq!(titles(&world, "HEAD"), ["Water only dry beds"]);
    let arguments = ["commit", "--quiet", "--allow-empty", "--message", "x"];
    succeeds(world.call_program("git", &arguments).directory(&shed).run());
    assert_eq!(titles(&world, "shed"), ["In the shed"]);
}

#[test]
fn a_prepared_document_that_cannot_be_used_is_kept_and_the_session_saved() {
    let world = hooked();
    world.write(".git/ckpt/PREPARED.md", "---\nstatus: [\n---\n# Broken\n");
    let said = commit(&world);
    assert!(said.contains("PREPARED.md` was left out and stays there"), "{said}");
    assert_eq!(titles(&world, "HEAD"), ["Water only dry beds"]);
    assert!(world.repo().join(".git/ckpt/PREPARED.md").exists());
}

#[test]
fn what_cannot_be_a_document_is_not_prepared() {
    let world = World::new();
    let run = world.call(&["save", "--prepare", "-F", "-"]).input("  \n").run();
    assert_eq!(run.code, 8, "{run}");
    assert!(!world.repo().join(".git/ckpt/PREPARED.md").exists());
}

#[test]
fn without_a_session_nothing_is_said_and_nothing_saved() {
    let world = World::new();
    succeeds(world.ckpt(&["init"]));
    assert_eq!(commit(&world), "");
    assert!(titles(&world, "HEAD").is_empty());
    // The session that the environment names is not here either.
    let elsewhere = [("CLAUDE_CODE_SESSION_ID", "00000000-0000-4000-8000-000000000000")];
    assert_eq!(commit_with(&world, &elsewhere), "");
}

#[test]
fn it_can_be_switched_off_and_made_quiet() {
    let world = hooked();
    world.git(&["config", "ckpt.quiet", "true"]);
    assert_eq!(commit(&world), "");
    assert_eq!(titles(&world, "HEAD").len(), 1);
    assert_eq!(commit_with(&world, &[("GIT_CKPT_SKIP", "1")]), "");
    assert!(titles(&world, "HEAD").is_empty());
    world.git(&["config", "--unset", "ckpt.quiet"]);
    assert_ne!(commit_with(&world, &[("GIT_CKPT_SKIP", "0")]), "");
    world.git(&["config", "--global", "ckpt.enabled", "false"]);
    assert_eq!(commit(&world), "");
    assert!(titles(&world, "HEAD").is_empty());
    world.git(&["config", "ckpt.enabled", "true"]);
    assert_ne!(commit(&world), "");
}

#[test]
fn an_agent_is_told_how_to_write_the_document() {
    let world = hooked_in_foreground();
    for mark in ["CLAUDECODE", "CODEX_CI", "COPILOT_CLI", "GEMINI_CLI", "OPENCODE", "QWEN_CODE"] {
        let said = commit_with(&world, &[(mark, "1")]);
        assert_eq!(said.lines().count(), 2, "{said}");
        assert!(said.lines().nth(1).unwrap().ends_with("git ckpt save -F -"), "{said}");
    }
    // Who has written it already is not told.
    succeeds(world.ckpt(&["save", "--prepare", "-m", "# Mine"]));
    assert_eq!(commit_with(&world, &[("CLAUDECODE", "1")]).lines().count(), 1);
}

/// The ids of all checkpoints.
fn checkpoints(world: &World) -> BTreeSet<String> {
    let rows = succeeds(world.ckpt(&["log", "--all", "--carried", "--json"])).stdout();
    let ids = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let all = row["checkpoints"].as_array().unwrap().clone();
        all.into_iter().map(|one| one["checkpoint"].to_string())
    };
    rows.lines().flat_map(ids).collect()
}

#[test]
fn a_rebase_is_silent_and_saves_nothing() {
    let world = hooked();
    world.git(&["switch", "--quiet", "--create", "beds"]);
    for name in ["a", "b", "c"] {
        world.write(name, name);
        world.commit(name);
    }
    world.git(&["switch", "--quiet", "main"]);
    world.write("main", "main");
    world.commit("main");
    let before = checkpoints(&world);
    for arguments in [&["rebase", "--quiet", "main", "beds"][..], &["rebase", "-f", "main"]] {
        let call = world.call_program("git", arguments).env("GIT_SEQUENCE_EDITOR", "true");
        assert!(!succeeds(call.run()).stderr().contains("ckpt: sav"));
    }
    let worktree = world.repo().parent().unwrap().join("shed");
    world.git(&["worktree", "add", "--quiet", worktree.to_str().unwrap(), "HEAD~1"]);
    let rebase = ["rebase", "--quiet", "--force-rebase", "main"];
    let run = succeeds(world.call_program("git", &rebase).directory(&worktree).run());
    assert!(!run.stderr().contains("ckpt: sav"), "{run}");
    assert_eq!(checkpoints(&world), before, "a pick was saved");
}

#[test]
fn the_index_and_the_worktree_stay_as_they_are() {
    let world = hooked_in_foreground();
    world.write("staged", "1");
    world.git(&["add", "staged"]);
    world.write("src/soil.rs", "changed");
    world.write("new", "untracked");
    succeeds(world.call_program("git", &["commit", "--quiet", "-m", "x", "staged"]).run());
    assert_eq!(world.git(&["status", "--short"]), " M src/soil.rs\n?? new\n");
}

#[test]
fn the_time_of_the_hook_is_bounded_and_the_next_command_catches_up() {
    let world = hooked_in_foreground();
    commit(&world);
    world.git(&["config", "ckpt.hookTimeout", "1"]);
    let lock = fs::File::options().append(true).open(world.repo().join(".git/ckpt/lock")).unwrap();
    lock.lock().unwrap();
    let start = Instant::now();
    let said = commit(&world);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(said, "ckpt: not saved yet after 1 s; the next `git ckpt` command finishes it\n");
    drop(lock);
    assert_eq!(titles(&world, "HEAD"), ["Water only dry beds"]);
}

#[test]
fn the_background_holds_no_stream_of_the_commit_open() {
    let world = hooked();
    commit(&world);
    assert_eq!(titles(&world, "HEAD").len(), 1);
    let lock = fs::File::options().append(true).open(world.repo().join(".git/ckpt/lock")).unwrap();
    lock.lock().unwrap();
    // Let go of in time, so that a child which has a stream open fails this test instead of stopping it.
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(4));
        drop(lock);
    });
    let start = Instant::now();
    // `run` reads both streams to their end, which a child that has them open would put off.
    commit(&world);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    release.join().unwrap();
    assert_eq!(titles(&world, "HEAD").len(), 1);
}

#[test]
fn the_background_outlives_the_process_group_of_the_commit() {
    let world = hooked();
    commit(&world);
    assert_eq!(titles(&world, "HEAD").len(), 1);
    let lock = fs::File::options().append(true).open(world.repo().join(".git/ckpt/lock")).unwrap();
    lock.lock().unwrap();
    // What a terminal does to its foreground when it is closed.
    let line = "git commit --quiet --allow-empty -m x; kill -HUP 0";
    let call = world.call_program("setsid", &["--wait", "sh", "-c", line]);
    call.streams(Stdio::null(), Stdio::null());
    drop(lock);
    let wal = world.repo().join(".git/ckpt/wal/0000.json");
    let start = Instant::now();
    while fs::metadata(&wal).unwrap().len() > 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "nobody finished the save");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(titles(&world, "HEAD").len(), 1);
}
