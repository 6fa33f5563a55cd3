//! Where the document of a checkpoint comes from.

use std::fs;

use insta::assert_snapshot;

use crate::world::{Run, World};

/// The body that was stored last.
fn body(world: &World) -> String {
    world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned()
}

#[test]
fn several_messages_are_paragraphs() {
    let world = World::with_session();
    let run = world.ckpt(&[
        "save",
        "-m",
        "Dry beds only",
        "-m",
        "The valve stays shut.",
        "-m",
        "Next: the log.",
    ]);
    assert_snapshot!(run, @"
    checkpoint dc3be85f87  Dry beds only
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  14 tokens, 99.9% smaller than the session
    ");
    assert_eq!(body(&world), "Dry beds only\n\nThe valve stays shut.\n\nNext: the log.\n");
}

#[test]
fn a_file_is_taken_as_it_is() {
    let world = World::with_session();
    let text = "# Dry  beds\r\n\r\n- tabs\tand  blanks stay \r\n";
    world.write("state.md", text);
    world.write("src/deep/state.md", "# From below\n");
    assert_eq!(world.ckpt(&["save", "-F", "state.md"]).code, 0);
    assert_eq!(body(&world), text);
    let below = world.call(&["save", "-F", "state.md"]).directory(&world.repo().join("src/deep"));
    assert_eq!(below.run().code, 0);
    assert_eq!(body(&world), "# From below\n");
    assert_snapshot!(world.ckpt(&["save", "-F", "absent.md"]), @"
    --- stderr
    error: cannot read `[REPO]/absent.md`
    caused by: No such file or directory (os error 2)
    hint: name a file that can be read, or `-` for what comes through a pipe
    --- exit 1
    ");
}

#[test]
fn a_dash_is_standard_input() {
    let world = World::with_session();
    let run = world.call(&["save", "-F", "-"]).input("# Piped\n\ntext without an end").run();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(body(&world), "# Piped\n\ntext without an end\n");
}

#[test]
fn an_empty_document_is_no_document() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["save", "-m", ""]), @"
    --- stderr
    error: the document is empty
    hint: say something in it, or leave out `-m` and `-F`: then the document is drafted from the session
    --- exit 8
    ");
    assert_snapshot!(world.call(&["save", "-F", "-"]).input("---\ntitle: x\n---\n \n").run(), @"
    --- stderr
    error: the document is empty
    hint: say something in it, or leave out `-m` and `-F`: then the document is drafted from the session
    --- exit 8
    ");
    assert_snapshot!(world.call(&["save", "-F", "-"]).input(b"caf\xe9\n").run(), @"
    --- stderr
    error: the document is not UTF-8: byte 3 is not valid
    hint: hand it in as UTF-8 text; `iconv` converts other encodings
    --- exit 8
    ");
    assert_eq!(world.ckpt(&["show"]).code, 3);
}

#[test]
fn only_one_source_is_taken() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["save", "-m", "x", "-F", "state.md"]), @"
    --- stderr
    error: the argument '--message <TEXT>' cannot be used with '--file <FILE>'

    Usage: git ckpt save --message <TEXT> [COMMIT]

    For more information, try '--help'.
    --- exit 2
    ");
}

fn edited(world: &World, script: &str, arguments: &[&str]) -> Run {
    world.program("my-editor", script);
    world.git(&["config", "core.editor", "my-editor --wait"]);
    let all: Vec<&str> = ["save", "--edit"].iter().chain(arguments).copied().collect();
    world.ckpt(&all)
}

#[test]
fn the_editor_starts_with_the_draft_and_what_it_leaves_is_saved() {
    let world = World::with_session();
    let script = r#"test "$1" = --wait && cp "$2" "$HOME/seen.md" && printf '# Only dry beds\n\nShut at night.\n' > "$2""#;
    assert_snapshot!(edited(&world, script, &[]), @"
    checkpoint e88cb5427f  Only dry beds
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  10 tokens, 99.9% smaller than the session
    ");
    assert_eq!(body(&world), "# Only dry beds\n\nShut at night.\n");
    assert_snapshot!(fs::read_to_string(world.home().join("seen.md")).unwrap(), @r#"
    ---
    template: checkpoint
    budget: 500
    ---
    # Water only dry beds

    ## Goal

    > Water the beds only when the soil is dry. The sensor sits in src/soil.rs.

    ## Decisions
    <!-- ckpt: one line each, ADOPTED, REJECTED or DEFERRED; below it Why, and where they bind or show: Constraint, Where -->

    ## Progress
    <!-- ckpt: [x] done, [~] in progress with its share and what is missing, [ ] not done -->

    - [x] Read the sensor
    - [~] Open the valve below 30 %

    ## Next steps
    <!-- ckpt: the most important first; below it After, Estimate, Done when, where they help -->

    1. Open the valve below 30 %
    2. Log every watering

    ## Testing status

    - `cargo test` ran: test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

    ## Blockers
    <!-- ckpt: what stands in the way and who can move it; "none" is an answer -->

    ## Critical context
    <!-- ckpt: what would cost an hour to find out again -->

    ## Files in play

    - `src/valve.rs`: created
    - `src/soil.rs` (untouched)

    ## Last words

    > The valve works and four tests pass. Next: one line in the log for every watering.

    <!-- git ckpt: Say what the next person, or the next session, has to know: decisions and why, what was
    ruled out, what is done, the next action, files in play. Keep it short; the conversation itself is
    saved beside it. The draft above has 176 of 500 tokens. Front matter (title, status, phase) may stand on top
    between two lines of `---`. This comment is not saved; left unchanged or empty, nothing is. -->
    "#);
}

#[test]
fn what_was_handed_in_can_be_edited_further() {
    let world = World::with_session();
    edited(&world, r#"sed -i.bak 's/shut/closed/' "$2""#, &["-m", "The valve stays shut"]);
    assert_eq!(body(&world), "The valve stays closed\n");
}

#[test]
fn a_document_that_was_not_edited_is_not_saved_and_not_lost() {
    let world = World::with_session();
    assert_snapshot!(edited(&world, "true", &[]), @"
    --- stderr
    error: the document was left empty or as it was, so nothing was saved
    hint: the draft is kept in `[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md`; to save it as it is: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md'
    --- exit 8
    ");
    assert_eq!(world.ckpt(&["show"]).code, 3);
    let kept = world.ckpt(&["save", "-F", ".git/ckpt/CHECKPOINT_EDITMSG.md"]);
    assert_eq!(kept.code, 0, "{kept}");
    assert!(!body(&world).contains("git ckpt:"), "{}", body(&world));
}

#[test]
fn an_emptied_document_is_not_saved() {
    let world = World::with_session();
    assert_snapshot!(edited(&world, r#": > "$2""#, &[]), @"
    --- stderr
    error: the document was left empty or as it was, so nothing was saved
    hint: the draft is kept in `[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md`; to save it as it is: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md'
    --- exit 8
    ");
    assert_eq!(world.ckpt(&["show"]).code, 3);
}

#[test]
fn an_editor_that_fails_saves_nothing() {
    let world = World::with_session();
    assert_snapshot!(edited(&world, r#"echo '# half' > "$2"; exit 3"#, &[]), @"
    --- stderr
    error: the editor failed, so nothing was saved
    caused by: `my-editor --wait` ended with exit status: 3
    hint: set another editor with `git config core.editor <program>`; what was written is kept in `[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md`, to save it: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_EDITMSG.md'
    --- exit 1
    ");
    assert_eq!(world.ckpt(&["show"]).code, 3);
}

#[test]
fn front_matter_fills_the_header_and_unknown_keys_stay() {
    let world = World::with_session();
    let text = "---\ntitle: Handing over\nkind: handoff\nstatus: blocked\nphase: 2\nobjective: Dry beds\ntask: T-7\n\
                progress: {done: 3, total: 8}\nbudget: 4000\nreviewer: [Grace, 7]\ncreated: 1999-01-01T00:00:00Z\n---\n\
                Wait for the new sensor.\n";
    assert_eq!(world.call(&["save", "-F", "-"]).input(text).run().code, 0);
    assert_snapshot!(world.ckpt(&["show", "--raw"]), @r#"
    ---
    id: 1fe5bfb7759efdc69edcdc974ae4230e6540a4a6
    length: 25
    format: 1
    title: Handing over
    created: "2026-03-02T09:05:00Z"
    author: Ada Lovelace <ada@example.com>
    kind: handoff
    status: blocked
    phase: "2"
    objective: Dry beds
    task: T-7
    progress:
      done: 3
      total: 8
    budget: 4000
    tokens: 6
    tokenizer: o200k_base
    commit: f2b6f3f4a7597a1c3495e34826f1d952a768c590
    tree: 8eddc16704e16da93ac555436bb772acd44a18ec
    patch_id: 332eab034570f248cbe22f4d075796fa8aff033a
    authored: Ada Lovelace <ada@example.com> 1772442180 +0000
    subject: Read the soil sensor
    branch: main
    snapshots:
    - agent: claude-code
      session: 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
      title: Water only dry beds
      model: claude-opus-4-6
      version: "2.1.218"
      turns: 2
      tokens: 18333
      file: transcript.jsonl
      log: 7252827e3e38b03f
      bytes: 8921
      extents:
      - - 0
        - 8921
      sha256: 0408585d7195f0b8cb8e8581d189e78dd4a4215c394e06ec99904b98211bb4ad
    reviewer:
    - Grace
    - 7
    ---
    Wait for the new sensor.
    "#);
    assert_snapshot!(world.ckpt(&["show"]), @"
    checkpoint 1fe5bfb775  Handing over
      commit    f2b6f3f4a7 Read the soil sensor
      saved     2 minutes ago by Ada Lovelace <ada@example.com>
      status    blocked, 3 of 8 steps done, handoff
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens, claude-opus-4-6

    Wait for the new sensor.
    ");
}

#[test]
fn broken_front_matter_is_told_and_nothing_is_saved() {
    let world = World::with_session();
    let given = |text: &str| world.call(&["save", "-F", "-"]).input(text).run();
    assert_snapshot!(given("---\ntitle: x\nnever closed\n"), @"
    --- stderr
    error: the front matter starts with `---` on line 1 and never ends with another `---`
    hint: front matter stands between two lines of `---`; leave both out for plain markdown
    --- exit 8
    ");
    assert_snapshot!(given("---\nstatus: finished\n---\ntext\n"), @"
    --- stderr
    error: the front matter is not valid: unknown variant `finished`, expected one of in_progress, completed, blocked at line 2, column 9
    hint: front matter stands between two lines of `---`; leave both out for plain markdown
    --- exit 8
    ");
    assert_snapshot!(given("---\ntitle: [a\n---\ntext\n"), @"
    --- stderr
    error: the front matter is not valid: expected a text at line 2, column 8
    hint: front matter stands between two lines of `---`; leave both out for plain markdown
    --- exit 8
    ");
    assert_eq!(world.ckpt(&["show"]).code, 3);
}

#[test]
fn a_stored_document_can_be_handed_in_again() {
    let world = World::with_session();
    world.save(&["-m", "# One\n\nbody"]);
    let raw = world.ckpt(&["show", "--raw"]).stdout();
    let run = world.call(&["save", "-F", "-"]).input(raw.replace("body", "better body")).run();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(body(&world), "# One\n\nbetter body\n");
    let shown = world.json(&["show", "--json"]);
    assert_eq!(shown["unknown"], serde_json::json!({}));
    assert_eq!(shown["on_this_commit"].as_array().unwrap().len(), 2);
}
