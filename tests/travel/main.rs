//! Going from commit to commit with the session: `reset`, `switch` and `checkout`, and plain git with hooks.

#![allow(clippy::unwrap_used, clippy::print_stderr, dead_code)]

#[path = "../cli/sessions_of.rs"]
mod sessions_of;
#[path = "../cli/world.rs"]
mod world;

mod many;
mod navigate;
mod plain;
mod transaction;

use std::fs;
use std::path::PathBuf;

use world::{Run, World, has_terminal};

/// Two branches with a commit each. The session of `main` has 2 turns, that of `side` has 3; `side` is checked out.
fn two_branches() -> (World, Vec<u8>, Vec<u8>) {
    let world = World::with_session();
    world.save(&["-m", "# On main"]);
    let short = live(&world);
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Side");
    world.claude().says("And the side?", "Done.").write();
    world.save(&["-m", "# On side"]);
    let long = live(&world);
    (world, short, long)
}

fn transcript(world: &World) -> PathBuf {
    world.claude().path()
}

fn live(world: &World) -> Vec<u8> {
    fs::read(transcript(world)).unwrap()
}

/// The person and the agent say one thing more.
fn grow(world: &World, what: &str) {
    let row = |kind: &str, content: &str| {
        format!(
            r#"{{"type":"{kind}","isSidechain":false,"sessionId":"{}","message":{{"role":"{kind}","content":"{content}"}}}}"#,
            sessions_of::CLAUDE_ID
        )
    };
    sessions_of::append(world, &transcript(world), &row("user", what));
}

/// How many checkpoints there are.
fn checkpoints(world: &World) -> usize {
    let listed = world.ckpt(&["log", "--all", "--json"]).stdout();
    let row = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    listed.lines().map(|line| row(line)["checkpoints"].as_array().unwrap().len()).sum()
}

/// Runs a line on a terminal of its own, where one can be had.
fn on_terminal(world: &World, line: &str, typed: &str) -> Option<Run> {
    let line = format!("stty rows 24 cols 100; {line}");
    has_terminal().then(|| world.on_terminal(&line, typed, &[("TERM", "dumb")]))
}
