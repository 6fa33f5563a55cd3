//! Finds secrets in transcripts and documents: by rules, by what surrounds them, and by their known values.
//!
//! The rules are the public ones of gitleaks and some of our own (`rules/`), turned into static tables when the program
//! is built. A finding is the raw bytes of a secret, however often the text is escaped; replacing it by a placeholder
//! leaves a line of JSON a line of JSON. Nothing here keeps or replaces what it finds.

mod address;
mod assigned;
mod dotenv;
mod fragments;
mod judge;
mod known;
mod pem;
mod place;
mod rules;
mod search;
mod structure;
mod tail;
mod views;
mod wrapped;

use std::cmp::Reverse;
use std::ops::Range;

pub use dotenv::parse_dotenv;
pub use known::{Known, known_from_env};

use crate::policy::redaction::known::KnownValues;
use crate::policy::redaction::search::Search;

/// The rules that go by a name before the value; any other rule for the same bytes says more.
const GENERIC: [&str; 2] = ["generic-api-key", "assigned-secret"];

/// What stands in the place of a finding while its surroundings are looked at again: what a placeholder begins with.
const MASK: u8 = b'[';
/// How often they are.
const PASSES: usize = 3;

/// The rule of private keys in PEM.
const KEY: &str = "private-key";

/// A secret, as it stands in the text that was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'s> {
    pub range: Range<usize>,
    /// What found it: lower-case letters, digits and `-`.
    pub rule: &'s str,
}

/// Finds secrets by all rules and by the values it was told.
pub struct Scanner {
    known: KnownValues,
}

impl Scanner {
    pub fn new(known: &Known) -> Self {
        Self { known: KnownValues::new(known) }
    }

    /// The secrets in `text`, which consists of whole lines: in order, and none over another.
    pub fn scan(&self, text: &[u8]) -> Vec<Match<'_>> {
        let mut found = self.pass(text);
        if found.is_empty() {
            return found;
        }
        // What stood against a secret may be one itself, now that something else will stand there.
        let mut masked = text.to_vec();
        for _ in 0..PASSES {
            found.iter().for_each(|finding| masked[finding.range.clone()].fill(MASK));
            let mut more = self.pass(&masked);
            more.retain(|one| !found.iter().any(|other| is_within(&one.range, &other.range)));
            if more.is_empty() {
                break;
            }
            found.append(&mut more);
            found = joined(found);
        }
        found
    }

    fn pass(&self, text: &[u8]) -> Vec<Match<'_>> {
        let mut found: Vec<Match<'_>> = self
            .known
            .find(text)
            .into_iter()
            .map(|(range, rule)| Match { range: views::whole_escapes(text, range), rule })
            .collect();
        for fragment in fragments::fragments(text) {
            let start = fragment.range.start;
            let secrets = Search::new(&text[fragment.range], fragment.is_json).run();
            found.extend(secrets.into_iter().map(|(range, rule)| Match {
                range: start + range.start..start + range.end,
                rule,
            }));
        }
        settled(text, found)
    }

    /// The offset from which a secret may go on behind the end of `text`, so that a caller who reads on holds that
    /// part back and scans it with what follows.
    pub fn open_at_end(&self, text: &[u8]) -> Option<usize> {
        tail::open_at_end(text)
    }

    /// The offset of what may be the first half of a secret where `text` ends and nothing follows for now.
    pub fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
        tail::begun_at_end(text)
    }
}

fn is_within(one: &Range<usize>, other: &Range<usize>) -> bool {
    other.start <= one.start && one.end <= other.end
}

/// What of `found` is no number and no placeholder, in order, with those that overlap made one.
fn settled<'s>(text: &[u8], mut found: Vec<Match<'s>>) -> Vec<Match<'s>> {
    found.retain(|finding| {
        // A key is one from its first line to its last, whatever was replaced between them.
        let is_replaced = || finding.rule != KEY && judge::is_placeholder(text, &finding.range);
        !is_number(text, &finding.range) && !is_replaced()
    });
    joined(found)
}

/// Findings in order, with those that overlap made one.
fn joined(mut found: Vec<Match<'_>>) -> Vec<Match<'_>> {
    found.sort_by_key(|finding| (finding.range.start, Reverse(finding.range.end)));
    let mut joined: Vec<Match<'_>> = Vec::new();
    for finding in found {
        match joined.last_mut() {
            Some(last) if finding.range.start < last.range.end => {
                if GENERIC.contains(&last.rule) && !GENERIC.contains(&finding.rule) {
                    last.rule = finding.rule;
                }
                last.range.end = last.range.end.max(finding.range.end);
            }
            _ => joined.push(finding),
        }
    }
    joined
}

/// The bytes are a number in JSON, in whose place no other text can stand.
fn is_number(text: &[u8], range: &Range<usize>) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    text[range.clone()].iter().all(is_digit) && {
        let before = text[..range.start].trim_ascii_end();
        before.ends_with(b"\":") || before.ends_with(b",") || before.ends_with(b"[")
    }
}
