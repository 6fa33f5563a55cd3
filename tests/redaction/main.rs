//! What is found and what is left alone: every rule in many forms, secrets planted into transcripts, ids, cuts.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod forms;
mod generate;
mod hostile;
mod ids;
mod known;
mod pasted;
mod planted;
mod properties;
mod public_rules;
mod samples;
mod tails;

use git_ckpt::policy::redaction::{Known, Match, Scanner};

fn scanner() -> Scanner {
    Scanner::new(&Known::default())
}

/// Some finding takes in all of `secret`, as it stands in `text`.
fn covers(findings: &[Match<'_>], text: &[u8], secret: &[u8]) -> bool {
    let places = memchr::memmem::find_iter(text, secret).collect::<Vec<_>>();
    let covered = |at: &usize| {
        findings
            .iter()
            .any(|found| found.range.start <= *at && found.range.end >= at + secret.len())
    };
    !places.is_empty() && places.iter().all(covered)
}

/// `text` with every finding replaced as a capture replaces it.
fn replaced(text: &[u8], findings: &[Match<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for Match { range, rule } in findings {
        out.extend(&text[at..range.start]);
        out.extend(format!("[REDACTED:{rule}:abcdefghij27]").bytes());
        at = range.end;
    }
    out.extend(&text[at..]);
    out
}

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(line).is_ok()
}
