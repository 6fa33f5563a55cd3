//! Real transcripts, read whole: the figures of each are asserted, as counted by hand and by another program.
//!
//! The transcripts are not in this repository; `CKPT_SAMPLES` names the directory that holds them.

#![allow(clippy::unwrap_used)]

mod samples;

use std::fs;
use std::path::Path;

use git_ckpt::agent::adapter;
use git_ckpt::agent::tail::Tail;
use git_ckpt::model::agent::Agent;
use git_ckpt::model::digest::Digest;

use samples::{files_below, samples};

/// What is expected of one transcript.
struct Expected {
    file: &'static str,
    turns: u64,
    tool_calls: u64,
    compactions: u64,
    context: u64,
    model: &'static str,
    files: usize,
    edits: u64,
    commits: usize,
    subagents: u64,
}

const EXPECTED: &[Expected] = &[
    Expected {
        file: "claude/2.0.64_cde341db.jsonl",
        turns: 2,
        tool_calls: 66,
        compactions: 0,
        context: 61909,
        model: "claude-opus-4-5-20251101",
        files: 2,
        edits: 17,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "claude/2.0.67_8e1cbf40_erk.jsonl",
        turns: 1,
        tool_calls: 208,
        compactions: 0,
        context: 145246,
        model: "claude-opus-4-6",
        files: 38,
        edits: 62,
        commits: 1,
        subagents: 3,
    },
    Expected {
        file: "claude/2.0.67_a5c478e1_erk.jsonl",
        turns: 1,
        tool_calls: 94,
        compactions: 1,
        context: 46633,
        model: "claude-opus-4-6",
        files: 13,
        edits: 20,
        commits: 1,
        subagents: 7,
    },
    Expected {
        file: "claude/2.1.119_95047199.jsonl",
        turns: 10,
        tool_calls: 133,
        compactions: 0,
        context: 162693,
        model: "claude-opus-4-7",
        files: 11,
        edits: 31,
        commits: 5,
        subagents: 1,
    },
    Expected {
        file: "claude/2.1.178_5632e712.jsonl",
        turns: 10,
        tool_calls: 287,
        compactions: 0,
        context: 427204,
        model: "claude-opus-4-8",
        files: 35,
        edits: 114,
        commits: 0,
        subagents: 2,
    },
    Expected {
        file: "claude/2.1.199_1e0a84da.jsonl",
        turns: 2,
        tool_calls: 183,
        compactions: 0,
        context: 295618,
        model: "claude-fable-5",
        files: 27,
        edits: 45,
        commits: 5,
        subagents: 9,
    },
    Expected {
        file: "claude/2.1.29_062a8bdd.jsonl",
        turns: 23,
        tool_calls: 127,
        compactions: 1,
        context: 107096,
        model: "claude-opus-4-5-20251101",
        files: 16,
        edits: 28,
        commits: 1,
        subagents: 0,
    },
    Expected {
        file: "claude/2.1.33_1a289c77.jsonl",
        turns: 4,
        tool_calls: 105,
        compactions: 1,
        context: 110581,
        model: "claude-opus-4-6",
        files: 7,
        edits: 20,
        commits: 1,
        subagents: 2,
    },
    Expected {
        file: "claude/2.1.56_87418835_erk.jsonl",
        turns: 13,
        tool_calls: 249,
        compactions: 1,
        context: 114009,
        model: "claude-opus-4-6",
        files: 23,
        edits: 85,
        commits: 0,
        subagents: 15,
    },
    Expected {
        file: "claude/2.1.56_99eb466a_erk.jsonl",
        turns: 1,
        tool_calls: 131,
        compactions: 0,
        context: 158027,
        model: "claude-opus-4-6",
        files: 17,
        edits: 56,
        commits: 0,
        subagents: 3,
    },
    Expected {
        file: "claude/2.1.56_ae4a1257_erk.jsonl",
        turns: 1,
        tool_calls: 86,
        compactions: 1,
        context: 56729,
        model: "claude-opus-4-6",
        files: 11,
        edits: 18,
        commits: 0,
        subagents: 7,
    },
    Expected {
        file: "claude/2.1.62_99677899_erk.jsonl",
        turns: 1,
        tool_calls: 14,
        compactions: 0,
        context: 40722,
        model: "claude-haiku-4-5-20251001",
        files: 1,
        edits: 1,
        commits: 0,
        subagents: 2,
    },
    Expected {
        file: "claude/2.1.62_b2c8258b_erk.jsonl",
        turns: 1,
        tool_calls: 19,
        compactions: 0,
        context: 42009,
        model: "claude-sonnet-4-6",
        files: 1,
        edits: 3,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "claude/2.1.63_176c738e_erk.jsonl",
        turns: 1,
        tool_calls: 60,
        compactions: 0,
        context: 109956,
        model: "claude-opus-4-6",
        files: 8,
        edits: 16,
        commits: 0,
        subagents: 2,
    },
    // Has no reports of finished calls, and an edit without one is not believed.
    Expected {
        file: "claude/gitai_claude-code-with-plan.jsonl",
        turns: 1,
        tool_calls: 3,
        compactions: 0,
        context: 30,
        model: "claude-sonnet-4-20250514",
        files: 0,
        edits: 0,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/00.jsonl",
        turns: 4,
        tool_calls: 135,
        compactions: 0,
        context: 177589,
        model: "claude-opus-4-7",
        files: 11,
        edits: 37,
        commits: 2,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/02.jsonl",
        turns: 9,
        tool_calls: 191,
        compactions: 0,
        context: 249684,
        model: "claude-opus-4-7",
        files: 11,
        edits: 53,
        commits: 4,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/04.jsonl",
        turns: 12,
        tool_calls: 250,
        compactions: 0,
        context: 312375,
        model: "claude-opus-4-7",
        files: 12,
        edits: 81,
        commits: 7,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/06.jsonl",
        turns: 16,
        tool_calls: 326,
        compactions: 0,
        context: 390457,
        model: "claude-opus-4-7",
        files: 16,
        edits: 108,
        commits: 10,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/08.jsonl",
        turns: 18,
        tool_calls: 347,
        compactions: 0,
        context: 433202,
        model: "claude-opus-4-7",
        files: 16,
        edits: 116,
        commits: 12,
        subagents: 0,
    },
    Expected {
        file: "claude/series_c6d33f96/10.jsonl",
        turns: 29,
        tool_calls: 441,
        compactions: 0,
        context: 596887,
        model: "claude-opus-4-7",
        files: 16,
        edits: 136,
        commits: 16,
        subagents: 0,
    },
    Expected {
        file: "codex/0.128.0_f04e451e3a4e.jsonl",
        turns: 4,
        tool_calls: 58,
        compactions: 0,
        context: 127686,
        model: "gpt-5.4",
        files: 0,
        edits: 0,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "codex/0.139.0_be145282f275.jsonl",
        turns: 1,
        tool_calls: 38,
        compactions: 0,
        context: 113581,
        model: "gpt-5.5",
        files: 0,
        edits: 0,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "codex/0.142.2_b54ecd71be23.jsonl",
        turns: 10,
        tool_calls: 177,
        compactions: 2,
        context: 97997,
        model: "gpt-5.3-codex-spark",
        files: 5,
        edits: 15,
        commits: 2,
        subagents: 0,
    },
    Expected {
        file: "codex/0.142.5_85144c802798.jsonl",
        turns: 11,
        tool_calls: 311,
        compactions: 2,
        context: 108565,
        model: "gpt-5.5",
        files: 6,
        edits: 8,
        commits: 5,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/00.jsonl",
        turns: 12,
        tool_calls: 194,
        compactions: 1,
        context: 63393,
        model: "gpt-5.4",
        files: 6,
        edits: 34,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/02.jsonl",
        turns: 17,
        tool_calls: 277,
        compactions: 1,
        context: 97133,
        model: "gpt-5.4",
        files: 8,
        edits: 50,
        commits: 4,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/04.jsonl",
        turns: 22,
        tool_calls: 345,
        compactions: 1,
        context: 165069,
        model: "gpt-5.4",
        files: 8,
        edits: 66,
        commits: 6,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/06.jsonl",
        turns: 24,
        tool_calls: 363,
        compactions: 1,
        context: 170385,
        model: "gpt-5.4",
        files: 8,
        edits: 68,
        commits: 6,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/08.jsonl",
        turns: 24,
        tool_calls: 392,
        compactions: 1,
        context: 180940,
        model: "gpt-5.4",
        files: 8,
        edits: 73,
        commits: 8,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/10.jsonl",
        turns: 30,
        tool_calls: 437,
        compactions: 1,
        context: 197016,
        model: "gpt-5.4",
        files: 10,
        edits: 79,
        commits: 10,
        subagents: 0,
    },
    Expected {
        file: "codex/series_4d9d5603/12.jsonl",
        turns: 32,
        tool_calls: 470,
        compactions: 1,
        context: 213357,
        model: "gpt-5.4",
        files: 10,
        edits: 86,
        commits: 12,
        subagents: 0,
    },
    Expected {
        file: "codex/small_0.139.0_67c8c823ceaf.jsonl",
        turns: 1,
        tool_calls: 4,
        compactions: 0,
        context: 16039,
        model: "gpt-5.5",
        files: 0,
        edits: 0,
        commits: 0,
        subagents: 0,
    },
    Expected {
        file: "codex/subagent_0.118.0_a8421746ef80.jsonl",
        turns: 19,
        tool_calls: 289,
        compactions: 1,
        context: 140528,
        model: "gpt-5.4",
        files: 8,
        edits: 27,
        commits: 8,
        subagents: 12,
    },
];

fn agent_of(file: &str) -> Agent {
    if file.starts_with("codex/") { Agent::Codex } else { Agent::ClaudeCode }
}

fn digest(agent: Agent, transcript: &[u8]) -> Digest {
    let mut digest = Digest::default();
    for line in transcript.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        digest.take(adapter(agent).read(line), &mut |_| 0);
    }
    digest
}

fn difference(samples: &Path, expected: &Expected) -> Option<String> {
    let bytes = fs::read(samples.join(expected.file)).unwrap();
    let digest = digest(agent_of(expected.file), &bytes);
    let edits: u64 = digest.files.iter().map(|file| file.edits).sum();
    let told = (
        (
            digest.turns,
            digest.tool_calls,
            digest.compactions,
            git_ckpt::ops::transcript::session_tokens(&digest).tokens,
        ),
        digest.model.as_deref(),
        (digest.files.len(), edits, digest.commits.len(), digest.subagents),
    );
    let wanted = (
        (expected.turns, expected.tool_calls, expected.compactions, expected.context),
        Some(expected.model),
        (expected.files, expected.edits, expected.commits, expected.subagents),
    );
    (told != wanted).then(|| format!("{}\n  told   {told:?}\n  wanted {wanted:?}", expected.file))
}

#[test]
fn every_transcript_tells_the_figures_that_were_counted() {
    let Some(samples) = samples() else { return };
    let differences: Vec<String> =
        EXPECTED.iter().filter_map(|expected| difference(&samples, expected)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_transcript_cut_at_any_byte_is_read_without_a_panic() {
    let Some(samples) = samples() else { return };
    for file in ["claude/2.1.62_b2c8258b_erk.jsonl", "codex/small_0.139.0_67c8c823ceaf.jsonl"] {
        let bytes = fs::read(samples.join(file)).unwrap();
        for (start, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            for cut in (0..line.len()).step_by(1 + line.len() / 40 + start % 3) {
                let record = adapter(agent_of(file)).read(&line[..cut]);
                assert!(record.malformed || cut == 0, "{file}: {cut} bytes of a line are whole");
                adapter(agent_of(file)).read(&line[cut..]);
            }
        }
    }
}

#[test]
fn only_the_agents_own_adapter_knows_a_transcript() {
    let Some(samples) = samples() else { return };
    for expected in EXPECTED {
        let path = samples.join(expected.file);
        for agent in Agent::ALL {
            let found = adapter(agent).session_at(&path);
            assert_eq!(found.is_some(), agent == agent_of(expected.file), "{}", expected.file);
        }
    }
}

/// What the end of a transcript tells at twenty lengths of it, where that is not what all of it tells.
fn deviations(path: &Path, agent: Agent) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let mut found = adapter(agent).session_at(path).unwrap();
    let (mut digest, mut deviations) = (Digest::default(), Vec::new());
    let (mut length, step) = (0, bytes.len().div_ceil(20));
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        digest.take(adapter(agent).read(line.trim_ascii_end()), &mut |_| 0);
        let before = length;
        length += line.len();
        if before / step == length / step && length < bytes.len() {
            continue;
        }
        found.bytes = length as u64;
        let tail = Tail::of(&found).unwrap();
        let usage = digest.usage.as_ref();
        let wanted = (usage.map(|usage| usage.context), usage.and_then(|usage| usage.window));
        if (tail.context, tail.window) != wanted {
            let told = (tail.context, tail.window);
            deviations.push(format!("{} {length}: {told:?}, not {wanted:?}", path.display()));
        }
    }
    deviations
}

#[test]
fn the_end_of_a_transcript_tells_the_context_that_all_of_it_does() {
    let Some(samples) = samples() else { return };
    let mut deviating = Vec::new();
    let mut read = 0;
    for (directory, agent) in [("claude", Agent::ClaudeCode), ("codex", Agent::Codex)] {
        for path in files_below(&samples.join(directory)) {
            if adapter(agent).session_at(&path).is_some() {
                read += 1;
                deviating.extend(deviations(&path, agent));
            }
        }
    }
    assert!(read >= EXPECTED.len(), "{read} transcripts");
    assert!(deviating.is_empty(), "{}", deviating.join("\n"));
}
