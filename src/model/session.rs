//! An agent's session, told in words that all agents share: events, and the digest that they fold into.
//!
//! An adapter turns each line of a transcript into [`Event`]s. The [`Digest`](crate::model::digest::Digest) is what `save`, `sessions` and the
//! drafted document need to know of a session; it is bounded in size and can be carried on from where it stood,
//! so that its cost is in the new lines only.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;

/// The name an agent gave to one of its sessions: letters, digits, `-` and `_`, so that it can stand in a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

impl SessionId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight characters, as shown to a person.
    pub fn short(&self) -> &str {
        &self.0[..self.0.len().min(8)]
    }
}

/// The text cannot be a session id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a session id (letters, digits, `-` and `_`, at most 128)")]
pub struct NotASessionId(pub String);

impl FromStr for SessionId {
    type Err = NotASessionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if starts_well && text.len() <= 128 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASessionId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for SessionId {
    type Error = NotASessionId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who spoke in a record: the main thread, or a subagent that is kept in the same file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thread {
    #[default]
    Main,
    Side,
}

/// What one line of a transcript says. A line that says nothing of interest has no events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub at: Option<Timestamp>,
    pub thread: Thread,
    pub events: Vec<Event>,
    /// The line, or a part of it, was not JSON.
    pub malformed: bool,
}

/// One thing that happened in a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Where and with what the session runs; fields that a line does not give are `None`.
    Setting {
        cwd: Option<String>,
        branch: Option<String>,
        version: Option<String>,
    },
    /// A name for the session. A later one replaces an earlier one of the same or lower rank.
    Title {
        text: String,
        rank: TitleRank,
    },
    Model(String),
    /// What a person asked. Opens a turn.
    Prompt(String),
    Reply(String),
    Thinking(String),
    /// A call of a tool; `input` is the tool's input as compact JSON, or its text.
    ToolCall {
        id: String,
        name: String,
        input: String,
    },
    ToolResult {
        id: String,
        text: String,
        failed: bool,
    },
    /// A file that an edit tool wrote, as the agent named it (absolute or relative to the working directory).
    Edit {
        path: String,
        kind: EditKind,
    },
    /// The whole to-do list anew.
    PlanReplaced(Vec<PlanItem>),
    /// One item more on the to-do list.
    PlanItemAdded(PlanItem),
    /// A new state, and perhaps a new text, for the item with this id.
    PlanItemChanged {
        id: String,
        text: Option<String>,
        state: Option<PlanState>,
    },
    /// The person chose an answer to a question that a tool put.
    Answered {
        question: String,
        answer: String,
        options: Vec<String>,
    },
    Usage(Usage),
    /// The context was replaced by a summary.
    Compaction {
        tokens_before: Option<u64>,
        tokens_after: Option<u64>,
        summary: Option<String>,
    },
    /// The summary of the compaction before, where the agent writes it in a line of its own.
    Summary(String),
    /// The agent made this commit (an object id, perhaps abbreviated).
    Commit(String),
    SubagentStarted {
        id: String,
        description: String,
    },
}

/// How strongly a title is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TitleRank {
    #[default]
    Summary,
    Generated,
    Chosen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    Created,
    Updated,
    Deleted,
}

/// One item of an agent's to-do list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    pub id: String,
    pub text: String,
    pub state: PlanState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    Pending,
    InProgress,
    Completed,
}

/// Tokens as the model's provider counted them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The message this belongs to; several lines of one message repeat its usage.
    pub message: Option<String>,
    /// All tokens in the context window after this message, its output included.
    pub context: u64,
    /// Tokens that this message put out.
    pub output: u64,
    /// The size of the context window, where the transcript tells it.
    pub window: Option<u64>,
}
