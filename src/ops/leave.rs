//! Leaving a commit: its session, as it is now, is kept with it, so that going back to the commit brings it back.

use crate::agent::Found;
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::arrive;
use crate::ops::choose_session;
use crate::ops::infer::Effort;
use crate::ops::restore::RestoreError;
use crate::ops::safety;
use crate::ops::save::{Safety, SaveOutcome};
use crate::store::Tied;

/// The session that belongs to a commit that is being left, and the checkpoint that holds it.
pub struct Left {
    pub commit: ObjectId,
    pub found: Found,
    pub tied: Tied,
    /// The checkpoint was made for it just now.
    pub captured: Option<SaveOutcome>,
}

/// Makes sure that a commit's checkpoint is the session of this worktree as it is now. `None` where there is no session.
pub fn leave(desk: &Desk, commit: ObjectId) -> Result<Option<Left>, RestoreError> {
    let Some(found) = current(desk)? else { return Ok(None) };
    if let Some(located) = arrive::brought_back(desk, commit, Effort::Thorough)?
        && located.inferred.is_none()
        && safety::holds(desk, &found, located.tied())?
    {
        let tied = located.tied().clone();
        return Ok(Some(Left { commit, found, tied, captured: None }));
    }
    keep(desk, commit, &found)
}

/// Captures a session as that of a commit which is being left.
pub fn keep(desk: &Desk, commit: ObjectId, found: &Found) -> Result<Option<Left>, RestoreError> {
    let captured = safety::capture_first(desk, found, Safety::Leaving(commit))?;
    let tied = desk.store.tied_to(commit)?.into_iter().find(|tied| tied.id() == Some(&captured.id));
    let left = |tied| Left { commit, found: found.clone(), tied, captured: Some(captured) };
    Ok(tied.map(left))
}

/// The session that this command was started from, else the newest of this worktree.
fn current(desk: &Desk) -> Result<Option<Found>, RestoreError> {
    if let Some(live) = choose_session::live(desk)? {
        return Ok(Some(live));
    }
    Ok(choose_session::all(desk)?.into_iter().find(|found| found.bytes > 0))
}
