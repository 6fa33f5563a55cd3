//! The stored files of a checkpoint, or the word that they were never fetched.

use crate::git::RefError;
use crate::model::snapshot::{Snapshot, StoredFile};
use crate::ops::Desk;
use crate::ops::locate::Tied;
use crate::store::{CommitError, Files, ReadError};

/// A session that cannot be read here.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    #[error("the session logs of `{writer}` have not been fetched")]
    NotFetched {
        writer: String,
        /// Where the document came from, unless it was written here.
        remote: Option<String>,
    },
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<RefError> for LogsError {
    fn from(error: RefError) -> Self {
        Self::Store(error.into())
    }
}

/// What reads the files of a snapshot.
pub fn files<'d>(desk: &'d Desk, tied: &Tied, snapshot: &Snapshot) -> Result<Files<'d>, LogsError> {
    files_with(desk, tied, &snapshot.transcript)
}

/// What reads a stored file of a checkpoint.
pub fn files_with<'d>(
    desk: &'d Desk,
    tied: &Tied,
    stored: &StoredFile,
) -> Result<Files<'d>, LogsError> {
    let files = desk.store.files(&tied.writer)?;
    if is_elsewhere(desk, tied, stored, &files)? {
        let remote = tied.writer.remote().map(str::to_owned);
        return Err(LogsError::NotFetched { writer: tied.writer.name.clone(), remote });
    }
    Ok(files)
}

/// Whether a file is in nobody's logs that are here, and somebody's are not.
pub fn is_elsewhere(
    desk: &Desk,
    tied: &Tied,
    stored: &StoredFile,
    files: &Files,
) -> Result<bool, LogsError> {
    if stored.bytes == 0 || files.has(&stored.log)? {
        return Ok(false);
    }
    let here = desk.store.repository().reference(&tied.writer.log_ref)?.is_some();
    Ok(!here || tied.writer.fetched || desk.store.lacks_logs()?)
}
