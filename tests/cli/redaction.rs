//! Secrets in what is saved: what is told of them, where they go, and what comes back.

use std::fs;

use insta::assert_snapshot;

use crate::sessions_of::CLAUDE_ID;
use crate::world::World;

/// A key that looks real and is none; in parts, so that nobody takes this file for a leak.
fn key() -> String {
    format!("{}{}", "ghp_", "k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa4GfXo6")
}

fn password() -> String {
    format!("{}-{}", "tr0ub4dor", "and3")
}

/// A world whose session says a key and a password.
fn world() -> World {
    let world = World::with_session();
    let line = format!(
        r#"{{"parentUuid":null,"isSidechain":false,"type":"user","cwd":"/home/ada/garden","sessionId":"{CLAUDE_ID}","uuid":"00000000-0000-4000-8000-0000000000aa","timestamp":"2026-03-02T09:41:00.000Z","message":{{"role":"user","content":"push with {}\nthe beds are at postgres://ada:{}@db.example.com/beds"}}}}"#,
        key(),
        password()
    );
    let path = transcript(&world);
    fs::write(&path, format!("{}{line}\n", fs::read_to_string(&path).unwrap())).unwrap();
    world
}

fn transcript(world: &World) -> std::path::PathBuf {
    world.claude_project(&world.repo()).join(format!("{CLAUDE_ID}.jsonl"))
}

#[test]
fn a_save_says_what_it_kept_back() {
    let world = world();
    let saved = world.ckpt(&["save"]).stdout();
    let told =
        "secrets   2 placeholders in their place (github-pat, url-password), values in the vault";
    assert!(saved.contains(told), "{saved}");
    let again = world.json(&["save", "--json", "-m", "Nothing new"]);
    assert_eq!(again["redacted"], serde_json::json!({}));
    assert_eq!(world.json(&["show", "--json"])["sessions"][0]["redacted"], 2);
}

#[test]
fn what_comes_back_is_what_was_there_to_the_byte() {
    let world = world();
    let before = fs::read(transcript(&world)).unwrap();
    world.save(&[]);
    fs::remove_file(transcript(&world)).unwrap();
    let restored = world.json(&["restore", "--yes", "--json"]);
    assert_eq!(
        (&restored["exact"], &restored["missing_secrets"]),
        (&true.into(), &serde_json::json!([]))
    );
    assert_eq!(fs::read(transcript(&world)).unwrap(), before);
    // What is there is known to be the same: nothing is captured before it is put back.
    assert_eq!(world.json(&["restore", "--yes", "--json"])["unchanged"], true);
}

#[test]
fn without_the_vault_placeholders_stay_and_are_named() {
    let world = world();
    world.save(&[]);
    fs::remove_file(transcript(&world)).unwrap();
    let run = world.call(&["restore", "--yes", "--json"]).env("CKPT_VAULT", "elsewhere").run();
    let restored: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(restored["exact"], false);
    let missing = restored["missing_secrets"].as_array().unwrap();
    assert!(missing[0].as_str().unwrap().starts_with("[REDACTED:github-pat:"), "{restored}");
    assert!(run.stderr().contains("not in this vault, so placeholders stay: "), "{run}");
    let text = fs::read_to_string(transcript(&world)).unwrap();
    assert!(!text.contains(&key()) && !text.contains(&password()));
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn a_live_session_that_only_grew_is_told_from_one_that_differs() {
    let world = world();
    world.save(&[]);
    let whole = fs::read_to_string(transcript(&world)).unwrap();
    let earlier = &whole[..whole.len() - 40];
    fs::write(transcript(&world), earlier).unwrap();
    let gate = world.ckpt(&["restore", "--yes"]).stderr();
    assert!(gate.contains("replaces  an earlier state of the same session"), "{gate}");
    fs::write(transcript(&world), whole.replace("ada:", "eve:")).unwrap();
    let gate = world.ckpt(&["restore", "--yes"]).stderr();
    assert!(gate.contains("which is captured first"), "{gate}");
}

#[test]
fn a_document_keeps_its_secrets_back_too() {
    let world = World::new();
    let text = format!("---\nobjective: use {}\n---\n# Keys\n\nIt is {}.\n", key(), key());
    let run = world.call(&["save", "--no-session", "-F", "-"]).input(text).run();
    assert_eq!(run.code, 0, "{run}");
    let shown = world.ckpt(&["show", "--raw"]).stdout();
    assert_eq!(shown.matches("[REDACTED:github-pat:").count(), 2, "{shown}");
    assert!(!shown.contains(&key()));
    // A second edition may say the placeholder: it stays one.
    let quoted = format!("# Again{}", shown.split("# Keys").nth(1).unwrap());
    world.call(&["save", "--no-session", "-F", "-"]).input(quoted).run();
    assert_eq!(world.ckpt(&["show", "--raw"]).stdout().matches("[REDACTED:github-pat:").count(), 1);
}

#[test]
fn what_the_environment_and_env_files_hold_is_a_secret_wherever_it_stands() {
    let world = World::new();
    world.write(".env", "BED_PASSWORD='correct horse 7 battery'\n");
    world.write("words", "the compost of tuesday\n");
    world.git(&["config", "ckpt.redact.literals", "words"]);
    let text = "# a\n\nlettuce-9, correct horse 7 battery, the compost of tuesday.\n";
    let save = |world: &World| {
        let arguments = ["save", "--no-session", "-F", "-", "--json"];
        let run = world.call(&arguments).env("PUMP_TOKEN", "lettuce-9").input(text).run();
        serde_json::from_str::<serde_json::Value>(&run.stdout()).unwrap()["redacted"].clone()
    };
    let all = serde_json::json!({"env-pump-token": 1, "env-bed-password": 1, "literal": 1});
    assert_eq!(save(&world), all);
    world.git(&["config", "ckpt.redact.env", "false"]);
    assert_eq!(save(&world), serde_json::json!({"literal": 1}));
    world.write("fine", "the compost of tuesday\n");
    world.git(&["config", "ckpt.redact.allow", "fine"]);
    assert_eq!(save(&world), serde_json::json!({}));
}

#[test]
fn a_list_of_literals_that_cannot_be_read_keeps_a_save_waiting() {
    let world = World::new();
    world.git(&["config", "ckpt.redact.literals", "gone"]);
    assert_snapshot!(world.ckpt(&["save", "--no-session", "-m", "x"]), @"
    --- stderr
    error: the save is not finished; it is written down and the next `git ckpt` command tries again
    caused by: `[REPO]/gone`, which `ckpt.redact.literals` names, cannot be read
    caused by: No such file or directory (os error 2)
    hint: see which file is meant with `git config ckpt.redact.literals`; make it readable, or name another one
          nothing is lost: once the cause is gone, any `git ckpt` command finishes the save, such as `git ckpt log`
    --- exit 7
    ");
    world.write("gone", "x marks it\n");
    assert!(world.ckpt(&["log"]).stderr().contains("finished an interrupted save"));
}

#[test]
fn secrets_are_left_in_only_after_a_yes() {
    let world = world();
    assert_snapshot!(world.ckpt(&["save", "--no-redact"]), @"
    --- stderr
    error: saving secrets needs a yes, and there is no terminal to ask on
    hint: see what would be replaced with `git ckpt scan`, then run the same command with `--yes`
    --- exit 4
    ");
    assert_eq!(world.json(&["save", "--no-redact", "--yes", "--json"])["unredacted"], true);
    assert_eq!(world.json(&["show", "--json"])["unredacted"], true);
    assert!(world.ckpt(&["show", "--session"]).stdout().contains(&key()));
    // The next save without it looks at the whole session again.
    assert_eq!(world.json(&["save", "--json"])["redacted"]["github-pat"], 1);
    assert!(!world.ckpt(&["show", "--session"]).stdout().contains(&key()));
}

#[test]
fn a_vault_that_cannot_be_used_stops_the_save_and_loses_nothing() {
    let world = world();
    world.write_to(&world.home().join("file"), "in the way\n");
    let run = world.call(&["save"]).env("CKPT_VAULT", "file").run();
    assert_snapshot!(run, @"
    --- stderr
    error: the save is not finished; it is written down and the next `git ckpt` command tries again
    caused by: `[HOME]/file` is no directory, and the vault takes plain files in a directory of its own
    hint: see what it is with `ls -ld '[HOME]/file'`, and move it away, or name another directory: CKPT_VAULT=<dir>
          nothing is lost: once the cause is gone, any `git ckpt` command finishes the save, such as `git ckpt log`
    --- exit 7
    ");
    assert_eq!(world.git(&["for-each-ref", "refs/notes"]), "");
    assert!(world.ckpt(&["log"]).stderr().contains("finished an interrupted save"));
    assert!(!world.ckpt(&["show", "--session"]).stdout().contains(&key()));
}
