//! Going on with work: the task that is open, or that a checkpoint carries, and what to do first.

use std::ops::ControlFlow;

use crate::agent::adapter;
use crate::git::HistoryRequest;
use crate::model::agent::Agent;
use crate::model::checkpoint::Checkpoint;
use crate::model::journal::NoteKind;
use crate::model::object::ObjectId;
use crate::model::snapshot::Snapshot;
use crate::model::task::Task;
use crate::ops::Desk;
use crate::ops::carried_task::{self, CarriedTask};
use crate::ops::journal;
use crate::ops::locate::{self, LocateError};
use crate::ops::log::{self, LogWalkError};
use crate::ops::task;
use crate::policy::resumption::{self, Resumption};
use crate::policy::suspicion;
use crate::store::PrivateError;

/// How many commits are looked through for a checkpoint.
const FAR: usize = 1000;

/// Why nothing can be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Walk(#[from] LogWalkError),
    #[error(transparent)]
    Private(#[from] PrivateError),
}

/// What there is to go on with.
#[derive(Clone, Debug)]
pub struct ResumeOutcome {
    pub task: Option<ResumedTask>,
    /// The checkpoint to go on from.
    pub checkpoint: Option<(ObjectId, Checkpoint)>,
    /// What its document, and the open notes, say.
    pub left: Resumption,
    /// The task that is open here, where another one was asked for.
    pub other: Option<Task>,
    /// What the checkpoint carries, where that was put away since then or before it.
    pub put_away: Option<Task>,
    /// What goes on with a session as it lies here.
    pub live: Option<Vec<String>>,
    /// A piece of the checkpoint that reads like an instruction to an agent.
    pub suspicion: Option<String>,
}

/// A task and where its state comes from.
#[derive(Clone, Debug)]
pub enum ResumedTask {
    /// It is open in this worktree.
    Here(Task),
    /// A checkpoint carried it, and it is open in this worktree now.
    TakenUp(CarriedTask),
    /// A checkpoint carries it, and it stays as it is there.
    Told(CarriedTask),
}

impl ResumedTask {
    pub fn task(&self) -> &Task {
        match self {
            Self::Here(task) => task,
            Self::TakenUp(carried) | Self::Told(carried) => &carried.task,
        }
    }
}

/// Finds what there is to go on with, and takes up a task that is open nowhere here.
pub fn resume(desk: &Desk, target: Option<&str>) -> Result<ResumeOutcome, ResumeError> {
    let open = task::open_task(desk)?;
    let checkpoint = match target {
        Some(target) => {
            let located = locate::locate(desk, target)?;
            Some((located.commit, locate::understood(&located)?.clone()))
        }
        None => newest(desk, open.is_some())?,
    };
    let carried = checkpoint.as_ref().and_then(|(commit, known)| carried_task::of(known, *commit));
    let carried = match (carried, target, &open) {
        // A later save without the task does not end it.
        (None, None, None) => carried_task::to_go_on_with(desk)?,
        (carried, ..) => carried,
    };
    let told = carried.as_ref().map(|carried| carried.task.clone());
    let (task, other) = chosen(desk, open, carried, target.is_some())?;
    let mut left = Resumption::default();
    if let Some((_, checkpoint)) = &checkpoint {
        left = resumption::read(&checkpoint.body);
    }
    if let Some(told) = &told {
        left.without_table_of(told);
    }
    let is_other = |told: &Task| task.as_ref().is_none_or(|task| task.task().id != told.id);
    if let Some(other) = told.as_ref().filter(|told| is_other(told)) {
        left.without(other);
    }
    let put_away = told.filter(|_| task.is_none());
    let notes = journal::open_notes(desk)?.into_iter();
    let questions = notes.filter(|note| note.kind == NoteKind::Question);
    left.questions.extend(questions.map(|note| note.text));
    let live = checkpoint.as_ref().and_then(|(_, checkpoint)| {
        checkpoint.header.snapshots.iter().find_map(|snapshot| live(desk, snapshot))
    });
    let suspicion = checkpoint.as_ref().and_then(|(_, known)| {
        let told = task.iter().flat_map(|task| task.task().texts());
        suspicion::suspicion_in(known.texts().chain(told))
    });
    Ok(ResumeOutcome { task, checkpoint, left, other, put_away, live, suspicion })
}

/// What is gone on with: the task that is open, else the one that is carried, which is then open here.
fn chosen(
    desk: &Desk,
    open: Option<Task>,
    carried: Option<CarriedTask>,
    asked_for: bool,
) -> Result<(Option<ResumedTask>, Option<Task>), PrivateError> {
    let carried = carried.filter(|carried| !carried.task.is_closed());
    // What was put away here comes back only where it is asked for.
    let carried = carried.filter(|carried| asked_for || !carried_task::is_away(desk, carried));
    Ok(match (open, carried) {
        (Some(open), Some(carried)) if asked_for => (Some(ResumedTask::Told(carried)), Some(open)),
        (Some(open), _) => (Some(ResumedTask::Here(open)), None),
        (None, Some(carried)) if carried.task.is_unfinished() => {
            let take_up = |current: Option<Task>| {
                let open = current.filter(|task| !task.is_closed());
                Ok::<_, PrivateError>(open.unwrap_or_else(|| carried.task.clone()))
            };
            desk.store.tasks().change(&mut { take_up })?;
            (Some(ResumedTask::TakenUp(carried)), None)
        }
        (None, Some(carried)) => (Some(ResumedTask::Told(carried)), None),
        (None, None) => (None, None),
    })
}

/// The newest checkpoint of HEAD and what came before it. Without any that is fine only where a task is open.
fn newest(desk: &Desk, is_open: bool) -> Result<Option<(ObjectId, Checkpoint)>, ResumeError> {
    match locate::locate(desk, "HEAD") {
        Ok(located) => Ok(Some((located.commit, locate::understood(&located)?.clone()))),
        Err(LocateError::NoCheckpoint { commit }) => {
            let found = in_history(desk)?;
            if found.is_none() && !is_open {
                return Err(LocateError::NoCheckpoint { commit }.into());
            }
            Ok(found)
        }
        Err(_) if is_open => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn in_history(desk: &Desk) -> Result<Option<(ObjectId, Checkpoint)>, LogWalkError> {
    let mut found = None;
    let request = HistoryRequest { limit: Some(FAR), ..HistoryRequest::default() };
    log::log(desk, &request, &mut |row| {
        let known = row.checkpoints.iter().rev().find_map(|tied| tied.checkpoint());
        found = known.map(|checkpoint| (row.commit.commit, checkpoint.clone()));
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

/// What goes on with a session, where its agent has it here.
fn live(desk: &Desk, snapshot: &Snapshot) -> Option<Vec<String>> {
    let agent: Agent = snapshot.agent.parse().ok()?;
    let found = adapter(agent).session(&desk.around, &desk.directory, &snapshot.session).ok()??;
    Some(adapter(agent).resume_command(&found.id))
}
