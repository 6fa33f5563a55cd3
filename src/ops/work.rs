//! What was written down between two checkpoints, for the next one to take along: notes, the task, attachments.
//!
//! A save writes all of it into its entry, as it is then, and marks it as used only when the checkpoint can be seen. So
//! a save that is finished by somebody else makes the same checkpoint, and one that comes to nothing uses up nothing.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::agent::Found;
use crate::model::causes::with_causes;
use crate::model::checkpoint::{Attachment, CheckpointId, Kind};
use crate::model::journal::Note;
use crate::model::task::Task;
use crate::model::template::{Slots, Template};
use crate::ops::Desk;
use crate::ops::choose_session::{self, ChooseError, SessionChoice};
use crate::ops::journal;
use crate::policy::noted::{self, Told};
use crate::policy::tasked;
use crate::store::{
    CaptureError, CommitError, Journal, PrivateError, Redactor, SessionError, Staged, Staging,
    Tasks, Transaction,
};

/// What waits in one worktree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The git directory of the worktree.
    git_dir: PathBuf,
    pub notes: Vec<Note>,
    pub task: Option<Task>,
    pub attachments: Vec<Staged>,
    /// What waits and cannot be read, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unread: Vec<String>,
}

/// What of it a checkpoint has.
#[derive(Clone, Debug, Default)]
pub struct TakenAlong {
    pub notes: usize,
    pub task: Option<Task>,
    pub attachments: Vec<Attachment>,
    /// What the new bytes of attachments take up, compressed.
    pub stored_bytes: u64,
    /// What could not be read.
    pub left_out: Vec<String>,
}

/// Gathers what waits in this worktree. What cannot be read is left for another time: the session does not wait for it.
pub fn gather(desk: &Desk) -> Work {
    let mut unread = Vec::new();
    Work {
        git_dir: desk.store.repository().git_dir().to_owned(),
        notes: known(journal::open_notes(desk), &mut unread),
        task: known(desk.store.tasks().current(), &mut unread),
        attachments: known(desk.store.staging().list(), &mut unread),
        unread,
    }
}

fn known<T: Default>(read: Result<T, PrivateError>, unread: &mut Vec<String>) -> T {
    read.unwrap_or_else(|error| {
        unread.push(with_causes(&error));
        T::default()
    })
}

impl Work {
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.task.is_none() && self.attachments.is_empty()
    }

    /// The session that is meant. What was written down is worth a checkpoint without one, too.
    pub fn choose_session(
        &self,
        desk: &Desk,
        choice: &SessionChoice,
    ) -> Result<Option<Found>, ChooseError> {
        match choose_session::choose(desk, choice) {
            Err(ChooseError::Nothing { .. }) if !self.is_empty() => Ok(None),
            chosen => chosen,
        }
    }

    /// What a checkpoint is made for while a task is open.
    pub fn kind(&self) -> Option<Kind> {
        self.task.as_ref().map(Task::kind)
    }

    /// Puts what was written down where a template has a place for it, in front of what is there; returns the sections
    /// of what it has no place for.
    pub fn fill(&self, slots: &mut Slots, template: &Template) -> String {
        let mut rest = Vec::new();
        let task = self.task.as_ref().map(tasked::told).unwrap_or_default();
        for Told { slot, heading, text } in task.into_iter().chain(noted::told(&self.notes)) {
            if template.has(slot) {
                let known = slots.remove(&slot).unwrap_or_default();
                slots.insert(slot, noted::in_front_of(&text, &known));
            } else {
                rest.push(format!("## {heading}\n\n{text}"));
            }
        }
        rest.join("\n")
    }

    /// The copy of the task that a document carries, unless the document says that it is about another one.
    pub fn plan(&self, task: Option<&str>) -> Option<serde_json::Value> {
        let own = self.task.as_ref().filter(|own| task.is_none_or(|title| title == own.title))?;
        serde_json::to_value(own).ok()
    }
}

/// Stores the attachments.
pub fn store(
    transaction: &mut Transaction,
    work: &Work,
    redactor: &mut Redactor,
) -> Result<TakenAlong, CommitError> {
    let staging = Staging::of(&work.git_dir);
    let mut taken = TakenAlong {
        notes: work.notes.len(),
        task: work.task.clone(),
        left_out: work.unread.clone(),
        ..TakenAlong::default()
    };
    for staged in &work.attachments {
        match transaction.attach(&staged.name, &staging.path(staged), redactor) {
            Ok(stored) => {
                taken.stored_bytes += stored.stored_bytes;
                taken.attachments.push(stored.attachment);
            }
            // Another save took it along meanwhile, or its author took it back.
            Err(CommitError::Session(SessionError::Capture(
                error @ CaptureError::Unreadable { .. },
            ))) => taken.left_out.push(format!("{}: {error}", staged.name)),
            Err(error) => return Err(error),
        }
    }
    Ok(taken)
}

/// Marks what a checkpoint has as used. A checkpoint that was tied already marks nothing twice.
pub fn used(work: &Work, checkpoint: &CheckpointId) -> Result<(), PrivateError> {
    if !work.notes.is_empty() {
        Journal::of(&work.git_dir).taken(&work.notes, checkpoint)?;
    }
    if let Some(task) = work.task.as_ref().filter(|task| task.is_closed()) {
        Tasks::of(&work.git_dir).told(task)?;
    }
    if !work.attachments.is_empty() {
        Staging::of(&work.git_dir).used(&work.attachments)?;
    }
    Ok(())
}
