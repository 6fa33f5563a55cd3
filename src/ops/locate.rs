//! Finding the checkpoint that a person means: by revision, or by the beginning of its id.

use crate::git::{CommitFacts, ObjectError, RevisionError};
use crate::model::checkpoint::{Checkpoint, CheckpointId};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::infer::{Effort, InferError, Inferred, Search, Sought};
use crate::policy::remap::Likeness;
use crate::store::CommitError;

pub use crate::store::{Closed, Content, SealedError, Tied};

/// Shortest beginning of a checkpoint id that is looked up.
const SHORTEST_PREFIX: usize = 4;

/// The checkpoints of a commit, one of which is meant.
#[derive(Clone, Debug)]
pub struct Located {
    pub commit: ObjectId,
    /// Oldest first.
    pub all: Vec<Tied>,
    pub chosen: usize,
    /// By what the checkpoints seem to belong to the commit, where none is tied to it.
    pub inferred: Option<Likeness>,
}

impl Located {
    pub fn tied(&self) -> &Tied {
        &self.all[self.chosen]
    }
}

/// No checkpoint, or not one checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error("commit {} has no checkpoint", commit.short())]
    NoCheckpoint { commit: ObjectId },
    #[error(
        "`{prefix}` names no commit here, and is too short for a checkpoint: \
         the beginning of an id has at least {SHORTEST_PREFIX} digits"
    )]
    TooShort { prefix: String },
    #[error("`{prefix}` names nothing here that can be read, and some checkpoints cannot be read")]
    Unread { prefix: String, source: CommitError },
    #[error(
        "`{prefix}` names nothing here that can be read, and some checkpoints cannot be read: \
         one of commit {} is damaged and its id is lost",
        commit.short()
    )]
    Nameless { prefix: String, commit: ObjectId },
    #[error("`{prefix}` is the beginning of {} checkpoint ids", candidates.len())]
    Ambiguous { prefix: String, candidates: Vec<Tied> },
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error("checkpoint {id} has format {format}, newer than this version understands")]
    Newer { id: CheckpointId, format: u32 },
    #[error("checkpoint {id} is sealed")]
    Sealed { id: CheckpointId, source: SealedError },
    #[error("the checkpoint of commit {} is damaged: {problem}", commit.short())]
    Damaged { commit: ObjectId, problem: String },
    #[error("commit {commit} cannot be read")]
    Commit { commit: ObjectId, source: ObjectError },
    #[error(transparent)]
    Infer(#[from] InferError),
}

/// Finds the checkpoint that `target` names, and opens it where somebody has to be asked for that.
pub fn locate(desk: &Desk, target: &str) -> Result<Located, LocateError> {
    let mut located = find(desk, target)?;
    let chosen = located.chosen;
    desk.store.open_closed(&mut located.all, chosen);
    Ok(located)
}

fn find(desk: &Desk, target: &str) -> Result<Located, LocateError> {
    match desk.store.repository().resolve_commit(target) {
        Ok(commit) => match newest_of(desk, commit, Effort::Thorough) {
            Err(LocateError::NoCheckpoint { .. }) if may_be_prefix(target) => {
                match by_prefix(desk, target) {
                    // What was asked for is known: a commit, and that carries nothing.
                    Err(LocateError::Unread { .. } | LocateError::Nameless { .. }) | Ok(None) => {
                        Err(LocateError::NoCheckpoint { commit })
                    }
                    Ok(Some(located)) => Ok(located),
                    Err(error) => Err(error),
                }
            }
            other => other,
        },
        Err(error) if may_be_prefix(target) => by_prefix(desk, target)?.ok_or(error.into()),
        Err(RevisionError::Unknown { revision: prefix }) if is_short(target) => {
            Err(LocateError::TooShort { prefix })
        }
        Err(error) => Err(error.into()),
    }
}

/// The chosen checkpoint, when this version understands it and it is whole.
pub fn understood(located: &Located) -> Result<&Checkpoint, LocateError> {
    match &located.tied().content {
        Content::Known(checkpoint) => Ok(checkpoint),
        Content::Newer { id, format, .. } => {
            Err(LocateError::Newer { id: id.clone(), format: *format })
        }
        Content::Sealed(closed) => {
            Err(LocateError::Sealed { id: closed.id.clone(), source: closed.why.clone() })
        }
        Content::Damaged { problem, .. } => {
            Err(LocateError::Damaged { commit: located.commit, problem: problem.clone() })
        }
    }
}

/// What the located commit says of itself; `None` where it is not here any more.
pub fn commit_facts(desk: &Desk, commit: ObjectId) -> Result<Option<CommitFacts>, LocateError> {
    match desk.store.repository().commit(commit) {
        Ok(facts) => Ok(Some(facts)),
        Err(ObjectError::Missing { .. }) => Ok(None),
        Err(source) => Err(LocateError::Commit { commit, source }),
    }
}

/// The newest checkpoint of a commit, tied or inferred.
pub fn newest_of(desk: &Desk, commit: ObjectId, effort: Effort) -> Result<Located, LocateError> {
    let all = desk.store.tied_to(commit)?;
    // Safety copies are looked at only where there is nothing else, or by their id.
    let work = all.iter().rposition(|tied| !is_safety(tied));
    match work.or(all.len().checked_sub(1)) {
        Some(chosen) => Ok(Located { commit, all, chosen, inferred: None }),
        None => inferred_of(desk, commit, effort)?.ok_or(LocateError::NoCheckpoint { commit }),
    }
}

/// The newest checkpoint that seems to belong to a commit.
fn inferred_of(
    desk: &Desk,
    commit: ObjectId,
    effort: Effort,
) -> Result<Option<Located>, LocateError> {
    let Some(facts) = commit_facts(desk, commit)? else { return Ok(None) };
    let found = Search::for_one(desk).of(&Sought::from(&facts), effort)?;
    Ok(found.map(|Inferred { by, checkpoints: all }| {
        let work = all.iter().rposition(|tied| !is_safety(tied));
        let chosen = work.unwrap_or(all.len() - 1);
        Located { commit, all, chosen, inferred: Some(by) }
    }))
}

fn by_prefix(desk: &Desk, prefix: &str) -> Result<Option<Located>, LocateError> {
    let unread = |source| LocateError::Unread { prefix: prefix.to_owned(), source };
    let candidates = desk.store.with_prefix(prefix).map_err(unread)?;
    match candidates.as_slice() {
        [] => damaged_by_prefix(desk, prefix),
        [one] => {
            let all = desk.store.tied_to(one.commit)?;
            let chosen = all.iter().position(|tied| tied.id() == one.id());
            let located = |chosen| Located { commit: one.commit, all, chosen, inferred: None };
            Ok(chosen.map(located))
        }
        _ => Err(LocateError::Ambiguous { prefix: prefix.to_owned(), candidates }),
    }
}

/// The damaged document that is meant where nothing else is; an error where that cannot be known.
fn damaged_by_prefix(desk: &Desk, prefix: &str) -> Result<Option<Located>, LocateError> {
    let damaged = desk.store.damaged()?;
    if let Some(meant) = damaged.iter().find(|tied| tied.may_have_id(prefix)) {
        let all = desk.store.tied_to(meant.commit)?;
        let same = |tied: &Tied| tied.id().is_none() && tied.document == meant.document;
        let chosen = all.iter().position(same);
        let located = |chosen| Located { commit: meant.commit, all, chosen, inferred: None };
        return Ok(chosen.map(located));
    }
    let nameless =
        |tied: &&Tied| matches!(&tied.content, Content::Damaged { ids, .. } if ids.is_empty());
    match damaged.iter().find(nameless) {
        Some(Tied { commit, .. }) => {
            Err(LocateError::Nameless { prefix: prefix.to_owned(), commit: *commit })
        }
        None => Ok(None),
    }
}

fn is_safety(tied: &Tied) -> bool {
    let kind = tied.checkpoint().map(|checkpoint| checkpoint.header.kind);
    kind == Some(crate::model::checkpoint::Kind::Safety)
}

fn may_be_prefix(target: &str) -> bool {
    (SHORTEST_PREFIX..=CheckpointId::DIGITS).contains(&target.len()) && is_hexadecimal(target)
}

fn is_short(target: &str) -> bool {
    (1..SHORTEST_PREFIX).contains(&target.len()) && is_hexadecimal(target)
}

fn is_hexadecimal(target: &str) -> bool {
    target.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
