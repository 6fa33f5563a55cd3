//! Plain `git checkout` and `git switch`, as `post-checkout` tells of them, by what `ckpt.restore` says.

use insta::assert_snapshot;

use crate::world::{Run, World};
use crate::{checkpoints, grow, live, on_terminal, two_branches};

/// Switches with plain git and calls what the hook calls.
fn switch(world: &World, branch: &str) -> Run {
    let [old, new] = moved(world, branch);
    world.ckpt(&["hook", "post-checkout", &old, &new, "1"])
}

fn moved(world: &World, branch: &str) -> [String; 2] {
    let head = || world.git(&["rev-parse", "HEAD"]).trim_end().to_owned();
    let old = head();
    world.git(&["switch", "--quiet", branch]);
    [old, head()]
}

#[test]
fn a_hint_names_what_the_commit_carries_and_touches_nothing() {
    let (world, _, long) = two_branches();
    grow(&world, "More");
    let before = live(&world);
    assert_snapshot!(switch(&world, "main"), @"
    --- stderr
    this commit carries checkpoint 29e69e714e (On main): git ckpt restore 29e69e714e
    ");
    assert_eq!((live(&world), checkpoints(&world)), (before, 2));
    std::fs::write(crate::transcript(&world), &long).unwrap();
    assert_eq!(switch(&world, "side").to_string(), "", "the session is in place");
}

#[test]
fn nothing_is_said_where_it_is_switched_off_or_nothing_is_carried() {
    let (world, ..) = two_branches();
    world.git(&["config", "ckpt.restore", "off"]);
    assert_eq!(switch(&world, "main").to_string(), "");
    world.git(&["config", "ckpt.restore", "auto"]);
    world.git(&["switch", "--quiet", "--create", "bare", "main"]);
    world.commit("Carries nothing");
    world.git(&["switch", "--quiet", "main"]);
    let before = live(&world);
    let run = switch(&world, "bare");
    assert!(!run.to_string().contains("restore"), "{run}");
    assert_eq!(live(&world), before);
}

#[test]
fn automatically_the_session_comes_back_and_nothing_is_lost() {
    let (world, short, _) = two_branches();
    world.git(&["config", "ckpt.restore", "auto"]);
    grow(&world, "More");
    let longer = live(&world);
    assert_snapshot!(switch(&world, "main"), @"
    --- stderr
    the session as it was is kept in checkpoint d02d0ee5ee of commit 002345c389
    restore from checkpoint 29e69e714e  On main
      saved     10 minutes ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      asked     “Good. Log every watering next.”
      answered  “The valve works and four tests pass. Next: one line in the log…”
      to        [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
      replaces  the live session (9.4 KiB where the checkpoint has 8.7 KiB), which is kept already
    restored 1 file, 8.7 KiB, to [HOME]/.claude/projects/[SLUG]/6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl
    go on with: claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
    ");
    assert_eq!(live(&world), short);
    assert_eq!(switch(&world, "side").code, 0);
    assert_eq!(live(&world), longer);
}

#[test]
fn an_agents_own_session_is_never_replaced_under_it() {
    let (world, _, long) = two_branches();
    world.git(&["config", "ckpt.restore", "auto"]);
    let [old, new] = moved(&world, "main");
    let call = world.call(&["hook", "post-checkout", &old, &new, "1"]);
    let run = call.env("CLAUDE_CODE_SESSION_ID", crate::sessions_of::CLAUDE_ID).run();
    assert!(run.stderr().starts_with("this commit carries checkpoint "), "{run}");
    assert_eq!(live(&world), long);
}

#[test]
fn nothing_is_done_in_the_middle_of_a_rebase() {
    let (world, _, long) = two_branches();
    world.git(&["config", "ckpt.restore", "auto"]);
    let [old, new] = moved(&world, "main");
    world.write(".git/rebase-merge/head-name", "refs/heads/main\n");
    assert_eq!(world.ckpt(&["hook", "post-checkout", &old, &new, "1"]).to_string(), "");
    assert_eq!(live(&world), long);
}

#[test]
fn a_person_is_asked_at_the_terminal_and_nowhere_else() {
    let (world, short, long) = two_branches();
    world.git(&["config", "ckpt.restore", "ask"]);
    let [old, new] = moved(&world, "main");
    let run = world.ckpt(&["hook", "post-checkout", &old, &new, "1"]);
    assert!(run.stderr().starts_with("this commit carries checkpoint "), "{run}");
    assert_eq!(live(&world), long);
    let line = format!("git-ckpt hook post-checkout {old} {new} 1 </dev/null");
    let Some(run) = on_terminal(&world, &line, "n\n") else { return };
    assert!(run.stdout().contains("restore it? [y/N]"), "{run}");
    assert_eq!(live(&world), long);
    on_terminal(&world, &line, "y\n").unwrap();
    assert_eq!(live(&world), short);
}

#[test]
fn a_first_checkout_keeps_what_it_replaces_with_the_only_commit_there_is() {
    let (world, _, long) = two_branches();
    world.git(&["config", "ckpt.restore", "auto"]);
    let [_, new] = moved(&world, "main");
    let none = "0".repeat(40);
    assert_eq!(world.ckpt(&["hook", "post-checkout", &none, &new, "1"]).code, 0);
    assert_ne!(live(&world), long);
    let kept = world.json(&["show", "--json"])["on_this_commit"][0].as_str().unwrap().to_owned();
    assert_eq!(world.ckpt(&["restore", "--yes", &kept]).code, 0);
    assert_eq!(live(&world), long);
}

#[test]
fn the_installed_hook_tells_of_a_switch_and_of_nothing_else() {
    let (world, ..) = two_branches();
    assert_eq!(world.ckpt(&["init"]).code, 0);
    let plain = |arguments: &[&str]| world.call_program("git", arguments).run();
    let said = plain(&["switch", "--quiet", "main"]);
    assert!(said.stderr().contains("this commit carries checkpoint"), "{said}");
    let said = plain(&["checkout", "--quiet", "--", "."]);
    assert!(!said.stderr().contains("checkpoint"), "{said}");
    world.git(&["config", "ckpt.enabled", "false"]);
    let said = plain(&["switch", "--quiet", "side"]);
    assert!(!said.stderr().contains("checkpoint"), "{said}");
}

#[test]
fn a_plain_reset_is_told_of_where_that_was_asked_for() {
    let (world, ..) = two_branches();
    let plain = |arguments: &[&str]| world.call_program("git", arguments).run();
    assert_eq!(world.ckpt(&["init"]).code, 0);
    let said = plain(&["reset", "--quiet", "--hard", "main"]);
    assert!(!said.stderr().contains("checkpoint"), "{said}");
    world.git(&["reset", "--quiet", "--hard", "side@{1}"]);
    assert_eq!(world.ckpt(&["init", "--reset-hook"]).code, 0);
    let said = plain(&["reset", "--quiet", "--hard", "main"]);
    assert!(said.stderr().contains("this commit carries checkpoint"), "{said}");
}
