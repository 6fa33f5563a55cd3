//! Carrying checkpoints over to the commits that history was rewritten to.
//!
//! What git tells of it, it tells once. So it is written down before anything else, and whoever comes next finishes it
//! where this process dies.

use serde::{Deserialize, Serialize};

use crate::git::{IdentityError, RefError};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::store::{CommitError, Intent, LocalError, NewTies};

pub use crate::store::Carried;

/// A commit, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    pub old: ObjectId,
    pub new: ObjectId,
}

/// Checkpoints that could not be carried over.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// Ties the checkpoints of every old commit to what it became. Several old ones may have become one.
pub fn carry(desk: &Desk, rewritten: &[Rewritten]) -> Result<Carried, CarryError> {
    let moved = rewritten.iter().filter(|pair| pair.old != pair.new);
    let moved: Vec<Rewritten> = moved.copied().collect();
    if moved.is_empty() || desk.store.writers()?.is_empty() {
        return Ok(Carried::default());
    }
    // Where there is no room to write it down, it is tried all the same.
    let intent = desk.store.announce_rewrite(&moved).ok();
    let carried = carry_now(desk, &moved)?;
    intent.map_or(Ok(()), Intent::done)?;
    Ok(carried)
}

/// Finishes what dead processes had written down and not done. What fails stays written down.
pub fn finish(desk: &Desk) -> Vec<Result<Carried, CarryError>> {
    let left_over = desk.store.rewrites_left_over::<Vec<Rewritten>>();
    let finish = |(intent, rewritten): (Intent, Result<Vec<Rewritten>, _>)| {
        // An entry that cannot be read names no commits; nothing else could ever be done with it.
        let carried = carry_now(desk, &rewritten.unwrap_or_default())?;
        intent.done()?;
        Ok(carried)
    };
    left_over.into_iter().map(finish).collect()
}

fn carry_now(desk: &Desk, rewritten: &[Rewritten]) -> Result<Carried, CarryError> {
    let mut ties: Vec<NewTies> = Vec::new();
    for Rewritten { old, new } in rewritten {
        let tied = desk.store.tied_to(*old)?;
        let whole = tied.into_iter().filter(|tied| tied.id().is_some());
        let documents: Vec<Vec<u8>> = whole.map(|tied| tied.document).collect();
        match ties.iter_mut().find(|ties| ties.commit == *new) {
            _ if documents.is_empty() => {}
            Some(ties) => ties.documents.extend(documents),
            None => ties.push(NewTies { commit: *new, documents }),
        }
    }
    tie(desk, &ties)
}

/// Ties documents to commits.
pub fn tie(desk: &Desk, ties: &[NewTies]) -> Result<Carried, CarryError> {
    if ties.is_empty() {
        return Ok(Carried::default());
    }
    let stamp = desk.stamp()?;
    Ok(desk.store.begin(&stamp.name)?.carry(ties, &stamp)?)
}
