//! The part of a save that seals: which key, and that it lies wrapped beside what is sealed with it.

use crate::format::recipients::{Recipient, wrap};
use crate::format::seal::LogKey;
use crate::git::{EntryKind, TreeEdit};
use crate::model::key_id::KeyId;
use crate::store::keys::{Keyring, current, path_of};
use crate::store::transaction::{CommitError, Transaction};

/// What captures open with, and what they seal with.
#[derive(Clone, Copy)]
pub struct Sealing<'r> {
    pub keys: &'r Keyring,
    /// Absent where nothing is sealed.
    pub key: Option<&'r LogKey>,
}

impl Sealing<'_> {
    pub fn id(&self) -> Option<KeyId> {
        self.key.map(LogKey::id)
    }
}

impl Transaction<'_> {
    /// Has the sessions that are captured from here on sealed to these recipients.
    pub fn seal_to(&mut self, recipients: Vec<Recipient>) -> Result<(), CommitError> {
        self.seal = Some((current(self.directory, &recipients)?, recipients));
        Ok(())
    }

    /// To how many recipients.
    pub fn sealed_to(&self) -> Option<usize> {
        self.seal.as_ref().map(|(_, recipients)| recipients.len())
    }

    /// Puts the wrapped key beside what is sealed with it, where it is not there yet.
    pub(in crate::store) fn key_edit(&self) -> Result<Option<TreeEdit>, CommitError> {
        let nothing = self.captured.is_empty() && self.attached.edits.is_empty();
        let Some((key, recipients)) = self.seal.as_ref().filter(|_| !nothing) else {
            return Ok(None);
        };
        let path = path_of(key.id());
        if let Some(root) = self.logs.tree
            && self.repository.entry_at(root, &path)?.is_some()
        {
            return Ok(None);
        }
        let wrapped = wrap(key, recipients).map_err(CommitError::Unwrapped)?;
        let blob = self.repository.write_blob(&wrapped)?;
        Ok(Some(TreeEdit { path, entry: Some((EntryKind::Blob, blob)) }))
    }
}
