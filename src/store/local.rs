//! Small files below `<common dir>/ckpt/`, written so that a reader sees the old or the new one, never a half.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

/// What the names of files begin with that are not finished yet.
pub const UNFINISHED: &str = ".tmp";

/// A local file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`")]
pub struct LocalError {
    pub path: PathBuf,
    pub source: std::io::Error,
}

/// Puts `bytes` in place of the file at `path`, creating its directory when needed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let written = unfinished(directory)
        .or_else(|_| {
            std::fs::create_dir_all(directory)?;
            unfinished(directory)
        })
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.persist(path).map_err(|error| error.error)
        });
    written.map(drop).map_err(|source| LocalError { path: path.to_owned(), source })
}

/// Writes a cache over itself, with a hash by which a reader sees whether all of it arrived.
///
/// Cheaper than [`replace`]: no file is created where there is one, which is what costs most on a journaled disk.
pub fn write_checked(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let mut checked = format!("{:016x}\n", xxh3_64(bytes)).into_bytes();
    checked.extend_from_slice(bytes);
    let open = || OpenOptions::new().create(true).write(true).truncate(false).open(path);
    open()
        .or_else(|error| match path.parent() {
            Some(parent) => std::fs::create_dir_all(parent).and_then(|()| open()),
            None => Err(error),
        })
        .and_then(|mut file| {
            file.write_all(&checked)?;
            file.set_len(checked.len() as u64)
        })
        .map_err(|source| LocalError { path: path.to_owned(), source })
}

/// What [`write_checked`] wrote, unless it is not there or not whole.
pub fn read_checked(path: &Path) -> Option<Vec<u8>> {
    let checked = std::fs::read(path).ok()?;
    let (hash, bytes) = checked.split_at_checked(17)?;
    (hash == format!("{:016x}\n", xxh3_64(bytes)).as_bytes()).then(|| bytes.to_vec())
}

/// Writes `bytes` to a file that is gone when the returned handle is.
pub fn temporary(directory: &Path, bytes: &[u8]) -> Result<NamedTempFile, LocalError> {
    let written = std::fs::create_dir_all(directory)
        .and_then(|()| unfinished(directory))
        .and_then(|mut file| file.write_all(bytes).map(|()| file));
    written.map_err(|source| LocalError { path: directory.to_owned(), source })
}

/// Removes the files right in `directory` that a killed process did not finish. Safe only for whoever holds the lock
/// under which all of them are written.
pub fn sweep(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // What cannot be removed now is in nobody's way and is found again.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn unfinished(directory: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory)
}

/// Removes the file at `path`, if it is there.
pub fn remove(path: &Path) -> Result<(), LocalError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(LocalError { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
