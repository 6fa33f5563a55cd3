//! A task: what is to be done, in steps or over a list of items, and how far it has come.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::checkpoint::{Kind, Progress, Status};
use crate::model::hash::{from_hex, to_hex};
use crate::model::runs;
use crate::model::time::Timestamp;

/// Most steps, and most items, of a task.
pub const MOST: usize = 10_000;

/// The name of a task, the same in every copy of it: ten hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId(String);

/// The text is not ten hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not the id of a task (10 hexadecimal digits)")]
pub struct NotATaskId(pub String);

impl TaskId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<[u8; 5]> for TaskId {
    fn from(bytes: [u8; 5]) -> Self {
        Self(to_hex(&bytes))
    }
}

impl TryFrom<String> for TaskId {
    type Error = NotATaskId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_one = text.len() == 10 && from_hex(&text).is_some();
        if is_one { Ok(Self(text)) } else { Err(NotATaskId(text)) }
    }
}

impl From<TaskId> for String {
    fn from(id: TaskId) -> Self {
        id.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a step or an item has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    Pending,
    InProgress,
    Done,
    Failed,
    /// It will not be done, and nothing is missing by it.
    Skipped,
}

impl State {
    /// The words that a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pending => "not done",
            Self::InProgress => "in progress",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Nothing is left to be done.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }

    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }
}

/// A step, or an item of a bulk task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub name: String,
    pub state: State,
    pub note: Option<String>,
    /// What came of it.
    pub result: Option<String>,
}

impl Unit {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), state: State::Pending, note: None, result: None }
    }
}

/// A task as it stands. A checkpoint holds a copy of it, so an unknown key must not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub title: String,
    pub started: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What has to hold in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<String>,
    #[serde(default, with = "runs", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Unit>,
    /// What a bulk task goes through; its steps are then those of each item.
    #[serde(default, with = "runs", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Unit>,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// A task without steps is done when its author says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// It was put away, finished or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Timestamp>,
}

impl Task {
    /// What is counted: the items, else the steps.
    pub fn units(&self) -> &[Unit] {
        if self.is_bulk() { &self.items } else { &self.steps }
    }

    pub fn units_mut(&mut self) -> &mut Vec<Unit> {
        if self.is_bulk() { &mut self.items } else { &mut self.steps }
    }

    pub fn is_bulk(&self) -> bool {
        !self.items.is_empty()
    }

    /// What one of the units is called.
    pub fn noun(&self) -> &'static str {
        if self.is_bulk() { "item" } else { "step" }
    }

    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// Nothing is left to be done.
    pub fn is_finished(&self) -> bool {
        let units = self.units();
        if units.is_empty() { self.done } else { units.iter().all(|unit| unit.state.is_settled()) }
    }

    /// Whether it can be gone on with.
    pub fn is_unfinished(&self) -> bool {
        !self.is_closed() && !self.is_finished()
    }

    pub fn count(&self, state: State) -> usize {
        self.units().iter().filter(|unit| unit.state == state).count()
    }

    pub fn progress(&self) -> Option<Progress> {
        let units = self.units();
        let done = units.iter().filter(|unit| unit.state.is_settled()).count() as u64;
        (!units.is_empty()).then_some(Progress { done, total: units.len() as u64 })
    }

    pub fn status(&self) -> Status {
        if self.is_finished() {
            Status::Completed
        } else if self.blocked.is_some() {
            Status::Blocked
        } else {
            Status::InProgress
        }
    }

    pub fn kind(&self) -> Kind {
        if self.is_bulk() { Kind::Bulk } else { Kind::Task }
    }

    /// The place of what is to be done next: what is in progress, else the first that is not done, else one that failed.
    pub fn next(&self) -> Option<usize> {
        [State::InProgress, State::Pending, State::Failed]
            .into_iter()
            .find_map(|state| self.units().iter().position(|unit| unit.state == state))
    }

    /// The place of the last one on the list that is done.
    pub fn last_done(&self) -> Option<usize> {
        self.units().iter().rposition(|unit| unit.state == State::Done)
    }

    /// All that its author wrote for others to read.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let own = [Some(&self.title), self.definition.as_ref(), self.blocked.as_ref()];
        let units = self.steps.iter().chain(&self.items);
        let told =
            units.flat_map(|unit| [Some(&unit.name), unit.note.as_ref(), unit.result.as_ref()]);
        own.into_iter().chain(told).flatten().chain(&self.success).map(String::as_str)
    }
}
