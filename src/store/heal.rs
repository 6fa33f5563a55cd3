//! Mending this clone's own refs after something else moved or removed them.
//!
//! What was there is remembered (see [`Tips`]); a ref that does not contain it any more gets it back, together with
//! what it was moved to. Nothing is thrown away, whichever of the two is newer. What is not in the repository any more
//! is let go of: no save may fail for ever because of it.

use std::path::Path;

use crate::git::{NewCommit, ObjectError, ProgramError, RefError, Repository, Swap};
use crate::model::object::ObjectId;
use crate::model::writer::{LOGS_PREFIX, NotAWriterId, WriterId};
use crate::store::local::LocalError;
use crate::store::lock::{Lock, LockError};
use crate::store::tips::Tips;
use crate::store::union::{self, Trees};

/// How often a ref is tried that moves while it is being mended.
const ATTEMPTS: u32 = 8;

/// A ref that was moved and cannot be mended.
#[derive(Debug, thiserror::Error)]
pub enum HealError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error("git cannot tell how `{reference}` was moved")]
    Unasked { reference: String, source: ProgramError },
    #[error("`{reference}` moves again and again while it is being mended")]
    Contended { reference: String },
    #[error(transparent)]
    Name(#[from] NotAWriterId),
}

/// A ref that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Healed {
    pub reference: String,
    pub how: Healing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Healing {
    /// It was gone.
    Restored,
    /// It stood at something older.
    Advanced,
    /// It stood at something else, which was merged.
    Merged,
    /// What was remembered is not in the repository any more, so that the ref stays as it is.
    Lost,
}

/// Whether a ref does not stand where it is remembered, which most often means nothing.
pub fn is_suspicious(repository: &Repository, directory: &Path) -> bool {
    let moved =
        |(name, tip): &(String, ObjectId)| repository.reference(name).ok() != Some(Some(*tip));
    Tips::load(directory).is_some_and(|tips| tips.refs.iter().any(moved))
}

/// Whether all refs contain what is remembered: a process died before it remembered what it wrote, or is about to.
pub fn only_grew(repository: &Repository, directory: &Path) -> Result<bool, HealError> {
    for (reference, remembered) in Tips::load(directory).map_or_else(Vec::new, |tips| tips.refs) {
        let now = repository.reference(&reference)?;
        if now != Some(remembered) && repository.object_kind(remembered).is_none() {
            return Ok(false);
        }
        let contains = |now| repository.contains(now, remembered);
        let contains = now.map_or(Ok(false), contains);
        if !contains.map_err(|source| HealError::Unasked { reference, source })? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Mends the refs that do not contain what is remembered, and remembers where all of them stand. The lock is that of
/// this clone.
pub fn heal(
    repository: &Repository,
    directory: &Path,
    _lock: &Lock,
) -> Result<Vec<Healed>, HealError> {
    let mut healed = Vec::new();
    let Some(before) = Tips::load(directory) else { return Ok(healed) };
    let mut now = Tips { refs: Vec::new() };
    for (reference, remembered) in &before.refs {
        let (how, tip) = heal_ref(repository, reference, *remembered)?;
        healed.extend(how.map(|how| Healed { reference: reference.clone(), how }));
        now.refs.extend(tip.map(|tip| (reference.clone(), tip)));
    }
    if now != before {
        now.store(directory)?;
    }
    Ok(healed)
}

/// Where a ref stands in the end, if it is there, and what had to be done for that.
fn heal_ref(
    repository: &Repository,
    reference: &str,
    remembered: ObjectId,
) -> Result<(Option<Healing>, Option<ObjectId>), HealError> {
    let unasked = |source| HealError::Unasked { reference: reference.to_owned(), source };
    for _ in 0..ATTEMPTS {
        let now = repository.reference(reference)?;
        if now != Some(remembered) && repository.object_kind(remembered).is_none() {
            // A tool that rewrites every ref, and collects what is left, has nothing that could be brought back.
            return Ok((Some(Healing::Lost), now));
        }
        let (how, tip) = match now {
            None => (Healing::Restored, remembered),
            Some(now) if repository.contains(now, remembered).map_err(unasked)? => {
                return Ok((None, Some(now)));
            }
            Some(now) if repository.contains(remembered, now).map_err(unasked)? => {
                (Healing::Advanced, remembered)
            }
            Some(now) => {
                let base = repository.merge_base(remembered, now).map_err(unasked)?;
                (Healing::Merged, merged(repository, reference, base, [remembered, now])?)
            }
        };
        let reason = "git-ckpt: what was moved away is back";
        if repository.swap_reference(reference, now, tip, reason)? == Swap::Done {
            return Ok((Some(how), Some(tip)));
        }
    }
    Err(HealError::Contended { reference: reference.to_owned() })
}

/// A commit with both tips behind it and all that they have in its tree.
fn merged(
    repository: &Repository,
    reference: &str,
    base: Option<ObjectId>,
    [ours, theirs]: [ObjectId; 2],
) -> Result<ObjectId, HealError> {
    let kind = if reference.starts_with(LOGS_PREFIX) { Trees::Logs } else { Trees::Ties };
    let base = base.map(|base| repository.commit(base)).transpose()?.map(|base| base.tree);
    let (one, other) = (repository.commit(ours)?, repository.commit(theirs)?);
    let tree = match union::union(repository, kind, base, one.tree, other.tree)? {
        Some(tree) => tree,
        None => {
            keep_aside(repository, reference, theirs)?;
            one.tree
        }
    };
    Ok(repository.write_commit(&NewCommit {
        tree,
        parents: vec![ours, theirs],
        // The same merge is the same commit, whoever makes it and when.
        author: one.committer.clone(),
        committer: one.committer,
        message: "git-ckpt: merged with what this ref was moved to\n".to_owned(),
    })?)
}

/// Keeps logs that cannot be merged under a name of their own, where reading finds them.
fn keep_aside(repository: &Repository, reference: &str, tip: ObjectId) -> Result<(), HealError> {
    let name = reference.strip_prefix(LOGS_PREFIX).unwrap_or(reference);
    let aside: WriterId = format!("{:.50}-{}", name, tip.short()).parse()?;
    let reason = "git-ckpt: logs of another clone of the same name";
    // Lost means that it is there already.
    let _: Swap = repository.swap_reference(&aside.log_ref(), None, tip, reason)?;
    Ok(())
}
