//! Finding the checkpoints of a commit that none is tied to: they may be tied to the commit that it once was.

use std::cell::{LazyCell, OnceCell};
use std::collections::HashSet;

use crate::git::{CommitFacts, HistoryLine, ProgramError, Stamp, given_change_id};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::policy::remap::{self, Likeness, Orphan, Standing};
use crate::store::{Anchor, AnchorIndex, CommitError, Reading, Tied};

/// How many commits with the same anchor are looked at; more than a few have it only where somebody made them so.
const CANDIDATES: usize = 64;

/// What keeps a search from being made.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error("what branches and tags reach cannot be told")]
    Reach(#[from] ProgramError),
}

/// A commit whose checkpoints are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub author: &'a Stamp,
    pub subject: &'a str,
}

impl<'a> From<&'a CommitFacts> for Sought<'a> {
    fn from(commit: &'a CommitFacts) -> Self {
        let CommitFacts { id, tree, author, subject, .. } = commit;
        Self { id: *id, tree: *tree, author, subject }
    }
}

impl<'a> From<&'a HistoryLine> for Sought<'a> {
    fn from(line: &'a HistoryLine) -> Self {
        let HistoryLine { commit, tree, author, subject, .. } = line;
        Self { id: *commit, tree: *tree, author, subject }
    }
}

/// How much a search may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Only commits that share author line or tree are looked at, which no commit has to be compared for.
    Quick,
    /// The change of the commit is worked out, too.
    Thorough,
    /// The change of the commit is known already, if it makes one.
    Known(Option<ObjectId>),
}

/// The checkpoints that seem to belong to a commit.
#[derive(Debug)]
pub struct Inferred {
    pub by: Likeness,
    /// Oldest first; each is tied to the commit that it was saved for.
    pub checkpoints: Vec<Tied>,
}

/// Looks for checkpoints by what commits have in common.
pub struct Search<'d> {
    desk: &'d Desk,
    reading: Reading,
    index: OnceCell<AnchorIndex>,
    worked_on: OnceCell<HashSet<ObjectId>>,
}

impl<'d> Search<'d> {
    /// Nothing is read before the first commit is sought.
    pub fn new(desk: &'d Desk) -> Self {
        let reading = Reading::Whole;
        Self { desk, reading, index: OnceCell::new(), worked_on: OnceCell::new() }
    }

    /// The same for a single commit: of the index only what concerns it is read.
    pub fn for_one(desk: &'d Desk) -> Self {
        Self { reading: Reading::Sparse, ..Self::new(desk) }
    }

    /// The checkpoints of the commits that are like this one.
    pub fn of(&self, commit: &Sought, effort: Effort) -> Result<Option<Inferred>, InferError> {
        let index = self.index()?;
        if index.is_empty() {
            return Ok(None);
        }
        let authored = commit.author.to_string();
        let patch_id = OnceCell::new();
        let mut patch = || match effort {
            Effort::Known(patch_id) => patch_id,
            _ => *patch_id.get_or_init(|| self.desk.store.repository().patch_id(commit.id)),
        };
        let mut anchors = vec![Anchor::Authored(&authored), Anchor::Tree(commit.tree)];
        if effort != Effort::Quick {
            anchors.extend(patch().map(Anchor::Patch));
        }
        let alike = |anchor| index.commits(anchor).take(CANDIDATES);
        let mut candidates: Vec<ObjectId> = anchors.into_iter().flat_map(alike).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let facts = LazyCell::new(|| self.desk.store.repository().commit_here(commit.id));
        let orphan = Orphan { tree: commit.tree, authored: &authored, subject: commit.subject };
        let mut found: Vec<(Likeness, Vec<Tied>)> = Vec::new();
        for candidate in candidates.into_iter().filter(|candidate| *candidate != commit.id) {
            let is_named = LazyCell::new(|| self.is_called_the_same(candidate, facts.as_ref()));
            let mut named = || *is_named;
            found.extend(self.judge(candidate, commit.id, orphan, &mut patch, &mut named)?);
        }
        Ok(strongest(found))
    }

    /// The commits with checkpoints that share author line and subject with a commit, wherever they stand.
    pub fn by_author(&self, commit: &CommitFacts) -> Result<Vec<ObjectId>, InferError> {
        let authored = commit.author.to_string();
        let mut found = Vec::new();
        for candidate in self.index()?.commits(Anchor::Authored(&authored)).take(CANDIDATES) {
            let same = |tied: &Tied| {
                let subject = tied.anchors().and_then(|anchors| anchors.subject.as_ref());
                subject == Some(&commit.subject)
            };
            if candidate != commit.id && self.desk.store.tied_to(candidate)?.iter().any(same) {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// The checkpoints tied to `candidate` that belong to a commit, and by what they seem to.
    fn judge(
        &self,
        candidate: ObjectId,
        commit: ObjectId,
        orphan: Orphan,
        patch_id: &mut dyn FnMut() -> Option<ObjectId>,
        has_change_id: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(Likeness, Vec<Tied>)>, InferError> {
        let tied = self.desk.store.tied_to(candidate)?;
        // Git is asked where the candidate stands only when that decides something.
        let standing = OnceCell::new();
        let mut ask = || match standing.get_or_init(|| self.standing(candidate, commit)) {
            Ok(standing) => *standing,
            Err(_) => Standing::SameLine,
        };
        let likeness = |tied: &Tied| {
            remap::likeness(tied.anchors()?, orphan, patch_id, has_change_id, &mut ask)
        };
        let best = tied.iter().filter_map(likeness).max();
        if let Some(Err(error)) = standing.into_inner() {
            return Err(error);
        }
        Ok(best.map(|by| (by, tied)))
    }

    /// Whether Jujutsu made the commit out of the candidate, by the name that it gave to both.
    fn is_called_the_same(&self, candidate: ObjectId, commit: Option<&CommitFacts>) -> bool {
        let Some(commit) = commit else { return false };
        let Some(name) = &commit.change_id else { return false };
        if *name == given_change_id(candidate) {
            return true;
        }
        // After `jj undo` the candidate may be what the commit had become.
        let candidate = self.desk.store.repository().commit_here(candidate);
        candidate.is_some_and(|candidate| {
            candidate.change_id.as_ref() == Some(name)
                && candidate.committer.seconds <= commit.committer.seconds
        })
    }

    fn standing(&self, candidate: ObjectId, commit: ObjectId) -> Result<Standing, InferError> {
        if !self.worked_on()?.contains(&candidate) {
            return Ok(Standing::Lost);
        }
        let repository = self.desk.store.repository();
        Ok(match repository.merge_base(candidate, commit)? {
            None => Standing::Unrelated,
            Some(base) if base == candidate || base == commit => Standing::SameLine,
            Some(_) => Standing::Elsewhere,
        })
    }

    fn index(&self) -> Result<&AnchorIndex, InferError> {
        if let Some(known) = self.index.get() {
            return Ok(known);
        }
        let read = self.desk.store.anchor_index(self.reading)?;
        Ok(self.index.get_or_init(|| read))
    }

    /// What branches and tags reach.
    fn worked_on(&self) -> Result<&HashSet<ObjectId>, InferError> {
        if let Some(known) = self.worked_on.get() {
            return Ok(known);
        }
        let found = self.desk.store.repository().worked_on()?;
        Ok(self.worked_on.get_or_init(|| found))
    }
}

/// What is certain leaves out all that is not. Of the rest everything counts: a commit that was squashed shares the
/// author line with the first and the files with the last of those that it was made of.
fn strongest(mut found: Vec<(Likeness, Vec<Tied>)>) -> Option<Inferred> {
    let by = found.iter().map(|(likeness, _)| *likeness).max()?;
    if by == Likeness::AuthorAndChange {
        found.retain(|(likeness, _)| *likeness == by);
    }
    let mut checkpoints: Vec<Tied> = found.into_iter().flat_map(|(_, tied)| tied).collect();
    let mut seen = HashSet::new();
    checkpoints.retain(|tied| tied.id().is_some_and(|id| seen.insert(id.clone())));
    checkpoints.sort_by_key(Tied::created);
    (!checkpoints.is_empty()).then_some(Inferred { by, checkpoints })
}
