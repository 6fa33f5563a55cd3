//! The files of documents that are written anew: where their bytes are now, and lists of companion files that say so.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::format::companions;
use crate::format::seal::LogKey;
use crate::git::{Repository, TreeEdit};
use crate::model::hash;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Companion, Extent, LogId, Redacted, StoredFile};
use crate::store::Store;
use crate::store::appender::Appender;
use crate::store::keys::Keyring;
use crate::store::log::{self, LogReader};
use crate::store::redact::RedactError;
use crate::store::redact::moved;
use crate::store::redact::rewriting::NewLogs;
use crate::store::redactor::Redactor;
use crate::store::tied::Tied;
use crate::store::transaction::CommitError;

/// Describes the files of one writer's documents anew.
pub struct Writing<'w, 'r, 'a> {
    pub redactor: &'w Redactor<'a>,
    pub repository: &'r Repository,
    pub keys: &'r Keyring,
    /// The writer's place among all.
    pub place: usize,
    pub logs: &'w mut [NewLogs<'r>],
    pub root: Option<ObjectId>,
    /// New lists of companion files, by log, and what they are sealed with.
    pub lists: BTreeMap<LogId, (Option<KeyId>, Appender<'r>)>,
    /// What puts those in their places that are stored already.
    pub edits: Vec<TreeEdit>,
    pub known: HashMap<(LogId, [u8; 32]), StoredFile>,
}

impl Writing<'_, '_, '_> {
    /// A file as it is now.
    pub fn moved(&mut self, stored: &StoredFile) -> Result<StoredFile, RedactError> {
        let known = (stored.log.clone(), stored.sha256.0);
        if let Some(known) = self.known.get(&known) {
            return Ok(known.clone());
        }
        let key = self.key(stored)?;
        let keyed = |plain: hash::Sha256| key.as_ref().map_or(plain, |key| key.keyed(&plain));
        let own = self.place;
        let others = (0..self.logs.len()).filter(|place| *place != own);
        let place = std::iter::once(own).chain(others);
        let mut place = place.filter(|place| self.logs[*place].contains_key(&stored.log));
        let Some(place) = place.next() else { return Ok(stored.clone()) };
        let Some(log) = self.logs[place].get_mut(&stored.log) else { return Ok(stored.clone()) };
        if !log.moved.concerns(stored) {
            return Ok(stored.clone());
        }
        // A log of the same name may have other bytes, and then somebody else's is meant.
        let before = hash_of(&mut log.reader, &stored.extents).ok();
        let Some(before) = before.filter(|before| keyed(*before) == stored.sha256) else {
            return Ok(stored.clone());
        };
        let places = log.moved.places(&stored.extents);
        let extents = log.moved.extents(&stored.extents);
        let sha256 = keyed(hash_of(&mut log.reader, &extents)?);
        let redacted = match &stored.redacted {
            _ if places == 0 => stored.redacted.clone(),
            Some(earlier) => {
                Some(Redacted { places: earlier.places + places, original: earlier.original })
            }
            None => {
                let original = self.redactor.keyed(&before)?;
                original.map(|original| Redacted { places, original })
            }
        };
        let bytes = extents.iter().map(|extent| extent.length).sum();
        let log = stored.log.clone();
        let new = StoredFile { log, bytes, extents, sha256, key: stored.key, redacted };
        self.known.insert(known, new.clone());
        Ok(new)
    }

    /// What the hash of a file was made with.
    fn key(&self, stored: &StoredFile) -> Result<Option<LogKey>, RedactError> {
        let sealed = |source| RedactError::SealedLog { log: stored.log.clone(), source };
        let key = stored.key.map(|key| self.keys.find(self.repository, key));
        key.transpose().map_err(sealed)
    }

    /// A list of companion files as it is now.
    pub fn list(
        &mut self,
        store: &Store,
        tied: &Tied,
        list: &StoredFile,
    ) -> Result<StoredFile, RedactError> {
        let key = (list.log.clone(), list.sha256.0);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let old = store.companions(tied, list)?;
        let mut new = old.clone();
        for companion in &mut new {
            companion.stored = self.moved(&companion.stored)?;
        }
        let stored = if new == old { list.clone() } else { self.add_list(list, &new)? };
        self.known.insert(key, stored.clone());
        Ok(stored)
    }

    fn add_list(
        &mut self,
        before: &StoredFile,
        list: &[Companion],
    ) -> Result<StoredFile, RedactError> {
        let text = companions::write(list)?;
        let plain = hash::Sha256(Sha256::digest(&text).into());
        let key = self.key(before)?;
        let sha256 = key.as_ref().map_or(plain, |key| key.keyed(&plain));
        let log = &before.log;
        let appender = match self.lists.remove(log) {
            Some((sealed_with, appender)) if sealed_with == before.key => appender,
            // What follows is sealed otherwise, and stands in an epoch of its own.
            Some((_, appender)) => {
                let (tail, mut edits) = moved::stored(self.repository, appender)?;
                self.edits.append(&mut edits);
                Appender::new(self.repository, log, (tail.fresh(), Vec::new()), key)
            }
            None => Appender::new(self.repository, log, (self.fresh_tail(log)?, Vec::new()), key),
        };
        let (_, appender) = self.lists.entry(log.clone()).or_insert((before.key, appender));
        let extent = appender.push(&text)?;
        Ok(StoredFile {
            log: log.clone(),
            bytes: extent.length,
            extents: vec![extent],
            sha256,
            key: before.key,
            redacted: None,
        })
    }

    /// Where a list goes that needs nothing of those before it.
    fn fresh_tail(&self, log: &LogId) -> Result<log::Tail, RedactError> {
        let Some(root) = self.root else { return Ok(log::Tail::default()) };
        let tree = self.repository.entry_at(root, &log::directory(log));
        let Some(tree) = tree.map_err(CommitError::from)? else { return Ok(log::Tail::default()) };
        let reader = LogReader::open((self.repository, self.keys), log, tree.id)?;
        Ok(reader.tail()?.fresh())
    }

    /// Stores the lists; returns the tree of logs with everything that is new.
    pub fn finish(self) -> Result<Option<ObjectId>, RedactError> {
        let mut edits = self.edits;
        for (_, appender) in self.lists.into_values() {
            edits.append(&mut moved::stored(self.repository, appender)?.1);
        }
        if edits.is_empty() {
            return Ok(self.root);
        }
        Ok(Some(self.repository.edit_tree(self.root, &edits).map_err(CommitError::from)?))
    }
}

fn hash_of(reader: &mut LogReader, extents: &[Extent]) -> Result<hash::Sha256, RedactError> {
    let mut hash = Sha256::new();
    for extent in extents {
        reader.read(*extent, &mut |bytes| {
            hash.update(bytes);
            Ok(())
        })?;
    }
    Ok(hash::Sha256(hash.finalize().into()))
}
