//! `git ckpt note`: what is written down between commits, and where it ends up.

use std::fs;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{PROGRAM, World};

fn body(world: &World) -> String {
    world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned()
}

fn listed(world: &World, arguments: &[&str]) -> Vec<Value> {
    let run = world.ckpt(&[&["note", "--json"], arguments].concat());
    assert_eq!(run.code, 0, "{run}");
    run.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn open_notes_stand_in_the_next_draft_and_in_no_later_one() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["note", "-k", "question", "Who opens the valve at night?"]), @"note 1 (question), for the next checkpoint of this worktree");
    world.ckpt(&["note", "--kind", "ruled-out", "A timer: rain is not known to it"]);
    world.ckpt(&["note", "--kind", "decision", "Dry beds only, because roots rot"]);
    world.ckpt(&["note", "plain"]);
    assert_snapshot!(world.ckpt(&["note"]), @"
    #  KIND       AGE            STATE  NOTE
    1  question   4 minutes ago  open   Who opens the valve at night?
    2  ruled-out  3 minutes ago  open   A timer: rain is not known to it
    3  decision   2 minutes ago  open   Dry beds only, because roots rot
    4  note       1 minute ago   open   plain
    ");
    assert_snapshot!(world.ckpt(&["save"]), @"
    checkpoint f359f8aa2b  Water only dry beds (drafted from the transcript)
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  209 tokens, 98.8% smaller than the session
      notes     4 notes in the document
    ");
    let first = body(&world);
    let decisions = "## Decisions\n\n- ADOPTED: Dry beds only, because roots rot\n- REJECTED: A timer: rain is not known to it\n";
    assert!(first.contains(decisions), "{first}");
    assert!(first.contains("- Who opens the valve at night?\n"), "{first}");
    assert!(first.contains("## Critical context\n\n- plain\n"), "{first}");
    assert_eq!(world.ckpt(&["note"]).stderr(), "no note is open: git ckpt note <text>\n");
    world.ckpt(&["save"]);
    assert!(!body(&world).contains("roots rot"));
}

#[test]
fn notes_that_were_taken_along_stay_listed() {
    let world = World::with_session();
    world.ckpt(&["note", "kept"]);
    world.ckpt(&["note", "taken back"]);
    assert_snapshot!(world.ckpt(&["note", "--drop", "2"]), @"dropped note 2: taken back");
    let id = world.save(&[]);
    let all = listed(&world, &["--all"]);
    assert_eq!((&all[0]["state"], &all[0]["checkpoint"]), (&"taken".into(), &id.into()));
    assert_eq!((&all[1]["state"], &all[1]["checkpoint"]), (&"dropped".into(), &Value::Null));
    assert_eq!(listed(&world, &["--list"]), Vec::<Value>::new());
}

#[test]
fn an_own_document_counts_for_the_notes_and_the_save_says_so() {
    let world = World::with_session();
    world.ckpt(&["note", "one"]);
    let run = world.ckpt(&["save", "-m", "# Mine"]);
    assert!(run.stdout().contains("notes     1 note left to your document"), "{run}");
    assert_eq!(body(&world), "# Mine\n");
    assert!(listed(&world, &["--list"]).is_empty());
}

#[test]
fn the_editor_starts_with_the_notes() {
    let world = World::with_session();
    world.ckpt(&["note", "-k", "dont-forget", "Winter is coming"]);
    world.program("my-editor", r#"grep -q "Winter is coming" "$1" && echo seen >> "$1""#);
    world.git(&["config", "core.editor", "my-editor"]);
    assert_eq!(world.ckpt(&["save", "--edit"]).code, 0);
    assert!(body(&world).contains("- Winter is coming\n"));
}

#[test]
fn notes_alone_are_worth_a_checkpoint() {
    let world = World::new();
    assert_eq!(world.ckpt(&["save"]).code, 3);
    world.ckpt(&["note", "no session here"]);
    let run = world.ckpt(&["save"]);
    assert!(run.code == 0 && run.stdout().contains("(drafted)"), "{run}");
    assert_eq!(body(&world), "## Critical context\n\n- no session here\n");
    assert_eq!(world.ckpt(&["save", "--no-session"]).code, 2);
}

#[test]
fn a_secret_in_a_note_enters_no_document() {
    let world = World::with_session();
    let secret = format!("ghp_{}", "x8Kd93LmQ02vBn47Tz61RwYc5JhGf0aPsUeE");
    world.ckpt(&["note", &format!("the token is {secret}")]);
    world.save(&[]);
    let shown = world.ckpt(&["show", "--raw"]).stdout();
    assert!(!shown.contains(&secret) && shown.contains("[REDACTED:"), "{shown}");
}

#[test]
fn another_worktree_has_notes_of_its_own() {
    let world = World::with_session();
    let beside = world.home().join("beside");
    world.git(&["worktree", "add", "--quiet", beside.to_str().unwrap()]);
    world.ckpt(&["note", "here"]);
    let there = world.call(&["note", "there"]).directory(&beside).run();
    assert_eq!(there.stdout(), "note 1 (note), for the next checkpoint of this worktree\n");
    let notes = listed(&world, &[]);
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["text"], "here");
    assert!(world.repo().join(".git/worktrees/beside/ckpt/journal.jsonl").exists());
}

#[test]
fn notes_written_by_many_processes_at_once_all_survive() {
    let world = World::new();
    let start = |number: usize| {
        let mut command = std::process::Command::new(PROGRAM);
        command.args(["note", &format!("note number {number}")]).current_dir(world.repo());
        command
            .env_clear()
            .env("HOME", world.home())
            .env("PATH", std::env::var_os("PATH").unwrap());
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..24).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let notes = listed(&world, &[]);
    let numbers: Vec<u64> = notes.iter().map(|note| note["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=24).collect::<Vec<u64>>());
    for number in 0..24 {
        let text = format!("note number {number}");
        assert_eq!(notes.iter().filter(|note| note["text"] == *text).count(), 1, "{text}");
    }
}

#[test]
fn what_cannot_be_noted_says_why() {
    let world = World::new();
    assert_snapshot!(world.ckpt(&["note", " "]), @"
    --- stderr
    error: the note is empty
    hint: say something: git ckpt note <text>, or `-` to read standard input
    --- exit 8
    ");
    let long = world.call(&["note", "-"]).input("x".repeat(20_000)).run();
    assert_snapshot!(long, @"
    --- stderr
    error: the note has 20000 bytes, more than the 16384 that one may have
    hint: attach what is long as a file: git ckpt attach <file>
    --- exit 8
    ");
    assert_snapshot!(world.ckpt(&["note", "--drop", "7"]), @"
    --- stderr
    error: there is no open note 7
    hint: no note is open; `git ckpt note --all` lists those that were taken along or dropped
    --- exit 3
    ");
    assert_eq!(world.ckpt(&["note", "x", "--kind", "musing"]).code, 2);
    let journal = world.repo().join(".git/ckpt/journal.jsonl");
    assert!(!journal.exists() || fs::read(journal).unwrap().is_empty());
}

#[test]
fn a_template_without_a_place_for_a_note_gets_a_section_in_front() {
    let world = World::with_session();
    world.write(
        ".ckpt/templates/short.md",
        "---\nabout: short\n---\n# {{title}}\n\n## Next\n\n{{next_steps}}\n",
    );
    world.ckpt(&["note", "-k", "decision", "Dry beds only"]);
    world.save(&["--template", "short"]);
    let body = body(&world);
    assert!(body.starts_with("## Decisions\n\n- ADOPTED: Dry beds only\n\n## Next\n"), "{body}");
}

/// A world with a decision and a question, and an editor that runs `script` on its file.
fn with_editor(script: &str) -> World {
    let world = World::new();
    world.ckpt(&["note", "-k", "decision", "Dry beds only\n\nWhy: roots rot"]);
    world.ckpt(&["note", "-k", "question", "who?"]);
    world.program("my-editor", &format!("cp \"$1\" \"$HOME/seen\"; {script}"));
    world.git(&["config", "core.editor", "my-editor"]);
    world
}

fn left_over(world: &World) -> Vec<String> {
    let names = fs::read_dir(world.repo().join(".git/ckpt")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("NOTE_EDITMSG")).collect()
}

#[test]
fn a_note_is_changed_in_the_editor() {
    let world = with_editor(r#"sed -i 's/Dry/Dry, warm/' "$1""#);
    assert_snapshot!(world.ckpt(&["note", "--edit", "1"]), @"note 1 says now: Dry, warm beds only Why: roots rot");
    assert_snapshot!(fs::read_to_string(world.home().join("seen")).unwrap(), @"
    Dry beds only

    Why: roots rot

    <!-- git ckpt: note 1 (decision); this comment is no part of it; left unchanged or empty, nothing changes. -->
    ");
    let notes = listed(&world, &[]);
    let changed = (&notes[0]["number"], &notes[0]["kind"], &notes[0]["text"]);
    let text = Value::from("Dry, warm beds only\n\nWhy: roots rot");
    assert_eq!(changed, (&1.into(), &"decision".into(), &text));
    assert_eq!(notes[1]["text"], "who?");
    assert_eq!(left_over(&world), Vec::<String>::new());
    world.save(&[]);
    assert!(body(&world).contains("- ADOPTED: Dry, warm beds only\n  Why: roots rot\n"));
}

#[test]
fn a_note_that_was_not_changed_in_the_editor_stays_and_the_command_says_so() {
    for script in ["true", "printf ' \\n' > \"$1\"", "sed -i '/^Dry/d; /^Why/d' \"$1\""] {
        let world = with_editor(script);
        let said = "error: note 1 was left empty or as it was, so nothing changed\nhint: to take it back: git ckpt note --drop 1\n--- exit 8\n";
        let run = world.ckpt(&["note", "--edit", "1"]).to_string();
        assert_eq!(run.strip_prefix("--- stderr\n"), Some(said), "{script}");
        assert_eq!(listed(&world, &[])[0]["text"], "Dry beds only\n\nWhy: roots rot");
        assert_eq!(left_over(&world), Vec::<String>::new());
    }
    let world = with_editor("echo new > \"$1\"; exit 3");
    assert_snapshot!(world.ckpt(&["note", "--edit", "2"]), @"
    --- stderr
    error: the editor failed, so note 2 stays as it was
    caused by: `my-editor` ended with exit status: 3
    hint: set another editor with `git config core.editor <program>`; what was written is kept in `[REPO]/.git/ckpt/NOTE_EDITMSG-2.md`
    --- exit 1
    ");
    assert_eq!(listed(&world, &[])[1]["text"], "who?");
    assert_eq!(world.ckpt(&["note", "--edit", "9"]).code, 3);
    assert_eq!(world.ckpt(&["note", "--edit", "1", "text"]).code, 2);
}

#[test]
fn what_was_written_of_a_note_is_kept_where_it_cannot_be_taken() {
    let world = with_editor("git-ckpt note --drop 2 >&2; echo new > \"$1\"");
    assert_snapshot!(world.ckpt(&["note", "--edit", "2"]), @"
    --- stderr
    dropped note 2: who?
    error: what was written for note 2 is not taken
    caused by: note 2 was changed, dropped or taken along meanwhile
    hint: git ckpt note --all lists what became of it
          what was written is kept in `[REPO]/.git/ckpt/NOTE_EDITMSG-2.md`
    --- exit 4
    ");
    assert_eq!(left_over(&world), ["NOTE_EDITMSG-2.md"]);
    assert_eq!(listed(&world, &["--all"])[1]["text"], "who?");
    let world = with_editor("head -c 20000 /dev/zero | tr '\\0' x > \"$1\"");
    assert_snapshot!(world.ckpt(&["note", "--edit", "2"]), @"
    --- stderr
    error: what was written for note 2 is not taken
    caused by: the note has 20000 bytes, more than the 16384 that one may have
    hint: attach what is long as a file: git ckpt attach <file>
          what was written is kept in `[REPO]/.git/ckpt/NOTE_EDITMSG-2.md`
    --- exit 8
    ");
}

#[test]
fn a_kind_may_be_written_as_english_has_it() {
    let world = World::new();
    world.ckpt(&["note", "--kind", "don't-forget", "winter"]);
    assert_eq!(listed(&world, &[])[0]["kind"], "dont-forget");
}
