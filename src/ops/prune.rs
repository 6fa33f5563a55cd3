//! Taking away checkpoints that have outlived their use, and folding what clones that are gone left behind.
//!
//! What is on no remote, or is the only copy of a session, stays unless it is insisted on. A checkpoint whose commit
//! was rewritten is left to `repair`.

mod holding_back;
mod judging;

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::agent::AgentError;
use crate::git::{IdentityError, ObjectError, ProgramError, RefError};
use crate::model::time::Timestamp;
use crate::model::writer::WriterId;
use crate::ops::Desk;
use crate::ops::prune::holding_back::Holder;
use crate::ops::repair::{self, RepairError};
use crate::policy::retention::{Age, Selection};
use crate::store::{
    CommitError, Content, Folded, Holdings, Pruned, Removal, Tied, Writer, WriterError,
};

pub use crate::ops::prune::holding_back::Reason;
pub use crate::store::Unfolded;

/// What to prune.
#[derive(Clone, Debug, Default)]
pub struct PruneRequest {
    pub selection: Selection,
    /// Also what would be lost for good.
    pub force: bool,
    /// Fold the author's writers that were not written to for so long.
    pub gone_for: Option<Age>,
}

/// What a prune would do.
#[derive(Debug, Default)]
pub struct PrunePlan {
    /// In the order in which they go.
    pub going: Vec<Tied>,
    /// Fits what was asked for, and stays unless it is insisted on.
    pub held_back: Vec<(Tied, Reason)>,
    /// Tied to a commit that is gone, and seems to belong to another one.
    pub repairable: Vec<Tied>,
    /// Bytes of documents and frames before, and of those that go.
    pub bytes: u64,
    pub freed: u64,
    /// No frame can go, since nobody knows what some checkpoint needs.
    pub frames_stay: bool,
    /// How many own checkpoints are sealed, and open to nobody here.
    pub sealed: usize,
    pub folding: Vec<Writer>,
    pub archive: Option<WriterId>,
    removals: Vec<Removal>,
}

impl PrunePlan {
    pub fn is_empty(&self) -> bool {
        self.going.is_empty() && self.freed == 0 && self.folding.is_empty()
    }
}

/// What was done.
#[derive(Debug, Default)]
pub struct PruneOutcome {
    pub pruned: Pruned,
    pub folded: Folded,
    /// The remotes that still have what went, until the next push.
    pub remotes: Vec<String>,
}

/// What keeps a prune from being planned or made.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Repair(#[from] RepairError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("what branches and tags reach cannot be told")]
    Reach(#[from] ProgramError),
    #[error("everything that fits would be lost for good, so nothing was pruned")]
    HeldBack,
}

/// Looks for what can go, and changes nothing.
pub fn plan(desk: &Desk, request: &PruneRequest) -> Result<PrunePlan, PruneError> {
    let holdings = desk.store.holdings()?;
    let mut plan = PrunePlan { bytes: holdings.bytes(), ..PrunePlan::default() };
    let mut going = judging::selected(desk, &holdings, &request.selection)?;
    if request.selection.unreachable {
        leave_repairable(desk, &holdings, &mut going, &mut plan)?;
    }
    if !request.force {
        let holder = Holder::new(desk, &holdings)?;
        for (place, reason) in holder.held_back(&going)? {
            going.retain(|going| *going != place);
            plan.held_back.push((holdings.held[place].clone(), reason));
        }
    }
    if let Some(most) = request.selection.max_size {
        going.truncate(fewest(&holdings, &going, most.0));
        let going: HashSet<usize> = going.iter().copied().collect();
        if holdings.bytes_without(&going) <= most.0 {
            // What had to stay was not needed for it.
            plan.held_back.clear();
        }
    }
    let gone: HashSet<usize> = going.iter().copied().collect();
    plan.freed = holdings.bytes() - holdings.bytes_without(&gone);
    let is_closed = |tied: &&Tied| matches!(tied.content, Content::Sealed(_));
    plan.sealed = holdings.held.iter().filter(is_closed).count();
    plan.frames_stay = holdings.keeps_everything(&gone);
    plan.removals = going.iter().filter_map(|place| holdings.removal(*place)).collect();
    plan.going = going.iter().map(|place| holdings.held[*place].clone()).collect();
    if let Some(age) = request.gone_for {
        plan_folding(desk, age, &mut plan)?;
    }
    Ok(plan)
}

/// Lets go of what earlier prunes took away, where it has been pushed since.
pub fn settle(desk: &Desk) -> Result<(), PruneError> {
    Ok(desk.store.settle()?)
}

/// Does what was planned.
pub fn carry_out(desk: &Desk, plan: &PrunePlan) -> Result<PruneOutcome, PruneError> {
    let stamp = desk.stamp()?;
    let mut outcome = PruneOutcome::default();
    if let Some(archive) = &plan.archive {
        outcome.folded = desk.store.fold(&plan.folding, archive, &stamp)?;
    }
    if plan.freed > 0 || !plan.removals.is_empty() {
        outcome.pruned = desk.store.prune(&plan.removals, &stamp)?;
    }
    outcome.remotes = desk.store.waiting_remotes()?;
    Ok(outcome)
}

/// Takes out of `going` what `repair` would tie to another commit first.
fn leave_repairable(
    desk: &Desk,
    holdings: &Holdings,
    going: &mut Vec<usize>,
    plan: &mut PrunePlan,
) -> Result<(), PruneError> {
    if going.is_empty() {
        return Ok(());
    }
    let repairs = repair::plan(desk)?.repairs;
    let tied = repairs.iter().flat_map(|repair| &repair.checkpoints);
    let repairable: HashSet<_> = tied.map(|tied| (tied.commit, tied.id().cloned())).collect();
    going.retain(|place| {
        let tied = &holdings.held[*place];
        let stays = repairable.contains(&(tied.commit, tied.id().cloned()));
        if stays {
            plan.repairable.push(tied.clone());
        }
        !stays
    });
    Ok(())
}

/// How many of those that may go have to, so that no more than `most` bytes are left.
fn fewest(holdings: &Holdings, going: &[usize], most: u64) -> usize {
    let fits = |number: usize| {
        let gone = going[..number].iter().copied().collect();
        holdings.bytes_without(&gone) <= most
    };
    let (mut too_few, mut enough) = (0, going.len());
    if fits(0) {
        return 0;
    }
    while too_few + 1 < enough {
        let middle = (too_few + enough) / 2;
        if fits(middle) { enough = middle } else { too_few = middle }
    }
    enough
}

/// Finds the writers of this author that nobody writes to any more.
fn plan_folding(desk: &Desk, age: Age, plan: &mut PrunePlan) -> Result<(), PruneError> {
    let repository = desk.store.repository();
    let me = repository.identity()?;
    let number = xxh3_64(me.email.to_lowercase().as_bytes()) as u32;
    let archive = WriterId::archive(&me.name, number);
    let own = desk.store.writer()?;
    for writer in desk.store.current_writers()? {
        let Some((_, name)) = writer.origin() else { continue };
        if name == archive.as_str() || own.as_ref().is_some_and(|own| own.as_str() == name) {
            continue;
        }
        let tip = repository.commit(writer.ties)?;
        let is_mine = tip.committer.email.eq_ignore_ascii_case(&me.email);
        let written = Timestamp::from_seconds(tip.committer.seconds);
        if is_mine && desk.now.seconds_since(written) > age.0 {
            plan.folding.push(writer);
        }
    }
    plan.archive = Some(archive).filter(|_| !plan.folding.is_empty());
    Ok(())
}
