//! `git ckpt save`.

use insta::assert_snapshot;

use crate::world::World;

#[test]
fn the_session_is_saved_with_a_document_drafted_out_of_it() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["save"]), @"
    checkpoint 1e56ed5bbf  Water only dry beds (drafted from the transcript)
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  159 tokens, 99.1% smaller than the session
    ");
    assert_snapshot!(world.ckpt(&["show", "--raw"]), @r#"
    ---
    id: 1e56ed5bbf84dd1a324de2e924f7ed07015cc3a6
    length: 528
    format: 1
    title: Water only dry beds
    created: "2026-03-02T09:05:00Z"
    author: Ada Lovelace <ada@example.com>
    kind: work
    status: in_progress
    draft: true
    progress:
      done: 1
      total: 3
    template: checkpoint
    budget: 500
    tokens: 159
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
    ---
    ## Goal

    > Water the beds only when the soil is dry. The sensor sits in src/soil.rs.

    ## Progress

    - [x] Read the sensor
    - [~] Open the valve below 30 %

    ## Next steps

    1. Open the valve below 30 %
    2. Log every watering

    ## Testing status

    - `cargo test` ran: test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

    ## Files in play

    - `src/valve.rs`: created
    - `src/soil.rs` (untouched)

    ## Last words

    > The valve works and four tests pass. Next: one line in the log for every watering.
    "#);
}

#[test]
fn a_target_is_any_commit_that_git_can_name() {
    let world = World::with_session();
    let first = world.git(&["rev-parse", "HEAD"]);
    world.git(&["tag", "--annotate", "--message", "the first", "v1"]);
    world.commit("Shut the valve at night");
    world.git(&["branch", "night"]);
    let last = world.commit("Count the drops");
    for (target, commit) in [
        ("v1", first.trim_end()),
        ("HEAD~2", first.trim_end()),
        (&first[..9], first.trim_end()),
        ("@", &last),
        ("main@{0}", &last),
    ] {
        let saved = world.json(&["save", "--json", "-m", target, target]);
        assert_eq!(saved["commit"], commit, "{target}");
    }
    assert_snapshot!(world.ckpt(&["save", "-m", "At night", "night"]), @"
    checkpoint 5e9d9dc4d3  At night
      commit    8831e405f8 Shut the valve at night
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    0 bytes new of 8.7 KiB, 0 bytes compressed
      document  3 tokens, 99.9% smaller than the session
    ");
    assert_snapshot!(world.ckpt(&["save", "-m", "x", "nightfall"]), @"
    --- stderr
    error: `nightfall` names no commit here
    hint: `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["save", "-m", "x", "HEAD^{tree}"]), @"
    --- stderr
    error: `HEAD^{tree}` is a tree, not a commit
    hint: name a commit: `git ckpt log --all` lists them with their checkpoints
    --- exit 3
    ");
}

#[test]
fn a_second_save_on_one_commit_stores_only_what_is_new() {
    let world = World::with_session();
    world.ckpt(&["save"]);
    world
        .claude()
        .says("Also at noon?", "No: at noon the water is gone before it sinks in.")
        .write();
    assert_snapshot!(world.ckpt(&["save", "-m", "Not at noon"]), @"
    checkpoint 58c7272ff3  Not at noon
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 3 turns, 20.0k tokens
      stored    646 bytes new of 9.3 KiB, 223 bytes compressed
      document  4 tokens, 99.9% smaller than the session
    ");
    assert_snapshot!(world.ckpt(&["save", "-m", "Not at noon"]), @"
    checkpoint f7fd753ebd  Not at noon
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 3 turns, 20.0k tokens
      stored    0 bytes new of 9.3 KiB, 0 bytes compressed
      document  4 tokens, 99.9% smaller than the session
    ");
    assert_snapshot!(world.ckpt(&["log"]), @"
    ● f2b6f3f4a7 Read the soil sensor  5 minutes ago
                 f7fd753ebd Not at noon  Claude Code, 3 turns, 20.0k tokens, in progress
                 58c7272ff3 Not at noon  Claude Code, 3 turns, 20.0k tokens, in progress
                 1e56ed5bbf Water only dry beds  Claude Code, 2 turns, 18.3k tokens, in progress
    ");
}

#[test]
fn a_save_leaves_the_index_the_worktree_and_the_branches_alone() {
    let world = World::with_session();
    world.write("src/soil.rs", "pub fn moisture() -> Option<u8> { Some(40) }\n");
    world.write("notes.txt", "not added\n");
    world.write("src/valve.rs", "staged\n");
    world.git(&["add", "src/valve.rs"]);
    let state = || {
        let refs = world.git(&["for-each-ref", "refs/heads", "refs/tags"]);
        let index = std::fs::read(world.repo().join(".git/index")).unwrap();
        (world.git(&["status", "--porcelain"]), refs, index)
    };
    let before = state();
    world.save(&["-m", "x"]);
    assert_eq!(state(), before);
}

#[test]
fn git_itself_shows_the_document_and_finds_nothing_wrong_with_the_objects() {
    let world = World::with_session();
    world.save(&["-m", "# Dry beds only\n\nThe valve stays shut."]);
    let shown = world.git(&["log", "--notes=ckpt/*", "--format=%N"]);
    assert!(shown.contains("title: Dry beds only") && shown.contains("The valve stays shut."));
    let fsck = world.call_program("git", &["fsck", "--strict", "--no-dangling"]).run();
    assert_snapshot!(fsck, @"");
}

#[test]
fn git_runs_it_as_a_subcommand() {
    let world = World::with_session();
    assert!(world.git(&["ckpt", "save"]).starts_with("checkpoint "));
}

#[test]
fn without_a_commit_there_is_nothing_to_save_with() {
    let world = World::unborn();
    world.claude().write();
    assert_snapshot!(world.ckpt(&["save"]), @"
    --- stderr
    error: branch `main` has no commit yet
    hint: make the first commit with `git commit`, then run the same command again
    --- exit 3
    ");
}

#[test]
fn without_a_repository_the_hint_says_where_to_go() {
    let world = World::with_session();
    assert_snapshot!(world.call(&["save"]).directory(&world.home()).run(), @"
    --- stderr
    error: `[HOME]` does not lie in a git repository
    hint: run this inside a repository, or name one with `git ckpt -C <dir> …`; `git init` makes one
    --- exit 6
    ");
    assert_eq!(world.call(&["-C", "../garden", "save"]).directory(&world.home()).run().code, 0);
}

#[test]
fn an_unknown_author_is_told_how_to_introduce_himself() {
    let world = World::with_session();
    world.write_to(&world.home().join(".gitconfig"), "[user]\n\tuseConfigOnly = true\n");
    assert_snapshot!(world.ckpt(&["save"]), @"
    --- stderr
    error: git does not know your name and address; set them with `git config --global user.name` and `git config --global user.email`
    --- exit 1
    ");
}
