//! What a capture remembers, so that the next one has to read only what is new.
//!
//! A cache: it counts only while the log's tree in git is the one it was made for, and is rebuilt from the objects
//! when it is lost or behind.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};

use crate::model::hash::{from_hex, to_hex};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Extent, LogId};
use crate::store::cleaning::{Clean, Settled};
use crate::store::fingerprint::Seen;
use crate::store::local::{self, LocalError};
use crate::store::log::Tail;

const VERSION: u32 = 2;

/// Where a captured file stood.
#[derive(Debug, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// The tree of the log right after this capture.
    pub tree: ObjectId,
    pub size: u64,
    device: u64,
    inode: u64,
    pub extents: Vec<Extent>,
    /// Up to this offset of the file nothing that comes later changes what was stored of it.
    settled: u64,
    /// How many bytes are stored of that.
    stored: u64,
    /// How many places of that were replaced.
    places: u64,
    /// The SHA-256 of what is stored of it, as far as computed, so that more bytes can be added to it.
    hash: String,
    /// The same of the file's own bytes, where some were replaced.
    original: Option<String>,
    /// Hash of what is stored behind it.
    pub unsettled: u64,
    /// From this offset on the file is stored as it is.
    pub verbatim_from: u64,
    /// Whether secrets were looked for.
    pub redacts: bool,
    /// The key that the hash of what is stored was made with.
    #[serde(default)]
    hash_key: Option<KeyId>,
    pub tail: Tail,
    /// Hash of what follows the last whole block.
    rest: u64,
    /// Where the next sampled comparison starts, in blocks.
    pub window: u64,
    /// Offset of the first line that was not read.
    pub read_up_to: u64,
    pub kept: Option<Box<RawValue>>,
}

/// What [`State::new`] needs to know.
pub struct Facts<'a> {
    pub tree: ObjectId,
    pub size: u64,
    pub metadata: &'a Metadata,
    pub extents: Vec<Extent>,
    pub clean: Clean,
    pub tail: Tail,
    pub window: u64,
    pub redacts: bool,
    pub hash_key: Option<KeyId>,
}

impl State {
    pub fn new(facts: Facts) -> Self {
        let Clean { settled, unsettled, verbatim_from, fingerprint, lines, .. } = facts.clean;
        let state = |hash: &Sha256| to_hex(&hash.serialize());
        Self {
            version: VERSION,
            tree: facts.tree,
            size: facts.size,
            device: facts.metadata.dev(),
            inode: facts.metadata.ino(),
            extents: facts.extents,
            settled: settled.at,
            stored: settled.stored,
            places: settled.places,
            hash: state(&settled.hash),
            original: settled.original.as_ref().map(state),
            unsettled,
            verbatim_from,
            redacts: facts.redacts,
            hash_key: facts.hash_key,
            tail: facts.tail,
            rest: fingerprint.rest(),
            window: facts.window,
            read_up_to: lines.read_up_to,
            kept: lines.kept,
        }
    }

    /// The state of a log, if there is one that this version understands.
    pub fn load(directory: &Path, log: &LogId) -> Option<Self> {
        let text = local::read_checked(&path(directory, log))?;
        let state: Self = serde_json::from_slice(&text).ok()?;
        (state.version == VERSION && state.settled().is_some()).then_some(state)
    }

    pub fn store(&self, directory: &Path, log: &LogId) -> Result<(), LocalError> {
        let path = path(directory, log);
        let text = serde_json::to_vec(self)
            .map_err(|error| LocalError { path: path.clone(), source: error.into() })?;
        local::write_checked(&path, &text)
    }

    /// Forgets the state of a log.
    pub fn forget(directory: &Path, log: &LogId) -> Result<(), LocalError> {
        local::remove(&path(directory, log))
    }

    /// How far what was stored stays as it is; `None` where the hashes cannot be gone on with.
    pub fn settled(&self) -> Option<Settled> {
        Some(Settled {
            at: self.settled,
            stored: self.stored,
            hash: hasher(&self.hash)?,
            original: match &self.original {
                Some(original) => Some(hasher(original)?),
                None => None,
            },
            places: self.places,
        })
    }

    /// A key that a part of the file is sealed with.
    pub fn sealed_with(&self) -> Option<KeyId> {
        self.hash_key.or(self.tail.key)
    }

    pub fn seen(&self) -> Seen {
        Seen { size: self.size, rest: self.rest }
    }

    pub fn is_same_file(&self, metadata: &Metadata) -> bool {
        (self.device, self.inode) == (metadata.dev(), metadata.ino())
    }
}

fn hasher(state: &str) -> Option<Sha256> {
    let raw = from_hex(state)?;
    let raw = SerializedState::<Sha256>::try_from(raw.as_slice()).ok()?;
    Sha256::deserialize(&raw).ok()
}

/// Where the block hashes of a captured file are kept.
pub fn hashes_path(directory: &Path, log: &LogId) -> PathBuf {
    directory.join("state").join(format!("{log}.blocks"))
}

fn path(directory: &Path, log: &LogId) -> PathBuf {
    directory.join("state").join(format!("{log}.json"))
}
