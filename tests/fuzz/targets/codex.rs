//! A line of a rollout of Codex: never an error, and a fork exchanges nothing but ids.

#![no_main]

use git_ckpt::agent::adapter;
use git_ckpt::model::agent::Agent;
use git_ckpt::model::digest::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let codex = adapter(Agent::Codex);
    let mut digest = Digest::default();
    digest.take(codex.read(line), &mut |text| text.len() as u64);
    let id = "00000000-0000-4000-8000-000000000000".parse().expect("this is an id");
    let _ = codex.fork_line(line, &id);
});
