//! A line of a transcript of Claude Code: never an error, whatever it holds.

#![no_main]

use git_ckpt::agent::adapter;
use git_ckpt::model::agent::Agent;
use git_ckpt::model::digest::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let mut digest = Digest::default();
    digest.take(adapter(Agent::ClaudeCode).read(line), &mut |text| text.len() as u64);
});
