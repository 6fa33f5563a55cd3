//! Taking in what a bundle holds, under refs of its own: as a remote's, so that nothing of this clone is touched and it
//! shows where it came from.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::format::frame;
use crate::format::sealed::keys_in;
use crate::git::{EntryKind, ObjectError, Stamp, Swap, TreeEdit};
use crate::model::checkpoint::CheckpointId;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::LogId;
use crate::model::writer::{IMPORTED, REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX};
use crate::store::carry::{held, with_new};
use crate::store::lock::{Lock, LockError};
use crate::store::transaction::{ATTEMPTS, CommitError, STALE, Tip};
use crate::store::unpack::{Parcel, Parcelled};
use crate::store::{Store, keys, log, ties};

/// A parcel that is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error("log {log} differs from the one that was imported from this writer before")]
    Differs { log: LogId },
    #[error("the note of a commit was written by a newer version, and is left as it is")]
    Newer,
}

/// What was taken in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The checkpoints that were not there before.
    pub new: Vec<CheckpointId>,
    pub ties_ref: String,
}

impl Store {
    /// Where the ties of an imported parcel lie.
    pub fn import_ref(&self, parcel: &Parcel) -> String {
        format!("{REMOTE_TIES_PREFIX}{IMPORTED}/{}", parcel.writer)
    }

    /// Whether a checkpoint was imported before.
    pub fn is_imported(&self, parcel: &Parcel, one: &Parcelled) -> Result<bool, CommitError> {
        let reference = self.import_ref(parcel);
        let tied = self.tied_from(&reference, one.commit)?;
        Ok(tied.is_some_and(|held| held.contains(&one.checkpoint.id)))
    }

    fn tied_from(
        &self,
        reference: &str,
        commit: ObjectId,
    ) -> Result<Option<HashSet<CheckpointId>>, CommitError> {
        let Some(root) = self.tree_of(reference)? else { return Ok(None) };
        let Some(at) = ties::find(self.repository(), root, commit)? else { return Ok(None) };
        Ok(held(&ties::read(self.repository(), at.blob)?))
    }

    /// Takes a parcel in. What is there already stays as it is.
    pub fn admit(&self, parcel: &Parcel, stamp: &Stamp) -> Result<Admitted, AdmitError> {
        let _lock = Lock::wait(&self.directory)?;
        let logs_ref = format!("{REMOTE_LOGS_PREFIX}{IMPORTED}/{}", parcel.writer);
        self.move_to(&logs_ref, stamp, &mut |tip| self.log_edits(tip, parcel))?;
        let ties_ref = self.import_ref(parcel);
        let mut new = Vec::new();
        self.move_to(&ties_ref, stamp, &mut |tip| {
            new.clear();
            self.tie_edits(tip, parcel, &mut new)
        })?;
        Ok(Admitted { new, ties_ref })
    }

    /// Moves a ref to its tree with edits; where there are none it stays.
    fn move_to(
        &self,
        reference: &str,
        stamp: &Stamp,
        edits: &mut dyn FnMut(&Tip) -> Result<Vec<TreeEdit>, AdmitError>,
    ) -> Result<(), AdmitError> {
        const MESSAGE: &str = "git-ckpt: imported\n";
        for _ in 0..ATTEMPTS {
            let tip = Tip::read(self.repository(), reference.to_owned())?;
            let edits = edits(&tip)?;
            if edits.is_empty() {
                return Ok(());
            }
            let tree = self.repository().edit_tree(tip.tree, &edits)?;
            let next = tip.successor(self.repository(), tree, stamp, MESSAGE)?;
            if tip.swap(self.repository(), next, MESSAGE.trim_end(), STALE)? == Swap::Done {
                return Ok(());
            }
        }
        Err(CommitError::Contended { reference: reference.to_owned() }.into())
    }

    fn log_edits(&self, tip: &Tip, parcel: &Parcel) -> Result<Vec<TreeEdit>, AdmitError> {
        let mut edits = Vec::new();
        for frame in &parcel.frames {
            let path = log::frame_path(&frame.log, frame.epoch, frame.start);
            let there = match tip.tree {
                Some(root) => self.repository().entry_at(root, &path)?,
                None => None,
            };
            match there {
                Some(entry)
                    if self.repository().blob_within(entry.id, frame::LARGEST)? == frame.bytes => {}
                Some(_) => return Err(AdmitError::Differs { log: frame.log.clone() }),
                None => {
                    let blob = self.repository().write_compressed_blob(&frame.bytes)?;
                    edits.push(TreeEdit { path, entry: Some((EntryKind::Blob, blob)) });
                }
            }
        }
        edits.extend(self.key_edits(tip, parcel.keys.iter())?);
        Ok(edits)
    }

    fn key_edits<'k>(
        &self,
        tip: &Tip,
        keys: impl Iterator<Item = &'k (KeyId, Vec<u8>)>,
    ) -> Result<Vec<TreeEdit>, AdmitError> {
        let mut edits = Vec::new();
        for (key, wrapped) in keys {
            let path = keys::path_of(*key);
            // One that is there already may be wrapped for more people by now.
            let there = tip.tree.map(|root| self.repository().entry_at(root, &path)).transpose()?;
            if there.flatten().is_none() {
                let blob = self.repository().write_blob(wrapped)?;
                edits.push(TreeEdit { path, entry: Some((EntryKind::Blob, blob)) });
            }
        }
        Ok(edits)
    }

    fn tie_edits(
        &self,
        tip: &Tip,
        parcel: &Parcel,
        new: &mut Vec<CheckpointId>,
    ) -> Result<Vec<TreeEdit>, AdmitError> {
        let mut edits = Vec::new();
        let mut by_commit: BTreeMap<ObjectId, Vec<&Parcelled>> = BTreeMap::new();
        for one in &parcel.checkpoints {
            by_commit.entry(one.commit).or_default().push(one);
        }
        for (commit, all) in by_commit {
            let at = match tip.tree {
                Some(root) => ties::find(self.repository(), root, commit)?,
                None => None,
            };
            let earlier =
                at.as_ref().map_or(Ok(Vec::new()), |at| ties::read(self.repository(), at.blob))?;
            let held = held(&earlier).ok_or(AdmitError::Newer)?;
            let fresh = all.iter().map(|one| one.checkpoint.id.clone());
            new.extend(fresh.filter(|id| !held.contains(id)));
            let documents: Vec<Vec<u8>> = all.iter().map(|one| one.document.clone()).collect();
            let (text, added) = with_new(&earlier, held, &documents);
            if added > 0 {
                let blob = ties::write(self.repository(), &text)?;
                edits.extend(ties::edits(commit, at.as_ref(), blob));
            }
        }
        let documents = parcel.checkpoints.iter().flat_map(|one| keys_in(&one.document));
        let sealing: BTreeSet<KeyId> = documents.collect();
        let keys = parcel.keys.iter().filter(|(key, _)| sealing.contains(key));
        edits.extend(self.key_edits(tip, keys)?);
        Ok(edits)
    }
}
