//! What lies where a file is to be put back, and whether it was touched since.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::model::hash;
use crate::model::snapshot::StoredFile;
use crate::store::vault::Vault;
use crate::store::{Files, ReadError};

/// What lies at a place, compared with the stored file that belongs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Nothing,
    /// The very bytes.
    Same,
    /// The beginning of the bytes.
    Beginning,
    /// Something that would be lost.
    Other {
        bytes: u64,
    },
}

/// What tells that a file was not written to; the default is that of no file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(Option<(u64, u64, i64, i64)>);

impl Mark {
    pub fn of(path: &Path) -> io::Result<Self> {
        match std::fs::metadata(path) {
            Ok(facts) => Ok(Self::new(&facts)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn new(facts: &Metadata) -> Self {
        Self(Some((facts.ino(), facts.len(), facts.mtime(), facts.mtime_nsec())))
    }
}

/// What keeps a file from being compared.
#[derive(Debug)]
pub enum CompareError {
    Unreadable(io::Error),
    /// A directory, a pipe or a device.
    NotAFile,
    Damaged(ReadError),
}

/// Compares what lies at `path` with a stored file, whose secrets count where the vault has them. The mark is as old as
/// the comparison's beginning.
pub fn compare(
    files: &Files,
    vault: &Vault,
    path: &Path,
    stored: &StoredFile,
) -> Result<(Existing, Mark), CompareError> {
    // Opening a pipe waits for somebody who writes to it, and a device may never end.
    match std::fs::metadata(path) {
        Ok(facts) if facts.is_file() => {}
        Ok(_) => return Err(CompareError::NotAFile),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok((Existing::Nothing, Mark::default()));
        }
        Err(error) => return Err(CompareError::Unreadable(error)),
    }
    let mut file = File::open(path).map_err(CompareError::Unreadable)?;
    let facts = file.metadata().map_err(CompareError::Unreadable)?;
    let (bytes, mark) = (facts.len(), Mark::new(&facts));
    let other = Existing::Other { bytes };
    // How long a file was in which something was replaced shows only when it is filled.
    let length = if stored.redacted.is_none() { Some(stored.bytes) } else { None };
    if length.is_some_and(|length| bytes > length) {
        return Ok((other, mark));
    }
    if length == Some(bytes) {
        let mut hash = HashWriter(Sha256::new());
        io::copy(&mut file, &mut hash).map_err(CompareError::Unreadable)?;
        let same = files.is_hash_of(stored, hash::Sha256(hash.0.finalize().into()));
        let same = same.map_err(CompareError::Damaged)?;
        return Ok((if same { Existing::Same } else { other }, mark));
    }
    let mut beginning = Beginning { file, same: true, length: 0 };
    files.write_filled(stored, vault, &mut beginning).map_err(CompareError::Damaged)?;
    let existing = match beginning {
        Beginning { same: true, length, .. } if length == bytes => Existing::Same,
        Beginning { same: true, length, .. } if length > bytes => Existing::Beginning,
        _ => other,
    };
    Ok((existing, mark))
}

struct HashWriter(Sha256);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compares what is written to it with a file, as far as the file goes.
struct Beginning {
    file: File,
    same: bool,
    /// How much was written.
    length: u64,
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut there = Vec::new();
        self.length += bytes.len() as u64;
        if self.same {
            (&mut self.file).take(bytes.len() as u64).read_to_end(&mut there)?;
            self.same = bytes.starts_with(&there);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
