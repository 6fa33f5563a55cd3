//! `git ckpt show`.

use insta::assert_snapshot;

use crate::forgery;
use crate::world::World;

/// Four commits, each with a checkpoint named after it.
fn history() -> World {
    let world = World::with_session();
    world.save(&["-m", "# Checkpoint one"]);
    for name in ["two", "three", "four"] {
        world.commit(&format!("Commit {name}"));
        world.save(&["-m", &format!("# Checkpoint {name}")]);
    }
    world
}

fn title(world: &World, target: &str) -> String {
    world.json(&["show", "--json", target])["title"].as_str().unwrap().to_owned()
}

#[test]
fn a_checkpoint_reads_like_a_page() {
    let world = World::with_session();
    world.ckpt(&["save"]);
    world.wait(7200);
    assert_snapshot!(world.ckpt(&["show"]), @"
    checkpoint 1e56ed5bbf  Water only dry beds
      commit    f2b6f3f4a7 Read the soil sensor
      saved     2 hours ago by Ada Lovelace <ada@example.com>
      status    in progress, 1 of 3 steps done, drafted from the transcript
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens, claude-opus-4-6

    Goal

    │ Water the beds only when the soil is dry. The sensor sits in src/soil.rs.

    Progress

    ☑ Read the sensor
    ◐ Open the valve below 30 %

    Next steps

    1. Open the valve below 30 %
    2. Log every watering

    Testing status

    • cargo test ran: test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0
      filtered out; finished in 0.01s

    Files in play

    • src/valve.rs: created
    • src/soil.rs (untouched)

    Last words

    │ The valve works and four tests pass. Next: one line in the log for every
    │ watering.
    ");
}

#[test]
fn every_way_to_name_a_commit_finds_its_checkpoint() {
    let world = history();
    let second = world.git(&["rev-parse", "HEAD~2"]);
    world.git(&["tag", "--annotate", "--message", "release", "v2", "HEAD~2"]);
    world.git(&["tag", "light", "HEAD~1"]);
    world.git(&["branch", "old", "HEAD~3"]);
    world.git(&["update-ref", "refs/heads/deafbeef", "HEAD~1"]);
    for (target, expected) in [
        ("HEAD~3", "Checkpoint one"),
        ("main", "Checkpoint four"),
        ("old", "Checkpoint one"),
        ("v2", "Checkpoint two"),
        ("light", "Checkpoint three"),
        ("deafbeef", "Checkpoint three"),
        (&second[..7], "Checkpoint two"),
        ("HEAD@{2}", "Checkpoint two"),
        (":/Commit three", "Checkpoint three"),
    ] {
        assert_eq!(title(&world, target), expected, "{target}");
    }
}

#[test]
fn the_beginning_of_an_id_is_enough() {
    let world = history();
    let id = world.json(&["show", "--json", "HEAD~1"])["checkpoint"].as_str().unwrap().to_owned();
    assert_eq!(title(&world, &id), "Checkpoint three");
    assert_eq!(title(&world, &id[..6]), "Checkpoint three");
    assert_snapshot!(world.ckpt(&["show", &id[..3]]), @"
    --- stderr
    error: `c33` names no commit here, and is too short for a checkpoint: the beginning of an id has at least 4 digits
    hint: give more digits: `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["show", "0000000"]), @"
    --- stderr
    error: `0000000` names no commit here
    hint: `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
}

#[test]
fn a_beginning_that_fits_several_ids_lists_them() {
    let world = World::with_session();
    let text = forgery::template(&world, &["-m", "# One"]);
    let id = forgery::id_of(&text);
    let named = |number: u32| text.replace("title: One", &format!("title: Twin {number}"));
    let twin = (0..).map(named).find(|twin| forgery::id_of(twin)[..4] == id[..4]).unwrap();
    forgery::tie(&world, &forgery::sealed(&twin));
    assert_snapshot!(world.ckpt(&["show", &id[..4]]), @"
    --- stderr
    error: `f1b0` is the beginning of 2 checkpoint ids
    hint: it could be
            f1b0aea30f9bebec One
            f1b03807faf935e2 Twin 4880
          show one with more digits: `git ckpt show <digits>`
    --- exit 3
    ");
    assert_eq!(title(&world, &id[..12]), "One");
}

#[test]
fn several_checkpoints_on_one_commit_are_listed_and_the_newest_shown() {
    let world = World::with_session();
    let first = world.save(&["-m", "# First thoughts"]);
    world.wait(3600);
    world.save(&["-m", "# Second thoughts"]);
    assert_snapshot!(world.ckpt(&["show"]), @"
    checkpoint b13033c8ac  Second thoughts
      commit    f2b6f3f4a7 Read the soil sensor
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      status    in progress
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens, claude-opus-4-6

    Second thoughts

    2 checkpoints on this commit, newest first:
    * b13033c8ac  Second thoughts  1 minute ago
      275b0b64e1  First thoughts  1 hour ago
    ");
    assert_snapshot!(world.ckpt(&["show", &first[..10]]), @"
    checkpoint 275b0b64e1  First thoughts
      commit    f2b6f3f4a7 Read the soil sensor
      saved     1 hour ago by Ada Lovelace <ada@example.com>
      status    in progress
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens, claude-opus-4-6

    First thoughts

    2 checkpoints on this commit, newest first:
      b13033c8ac  Second thoughts  2 minutes ago
    * 275b0b64e1  First thoughts  1 hour ago
    ");
}

#[test]
fn a_commit_without_a_checkpoint_says_so() {
    let world = history();
    world.commit("Commit five");
    assert_snapshot!(world.ckpt(&["show"]), @"
    --- stderr
    error: commit ff8ab16438 has no checkpoint
    hint: `git ckpt log --carried` lists commits that have one; `git ckpt save <commit>` makes one
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["show", "nowhere"]), @"
    --- stderr
    error: `nowhere` names no commit here
    hint: `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
    assert_snapshot!(World::unborn().ckpt(&["show"]), @"
    --- stderr
    error: branch `main` has no commit yet
    hint: make the first commit with `git commit`, then run the same command again
    --- exit 3
    ");
}

#[test]
fn raw_is_every_byte_that_git_stores() {
    let world = World::with_session();
    world.save(&["-m", "# Colours \u{1b}[31mstay\n\ttabs, trailing  \n\n\n"]);
    let raw = world.call(&["show", "--raw", "--color", "always"]).run().output.stdout;
    let note = world.git(&["ls-tree", "-r", "refs/notes/ckpt/ada-0000001"]);
    let blob = note.split_whitespace().nth(2).unwrap();
    let stored = world.call_program("git", &["cat-file", "blob", blob]).run().output.stdout;
    assert!(raw.ends_with(b"trailing  \n\n\n"));
    assert_eq!(raw, stored);
}

#[test]
fn figures_alone_are_short() {
    let world = World::with_session();
    world.ckpt(&["save"]);
    assert_snapshot!(world.ckpt(&["show", "--stat"]), @"
    checkpoint 1e56ed5bbf  Water only dry beds
      commit    f2b6f3f4a7 Read the soil sensor
      saved     1 minute ago by Ada Lovelace <ada@example.com>
      status    in progress, 1 of 3 steps done, drafted from the transcript
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens, claude-opus-4-6
      document  159 tokens, 1.4 KiB
      bytes     8.7 KiB in log 7252827e3e38b03f, 1 extent
      sha256    0408585d7195f0b8cb8e8581d189e78dd4a4215c394e06ec99904b98211bb4ad
    ");
}

#[test]
fn the_conversation_is_told_with_tool_calls_folded() {
    let world = World::with_session();
    world.ckpt(&["save"]);
    assert_snapshot!(world.ckpt(&["show", "--session"]), @r#"
    ── 1 you  2026-03-02T08:40:30Z

    Water the beds only when the soil is dry. The sensor sits in src/soil.rs.

    agent

    I will open the valve below 30 % moisture, and keep it shut when the sensor is
    silent.
      ▸ TodoWrite {"todos":[{"content":"Read the sensor","status":"completed","activ…
      ▸ Write {"file_path":"/home/ada/garden/src/valve.rs","content":"pub fn is_open…
      ▸ Bash {"command":"cargo test","description":"Run the tests"}
      ▸ Read {"file_path":"/home/ada/garden/src/log.rs"}
        ✗ File does not exist.

    ── 2 you  2026-03-02T08:46:00Z

    Good. Log every watering next.

    agent

    The valve works and four tests pass. Next: one line in the log for every
    watering.
    "#);
}

#[test]
fn the_full_conversation_has_thoughts_and_results() {
    let world = World::with_session();
    world.ckpt(&["save"]);
    assert_snapshot!(world.ckpt(&["show", "--session", "--full"]), @r#"
    ── 1 you  2026-03-02T08:40:30Z

    Water the beds only when the soil is dry. The sensor sits in src/soil.rs.

    (thinking)
    The valve must stay shut when the sensor is silent.

    agent

    I will open the valve below 30 % moisture, and keep it shut when the sensor is
    silent.

    ▾ TodoWrite
    {"todos":[{"content":"Read the sensor","status":"completed","activeForm":"Reading the sensor"},{"content":"Open the valve below 30 %","status":"in_progress","activeForm":"Opening the valve"},{"content":"Log every watering","status":"pending","activeForm":"Logging"}]}
    ── result
    Todos have been modified

    ▾ Write
    {"file_path":"/home/ada/garden/src/valve.rs","content":"pub fn is_open(moisture: Option<u8>) -> bool {\n    moisture.is_some_and(|percent| percent < 30)\n}\n"}
    ── result
    File created successfully at: /home/ada/garden/src/valve.rs

    ▾ Bash
    {"command":"cargo test","description":"Run the tests"}
    ── result
    test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

    ▾ Read
    {"file_path":"/home/ada/garden/src/log.rs"}
    ── failed
    File does not exist.

    ── 2 you  2026-03-02T08:46:00Z

    Good. Log every watering next.

    agent

    The valve works and four tests pass. Next: one line in the log for every
    watering.
    "#);
    assert_snapshot!(world.ckpt(&["show", "--full"]), @"
    --- stderr
    error: the following required arguments were not provided:
      --session

    Usage: git ckpt show --session --full [REV|CHECKPOINT]

    For more information, try '--help'.
    --- exit 2
    ");
}

#[test]
fn a_conversation_with_codex_reads_the_same_way() {
    let world = World::new();
    world.codex().write();
    world.ckpt(&["save"]);
    assert_snapshot!(world.ckpt(&["show", "--session", "--full"]), @r#"
    ── 1 you  2026-03-02T08:30:02Z

    Teach the sensor to say nothing when the wire is loose.

    (thinking)
    A loose wire reads as 255.

    ▾ update_plan
    {"plan": [{"step": "Treat 255 as no reading", "status": "completed"}, {"step": "Test the sensor", "status": "in_progress"}]}
    ── result
    Plan updated

    ▾ apply_patch
    *** Begin Patch
    *** Update File: src/soil.rs
    @@
    -pub fn moisture() -> Option<u8> { None }
    +pub fn moisture(raw: u8) -> Option<u8> { (raw != 255).then_some(raw) }
    *** End Patch
    ── result
    Success. Updated the following files:
    M src/soil.rs

    agent

    A loose wire reads 255, which is now no reading at all.
    "#);
}

#[test]
fn a_document_alone_has_no_conversation() {
    let world = World::new();
    world.save(&["--no-session", "-m", "Only words"]);
    assert_snapshot!(world.ckpt(&["show", "--session"]), @"
    --- stderr
    error: checkpoint 033695bdb7 holds no session, only a document
    hint: run `git ckpt show` without `--session` to read the document
    --- exit 3
    ");
}

#[test]
fn one_way_of_showing_at_a_time() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["show", "--raw", "--json"]), @"
    --- stderr
    error: the argument '--raw' cannot be used with '--json'

    Usage: git ckpt show --raw [REV|CHECKPOINT]

    For more information, try '--help'.
    --- exit 2
    ");
}
