//! Reading stored files back, never without checking them against their hashes.
//!
//! Whoever carries a tie to a rewritten commit writes it among their own, while the session stays in the logs of whoever
//! saved it. So a file is looked for in the logs of the tie's writer first and then in everybody's. Where several have a
//! log of that name and their bytes differ, the hash tells which one is meant.

use std::cell::OnceCell;
use std::io::Write;

use sha2::{Digest, Sha256};

use crate::format::companions::{self, CompanionsError};
use crate::format::seal::LogKey;
use crate::git::{ObjectError, RefError, Repository, TreeEntry};
use crate::model::hash;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Companion, Extent, LogId, StoredFile};
use crate::model::writer::{LOGS_PREFIX, REMOTE_LOGS_PREFIX};
use crate::store::filling::{Filled, Filling};
use crate::store::keys::{Keyring, SealedError};
use crate::store::log::{self, LogError, LogReader};
use crate::store::vault::{Vault, VaultError};

/// A stored file that cannot be given back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("cannot look for log {log}")]
    Lookup { log: LogId, source: ObjectError },
    #[error("cannot tell who has log {log}")]
    Refs { log: LogId, source: RefError },
    #[error("log {log}: the bytes read back have SHA-256 {found}, the checkpoint says {wanted}")]
    Hash { log: LogId, found: hash::Sha256, wanted: hash::Sha256 },
    #[error("log {log}: the hash of what was read back needs a key")]
    Sealed { log: LogId, source: SealedError },
    #[error("log {log}: {found} bytes read back, the checkpoint says {wanted}")]
    Length { log: LogId, found: u64, wanted: u64 },
    #[error(
        "log {log}: a file is said to have {bytes} bytes, more than the {LARGEST_FILE} that one may have"
    )]
    TooLarge { log: LogId, bytes: u64 },
    #[error(
        "the companion files are said to have {bytes} bytes together, more than the {LARGEST_FILE} that they may have"
    )]
    TooMuch { bytes: u64 },
    #[error(transparent)]
    Companions(#[from] CompanionsError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl ReadError {
    /// Whether a file is out of reach because no key here opens it.
    pub fn is_sealed(&self) -> bool {
        match self {
            Self::Log(error) => error.is_sealed(),
            Self::Sealed { source, .. } => source.is_closed(),
            _ => false,
        }
    }
}

/// Most bytes of a transcript, and of all companion files of a session together. Frames unfold to ten thousand times
/// their size and extents name the same bytes again and again, so that a few kilobytes could otherwise fill every disk.
pub const LARGEST_FILE: u64 = 4 << 30;

/// Fewest bytes that are hashed on a thread of their own.
const WORTH_A_THREAD: usize = 1 << 20;

/// Reads files out of the logs of one writer, or of any other who has them.
pub struct Files<'r> {
    repository: &'r Repository,
    keys: &'r Keyring,
    root: Option<ObjectId>,
    /// What lies right below the roots of all other log refs, once somebody asked for it.
    others: OnceCell<Vec<Vec<TreeEntry>>>,
}

impl<'r> Files<'r> {
    pub fn new((repository, keys): (&'r Repository, &'r Keyring), root: Option<ObjectId>) -> Self {
        Self { repository, keys, root, others: OnceCell::new() }
    }

    /// Whether anybody's logs that are here have this one.
    pub fn has(&self, log: &LogId) -> Result<bool, ReadError> {
        Ok(!self.trees_of(log)?.is_empty())
    }

    /// Writes the exact bytes of a stored file to `sink`. What was written counts only when this succeeds.
    pub fn write_out(&self, stored: &StoredFile, sink: &mut dyn Write) -> Result<(), ReadError> {
        let mut hash = Sha256::new();
        let mut length = 0;
        if !stored.extents.is_empty() {
            let mut log = self.reader(stored)?;
            for extent in &stored.extents {
                log.read(*extent, &mut |bytes| {
                    length += bytes.len() as u64;
                    write_and_hash(bytes, sink, &mut hash)
                })?;
            }
        }
        self.expect(stored, length, &hash)
    }

    /// Whether a plain SHA-256 is that of a stored file.
    pub fn is_hash_of(&self, stored: &StoredFile, found: hash::Sha256) -> Result<bool, ReadError> {
        let find = |key| self.keys.find(self.repository, key);
        Ok(as_stored(stored, found, &find)? == stored.sha256)
    }

    fn expect(&self, stored: &StoredFile, length: u64, hash: &Sha256) -> Result<(), ReadError> {
        check(stored, length, hash, &|key| self.keys.find(self.repository, key))
    }

    /// The same with the secrets back in place of their placeholders, as far as the vault has them.
    pub fn write_filled(
        &self,
        stored: &StoredFile,
        vault: &Vault,
        sink: &mut dyn Write,
    ) -> Result<Filled, ReadError> {
        let Some(redacted) = &stored.redacted else {
            self.write_out(stored, sink)?;
            return Ok(Filled::Exact);
        };
        // What is wrong with the vault is told here, where it can be told as what it is.
        vault.list()?;
        let mut filling = Filling::new(vault, sink);
        self.write_out(stored, &mut filling)?;
        Ok(filling.finish(redacted)?.map_err(LogError::Sink)?)
    }

    /// The last bytes of a stored file, at most `wanted`, unchecked: for a look at how it ends.
    pub fn end_of(&self, stored: &StoredFile, wanted: u64) -> Result<Vec<u8>, ReadError> {
        if stored.extents.is_empty() {
            return Ok(Vec::new());
        }
        let mut log = self.reader(stored)?;
        let mut skip = stored.bytes.saturating_sub(wanted);
        let mut end = Vec::new();
        for extent in &stored.extents {
            let skipped = skip.min(extent.length);
            skip -= skipped;
            let rest = Extent {
                start: extent.start.saturating_add(skipped),
                length: extent.length - skipped,
            };
            log.read(rest, &mut |bytes| {
                end.extend_from_slice(bytes);
                Ok(())
            })?;
        }
        Ok(end)
    }

    /// The companion files that a stored list names.
    pub fn companions(&self, list: &StoredFile) -> Result<Vec<Companion>, ReadError> {
        if list.bytes > companions::LARGEST {
            return Err(CompanionsError::TooLarge { bytes: list.bytes }.into());
        }
        let mut text = Vec::new();
        self.write_out(list, &mut text)?;
        let companions = companions::read(&text)?;
        let sizes = companions.iter().map(|companion| companion.stored.bytes);
        let bytes = sizes.fold(0_u64, u64::saturating_add);
        if bytes > LARGEST_FILE { Err(ReadError::TooMuch { bytes }) } else { Ok(companions) }
    }

    /// Checks files of one log, each byte of the log read once where they are plain prefixes of it.
    pub fn check(&self, log: &LogId, files: &[&StoredFile]) -> Vec<Result<(), ReadError>> {
        let mut results: Vec<Option<Result<(), ReadError>>> = files.iter().map(|_| None).collect();
        let fit = |file: &StoredFile| is_prefix(file) && sound(file).is_ok();
        let mut prefixes: Vec<usize> = (0..files.len()).filter(|&file| fit(files[file])).collect();
        prefixes.sort_by_key(|&file| files[file].bytes);
        if let Ok(mut log) = self.open(log) {
            let mut hash = Sha256::new();
            let mut at = 0;
            for file in prefixes {
                let step = Extent { start: at, length: files[file].bytes - at };
                let read = log.read(step, &mut |bytes| {
                    hash.update(bytes);
                    at += bytes.len() as u64;
                    Ok(())
                });
                if read.is_err() {
                    // What lies beyond the damage is reported file by file below.
                    break;
                }
                // Somebody else's log of this name may be the one that was meant.
                results[file] = self.expect(files[file], at, &hash).ok().map(Ok);
            }
        }
        let each = results.into_iter().zip(files);
        each.map(|(result, file)| result.unwrap_or_else(|| self.check_one(file))).collect()
    }

    fn check_one(&self, file: &StoredFile) -> Result<(), ReadError> {
        let checked = self.write_out(file, &mut std::io::sink());
        if checked.as_ref().is_err_and(ReadError::is_sealed) {
            // What nobody here can open can still be missing.
            self.reader(file)?.expect_frames(&file.extents)?;
        }
        checked
    }

    fn open(&self, log: &LogId) -> Result<LogReader<'r>, ReadError> {
        let tree = self.root.map_or(Ok(None), |root| self.tree_in(root, log))?;
        let tree = tree.ok_or_else(|| LogError::Absent { log: log.clone() })?;
        Ok(LogReader::open((self.repository, self.keys), log, tree)?)
    }

    /// Opens the log that a file is to be read from.
    pub(super) fn reader(&self, stored: &StoredFile) -> Result<LogReader<'r>, ReadError> {
        sound(stored)?;
        let log = &stored.log;
        let trees = self.trees_of(log)?;
        let open = |tree: &ObjectId| LogReader::open((self.repository, self.keys), log, *tree);
        if let [only] = trees.as_slice() {
            return Ok(open(only)?);
        }
        let mut readers: Vec<LogReader> = Vec::new();
        let mut trouble = None;
        for reader in trees.iter().map(open) {
            match reader {
                // One that grew from another has all of its frames and tells nothing new.
                Ok(reader) => match readers.iter_mut().find(|known| known.overlaps(&reader)) {
                    Some(known) if known.length().ok() < reader.length().ok() => *known = reader,
                    Some(_) => {}
                    None => readers.push(reader),
                },
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        if readers.len() > 1
            && let Some(right) = readers.iter_mut().position(|log| self.matches(log, stored))
        {
            return Ok(readers.swap_remove(right));
        }
        let absent = || LogError::Absent { log: log.clone() };
        readers.into_iter().next().ok_or_else(|| trouble.unwrap_or_else(absent).into())
    }

    /// The different trees of a log, that of the tie's writer first.
    fn trees_of(&self, log: &LogId) -> Result<Vec<ObjectId>, ReadError> {
        let own = self.root.map_or(Ok(None), |root| self.tree_in(root, log));
        let (first, rest) = log.as_str().split_at(2);
        let mut trees: Vec<ObjectId> = own.as_ref().ok().copied().flatten().into_iter().collect();
        for root in self.others(log)? {
            let Some(below) = root.iter().find(|entry| entry.name == first.as_bytes()) else {
                continue;
            };
            // What one clone has lost is no reason to stop looking.
            let found = self.repository.entry_at(below.id, rest).ok().flatten();
            trees.extend(found.map(|entry| entry.id).filter(|id| !trees.contains(id)));
        }
        if trees.is_empty() {
            own?;
        }
        Ok(trees)
    }

    fn others(&self, log: &LogId) -> Result<&[Vec<TreeEntry>], ReadError> {
        if let Some(others) = self.others.get() {
            return Ok(others);
        }
        let mut roots = Vec::new();
        for prefix in [LOGS_PREFIX, REMOTE_LOGS_PREFIX] {
            let refs = self.repository.references(prefix);
            for (_, tip) in refs.map_err(|source| ReadError::Refs { log: log.clone(), source })? {
                let root = self.repository.commit(tip).map(|commit| commit.tree).ok();
                roots.extend(root.filter(|root| self.root != Some(*root)));
            }
        }
        roots.sort_by_key(|root| root.to_string());
        roots.dedup();
        let entries = roots.into_iter().filter_map(|root| self.repository.tree(root).ok());
        Ok(self.others.get_or_init(|| entries.collect()))
    }

    /// Whether a log has exactly the bytes of a file.
    fn matches(&self, log: &mut LogReader, stored: &StoredFile) -> bool {
        let mut hash = Sha256::new();
        let mut length = 0;
        let read = stored.extents.iter().all(|extent| {
            let each = &mut |bytes: &[u8]| {
                length += bytes.len() as u64;
                hash.update(bytes);
                Ok(())
            };
            log.read(*extent, each).is_ok()
        });
        read && self.expect(stored, length, &hash).is_ok()
    }

    fn tree_in(&self, root: ObjectId, log: &LogId) -> Result<Option<ObjectId>, ReadError> {
        let entry = self.repository.entry_at(root, &log::directory(log));
        let entry = entry.map_err(|source| ReadError::Lookup { log: log.clone(), source })?;
        Ok(entry.map(|entry| entry.id))
    }
}

/// Writes bytes and hashes them, side by side where there are enough to be worth a thread.
fn write_and_hash(bytes: &[u8], sink: &mut dyn Write, hash: &mut Sha256) -> std::io::Result<()> {
    if bytes.len() < WORTH_A_THREAD {
        hash.update(bytes);
        return sink.write_all(bytes);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| hash.update(bytes));
        sink.write_all(bytes)
    })
}

fn is_prefix(file: &StoredFile) -> bool {
    matches!(file.extents.as_slice(), [only] if only.start == 0 && only.length == file.bytes)
}

/// Makes sure that the description of a file can be true, before anything is read for it.
pub(super) fn sound(stored: &StoredFile) -> Result<(), ReadError> {
    let lengths = stored.extents.iter().map(|extent| extent.length);
    let found = lengths.fold(0_u64, u64::saturating_add);
    let log = stored.log.clone();
    if found != stored.bytes {
        return Err(ReadError::Length { log, found, wanted: stored.bytes });
    }
    if found > LARGEST_FILE {
        return Err(ReadError::TooLarge { log, bytes: found });
    }
    Ok(())
}

/// Finds a log key.
pub(super) type FindKey<'k> = dyn Fn(KeyId) -> Result<LogKey, SealedError> + 'k;

/// A plain SHA-256 as the description of a file has it.
fn as_stored(
    stored: &StoredFile,
    plain: hash::Sha256,
    find: &FindKey,
) -> Result<hash::Sha256, ReadError> {
    let Some(key) = stored.key else { return Ok(plain) };
    let sealed = |source| ReadError::Sealed { log: stored.log.clone(), source };
    Ok(find(key).map_err(sealed)?.keyed(&plain))
}

pub(super) fn check(
    stored: &StoredFile,
    length: u64,
    hash: &Sha256,
    find: &FindKey,
) -> Result<(), ReadError> {
    let log = stored.log.clone();
    if length != stored.bytes {
        return Err(ReadError::Length { log, found: length, wanted: stored.bytes });
    }
    let found = as_stored(stored, hash::Sha256(hash.clone().finalize().into()), find)?;
    if found == stored.sha256 {
        Ok(())
    } else {
        Err(ReadError::Hash { log, found, wanted: stored.sha256 })
    }
}
