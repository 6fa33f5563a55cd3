//! A checkpoint: one immutable record of an agent's state at one commit.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::hash::from_hex;
use crate::model::object::ObjectId;
use crate::model::snapshot::{FileName, Snapshot, StoredFile};
use crate::model::time::Timestamp;

/// The version of documents that anybody can read.
pub const FORMAT: u32 = 1;
/// The version of sealed documents, and the newest that this program fully understands.
pub const SEALED: u32 = 2;

/// The name of a checkpoint: the first 160 bits of a SHA-256 over its document, as 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckpointId(String);

impl CheckpointId {
    pub const DIGITS: usize = 40;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, as shown to a person.
    pub fn short(&self) -> &str {
        &self.0[..10]
    }
}

/// The text is not 40 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a checkpoint id (40 hexadecimal digits)")]
pub struct NotACheckpointId(pub String);

impl FromStr for CheckpointId {
    type Err = NotACheckpointId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == Self::DIGITS && from_hex(text).is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotACheckpointId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for CheckpointId {
    type Error = NotACheckpointId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CheckpointId> for String {
    fn from(id: CheckpointId) -> Self {
        id.0
    }
}

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a checkpoint was made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Work,
    Handoff,
    Debug,
    Safety,
    Bulk,
    Task,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Handoff => "handoff",
            Self::Debug => "debug",
            Self::Safety => "safety",
            Self::Bulk => "bulk",
            Self::Task => "task",
        }
    }
}

/// How far the work had come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    InProgress,
    Completed,
    Blocked,
}

impl Status {
    /// The words that a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::Completed => "completed",
            Self::Blocked => "blocked",
        }
    }
}

/// Steps done, of all steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// What a checkpoint says of itself: the front matter of its document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub format: u32,
    pub title: String,
    pub created: Timestamp,
    pub author: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub status: Status,
    /// The document was put together by this program and nobody has edited it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// The session as it was when the commit was left: what is brought back with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Secrets were not looked for: its author wanted them to stay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unredacted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The template that the document keeps to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// Tokens of the body, as `tokenizer` counts them.
    #[serde(default)]
    pub tokens: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<CheckpointId>,
    #[serde(flatten)]
    pub anchors: Anchors,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<Snapshot>,
    /// Files that were attached, each name once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The task that was open, out of which it can be taken up elsewhere; as it is stored, so that what a newer version
    /// wrote is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<serde_json::Value>,
    /// Keys that this version does not know, kept as they were.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// A file that was attached to a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: FileName,
    #[serde(flatten)]
    pub stored: StoredFile,
}

/// A stored file that a document names. What a list of companion files names in its turn is told by that list.
#[derive(Clone, Copy, Debug)]
pub enum Part<'h> {
    Transcript(&'h Snapshot),
    CompanionList(&'h Snapshot, &'h StoredFile),
    Attachment(&'h Attachment),
}

impl<'h> Part<'h> {
    pub fn stored(self) -> &'h StoredFile {
        match self {
            Self::Transcript(snapshot) => &snapshot.transcript,
            Self::CompanionList(_, list) => list,
            Self::Attachment(attachment) => &attachment.stored,
        }
    }
}

impl Header {
    /// Every stored file that the document names, which is all that has to be kept, checked and sent with it.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let sessions = self.snapshots.iter().flat_map(|snapshot| {
            let list = snapshot.companions.as_ref();
            let list = list.map(|list| Part::CompanionList(snapshot, list));
            std::iter::once(Part::Transcript(snapshot)).chain(list)
        });
        sessions.chain(self.attachments.iter().map(Part::Attachment))
    }
}

/// What a checkpoint is tied to, and what lets the tie be found again after history was rewritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchors {
    /// The commit at the time of the save.
    pub commit: ObjectId,
    pub tree: ObjectId,
    /// As `git patch-id --stable` computes it; absent for merges and very large changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch_id: Option<ObjectId>,
    /// The author line of the commit: name, mail, seconds and offset.
    pub authored: String,
    /// The subject of the commit; absent where an early version saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Some file that the session edited differed from the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
}

/// A checkpoint that is about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub header: Header,
    /// Markdown; always ends with a line end.
    pub body: String,
}

/// A checkpoint that was read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub id: CheckpointId,
    pub header: Header,
    pub body: String,
}

impl Checkpoint {
    /// All that its author wrote for others to read.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Header { title, phase, objective, task, .. } = &self.header;
        let fields =
            [Some(title), phase.as_ref(), objective.as_ref(), task.as_ref(), Some(&self.body)];
        fields.into_iter().flatten().map(String::as_str)
    }
}
