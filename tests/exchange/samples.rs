//! Real transcripts: what is told of them counts as many turns and calls as their digest.

use std::fs;
use std::path::{Path, PathBuf};

use git_ckpt::agent::adapter;
use git_ckpt::model::agent::Agent;
use git_ckpt::model::digest::Digest;
use serde_json::Value;

use crate::recorded::{self, files_below};
use crate::told::{check_messages, check_trajectory};
use crate::world::World;

fn transcripts(directory: &Path) -> Vec<PathBuf> {
    let mut found = files_below(directory);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    found
}

fn told(world: &World, format: &str) -> Value {
    let run = world.ckpt(&["export", "--format", format]);
    assert_eq!(run.code, 0, "{run}");
    serde_json::from_slice(&run.output.stdout).unwrap()
}

fn digest(agent: Agent, bytes: &[u8]) -> Digest {
    let mut digest = Digest::default();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        digest.take(adapter(agent).read(line), &mut |_| 0);
    }
    digest
}

fn count(trajectory: &Value, calls: bool) -> u64 {
    let steps = trajectory["steps"].as_array().unwrap().iter();
    let of_steps = if calls {
        steps.map(|step| step["tool_calls"].as_array().map_or(0, Vec::len) as u64).sum::<u64>()
    } else {
        return steps.filter(|step| step["source"] == "user").count() as u64;
    };
    let sides = trajectory["subagent_trajectories"].as_array().into_iter().flatten();
    of_steps + sides.map(|side| count(side, true)).sum::<u64>()
}

/// Saves one transcript in a world of its own, and tells it in every form.
fn check(agent: Agent, sample: &Path) -> Option<u64> {
    let bytes = fs::read(sample).unwrap();
    let world = World::new();
    let place = match agent {
        Agent::ClaudeCode => world.claude().path(),
        Agent::Codex => world.codex().path(),
    };
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(&place, &bytes).unwrap();
    if world.ckpt(&["save", "--session", place.to_str().unwrap()]).code != 0 {
        return None;
    }
    let digest = digest(agent, &bytes);
    let expected = (digest.turns, digest.tool_calls);
    let atif = told(&world, "atif");
    check_trajectory(&atif);
    let name = sample.display();
    assert_eq!((count(&atif, false), count(&atif, true)), expected, "{name}");
    let messages = told(&world, "messages");
    check_messages(&messages);
    let said = (&messages["turns"], &messages["tool_calls"]);
    assert_eq!(said, (&expected.0.into(), &expected.1.into()), "{name}");
    assert_eq!(world.ckpt(&["export", "-f", "transcript"]).output.stdout, bytes, "{name}");
    assert_eq!(world.ckpt(&["export", "-f", "markdown"]).code, 0);
    Some(bytes.len() as u64)
}

#[test]
fn every_real_transcript_is_told_in_full() {
    let Some(samples) = recorded::samples() else { return };
    for (agent, name) in [(Agent::ClaudeCode, "claude"), (Agent::Codex, "codex")] {
        let all = transcripts(&samples.join(name));
        let told = all.iter().filter(|sample| check(agent, sample).is_some()).count();
        assert!(told * 10 >= all.len() * 9, "{told} of {} of {name}", all.len());
    }
}
