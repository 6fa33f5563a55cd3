//! `git ckpt tokens`: counting documents, and making them fit.

use std::fs;

use insta::assert_snapshot;

use crate::world::{World, has_terminal};

/// Over its budget, with something to leave out.
pub const LONG: &str = "---\ntitle: Retries\nbudget: 60\nreviewer: Bo\n---\n# Retries\r\n\r\n## Decisions\n\n- ADOPTED: one row for each event, because it may come twice\n\n## Progress\n\n- [x] table\n\n## Next steps\n\n1. Cap the backoff in `src/soil.rs`\n\n## How it came about\n\nIn the meeting on the first floor somebody asked whether the queue would be there in time, and nobody knew, which led to a longer exchange.\n\nAnd so on.\n";

#[test]
fn tokens_are_counted_by_section_against_the_budget() {
    let world = World::new();
    world.write("state.md", LONG);
    assert_snapshot!(world.ckpt(&["tokens", "state.md", "--model", "claude-opus-4-6"]), @"
    TOKENS  SHARE  SECTION
         4     4%  (top)
        20    22%  ## Decisions
         9    10%  ## Progress
        17    19%  ## Next steps
        39    43%  ## How it came about

    89 tokens, 29 more than the budget of 60 (template checkpoint); to see what could go: git ckpt tokens state.md --fit
    about 107 tokens for claude-opus-4-6 (Claude up to 4.6)
    ");
    world.save(&["--no-session", "-m", "# T\n\n## Goal\n\nDry beds"]);
    assert_snapshot!(world.ckpt(&["tokens"]), @"
    TOKENS  SHARE  SECTION
         3    33%  (top)
         6    66%  ## Goal

    9 tokens, 491 below the budget of 500 (template checkpoint)
    ");
    let counted = world.json(&["tokens", "--json"]);
    assert_eq!(counted["tokens"], world.json(&["show", "--json"])["tokens"]);
    // What a template says to the writer is no part of the document.
    let guided = "# T\n<!-- ckpt: a long word of advice on what to write here -->\n";
    let count = |text: &str| {
        let run = world.call(&["tokens", "-", "--json"]).input(text).run();
        serde_json::from_str::<serde_json::Value>(&run.stdout()).unwrap()["tokens"].clone()
    };
    assert_eq!(count(guided), count("# T\n"));
}

#[test]
fn a_file_is_written_only_after_a_yes() {
    let world = World::new();
    world.write("state.md", LONG);
    let read = || fs::read_to_string(world.repo().join("state.md")).unwrap();
    assert_snapshot!(world.ckpt(&["tokens", "state.md", "--fit"]), @"
    --- a/state.md
    +++ b/state.md
    @@ -19,6 +19,4 @@
     
     ## How it came about
     
    -In the meeting on the first floor somebody asked whether the queue would be there in time, and nobody knew, which led to a longer exchange.
    -
     And so on.
    --- stderr
    89 tokens, 60 without 1 × explanation (29); the budget is 60
    error: writing the file needs a yes, and there is no terminal to ask on
    hint: look at what would go, as shown above, then run the same command with `--yes`
    --- exit 4
    ");
    assert_eq!(read(), LONG);
    let proposed = world.json(&["tokens", "state.md", "--fit", "--json"]);
    assert_eq!(read(), LONG);
    assert_eq!(world.ckpt(&["tokens", "state.md", "--fit", "--yes"]).code, 0);
    assert_eq!(read(), proposed["fit"]["text"].as_str().unwrap());
    // All that stays is as it was: front matter, line ends.
    assert_eq!(read(), LONG.replace("In the meeting on the first floor somebody asked whether the queue would be there in time, and nobody knew, which led to a longer exchange.\n\n", ""));
    assert_snapshot!(world.ckpt(&["tokens", "state.md", "--fit"]), @"
    --- stderr
    it fits: 60 tokens of 60
    ");
    if has_terminal() {
        for (typed, text) in [("n\n", LONG.to_owned()), ("y\n", read())] {
            world.write("state.md", LONG);
            world.on_terminal("git-ckpt tokens state.md --fit", typed, &[]);
            assert_eq!(read(), text);
        }
    }
}

#[test]
fn what_cannot_be_left_out_is_told() {
    let world = World::new();
    world.write("state.md", &LONG.replace("budget: 60", "budget: 20"));
    let run = world.ckpt(&["tokens", "state.md", "--fit"]);
    assert_snapshot!(run.stderr().lines().next().unwrap(), @"89 tokens, 41 without 2 × explanation (33), 1 × done (6): still 21 over the budget of 20; most of it is in `## Decisions` (20), `## Next steps` (17), `(top)` (4). Say it shorter, split the work, or raise the budget");
}

#[test]
fn a_checkpoint_that_is_made_to_fit_supersedes_itself() {
    let world = World::with_session();
    world.write("long.md", LONG);
    let id = world.save(&["-F", "long.md"]);
    let run = world.ckpt(&["tokens", "HEAD", "--fit"]);
    assert_eq!(run.code, 0, "{run}");
    assert_snapshot!(run.stderr().replace(&id[..10], "[ID]"), @"
    --- a/[ID]
    +++ b/[ID]
    @@ -49,6 +49,4 @@
     
     ## How it came about
     
    -In the meeting on the first floor somebody asked whether the queue would be there in time, and nobody knew, which led to a longer exchange.
    -
     And so on.
    89 tokens, 60 without 1 × explanation (29); the budget is 60
    hint: what is saved never changes; to save this as a checkpoint that supersedes it: git ckpt tokens [ID] --fit | git ckpt save -F - f2b6f3f4a7
    ");
    let fitted = run.output.stdout.clone();
    assert!(
        String::from_utf8_lossy(&fitted)
            .starts_with(&format!("---\nsupersedes: {id}\ntitle: Retries\n"))
    );
    let saved = world.call(&["save", "-F", "-"]).input(fitted).run();
    assert_eq!((saved.code, saved.stderr().as_str()), (0, ""), "{saved}");
    let shown = world.json(&["show", "--json"]);
    assert_eq!(shown["supersedes"], id.as_str());
    assert_eq!(
        (shown["unknown"]["reviewer"].as_str(), shown["budget"].as_u64()),
        (Some("Bo"), Some(60))
    );
    assert!(shown["tokens"].as_u64().unwrap() <= 60);
    assert_eq!(world.json(&["show", "--json", &id])["body"].as_str().unwrap().lines().count(), 19);
}

#[test]
fn ten_megabytes_are_counted_looked_through_and_kept() {
    let world = World::new();
    let text =
        format!("# Long\n\n{}", "- one line of a great many of them\n".repeat(10_000_000 / 35));
    let run = world.call(&["save", "--no-session", "-F", "-"]).input(text.clone()).run();
    assert_eq!(run.code, 0, "{}", run.stderr());
    assert!(
        run.stderr().starts_with("warning: ")
            && run.stderr().contains("more than the budget of 500 [over-budget]"),
        "{}",
        run.stderr()
    );
    assert!(world.ckpt(&["show", "--raw"]).stdout().ends_with(&text));
    let fitted = world.ckpt(&["tokens", "--fit", "--json"]);
    assert_eq!(fitted.code, 0);
    let told: serde_json::Value = serde_json::from_slice(&fitted.output.stdout).unwrap();
    assert_eq!(told["fit"]["fits"], true);
    assert!(told["fit"]["text"].as_str().unwrap().len() < 5_000);
}
