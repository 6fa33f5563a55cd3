//! The keys of sealed documents: found once for all notes that are read together, and without asking anybody, since a
//! list of many is no reason for a question.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::seal::LogKey;
use crate::format::sealed;
use crate::git::Repository;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::store::keys::{Asking, Keyring, SealedError, keys_below, roots, small_blobs};

/// Keys, each found or not.
#[derive(Debug, Default)]
pub struct DocumentKeys(BTreeMap<KeyId, Result<LogKey, SealedError>>);

impl DocumentKeys {
    /// Those of all documents in these notes.
    pub fn find<'n>(
        keyring: &Keyring,
        repository: &Repository,
        notes: impl IntoIterator<Item = &'n [u8]>,
    ) -> Self {
        let wanted: BTreeSet<KeyId> = notes.into_iter().flat_map(sealed::keys_in).collect();
        // Notes of others may name as many as they like: where keys lie is looked up once.
        let mut places = None;
        let mut wrapped = |id: KeyId| {
            let places = places.get_or_insert_with(|| places_of_keys(repository));
            small_blobs(repository, places.get(&id).map_or(&[][..], Vec::as_slice))
        };
        let find = |id| (id, keyring.find_among(id, Asking::Never, &mut wrapped));
        Self(wanted.into_iter().map(find).collect())
    }

    pub fn key(&self, id: KeyId) -> Result<&LogKey, SealedError> {
        match self.0.get(&id) {
            Some(Ok(key)) => Ok(key),
            Some(Err(error)) => Err(error.clone()),
            None => Err(SealedError::NoKey { key: id }),
        }
    }
}

/// All wrapped keys of all refs that are here, each way of wrapping one once.
fn places_of_keys(repository: &Repository) -> BTreeMap<KeyId, Vec<ObjectId>> {
    let mut places: BTreeMap<KeyId, Vec<ObjectId>> = BTreeMap::new();
    for root in roots(repository) {
        for (id, entry) in keys_below(repository, root).unwrap_or_default() {
            let blobs = places.entry(id).or_default();
            if !blobs.contains(&entry.id) {
                blobs.push(entry.id);
            }
        }
    }
    places
}
