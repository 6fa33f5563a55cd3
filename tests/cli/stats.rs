//! `git ckpt stats`: what a checkpoint saves, and what became of it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::sessions_of::{CLAUDE_ID, append};
use crate::world::World;

const OTHER: &str = "aaaa0000-0000-4000-8000-000000000000";

const DOCUMENT: &str = "# Retries\n\n## Decisions\n\n\
    - ADOPTED: Postgres table as the retry queue\n\
    - REJECTED: Kafka cluster as the retry queue\n\n\
    ## Next steps\n\n1. Sign outgoing payloads in `src/soil.rs`\n\n\
    ## Files in play\n\n- `src/soil.rs`: untouched\n";

/// A row of a transcript, written an hour after the world began.
fn row(kind: &str, content: Value) -> String {
    let message =
        json!({ "id": "m", "role": kind, "model": "claude-opus-4-5", "content": content });
    json!({ "type": kind, "timestamp": "2026-03-02T10:00:00Z", "cwd": "/home/ada/garden", "message": message })
        .to_string()
}

fn says(text: &str) -> String {
    row("assistant", json!([{ "type": "text", "text": text }]))
}

fn calls(name: &str, input: Value) -> String {
    row("assistant", json!([{ "type": "tool_use", "id": "t", "name": name, "input": input }]))
}

/// A world with a checkpoint of its session.
fn saved() -> World {
    let world = World::with_session();
    world.save(&["-m", DOCUMENT]);
    world
}

/// What the agent does that forgets everything it was told.
fn forgetful() -> [String; 4] {
    [
        calls("Read", json!({ "file_path": "/home/ada/garden/src/soil.rs" })),
        says("Should the retry queue be a Postgres table?"),
        calls("Bash", json!({ "command": "helm install kafka-cluster" })),
        calls("Bash", json!({ "command": "./sign --outgoing --payloads" })),
    ]
}

#[test]
fn a_checkpoint_is_measured_against_its_session_and_the_window() {
    assert_snapshot!(saved().ckpt(&["stats"]), @"
    6009ceacd3 Retries, of commit f2b6f3f4a7
      saved     99.6%: the document's 63 tokens stand for 18.3k tokens, which reclaims 18.2k
      start     <1% of the window: ~433 tokens of 200.0k (assumed) for opening, document and files in play; within the 70% to aim for
      went on   no session that went on from it was found on this machine
    ");
}

/// A world whose checkpoint was forgotten by the session that began with its opening message.
pub fn forgotten() -> World {
    let world = saved();
    let opening = world.ckpt(&["prompt"]).stdout();
    let path = world.claude().id(OTHER).blank().write();
    let rows = [
        row("user", json!(opening)),
        says("Ruled in: a Kafka cluster as the retry queue."),
        row("user", json!("Go on.")),
    ];
    rows.iter().chain(&forgetful()).for_each(|row| append(&world, &path, row));
    world
}

#[test]
fn a_session_that_began_with_the_opening_is_held_against_the_document() {
    let world = forgotten();
    assert_snapshot!(world.ckpt(&["stats"]), @"
    6009ceacd3 Retries, of commit f2b6f3f4a7
      saved     99.6%: the document's 63 tokens stand for 18.3k tokens, which reclaims 18.2k
      start     <1% of the window: ~433 tokens of 200.0k (assumed) for opening, document and files in play; within the 70% to aim for
      went on   Claude Code aaaa0000, 2 turns: it began with this checkpoint's opening message
      files     1 named, 1 read again: src/soil.rs
      asked     2 settled, 1 passage looks like asking again
                turn 2: “Should the retry queue be a Postgres table?”
                  about “Postgres table as the retry queue”
      drift     1 rejected, 1 passage looks like bringing it back
                turn 2: “helm install kafka-cluster”
                  about “Kafka cluster as the retry queue”
      next      looks taken in turn 2: “./sign --outgoing --payloads”
    ");
    let later = world.json(&["stats", "--json"])["later"].clone();
    assert_eq!((&later["how"], &later["id"]), (&json!("opened"), &json!(OTHER)));
    assert_eq!(later["files_read_again"], json!(["src/soil.rs"]));
    assert_eq!(later["drift"][0]["quote"], "helm install kafka-cluster");
}

#[test]
fn the_same_session_and_then_the_next_one_are_taken_where_none_began_with_the_opening() {
    let world = saved();
    let how = || world.json(&["stats", "--json"])["later"]["how"].clone();
    assert_eq!(how(), Value::Null);
    let next = world.claude().id(OTHER).blank().write();
    append(&world, &next, &row("user", json!("Hello")));
    assert_eq!(how(), "next");
    let same = world.claude().write();
    append(&world, &same, &row("user", json!("Go on.")));
    forgetful().iter().for_each(|row| append(&world, &same, row));
    let later = world.json(&["stats", "--json"])["later"].clone();
    assert_eq!((&later["how"], &later["id"]), (&json!("same"), &json!(CLAUDE_ID)));
    assert_eq!(later["turns"], 1);
    assert_eq!(later["drift"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_session_that_keeps_to_the_document_has_nothing_held_against_it() {
    let world = saved();
    let path = world.claude().write();
    append(&world, &path, &row("user", json!("Go on.")));
    append(&world, &path, &says("The retry queue stays a Postgres table; no Kafka cluster."));
    assert_snapshot!(world.ckpt(&["stats"]), @"
    6009ceacd3 Retries, of commit f2b6f3f4a7
      saved     99.6%: the document's 63 tokens stand for 18.3k tokens, which reclaims 18.2k
      start     <1% of the window: ~433 tokens of 200.0k (assumed) for opening, document and files in play; within the 70% to aim for
      went on   Claude Code 6f1d2c3b, 1 turn: the session that the checkpoint holds, since then
      files     1 named, none of them read again
      asked     2 settled, nothing that looks like asking again
      drift     1 rejected, nothing that looks like bringing it back
      next      not seen: “Sign outgoing payloads in `src/soil.rs`”
    ");
}

#[test]
fn a_start_that_takes_too_much_of_the_window_is_told() {
    let world = saved();
    world.git(&["config", "ckpt.window", "400"]);
    let start = world.json(&["stats", "--json"])["start"].clone();
    assert_eq!((&start["within_target"], &start["window"]), (&json!(false), &json!(400)));
    assert!(world.ckpt(&["stats"]).stdout().contains("more than the 70% to aim for"));
}

#[test]
fn a_commit_without_a_checkpoint_has_no_measures() {
    assert_snapshot!(World::new().ckpt(&["stats"]), @"
    --- stderr
    error: commit f2b6f3f4a7 has no checkpoint
    hint: `git ckpt log --carried` lists commits that have one; `git ckpt save <commit>` makes one
    --- exit 3
    ");
}

#[test]
fn follow_ups_that_only_say_that_it_stays_rejected_are_no_drift() {
    let world = saved();
    let path = world.claude().write();
    append(&world, &path, &row("user", json!("Go on.")));
    for text in [
        "Kafka is off the table.",
        "I will keep away from a Kafka cluster.",
        "A Kafka cluster would be overkill.",
        "The team turned down the Kafka cluster.",
        "We can't use a Kafka cluster here.",
        "The Kafka cluster is still excluded.",
        "Nobody wants the Kafka cluster back.",
        "The Kafka cluster was considered and the table won.",
        "Rejected options:\n- a Kafka cluster",
        "A table is simpler than a Kafka cluster.",
    ] {
        append(&world, &path, &says(text));
    }
    let harmless = [
        calls(
            "Write",
            json!({ "file_path": "adr.md", "content": "We rejected the Kafka cluster." }),
        ),
        calls("TodoWrite", json!({ "todos": [{ "content": "look at src/soil.rs" }] })),
        calls("Bash", json!({ "command": "git add src/soil.rs" })),
    ];
    harmless.iter().for_each(|call| append(&world, &path, call));
    let later = world.json(&["stats", "--json"])["later"].clone();
    assert_eq!((&later["drift"], &later["files_read_again"]), (&json!([]), &json!([])));
    append(&world, &path, &says("I'll set up a Kafka cluster instead."));
    assert_eq!(world.json(&["stats", "--json"])["later"]["drift"][0]["turn"], 1);
}
