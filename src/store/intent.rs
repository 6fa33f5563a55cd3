//! The write-ahead entries of saves that are under way.
//!
//! A save writes down what it is about to do before it does anything, and holds a kernel lock on that entry while it
//! lives. An entry that nobody locks belongs to a process that died: the next command finishes it.
//!
//! Entries lie in numbered slots that are used again, because creating a file costs more than all else here. A slot
//! that is empty, or whose entry was not written to its end, announces nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::store::local::LocalError;

/// Most saves of one clone that can be under way at once.
const SLOTS: usize = 4096;

/// An entry, locked by this process.
#[derive(Debug)]
pub struct Intent {
    path: PathBuf,
    file: File,
}

impl Intent {
    /// Writes an entry down, in a slot that no other process uses and that holds no entry.
    pub fn announce(directory: &Path, entry: &impl Serialize) -> Result<Self, LocalError> {
        let directory = directory.join("wal");
        let failed = |source| LocalError { path: directory.clone(), source };
        let text = serde_json::to_vec(entry).map_err(|error| failed(error.into()))?;
        for slot in 0..SLOTS {
            let path = slot_path(&directory, slot);
            if let Some(mut file) = free_slot(&directory, &path).map_err(failed)? {
                let checked = [format!("{:016x}\n", xxh3_64(&text)).as_bytes(), &text].concat();
                if let Err(source) = file.write_all(&checked) {
                    // Half an entry announces nothing, but would keep the slot from being used.
                    let _ = file.set_len(0);
                    return Err(LocalError { path, source });
                }
                return Ok(Self { path, file });
            }
        }
        Err(failed(std::io::Error::other("all slots are taken")))
    }

    /// Strikes the entry: what it announced is stored.
    pub fn done(self) -> Result<(), LocalError> {
        self.file.set_len(0).map_err(|source| LocalError { path: self.path.clone(), source })
    }

    /// Puts the entry aside where it is never tried again, and returns its new path.
    pub fn set_aside(self) -> Result<PathBuf, LocalError> {
        let aside = (0..SLOTS)
            .map(|number| self.path.with_file_name(format!("failed-{number}.json")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.path.with_file_name("failed.json"));
        let moved = std::fs::read(&self.path)
            .and_then(|text| std::fs::write(&aside, text.get(17..).unwrap_or_default()))
            .and_then(|()| self.file.set_len(0));
        moved.map_err(|source| LocalError { path: aside.clone(), source })?;
        Ok(aside)
    }
}

impl Drop for Intent {
    fn drop(&mut self) {
        // A child between its fork and its start shares the open file, and would hold the lock for as long.
        let _ = self.file.unlock();
    }
}

/// The entries that dead processes left behind, oldest first. One that cannot be read comes back as its error.
pub fn left_over<T: DeserializeOwned>(
    directory: &Path,
) -> Vec<(Intent, Result<T, serde_json::Error>)> {
    let directory = directory.join("wal");
    let mut paths = Vec::new();
    for path in (0..SLOTS).map(|slot| slot_path(&directory, slot)) {
        let Ok(facts) = path.metadata() else { break };
        if facts.len() > 0 {
            paths.push((facts.modified().ok(), path));
        }
    }
    paths.sort();
    paths.into_iter().filter_map(|(_, path)| claim(path)).collect()
}

/// The entries that living processes are at work on.
pub fn under_way<T: DeserializeOwned>(directory: &Path) -> Vec<T> {
    let directory = directory.join("wal");
    let slots = (0..SLOTS).map(|slot| slot_path(&directory, slot));
    let used = slots.map_while(|path| Some((path.metadata().ok()?.len(), path)));
    used.filter(|(length, _)| *length > 0).filter_map(|(_, path)| held(&path)).collect()
}

/// The entry in a slot that another process has locked.
fn held<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let file = File::open(path).ok()?;
    if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    let checked = std::fs::read(path).ok()?;
    whole(&checked).and_then(|text| serde_json::from_slice(text).ok())
}

/// How many entries dead processes left behind; nothing is taken over.
pub fn left_over_count(directory: &Path) -> usize {
    let directory = directory.join("wal");
    let slots = (0..SLOTS).map(|slot| slot_path(&directory, slot));
    let used = slots.map_while(|path| Some((path.metadata().ok()?.len(), path)));
    used.filter(|(length, path)| *length > 0 && is_left_over(path)).count()
}

/// Whether a slot holds a whole entry whose process is gone.
fn is_left_over(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut checked = Vec::new();
    file.try_lock_shared().is_ok()
        && file.read_to_end(&mut checked).is_ok()
        && whole(&checked).is_some()
}

/// The text of an entry that was written to its end.
fn whole(checked: &[u8]) -> Option<&[u8]> {
    let (hash, text) = checked.split_at_checked(17)?;
    (hash == format!("{:016x}\n", xxh3_64(text)).as_bytes()).then_some(text)
}

/// The files of entries that were set aside.
pub fn put_aside(directory: &Path) -> Result<Vec<PathBuf>, LocalError> {
    let directory = directory.join("wal");
    let mut found = Vec::new();
    let listing = match std::fs::read_dir(&directory) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(source) => return Err(LocalError { path: directory, source }),
    };
    for entry in listing.flatten() {
        if entry.file_name().to_string_lossy().starts_with("failed") {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Takes over the entry in a slot, if there is a whole one and its process is gone.
fn claim<T: DeserializeOwned>(path: PathBuf) -> Option<(Intent, Result<T, serde_json::Error>)> {
    let mut file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    let mut checked = Vec::new();
    file.read_to_end(&mut checked).ok()?;
    let Some(text) = whole(&checked) else {
        let _ = file.set_len(0);
        return None;
    };
    let entry = serde_json::from_slice(text);
    Some((Intent { path, file }, entry))
}

/// Opens and locks a slot; `None` where it is taken.
fn free_slot(directory: &Path, path: &Path) -> std::io::Result<Option<File>> {
    let open = || OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = open().or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => std::fs::create_dir_all(directory).and_then(|()| open()),
        _ => Err(error),
    })?;
    match file.try_lock() {
        Ok(()) if file.metadata()?.len() == 0 => Ok(Some(file)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn slot_path(directory: &Path, slot: usize) -> PathBuf {
    directory.join(format!("{slot:04}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_left_over_only_when_its_process_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let alive = Intent::announce(directory.path(), &"alive").unwrap();
        assert!(left_over::<String>(directory.path()).is_empty());
        assert_eq!(left_over_count(directory.path()), 0);
        drop(alive);
        assert_eq!(left_over_count(directory.path()), 1);
        let found = left_over::<String>(directory.path());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.as_ref().unwrap(), "alive");
    }

    #[test]
    fn an_entry_that_is_done_is_gone_and_its_slot_is_used_again() {
        let directory = tempfile::tempdir().unwrap();
        for number in 0..3 {
            Intent::announce(directory.path(), &number).unwrap().done().unwrap();
        }
        assert!(left_over::<u32>(directory.path()).is_empty());
        assert_eq!(std::fs::read_dir(directory.path().join("wal")).unwrap().count(), 1);
    }

    #[test]
    fn half_an_entry_announces_nothing() {
        let directory = tempfile::tempdir().unwrap();
        drop(Intent::announce(directory.path(), &"text").unwrap());
        let slot = slot_path(&directory.path().join("wal"), 0);
        let whole = std::fs::read(&slot).unwrap();
        std::fs::write(&slot, &whole[..whole.len() - 2]).unwrap();
        assert_eq!(left_over_count(directory.path()), 0);
        assert!(left_over::<String>(directory.path()).is_empty());
        assert!(Intent::announce(directory.path(), &"next").is_ok());
    }

    #[test]
    fn what_is_set_aside_is_kept_and_never_tried_again() {
        let directory = tempfile::tempdir().unwrap();
        let intent = Intent::announce(directory.path(), &"text").unwrap();
        let aside = intent.set_aside().unwrap();
        assert_eq!(std::fs::read_to_string(aside).unwrap(), "\"text\"");
        assert!(left_over::<String>(directory.path()).is_empty());
    }
}
