//! What the docs promise to scripts, against what is printed.

use std::collections::{BTreeMap, BTreeSet};

use git_ckpt::cli::exit::Exit;
use serde_json::Value;

use crate::forgery;
use crate::vault;
use crate::world::World;

const EXIT_CODES: &str = include_str!("../../docs/EXIT-CODES.md");
const JSON: &str = include_str!("../../docs/JSON.md");

#[test]
fn the_documented_exit_codes_are_those_of_the_program() {
    let rows = EXIT_CODES.lines().filter_map(|line| {
        let (code, meaning) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((code.parse::<u8>().ok()?, meaning))
    });
    let real = Exit::ALL.map(|exit| (exit.code(), exit.meaning()));
    assert_eq!(rows.collect::<Vec<_>>(), real);
}

/// The part of the document below a heading.
fn section(name: &str) -> &str {
    let (_, rest) = JSON.split_once(&format!("\n## {name}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

fn documented(name: &str) -> BTreeSet<String> {
    let field = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    section(name).lines().filter_map(field).collect()
}

fn example(name: &str) -> Value {
    let (_, rest) = section(name).split_once("```json\n").unwrap();
    serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
}

/// The name of every field, with the kinds of values it was seen with; what is in `unknown` is the user's own, and what is in
/// `plan` is told by the stored format.
fn fields(value: &Value, prefix: &str, found: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                found.entry(path.clone()).or_default().insert(kind(value));
                // What these hold is told elsewhere.
                if key != "unknown" && key != "plan" {
                    fields(value, &path, found);
                }
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| fields(item, &format!("{prefix}[]"), found))
        }
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Compares what was printed with the table of a section, and with its example.
fn compare(name: &str, printed: &[Value], table: &BTreeSet<String>) {
    let mut real = BTreeMap::new();
    printed.iter().for_each(|value| fields(value, "", &mut real));
    assert_eq!(&real.keys().cloned().collect::<BTreeSet<_>>(), table, "{name}");
    assert!(printed.iter().all(|value| value["schema"] == 1), "{name}");
    let mut shown = BTreeMap::new();
    fields(&example(name), "", &mut shown);
    for (field, kinds) in shown {
        assert!(kinds.is_subset(&real[&field]), "{name}: `{field}` is {:?}", real[&field]);
    }
}

fn lines(world: &World, arguments: &[&str]) -> Vec<Value> {
    let run = world.ckpt(arguments);
    run.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A world in which every field has a value somewhere: five commits, the last two with a damaged and a newer checkpoint.
fn full_world() -> World {
    let world = World::new();
    world.claude().with_companions().write();
    let text = forgery::template(&world, &["-m", "# Dirty"]);
    let text = text.replace("branch: main\n", "branch: main\ndirty: true\n");
    world.commit("Next");
    world.write("out.csv", "1,2\n");
    world.ckpt(&["attach", "out.csv"]);
    world.ckpt(&["task", "start", "Water"]);
    let steps = "---\nprogress: {done: 1, total: 2}\n---\n# Steps\n";
    world.call(&["save", "-F", "-"]).input(steps).run();
    world.commit("Dirty");
    forgery::tie(&world, &forgery::sealed(&text));
    world.commit("Damaged");
    forgery::tie(&world, &text);
    world.commit("Newer");
    forgery::tie(&world, &forgery::sealed(&text.replace("format: 1\n", "format: 7\n")));
    world
}

#[test]
fn what_save_and_sessions_print_is_documented() {
    let world = World::new();
    world.claude().with_companions().write();
    world.write("out.csv", "1,2\n");
    world.ckpt(&["attach", "out.csv"]);
    world.ckpt(&["task", "start", "Water"]);
    let saved = [
        world.json(&["save", "--json"]),
        world.json(&["save", "--json", "--no-session", "-m", "x"]),
    ];
    compare("save", &saved, &documented("save"));
    compare("sessions", &lines(&world, &["sessions", "--json"]), &documented("sessions"));
}

#[test]
fn what_show_and_log_print_is_documented() {
    let world = full_world();
    let checkpoint = documented("A checkpoint");
    let targets = ["HEAD~4", "HEAD~3", "HEAD~2", "HEAD~1", "HEAD"];
    let shown = targets.map(|target| lines(&world, &["show", "--json", target]).remove(0));
    let of_show = documented("show").union(&checkpoint).cloned().collect();
    compare("show", &shown, &of_show);
    let inside = checkpoint.iter().map(|field| format!("checkpoints[].{field}"));
    let of_log = documented("log").into_iter().chain(inside).collect();
    compare("log", &lines(&world, &["log", "--json"]), &of_log);
}

#[test]
fn what_note_and_attach_print_is_documented() {
    let world = World::with_session();
    let mut notes = vec![world.json(&["note", "--json", "one"])];
    world.write("out.csv", "1,2\n");
    compare("attach", &[world.json(&["attach", "--json", "out.csv"])], &documented("attach"));
    world.save(&["-m", "x"]);
    notes.extend(lines(&world, &["note", "--all", "--json"]));
    compare("note", &notes, &documented("note"));
}

#[test]
fn what_task_and_resume_print_is_documented() {
    let world = World::with_session();
    let items = world.call(&[
        "task",
        "start",
        "Beds",
        "-i",
        "-",
        "-d",
        "All",
        "--success",
        "wet",
        "-s",
        "open",
        "--json",
    ]);
    let mut tasks: Vec<Value> =
        vec![serde_json::from_str(&items.input("north\nsouth\n").run().stdout()).unwrap()];
    tasks.push(world.json(&["task", "done", "-n", "stony", "-r", "3 l", "--json"]));
    tasks.push(world.json(&["task", "block", "rain", "--json"]));
    let document =
        "# Beds\n\n## Items\n\n| bed | status |\n|---|---|\n| a | done |\n| b | open |\n";
    world.call(&["save", "-F", "-"]).input(document).run();
    let mut resumed =
        vec![world.json(&["resume", "--json"]), world.json(&["resume", "HEAD", "--json"])];
    tasks.push(world.json(&["task", "clear", "--json"]));
    resumed.push(world.json(&["resume", "--json"]));
    world.save(&["-m", "# Told that it was put away"]);
    world.write("out.csv", "1,2\n");
    world.ckpt(&["attach", "out.csv"]);
    world.call(&["save", "-F", "-"]).input(document).run();
    resumed.push(world.json(&["resume", "--json"]));
    compare("task", &tasks, &documented("task"));
    let inside = documented("task").into_iter().filter(|field| field != "schema");
    let inside = inside.map(|field| format!("task.{field}"));
    compare("resume", &resumed, &documented("resume").into_iter().chain(inside).collect());
}

#[test]
fn what_draft_prints_is_documented() {
    let world = World::new();
    world.claude().write();
    world.save(&[]);
    let mut drafts = lines(&world, &["draft", "--json"]);
    world.claude().says("And the roses?", "Those too.").write();
    drafts.extend(lines(&world, &["draft", "--json"]));
    compare("draft", &drafts, &documented("draft"));
}

#[test]
fn what_init_prints_is_documented() {
    let world = World::new();
    world.git(&["remote", "add", "origin", "/srv/garden"]);
    let hook = world.repo().join(".git/hooks/post-commit");
    let mut printed = vec![
        world.json(&["init", "--json"]),
        world.json(&["init", "--json", "--uninstall"]),
        world.json(&["init", "--json", "--global=hooks-path"]),
    ];
    world.git(&["config", "core.hooksPath", ".git/hooks"]);
    world.write_to(&hook, "#!/bin/sh\nexec hk run post-commit\n");
    printed.push(world.json(&["init", "--json"]));
    compare("init", &printed, &documented("init"));
}

#[test]
fn what_restore_prompt_and_verify_print_is_documented() {
    let world = full_world();
    let target = "HEAD~4";
    compare(
        "restore",
        &lines(&world, &["restore", "--yes", "--json", target]),
        &documented("restore"),
    );
    compare("prompt", &lines(&world, &["prompt", "--json", target]), &documented("prompt"));
    compare("verify", &lines(&world, &["verify", "--json"]), &documented("verify"));
}

#[test]
fn what_push_fetch_and_sync_print_is_documented() {
    let world = World::new();
    let (server, other) = (world.home().join("server.git"), world.home().join("other"));
    let (server, other_text) = (server.to_str().unwrap(), other.to_str().unwrap());
    world.git(&["init", "--quiet", "--bare", server]);
    world.git(&["remote", "add", "origin", server]);
    world.git(&["push", "--quiet", "origin", "main"]);
    world.git(&["clone", "--quiet", server, other_text]);
    world.save(&["--no-session", "-m", "# One"]);
    compare("push", &[world.json(&["push", "--json"])], &documented("push"));
    let there = |arguments: &[&str]| world.call(arguments).directory(&other).run();
    assert_eq!(there(&["save", "--no-session", "-m", "# Two"]).code, 0);
    assert_eq!(there(&["push"]).code, 0);
    compare("fetch", &[world.json(&["fetch", "--json"])], &documented("fetch"));
    assert_eq!(there(&["save", "--no-session", "-m", "# Three"]).code, 0);
    assert_eq!(there(&["push"]).code, 0);
    world.save(&["--no-session", "-m", "# Four"]);
    let inside = |name: &'static str, within: &'static str| {
        documented(name).into_iter().map(move |field| format!("{within}.{field}"))
    };
    let all = documented("sync").into_iter();
    let all = all.chain(inside("fetch", "fetched")).chain(inside("push", "pushed")).collect();
    compare("sync", &[world.json(&["sync", "--json"])], &all);
}

#[test]
fn what_import_prints_is_documented() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    world.ckpt(&["export", "-o", "x.ckpt"]);
    let printed = lines(&world, &["import", "--yes", "--json", "x.ckpt"]);
    let mut real = BTreeMap::new();
    fields(&printed[0], "", &mut real);
    let inside = |field: &String| field.starts_with("checkpoints[].sessions[].");
    let real: BTreeSet<String> = real.into_keys().filter(|field| !inside(field)).collect();
    assert_eq!(real, documented("import"));
    assert_eq!(example("import")["schema"], printed[0]["schema"]);
}

#[test]
fn what_vault_prints_is_documented() {
    let world = World::new();
    vault::exported(&world, "laptop");
    let imported = world.json(&["vault", "import", "--json", "laptop"]);
    compare("vault import", &[imported], &documented("vault import"));
    compare("vault list", &lines(&world, &["vault", "list", "--json"]), &documented("vault list"));
    let forgotten = world.json(&["vault", "forget", "--all", "--yes", "--json"]);
    compare("vault forget", &[forgotten], &documented("vault forget"));
}

#[test]
fn what_scan_and_redact_print_is_documented() {
    let world = crate::scan::leaky();
    world.save(&["--no-redact", "--yes"]);
    for (kind, own) in [("ckpt", "refs/notes/ckpt/"), ("ckpt-log", "refs/notes/ckpt-log/")] {
        let tracking = format!("refs/notes/{kind}-remote/origin/ada-0000001");
        world.git(&["update-ref", &tracking, &format!("{own}ada-0000001")]);
    }
    let printed = |run: crate::world::Run| -> Vec<Value> {
        run.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut found = printed(world.ckpt(&["scan", "--json"]));
    found.extend(printed(world.ckpt(&["scan", "--all", "--json"])));
    compare("scan", &found, &documented("scan"));
    let redacted = world.json(&["redact", "HEAD", "--yes", "--json"]);
    compare("redact", &[redacted], &documented("redact"));
}

#[test]
fn what_is_printed_of_documents_is_documented() {
    let world = World::with_session();
    world.write("bad.md", crate::lint::BAD);
    world.write("long.md", crate::tokens::LONG);
    let linted = lines(&world, &["lint", "bad.md", "--json"]);
    compare("lint", &linted, &documented("lint"));
    let rules = lines(&world, &["lint", "--rules", "--json"]);
    compare("lint --rules", &rules, &documented("lint --rules"));
    let counted = [
        world.json(&["tokens", "long.md", "--fit", "--model", "gpt-5", "--json"]),
        world.json(&["tokens", "bad.md", "--json"]),
    ];
    compare("tokens", &counted, &documented("tokens"));
    crate::diff::saved(&world);
    let first = world.json(&["diff", "HEAD~1", "--json"]);
    let (before, now) = crate::diff::saved_task(&world);
    let changes = [first, world.json(&["diff", &before, &now, "--json"])];
    compare("diff", &changes, &documented("diff"));
}

/// A world with a checkpoint that goes, one that no remote has, one to repair, and a writer whose logs are not here.
fn world_to_prune() -> World {
    let world = World::with_session();
    world.save(&["-m", "Rewritten"]);
    world.git(&["commit", "--quiet", "--amend", "-m", "Otherwise"]);
    for title in ["Pushed", "Unpushed"] {
        world.write("src/beds.rs", title);
        world.commit(title);
        world.save(&["--no-session", "-m", title]);
        world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        if title == "Pushed" {
            for writer in ["ada-0000001", "ada-0000002"] {
                let tracking = format!("refs/notes/ckpt-remote/origin/{writer}");
                world.git(&["update-ref", &tracking, "refs/notes/ckpt/ada-0000001"]);
            }
        }
    }
    world.wait(3 * 60 * 60);
    world
}

#[test]
fn what_prune_and_doctor_print_is_documented() {
    let world = world_to_prune();
    compare("doctor", &lines(&world, &["doctor", "--json"]), &documented("doctor"));
    let prune = ["prune", "--unreachable", "--gone-for", "1h", "--yes", "--json"];
    compare("prune", &lines(&world, &prune), &documented("prune"));
}

#[test]
fn what_status_and_stats_print_is_documented() {
    let world = crate::status::compacted();
    world.ckpt(&["save", "--prepare", "-m", "x"]);
    compare("status", &[world.json(&["status", "--json"])], &documented("status"));
    let line = world.json(&["status", "--line", "--json"]);
    compare("status --line", &[line], &documented("status --line"));
    let world = crate::stats::forgotten();
    compare("stats", &[world.json(&["stats", "--json"])], &documented("stats"));
}
