//! The part of a save that seals: what of it, with which key, and that the key lies wrapped beside what is sealed with it.

use std::collections::BTreeMap;

use crate::format::document::{self, DocumentError};
use crate::format::recipients::{Recipient, wrap};
use crate::format::seal::LogKey;
use crate::format::sealed;
use crate::git::{EntryKind, TreeEdit};
use crate::model::checkpoint::{CheckpointId, Draft};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::store::keys::{Keyring, current, path_of};
use crate::store::transaction::{CommitError, Transaction};

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Sessions,
    /// Documents, too.
    All,
}

/// What a save seals with, and for whom.
#[derive(Debug)]
pub struct Seal {
    pub key: LogKey,
    recipients: Vec<Recipient>,
    scope: Scope,
}

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
    /// Has what is saved from here on sealed to these recipients.
    pub fn seal_to(&mut self, recipients: Vec<Recipient>, scope: Scope) -> Result<(), CommitError> {
        let key = current(self.directory, &recipients)?;
        self.seal = Some(Seal { key, recipients, scope });
        Ok(())
    }

    /// To how many recipients.
    pub fn sealed_to(&self) -> Option<usize> {
        self.seal.as_ref().map(|seal| seal.recipients.len())
    }

    /// The same of the document.
    pub fn document_sealed_to(&self) -> Option<usize> {
        self.seal_of_documents().map(|seal| seal.recipients.len())
    }

    fn seal_of_documents(&self) -> Option<&Seal> {
        self.seal.as_ref().filter(|seal| seal.scope == Scope::All)
    }

    /// A document as it is to be stored, and its id.
    pub(in crate::store) fn written(
        &self,
        draft: &Draft,
    ) -> Result<(CheckpointId, Vec<u8>), DocumentError> {
        match self.seal_of_documents() {
            Some(seal) => sealed::write(draft, &seal.key, BTreeMap::new()),
            None => document::write(draft),
        }
    }

    /// Puts the wrapped key beside sealed sessions and attachments, where it is not there yet.
    pub(in crate::store) fn log_key_edit(&self) -> Result<Option<TreeEdit>, CommitError> {
        let nothing = self.captured.is_empty() && self.attached.edits.is_empty();
        let seal = self.seal.as_ref().filter(|_| !nothing);
        seal.map_or(Ok(None), |seal| self.key_edit(seal, self.logs.tree))
    }

    /// The same for sealed documents: they may be here without the logs.
    pub(in crate::store) fn tie_key_edit(&self) -> Result<Option<TreeEdit>, CommitError> {
        self.seal_of_documents().map_or(Ok(None), |seal| self.key_edit(seal, self.ties.tree))
    }

    fn key_edit(
        &self,
        seal: &Seal,
        root: Option<ObjectId>,
    ) -> Result<Option<TreeEdit>, CommitError> {
        let path = path_of(seal.key.id());
        if let Some(root) = root
            && self.repository.entry_at(root, &path)?.is_some()
        {
            return Ok(None);
        }
        let wrapped = wrap(&seal.key, &seal.recipients).map_err(CommitError::Unwrapped)?;
        let blob = self.repository.write_blob(&wrapped)?;
        Ok(Some(TreeEdit { path, entry: Some((EntryKind::Blob, blob)) }))
    }
}
