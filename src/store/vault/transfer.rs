//! A vault as a file, for another machine of the same person.
//!
//! Lines of JSON: a head with the version and a warning, the keys, and the values as they are stored.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::store::vault::keys::{Key, Keys};
use crate::store::vault::records::{Entry, VERSION};
use crate::store::vault::{Vault, VaultError};

const WARNING: &str = "secrets in the clear: for another machine of yours, for nobody else; remove it after the import";

#[derive(Serialize, Deserialize)]
struct Head {
    git_ckpt_vault: u32,
    values: usize,
    warning: String,
}

#[derive(Serialize, Deserialize)]
struct KeyLine {
    key: String,
}

/// What was written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    pub values: usize,
}

/// What came out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Values that were not here yet.
    pub new: usize,
    /// Values that were here already.
    pub known: usize,
    /// Keys that were not here yet.
    pub keys: usize,
}

/// What a file holds, checked to its end.
struct Parcel {
    keys: Vec<Key>,
    entries: Vec<(Entry, Vec<u8>)>,
}

impl Vault {
    /// Writes keys and values to a new file that only this user can read.
    pub fn export(&self, path: &Path) -> Result<Exported, VaultError> {
        let values = self.list()?.len();
        let head = Head { git_ckpt_vault: VERSION, values, warning: WARNING.to_owned() };
        let mut text = line(&head);
        for key in self.keys()?.all() {
            text.extend_from_slice(&line(&KeyLine { key: key.to_hex() }));
        }
        self.records()?.lines().for_each(|line| text.extend_from_slice(line));
        write_new(path, &text)?;
        Ok(Exported { values })
    }

    /// Takes in what an export holds. Where this vault has no key yet, that of the file becomes its own.
    pub fn import(&mut self, path: &Path) -> Result<Imported, VaultError> {
        let parcel = read(path)?;
        let held = self.place.lock()?;
        let all = parcel.entries.len();
        let new = self.append(parcel.entries.into_iter())?;
        let known = Keys::load(&self.place)?;
        let mut incoming = parcel.keys.into_iter();
        let (mut keys, mut added) = match (known, incoming.next()) {
            (Some(mut keys), Some(first)) => {
                let added = usize::from(keys.add(first));
                (keys, added)
            }
            (Some(keys), None) => (keys, 0),
            (None, Some(first)) => (Keys::starting_with(first), 1),
            (None, None) => return Ok(Imported { new, known: all - new, keys: 0 }),
        };
        added += incoming.filter(|key| keys.add(key.clone())).count();
        if added > 0 {
            keys.store(&self.place)?;
        }
        drop(held);
        self.keys = keys.into();
        Ok(Imported { new, known: all - new, keys: added })
    }
}

fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("plain text can be written as JSON");
    line.push(b'\n');
    line
}

/// Writes a file that was not there before, or none.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = match open {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(VaultError::Exists { path: path.to_owned() });
        }
        Err(source) => return Err(VaultError::Unwritable { path: path.to_owned(), source }),
    };
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|source| {
        // Half an export is of no use, and holds secrets.
        let _ = fs::remove_file(path);
        VaultError::Unwritable { path: path.to_owned(), source }
    })
}

fn read(path: &Path) -> Result<Parcel, VaultError> {
    let failed = |source| VaultError::Unreadable { path: path.to_owned(), source };
    let wrong = |number: usize| VaultError::NoExport { path: path.to_owned(), line: number + 1 };
    // A pipe or a device may never end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(wrong(0));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
    let (_, head) = lines.next().ok_or_else(|| wrong(0))?;
    let head: Head = serde_json::from_slice(head).map_err(|_| wrong(0))?;
    if head.git_ckpt_vault > VERSION {
        return Err(VaultError::Newer { path: path.to_owned() });
    }
    let mut parcel = Parcel { keys: Vec::new(), entries: Vec::new() };
    for (number, line) in lines.by_ref() {
        if !line.ends_with(b"\n") {
            return Err(wrong(number));
        }
        if let Some((version, entry)) = Entry::read(line) {
            if version > VERSION {
                return Err(VaultError::Newer { path: path.to_owned() });
            }
            parcel.entries.push((entry, line.to_owned()));
        } else {
            let key = serde_json::from_slice(line).ok();
            let key = key.and_then(|KeyLine { key }| Key::from_hex(&key));
            parcel.keys.push(key.ok_or_else(|| wrong(number))?);
        }
    }
    if parcel.entries.len() != head.values {
        return Err(wrong(bytes.split(|byte| *byte == b'\n').count() - 1));
    }
    Ok(parcel)
}
