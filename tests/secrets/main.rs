//! No secret enters git, whatever a day brings; one that did is taken out of every object again; nothing is lost for it.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod interrupted;
mod objects;
mod ways;
#[path = "../faults/world.rs"]
#[allow(dead_code)]
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use objects::found;
use world::{World, turn};

const SESSION: &str = "5f0c7c1e-3b0a-4a57-9d0e-6c1f2b7a9e84";

/// What is planted; put together here so that no scanner takes this file for a leak.
fn values() -> Vec<String> {
    let key: String = (0..8)
        .map(|row| format!("MIIEpAIBAAKCAQEA{row}q7vTz5LkWc8Jx3Rf0yHn2bGm9sPdQeUa\n"))
        .collect();
    vec![
        format!("ghp_{}", ["A1b2C3d4E5f6", "G7h8I9j0K1l2", "M3n4O5p6Q7r8"].concat()),
        format!("xoxb-{}-{}-{}", "123456789012", "1234567890123", "AbCdEfGhIjKlMnOpQrStUvWx"),
        format!("AKIA{}", "Z7QX4MBN2VKC5RTD"),
        format!(
            "sk-ant-api03-{}AA",
            "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6lM9oR2uX5xA8dG1iL4nP7qS0tV3wY6zB9cE2fH5kN8"
                .repeat(2)
                .get(..93)
                .unwrap()
        ),
        format!("-----BEGIN RSA {0} KEY-----\n{key}-----END RSA {0} KEY-----", "PRIVATE"),
    ]
}

/// The parts of the values that must stand nowhere: of the key its lines.
fn needles() -> Vec<String> {
    let mut needles = values();
    let key = needles.pop().unwrap();
    needles.extend(key.lines().filter(|line| !line.starts_with('-')).map(str::to_owned));
    needles
}

/// A repository with a server, and a session in which everything was pasted in every way.
struct Day {
    world: World,
    server: PathBuf,
    work: PathBuf,
    turns: usize,
}

impl Day {
    fn new() -> Self {
        let world = World::new();
        let seed = world.init("seed", &[]);
        let server = world.path("server.git");
        world.git(&seed, &["init", "--quiet", "--bare", server.to_str().unwrap()]);
        world.git(&seed, &["push", "--quiet", server.to_str().unwrap(), "main"]);
        let work = world.path("work");
        world.git(
            &seed,
            &[
                "clone",
                "--quiet",
                "--branch",
                "main",
                server.to_str().unwrap(),
                work.to_str().unwrap(),
            ],
        );
        world.git(&work, &["config", "user.name", "Ada Lovelace"]);
        world.git(&work, &["config", "user.email", "ada@example.com"]);
        world.git(&work, &["config", "ckpt.background", "false"]);
        Self { world, server, work, turns: 0 }
    }

    fn transcript(&self) -> PathBuf {
        self.world.transcript(&self.work, SESSION)
    }

    /// Lets the session go on: a prompt with this text, as it is and escaped once more, and an answer.
    fn says(&mut self, text: &str) {
        let path = self.transcript();
        let mut all = fs::read_to_string(&path).unwrap_or_default();
        let inner = json!({ "stdout": text }).to_string();
        let row = |content: &str| {
            json!({
                "parentUuid": null, "cwd": self.work, "sessionId": SESSION, "version": "2.1.29",
                "isSidechain": false, "type": "user", "uuid": format!("u{}-{}", self.turns, content.len()),
                "timestamp": "2026-11-21T10:00:00.000Z",
                "message": { "role": "user", "content": content },
            })
        };
        all += &format!(
            "{}\n{}\n{}",
            row(text),
            row(&inner),
            turn(&self.work, SESSION, self.turns, 3000)
        );
        self.turns += 1;
        fs::write(path, all).unwrap();
    }

    /// Leaves a subagent's transcript and a large result beside the session.
    fn companions(&self, text: &str) {
        let beside = self.transcript().with_extension("");
        for (name, content) in [
            (
                "subagents/agent-a1b2c3d4.jsonl",
                format!(
                    "{}\n",
                    json!({ "isSidechain": true, "sessionId": SESSION, "type": "user", "message": { "role": "user", "content": text } })
                ),
            ),
            ("tool-results/toolu_03.txt", format!("output\n{text}\n")),
        ] {
            let path = beside.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    fn commit(&self, text: &str) {
        fs::write(self.work.join("file"), text).unwrap();
        self.world.commit(&self.work, text);
    }

    #[track_caller]
    fn ckpt(&self, arguments: &[&str]) -> world::Ran {
        self.world.ckpt(&self.work, arguments).succeeds()
    }

    fn clone(&self, name: &str) -> PathBuf {
        let place = self.world.path(name);
        self.world.git(
            &self.work,
            &[
                "clone",
                "--quiet",
                "--branch",
                "main",
                self.server.to_str().unwrap(),
                place.to_str().unwrap(),
            ],
        );
        place
    }

    /// Lets the rules know nothing for a while: all of what is planted is allowed, line by line.
    fn allow_everything(&self) {
        let mut lines: Vec<String> = values();
        lines.extend(
            values()
                .iter()
                .map(|value| serde_json::to_string(value).unwrap().trim_matches('"').to_owned()),
        );
        lines.extend(values().iter().map(|value| {
            let inner = json!(value).to_string();
            serde_json::to_string(&inner[1..inner.len() - 1]).unwrap().trim_matches('"').to_owned()
        }));
        let path = self.world.path("allowed");
        fs::write(&path, lines.join("\n")).unwrap();
        self.world.git(&self.work, &["config", "ckpt.redact.allow", path.to_str().unwrap()]);
    }
}

#[test]
fn whatever_a_day_brings_no_object_holds_a_secret() {
    let mut day = Day::new();
    day.ckpt(&["init"]);
    let all = values();
    for (number, value) in all.iter().enumerate() {
        day.says(&format!("here it is: {value} and go on"));
        day.companions(&format!("token={value}"));
        day.commit(&format!("step {number}"));
    }
    // A value cut by two saves.
    let (first, second) = all[0].split_at(20);
    day.says("next");
    let cut = fs::read_to_string(day.transcript()).unwrap();
    fs::write(day.transcript(), format!("{cut}{{\"type\":\"user\",\"text\":\"{first}")).unwrap();
    day.ckpt(&["save", "-m", "# Half of it"]);
    fs::write(
        day.transcript(),
        format!("{cut}{{\"type\":\"user\",\"text\":\"{first}{second}\"}}\n"),
    )
    .unwrap();
    day.ckpt(&["save", "-m", &format!("# Keys\n\nuse {} and {}", all[0], all[1])]);
    day.world.git(&day.work, &["commit", "--quiet", "--amend", "--message", "amended"]);
    day.world.git(&day.work, &["rebase", "--quiet", "--force-rebase", "HEAD~2"]);
    day.says(&format!("once more {}", all[2]));
    // Leaving a commit captures what would be lost.
    day.ckpt(&["reset", "--yes", "--hard", "HEAD~1"]);
    day.says(&format!("and again {}", all[3]));
    // Which checkpoint is the newest is told by the second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    day.commit("after the reset");
    day.ckpt(&["prune", "--keep", "3", "--force", "--yes"]);
    day.ckpt(&["push"]);
    let reader = day.clone("reader");
    day.world.ckpt(&reader, &["fetch", "--logs"]).succeeds();
    let bundle = day.world.path("day.ckpt");
    day.ckpt(&["export", "-o", bundle.to_str().unwrap()]);
    let importer = day.clone("importer");
    day.world.ckpt(&importer, &["import", "--yes", bundle.to_str().unwrap()]).succeeds();
    for place in [&day.work, &day.server, &reader, &importer] {
        assert_eq!(found(&day.world, place, &needles()), [""; 0], "{}", place.display());
        day.world.git(place, &["repack", "-a", "-d", "--quiet"]);
        assert_eq!(found(&day.world, place, &needles()), [""; 0], "{}, packed", place.display());
    }
    day.world.is_in_order(&day.work);
}

#[test]
fn what_was_stored_and_sent_is_taken_out_of_every_object_here_and_there() {
    let mut day = Day::new();
    day.allow_everything();
    for value in values() {
        day.says(&format!("here it is: {value} and go on"));
        day.companions(&format!("token={value}"));
        day.commit("step");
        day.ckpt(&["save", "-m", &format!("# Step\n\nuse {value}")]);
    }
    day.ckpt(&["push"]);
    let planted = needles();
    for place in [&day.work, &day.server] {
        assert_eq!(found(&day.world, place, &planted).len(), planted.len(), "{}", place.display());
    }
    let before = day.world.restored(&day.work, "HEAD");
    day.world.git(&day.work, &["config", "--unset", "ckpt.redact.allow"]);
    day.world.ckpt(&day.work, &["scan", "--all"]).fails(11, &[]);
    let targets: Vec<String> = (0..values().len()).map(|number| format!("HEAD~{number}")).collect();
    let mut redact = vec!["redact", "--yes"];
    redact.extend(targets.iter().map(String::as_str));
    let said = day.ckpt(&redact).err;
    assert!(said.contains("origin still has it"), "{said}");
    day.ckpt(&["scan", "--all"]);
    day.world.is_in_order(&day.work);
    day.ckpt(&["push"]);
    for place in [&day.work, &day.server] {
        day.world.git(place, &["gc", "--quiet", "--prune=now"]);
        assert_eq!(found(&day.world, place, &planted), [""; 0], "{}", place.display());
    }
    day.world.is_in_order(&day.work);
    assert!(day.world.restored(&day.work, "HEAD") == before);
}

#[test]
fn another_machine_has_every_byte_but_the_secrets_and_with_the_vault_these_too() {
    let mut day = Day::new();
    for value in values() {
        day.says(&format!("here it is: {value} and go on"));
    }
    let id = day.ckpt(&["save", "--json", "-m", "# All of them"]).id();
    let original = fs::read(day.transcript()).unwrap();
    assert!(day.world.restored(&day.work, &id) == original);
    day.ckpt(&["push"]);
    let elsewhere = World::new();
    let place = elsewhere.path("clone");
    let home = elsewhere.path("home");
    elsewhere.git(
        &home,
        &[
            "clone",
            "--quiet",
            "--branch",
            "main",
            day.server.to_str().unwrap(),
            place.to_str().unwrap(),
        ],
    );
    elsewhere.ckpt(&place, &["fetch", "--logs"]).succeeds();
    let gaps = restored_elsewhere(&elsewhere, &place, &id);
    let text = String::from_utf8(gaps).unwrap();
    assert!(text.contains("[REDACTED:github-pat:"));
    assert_eq!(text.lines().count(), original.iter().filter(|byte| **byte == b'\n').count());
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let exported = day.world.path("vault.export");
    day.ckpt(&["vault", "export", exported.to_str().unwrap()]);
    elsewhere.ckpt(&place, &["vault", "import", exported.to_str().unwrap()]).succeeds();
    assert!(restored_elsewhere(&elsewhere, &place, &id) == original);
}

fn restored_elsewhere(world: &World, place: &Path, id: &str) -> Vec<u8> {
    let to = world.path("to");
    world.ckpt(place, &["restore", id, "--to", to.to_str().unwrap(), "--yes"]).succeeds();
    let bytes = fs::read(to.join("transcript.jsonl")).unwrap();
    fs::remove_dir_all(to).unwrap();
    bytes
}
