//! `git ckpt scan`: what is found, where, and never the value itself.

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Run, World};

/// A token, put together here so that no scanner takes this file for a leak.
pub fn token() -> String {
    format!("ghp_{}", ["A1b2C3d4E5f6", "G7h8I9j0K1l2", "M3n4O5p6Q7r8"].concat())
}

/// The same of another service.
pub fn other_token() -> String {
    format!("xoxb-{}-{}-{}", "123456789012", "1234567890123", "AbCdEfGhIjKlMnOpQrStUvWx")
}

/// A world with a session in which a token was pasted.
pub fn leaky() -> World {
    let world = World::new();
    let path = world.claude().write();
    add_line(&world, &path, &format!("deploy with {} please", token()));
    world
}

/// Adds a prompt to a transcript of Claude Code.
pub fn add_line(world: &World, path: &std::path::Path, text: &str) {
    let recorded = fs::read_to_string(path).unwrap();
    let prompt = recorded.lines().find(|line| line.contains("\"type\":\"user\"")).unwrap();
    let mut row: Value = serde_json::from_str(prompt).unwrap();
    row["message"]["content"] = json!(text);
    world.write_to(path, &format!("{recorded}{row}\n"));
    crate::sessions_of::touch(world, path);
}

#[track_caller]
fn shows_no_value(run: &Run) {
    let printed = format!("{}{}", run.stdout(), run.stderr());
    assert!(!printed.contains(&token()[..6]), "{printed}");
    assert!(!printed.contains(&other_token()[..8]), "{printed}");
}

#[test]
fn the_live_session_is_what_is_looked_through() {
    let world = leaky();
    let run = world.ckpt(&["scan"]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl:17 (byte 9020)  github-pat  ghp_…(40)
    1 secret in Claude Code session 6f1d2c3b (1 file, 9.1 KiB): 1 github-pat
    --- exit 11
    ");
}

#[test]
fn nothing_found_is_one_line_that_says_what_was_looked_at() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["scan"]), @"nothing found in Claude Code session 6f1d2c3b (1 file, 8.7 KiB)");
    world.save(&[]);
    assert_snapshot!(world.ckpt(&["scan", "HEAD"]), @"nothing found in checkpoint a8d1f7645f (2 files, 10.1 KiB)");
    assert_snapshot!(world.ckpt(&["scan", "--all"]), @"nothing found in what this clone has stored (2 files, 10.1 KiB)");
}

#[test]
fn any_file_or_input_is_looked_through() {
    let world = World::new();
    world.write("notes.txt", &format!("first\nkey {}\nand {} here", token(), other_token()));
    let run = world.ckpt(&["scan", "--file", "notes.txt"]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    notes.txt:2 (byte 10)  github-pat  ghp_…(40)
    notes.txt:3 (byte 55)  slack-bot-token  xoxb…(56)
    2 secrets in `notes.txt` (116 bytes): 1 github-pat, 1 slack-bot-token
    --- exit 11
    ");
    let run = world.call(&["scan", "-F", "-"]).input(format!("x {}\n", token())).run();
    shows_no_value(&run);
    assert_snapshot!(run, @"
    standard input:1 (byte 2)  github-pat  ghp_…(40)
    1 secret in `standard input` (43 bytes): 1 github-pat
    --- exit 11
    ");
    assert_snapshot!(world.ckpt(&["scan", "--file", "nothing.txt"]), @"
    --- stderr
    error: cannot read `[REPO]/nothing.txt`
    caused by: No such file or directory (os error 2)
    --- exit 1
    ");
}

#[test]
fn a_file_that_ends_in_the_middle_of_something_holds_no_secret_for_that() {
    let world = World::new();
    for text in ["steps:\n", "go \\\n", "no end", ""] {
        world.write("notes.txt", text);
        let run = world.ckpt(&["scan", "--file", "notes.txt"]);
        assert_eq!(run.code, 0, "{text:?}: {run}");
    }
}

#[test]
fn the_preview_shows_what_redaction_would_change() {
    let world = leaky();
    let run = world.ckpt(&["scan", "--diff"]);
    shows_no_value(&run);
    assert_snapshot!(run, @r#"
    @@ 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl:17 (byte 9020) @@
    -false,"message":{"content":"deploy with ghp_…(40) please","role":"user"},"origin":{"kind"
    +false,"message":{"content":"deploy with [REDACTED:github-pat:…] please","role":"user"},"origin":{"kind"
    1 secret in Claude Code session 6f1d2c3b (1 file, 9.1 KiB): 1 github-pat
    --- exit 11
    "#);
}

#[test]
fn a_checkpoint_is_looked_through_as_it_is_stored() {
    let world = leaky();
    world.save(&[]);
    assert_eq!(world.ckpt(&["scan", "HEAD"]).code, 0);
    let id = world.save(&["--no-redact", "--yes", "-m", &format!("# Use {}", token())]);
    let run = world.ckpt(&["scan", &id[..10]]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    f68ed6c838 document:5 (byte 81)  github-pat  ghp_…(40)
    f68ed6c838 document:37 (byte 903)  github-pat  ghp_…(40)
    f68ed6c838 transcript.jsonl:17 (byte 9020)  github-pat  ghp_…(40)
    3 secrets in checkpoint f68ed6c838 (2 files, 10.0 KiB): 3 github-pat
    --- exit 11
    ");
    let run = world.ckpt(&["scan", "--all"]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    f68ed6c838 document:5 (byte 81)  github-pat  ghp_…(40)
    f68ed6c838 document:37 (byte 903)  github-pat  ghp_…(40)
    f68ed6c838 transcript.jsonl (byte 9020)  github-pat  ghp_…(40)
    3 secrets in what this clone has stored (3 files, 12.0 KiB): 3 github-pat
    --- exit 11
    ");
}

#[test]
fn what_is_allowed_is_no_finding_and_what_is_named_is_one() {
    let world = leaky();
    world.write("fine", &format!("{}\n", token()));
    world.write("named", "correct horse battery\n");
    world.git(&["config", "ckpt.redact.allow", "fine"]);
    assert_eq!(world.ckpt(&["scan"]).code, 0);
    world.git(&["config", "ckpt.redact.literals", "named"]);
    let run = world.call(&["scan", "-F", "-"]).input("a correct horse battery staple\n").run();
    assert_snapshot!(run, @"
    standard input:1 (byte 2)  literal  corr…(21)
    1 secret in `standard input` (31 bytes): 1 literal
    --- exit 11
    ");
    world.git(&["config", "ckpt.redact.allow", "nowhere"]);
    assert_snapshot!(world.ckpt(&["scan"]), @"
    --- stderr
    error: `[REPO]/nowhere`, which `ckpt.redact.allow` names, cannot be read
    caused by: No such file or directory (os error 2)
    hint: make it readable, or do without it: git config --unset ckpt.redact.allow
    --- exit 1
    ");
}

#[test]
fn findings_for_scripts_hold_no_value() {
    let world = leaky();
    let run = world.ckpt(&["scan", "--json"]);
    shows_no_value(&run);
    assert_snapshot!(run, @r#"
    {"checkpoint":null,"file":"6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b.jsonl","length":40,"line":17,"masked":"ghp_…(40)","offset":9020,"rule":"github-pat","schema":1}
    --- exit 11
    "#);
}

#[test]
fn sarif_has_what_its_schema_requires_and_no_value() {
    let world = leaky();
    world.save(&["--no-redact", "--yes"]);
    for what in [&["scan", "--sarif"][..], &["scan", "--sarif", "HEAD"]] {
        let run = world.ckpt(what);
        shows_no_value(&run);
        assert_eq!(run.code, 11);
        let sarif: Value = serde_json::from_str(&run.stdout()).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        let driver = &sarif["runs"][0]["tool"]["driver"];
        assert_eq!(driver["name"], "git-ckpt");
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], driver["rules"][0]["id"]);
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%@".contains(&byte)));
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1, "{place}");
    }
    let clean = World::with_session();
    let sarif: Value = serde_json::from_str(&clean.ckpt(&["scan", "--sarif"]).stdout()).unwrap();
    assert_eq!(sarif["runs"][0]["results"], json!([]));
}

/// What the schema of SARIF 2.1.0 requires of an object, and what it may have of that which is written here.
type Shape = (&'static [&'static str], &'static [&'static str]);

/// Checks an object against its shape, and every object below it that has one.
#[track_caller]
fn has_shape(name: &str, value: &Value) {
    let (required, further): Shape = match name {
        "log" => (&["version", "runs"], &["$schema"]),
        "runs" => (&["tool"], &["results", "columnKind"]),
        "tool" => (&["driver"], &[]),
        "driver" => (&["name"], &["semanticVersion", "rules"]),
        "rules" => (&["id"], &["shortDescription"]),
        "shortDescription" => (&["text"], &[]),
        "results" => (&["message"], &["ruleId", "level", "locations"]),
        "message" => (&["text"], &[]),
        "locations" => (&[], &["physicalLocation"]),
        "physicalLocation" => (&["artifactLocation"], &["region"]),
        "artifactLocation" => (&[], &["uri"]),
        "region" => (&[], &["byteOffset", "byteLength", "startLine"]),
        _ => panic!("what is `{name}`?"),
    };
    let object = value.as_object().unwrap();
    assert!(required.iter().all(|key| object.contains_key(*key)), "{name}: {value}");
    for (key, value) in object {
        assert!(required.contains(&&**key) || further.contains(&&**key), "`{key}` in {name}");
        match value {
            Value::Object(_) => has_shape(key, value),
            Value::Array(values) => values.iter().for_each(|value| has_shape(key, value)),
            _ => {}
        }
    }
}

#[test]
fn sarif_has_the_shape_and_the_values_that_its_schema_allows() {
    let world = leaky();
    world.write("ä b%.txt", &format!("first\nkey {} and {}\n", token(), other_token()));
    world.save(&["--no-redact", "--yes", "-m", &format!("# Use {}", token())]);
    for what in [&["-F", "ä b%.txt"][..], &["HEAD"], &["--all"], &["--session", "6f1d2c3b"]] {
        let run = world.ckpt(&[&["scan", "--sarif"], what].concat());
        let sarif: Value = serde_json::from_str(&run.stdout()).unwrap();
        has_shape("log", &sarif);
        assert_eq!(sarif["runs"][0]["columnKind"], "unicodeCodePoints");
        let rules: Vec<&Value> = sarif["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| &rule["id"])
            .collect();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert!(!results.is_empty(), "{what:?}");
        for result in results {
            assert!(rules.contains(&&result["ruleId"]), "{result}");
            assert_eq!(result["level"], "error");
            let place = &result["locations"][0]["physicalLocation"];
            let region = &place["region"];
            assert!(region["byteOffset"].is_u64() && region["byteLength"].as_u64() > Some(0));
            assert!(region["startLine"].is_null() || region["startLine"].as_u64() >= Some(1));
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && !uri.contains(' ') && uri.is_ascii(), "{uri}");
        }
    }
}
