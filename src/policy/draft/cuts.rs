//! What a person took out of a draft, so that it is not drafted again.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::model::outline::{Entry, Part};
use crate::policy::draft::written;
use crate::policy::ear::without_mark;

/// Most lines that are remembered.
const LINES: usize = 500;

/// Hashes of lines that were taken out, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cuts(Vec<u64>);

impl Cuts {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers lines that are gone; what came back in by hand is no longer out.
    pub fn add(&mut self, gone: &[String], present: &str) {
        self.0.extend(gone.iter().map(|line| mark(line)));
        let present: Vec<u64> = present.lines().map(mark).collect();
        let mut seen = Vec::new();
        self.0.retain(|mark| {
            let keep = !present.contains(mark) && !seen.contains(mark);
            seen.push(*mark);
            keep
        });
        let surplus = self.0.len().saturating_sub(LINES);
        self.0.drain(..surplus);
    }

    /// Takes what is out off a part; `false` where nothing is left of it.
    pub(super) fn leave(&self, part: &mut Part) -> bool {
        if self.is_empty() {
            return true;
        }
        if let Part::Decision(decision) = part {
            let out = |label: &str, text: &String| self.has(&format!("{label}: {text}"));
            decision.rationale.take_if(|text| out("Why", text));
            decision.evaluated.take_if(|text| out("Evaluated", text));
        }
        if let Part::Point(point) = part {
            point.details.retain(|line| !self.has(line));
        }
        let entry: Entry = part.clone().into();
        !written(vec![entry]).lines().next().is_some_and(|line| self.has(line))
    }

    fn has(&self, line: &str) -> bool {
        self.0.contains(&mark(line))
    }
}

/// The lines of `before` that say something and are not in `after`.
pub fn missing_lines(before: &str, after: &str) -> Vec<String> {
    let kept: Vec<u64> = after.lines().map(mark).collect();
    let says = |line: &&str| {
        let line = line.trim();
        !(line.is_empty() || line.starts_with('#') || line.starts_with("<!--") || line == "---")
    };
    before
        .lines()
        .filter(says)
        .filter(|line| !kept.contains(&mark(line)))
        .map(str::to_owned)
        .collect()
}

/// The hash of a line's words: bullets, numbers, boxes, case and punctuation do not count.
fn mark(line: &str) -> u64 {
    let words = without_mark(line.trim().trim_start_matches('>').trim()).to_lowercase();
    let words: Vec<&str> = words
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    xxh3_64(words.join(" ").as_bytes())
}
