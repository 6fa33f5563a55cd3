//! Where a line of a draft comes from.

use std::fmt;

use serde::Serialize;

use crate::model::digest::{Moment, Saying, Speaker};
use crate::model::outline::Part;

const START: &str = "<!-- from ";
const END: &str = " -->";

/// What a line of a draft goes back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Words of one of the two sides.
    Said {
        turn: u64,
        speaker: Speaker,
    },
    /// Edits of a file.
    File {
        turn: u64,
        edits: u64,
    },
    Commit {
        turn: u64,
    },
    Test {
        turn: u64,
    },
    /// The agent's to-do list.
    Todo,
}

impl Source {
    pub(super) fn said(when: Moment, speaker: Speaker) -> Self {
        Self::Said { turn: when.turn, speaker }
    }

    pub(super) fn of(saying: &Saying) -> Self {
        Self::said(saying.when, saying.speaker)
    }

    /// A part with its source behind its first words, as a comment of markdown.
    pub(super) fn beside(&self, mut part: Part) -> Part {
        let text = match &mut part {
            Part::Decision(decision) => &mut decision.decision,
            Part::Item(item) => &mut item.text,
            Part::Step(step) => &mut step.text,
            Part::File(file) => file.note.get_or_insert_default(),
            Part::Point(point) => &mut point.text,
            Part::Prose { text } => text,
            Part::Table(_) => return part,
        };
        let gap = if text.is_empty() { "" } else { " " };
        *text = format!("{text}{gap}{START}{self}{END}");
        part
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said { turn, speaker: Speaker::Person } => write!(f, "turn {turn}, you"),
            Self::Said { turn, speaker: Speaker::Agent } => write!(f, "turn {turn}, agent"),
            Self::File { turn, edits: 0 } => write!(f, "turn {turn}, named by you"),
            Self::File { turn, edits: 1 } => write!(f, "turn {turn}, one edit"),
            Self::File { turn, edits } => write!(f, "turn {turn}, the last of {edits} edits"),
            Self::Commit { turn } => write!(f, "turn {turn}, commit"),
            Self::Test { turn } => write!(f, "turn {turn}, test run"),
            Self::Todo => f.write_str("the to-do list"),
        }
    }
}

/// A text without the sources that [`Source::beside`] put there.
pub fn without_sources(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(START) {
        let Some((_, after)) = behind.split_once(END) else { break };
        clean.push_str(before.trim_end_matches([' ', ':']));
        rest = after;
    }
    clean.push_str(rest);
    clean
}
