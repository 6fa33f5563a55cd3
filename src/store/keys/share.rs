//! Wrapping the keys of this clone's writer for the recipients as they are now.
//!
//! What was wrapped before stays in the history of the refs, and in every clone that has it: nobody loses what they
//! could read.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::recipients::{Recipient, wrap};
use crate::git::{EntryKind, Stamp, Swap, TreeEdit};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::writer::{LOGS_PREFIX, TIES_PREFIX};
use crate::store::keys::{Own, SealedError, keys_below, path_of};
use crate::store::lock::Lock;
use crate::store::tips::Tips;
use crate::store::transaction::{CommitError, Tip, stale_after};
use crate::store::{Store, tree_of};

const MESSAGE: &str = "git-ckpt: keys shared\n";

/// What became of the keys of a writer.
#[derive(Debug, Default)]
pub struct Shared {
    /// Those that are wrapped for all recipients now.
    pub keys: usize,
    /// Those that stay as they were, because no identity here opens them.
    pub closed: Vec<(KeyId, SealedError)>,
}

impl Store {
    /// Wraps all keys of this clone's writer anew, so that all recipients can read what was saved so far.
    pub fn share(&self, recipients: &[Recipient], stamp: &Stamp) -> Result<Shared, CommitError> {
        let Some(writer) = self.writer()? else { return Ok(Shared::default()) };
        let lock = Lock::wait(&self.directory)?;
        let mut sharing = Sharing { store: self, recipients, known: BTreeMap::new() };
        for reference in [writer.log_ref(), writer.ties_ref()] {
            let tip = Tip::read(self.repository(), reference)?;
            let edits = tip.tree.map_or(Ok(Vec::new()), |root| sharing.edits(root))?;
            if edits.is_empty() {
                continue;
            }
            let tree = self.repository().edit_tree(tip.tree, &edits)?;
            let new = tip.successor(self.repository(), tree, stamp, MESSAGE)?;
            match tip.swap(self.repository(), new, MESSAGE.trim_end(), stale_after(&lock))? {
                Swap::Done => Tips::of(self.repository(), &writer)?.store(&self.directory)?,
                Swap::Lost => return Err(CommitError::Moved { reference: tip.reference }),
            }
        }
        let mut shared = Shared::default();
        for (id, wrapped) in sharing.known {
            match wrapped {
                Ok(_) => shared.keys += 1,
                Err(error) => shared.closed.push((id, error)),
            }
        }
        Ok(shared)
    }

    /// The keys that lie in this clone's own refs.
    pub(in crate::store) fn own_keys(&self) -> Result<BTreeSet<KeyId>, CommitError> {
        let mut keys = BTreeSet::new();
        for prefix in [LOGS_PREFIX, TIES_PREFIX] {
            for (reference, _) in self.repository().references(prefix)? {
                let Some((_, root)) = tree_of(self.repository(), &reference)? else { continue };
                keys.extend(keys_below(self.repository(), root)?.into_iter().map(|(id, _)| id));
            }
        }
        Ok(keys)
    }
}

/// Wraps keys, each once.
struct Sharing<'s> {
    store: &'s Store,
    recipients: &'s [Recipient],
    known: BTreeMap<KeyId, Result<ObjectId, SealedError>>,
}

impl Sharing<'_> {
    /// What puts the keys that lie in a tree there anew.
    fn edits(&mut self, root: ObjectId) -> Result<Vec<TreeEdit>, CommitError> {
        let mut edits = Vec::new();
        for (id, _) in keys_below(self.store.repository(), root)? {
            if !self.known.contains_key(&id) {
                let wrapped = self.wrapped(id)?;
                self.known.insert(id, wrapped);
            }
            if let Some(Ok(blob)) = self.known.get(&id) {
                edits.push(TreeEdit { path: path_of(id), entry: Some((EntryKind::Blob, *blob)) });
            }
        }
        Ok(edits)
    }

    fn wrapped(&self, id: KeyId) -> Result<Result<ObjectId, SealedError>, CommitError> {
        let Store { repository, directory, keys, .. } = self.store;
        let key = match keys.find(repository, id) {
            Ok(key) => key,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(mut own) = Own::load(directory, id) {
            let more = self.recipients.iter().map(ToString::to_string);
            let before = own.recipients.len();
            own.recipients.extend(more);
            if own.recipients.len() > before {
                own.store(directory)?;
            }
        }
        let wrapped = wrap(&key, self.recipients).map_err(CommitError::Unwrapped)?;
        Ok(Ok(repository.write_blob(&wrapped)?))
    }
}
