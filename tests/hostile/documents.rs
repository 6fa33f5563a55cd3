//! Front matter, bodies and transcripts that are made to exhaust whoever reads them.

use serde_json::json;

use crate::attacker::{Claimed, claiming, document, log_with, run};
use crate::sessions_of::CLAUDE_ID;
use crate::world::World;

const READS: &[&[&str]] =
    &[&["log"], &["show"], &["show", "--json"], &["show", "--raw"], &["prompt"]];

#[test]
fn front_matter_that_is_a_bomb_is_damaged_or_harmless() {
    let mut laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for pair in ('a'..='k').zip('b'..='l') {
        let uses = vec![format!("*{}", pair.0); 9].join(", ");
        laughs.push_str(&format!("{0}: &{0} [{uses}]\n", pair.1));
    }
    let merged: String = (0..40_000).map(|number| format!("y{number}: {{<<: *x}}\n")).collect();
    let keys: String = (0..500_000).map(|number| format!("k{number}: 1\n")).collect();
    for more in [
        laughs,
        format!("x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        format!("x: {}{}\n", "{a: ".repeat(100_000), "}".repeat(100_000)),
        format!("x:\n{}\n", "- ".repeat(100_000)),
        format!("{}\n", "? ".repeat(100_000)),
        format!("x: {}\n", "y".repeat(30 << 20)),
        format!("x: [{}]\n", vec!["[0, 1]"; 2_000_000].join(",")),
        format!("x: &x {{a: 1}}\n{merged}"),
        keys,
    ] {
        let world = World::new();
        let mut forged = document();
        forged.more = more;
        forged.tie(&world);
        READS.iter().for_each(|command| drop(run(&world, command)));
    }
}

#[test]
fn bodies_that_are_made_to_be_slow_are_shown_in_time() {
    let world = World::new();
    for body in [
        "> ".repeat(100_000),
        "- ".repeat(100_000),
        "[".repeat(100_000),
        "*a ".repeat(100_000),
        "[a](".repeat(100_000),
        format!("| a |\n|-|\n{}", "| b |\n".repeat(150_000)),
        format!("{}\n{}\n", "|a".repeat(50_000), "|-".repeat(50_000)),
        "- word `x` *y* [a](b)\n".repeat(1_400_000),
    ] {
        let mut forged = document();
        forged.body = body;
        forged.tie(&world);
        READS.iter().for_each(|command| drop(run(&world, command)));
    }
}

#[test]
fn transcripts_that_are_made_to_be_slow_are_told_in_time() {
    let says = |content: String| {
        let message = json!({ "role": "user", "content": content });
        json!({ "type": "user", "sessionId": CLAUDE_ID, "cwd": "/w", "message": message })
            .to_string()
    };
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for raw in [
        format!(r#"{{"type":"user","message":{nested}}}"#),
        r#"{"a":"#.repeat(100_000),
        "{}".repeat(400_000),
        says("<system-reminder>".repeat(60_000)),
        says(format!("a{}", "</skill>".repeat(100_000))),
        r#"{"type":"user","message":{"role":"user","content":"\ud800 \udc00"}}"#.to_owned(),
        r#"{"type":"assistant","message":{"id":"m","usage":{"input_tokens":1e400,"output_tokens":-1}}}"#.to_owned(),
        "\0".repeat(1 << 20),
    ] {
        let world = World::new();
        let raw = format!("{raw}\n").into_bytes();
        log_with(&world, &raw);
        claiming(Claimed::of(&raw)).tie(&world);
        run(&world, &["show", "--session", "--full"]);
        assert_eq!(run(&world, &["restore", "--yes"]).code, 0);
        run(&world, &["sessions"]);
        run(&world, &["save", "--session", CLAUDE_ID]);
    }
}

#[test]
fn a_conversation_that_goes_on_and_on_is_shown_in_little_memory() {
    let world = World::new();
    let line = json!({ "type": "user", "message": { "role": "user", "content": "x".repeat(900) } });
    let raw = format!("{line}\n").repeat(900).into_bytes();
    log_with(&world, &raw);
    let times = 1000;
    let extents = vec![format!("[0, {}]", raw.len()); times].join(", ");
    let hash = crate::attacker::sha256(&raw.repeat(times));
    let bytes = (raw.len() * times) as u64;
    claiming(Claimed { sha256: hash, ..Claimed::extents(bytes, format!("[{extents}]")) })
        .tie(&world);
    let line = "ulimit -v 400000; exec timeout -s KILL 60 git-ckpt show --session | wc -c";
    let counted = world.call_program("bash", &["-c", line]).run().stdout();
    assert!(counted.trim().parse::<usize>().unwrap() > 700 << 20, "{counted}");
}
