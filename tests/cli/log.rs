//! `git ckpt log`.

use std::fs::File;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::world::World;

/// `main`: one, two, three; `side`: one, four. The first and the last of `main` and the tip of `side` carry something.
fn history() -> World {
    let world = World::with_session();
    world.save(&["-m", "# Dry beds"]);
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Try another valve");
    world.save(&["--no-session", "-m", "# The other valve\n\nIt leaks."]);
    world.git(&["switch", "--quiet", "main"]);
    world.commit("Tidy up");
    world.wait(86_400);
    world.commit("Log every watering");
    world
        .call(&["save", "-F", "-"])
        .input("---\nstatus: completed\nkind: handoff\n---\n# Done\n")
        .run();
    world
}

#[test]
fn history_shows_what_each_commit_carries() {
    let world = history();
    assert_snapshot!(world.ckpt(&["log"]), @"
    ● a87c7bccb7 Log every watering  3 minutes ago
                 9b6ac38c0a Done  Claude Code, 2 turns, 18.3k tokens, completed, handoff
      097589a70b Tidy up  1 day ago
    ● f2b6f3f4a7 Read the soil sensor  1 day ago
                 d9d52ae7f5 Dry beds  Claude Code, 2 turns, 18.3k tokens, in progress
    ");
}

#[test]
fn ranges_branches_and_limits_are_those_of_git() {
    let world = history();
    assert_snapshot!(world.ckpt(&["log", "HEAD~1.."]), @"
    ● a87c7bccb7 Log every watering  3 minutes ago
                 9b6ac38c0a Done  Claude Code, 2 turns, 18.3k tokens, completed, handoff
    ");
    assert_snapshot!(world.ckpt(&["log", "main..side"]), @"
    ● e4642c2a82 Try another valve  1 day ago
                 586436b336 The other valve  document only, in progress
    ");
    assert_snapshot!(world.ckpt(&["log", "--all", "--limit", "2"]), @"
    ● a87c7bccb7 Log every watering  5 minutes ago
                 9b6ac38c0a Done  Claude Code, 2 turns, 18.3k tokens, completed, handoff
      097589a70b Tidy up  1 day ago
    ");
    assert_snapshot!(world.ckpt(&["log", "^main", "side", "-9"]), @"
    ● e4642c2a82 Try another valve  1 day ago
                 586436b336 The other valve  document only, in progress
    ");
    assert_snapshot!(world.ckpt(&["log", "main..nowhere"]), @"
    --- stderr
    error: history cannot be read
    caused by: `git log main..nowhere` failed: fatal: bad revision 'main..nowhere'
    hint: run `git log` with the same revisions to see what git says of them
    --- exit 3
    ");
}

#[test]
fn only_commits_that_carry_something_count_when_asked_for() {
    let world = history();
    assert_snapshot!(world.ckpt(&["log", "--carried", "-n", "2"]), @"
    ● a87c7bccb7 Log every watering  3 minutes ago
                 9b6ac38c0a Done  Claude Code, 2 turns, 18.3k tokens, completed, handoff
    ● f2b6f3f4a7 Read the soil sensor  1 day ago
                 d9d52ae7f5 Dry beds  Claude Code, 2 turns, 18.3k tokens, in progress
    ");
    assert_snapshot!(world.ckpt(&["log", "--carried", "HEAD~2..HEAD~1"]), @"");
}

#[test]
fn json_is_one_object_a_line_in_the_same_order() {
    let world = history();
    let run = world.ckpt(&["log", "--json", "--all"]);
    let told: Vec<String> = run
        .stdout()
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            format!("{} {}", row["subject"], row["checkpoints"][0]["title"])
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    "Log every watering" "Done"
    "Tidy up" null
    "Try another valve" "The other valve"
    "Read the soil sensor" "Dry beds"
    "#);
}

#[test]
fn an_unborn_branch_has_no_history() {
    let world = World::unborn();
    assert_snapshot!(world.ckpt(&["log"]), @"
    --- stderr
    error: branch `main` has no commit yet
    hint: make the first commit with `git commit`, then run the same command again
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["log", "--all"]), @"");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let world = history();
    for arguments in ["log", "show", "show --raw", "log --json", "completions bash"] {
        let line =
            format!("git-ckpt {arguments} 2> talk | head -c 1; echo \"${{PIPESTATUS[0]}}\" > code");
        let run = world.call_program("bash", &["-c", &line]).run();
        assert_eq!(run.output.stdout.len(), 1, "{arguments}: {run}");
        let left = |name: &str| std::fs::read_to_string(world.repo().join(name)).unwrap();
        assert_eq!((left("talk").as_str(), left("code").as_str()), ("", "0\n"), "{arguments}");
    }
}

#[test]
fn a_pipe_that_is_closed_from_the_start_is_quiet() {
    let world = history();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let talk = File::create(world.home().join("talk")).unwrap();
    let run = world.call(&["log"]).streams(Stdio::from(writer), Stdio::from(talk));
    assert_eq!(run.code(), Some(0));
    assert_eq!(std::fs::read_to_string(world.home().join("talk")).unwrap(), "");
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let world = history();
    let colored = |call: crate::world::Call<'_>| call.run().output.stdout.contains(&0x1b);
    assert!(!colored(world.call(&["log"])));
    assert!(colored(world.call(&["log", "--color", "always"])));
    assert!(colored(world.call(&["--color=always", "log"]).env("NO_COLOR", "1")));
    assert!(!colored(world.call(&["log", "--color", "auto"])));
    world.git(&["config", "color.ui", "always"]);
    assert!(!colored(world.call(&["log", "--color", "never"])));
}
