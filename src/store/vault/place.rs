//! The directory of the vault: nobody but its owner gets in, and every change is whole and under a kernel lock.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::store::local;
use crate::store::vault::VaultError;

/// What the names of the vault's files begin with; those of unfinished ones begin with a dot.
const PREFIX: &str = "vault.";
const OTHERS: u32 = 0o077;

/// Something that was found amiss, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Others could read it until now.
    Closed { path: PathBuf },
    /// The end of a value that was never kept, because its process or the machine stopped.
    Torn { bytes: usize },
    /// Lines that cannot be understood. They stay as they are.
    Unreadable { lines: usize },
}

/// The files of a vault.
#[derive(Debug)]
pub struct Place {
    directory: PathBuf,
    notices: Mutex<Vec<Notice>>,
}

/// The vault's lock, until it is dropped.
#[derive(Debug)]
pub struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // A child between its fork and its start shares the open file, and would hold the lock for as long.
        let _ = self.0.unlock();
    }
}

impl Place {
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), notices: Mutex::default() }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn keys(&self) -> PathBuf {
        self.directory.join("vault.keys")
    }

    pub fn values(&self) -> PathBuf {
        self.directory.join("vault.jsonl")
    }

    /// Remembers something to tell, once.
    pub fn note(&self, notice: Notice) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    pub fn notices(&self) -> Vec<Notice> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the right to write, makes the directory if need be, and clears away what killed writers left.
    pub fn lock(&self) -> Result<Held, VaultError> {
        if !self.is_there()? {
            self.make()?;
        }
        let path = self.lock_path();
        self.check(&path)?;
        let file = open_private(&path)
            .map_err(|source| VaultError::Unwritable { path: path.clone(), source })?;
        file.lock().map_err(|source| VaultError::Unlockable { path, source })?;
        local::sweep(&self.directory);
        Ok(Held(file))
    }

    /// Waits until nobody writes; `None` where nobody ever has.
    pub fn lock_to_read(&self) -> Result<Option<Held>, VaultError> {
        let path = self.lock_path();
        if !self.is_there()? || self.check(&path)?.is_none() {
            return Ok(None);
        }
        let file = File::open(&path)
            .map_err(|source| VaultError::Unreadable { path: path.clone(), source })?;
        file.lock_shared().map_err(|source| VaultError::Unlockable { path, source })?;
        Ok(Some(Held(file)))
    }

    /// The bytes of one of the vault's files, if it is there.
    pub fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
        if !self.is_there()? || self.check(path)?.is_none() {
            return Ok(None);
        }
        let read = fs::read(path);
        read.map(Some).map_err(|source| VaultError::Unreadable { path: path.to_owned(), source })
    }

    /// Opens one of the vault's files for writing; says whether it was made for that.
    pub fn open(&self, path: &Path) -> io::Result<(File, bool)> {
        let is_new = !path.try_exists()?;
        Ok((open_private(path)?, is_new))
    }

    /// Puts `bytes` in place of one of the vault's files, on the disk before this returns.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
        // Temporary files are made with 0600.
        let written = NamedTempFile::with_prefix_in(local::UNFINISHED, &self.directory)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.as_file().sync_all()?;
                file.persist(path).map_err(|error| error.error)
            })
            .and_then(|_| self.sync());
        written.map_err(|source| VaultError::Unwritable { path: path.to_owned(), source })
    }

    /// Waits until the names in the directory are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }

    fn lock_path(&self) -> PathBuf {
        self.directory.join("vault.lock")
    }

    fn make(&self) -> Result<(), VaultError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.directory);
        made.map_err(|source| VaultError::Unwritable { path: self.directory.clone(), source })
    }

    /// Whether the directory is there. It has to be this user's own, and is closed to others if it is open.
    fn is_there(&self) -> Result<bool, VaultError> {
        let Some(facts) = own_facts(&self.directory)? else { return Ok(false) };
        if !facts.is_dir() {
            return Err(strange(&self.directory, "no directory"));
        }
        if facts.mode() & OTHERS != 0 {
            // Somebody else's directory that a variable points to by mistake is not to be locked up.
            if !self.holds_only_the_vault()? {
                return Err(VaultError::Crowded { path: self.directory.clone() });
            }
            self.close(&self.directory, 0o700)?;
        }
        Ok(true)
    }

    fn holds_only_the_vault(&self) -> Result<bool, VaultError> {
        let failed = |source| VaultError::Unreadable { path: self.directory.clone(), source };
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with(PREFIX) && !name.starts_with(local::UNFINISHED) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sees to it that a file of the vault is a plain one that only this user can read.
    fn check(&self, path: &Path) -> Result<Option<Metadata>, VaultError> {
        let Some(facts) = own_facts(path)? else { return Ok(None) };
        if !facts.is_file() {
            return Err(strange(path, "no regular file"));
        }
        if facts.mode() & OTHERS != 0 {
            self.close(path, 0o600)?;
        }
        Ok(Some(facts))
    }

    fn close(&self, path: &Path, mode: u32) -> Result<(), VaultError> {
        let exposed = || VaultError::Exposed { path: path.to_owned() };
        fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|_| exposed())?;
        // On a disk that knows no permissions nothing fails and nothing changes.
        let still_open = fs::metadata(path).map_or(OTHERS, |facts| facts.mode() & OTHERS);
        if still_open != 0 {
            return Err(exposed());
        }
        self.note(Notice::Closed { path: path.to_owned() });
        Ok(())
    }
}

/// What is known of something that has to be this user's own and no link, if it is there.
fn own_facts(path: &Path) -> Result<Option<Metadata>, VaultError> {
    let facts = match fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(VaultError::Unreadable { path: path.to_owned(), source }),
    };
    if facts.is_symlink() {
        return Err(strange(path, "a symbolic link"));
    }
    if facts.uid() != rustix::process::geteuid().as_raw() {
        return Err(VaultError::Foreign { path: path.to_owned() });
    }
    Ok(Some(facts))
}

fn strange(path: &Path, what: &'static str) -> VaultError {
    VaultError::Strange { path: path.to_owned(), what }
}

fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}
