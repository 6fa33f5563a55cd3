//! `git ckpt lint`: what is told of documents, where they come from, and what a save says of its own.

use insta::assert_snapshot;

use crate::world::World;

/// Amiss in many ways.
pub const BAD: &str = "---\ntemplate: checkpoint\nbudget: 60\n---\n# Retries\n\n## Decisions\n\n- ADOPTED: one row for each event\n- REJECTED: polling the provider (it bans us)\n\n## Progress\n\n- [~] backoff\n\n## Next steps\n\n1. continue\n2. poll the provider every hour\n\n## Files in play\n\n- `src/soil.rs`\n- `src/new.rs`\n- `src/nosuch.rs`\n";

/// As it should be.
pub const GOOD: &str = "# Retries\n\n## Decisions\n\n- ADOPTED: one row for each event, because it may come twice\n- REJECTED: polling the provider (it bans us)\n\n## Progress\n\n- [x] table\n\n## Next steps\n\n1. Cap the backoff in `src/soil.rs`\n";

#[test]
fn findings_have_a_place_a_reason_and_a_way_to_mend_them() {
    let world = World::new();
    world.write("state.md", BAD);
    world.write("src/new.rs", "not committed yet\n");
    assert_snapshot!(world.ckpt(&["lint", "state.md"]), @"
    state.md: warning: 83 tokens, 23 more than the budget of 60 [over-budget]
        fix: leave out what can be found again: git ckpt tokens state.md --fit
    state.md:9: warning: ADOPTED has neither a reason nor a constraint: one row for each event [decision-without-reason]
        fix: add a line below it: `- Why: …`, or `- Constraint: …`
    state.md:14: warning: in progress, and what is missing is not said: backoff [in-progress-without-missing]
        fix: add a line below it: `- Missing: …`
    state.md:18: warning: this step says to go on, not with what: continue [vague-next-step]
        fix: name the file, the function or the command to start with, and what shows that it is done
    state.md:19: warning: this step names nothing to start with: poll the provider every hour [vague-next-step]
        fix: name the file, the function or the command to start with, and what shows that it is done
    state.md:19: error: this step is what was REJECTED: polling the provider (it bans us) [rejected-next-step]
        fix: take the step out, or say in the decision what has changed
    state.md:25: warning: there is no file `src/nosuch.rs` [unknown-file]
        fix: name it as git does, from the root of the repository; say so if it was deleted, or is to be made
    --- stderr
    1 error, 6 warnings
    --- exit 13
    ");
    world.write("good.md", GOOD);
    assert_snapshot!(world.ckpt(&["lint", "good.md"]), @"
    --- stderr
    nothing found
    ");
    let strict = world.ckpt(&["lint", "--strict", "good.md"]);
    assert_eq!(strict.code, 0, "{strict}");
    world.write("warned.md", &GOOD.replace(", because it may come twice", ""));
    assert_eq!(world.ckpt(&["lint", "warned.md"]).code, 0);
    assert_eq!(world.ckpt(&["lint", "--strict", "warned.md"]).code, 13);
}

#[test]
fn a_document_comes_from_a_file_a_pipe_or_a_checkpoint() {
    let world = World::new();
    let piped = world.call(&["lint", "-"]).input(BAD).run();
    assert!(piped.code == 13 && piped.stdout().contains("\n-:18: "), "{piped}");
    let id = {
        world.write("bad.md", BAD);
        world.save(&["--no-session", "-F", "bad.md"])
    };
    let of_head = world.ckpt(&["lint"]);
    assert_eq!(of_head.to_string(), world.ckpt(&["lint", &id[..8]]).to_string());
    let line = of_head.stdout().lines().find(|line| line.contains("vague")).unwrap().to_owned();
    let number: usize = line.split(':').nth(1).unwrap().parse().unwrap();
    let raw = world.ckpt(&["show", "--raw"]).stdout();
    assert_eq!(raw.lines().nth(number - 1).unwrap(), "1. continue", "{line}");
    // A revision comes before a file of its name; a path is always a file.
    world.write("main", GOOD);
    assert_eq!(world.ckpt(&["lint", "main"]).code, 13);
    assert_eq!(world.ckpt(&["lint", "./main"]).code, 0);
    assert_snapshot!(world.ckpt(&["lint", "nosuch.md"]), @"
    --- stderr
    error: there is no file, revision or checkpoint `nosuch.md`
    hint: name a file, a revision or the beginning of a checkpoint's id; `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
    assert_snapshot!(world.call(&["lint", "-"]).input("---\nstatus: nope\n---\nx\n").run(), @"
    --- stderr
    error: the front matter is not valid: unknown variant `nope`, expected one of in_progress, completed, blocked at line 2, column 9
    hint: front matter stands between two lines of `---`; leave both out for plain markdown
    --- exit 8
    ");
    assert_snapshot!(world.call(&["lint", "-"]).input(b"caf\xe9\n").run(), @"
    --- stderr
    error: the document is not UTF-8: byte 3 is not valid
    hint: hand it in as UTF-8 text; `iconv` converts other encodings
    --- exit 8
    ");
}

#[test]
fn a_repository_says_how_much_each_rule_matters() {
    let world = World::new();
    world.write("state.md", "# T\n\n## Next steps\n\n1. continue\n");
    world.write(".ckpt.yaml", "lint: {missing-section: off, vague-next-step: error}\n");
    assert_snapshot!(world.ckpt(&["lint", "state.md"]), @"
    state.md:5: error: this step says to go on, not with what: continue [vague-next-step]
        fix: name the file, the function or the command to start with, and what shows that it is done
    --- stderr
    1 error
    --- exit 13
    ");
    assert!(
        world.ckpt(&["lint", "--rules"]).stdout().contains("\nmissing-section              off ")
    );
    world.write(".ckpt.yaml", "lint: {vague-step: error}\n");
    assert_snapshot!(world.ckpt(&["lint", "state.md"]), @"
    --- stderr
    error: `.ckpt.yaml` names a rule `vague-step`, which there is not
    hint: take it out of the file, or see what rules there are: git ckpt lint --rules
    --- exit 8
    ");
    let saved = world.ckpt(&["save", "--no-session", "-F", "state.md"]);
    assert!(
        saved.code == 0 && saved.stderr().starts_with("warning: not looked through: "),
        "{saved}"
    );
    world.write(".ckpt.yaml", "lint: {vague-next-step: loud}\n");
    assert_snapshot!(world.ckpt(&["lint", "state.md"]), @"
    --- stderr
    error: `[REPO]/.ckpt.yaml` cannot be used
    caused by: unknown variant `loud`, expected one of off, note, warning, error at line 1, column 25
    hint: its keys are `template: <name>`, `budgets: {<template>: <tokens>}` and `lint: {<rule>: error|warning|note|off}`
    --- exit 8
    ");
}

#[test]
fn rules_are_listed_with_why() {
    assert_snapshot!(World::new().ckpt(&["lint", "--rules"]), @"
    RULE                         LEVEL    WHY
    over-budget                  warning  every token of it is paid for in each session that starts with it
    missing-section              error    the next session looks for it, and asks for it
    empty-section                error    a heading alone does not tell whether there is nothing, or nobody wrote it down
    decision-without-reason      warning  what has no reason is decided again, perhaps otherwise
    in-progress-without-missing  warning  who goes on has to find out first what is not there yet
    vague-next-step              warning  an agent that is told to go on begins by looking where
    blockers-unstated            warning  the next session runs into the same wall
    pasted-transcript            warning  the conversation is saved beside the document; here it only takes up room
    file-tree                    warning  `git ls-files` tells it at any time, and tells what is true then
    deep-nesting                 note     what is three levels down is read as an aside
    style-preference             note     it holds for all sessions, and this document is for the next one
    unknown-file                 warning  a session that is sent to a file that is not there searches for it
    rejected-next-step           error    a session that is told both does what the step says
    contradiction                warning  who knows the earlier document cannot tell a change of mind from a mistake
    ");
}

#[test]
fn decisions_are_held_against_those_of_the_checkpoint_before() {
    let world = World::new();
    world.save(&["--no-session", "-m", GOOD]);
    let turned = GOOD.replace(
        "REJECTED: polling the provider (it bans us)",
        "ADOPTED: polling the provider, because it is simple",
    );
    world.commit("Next");
    world.write("state.md", &turned);
    assert_snapshot!(world.ckpt(&["lint", "state.md"]), @"
    state.md:6: warning: ADOPTED here, REJECTED in the checkpoint before: polling the provider (it bans us) [contradiction]
        fix: say what changed: `- Why: no longer …`
    --- stderr
    1 warning
    ");
    world.save(&["--no-session", "-F", "state.md"]);
    assert!(world.ckpt(&["lint"]).stdout().contains("[contradiction]"));
    // Against what was before it, not against itself.
    world.save(&["--no-session", "-F", "state.md"]);
    assert!(!world.ckpt(&["lint"]).stdout().contains("[contradiction]"));
}

#[test]
fn a_save_warns_of_the_worst_and_saves_all_the_same() {
    let world = World::with_session();
    assert_snapshot!(world.call(&["save", "--no-session", "-F", "-"]).input(BAD).run(), @"
    checkpoint 7ad3d459e2  Retries
      commit    f2b6f3f4a7 Read the soil sensor
      document  83 tokens
    --- stderr
    warning: line 19: this step is what was REJECTED: polling the provider (it bans us) [rejected-next-step]
    warning: 83 tokens, 23 more than the budget of 60 [over-budget]
    warning: line 9: ADOPTED has neither a reason nor a constraint: one row for each event [decision-without-reason]
    5 more: git ckpt lint 7ad3d459e2
    ");
    assert_eq!(world.ckpt(&["save", "--no-session", "-m", GOOD]).stderr(), "");
    // Neither a message nor a draft is held against the sections of a template.
    assert_eq!(world.ckpt(&["save", "-m", "Dry beds only"]).stderr(), "");
    assert_eq!(world.ckpt(&["save"]).stderr(), "");
    let named = world.ckpt(&["save", "-m", "Dry beds only", "--template", "debug"]).stderr();
    assert!(named.contains("there is no section `Eliminated`"), "{named}");
}

#[test]
fn a_hook_says_one_line_of_a_document_that_was_prepared() {
    let world = World::with_session();
    world.git(&["config", "ckpt.background", "false"]);
    assert_eq!(world.ckpt(&["init"]).code, 0);
    let commit = |prepared: Option<&str>| {
        if let Some(text) = prepared {
            let run = world.call(&["save", "--prepare", "-F", "-"]).input(text).run();
            assert_eq!(run.code, 0, "{run}");
        }
        let call = world.call_program("git", &["commit", "--quiet", "--allow-empty", "-m", "x"]);
        let said = call.run().stderr();
        said.lines().filter(|line| line.contains("finding")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(commit(Some(BAD)), ["ckpt: 8 findings in the document: git ckpt lint"]);
    assert_eq!(commit(Some(GOOD)), [""; 0]);
    assert_eq!(commit(None), [""; 0]);
}
