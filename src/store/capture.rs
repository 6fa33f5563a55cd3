//! Capturing a file into its log: only what is new is read, hashed, compressed and stored.
//!
//! When the file still starts with what was captured before, the rest of it is appended. Otherwise it is read whole
//! and matched against the log. What is captured is what the file held when it was opened; it may grow meanwhile.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::format::frame;
use crate::format::seal::LogKey;
use crate::git::{Repository, TreeEdit};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Extent, LogId, StoredFile, push_extent};
use crate::store::appender::{AppendError, Appended, Appender, FrameJob};
use crate::store::cleaning::{Clean, Cleaning, Earlier};
use crate::store::fingerprint::{self, BLOCK, Thoroughness};
use crate::store::growth::Growth;
use crate::store::keys::{SealedError, Sealing};
use crate::store::lines::LineReader;
use crate::store::local::LocalError;
use crate::store::log::{LogError, LogReader, Tail};
use crate::store::matching::{Known, Matcher, Piece, Segments};
use crate::store::opened::Opened;
use crate::store::reading::LARGEST_FILE;
use crate::store::redactor::Redactor;
use crate::store::state::{Facts, State, hashes_path};
use crate::store::vault::VaultError;

/// A file that cannot be captured.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{path}` is empty")]
    Empty { path: PathBuf },
    #[error("`{path}` is no regular file")]
    NotAFile { path: PathBuf },
    #[error("`{path}` has {bytes} bytes, more than the {LARGEST_FILE} that are captured of a file")]
    TooLarge { path: PathBuf, bytes: u64 },
    #[error("the name of `{path}` holds a secret")]
    SecretName { path: PathBuf },
    #[error("`{path}` became shorter while it was read")]
    Shrank { path: PathBuf },
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Which file goes into which log.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub log: &'a LogId,
    pub path: &'a Path,
    /// Capture no more than this many bytes.
    pub up_to: Option<u64>,
}

/// What a capture stored, not yet visible: the edits still have to go into the log ref's tree.
#[derive(Debug)]
pub struct Captured {
    pub stored: StoredFile,
    pub edits: Vec<TreeEdit>,
    /// The last frame, still to be made.
    pub last: Option<FrameJob>,
    /// Raw bytes that the log did not hold before.
    pub new_bytes: u64,
    /// Bytes of the new frames, compressed.
    pub stored_bytes: u64,
    progress: Progress,
}

/// What becomes the [`State`] once the edits are visible.
#[derive(Debug)]
struct Progress {
    metadata: Metadata,
    size: u64,
    clean: Clean,
    tail: Tail,
    first_block: u64,
    window: u64,
    redacts: bool,
}

/// How the capture of a file ended.
struct Ending {
    appended: Appended,
    extents: Vec<Extent>,
    /// What its hash is made with.
    key: Option<LogKey>,
    first_block: u64,
    window: u64,
}

impl Captured {
    /// Remembers this capture; `tree` is the log's tree now.
    pub fn remember(self, directory: &Path, tree: ObjectId) -> Result<(), LocalError> {
        let log = &self.stored.log;
        let progress = self.progress;
        if progress.first_block == 0 {
            // Old state with new hashes could pass for a file that only grew.
            State::forget(directory, log)?;
            std::fs::create_dir_all(directory.join("state"))
                .map_err(|source| LocalError { path: directory.join("state"), source })?;
        }
        let fingerprint = &progress.clean.fingerprint;
        fingerprint.store(&hashes_path(directory, log), progress.first_block)?;
        let facts = Facts {
            tree,
            size: progress.size,
            metadata: &progress.metadata,
            extents: self.stored.extents,
            clean: progress.clean,
            tail: progress.tail,
            window: progress.window,
            redacts: progress.redacts,
            hash_key: self.stored.key,
        };
        State::new(facts).store(directory, log)
    }
}

/// Captures files for one save.
pub struct Capturer<'r, 'a> {
    pub repository: &'r Repository,
    /// `<common dir>/ckpt`.
    pub directory: &'r Path,
    pub redactor: &'r mut Redactor<'a>,
    pub sealing: Sealing<'r>,
}

impl<'r> Capturer<'r, '_> {
    /// Captures `source`; `tree` is where its log stands, if it exists yet.
    pub fn capture(
        &mut self,
        source: Source,
        tree: Option<ObjectId>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let opened = Opened::new(source)?;
        let state = State::load(self.directory, source.log)
            .filter(|state| Some(state.tree) == tree && state.size <= opened.size)
            .filter(|state| self.goes_on_from(state));
        if let Some(state) = state
            && let Ok(key) = self.hash_key(state.sealed_with())
            && let Some(end) = self.end_if_only_grown(&opened, &state)
            && reader.resume(state.kept.as_deref())
        {
            return self.append(opened, (state, key), end, reader);
        }
        reader.resume(None);
        self.whole(opened, tree, reader)
    }

    /// Whether what was stored before is what would be stored of it now: looked at for secrets, or with all of them.
    fn goes_on_from(&self, state: &State) -> bool {
        if self.redactor.is_off() { state.verbatim_from == 0 } else { state.redacts }
    }

    /// What the hash of a file is made with: what it is sealed with now, else what a part of it is sealed with already.
    /// The plain hash would let anybody try what that part says.
    fn hash_key(&self, earlier: Option<KeyId>) -> Result<Option<LogKey>, SealedError> {
        match (self.sealing.key, earlier) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(key)) => self.sealing.keys.find_quietly(self.repository, key).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The last bytes of what was captured before, when the file still starts with it, as far as compared.
    fn end_if_only_grown(&self, opened: &Opened, state: &State) -> Option<Vec<u8>> {
        let how = if state.is_same_file(&opened.metadata) {
            Thoroughness::Sample { from: state.window }
        } else {
            Thoroughness::Whole
        };
        let hashes = hashes_path(self.directory, opened.source.log);
        let wanted = frame::prefix_for(opened.size - state.size);
        fingerprint::compared_end(&opened.file, state.seen(), &hashes, how, wanted).ok().flatten()
    }

    /// Adds to the log what the file has gained.
    fn append(
        &mut self,
        mut opened: Opened,
        (state, key): (State, Option<LogKey>),
        end: Vec<u8>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let first_block = state.size / BLOCK;
        let rest = end.len() - (state.size % BLOCK) as usize;
        let earlier = Earlier {
            settled: state.settled().unwrap_or_default(),
            size: state.size,
            rest: end[rest..].to_vec(),
            read_up_to: state.read_up_to,
            verbatim_from: state.verbatim_from,
        };
        let (start, settled) = (earlier.start(), earlier.settled.stored);
        let prefix = self.prefix(&opened, &state, end)?;
        let at = (state.tail.ready(self.sealing.id()), prefix);
        let appender = self.appender(opened.source.log, at);
        let mut growth = Growth::new(appender, &state, settled);
        let mut cleaning = Cleaning::new(self.redactor, earlier, reader);
        let mut sink = |clean: &[u8]| growth.push(clean);
        opened.each_chunk(start, |at, chunk| cleaning.take(at, chunk, &mut sink))?;
        let clean = cleaning.finish(&mut sink)?;
        let (appended, extents) = growth.finish()?;
        let window = fingerprint::next_window(state.window, opened.size);
        let ending = Ending { appended, extents, key, first_block, window };
        Ok(self.captured(opened, clean, ending))
    }

    /// Reads the whole file and adds to the log what it does not hold.
    fn whole(
        &mut self,
        mut opened: Opened,
        tree: Option<ObjectId>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let log = opened.source.log;
        let (known, tail, prefix) = match (self.known(log, tree), tree) {
            // What is damaged stays as it is; a session that lives on must not become impossible to save by it.
            // Neither must one whose earlier part nobody here can open.
            (Err(CaptureError::Log(error)), Some(tree))
                if error.is_damage() || error.is_sealed() =>
            {
                let tail = self.log(log, tree)?.tail_behind_damage();
                (Known::default(), tail, Vec::new())
            }
            (known, _) => known?,
        };
        let mut appender = self.appender(log, (tail, prefix));
        let mut extents = Vec::new();
        let mut matcher = Matcher::default();
        let mut segments = Segments::default();
        let mut each = |piece: Piece| -> Result<(), CaptureError> {
            let extent = match piece {
                Piece::Known(extent) => extent,
                Piece::Novel(bytes) => appender.push(bytes)?,
            };
            push_extent(&mut extents, extent);
            Ok(())
        };
        let mut cleaning = Cleaning::new(self.redactor, Earlier::default(), reader);
        let mut sink = |clean: &[u8]| {
            segments.take(clean, &mut |segment| matcher.take(&known, segment, &mut each))
        };
        opened.each_chunk(0, |at, chunk| cleaning.take(at, chunk, &mut sink))?;
        let clean = cleaning.finish(&mut sink)?;
        segments.finish(&mut |segment| matcher.take(&known, segment, &mut each))?;
        matcher.finish(&mut each)?;
        let key = self
            .hash_key(self.sealed_with(log, tree, &extents)?)
            .map_err(|source| LogError::Sealed { log: log.clone(), source })?;
        let appended = appender.finish();
        Ok(self.captured(
            opened,
            clean,
            Ending { appended, extents, key, first_block: 0, window: 1 },
        ))
    }

    /// A key that a part of what a log already holds of these extents is sealed with.
    fn sealed_with(
        &self,
        log: &LogId,
        tree: Option<ObjectId>,
        extents: &[Extent],
    ) -> Result<Option<KeyId>, CaptureError> {
        match tree {
            Some(tree) if self.sealing.key.is_none() => Ok(self.log(log, tree)?.key_of(extents)),
            _ => Ok(None),
        }
    }

    fn captured(&self, opened: Opened, clean: Clean, ending: Ending) -> Captured {
        let Ending { appended, extents, key, first_block, window } = ending;
        let stored = StoredFile {
            log: opened.source.log.clone(),
            bytes: clean.bytes,
            extents,
            sha256: key.as_ref().map_or(clean.sha256, |key| key.keyed(&clean.sha256)),
            key: key.as_ref().map(LogKey::id),
            redacted: clean.redacted.clone(),
        };
        Captured {
            stored,
            edits: appended.edits,
            last: appended.last,
            new_bytes: appended.new_bytes,
            stored_bytes: appended.stored_bytes,
            progress: Progress {
                metadata: opened.metadata,
                size: opened.size,
                clean,
                tail: appended.tail,
                first_block,
                window,
                redacts: !self.redactor.is_off(),
            },
        }
    }

    fn appender(&self, log: &LogId, at: (Tail, Vec<u8>)) -> Appender<'r> {
        Appender::new(self.repository, log, at, self.sealing.key.cloned())
    }

    fn log(&self, log: &LogId, tree: ObjectId) -> Result<LogReader<'r>, LogError> {
        LogReader::open((self.repository, self.sealing.keys), log, tree)
    }

    /// The log's segments, its tail, and the bytes that the next frame may refer to.
    fn known(
        &self,
        log: &LogId,
        tree: Option<ObjectId>,
    ) -> Result<(Known, Tail, Vec<u8>), CaptureError> {
        let mut known = Known::default();
        let Some(tree) = tree else { return Ok((known, Tail::default(), Vec::new())) };
        let mut log = self.log(log, tree)?;
        for stretch in log.stretches()? {
            known.go_on_at(stretch.start);
            let mut segments = Segments::default();
            let mut remember = |segment: &[u8]| -> Result<(), std::io::Error> {
                known.add(segment);
                Ok(())
            };
            log.read(stretch, &mut |chunk| segments.take(chunk, &mut remember))?;
            segments.finish(&mut remember).map_err(LogError::Sink)?;
        }
        known.ready();
        let tail = log.tail()?.ready(self.sealing.id());
        let prefix = log_end(&mut log, tail, u64::MAX)?;
        Ok((known, tail, prefix))
    }

    /// The raw bytes that the next frame may refer to: the end of the file where the log ends as it does.
    fn prefix(
        &self,
        opened: &Opened,
        state: &State,
        mut end: Vec<u8>,
    ) -> Result<Vec<u8>, CaptureError> {
        let tail = state.tail.ready(self.sealing.id());
        let added = opened.size - state.size;
        let wanted = tail.prefix_length(added);
        let last = state.extents.last().copied().unwrap_or(Extent { start: 0, length: 0 });
        let surplus = end.len().checked_sub(wanted as usize);
        if let Some(surplus) = surplus
            && last.end() == state.tail.length
            && last.length >= wanted
            && state.size - wanted >= state.verbatim_from
        {
            end.drain(..surplus);
            return Ok(end);
        }
        let mut log = self.log(opened.source.log, state.tree)?;
        Ok(log_end(&mut log, tail, added)?)
    }
}

/// The end of a log, as much as the next frame should refer to when so many bytes are added.
fn log_end(log: &mut LogReader, tail: Tail, added: u64) -> Result<Vec<u8>, LogError> {
    let wanted = tail.prefix_length(added);
    let mut prefix = Vec::with_capacity(wanted as usize);
    let end = Extent { start: tail.length - wanted, length: wanted };
    log.read(end, &mut |bytes| {
        prefix.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(prefix)
}
