//! What is amiss with a document: a table of rules, each with a function that looks for one thing.
//!
//! A rule says what a next session would stumble over, and how to mend it. It reads words, not meaning: what it cannot
//! see is listed in `docs/design/0019-documents.md`. Where it is in doubt it is silent.

mod decisions;
#[cfg(test)]
mod documents;
mod files;
mod pasted;
mod rules;
mod said;
mod shape;
mod style;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeMap;

use crate::model::conventions::Level;
use crate::model::outline::Outline;

pub use rules::{RULES, Rule, find};
pub use said::is_nothing;
pub use work::fails;

/// Longest body, in bytes, that is looked through line by line. Of a longer one only the length is told: all else that
/// could be said of it is noise beside that.
const LONGEST: usize = 1 << 20;

/// What is known of a document and of what it speaks of.
pub struct Material<'a> {
    /// What it goes by on the command line.
    pub name: &'a str,
    /// Without front matter; its lines are counted.
    pub body: &'a str,
    /// Of that body.
    pub outline: &'a Outline,
    pub tokens: u64,
    pub budget: u64,
    /// The headings that it has to have.
    pub required: &'a [String],
    /// Its status says that the work is blocked.
    pub blocked: bool,
    /// Its status says that the work is done.
    pub completed: bool,
    /// Whether there is a file at a path from the root of the repository, where that can be told.
    pub has_file: Option<&'a dyn Fn(&str) -> bool>,
    /// The document before it on this history.
    pub previous: Option<&'a Outline>,
    /// Nobody wrote it: what it lacks is no error, for only a person knows it.
    pub drafted: bool,
}

/// Something that is amiss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub level: Level,
    /// Of the body, counted from 0; `None` where something is not there.
    pub line: Option<usize>,
    pub message: String,
    pub fix: String,
}

/// What a rule saw.
struct Seen {
    line: Option<usize>,
    message: String,
    fix: String,
}

/// Looks for everything that is not switched off, in the order of the lines.
pub fn lint(material: &Material, levels: &BTreeMap<String, Level>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let rules = if material.body.len() > LONGEST { &RULES[..1] } else { &RULES[..] };
    for rule in rules {
        let usual = if material.drafted { rule.level.min(Level::Warning) } else { rule.level };
        let level = levels.get(rule.name).copied().unwrap_or(usual);
        if level == Level::Off {
            continue;
        }
        let finding =
            |Seen { line, message, fix }| Finding { rule: rule.name, level, line, message, fix };
        findings.extend((rule.check)(material).into_iter().map(finding));
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}
