//! Tasks as checkpoints carry them, out of which a lost or a fresh worktree takes them up again.

use std::ops::ControlFlow;

use crate::git::{Head, HistoryError, HistoryRequest};
use crate::model::checkpoint::{Checkpoint, CheckpointId};
use crate::model::object::ObjectId;
use crate::model::task::Task;
use crate::ops::Desk;
use crate::ops::log::{self, LogWalkError};
use crate::policy::steps;

/// How many commits are looked through for a task.
const FAR: usize = 1000;

/// A task as a checkpoint tells it.
#[derive(Clone, Debug)]
pub struct CarriedTask {
    pub task: Task,
    pub checkpoint: CheckpointId,
    pub commit: ObjectId,
    pub author: String,
    branch: Option<String>,
}

/// The task in a checkpoint, if there is one that this version understands.
pub fn of(checkpoint: &Checkpoint, commit: ObjectId) -> Option<CarriedTask> {
    let header = &checkpoint.header;
    let task: Task = serde_json::from_value(header.plan.clone()?).ok()?;
    let task = steps::checked(task).ok()?;
    Some(CarriedTask {
        task,
        checkpoint: checkpoint.id.clone(),
        commit,
        author: header.author.clone(),
        branch: header.anchors.branch.clone(),
    })
}

/// The newest task in the history of HEAD.
pub fn newest(desk: &Desk) -> Result<Option<CarriedTask>, LogWalkError> {
    let mut found = None;
    let request = HistoryRequest { limit: Some(FAR), ..HistoryRequest::default() };
    let walked = log::log(desk, &request, &mut |row| {
        let known = row.checkpoints.iter().rev().filter_map(|tied| tied.checkpoint());
        found = known.filter_map(|checkpoint| of(checkpoint, row.commit.commit)).next();
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match walked {
        // Where there is no commit yet there is no checkpoint either.
        Err(LogWalkError::History(HistoryError::Program(_))) => Ok(None),
        walked => walked.map(|_| found),
    }
}

/// The newest task in the history of HEAD, if it is one's own or of this branch, unfinished, and not put away here.
pub fn to_go_on_with(desk: &Desk) -> Result<Option<CarriedTask>, LogWalkError> {
    let Some(carried) = newest(desk)?.filter(|carried| carried.task.is_unfinished()) else {
        return Ok(None);
    };
    Ok(Some(carried).filter(|carried| !is_away(desk, carried) && concerns(desk, carried)))
}

/// Whether the task was put away in this worktree.
pub fn is_away(desk: &Desk, carried: &CarriedTask) -> bool {
    desk.store.tasks().archived().iter().any(|task| task.id == carried.task.id)
}

fn concerns(desk: &Desk, carried: &CarriedTask) -> bool {
    let repository = desk.store.repository();
    let own = repository.identity().map(|own| format!("{} <{}>", own.name, own.email));
    let branch = match repository.head() {
        Ok(Head::Branch { name, .. }) => Some(name),
        _ => None,
    };
    own.is_ok_and(|own| own == carried.author) || branch.is_some() && branch == carried.branch
}
