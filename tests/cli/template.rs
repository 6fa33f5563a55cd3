//! `git ckpt template`, and documents that keep to one.

use std::fs;
use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use crate::world::World;

const OWN: &str = "---\nabout: what our reviewers ask for\nbudget: 300\nrequired: [Risk]\n---\n# {{title}}\n\n## Risk\n<!-- ckpt: what could go wrong -->\n\n## Files\n\n{{files}}\n\nOn {{branch}}, by {{author}}.\n";

#[test]
fn templates_are_listed_with_their_budgets() {
    let world = World::new();
    world.write(".ckpt/templates/review.md", OWN);
    world.write(".ckpt/templates/broken.md", "# {{titel}}\n");
    world.git(&["config", "ckpt.debug.budget", "650"]);
    assert_snapshot!(world.ckpt(&["template", "list"]), @"
    NAME        TOKENS  FROM             FOR
    checkpoint     500  the program      what the next session starts with (used unless you name another)
    rehydrate    1,000  the program      everything a cold session needs, at twice the length
    debug          650  the program      a hunt for a cause
    handoff        800  the program      for somebody else, who was not there
    bulk           800  the program      the same work on many items
    task           700  the program      one task over several sessions
    broken              this repository  cannot be used: line 1: `{{titel}}` is nothing that can be filled in
    review         300  this repository  what our reviewers ask for
    ");
    let listed = world.ckpt(&["template", "list", "--json"]).stdout();
    let rows: Vec<serde_json::Value> =
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 8);
    assert_eq!(rows.iter().filter(|row| row["usual"] == true).count(), 1);
    assert_eq!(rows.last().unwrap()["required"][0], "Risk");
}

#[test]
fn a_repository_brings_its_own() {
    let world = World::with_session();
    let made = world.ckpt(&["template", "new", "review", "--from", "handoff"]);
    assert_snapshot!(made, @"made [REPO]/.ckpt/templates/review.md; edit it, commit it, and use it: git ckpt save --template review --edit");
    let path = world.repo().join(".ckpt/templates/review.md");
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        world.ckpt(&["template", "show", "handoff"]).stdout()
    );
    assert_snapshot!(world.ckpt(&["template", "new", "review"]), @"
    --- stderr
    error: `[REPO]/.ckpt/templates/review.md` is there already
    hint: edit it, or remove it first: [REPO]/.ckpt/templates/review.md
    --- exit 4
    ");
    fs::write(&path, OWN).unwrap();
    world.save(&["--template", "review"]);
    let shown = world.json(&["show", "--json"]);
    assert_eq!((shown["template"].as_str(), shown["budget"].as_u64()), (Some("review"), Some(300)));
    assert_snapshot!(shown["body"].as_str().unwrap(), @"
    ## Files

    - `src/valve.rs`: created
    - `src/soil.rs` (untouched)

    On main, by Ada Lovelace.
    ");
}

#[test]
fn the_usual_template_is_the_configured_one() {
    let world = World::with_session();
    let used = || world.json(&["show", "--json"])["template"].as_str().map(str::to_owned);
    world.save(&[]);
    assert_eq!(used().as_deref(), Some("checkpoint"));
    world.write(".ckpt.yaml", "template: rehydrate\nbudgets: {rehydrate: 1200}\n");
    world.save(&[]);
    assert_eq!(used().as_deref(), Some("rehydrate"));
    assert_eq!(world.json(&["show", "--json"])["budget"], 1200);
    world.git(&["config", "ckpt.template", "handoff"]);
    world.save(&[]);
    assert_eq!(used().as_deref(), Some("handoff"));
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["save", "--template", "nosuch"]), @"
    --- stderr
    error: there is no template `nosuch`
    hint: there are checkpoint, rehydrate, debug, handoff, bulk, task; to make one: git ckpt template new nosuch
    --- exit 3
    ");
    world.write(".ckpt/templates/broken.md", "---\nbudget: 5\n---\n# {{title}}\n\n{{nxt}}\n");
    assert_snapshot!(world.ckpt(&["save", "--template", "broken"]), @"
    --- stderr
    error: `[REPO]/.ckpt/templates/broken.md` cannot be used
    caused by: line 6: `{{nxt}}` is nothing that can be filled in
    hint: mend the file; what can stand between double braces: git ckpt template new --help
    --- exit 8
    ");
    world.git(&["config", "ckpt.template", "nosuch"]);
    assert_snapshot!(world.ckpt(&["draft", "--print"]), @"
    --- stderr
    error: the template that `ckpt.template` names cannot be used
    caused by: there is no template `nosuch`
    hint: there are checkpoint, rehydrate, debug, handoff, bulk, task, broken; to make one: git ckpt template new nosuch
    --- exit 3
    ");
    world.git(&["config", "--unset", "ckpt.template"]);
    world.write(".ckpt.yaml", "template: Nosuch\n");
    assert_snapshot!(world.ckpt(&["draft", "--print"]), @"
    --- stderr
    error: the template that `template:` in `.ckpt.yaml` names cannot be used
    caused by: `Nosuch` cannot be the name of a template (small letters, digits and `-`, at most 40)
    hint: change what `template:` in `.ckpt.yaml` says, or name one: `--template <name>`
    --- exit 2
    ");
    world.write(".ckpt.yaml", "budgets: {chekpoint: 900}\n");
    assert_snapshot!(world.ckpt(&["template", "list"]), @"
    --- stderr
    error: `.ckpt.yaml` has a budget for a template `chekpoint`, which there is not
    hint: there are checkpoint, rehydrate, debug, handoff, bulk, task, broken; take the line out of `.ckpt.yaml`, or mend the name
    --- exit 8
    ");
    world.write(".ckpt.yaml", "budgets: {checkpoint: -1}\n");
    assert_snapshot!(world.ckpt(&["template", "list"]), @"
    --- stderr
    error: `[REPO]/.ckpt.yaml` cannot be used
    caused by: expected a whole number, 0 or more, at line 1, column 23
    hint: its keys are `template: <name>`, `budgets: {<template>: <tokens>}` and `lint: {<rule>: error|warning|note|off}`
    --- exit 8
    ");
    world.write(".ckpt.yaml", "budgets: 5\n");
    assert_snapshot!(world.ckpt(&["template", "list"]), @"
    --- stderr
    error: `[REPO]/.ckpt.yaml` cannot be used
    caused by: expected `key: value` at line 1, column 10
    hint: its keys are `template: <name>`, `budgets: {<template>: <tokens>}` and `lint: {<rule>: error|warning|note|off}`
    --- exit 8
    ");
}

#[test]
fn a_template_that_leads_out_of_the_repository_is_not_read() {
    let world = World::with_session();
    let secret = world.home().join("secret");
    fs::write(&secret, "# {{title}}\n\nmine alone\n").unwrap();
    fs::create_dir_all(world.repo().join(".ckpt/templates")).unwrap();
    symlink(&secret, world.repo().join(".ckpt/templates/checkpoint.md")).unwrap();
    let run = world.ckpt(&["save", "--template", "checkpoint"]);
    assert_eq!(run.code, 8, "{run}");
    // A hook, which can ask nobody, falls back on the program's own.
    world.save(&[]);
    assert!(!world.ckpt(&["show", "--raw"]).stdout().contains("mine alone"));
}

#[test]
fn what_a_template_says_to_the_writer_is_never_saved() {
    let world = World::with_session();
    let text = world.ckpt(&["template", "show", "debug"]).stdout();
    let text = text.replace("{{title}}", "A hunt").replace("{{goal}}", "It hangs.");
    let text = text.split("---\n").nth(2).unwrap().to_owned();
    world.call(&["save", "-F", "-"]).input(text).run();
    let body = world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned();
    assert!(body.contains("It hangs.") && !body.contains("<!--"), "{body}");
}

#[test]
fn tools_write_documents_as_parts() {
    let world = World::with_session();
    world.save(&["-m", "# Retries\n\n## Decisions\n\n- ADOPTED: back off twice. Why: the API bans bursts\n\n## House rules\n\nkeep *this*"]);
    let outline = world.json(&["show", "--json"])["outline"].clone();
    assert_snapshot!(outline, @r#"{"sections":[{"entries":[{"decision":"back off twice.","rationale":"the API bans bursts","type":"decision","verdict":"ADOPTED"}],"heading":"Decisions","level":2,"role":"decisions"},{"entries":[{"text":"keep *this*","type":"prose"}],"heading":"House rules","level":2,"role":"other"}],"title":"Retries"}"#);
    let mut outline = outline;
    outline["sections"][0]["entries"][0]["verdict"] = "REJECTED".into();
    world.call(&["save", "--outline", "-"]).input(outline.to_string()).run();
    assert_snapshot!(world.json(&["show", "--json"])["body"].as_str().unwrap(), @"
    # Retries

    ## Decisions

    - REJECTED: back off twice.
      - Why: the API bans bursts

    ## House rules

    keep *this*
    ");
    assert_snapshot!(world.call(&["save", "--outline", "-"]).input("{\"sections\": 3}").run(), @"
    --- stderr
    error: the outline cannot be understood
    caused by: invalid type: integer `3`, expected a sequence at line 1 column 14
    hint: its form is that of `outline` in `git ckpt show --json`, described in docs/JSON.md
    --- exit 8
    ");
}
