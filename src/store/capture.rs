//! Capturing a file into its log: only what is new is read, hashed, compressed and stored.
//!
//! When the file still starts with what was captured before, the rest of it is appended. Otherwise it is read whole
//! and matched against the log. What is captured is what the file held when it was opened; it may grow meanwhile.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::format::frame;
use crate::git::{Repository, TreeEdit};
use crate::model::hash;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Extent, LogId, StoredFile, push_extent};
use crate::store::appender::{AppendError, Appended, Appender, FrameJob};
use crate::store::fingerprint::{self, BLOCK, Fingerprint, Thoroughness};
use crate::store::lines::{LineFeed, LineReader};
use crate::store::local::LocalError;
use crate::store::log::{LogError, LogReader, Tail};
use crate::store::matching::{Known, Matcher, Piece, Segments};
use crate::store::reading::LARGEST_FILE;
use crate::store::state::{Facts, State, hashes_path};

const CHUNK: usize = 256 << 10;

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
    #[error("`{path}` became shorter while it was read")]
    Shrank { path: PathBuf },
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Local(#[from] LocalError),
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
    hash: Sha256,
    tail: Tail,
    fingerprint: Fingerprint,
    first_block: u64,
    window: u64,
    read_up_to: u64,
    kept: Option<Box<serde_json::value::RawValue>>,
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
        progress.fingerprint.store(&hashes_path(directory, log), progress.first_block)?;
        let facts = Facts {
            tree,
            size: self.stored.bytes,
            metadata: &progress.metadata,
            extents: self.stored.extents,
            hash: &progress.hash,
            tail: progress.tail,
            rest: progress.fingerprint.rest(),
            window: progress.window,
            read_up_to: progress.read_up_to,
            kept: progress.kept,
        };
        State::new(facts).store(directory, log)
    }
}

/// Captures files for one save.
pub struct Capturer<'r> {
    pub repository: &'r Repository,
    /// `<common dir>/ckpt`.
    pub directory: &'r Path,
}

impl Capturer<'_> {
    /// Captures `source`; `tree` is where its log stands, if it exists yet.
    pub fn capture(
        &self,
        source: Source,
        tree: Option<ObjectId>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let opened = Opened::new(source)?;
        let state = State::load(self.directory, source.log)
            .filter(|state| Some(state.tree) == tree && state.size <= opened.size);
        if let Some(state) = state
            && let Some(end) = self.end_if_only_grown(&opened, &state)
            && reader.resume(state.kept.as_deref())
        {
            return self.append(opened, state, end, reader);
        }
        reader.resume(None);
        self.whole(opened, tree, reader)
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
        &self,
        mut opened: Opened,
        state: State,
        end: Vec<u8>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let first_block = state.size / BLOCK;
        let rest = end.len() - (state.size % BLOCK) as usize;
        let mut reading = Reading {
            hash: state.hasher().unwrap_or_default(),
            fingerprint: Fingerprint::going_on(&end[rest..]),
            new_from: state.size,
            feed: LineFeed::new(reader, state.read_up_to),
            feed_from: state.read_up_to,
        };
        let prefix = self.prefix(&opened, &state, end)?;
        let mut appender =
            Appender::new(self.repository, opened.source.log, state.tail.ready(), prefix);
        let mut extents = state.extents;
        let start = state.size.min(state.read_up_to);
        opened.each_chunk(start, |at, chunk| {
            reading.take(at, chunk);
            let added = appender.push(from(chunk, at, state.size))?;
            push_extent(&mut extents, added);
            Ok(())
        })?;
        let window = fingerprint::next_window(state.window, opened.size);
        Ok(opened.captured(reading, appender.finish(), extents, (first_block, window)))
    }

    /// Reads the whole file and adds to the log what it does not hold.
    fn whole(
        &self,
        mut opened: Opened,
        tree: Option<ObjectId>,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, CaptureError> {
        let log = opened.source.log;
        let (known, tail, prefix) = match (self.known(log, tree), tree) {
            // What is damaged stays as it is; a session that lives on must not become impossible to save by it.
            (Err(CaptureError::Log(error)), Some(tree)) if error.is_damage() => {
                let tail = LogReader::open(self.repository, log, tree)?.tail_behind_damage();
                (Known::default(), tail, Vec::new())
            }
            (known, _) => known?,
        };
        let mut reading = Reading {
            hash: Sha256::new(),
            fingerprint: Fingerprint::default(),
            new_from: 0,
            feed: LineFeed::new(reader, 0),
            feed_from: 0,
        };
        let mut appender = Appender::new(self.repository, log, tail, prefix);
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
        opened.each_chunk(0, |at, chunk| {
            reading.take(at, chunk);
            segments.take(chunk, &mut |segment| matcher.take(&known, segment, &mut each))
        })?;
        segments.finish(&mut |segment| matcher.take(&known, segment, &mut each))?;
        matcher.finish(&mut each)?;
        Ok(opened.captured(reading, appender.finish(), extents, (0, 1)))
    }

    /// The log's segments, its tail, and the bytes that the next frame may refer to.
    fn known(
        &self,
        log: &LogId,
        tree: Option<ObjectId>,
    ) -> Result<(Known, Tail, Vec<u8>), CaptureError> {
        let mut known = Known::default();
        let Some(tree) = tree else { return Ok((known, Tail::default(), Vec::new())) };
        let mut log = LogReader::open(self.repository, log, tree)?;
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
        let tail = log.tail()?.ready();
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
        let tail = state.tail.ready();
        let added = opened.size - state.size;
        let wanted = tail.prefix_length(added);
        let last = state.extents.last().copied().unwrap_or(Extent { start: 0, length: 0 });
        let surplus = end.len().checked_sub(wanted as usize);
        if let Some(surplus) = surplus
            && last.end() == state.tail.length
            && last.length >= wanted
        {
            end.drain(..surplus);
            return Ok(end);
        }
        let mut log = LogReader::open(self.repository, opened.source.log, state.tree)?;
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

/// The part of `chunk`, which lies at offset `at`, that does not lie before `threshold`.
fn from(chunk: &[u8], at: u64, threshold: u64) -> &[u8] {
    &chunk[(threshold.saturating_sub(at) as usize).min(chunk.len())..]
}

/// Everything that is computed of the bytes on their way, each from its own offset on.
struct Reading<'l> {
    hash: Sha256,
    fingerprint: Fingerprint,
    /// Where the bytes start that hash and fingerprint do not cover yet.
    new_from: u64,
    feed: LineFeed<'l>,
    feed_from: u64,
}

impl Reading<'_> {
    fn take(&mut self, at: u64, chunk: &[u8]) {
        let new = from(chunk, at, self.new_from);
        self.hash.update(new);
        self.fingerprint.take(new);
        self.feed.take(from(chunk, at, self.feed_from));
    }
}

struct Opened<'a> {
    source: Source<'a>,
    file: File,
    metadata: Metadata,
    size: u64,
}

impl<'a> Opened<'a> {
    fn new(source: Source<'a>) -> Result<Self, CaptureError> {
        let path = || source.path.to_owned();
        // Opening a pipe waits for somebody who writes to it.
        let facts = std::fs::metadata(source.path);
        if facts.is_ok_and(|facts| !facts.is_file()) {
            return Err(CaptureError::NotAFile { path: path() });
        }
        let opened = File::open(source.path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) =
            opened.map_err(|source| CaptureError::Unreadable { path: path(), source })?;
        let size = source.up_to.unwrap_or(u64::MAX).min(metadata.len());
        if size > LARGEST_FILE {
            return Err(CaptureError::TooLarge { path: path(), bytes: size });
        }
        Ok(Self { source, file, metadata, size })
    }

    /// Hands the bytes from `start` to the captured size to `each`, with their offsets.
    fn each_chunk(
        &mut self,
        start: u64,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), CaptureError>,
    ) -> Result<(), CaptureError> {
        self.file.seek(SeekFrom::Start(start)).map_err(|source| self.read_error(source))?;
        let mut buffer = vec![0; CHUNK];
        let mut at = start;
        while at < self.size {
            let wanted = CHUNK.min((self.size - at) as usize);
            self.file
                .read_exact(&mut buffer[..wanted])
                .map_err(|source| self.read_error(source))?;
            each(at, &buffer[..wanted])?;
            at += wanted as u64;
        }
        Ok(())
    }

    fn read_error(&self, source: std::io::Error) -> CaptureError {
        let path = self.source.path.to_owned();
        if source.kind() == std::io::ErrorKind::UnexpectedEof {
            CaptureError::Shrank { path }
        } else {
            CaptureError::Unreadable { path, source }
        }
    }

    fn captured(
        self,
        reading: Reading,
        appended: Appended,
        extents: Vec<Extent>,
        (first_block, window): (u64, u64),
    ) -> Captured {
        let (read_up_to, kept) = reading.feed.finish();
        let sha256 = hash::Sha256(reading.hash.clone().finalize().into());
        let stored = StoredFile { log: self.source.log.clone(), bytes: self.size, extents, sha256 };
        Captured {
            stored,
            edits: appended.edits,
            last: appended.last,
            new_bytes: appended.new_bytes,
            stored_bytes: appended.stored_bytes,
            progress: Progress {
                metadata: self.metadata,
                hash: reading.hash,
                tail: appended.tail,
                fingerprint: reading.fingerprint,
                first_block,
                window,
                read_up_to,
                kept,
            },
        }
    }
}
