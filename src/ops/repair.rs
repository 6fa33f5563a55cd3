//! Making permanent what is inferred: checkpoints whose commits were rewritten are tied to what these became.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use crate::git::{HistoryError, HistoryLine, HistoryRequest, ObjectKind, ProgramError, RefError};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::carry::{self, CarryError};
use crate::ops::infer::{Effort, InferError, Inferred, Search, Sought};
use crate::policy::remap::Likeness;
use crate::store::{Carried, CommitError, NewTies, Notes, Tied};

/// How much older than the oldest commit with a checkpoint one may be that it became: clocks differ.
const SLACK: i64 = 24 * 60 * 60;

/// How many branches are looked at that squashed commits may have gone to.
const HEADS: usize = 8;

/// Why a checkpoint is taken to belong to a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Like(Likeness),
    /// The commit makes all changes of several others at once.
    Squashed,
}

/// A commit that checkpoints belong to without being tied to it.
#[derive(Debug)]
pub struct Repair {
    pub commit: HistoryLine,
    pub reason: Reason,
    /// Each is tied to the commit that it was saved for.
    pub checkpoints: Vec<Tied>,
}

/// What a repair would do.
#[derive(Debug, Default)]
pub struct RepairPlan {
    pub repairs: Vec<Repair>,
    /// Commits with checkpoints that are gone, and that no commit looks like.
    pub unmatched: Vec<ObjectId>,
}

/// What keeps a repair from being planned or made.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Infer(#[from] InferError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("what branches and tags reach cannot be told")]
    Reach(#[from] ProgramError),
    #[error(transparent)]
    Carry(#[from] CarryError),
}

/// Looks for what can be repaired, and changes nothing.
pub fn plan(desk: &Desk) -> Result<RepairPlan, RepairError> {
    let notes = desk.store.notes()?;
    let search = Search::new(desk);
    let tied: HashSet<ObjectId> = notes.commits().collect();
    let orphans = orphans(desk, &notes, &tied)?;
    let ids: Vec<ObjectId> = orphans.iter().map(|orphan| orphan.commit).collect();
    let changes = desk.store.repository().patch_ids(&ids)?;
    let (mut repairs, mut unsure, mut certain) = (Vec::<Repair>::new(), Vec::new(), HashSet::new());
    for commit in orphans {
        let change = changes.get(&commit.commit).copied();
        let found = search.of(&Sought::from(&commit), Effort::Known(change))?;
        match &found {
            Some(Inferred { by: Likeness::AuthorAndChange, checkpoints }) => {
                certain.extend(checkpoints.iter().map(|tied| tied.commit));
            }
            _ => unsure.push(commit.clone()),
        }
        repairs.extend(found.map(|Inferred { by, checkpoints }| Repair {
            commit,
            reason: Reason::Like(by),
            checkpoints,
        }));
    }
    // `jj split` leaves the name with one part; the other one has what the checkpoint tells of.
    repairs.retain(|repair| {
        let is_elsewhere = || repair.checkpoints.iter().all(|tied| certain.contains(&tied.commit));
        !matches!(repair.reason, Reason::Like(Likeness::ChangeId)) || !is_elsewhere()
    });
    let squashed = Squashed { desk, tied: &tied, certain, changes };
    for squash in squashed.find(unsure)? {
        // A line of commits with all its checkpoints is a better answer than one of them.
        repairs.retain(|repair| repair.commit.commit != squash.commit.commit);
        repairs.push(squash);
    }
    let unmatched = unmatched(&tied, &desk.store.repository().reachable()?, &repairs);
    Ok(RepairPlan { repairs, unmatched })
}

/// The commits that are gone, and whose checkpoints seem to belong nowhere.
fn unmatched(
    tied: &HashSet<ObjectId>,
    reachable: &HashSet<ObjectId>,
    repairs: &[Repair],
) -> Vec<ObjectId> {
    let matched = repairs.iter().flat_map(|repair| &repair.checkpoints);
    let matched: HashSet<ObjectId> = matched.map(|tied| tied.commit).collect();
    let lost = tied.difference(reachable).filter(|commit| !matched.contains(commit));
    let mut lost: Vec<ObjectId> = lost.copied().collect();
    lost.sort_unstable();
    lost
}

/// Ties what was planned.
pub fn carry_out(desk: &Desk, plan: &RepairPlan) -> Result<Carried, RepairError> {
    let ties = plan.repairs.iter().map(|repair| NewTies {
        commit: repair.commit.commit,
        documents: repair.checkpoints.iter().map(|tied| tied.document.clone()).collect(),
    });
    Ok(carry::tie(desk, &ties.collect::<Vec<_>>())?)
}

/// The commits without checkpoints that are young enough to be what another one became, newest first.
fn orphans(
    desk: &Desk,
    notes: &Notes,
    tied: &HashSet<ObjectId>,
) -> Result<Vec<HistoryLine>, RepairError> {
    let Some(oldest) = oldest(desk, notes) else { return Ok(Vec::new()) };
    let request = HistoryRequest { all: true, ..HistoryRequest::default() };
    let mut found = Vec::new();
    desk.store.repository().history(&request, &mut |line| {
        let young = line.committed.seconds() + SLACK >= oldest;
        if young && !tied.contains(&line.commit) {
            found.push(line);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// When the oldest of the commits that checkpoints were saved for was made.
fn oldest(desk: &Desk, notes: &Notes) -> Option<i64> {
    let commits: Vec<ObjectId> = notes.commits().collect();
    let all = desk.store.read_notes_of(notes, &commits).into_iter().flatten();
    all.filter_map(|tied| {
        let authored = tied.anchors()?.authored.rsplit(' ').nth(1);
        let authored = authored.and_then(|word| word.parse().ok());
        Some(authored.unwrap_or(i64::MAX).min(tied.created()?.seconds()))
    })
    .min()
}

/// Looks for commits that make all the changes of a line of commits at once, as a forge does when it squashes.
struct Squashed<'a> {
    desk: &'a Desk,
    tied: &'a HashSet<ObjectId>,
    /// Commits that are known to have become others.
    certain: HashSet<ObjectId>,
    changes: HashMap<ObjectId, ObjectId>,
}

impl Squashed<'_> {
    fn find(&self, orphans: Vec<HistoryLine>) -> Result<Vec<Repair>, RepairError> {
        let with_change = |orphan: HistoryLine| Some((*self.changes.get(&orphan.commit)?, orphan));
        let by_change: HashMap<ObjectId, HistoryLine> =
            orphans.into_iter().filter_map(with_change).collect();
        let mut repairs: Vec<Repair> = Vec::new();
        let branches = self.branches()?;
        for head in self.heads(&branches, &by_change) {
            for tip in self.tips(head, &branches)? {
                let Some((change, line)) = self.line_to(head, tip)? else { continue };
                let Some(commit) = by_change.get(&change) else { continue };
                if repairs.iter().any(|known| known.commit.commit == commit.commit) {
                    continue;
                }
                let mut checkpoints = Vec::new();
                for old in line.iter().rev().filter(|old| self.tied.contains(old)) {
                    checkpoints.extend(self.desk.store.tied_to(*old)?);
                }
                let commit = commit.clone();
                repairs.push(Repair { commit, reason: Reason::Squashed, checkpoints });
            }
        }
        Ok(repairs)
    }

    fn branches(&self) -> Result<HashSet<ObjectId>, RepairError> {
        let mut tips = HashSet::new();
        for prefix in ["refs/heads/", "refs/remotes/"] {
            let branches = self.desk.store.repository().references(prefix)?;
            tips.extend(branches.into_iter().map(|(_, tip)| tip));
        }
        Ok(tips)
    }

    /// Where a squashed line may have gone: to what is checked out, or to a branch whose newest commit is unknown, as
    /// right after a fetch.
    fn heads(
        &self,
        branches: &HashSet<ObjectId>,
        by_change: &HashMap<ObjectId, HistoryLine>,
    ) -> Vec<ObjectId> {
        let unknown: HashSet<ObjectId> = by_change.values().map(|line| line.commit).collect();
        let head = self.desk.store.repository().resolve_commit("HEAD").ok();
        let mut others: Vec<ObjectId> = branches.intersection(&unknown).copied().collect();
        others.retain(|other| Some(*other) != head);
        others.sort_unstable();
        head.into_iter().chain(others.into_iter().take(HEADS)).collect()
    }

    /// Where a line of commits may end: at a branch, or at a commit with a checkpoint.
    fn tips(
        &self,
        head: ObjectId,
        branches: &HashSet<ObjectId>,
    ) -> Result<Vec<ObjectId>, RepairError> {
        let repository = self.desk.store.repository();
        let mut tips: HashSet<ObjectId> = self.tied.difference(&self.certain).copied().collect();
        tips.extend(branches);
        tips.retain(|tip| repository.object_kind(*tip) == Some(ObjectKind::Commit));
        Ok(repository.ends(&tips, head)?)
    }

    /// The change that all commits up to `tip` make together since they left `head`, and these commits.
    fn line_to(
        &self,
        head: ObjectId,
        tip: ObjectId,
    ) -> Result<Option<(ObjectId, Vec<ObjectId>)>, RepairError> {
        let repository = self.desk.store.repository();
        let Some(base) = repository.merge_base(head, tip)? else { return Ok(None) };
        let line = repository.commits_between(base, tip)?;
        if line.len() < 2 {
            return Ok(None);
        }
        Ok(repository.patch_id_between(base, tip).map(|change| (change, line)))
    }
}
