//! Adding bytes to a log: cuts them into frames, writes the frames as objects, and collects where they belong.

use crate::format::frame::{self, FRAME_BYTES, FrameError, PREFIX_BYTES, Seal};
use crate::format::seal::{LogKey, Place};
use crate::git::{EntryKind, ObjectError, Repository, TreeEdit};
use crate::model::snapshot::{Extent, LogId};
use crate::store::log::{self, Tail};

/// Bytes that cannot be added to a log.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("cannot store a frame")]
    Object(#[from] ObjectError),
    #[error("cannot make a frame")]
    Frame(#[from] FrameError),
}

/// Adds to one log.
pub struct Appender<'r> {
    repository: &'r Repository,
    log: LogId,
    tail: Tail,
    /// The raw bytes before the next frame, as far as it may refer to them.
    prefix: Vec<u8>,
    /// What frames are sealed with.
    key: Option<LogKey>,
    buffer: Vec<u8>,
    appended: Appended,
}

/// What was added to a log.
#[derive(Debug, Default)]
pub struct Appended {
    pub tail: Tail,
    pub edits: Vec<TreeEdit>,
    /// The last frame, still to be made.
    pub last: Option<FrameJob>,
    /// Raw bytes.
    pub new_bytes: u64,
    /// Bytes of the frames that were made, compressed.
    pub stored_bytes: u64,
}

/// A frame that is still to be compressed and stored, which may happen on another thread.
#[derive(Debug)]
pub struct FrameJob {
    log: LogId,
    epoch: u64,
    start: u64,
    key: Option<LogKey>,
    prefix: Vec<u8>,
    raw: Vec<u8>,
}

impl FrameJob {
    /// Makes the frame; returns where it belongs and how many bytes it has.
    pub fn run(&self, repository: &Repository) -> Result<(TreeEdit, u64), AppendError> {
        let place = Place { log: &self.log, epoch: self.epoch };
        let seal = self.key.as_ref().map(|key| Seal { key, place });
        let frame = frame::encode(self.start, &self.prefix, &self.raw, seal)?;
        let id = repository.write_compressed_blob(&frame)?;
        let path = log::frame_path(&self.log, self.epoch, self.start);
        let edit = TreeEdit { path, entry: Some((EntryKind::Blob, id)) };
        Ok((edit, frame.len() as u64))
    }
}

impl<'r> Appender<'r> {
    /// Starts at `tail`; `prefix` must be the last raw bytes of the log, of the tail's epoch and at most
    /// [`PREFIX_BYTES`]. Frames are sealed with `key`, where there is one.
    pub fn new(
        repository: &'r Repository,
        log: &LogId,
        (tail, prefix): (Tail, Vec<u8>),
        key: Option<LogKey>,
    ) -> Self {
        debug_assert!(prefix.len() as u64 <= tail.prefix_length(u64::MAX));
        let appended = Appended { tail, ..Appended::default() };
        Self { repository, log: log.clone(), tail, prefix, key, buffer: Vec::new(), appended }
    }

    /// Adds bytes; returns where in the log they lie.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Extent, AppendError> {
        let added = Extent {
            start: self.tail.length + self.buffer.len() as u64,
            length: bytes.len() as u64,
        };
        while !bytes.is_empty() {
            if self.buffer.len() == FRAME_BYTES {
                self.flush()?;
            }
            let room = FRAME_BYTES - self.buffer.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(added)
    }

    /// Stores what is left, all but the last frame.
    pub fn finish(mut self) -> Appended {
        if !self.buffer.is_empty() {
            self.appended.last = Some(self.next_job());
        }
        self.appended.tail = self.tail;
        self.appended
    }

    fn flush(&mut self) -> Result<(), AppendError> {
        let mut job = self.next_job();
        let (edit, bytes) = job.run(self.repository)?;
        self.appended.edits.push(edit);
        self.appended.stored_bytes += bytes;
        self.prefix = std::mem::take(&mut job.prefix);
        self.prefix.append(&mut job.raw);
        let surplus = self.prefix.len().saturating_sub(PREFIX_BYTES);
        self.prefix.drain(..surplus);
        Ok(())
    }

    /// Takes what is buffered as the next frame of the log.
    fn next_job(&mut self) -> FrameJob {
        let ready = self.tail.ready(self.key.as_ref().map(LogKey::id));
        if ready.epoch != self.tail.epoch {
            self.prefix.clear();
        }
        let raw = std::mem::take(&mut self.buffer);
        let wanted = ready.prefix_length(raw.len() as u64) as usize;
        let surplus = self.prefix.len().saturating_sub(wanted);
        self.prefix.drain(..surplus);
        self.appended.new_bytes += raw.len() as u64;
        self.tail = Tail {
            length: ready.length + raw.len() as u64,
            epoch_frames: ready.epoch_frames + 1,
            ..ready
        };
        FrameJob {
            log: self.log.clone(),
            epoch: ready.epoch,
            start: ready.length,
            key: self.key.clone(),
            prefix: std::mem::take(&mut self.prefix),
            raw,
        }
    }
}
