//! Attachments that wait for the next checkpoint of a worktree: the bytes as they were when they were attached, each
//! once, and the list of their names.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::hash;
use crate::model::snapshot::FileName;
use crate::model::time::Timestamp;
use crate::store::Store;
use crate::store::local;
use crate::store::private::{self, PrivateError};

const CHUNK: usize = 256 << 10;

/// A file that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    pub name: FileName,
    pub bytes: u64,
    pub sha256: hash::Sha256,
    pub attached: Timestamp,
}

/// A file that is not staged.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{path}` is no regular file")]
    NotAFile { path: PathBuf },
    #[error("`{path}` has more than {limit} bytes, the most that an attachment may have")]
    TooLarge { path: PathBuf, limit: u64 },
    #[error(transparent)]
    Private(#[from] PrivateError),
}

/// The directory in which the attachments of a worktree wait.
pub struct Staging {
    directory: PathBuf,
}

impl Store {
    /// What waits in this worktree.
    pub fn staging(&self) -> Staging {
        Staging::of(self.repository().git_dir())
    }
}

impl Staging {
    /// What waits in the worktree with this git directory.
    pub fn of(git_dir: &Path) -> Self {
        Self { directory: git_dir.join("ckpt").join("attachments") }
    }

    /// What waits, in the order in which it was attached.
    pub fn list(&self) -> Result<Vec<Staged>, PrivateError> {
        Ok(private::from_file(&self.list_path())?.unwrap_or_default())
    }

    /// The bytes of a file that waits.
    pub fn path(&self, staged: &Staged) -> PathBuf {
        self.directory.join(staged.sha256.to_string())
    }

    /// Keeps the bytes that a file has now, in place of an earlier one of the same name.
    pub fn add(
        &self,
        name: FileName,
        path: &Path,
        limit: u64,
        attached: Timestamp,
    ) -> Result<Staged, StagingError> {
        let _lock = private::lock(&self.directory)?;
        let mut list = self.list()?;
        let (bytes, sha256) = self.copy(path, limit)?;
        let staged = Staged { name, bytes, sha256, attached };
        let before = list.iter().position(|one| one.name == staged.name);
        let before = before.map(|place| list.remove(place));
        list.push(staged.clone());
        self.write(&list)?;
        self.forget_bytes(before.as_slice(), &list)?;
        Ok(staged)
    }

    /// Takes a file off the list; `None` where none has this name.
    pub fn take_off(&self, name: &FileName) -> Result<Option<Staged>, PrivateError> {
        let _lock = private::lock(&self.directory)?;
        let mut list = self.list()?;
        let Some(place) = list.iter().position(|one| one.name == *name) else { return Ok(None) };
        let staged = list.remove(place);
        self.write(&list)?;
        self.forget_bytes(std::slice::from_ref(&staged), &list)?;
        Ok(Some(staged))
    }

    /// Takes what a checkpoint has off the list; a file that was attached anew since then stays.
    pub fn used(&self, used: &[Staged]) -> Result<(), PrivateError> {
        let _lock = private::lock(&self.directory)?;
        let mut list = self.list()?;
        list.retain(|one| !used.contains(one));
        self.write(&list)?;
        self.forget_bytes(used, &list)
    }

    /// Copies a file to where its bytes are kept.
    fn copy(&self, path: &Path, limit: u64) -> Result<(u64, hash::Sha256), StagingError> {
        let unreadable = |source| StagingError::Unreadable { path: path.to_owned(), source };
        // Opening a pipe waits for somebody who writes to it.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(StagingError::NotAFile { path: path.to_owned() });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let mut copy = local::temporary(&self.directory, b"").map_err(PrivateError::from)?;
        let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
        loop {
            let length = file.read(&mut chunk).map_err(unreadable)?;
            if length == 0 {
                break;
            }
            bytes += length as u64;
            if bytes > limit {
                return Err(StagingError::TooLarge { path: path.to_owned(), limit });
            }
            hash.update(&chunk[..length]);
            copy.write_all(&chunk[..length]).map_err(|source| self.unwritable(source))?;
        }
        let sha256 = hash::Sha256(hash.finalize().into());
        let place = self.directory.join(sha256.to_string());
        copy.persist(place).map_err(|error| self.unwritable(error.error))?;
        Ok((bytes, sha256))
    }

    fn unwritable(&self, source: io::Error) -> PrivateError {
        PrivateError::Unwritable { path: self.directory.clone(), source }
    }

    fn write(&self, list: &[Staged]) -> Result<(), PrivateError> {
        let path = self.list_path();
        Ok(local::replace(&path, &private::to_text(&path, &list)?)?)
    }

    /// Removes the bytes of files that are not on the list any more.
    fn forget_bytes(&self, gone: &[Staged], list: &[Staged]) -> Result<(), PrivateError> {
        for staged in gone {
            if list.iter().all(|one| one.sha256 != staged.sha256) {
                local::remove(&self.path(staged))?;
            }
        }
        Ok(())
    }

    fn list_path(&self) -> PathBuf {
        self.directory.join("list.json")
    }
}
