//! What a commit was made of, as far as git tells right after it was made, so that checkpoints can follow.
//!
//! A cherry-pick leaves the picked commit's name behind, or a line in the reflog where it was finished by hand. A squash
//! merge leaves a list of commits until the commit is made; it is written down when the merge is, because afterwards
//! nothing tells of it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::git::{CommitFacts, ObjectError, ProgramError, RevisionError};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::carry::{self, Carried, CarryError, Rewritten};
use crate::ops::infer::{InferError, Search};
use crate::store::LocalError;

/// The name under which a worktree remembers what is being squashed.
const SQUASH: &str = "squash";

/// Checkpoints that could not follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Carry(#[from] CarryError),
    #[error(transparent)]
    Infer(#[from] InferError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error("git cannot be asked what was done")]
    Program(#[from] ProgramError),
}

/// A squash merge that has not been committed yet.
#[derive(Debug, Serialize, Deserialize)]
struct Squash {
    /// What was checked out.
    onto: ObjectId,
    /// What was squashed, newest first.
    commits: Vec<ObjectId>,
}

/// Remembers which commits a squash merge is about to make one of.
pub fn note_squash(desk: &Desk) -> Result<(), FollowError> {
    let repository = desk.store.repository();
    let commits = repository.squashed();
    match repository.resolve_commit("HEAD") {
        Ok(onto) if !commits.is_empty() => {
            Ok(desk.store.remember_in_worktree(SQUASH, &Squash { onto, commits })?)
        }
        _ => Ok(desk.store.forget_in_worktree(SQUASH)?),
    }
}

/// Ties the checkpoints of what the newest commit was made of to it.
pub fn follow(desk: &Desk) -> Result<Carried, FollowError> {
    let repository = desk.store.repository();
    let commit = &repository.commit(repository.resolve_commit("HEAD")?)?;
    let squash = desk.store.recall_in_worktree::<Squash>(SQUASH);
    let rewritten: Vec<Rewritten> = sources(desk, commit, squash.as_ref())?
        .into_iter()
        .map(|old| Rewritten { old, new: commit.id })
        .collect();
    let carried = carry::carry(desk, &rewritten)?;
    // Last, so that it is still known where this process dies before. No other commit has the same parent and files.
    if squash.is_some() {
        desk.store.forget_in_worktree(SQUASH)?;
    }
    Ok(carried)
}

fn sources(
    desk: &Desk,
    commit: &CommitFacts,
    squash: Option<&Squash>,
) -> Result<Vec<ObjectId>, FollowError> {
    let repository = desk.store.repository();
    if let Some(squash) = squash
        && commit.parents.first() == Some(&squash.onto)
        && is_made_of(desk, commit, squash)?
    {
        return Ok(squash.commits.clone());
    }
    if let Some(picked) = repository.picked()? {
        return Ok(vec![picked]);
    }
    if !repository.was_picked()? {
        return Ok(Vec::new());
    }
    Ok(Search::for_one(desk).by_author(commit)?)
}

/// Whether a commit changes at least half of the files that were squashed: it may be about something else altogether.
fn is_made_of(desk: &Desk, commit: &CommitFacts, squash: &Squash) -> Result<bool, FollowError> {
    let repository = desk.store.repository();
    let mut squashed = HashSet::new();
    for old in &squash.commits {
        squashed.extend(repository.changed_files(*old)?);
    }
    let made: HashSet<String> = repository.changed_files(commit.id)?.into_iter().collect();
    let shared = squashed.intersection(&made).count();
    Ok(shared > 0 && shared * 2 >= squashed.len())
}
