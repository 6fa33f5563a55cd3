//! Which session a save is about.

use insta::assert_snapshot;

use crate::sessions_of::{CLAUDE_ID, CODEX_ID};
use crate::world::World;

const OTHER: &str = "6f1d0000-0000-4000-8000-000000000000";

/// The older session is the one of Claude Code.
fn two_agents() -> World {
    let world = World::with_session();
    world.wait(600);
    world.codex().write();
    world
}

fn saved_session(world: &World, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["save", "--json", "-m", "x"].iter().chain(arguments).copied().collect();
    world.json(&all)["session"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_newest_session_is_taken() {
    let world = two_agents();
    assert_eq!(saved_session(&world, &[]), CODEX_ID);
    world.claude().write();
    assert_eq!(saved_session(&world, &[]), CLAUDE_ID);
}

#[test]
fn the_session_that_runs_the_command_beats_the_newest() {
    let world = two_agents();
    let saved = |name: &str, id: &str| {
        let run = world.call(&["save", "--json", "-m", "x"]).env(name, id).run();
        serde_json::from_str::<serde_json::Value>(&run.stdout()).unwrap()["session"]["id"].clone()
    };
    assert_eq!(saved("CLAUDE_CODE_SESSION_ID", CLAUDE_ID), CLAUDE_ID);
    world.claude().write();
    assert_eq!(saved("CODEX_THREAD_ID", CODEX_ID), CODEX_ID);
}

#[test]
fn a_session_that_the_agent_names_and_nobody_finds_is_not_taken_for_the_newest() {
    let world = two_agents();
    let save = world.call(&["save", "-m", "x"]).env("CODEX_THREAD_ID", "never-written");
    assert_snapshot!(save.run(), @"
    --- stderr
    error: the session `never-written`, from which this command was started, was not found
    hint: looked in
            [HOME]/.claude/projects/[SLUG]
            [HOME]/.codex/sessions
            [HOME]/.codex/archived_sessions
          name one with `--session <id or path>`, or save without one with `--no-session -m …`
    --- exit 3
    ");
    let none = world.call(&["save", "--no-session", "-m", "x"]);
    assert_eq!(none.env("CODEX_THREAD_ID", "never-written").run().code, 0);
}

#[test]
fn a_session_is_named_by_its_id_the_beginning_of_it_or_its_path() {
    let world = two_agents();
    world.claude().id(OTHER).write();
    let path = world.claude().path();
    assert_eq!(saved_session(&world, &["--session", CLAUDE_ID]), CLAUDE_ID);
    assert_eq!(saved_session(&world, &["--session", "6f1d2"]), CLAUDE_ID);
    assert_eq!(saved_session(&world, &["--session", path.to_str().unwrap()]), CLAUDE_ID);
    assert_eq!(saved_session(&world, &["--session", "019cad31"]), CODEX_ID);
    let name = format!("{CLAUDE_ID}.jsonl");
    let there =
        world.call(&["save", "--json", "--session", &name]).directory(path.parent().unwrap());
    assert_eq!(there.run().code, 6);
}

#[test]
fn a_name_that_fits_no_session_or_several_is_told() {
    let world = two_agents();
    world.claude().id(OTHER).write();
    assert_snapshot!(world.ckpt(&["save", "--session", "6f1d"]), @"
    --- stderr
    error: `6f1d` fits 2 sessions
    hint: it could be
            Claude Code 6f1d0000-0000-4000-8000-000000000000
            Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
          name one with `--session <id>`
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["save", "--session", "7"]), @"
    --- stderr
    error: no session `7` was found
    hint: looked in
            [HOME]/.claude/projects/[SLUG]
            [HOME]/.codex/sessions
            [HOME]/.codex/archived_sessions
          name one with `--session <id or path>`, or save without one with `--no-session -m …`
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["save", "--session", "./src/soil.rs"]), @"
    --- stderr
    error: `[REPO]/./src/soil.rs` is not a transcript of an agent that is known here
    hint: `git ckpt sessions` lists the sessions of this worktree; `git ckpt save --no-session -m …` saves a document alone
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["save", "--session", "../../etc/passwd"]), @"
    --- stderr
    error: there is no file `[REPO]/../../etc/passwd`
    hint: `git ckpt sessions` lists the sessions of this worktree; `git ckpt save --no-session -m …` saves a document alone
    --- exit 3
    ");
}

#[test]
fn without_a_session_the_hint_says_where_was_looked() {
    let world = World::new();
    assert_snapshot!(world.ckpt(&["save", "-m", "x"]), @"
    --- stderr
    error: no session was found for `[REPO]`
    hint: looked in
            [HOME]/.claude/projects/[SLUG]
            [HOME]/.codex/sessions
            [HOME]/.codex/archived_sessions
          name one with `--session <id or path>`, or save without one with `--no-session -m …`
    --- exit 3
    ");
}

#[test]
fn a_document_can_be_saved_alone() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["save", "--no-session", "-m", "Only words"]), @"
    checkpoint 033695bdb7  Only words
      commit    f2b6f3f4a7 Read the soil sensor
      document  3 tokens
    ");
    assert_snapshot!(world.ckpt(&["save", "--no-session"]), @"
    --- stderr
    error: there is neither a document nor a session to save
    hint: write a document with `-m`, `-F` or `--edit`, or leave out `--no-session`
    --- exit 2
    ");
    assert_snapshot!(world.ckpt(&["save", "--no-session", "--session", "x", "-m", "y"]), @"
    --- stderr
    error: the argument '--no-session' cannot be used with '--session <SESSION>'

    Usage: git ckpt save --no-session --message <TEXT> [COMMIT]

    For more information, try '--help'.
    --- exit 2
    ");
    assert_snapshot!(world.ckpt(&["restore", "--yes"]), @"
    --- stderr
    error: checkpoint 033695bdb7 holds no session, only a document
    hint: `git ckpt prompt` makes the first message of a new session out of the document
    --- exit 3
    ");
}

#[test]
fn an_empty_transcript_is_passed_over_and_refused_by_name() {
    let world = World::with_session();
    world.wait(60);
    world.claude().id(OTHER).blank().write();
    assert_eq!(saved_session(&world, &[]), CLAUDE_ID);
    assert_snapshot!(world.ckpt(&["save", "--session", OTHER]), @"
    --- stderr
    error: `6f1d0000-0000-4000-8000-000000000000` is empty: nothing was said in that session yet
    hint: `git ckpt sessions` lists the sessions of this worktree; `git ckpt save --no-session -m …` saves a document alone
    --- exit 3
    ");
}

#[test]
fn a_session_in_which_nothing_was_said_yet_is_told_wherever_it_is_named() {
    let world = World::with_session();
    let path = world.claude().id(OTHER).blank().write();
    let thread = "019cad31-0000-7a10-8b20-3c4d5e6f7a8b";
    let rollout =
        world.codex().path().with_file_name(format!("rollout-2026-03-02T08-30-00-{thread}.jsonl"));
    world.write_to(&rollout, "");
    for name in [OTHER, path.to_str().unwrap(), thread, rollout.to_str().unwrap()] {
        let run = world.ckpt(&["save", "--session", name]);
        assert_eq!(run.code, 3, "{run}");
        assert!(run.stderr().contains("is empty: nothing was said in that session yet"), "{run}");
    }
    let run = world.call(&["save"]).env("CODEX_THREAD_ID", thread).run();
    assert!(run.code == 3 && run.stderr().contains("is empty: nothing was said"), "{run}");
}

#[test]
fn companion_files_and_subagents_are_saved_too() {
    let world = World::new();
    world.claude().with_companions().write();
    assert_snapshot!(world.ckpt(&["save", "-m", "x"]), @"
    checkpoint 692b9df980  x
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    9.6 KiB new of 9.6 KiB, 2.4 KiB compressed, with 3 companion files
      document  2 tokens, 99.9% smaller than the session
    ");
    let world = World::new();
    world.codex().with_subagent().write();
    let saved = world.json(&["save", "--json"]);
    assert_eq!(
        (&saved["session"]["agent"], &saved["session"]["companions"]),
        (&"codex".into(), &1.into())
    );
    assert_eq!(saved["session"]["window"], 258_400);
}

#[test]
fn escapes_in_a_title_never_reach_the_terminal() {
    let world = World::new();
    world
        .claude()
        .title("red \u{1b}[31malert\u{1b}]0;own\u{7} \u{202e}gnp.exe\nsecond line")
        .write();
    let plain = |run: &crate::world::Run| {
        let text = run.stdout() + &run.stderr();
        let harmful = |char: char| matches!(char, '\u{1b}' | '\u{7}' | '\u{202e}');
        assert!(!text.contains(harmful), "{text:?}");
    };
    for arguments in
        [&["save"][..], &["sessions"], &["show"], &["show", "--stat"], &["log"], &["restore"]]
    {
        plain(&world.ckpt(arguments));
    }
    assert_snapshot!(world.ckpt(&["log"]), @"
    ● f2b6f3f4a7 Read the soil sensor  8 minutes ago
                 8ad9176b22 red alert gnp.exe  Claude Code, 2 turns, 18.3k tokens, in progress
    ");
}
