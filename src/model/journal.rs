//! The journal: what is worth remembering between two checkpoints, a note at a time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::checkpoint::CheckpointId;
use crate::model::time::Timestamp;

/// What a note is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    #[default]
    Note,
    /// What was chosen, and why.
    Decision,
    /// What was looked at and will not be done, and why.
    RuledOut,
    /// What has to hold whatever is done.
    Constraint,
    /// What nobody has answered yet.
    Question,
    /// What is easily forgotten and costs much then.
    DontForget,
    /// What was done.
    Progress,
}

impl NoteKind {
    /// In the order in which a document tells them.
    pub const ALL: [Self; 7] = [
        Self::Decision,
        Self::RuledOut,
        Self::Question,
        Self::Progress,
        Self::Constraint,
        Self::DontForget,
        Self::Note,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Decision => "decision",
            Self::RuledOut => "ruled-out",
            Self::Constraint => "constraint",
            Self::Question => "question",
            Self::DontForget => "dont-forget",
            Self::Progress => "progress",
        }
    }
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no kind of note.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no kind of note: {list}", list = NoteKind::ALL.map(NoteKind::name).join(", "))]
pub struct NotANoteKind(pub String);

impl FromStr for NoteKind {
    type Err = NotANoteKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The apostrophe belongs to it in English, and is a nuisance in a shell.
        let text = if text == "don't-forget" { Self::DontForget.name() } else { text };
        let named = Self::ALL.into_iter().find(|kind| kind.name() == text);
        named.ok_or_else(|| NotANoteKind(text.to_owned()))
    }
}

/// One note of a worktree's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Counted from 1 in each worktree, and never given to another note.
    pub number: u64,
    #[serde(default)]
    pub kind: NoteKind,
    pub text: String,
    pub written: Timestamp,
    /// What became of it; `None` while no checkpoint has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Why a note is not open any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The checkpoint whose document it went into.
    Taken(CheckpointId),
    /// Its author took it back.
    Dropped,
}

impl Note {
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}
