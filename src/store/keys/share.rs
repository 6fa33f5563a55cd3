//! Wrapping the keys of this clone's writer for the recipients as they are now.
//!
//! What was wrapped before stays in the history of the log ref, and in every clone that has it: nobody loses what they
//! could read.

use crate::format::recipients::{Recipient, wrap};
use crate::git::{EntryKind, Stamp, Swap, TreeEdit};
use crate::model::key_id::KeyId;
use crate::store::Store;
use crate::store::keys::{Own, SealedError, keys_below, path_of};
use crate::store::lock::Lock;
use crate::store::tips::Tips;
use crate::store::transaction::{CommitError, Tip, stale_after};

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
        let mut shared = Shared::default();
        let Some(writer) = self.writer()? else { return Ok(shared) };
        let lock = Lock::wait(&self.directory)?;
        let tip = Tip::read(self.repository(), writer.log_ref())?;
        let Some(root) = tip.tree else { return Ok(shared) };
        let mut edits = Vec::new();
        for (id, _) in keys_below(self.repository(), root)? {
            let key = match self.keys.find(self.repository(), id) {
                Ok(key) => key,
                Err(error) => {
                    shared.closed.push((id, error));
                    continue;
                }
            };
            if let Some(mut own) = Own::load(&self.directory, id) {
                let more = recipients.iter().map(ToString::to_string);
                let before = own.recipients.len();
                own.recipients.extend(more);
                if own.recipients.len() > before {
                    own.store(&self.directory)?;
                }
            }
            let wrapped = wrap(&key, recipients).map_err(CommitError::Unwrapped)?;
            let blob = self.repository().write_blob(&wrapped)?;
            edits.push(TreeEdit { path: path_of(id), entry: Some((EntryKind::Blob, blob)) });
            shared.keys += 1;
        }
        if edits.is_empty() {
            return Ok(shared);
        }
        let tree = self.repository().edit_tree(tip.tree, &edits)?;
        let new = tip.successor(self.repository(), tree, stamp, MESSAGE)?;
        match tip.swap(self.repository(), new, MESSAGE.trim_end(), stale_after(&lock))? {
            Swap::Done => Tips::of(self.repository(), &writer)?.store(&self.directory)?,
            Swap::Lost => return Err(CommitError::Moved { reference: tip.reference }),
        }
        Ok(shared)
    }
}
