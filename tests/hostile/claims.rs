//! Documents that claim what cannot be, or what would fill every disk.

use std::fs;

use serde_json::json;

use crate::attacker::{
    Claimed, LOG, claiming, forged_frame, log_of, log_with, refuses, run, sha256,
};
use crate::sessions_of::CLAUDE_ID;
use crate::world::World;

const MIB: usize = 1 << 20;

/// What takes a session out of the logs.
const TAKES: &[&[&str]] = &[
    &["restore", "--yes"],
    &["restore", "--yes", "--to", "out"],
    &["show", "--session"],
    &["show", "--session", "--full"],
];

/// Nothing is put back, by any command, and each says why.
#[track_caller]
fn nothing_comes_of(world: &World, claimed: Claimed, reason: &str) {
    claiming(claimed).tie(world);
    TAKES.iter().for_each(|command| refuses(world, command, 5, reason));
    refuses(world, &["verify"], 5, reason);
    assert!(!world.home().join(".claude").exists() && !world.repo().join("out").exists());
}

#[test]
fn a_file_that_is_said_to_be_shorter_than_its_extents_is_refused_before_any_is_read() {
    let world = World::new();
    log_with(&world, &vec![b'z'; MIB]);
    let many = format!("[{}]", vec!["[0, 1048576]"; 20_000].join(", "));
    nothing_comes_of(&world, Claimed::extents(10, many), "the checkpoint says 10");
}

#[test]
fn a_file_that_names_the_same_megabyte_again_and_again_is_refused() {
    let world = World::new();
    log_with(&world, &vec![b'z'; MIB]);
    let many = format!("[{}]", vec!["[0, 1048576]"; 20_000].join(", "));
    nothing_comes_of(&world, Claimed::extents(20_000 << 20, many), "more than the 4294967296");
}

#[test]
fn extents_that_overflow_are_refused() {
    let world = World::new();
    log_with(&world, b"0123456789");
    let most = u64::MAX;
    for extents in [
        format!("[[{most}, {most}]]"),
        format!("[[{most}, 1], [0, 9]]"),
        format!("[[{}, 10]]", most - 5),
        format!("[[0, {most}], [0, {most}]]"),
    ] {
        claiming(Claimed::extents(10, extents)).tie(&world);
        TAKES.iter().for_each(|command| refuses(&world, command, 5, "error: "));
    }
}

#[test]
fn a_frame_that_unfolds_to_more_than_it_says_is_refused() {
    let world = World::new();
    let bomb = zstd::encode_all(&vec![0; 256 * MIB][..], 3).unwrap();
    let sized = zstd::bulk::compress(&vec![0; 64 * MIB], 3).unwrap();
    for packed in [bomb, sized, zstd::bulk::compress(&[0; 9], 3).unwrap().repeat(40_000)] {
        log_of(&world, forged_frame(r#"{"v":1,"o":0,"n":1048576,"p":[0,0]}"#, &packed));
        nothing_comes_of(&world, Claimed::extents(1 << 20, "[[0, 1048576]]"), "is damaged");
    }
}

#[test]
fn a_frame_whose_header_lies_is_refused() {
    let world = World::new();
    let packed = zstd::bulk::compress(b"0123456789", 3).unwrap();
    for header in [
        r#"{"v":1,"o":0,"n":18446744073709551615,"p":[0,0]}"#,
        r#"{"v":1,"o":0,"n":10,"p":[0,18446744073709551615]}"#,
        r#"{"v":1,"o":18446744073709551615,"n":10,"p":[0,0]}"#,
        r#"{"v":1,"o":0,"n":11,"p":[0,0]}"#,
        &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        log_of(&world, forged_frame(header, &packed));
        nothing_comes_of(&world, Claimed::of(b"0123456789"), "is damaged");
    }
}

/// A session with a list of companion files, all of them empty.
fn listing(world: &World, list: &[u8]) -> Claimed {
    log_with(world, list);
    Claimed { companions: Some((0, list.to_vec())), ..Claimed::of(b"") }
}

fn companion(name: &str, bytes: u64) -> String {
    let extents = if bytes == 0 { json!([]) } else { json!([[0, bytes]]) };
    let hash = sha256(b"");
    let line =
        json!({ "file": name, "log": LOG, "bytes": bytes, "extents": extents, "sha256": hash });
    format!("{line}\n")
}

#[test]
fn a_list_of_more_companion_files_than_any_session_has_is_refused() {
    let world = World::new();
    let list: String =
        (0..10_001).map(|number| companion(&format!("session/{number}"), 0)).collect();
    claiming(listing(&world, list.as_bytes())).tie(&world);
    refuses(&world, &["restore", "--yes"], 5, "names more than 10000");
    let few: String =
        (0..20).map(|number| companion(&format!("session/{number}"), 1 << 28)).collect();
    claiming(listing(&world, few.as_bytes())).tie(&world);
    refuses(&world, &["restore", "--yes"], 5, "more than the 4294967296 that they may have");
}

#[test]
fn two_companion_files_of_one_name_are_refused_whatever_the_case() {
    let world = World::new();
    for (one, other) in [("session/a.txt", "session/a.txt"), ("session/Note", "session/nOTE")] {
        let list = companion(one, 0) + &companion(other, 0);
        claiming(listing(&world, list.as_bytes())).tie(&world);
        refuses(&world, &["restore", "--yes"], 5, "twice");
        assert!(!world.home().join(".claude").exists());
    }
}

#[test]
fn names_that_no_session_has_lead_nowhere_also_into_a_directory_that_was_named() {
    let world = World::new();
    for name in [".git/hooks/post-checkout", ".envrc", "Makefile", ".claude/settings.json", "CON"] {
        let list = companion(name, 0);
        claiming(listing(&world, list.as_bytes())).tie(&world);
        refuses(
            &world,
            &["restore", "--yes", "--to", "."],
            4,
            "is not a file that a claude-code session has",
        );
        refuses(&world, &["restore", "--yes"], 4, "is not a file that a claude-code session has");
    }
    assert!(!world.repo().join(".envrc").exists());
}

#[test]
fn names_that_only_other_systems_take_for_something_else_are_ordinary_files_below_the_session() {
    let world = World::new();
    let names =
        ["session/aux.jsonl", "session/NUL", "session/a?b*", "session/аdmin", "session/trailing. "];
    let list: String = names.iter().map(|name| companion(name, 0)).collect();
    claiming(listing(&world, list.as_bytes())).tie(&world);
    assert_eq!(run(&world, &["restore", "--yes"]).code, 0);
    let own = world.claude_project(&world.repo()).join(CLAUDE_ID);
    for name in names {
        assert!(own.join(name.strip_prefix("session/").unwrap()).is_file(), "{name}");
    }
}

#[test]
fn a_companion_file_never_takes_the_place_of_another_sessions() {
    let world = World::new();
    let project = world.claude_project(&world.repo());
    let others = project.join("agent-aaaa1111.jsonl");
    let line = "{\"sessionId\":\"22220000-0000-4000-8000-000000000000\",\"cwd\":\"/w\"}\n";
    world.write_to(&others, line);
    world.claude().write();
    let list = companion("project/agent-aaaa1111.jsonl", 0);
    claiming(listing(&world, list.as_bytes())).tie(&world);
    refuses(&world, &["restore", "--yes"], 4, "belongs to another session");
    assert_eq!(fs::read_to_string(&others).unwrap(), line);

    let codex = World::new();
    let theirs = codex.codex().with_subagent().write();
    let before = fs::read(&theirs).unwrap();
    let name = "sessions/2026/03/02/rollout-2026-03-02T08-30-00-019cad31-7c00-7a10-8b20-3c4d5e6f7a8b.jsonl";
    let claimed = Claimed {
        agent: "codex",
        session: "99990000-0000-4000-8000-000000000000".to_owned(),
        file: "sessions/2026/03/02/rollout-2026-03-02T09-30-00-99990000-0000-4000-8000-000000000000.jsonl".to_owned(),
        ..listing(&codex, companion(name, 0).as_bytes())
    };
    claiming(claimed).tie(&codex);
    refuses(&codex, &["restore", "--yes"], 4, "belongs to another session");
    assert_eq!(fs::read(&theirs).unwrap(), before);
}
