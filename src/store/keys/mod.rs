//! The keys that sessions and documents are sealed with: finding one, opening it with the user's identity, and sharing
//! it.
//!
//! A writer's keys lie in the refs that hold what is sealed with them, its logs and its ties, each wrapped for those whom
//! it was shared with (`keys/<name>.age`). Those that this clone made itself are also kept open beside the repository's other local files, so that a save needs no
//! identity. Whether anybody is asked for a passphrase is decided elsewhere; where nobody can be, a key stays closed.

mod documents;
mod identities;
mod own;
mod sealing;
mod share;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::format::recipients::{self, Closed};
use crate::format::seal::LogKey;
use crate::git::{EntryKind, Repository, TreeEntry};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::writer::{LOGS_PREFIX, REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX, TIES_PREFIX};
use crate::store::keys::identities::Identities;

pub use documents::DocumentKeys;
pub use identities::{Ask, IdentitySettings};
use own::{Own, current};
pub use sealing::{Scope, Seal, Sealing};
pub use share::Shared;

/// The directory of wrapped keys, below the root of a ref's tree.
pub(super) const DIRECTORY: &str = "keys";
/// What the names of wrapped keys end with.
const SUFFIX: &str = ".age";

/// Why something sealed stays closed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SealedError {
    #[error("sealed, and the key {key} is stored nowhere here")]
    NoKey { key: KeyId },
    #[error("sealed to {}, and there is no identity here to open it with", people(*recipients))]
    NoIdentity { recipients: usize },
    #[error("sealed to {}, and no identity here is one of them", people(*recipients))]
    ForOthers { recipients: usize },
    #[error("sealed to `{}`, whose passphrase can be asked for at a terminal only", path.display())]
    Locked { path: PathBuf },
    #[error("the passphrase does not open `{}`", path.display())]
    Passphrase { path: PathBuf },
    #[error("sealed, and the key {key} is damaged")]
    Damaged { key: KeyId },
    #[error("the identity `{}` cannot be used: {why}", path.display())]
    Identity { path: PathBuf, why: String },
}

impl SealedError {
    /// Whether it is only out of reach here, and not lost to everybody.
    pub fn is_closed(&self) -> bool {
        !matches!(self, Self::Damaged { .. } | Self::NoKey { .. })
    }
}

fn people(recipients: usize) -> String {
    if recipients == 1 { "one recipient".to_owned() } else { format!("{recipients} recipients") }
}

/// Whether somebody may be asked for a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Allowed,
    Never,
}

/// Whether somebody could be asked for a key, and what came of it.
type Sought = (Asking, Result<LogKey, SealedError>);

/// Opens log keys, each once.
pub struct Keyring {
    /// `<common dir>/ckpt`.
    directory: PathBuf,
    identities: Identities,
    known: RefCell<BTreeMap<KeyId, Sought>>,
}

impl Keyring {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            identities: Identities::default(),
            known: RefCell::default(),
        }
    }

    /// Says where the user's identities are, and how to ask for a passphrase.
    pub(super) fn set_identities(&mut self, settings: IdentitySettings) {
        self.identities = Identities::new(settings);
        self.known.get_mut().clear();
    }

    /// The key of this name: kept open here, or wrapped in somebody's refs.
    pub fn find(&self, repository: &Repository, id: KeyId) -> Result<LogKey, SealedError> {
        self.find_among(id, Asking::Allowed, &mut |id| wrapped(repository, id))
    }

    /// The same, without asking anybody.
    pub fn find_quietly(&self, repository: &Repository, id: KeyId) -> Result<LogKey, SealedError> {
        self.find_among(id, Asking::Never, &mut |id| wrapped(repository, id))
    }

    /// The same; `wrapped` looks for the ways in which it is wrapped, where that is needed.
    fn find_among(
        &self,
        id: KeyId,
        asking: Asking,
        wrapped: &mut dyn FnMut(KeyId) -> Vec<Vec<u8>>,
    ) -> Result<LogKey, SealedError> {
        match self.known.borrow().get(&id) {
            // Asking may help.
            Some((Asking::Never, Err(SealedError::Locked { .. }))) if asking == Asking::Allowed => {
            }
            Some((_, known)) => return known.clone(),
            None => {}
        }
        let found = match Own::load(&self.directory, id) {
            Some(own) => Ok(own.key),
            None => self.unwrap_any(id, &wrapped(id), asking),
        };
        self.known.borrow_mut().insert(id, (asking, found.clone()));
        found
    }

    /// The key of this name, which may be wrapped in something that was handed in.
    pub(super) fn find_in(
        &self,
        repository: &Repository,
        id: KeyId,
        handed_in: Option<&[u8]>,
    ) -> Result<LogKey, SealedError> {
        let found = self.find(repository, id);
        match (found, handed_in) {
            (Err(SealedError::NoKey { .. }), Some(wrapped)) => {
                self.open(id, wrapped, Asking::Allowed)
            }
            (found, _) => found,
        }
    }

    fn unwrap_any(
        &self,
        id: KeyId,
        wrapped: &[Vec<u8>],
        asking: Asking,
    ) -> Result<LogKey, SealedError> {
        let mut trouble = SealedError::NoKey { key: id };
        for wrapped in wrapped {
            match self.open(id, wrapped, asking) {
                Ok(key) => return Ok(key),
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    fn open(&self, id: KeyId, wrapped: &[u8], asking: Asking) -> Result<LogKey, SealedError> {
        let recipients = recipients::count(wrapped);
        let trouble = match recipients::unwrap(id, wrapped, self.identities.open()?) {
            Ok(key) => return Ok(key),
            Err(Closed::Damaged) => return Err(SealedError::Damaged { key: id }),
            Err(_) if self.identities.is_empty() => SealedError::NoIdentity { recipients },
            Err(_) => SealedError::ForOthers { recipients },
        };
        for locked in self.identities.locked_for(wrapped) {
            let path = locked.path.clone();
            let unlocked = if asking == Asking::Allowed { locked.unlocked() } else { None };
            let Some(identity) = unlocked else {
                return Err(SealedError::Locked { path });
            };
            match recipients::unwrap(id, wrapped, [identity.as_ref()].into_iter()) {
                Ok(key) => return Ok(key),
                Err(Closed::Locked) => return Err(SealedError::Passphrase { path }),
                Err(_) => {}
            }
        }
        Err(trouble)
    }
}

/// The path of a wrapped key, below the root of a ref's tree.
pub(super) fn path_of(id: KeyId) -> String {
    format!("{DIRECTORY}/{id}{SUFFIX}")
}

/// The wrapped keys below the root of a ref's tree.
pub(super) fn keys_below(
    repository: &Repository,
    root: ObjectId,
) -> Result<Vec<(KeyId, TreeEntry)>, crate::git::ObjectError> {
    let Some(directory) = repository.entry_at(root, DIRECTORY)? else { return Ok(Vec::new()) };
    if directory.kind != EntryKind::Tree {
        return Ok(Vec::new());
    }
    let named = |entry: TreeEntry| {
        let name = std::str::from_utf8(&entry.name).ok()?;
        let id = name.strip_suffix(SUFFIX)?.parse().ok()?;
        (entry.kind == EntryKind::Blob).then_some((id, entry))
    };
    Ok(repository.tree(directory.id)?.into_iter().filter_map(named).collect())
}

/// The key of this name as it is wrapped in the refs that are here, each way of wrapping it once.
pub(super) fn wrapped(repository: &Repository, id: KeyId) -> Vec<Vec<u8>> {
    let mut blobs: Vec<ObjectId> = Vec::new();
    for root in roots(repository) {
        // What one writer has lost is no reason to stop looking.
        let entry = repository.entry_at(root, &path_of(id)).ok().flatten();
        blobs.extend(entry.map(|entry| entry.id).filter(|blob| !blobs.contains(blob)));
    }
    small_blobs(repository, &blobs)
}

/// The trees of all refs that keys may lie in.
fn roots(repository: &Repository) -> impl Iterator<Item = ObjectId> {
    let prefixes = [LOGS_PREFIX, TIES_PREFIX, REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX].into_iter();
    let tips = prefixes.flat_map(|prefix| repository.references(prefix).unwrap_or_default());
    tips.filter_map(|(_, tip)| Some(repository.commit(tip).ok()?.tree))
}

fn small_blobs(repository: &Repository, blobs: &[ObjectId]) -> Vec<Vec<u8>> {
    let small = |blob: &&ObjectId| {
        repository.object_size(**blob).is_some_and(|size| size <= recipients::LARGEST)
    };
    blobs.iter().filter(small).filter_map(|blob| repository.blob(*blob).ok()).collect()
}
