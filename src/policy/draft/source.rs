//! Where a line of a draft comes from.

use std::fmt;

use serde::Serialize;

use crate::model::digest::{Moment, Saying, Speaker};
use crate::policy::outline::guidance_free;

const START: &str = "<!-- from ";
const MARKED: &str = "<!-- ckpt: from ";
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

    /// It as a comment of markdown.
    pub(super) fn comment(&self) -> String {
        format!("{START}{self}{END}")
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

/// A text in which sources are comments that are never part of a document.
pub fn with_marked_sources(text: &str) -> String {
    text.replace(START, MARKED)
}

/// A text without its sources.
pub fn without_sources(text: &str) -> String {
    let free = guidance_free(text);
    free.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
