//! The vault: the values that placeholders stand for, in the user's own data directory and never in git.
//!
//! One per user, for all repositories. A directory that only its owner may enter holds `vault.keys`, which tags are
//! made with; `vault.jsonl`, one value a line; and `vault.lock`, under which everything is written. Nothing is read or
//! made before it is needed, so opening one costs nothing. Values are kept, not encrypted: they come from this user's
//! own files, and lie beside them with the same protection.

mod keys;
mod place;
mod records;
#[cfg(test)]
mod tests;
mod transfer;

use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::model::hash::Sha256;
use crate::model::placeholder::{KeyedHash, Tag};
use crate::store::vault::keys::Keys;
use crate::store::vault::place::Place;
use crate::store::vault::records::Records;

pub use place::Notice;
pub use records::{Entry, Secret};
pub use transfer::{Exported, Imported};

/// The vault cannot be used, or not for what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("`{path}` is {what}, and the vault takes plain files in a directory of its own")]
    Strange { path: PathBuf, what: &'static str },
    #[error("`{path}` belongs to another user")]
    Foreign { path: PathBuf },
    #[error("the directory of the vault, `{path}`, is open to others and holds other things")]
    Crowded { path: PathBuf },
    #[error("`{path}` can be read by others, and that cannot be changed")]
    Exposed { path: PathBuf },
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`")]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot lock `{path}`")]
    Unlockable { path: PathBuf, source: io::Error },
    #[error("`{path}` was written by a newer version of this program, and is only read")]
    Newer { path: PathBuf },
    #[error("`{path}` does not start with a key")]
    NoKey { path: PathBuf },
    #[error("the tag `{tag}` stands for another value already")]
    Taken { tag: Tag },
    #[error("no random number can be had")]
    Random(#[from] getrandom::Error),
    #[error("`{path}` exists already")]
    Exists { path: PathBuf },
    #[error("line {line} of `{path}` is not what an export of a vault holds")]
    NoExport { path: PathBuf, line: usize },
}

/// The values of one user.
#[derive(Debug)]
pub struct Vault {
    place: Place,
    keys: OnceLock<Keys>,
    records: OnceLock<Records>,
}

impl Vault {
    /// The vault in `directory`, which need not be there yet. Reads nothing.
    pub fn open(directory: &Path) -> Self {
        let place = Place::new(directory);
        Self { place, keys: OnceLock::new(), records: OnceLock::new() }
    }

    pub fn directory(&self) -> &Path {
        self.place.directory()
    }

    /// The tag of a value. Makes the key of this vault if there is none yet.
    pub fn tag(&self, value: &[u8]) -> Result<Tag, VaultError> {
        Ok(self.keys()?.own().tag(value))
    }

    /// The keyed hash of bytes whose SHA-256 is `original`. Makes the key of this vault if there is none yet.
    pub fn keyed(&self, original: &Sha256) -> Result<KeyedHash, VaultError> {
        Ok(self.keys()?.own().keyed(original))
    }

    /// Whether `keyed` was made of `original` here, or in a vault that was imported here.
    pub fn vouches_for(&self, original: &Sha256, keyed: &KeyedHash) -> Result<bool, VaultError> {
        Ok(self.keys()?.all().any(|key| key.keyed(original) == *keyed))
    }

    /// The value that a tag stands for.
    pub fn value(&self, tag: &Tag) -> Result<Option<&[u8]>, VaultError> {
        Ok(self.records()?.find(tag).map(|entry| entry.value.bytes()))
    }

    /// Everything that is kept, in the order in which it came.
    pub fn list(&self) -> Result<Vec<&Entry>, VaultError> {
        Ok(self.records()?.entries().collect())
    }

    /// Keeps values for good: when this returns they are on the disk. Returns how many were not there yet.
    ///
    /// On an error none of them is kept, unless it is one of waiting for the disk.
    pub fn keep(&mut self, entries: &[Entry]) -> Result<usize, VaultError> {
        let _held = self.place.lock()?;
        self.append(entries.iter().map(|entry| (entry.clone(), entry.line())))
    }

    /// Forgets values. Returns how many were there.
    pub fn forget(&mut self, tags: &[Tag]) -> Result<usize, VaultError> {
        if self.records()?.is_empty() {
            return Ok(0);
        }
        let _held = self.place.lock()?;
        let mut records = self.read_to_write()?;
        let gone = records.forget(tags);
        if gone > 0 {
            self.place.replace(&self.place.values(), records.bytes())?;
        }
        self.records = OnceLock::from(records);
        Ok(gone)
    }

    /// What was found and put right on the way: to be told once.
    pub fn notices(&self) -> Vec<Notice> {
        self.place.notices()
    }

    fn keys(&self) -> Result<&Keys, VaultError> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let keys = Keys::load_or_make(&self.place)?;
        Ok(self.keys.get_or_init(|| keys))
    }

    fn records(&self) -> Result<&Records, VaultError> {
        if let Some(records) = self.records.get() {
            return Ok(records);
        }
        let records = {
            let _held = self.place.lock_to_read()?;
            self.read()?
        };
        Ok(self.records.get_or_init(|| records))
    }

    /// Reads the values as they are now. Call it under the lock: else a value that is just being written looks torn.
    fn read(&self) -> Result<Records, VaultError> {
        let bytes = self.place.read(&self.place.values())?.unwrap_or_default();
        let records = Records::parse(bytes);
        records.notices().into_iter().for_each(|notice| self.place.note(notice));
        Ok(records)
    }

    fn read_to_write(&self) -> Result<Records, VaultError> {
        let records = self.read()?;
        if records.is_newer() {
            return Err(VaultError::Newer { path: self.place.values() });
        }
        Ok(records)
    }

    /// Adds what is not there yet behind the last whole record. Call it under the lock.
    fn append(
        &mut self,
        entries: impl Iterator<Item = (Entry, Vec<u8>)>,
    ) -> Result<usize, VaultError> {
        let mut records = self.read_to_write()?;
        let start = records.length();
        let mut new = 0;
        for (entry, line) in entries {
            match records.find(&entry.tag) {
                Some(known) if known.value == entry.value => {}
                Some(_) => return Err(VaultError::Taken { tag: entry.tag }),
                None => {
                    records.push(entry, line);
                    new += 1;
                }
            }
        }
        let written = self.write_from(start, &records.bytes()[start..]);
        written.map_err(|source| VaultError::Unwritable { path: self.place.values(), source })?;
        self.records = OnceLock::from(records);
        Ok(new)
    }

    /// Writes behind the first `start` bytes and waits for the disk, also for what another process may have written
    /// and not waited for.
    fn write_from(&self, start: usize, bytes: &[u8]) -> io::Result<()> {
        let (mut file, is_new) = self.place.open(&self.place.values())?;
        let start = start as u64;
        file.set_len(start)?;
        file.seek(SeekFrom::Start(start))?;
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
            // What cannot be taken back either is torn, and dropped by the next reader.
            let _ = file.set_len(start);
            return Err(error);
        }
        if is_new { self.place.sync() } else { Ok(()) }
    }
}
