//! The keys that this clone made, kept open so that a save needs public keys only.
//!
//! One is in use until the recipients are others than those who ever had it. Losing these files costs a new key, and
//! that a session is stored once more where no identity opens its earlier part.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::format::recipients::Recipient;
use crate::format::seal::{KEY_BYTES, LogKey};
use crate::model::hash::{from_hex, to_hex};
use crate::model::key_id::KeyId;
use crate::store::local::{self, LocalError};

/// A key of this clone.
#[derive(Debug)]
pub struct Own {
    pub key: LogKey,
    /// Everybody whom it was ever wrapped for.
    pub recipients: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    key: String,
    recipients: BTreeSet<String>,
}

impl Own {
    /// The key of this name; `None` where it is not kept here, or not whole.
    pub fn load(directory: &Path, id: KeyId) -> Option<Self> {
        let text = std::fs::read(path(directory, &id.to_string())).ok()?;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        let secret: [u8; KEY_BYTES] = from_hex(&kept.key)?.try_into().ok()?;
        let own = Self { key: LogKey::new(secret), recipients: kept.recipients };
        (own.key.id() == id).then_some(own)
    }

    /// Keeps it, for its owner's eyes only.
    pub fn store(&self, directory: &Path) -> Result<(), LocalError> {
        let path = path(directory, &self.key.id().to_string());
        let kept = Kept { key: to_hex(self.key.secret()), recipients: self.recipients.clone() };
        let text = serde_json::to_vec(&kept)
            .map_err(|error| LocalError { path: path.clone(), source: error.into() })?;
        local::replace(&path, &text)
    }
}

/// The key that is to seal what these recipients may read: the one in use, or a new one where others had that.
pub fn current(directory: &Path, recipients: &[Recipient]) -> Result<LogKey, LocalError> {
    let recipients: BTreeSet<String> = recipients.iter().map(ToString::to_string).collect();
    let in_use = std::fs::read_to_string(path(directory, IN_USE)).ok();
    let in_use = in_use.and_then(|id| Own::load(directory, id.trim().parse().ok()?));
    if let Some(own) = in_use.filter(|own| own.recipients == recipients) {
        return Ok(own.key);
    }
    let mut secret = [0; KEY_BYTES];
    getrandom::fill(&mut secret).map_err(|error| LocalError {
        path: path(directory, IN_USE),
        source: io::Error::other(error.to_string()),
    })?;
    let own = Own { key: LogKey::new(secret), recipients };
    own.store(directory)?;
    local::replace(&path(directory, IN_USE), format!("{}\n", own.key.id()).as_bytes())?;
    Ok(own.key)
}

/// The file that names the key in use.
const IN_USE: &str = "in-use";

fn path(directory: &Path, name: &str) -> PathBuf {
    directory.join("keys").join(name)
}
