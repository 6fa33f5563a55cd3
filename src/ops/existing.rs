//! What lies where a file is to be put back, and whether it was touched since.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::model::hash;
use crate::model::snapshot::StoredFile;
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

/// Compares what lies at `path` with a stored file. The mark is as old as the comparison's beginning.
pub fn compare(
    files: &Files,
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
    if bytes > stored.bytes {
        return Ok((other, mark));
    }
    if bytes == stored.bytes {
        let mut hash = HashWriter(Sha256::new());
        io::copy(&mut file, &mut hash).map_err(CompareError::Unreadable)?;
        let same = hash::Sha256(hash.0.finalize().into()) == stored.sha256;
        return Ok((if same { Existing::Same } else { other }, mark));
    }
    let mut beginning = Beginning { file, same: true };
    files.write_out(stored, &mut beginning).map_err(CompareError::Damaged)?;
    Ok((if beginning.same { Existing::Beginning } else { other }, mark))
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
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut there = Vec::new();
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
