//! What a worktree keeps to itself between two checkpoints, in files of its own git directory: nothing here is in git,
//! and nothing here can be made again out of it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::store::local::LocalError;

/// A private file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`")]
    Unwritable { path: PathBuf, source: io::Error },
}

impl From<LocalError> for PrivateError {
    fn from(LocalError { path, source }: LocalError) -> Self {
        Self::Unwritable { path, source }
    }
}

/// The bytes of a file; `None` where there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, PrivateError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(PrivateError::Unreadable { path: path.to_owned(), source }),
    }
}

/// Makes a directory and locks it against other processes, until the returned file is closed or the process dies.
pub fn lock(directory: &Path) -> Result<File, PrivateError> {
    let path = directory.join("lock");
    let open =
        || OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let locked = std::fs::create_dir_all(directory)
        .and_then(|()| open())
        .and_then(|file| file.lock().map(|()| file));
    locked.map_err(|source| PrivateError::Unwritable { path, source })
}

/// A value as the text of a file.
pub fn to_text(path: &Path, value: &impl serde::Serialize) -> Result<Vec<u8>, PrivateError> {
    let unwritable = |error: serde_json::Error| PrivateError::Unwritable {
        path: path.to_owned(),
        source: error.into(),
    };
    let mut text = serde_json::to_vec_pretty(value).map_err(unwritable)?;
    text.push(b'\n');
    Ok(text)
}

/// The value that a file holds; `None` where there is none.
pub fn from_file<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, PrivateError> {
    let Some(text) = read(path)? else { return Ok(None) };
    let value = serde_json::from_slice(&text);
    value
        .map(Some)
        .map_err(|error| PrivateError::Unreadable { path: path.to_owned(), source: error.into() })
}
