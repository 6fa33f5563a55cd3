//! `git ckpt reset`, `switch` and `checkout`.

use std::fs;

use insta::assert_snapshot;

use crate::world::World;
use crate::{checkpoints, grow, live, on_terminal, two_branches};

#[test]
fn the_session_goes_back_and_forth_with_the_branch() {
    let (world, short, long) = two_branches();
    assert_snapshot!(world.ckpt(&["switch", "main", "--yes"]), @"
    --- stderr
    Switched to branch 'main'
    restore from checkpoint 29e69e714e  On main
      saved     6 minutes ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  the live session (9.2 KiB where the checkpoint has 8.7 KiB), which is kept already
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with: claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    ");
    assert_eq!(live(&world), short);
    let run = world.ckpt(&["checkout", "--yes", "side"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(live(&world), long);
    assert_eq!(world.git(&["branch", "--show-current"]), "side\n");
    assert_eq!(checkpoints(&world), 2, "what is held already is not captured again");
}

#[test]
fn turns_that_no_checkpoint_has_are_kept_with_the_commit_that_is_left() {
    let (world, short, long) = two_branches();
    grow(&world, "One more on the side");
    let longer = live(&world);
    assert_snapshot!(world.ckpt(&["switch", "--yes", "main"]), @"
    --- stderr
    Switched to branch 'main'
    the session as it was is kept in checkpoint 134b3b5ba2 of commit 002345c389
    restore from checkpoint 29e69e714e  On main
      saved     6 minutes ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  the live session (9.4 KiB where the checkpoint has 8.7 KiB), which is kept already
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with: claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    ");
    assert_eq!(live(&world), short);
    assert_eq!(world.ckpt(&["switch", "--yes", "side"]).code, 0);
    assert_eq!(live(&world), longer);
    assert_eq!(world.json(&["show", "--json"])["title"], "On side");
    assert_eq!(world.ckpt(&["restore", "--yes"]).code, 0);
    assert_eq!(live(&world), long);
}

#[test]
fn what_was_replaced_on_purpose_is_not_brought_back() {
    let (world, _, long) = two_branches();
    grow(&world, "Not what I wanted");
    assert_eq!(world.ckpt(&["restore", "--yes"]).code, 0);
    world.git(&["switch", "--quiet", "main"]);
    assert_eq!(world.ckpt(&["switch", "--yes", "side"]).code, 0);
    assert_eq!(live(&world), long);
}

#[test]
fn a_reset_brings_back_the_session_of_the_commit_it_moves_to() {
    for how in ["--soft", "--mixed", "--hard", "--keep", "--merge"] {
        let (world, short, long) = two_branches();
        let run = world.ckpt(&["reset", how, "HEAD~1", "--yes"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(live(&world), short, "{how}");
        assert_eq!(world.ckpt(&["reset", how, "--yes", "HEAD@{1}"]).code, 0);
        assert_eq!(live(&world), long, "{how}");
    }
}

#[test]
fn without_a_terminal_and_without_a_yes_only_git_does_its_part() {
    let (world, _, long) = two_branches();
    assert_snapshot!(world.ckpt(&["switch", "main"]), @"
    --- stderr
    Switched to branch 'main'
    this commit carries checkpoint 29e69e714e (On main): git ckpt restore 29e69e714e
    ");
    assert_eq!(world.git(&["branch", "--show-current"]), "main\n");
    assert_eq!(live(&world), long);
}

#[test]
fn a_no_at_the_gate_leaves_the_session_alone_and_a_yes_restores_it() {
    let (world, short, long) = two_branches();
    let Some(run) = on_terminal(&world, "git-ckpt switch main", "n\n") else { return };
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout().contains("to bring it back later: git ckpt restore "), "{run}");
    assert_eq!(live(&world), long);
    world.git(&["switch", "--quiet", "side"]);
    let run = on_terminal(&world, "git-ckpt switch main", "y\n").unwrap();
    assert!(run.stdout().contains("restore it? [y/N]"), "{run}");
    assert_eq!(live(&world), short);
}

#[test]
fn where_git_refuses_its_words_and_its_code_are_the_answer() {
    let (world, _, long) = two_branches();
    assert_snapshot!(world.ckpt(&["switch", "--yes", "nowhere"]), @"
    --- stderr
    fatal: invalid reference: nowhere
    --- exit 128
    ");
    assert_snapshot!(world.ckpt(&["checkout", "nowhere"]), @"
    --- stderr
    error: pathspec 'nowhere' did not match any file(s) known to git
    --- exit 1
    ");
    world.write("src/soil.rs", "changed\n");
    world.git(&["switch", "--quiet", "--create", "other"]);
    world.commit("Other");
    world.write("src/soil.rs", "changed again\n");
    let run = world.ckpt(&["switch", "--yes", "main"]);
    assert!(run.code == 1 && run.stderr().contains("would be overwritten"), "{run}");
    assert_eq!(live(&world), long);
    assert_eq!(fs::read_to_string(world.repo().join("src/soil.rs")).unwrap(), "changed again\n");
}

#[test]
fn files_are_checked_out_without_a_word_about_sessions() {
    let (world, _, long) = two_branches();
    grow(&world, "More");
    world.write("src/soil.rs", "changed\n");
    let run = world.ckpt(&["checkout", "--yes", "main", "--", "src/soil.rs"]);
    assert_eq!(run.to_string(), "");
    assert!(!fs::read_to_string(world.repo().join("src/soil.rs")).unwrap().contains("changed"));
    assert!(live(&world).len() > long.len());
    assert_eq!(checkpoints(&world), 2);
}

#[test]
fn a_new_branch_on_the_same_commit_restores_nothing() {
    let (world, _, long) = two_branches();
    world.git(&["reset", "--quiet", "--soft", "HEAD~1"]);
    let run = world.ckpt(&["switch", "--yes", "-c", "new"]);
    assert!(run.code == 0 && !run.to_string().contains("restore"), "{run}");
    let run = world.ckpt(&["switch", "--yes", "-C", "new", "-q"]);
    assert_eq!(run.to_string(), "");
    assert_eq!(live(&world), long);
}

#[test]
fn a_commit_that_carries_nothing_leaves_the_session_alone() {
    let world = World::new();
    world.commit("Second");
    world.claude().write();
    let before = live(&world);
    assert_snapshot!(world.ckpt(&["reset", "--yes", "--hard", "HEAD~1"]), @"
    HEAD is now at f2b6f3f Read the soil sensor
    --- stderr
    the session as it was is kept in checkpoint b8309f45ba of commit a53b3a9394
    the session of checkpoint b8309f45ba is in place
    ");
    assert_eq!(live(&world), before);
    assert_eq!(world.ckpt(&["reset", "--yes", "--hard", "HEAD@{1}"]).code, 0);
    assert_eq!(live(&world), before);
}

#[test]
fn a_document_without_a_session_is_named() {
    let world = World::new();
    world.save(&["--no-session", "-m", "# Plan"]);
    world.commit("Second");
    assert_snapshot!(world.ckpt(&["reset", "--yes", "--hard", "HEAD~1"]), @"
    HEAD is now at f2b6f3f Read the soil sensor
    --- stderr
    this commit carries checkpoint ac9d3b1471 (Plan), a document without a session: git ckpt prompt ac9d3b1471
    ");
}

#[test]
fn a_rewritten_commit_brings_its_session_back_as_inferred() {
    let (world, _, long) = two_branches();
    world.git(&["commit", "--quiet", "--amend", "--allow-empty", "--message", "Side, reworded"]);
    world.git(&["switch", "--quiet", "main"]);
    grow(&world, "On main");
    let run = world.ckpt(&["switch", "--yes", "side"]);
    assert!(run.stderr().contains("inferred: "), "{run}");
    assert_eq!(live(&world), long);
}

#[test]
fn where_the_session_cannot_be_kept_it_is_left_alone_and_git_goes_on() {
    let (world, _, _) = two_branches();
    grow(&world, "More");
    let before = live(&world);
    fs::write(world.home().join(".gitconfig"), "[user]\n\tuseConfigOnly = true\n").unwrap();
    let run = world.ckpt(&["switch", "--yes", "main"]);
    assert_eq!(run.code, 0, "{run}");
    assert_snapshot!(run, @"
    --- stderr
    error: the live session could not be captured, so nothing was replaced
    caused by: git does not know your name and address; set them with `git config --global user.name` and `git config --global user.email`
    warning: the session is left alone, and git goes on
    Switched to branch 'main'
    this commit carries checkpoint 29e69e714e (On main): git ckpt restore 29e69e714e
    ");
    assert_eq!(world.git(&["branch", "--show-current"]), "main\n");
    assert_eq!(live(&world), before);
}

#[test]
fn a_session_of_a_second_agent_is_kept_too() {
    let (world, _, long) = two_branches();
    grow(&world, "More of Claude");
    let longer = live(&world);
    world.wait(3600);
    world.codex().write();
    let run = world.ckpt(&["switch", "--yes", "main"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(live(&world).len() < long.len());
    let of_side = world.git(&["rev-parse", "side"]);
    let shown = world.json(&["show", "--json", of_side.trim_end()]);
    let ids = shown["on_this_commit"].as_array().unwrap().clone();
    let held = ids.iter().filter(|id| {
        let to = world.home().join(id.as_str().unwrap());
        world.ckpt(&["restore", "--yes", "--to", to.to_str().unwrap(), id.as_str().unwrap()]);
        walk(&to).iter().any(|path| fs::read(path).unwrap() == longer)
    });
    assert_eq!((ids.len(), held.count()), (3, 1), "{shown}");
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => walk(&path),
            path => vec![path],
        })
        .collect()
}

#[test]
fn help_is_ours_and_tells_what_is_gits() {
    let world = World::new();
    for verb in ["reset", "switch", "checkout"] {
        let run = world.ckpt(&[verb, "--help"]);
        assert!(run.code == 0 && run.stdout().contains(&format!("Runs `git {verb}`")), "{run}");
    }
}

#[test]
fn it_works_from_another_directory_as_gits_own_option_says() {
    let (world, short, _) = two_branches();
    let repo = world.repo();
    let run = world.call(&["-C", repo.to_str().unwrap(), "switch", "--yes", "main"]);
    assert_eq!(run.directory(&world.home()).run().code, 0);
    assert_eq!(live(&world), short);
}
