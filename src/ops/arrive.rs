//! Arriving at a commit: what it carries is brought back, and what is replaced by that is kept with the commit left.

use crate::model::checkpoint::Kind;
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::infer::Effort;
use crate::ops::leave::{self, Left};
use crate::ops::locate::{self, Content, LocateError, Located, Tied};
use crate::ops::restore::{
    self, Destination, Existing, RestoreError, RestoreOutcome, RestorePlan, RestoreRequest,
};
use crate::ops::safety;

/// What a commit carries, for somebody who arrives at it.
pub enum Carried {
    Nothing,
    /// A checkpoint that nothing here opens.
    Sealed(Box<Located>),
    /// A checkpoint without a session.
    Document(Box<Located>),
    Session(Box<Arrival>),
}

/// A session that can be brought back.
pub struct Arrival {
    pub plan: RestorePlan,
    /// The commit that one comes from.
    pub from: Option<ObjectId>,
}

impl Arrival {
    /// The very bytes are in place already.
    pub fn is_there(&self) -> bool {
        let mut placements = self.plan.placements();
        placements.all(|placement| placement.existing == Existing::Same)
    }
}

/// A commit that one comes to.
pub struct Arriving<'l> {
    pub from: Option<ObjectId>,
    pub to: ObjectId,
    /// What was captured where one comes from.
    pub left: Option<&'l Left>,
    /// How much looking for the checkpoints of a rewritten commit may cost.
    pub effort: Effort,
}

/// Looks at what arriving at a commit brings back, without doing anything.
pub fn look(desk: &Desk, arriving: &Arriving) -> Result<Carried, RestoreError> {
    let Arriving { from, to, left, effort } = *arriving;
    let Some(located) = brought_back(desk, to, effort)? else { return Ok(Carried::Nothing) };
    if let Content::Sealed(_) = located.tied().content {
        return Ok(Carried::Sealed(Box::new(located)));
    }
    if locate::understood(&located)?.header.snapshots.is_empty() {
        return Ok(Carried::Document(Box::new(located)));
    }
    let plan = restore::plan_of(desk, located, &request(to))?;
    let plan = without_second_copy(desk, plan, left)?;
    Ok(Carried::Session(Box::new(Arrival { plan, from })))
}

/// Brings the session back. What it replaces is captured first, with the commit that one comes from.
pub fn bring_back(desk: &Desk, arrival: Arrival) -> Result<RestoreOutcome, RestoreError> {
    let Arrival { plan, from } = arrival;
    let (Some(found), Some(from)) = (&plan.at_risk, from) else {
        return restore::carry_out(desk, &plan);
    };
    let left = leave::keep(desk, from, found)?;
    let request = request(plan.located.commit);
    let plan =
        without_second_copy(desk, restore::plan_of(desk, plan.located, &request)?, left.as_ref())?;
    let outcome = restore::carry_out(desk, &plan)?;
    let captured = left.and_then(|left| left.captured);
    Ok(RestoreOutcome { safety: outcome.safety.or(captured), ..outcome })
}

fn request(commit: ObjectId) -> RestoreRequest {
    RestoreRequest { target: commit.to_string(), session: None, destination: Destination::Agent }
}

/// A plan that captures nothing which is held already. A change after this look is noticed when it is carried out.
fn without_second_copy(
    desk: &Desk,
    plan: RestorePlan,
    left: Option<&Left>,
) -> Result<RestorePlan, RestoreError> {
    let (Some(found), Some(left)) = (&plan.at_risk, left) else { return Ok(plan) };
    if found.transcript == left.found.transcript && safety::holds(desk, found, &left.tied)? {
        return Ok(RestorePlan { at_risk: None, ..plan });
    }
    Ok(plan)
}

/// The checkpoint that arriving at a commit brings back: the newest that was saved, or made when the commit was left.
pub fn brought_back(
    desk: &Desk,
    commit: ObjectId,
    effort: Effort,
) -> Result<Option<Located>, LocateError> {
    let located = match locate::newest_of(desk, commit, effort) {
        Err(LocateError::NoCheckpoint { .. }) => return Ok(None),
        other => other?,
    };
    let chosen = located.all.iter().rposition(is_of_the_commit).unwrap_or(located.chosen);
    Ok(Some(Located { chosen, ..located }))
}

/// Not a copy of what somebody replaced on purpose.
fn is_of_the_commit(tied: &Tied) -> bool {
    let header = tied.checkpoint().map(|checkpoint| &checkpoint.header);
    header.is_none_or(|header| header.kind != Kind::Safety || header.left)
}
