//! The README, held against the program: its transcripts, its table of commands.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::process::Command;

const README: &str = include_str!("../README.md");

fn program(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_git-ckpt"))
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home.path())
        // The length of a path shows in the size of a session.
        .env("TMPDIR", "/tmp")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?} failed");
    String::from_utf8(output.stdout).unwrap()
}

/// The README's fenced blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(&fence).skip(1).map(|rest| rest.split_once("\n```").unwrap().0).collect()
}

/// A text without what differs from run to run: object and checkpoint ids, temporary names, compressed sizes.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    for line in text.replace("/private/tmp/", "/tmp/").lines() {
        let line = without_after(line, "git-ckpt-demo-", 6);
        let line = without_size_before(&line, " compressed");
        for word in line.split_inclusive(|character: char| !character.is_alphanumeric()) {
            let bare = word.trim_end_matches(|character: char| !character.is_alphanumeric());
            let is_id = bare.len() >= 7 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
            settled += &if is_id { word.replace(bare, "ID") } else { word.to_owned() };
        }
        settled.push('\n');
    }
    settled
}

fn without_after(line: &str, mark: &str, length: usize) -> String {
    let mut parts = line.split(mark);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + mark + "TEMP" + &part[length..])
}

fn without_size_before(line: &str, mark: &str) -> String {
    let Some((before, after)) = line.split_once(mark) else { return line.to_owned() };
    let (rest, _) = before.rsplit_once(", ").unwrap();
    format!("{rest}, SIZE{mark}{after}")
}

#[test]
fn the_transcripts_are_what_the_demonstration_prints() {
    let printed = settled(&program(&["demo"]));
    let transcripts = blocks("console");
    assert!(transcripts.concat().contains("$ git ckpt restore --yes"));
    for transcript in transcripts {
        let transcript = settled(transcript);
        assert!(
            printed.contains(&transcript),
            "the README shows\n{transcript}\nwhere the demonstration prints\n{printed}"
        );
    }
}

#[test]
fn the_table_lists_the_commands_of_the_help() {
    let help = program(&["help"]);
    let (commands, more) = help.split_once("\nMore, ").unwrap();
    let (more, _) = more.split_once("\n\n").unwrap();
    let described = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let named = more.lines().skip(1).flat_map(|line| line.trim().split(", "));
    let helped: BTreeSet<&str> = described.chain(named).collect();
    let listed: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `git ckpt ")?.split('`').next())
        .collect();
    assert_eq!(listed.len(), helped.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), helped);
}

#[test]
fn every_command_that_is_said_to_answer_with_json_takes_that_option() {
    let without = [
        "demo",
        "setup",
        "completions",
        "reset",
        "switch",
        "checkout",
        "export",
        "vault",
        "recipients",
        "task",
        "cat",
        "template",
    ];
    let names =
        README.lines().filter_map(|line| line.strip_prefix("| `git ckpt ")?.split('`').next());
    for name in names {
        let help = program(&[name, "-h"]);
        assert_eq!(help.contains("--json"), !without.contains(&name), "{name}");
    }
    for (name, takes_it) in [("list", true), ("forget", true), ("import", true), ("export", false)]
    {
        assert_eq!(program(&["vault", name, "-h"]).contains("--json"), takes_it, "vault {name}");
    }
    for name in ["start", "status", "step", "done", "block", "clear"] {
        assert!(program(&["task", name, "-h"]).contains("--json"), "task {name}");
    }
    for (name, takes_it) in [("list", true), ("add", false), ("remove", false)] {
        let help = program(&["recipients", name, "-h"]);
        assert_eq!(help.contains("--json"), takes_it, "recipients {name}");
    }
}

#[test]
fn the_oldest_rust_is_the_manifests() {
    let manifest = include_str!("../Cargo.toml");
    let (_, version) = manifest.split_once("rust-version = \"").unwrap();
    let (version, _) = version.split_once('"').unwrap();
    assert!(README.contains(&format!("Rust {version} or newer")));
}
