//! Tying checkpoints that are stored already to further commits, as when history was rewritten.
//!
//! The documents are stored again as they are, so that a checkpoint keeps its id wherever it is tied, and the ref moves
//! once for all of them.

use std::collections::HashSet;
use std::time::Duration;

use crate::format::document::{self, Document};
use crate::format::note::{self, Piece};
use crate::git::{Stamp, Swap, TreeEdit};
use crate::model::checkpoint::CheckpointId;
use crate::model::object::ObjectId;
use crate::store::transaction::{ATTEMPTS, CommitError, Tip, Transaction};
use crate::store::{missing, ties};

/// Documents that shall be tied to a commit, exactly as stored.
#[derive(Clone, Debug)]
pub struct NewTies {
    pub commit: ObjectId,
    pub documents: Vec<Vec<u8>>,
}

/// What became of ties that were to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Ties that there were not before.
    pub new: u64,
    /// Commits whose note a newer version wrote to, which is left as it is.
    pub newer: Vec<ObjectId>,
}

/// What one attempt would change.
#[derive(Default)]
struct Changes {
    edits: Vec<TreeEdit>,
    blobs: Vec<ObjectId>,
    outcome: Carried,
}

impl Transaction<'_> {
    /// Ties documents to commits; those that are tied there already stay as they are.
    pub fn carry(mut self, new: &[NewTies], stamp: &Stamp) -> Result<Carried, CommitError> {
        let stale = self.stale();
        for attempt in 0..ATTEMPTS {
            let changes = self.changes(new)?;
            if changes.edits.is_empty() {
                return Ok(changes.outcome);
            }
            let tree = self.repository.edit_tree(self.ties.tree, &changes.edits)?;
            let message = format!("git-ckpt: {} carried over\n", changes.outcome.new);
            let tip = self.ties.successor(self.repository, tree, stamp, &message)?;
            if self.ties.swap(self.repository, tip, message.trim_end(), stale)? == Swap::Done {
                missing(self.repository, changes.blobs.into_iter().chain([tree]))?;
                return Ok(changes.outcome);
            }
            std::thread::sleep(Duration::from_millis(u64::from(attempt.min(10)) * 3));
            self.ties = Tip::read(self.repository, self.writer.ties_ref())?;
        }
        Err(CommitError::Contended { reference: self.ties.reference.clone() })
    }

    fn changes(&self, new: &[NewTies]) -> Result<Changes, CommitError> {
        let mut changes = Changes::default();
        for NewTies { commit, documents } in new {
            let (at, earlier) = self.note_of(*commit)?;
            let Some(held) = held(&earlier) else {
                changes.outcome.newer.push(*commit);
                continue;
            };
            let (note, added) = with_new(&earlier, held, documents);
            if added > 0 {
                let blob = ties::write(self.repository, &note)?;
                changes.edits.extend(ties::edits(*commit, at.as_ref(), blob));
                changes.blobs.push(blob);
                changes.outcome.new += added;
            }
        }
        Ok(changes)
    }
}

/// The checkpoints that a note holds; `None` where one is of a newer format, and may want the note otherwise.
pub(super) fn held(note: &[u8]) -> Option<HashSet<CheckpointId>> {
    let mut held = HashSet::new();
    for piece in note::read(note) {
        match piece {
            Piece::Document(_, Document::Newer { .. }) => return None,
            Piece::Document(_, document) => drop(held.insert(document.id().clone())),
            Piece::Damaged(..) | Piece::Foreign(_) => {}
        }
    }
    Some(held)
}

/// A note with the documents that it does not hold yet, and how many those are. What is no whole document is left out.
pub(super) fn with_new(
    earlier: &[u8],
    mut held: HashSet<CheckpointId>,
    documents: &[Vec<u8>],
) -> (Vec<u8>, u64) {
    let mut text = earlier.to_vec();
    let mut added = 0;
    for bytes in documents {
        let Ok(document) = document::read(bytes) else { continue };
        if held.insert(document.id().clone()) {
            text = note::with(&text, bytes);
            added += 1;
        }
    }
    (text, added)
}

/// Whether a note already holds a checkpoint; an error when it holds one of a newer format.
pub(super) fn holds(note: &[u8], id: &CheckpointId) -> Result<bool, CommitError> {
    for piece in note::read(note) {
        match piece {
            Piece::Document(_, Document::Newer { id, format, .. }) => {
                return Err(CommitError::Newer { id, format });
            }
            Piece::Document(_, document) if document.id() == id => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}
