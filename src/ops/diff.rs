//! What changed from one checkpoint to another: what their documents say, and the turns of the session between them.

use crate::model::causes::with_causes;
use crate::model::checkpoint::{Checkpoint, CheckpointId};
use crate::model::object::ObjectId;
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::carried_task;
use crate::ops::locate::{self, LocateError, Located};
use crate::ops::session_logs;
use crate::ops::session_text::{self, Step};
use crate::policy::compare::{self, Comparison};
use crate::policy::outline;
use crate::policy::task_change::{self, TaskChange};

/// Most characters of a prompt that are kept.
const PROMPT: usize = 400;

/// One of the two.
#[derive(Clone, Debug)]
pub struct Side {
    pub id: CheckpointId,
    pub commit: ObjectId,
    pub title: String,
    pub created: Timestamp,
    pub tokens: u64,
}

/// A prompt of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub number: u64,
    /// Its beginning.
    pub prompt: String,
}

/// What lies between the sessions of two checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Between {
    /// One of them has no session.
    NoSession,
    /// They have no session in common.
    OtherSession,
    /// The session that leads from one to the other, and what was asked on the way.
    Turns { session: String, turns: Vec<Turn> },
    /// The session cannot be read here, with the reason.
    Unread(String),
}

#[derive(Debug)]
pub struct DiffOutcome {
    pub before: Side,
    pub now: Side,
    pub comparison: Comparison,
    /// What became of the task that they carry.
    pub tasks: Vec<TaskChange>,
    pub between: Between,
}

/// Compares the checkpoints that two names mean, the earlier one first.
pub fn diff(desk: &Desk, before: &str, now: &str) -> Result<DiffOutcome, LocateError> {
    let [before, now] = [locate::locate(desk, before)?, locate::locate(desk, now)?];
    let (earlier, later) = (locate::understood(&before)?, locate::understood(&now)?);
    let comparison = compare::compare(&outline::read(&earlier.body), &outline::read(&later.body));
    let task = |checkpoint: &Checkpoint, located: &Located| {
        carried_task::of(checkpoint, located.commit).map(|carried| carried.task)
    };
    Ok(DiffOutcome {
        comparison,
        tasks: task_change::changes(task(earlier, &before), task(later, &now)),
        between: between(desk, earlier, (&now, later)),
        before: side(&before, earlier),
        now: side(&now, later),
    })
}

fn side(located: &Located, checkpoint: &Checkpoint) -> Side {
    let Checkpoint { id, header, .. } = checkpoint;
    Side {
        id: id.clone(),
        commit: located.commit,
        title: header.title.clone(),
        created: header.created,
        tokens: header.tokens,
    }
}

fn between(desk: &Desk, before: &Checkpoint, (located, now): (&Located, &Checkpoint)) -> Between {
    let (earlier, later) = (&before.header.snapshots, &now.header.snapshots);
    if earlier.is_empty() || later.is_empty() {
        return Between::NoSession;
    }
    let same = |one: &Snapshot, other: &Snapshot| {
        one.agent == other.agent && one.session == other.session && one.turns <= other.turns
    };
    let pair = later.iter().find_map(|own| Some((earlier.iter().find(|one| same(one, own))?, own)));
    let Some((earlier, later)) = pair else { return Between::OtherSession };
    match turns_after(desk, located, later, earlier.turns) {
        Ok(turns) => Between::Turns { session: later.session.to_string(), turns },
        Err(reason) => Between::Unread(reason),
    }
}

/// The prompts of a snapshot behind the first `passed`.
fn turns_after(
    desk: &Desk,
    located: &Located,
    snapshot: &Snapshot,
    passed: u64,
) -> Result<Vec<Turn>, String> {
    let files =
        session_logs::files(desk, located.tied(), snapshot).map_err(|error| with_causes(&error))?;
    let mut turns = Vec::new();
    let mut each = |step| match step {
        Step::Prompt { turn: number, text, .. } if number > passed => {
            turns.push(Turn { number, prompt: text.chars().take(PROMPT).collect() });
        }
        _ => {}
    };
    session_text::steps(&files, snapshot, &mut each).map_err(|error| with_causes(&error))?;
    Ok(turns)
}
