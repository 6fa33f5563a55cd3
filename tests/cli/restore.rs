//! `git ckpt restore` where the session came from: the gate, and what happens to what is there.

use std::fs;

use insta::assert_snapshot;

use crate::sessions_of;
use crate::world::World;

/// A saved session whose transcript is gone.
fn lost_session() -> World {
    let world = World::with_session();
    world.ckpt(&["save"]);
    fs::remove_dir_all(world.home().join(".claude")).unwrap();
    world
}

#[test]
fn the_gate_comes_first_and_a_yes_is_needed() {
    let world = lost_session();
    assert_snapshot!(world.ckpt(&["restore"]), @"
    --- stderr
    restore from checkpoint 1e56ed5bbf  Water only dry beds
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing
    error: restoring needs a yes, and there is no terminal to ask on
    hint: look at it with `git ckpt show`, then run the same command with `--yes`
    --- exit 4
    ");
    assert_snapshot!(world.call(&["restore"]).input("y\n").run(), @"
    --- stderr
    restore from checkpoint 1e56ed5bbf  Water only dry beds
      saved     2 minutes ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing
    error: restoring needs a yes, and there is no terminal to ask on
    hint: look at it with `git ckpt show`, then run the same command with `--yes`
    --- exit 4
    ");
    assert!(!world.home().join(".claude").exists());
}

#[test]
fn with_a_yes_the_session_is_back_and_the_answer_is_the_command_to_go_on_with() {
    let world = lost_session();
    let run = world.ckpt(&["restore", "--yes"]);
    assert_snapshot!(run, @"
    claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- stderr
    restore from checkpoint 1e56ed5bbf  Water only dry beds
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with:
    ");
    let quiet = world.ckpt(&["restore", "--yes", "--quiet"]);
    assert_eq!(quiet.to_string(), run.stdout());
}

#[test]
fn an_earlier_checkpoint_gives_back_the_earlier_bytes() {
    let world = World::with_session();
    let early = fs::read(world.claude().path()).unwrap();
    world.ckpt(&["save"]);
    world.commit("Next");
    world.claude().says("More?", "More.").write();
    world.ckpt(&["save"]);
    assert_eq!(world.ckpt(&["restore", "--yes", "HEAD~1"]).code, 0);
    assert_eq!(fs::read(world.claude().path()).unwrap(), early);
}

#[test]
fn a_live_session_that_is_longer_is_captured_before_it_is_replaced() {
    let world = World::with_session();
    world.save(&["-m", "# Before"]);
    let path = world.claude().says("One more thing", "Done.").write();
    let longer = fs::read(&path).unwrap();
    assert_snapshot!(world.ckpt(&["restore", "--yes"]), @"
    claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- stderr
    restore from checkpoint a06a899dc7  Before
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  the live session (9.3 KiB where the checkpoint has 8.7 KiB), which is captured first
    what was there is safe in checkpoint 0b62b6a881 (undo: git ckpt restore 0b62b6a881)
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with:
    ");
    assert_snapshot!(world.ckpt(&["log"]), @"
    ● f2b6f3f4a7 Read the soil sensor  4 minutes ago
                 0b62b6a881 Water only dry beds  Claude Code, 3 turns, 20.0k tokens, in progress, safety
                 a06a899dc7 Before  Claude Code, 2 turns, 18.3k tokens, in progress
    ");
    assert_ne!(fs::read(&path).unwrap(), longer);
    let safety = world.json(&["show", "--json"])["on_this_commit"][0].as_str().unwrap().to_owned();
    assert_eq!(world.ckpt(&["restore", "--yes", &safety]).code, 0);
    assert_eq!(fs::read(&path).unwrap(), longer);
}

#[test]
fn a_live_session_that_was_rewritten_is_captured_too() {
    let world = World::with_session();
    world.save(&["-m", "# Before"]);
    let saved = fs::read(world.claude().path()).unwrap();
    let path = world.claude().blank().says("Rewritten", "Yes.").write();
    let rewritten = fs::read(&path).unwrap();
    let restored = world.json(&["restore", "--yes", "--json"]);
    assert_eq!(fs::read(&path).unwrap(), saved);
    assert_eq!(world.ckpt(&["restore", "--yes", restored["safety"].as_str().unwrap()]).code, 0);
    assert_eq!(fs::read(&path).unwrap(), rewritten);
}

#[test]
fn a_safety_copy_is_not_what_a_commit_is_asked_for() {
    let world = World::with_session();
    world.save(&["-m", "# Before"]);
    world.claude().says("One more thing", "Done.").write();
    world.ckpt(&["restore", "--yes"]);
    let shown = world.json(&["show", "--json"]);
    assert_eq!((&shown["title"], &shown["kind"]), (&"Before".into(), &"work".into()));
}

#[test]
fn an_earlier_state_of_the_same_session_is_replaced_without_a_copy() {
    let world = World::with_session();
    let path = world.claude().path();
    let whole = fs::read(&path).unwrap();
    world.save(&["-m", "x"]);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_snapshot!(world.ckpt(&["restore", "--yes"]), @"
    claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- stderr
    restore from checkpoint 190128a207  x
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  an earlier state of the same session
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with:
    ");
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn what_is_there_already_is_left_but_made_fresh() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let path = world.claude().path();
    assert_snapshot!(world.ckpt(&["restore", "--yes"]), @"
    claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- stderr
    restore from checkpoint 190128a207  x
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing: the same bytes are there
    the session was there already, byte for byte
    go on with:
    ");
    assert!(path.metadata().unwrap().modified().unwrap().elapsed().unwrap().as_secs() < 300);
}

#[test]
fn torn_and_malformed_lines_come_back_byte_for_byte() {
    let world = World::new();
    let path = world.claude().path();
    let mut bytes = fs::read(world.claude().write()).unwrap();
    bytes.extend_from_slice(
        b"{\"a\":1}{\"b\":2}\r\n\xff\xfe broken \x00\n\n{\"type\":\"assistant\",\"mess",
    );
    fs::write(&path, &bytes).unwrap();
    sessions_of::touch(&world, &path);
    world.save(&["-m", "x"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(world.ckpt(&["restore", "--yes"]).code, 0);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_restore_out_of_the_session_itself_says_that_it_has_to_end() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let run = world.call(&["restore"]).env("CLAUDE_CODE_SESSION_ID", sessions_of::CLAUDE_ID).run();
    assert!(run.stderr().contains("runs inside that very session"), "{run}");
}

#[test]
fn a_session_is_chosen_by_the_beginning_of_its_id() {
    let world = lost_session();
    assert_snapshot!(world.ckpt(&["restore", "--yes", "--session", "zzzz"]), @"
    --- stderr
    error: checkpoint 1e56ed5bbf holds no session that starts with `zzzz`
    hint: choose one with `--session`:
            6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- exit 3
    ");
    assert_eq!(world.ckpt(&["restore", "--yes", "--session", "6f1d"]).code, 0);
}

#[test]
fn the_agent_is_started_on_the_restored_session() {
    let world = lost_session();
    world.program("claude", r#"echo "claude $* in $PWD"; exit 7"#);
    let below = world.repo().join("src");
    let run = world.call(&["restore", "--yes", "--exec"]).directory(&below).run();
    assert_snapshot!(run, @"
    claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b in [REPO]
    --- stderr
    restore from checkpoint 1e56ed5bbf  Water only dry beds
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    starting claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- exit 7
    ");
}

#[test]
fn an_agent_that_is_not_installed_is_told_by_its_name() {
    let world = lost_session();
    let run = world.call(&["restore", "--yes", "--exec"]).env("PATH", "/nowhere").run();
    assert!(world.claude().path().is_file());
    assert_snapshot!(run, @"
    --- stderr
    restore from checkpoint 1e56ed5bbf  Water only dry beds
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  nothing
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    starting claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    error: the session is restored, but its agent did not start
    caused by: cannot start `claude`
    caused by: No such file or directory (os error 2)
    hint: install `claude` or put it on the PATH, then run: claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    --- exit 1
    ");
}

#[test]
fn a_commit_that_carries_nothing_restores_nothing() {
    let world = lost_session();
    world.commit("Next");
    assert_snapshot!(world.ckpt(&["restore", "--yes"]), @"
    --- stderr
    error: commit 80b11f2d68 has no checkpoint
    hint: `git ckpt log --carried` lists commits that have one; `git ckpt save <commit>` makes one
    --- exit 3
    ");
}
