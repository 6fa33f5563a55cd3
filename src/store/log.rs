//! Session logs as git holds them: where the frames of a log lie, and reading ranges of it back.
//!
//! A log is a tree `<2 hex>/<14 hex>` of epochs `<number>/`, each a tree of frames `<raw start offset>.ckz`. Frames
//! of one epoch build on each other; epochs are independent. Names never change once written.

use std::collections::{HashSet, VecDeque};

use crate::format::frame::{self, FRAME_BYTES, FrameError, Seal};
use crate::format::seal::Place;
use crate::git::{ObjectError, Repository};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Extent, LogId, push_extent};
use crate::store::keys::Keyring;

pub use crate::store::log_error::LogError;
pub use crate::store::log_tail::{EPOCH_BYTES, Tail};

/// Most frames that are listed of one log: every save adds one or more.
pub const MOST_FRAMES: usize = 1 << 20;

/// Decoded epochs that a reader keeps.
const KEPT_EPOCHS: usize = 3;

/// The directory of a log, below the root of a log ref's tree.
pub fn directory(log: &LogId) -> String {
    let (first, rest) = log.as_str().split_at(2);
    format!("{first}/{rest}")
}

/// The path of a frame, below the root of a log ref's tree.
pub fn frame_path(log: &LogId, epoch: u64, start: u64) -> String {
    format!("{}/{epoch:04}/{start:012}.ckz", directory(log))
}

#[derive(Clone, Copy, Debug)]
struct FrameAt {
    start: u64,
    id: ObjectId,
}

#[derive(Debug)]
struct Epoch {
    number: u64,
    frames: Vec<FrameAt>,
}

/// An epoch decoded from its start up to some frame.
struct Decoded {
    epoch: usize,
    frames: usize,
    raw: Vec<u8>,
}

/// Reads one log.
pub struct LogReader<'r> {
    repository: &'r Repository,
    keys: &'r Keyring,
    log: LogId,
    epochs: Vec<Epoch>,
    decoded: VecDeque<Decoded>,
    /// Memory for one decoded frame.
    frame: Vec<u8>,
}

impl<'r> LogReader<'r> {
    /// Opens the log that lies in `tree`. No frame is read yet, so a damaged one costs only what it holds.
    pub fn open(
        (repository, keys): (&'r Repository, &'r Keyring),
        log: &LogId,
        tree: ObjectId,
    ) -> Result<Self, LogError> {
        let mut reader = Self {
            repository,
            keys,
            log: log.clone(),
            epochs: Vec::new(),
            decoded: VecDeque::new(),
            frame: Vec::new(),
        };
        let mut seen = HashSet::new();
        let mut count = 0;
        for entry in reader.entries(tree)? {
            let number = reader.number(&entry.0, "")?;
            // A tree that stands under many names costs nothing to send and everything to list.
            if !seen.insert(entry.1) {
                return Err(LogError::Copy { log: log.clone(), epoch: number });
            }
            let frames = reader.frames(entry.1)?;
            count += frames.len();
            if count > MOST_FRAMES {
                return Err(LogError::TooMany { log: log.clone() });
            }
            if !frames.is_empty() {
                reader.epochs.push(Epoch { number, frames });
            }
        }
        reader.epochs.sort_by_key(|epoch| epoch.number);
        Ok(reader)
    }

    /// How long the log is, as its last frame tells.
    pub fn length(&self) -> Result<u64, LogError> {
        self.last().map_or(Ok(0), |last| self.end_of(last))
    }

    /// What of the log is here, in order: whole epochs that nobody needs may have been taken away.
    pub fn stretches(&self) -> Result<Vec<Extent>, LogError> {
        let mut stretches = Vec::new();
        self.epochs()?.into_iter().for_each(|(_, epoch)| push_extent(&mut stretches, epoch));
        Ok(stretches)
    }

    fn end_of(&self, last: FrameAt) -> Result<u64, LogError> {
        let header = frame::header(&self.blob(last.id)?);
        let end = header.and_then(|header| {
            let beyond = FrameError::Inconsistent("it ends where no log can");
            last.start.checked_add(header.length).ok_or(beyond)
        });
        end.map_err(|source| self.frame_error(last.start, source))
    }

    pub fn tail(&self) -> Result<Tail, LogError> {
        Ok(self.tail_at(self.length()?))
    }

    /// A tail behind everything that the log may hold, where frames of it are damaged.
    pub fn tail_behind_damage(&self) -> Tail {
        let furthest = self.last().map_or(0, |last| last.start.saturating_add(FRAME_BYTES as u64));
        self.tail_at(self.length().unwrap_or(furthest)).fresh()
    }

    /// The key that a frame is sealed with; none where it is plain, or tells nothing.
    fn key_of_frame(&self, frame: FrameAt) -> Option<KeyId> {
        frame::header(&self.blob(frame.id).ok()?).ok()?.key
    }

    /// A key that some of these ranges are sealed with, the last one where there are several.
    pub fn key_of(&self, extents: &[Extent]) -> Option<KeyId> {
        let starts = self.epochs.iter().map(|epoch| epoch.frames.first().map(|frame| frame.start));
        let end = self.tail_behind_damage().length;
        let ends = starts.skip(1).map(|end| end.unwrap_or(u64::MAX)).chain([end]);
        let touched = self.epochs.iter().zip(ends).filter(|(epoch, end)| {
            let start = epoch.frames.first().map_or(u64::MAX, |frame| frame.start);
            extents.iter().any(|extent| extent.start < *end && start < extent.end())
        });
        touched.filter_map(|(epoch, _)| self.key_of_frame(*epoch.frames.first()?)).last()
    }

    /// The key that an epoch is sealed with; none where it is plain, or not here.
    pub fn key_of_epoch(&self, number: u64) -> Option<KeyId> {
        let epoch = self.epochs.iter().find(|epoch| epoch.number == number)?;
        self.key_of_frame(*epoch.frames.first()?)
    }

    fn last(&self) -> Option<FrameAt> {
        self.epochs.last()?.frames.last().copied()
    }

    fn tail_at(&self, length: u64) -> Tail {
        let Some(last) = self.epochs.last() else { return Tail::default() };
        Tail {
            length,
            epoch: last.number,
            epoch_start: last.frames.first().map_or(length, |frame| frame.start),
            epoch_frames: last.frames.len() as u64,
            key: self.last().and_then(|frame| self.key_of_frame(frame)),
        }
    }

    /// Whether one of two logs begins with all frames of the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        let frames = |log: &Self| -> Vec<(u64, u64, ObjectId)> {
            let of_epoch = |epoch: &Epoch| {
                let number = epoch.number;
                epoch.frames.iter().map(move |frame| (number, frame.start, frame.id)).collect()
            };
            log.epochs.iter().flat_map(|epoch| -> Vec<_> { of_epoch(epoch) }).collect()
        };
        frames(self).into_iter().zip(frames(other)).all(|(one, other)| one == other)
    }

    /// The epochs by their numbers, and the range of each.
    pub fn epochs(&self) -> Result<Vec<(u64, Extent)>, LogError> {
        let mut epochs = Vec::new();
        for epoch in &self.epochs {
            if let (Some(first), Some(last)) = (epoch.frames.first(), epoch.frames.last()) {
                let length = self.end_of(*last)?.saturating_sub(first.start);
                epochs.push((epoch.number, Extent { start: first.start, length }));
            }
        }
        Ok(epochs)
    }

    /// The ranges whose frames none of `known` has, those of each epoch by themselves. A last frame of an epoch that
    /// cannot be read is not among them.
    pub fn ranges_beyond(&self, known: &[Self]) -> Vec<Extent> {
        let frames = |log: &Self| -> Vec<(u64, ObjectId)> {
            let all = log.epochs.iter().flat_map(|epoch| &epoch.frames);
            all.map(|frame| (frame.start, frame.id)).collect()
        };
        let known: HashSet<(u64, ObjectId)> = known.iter().flat_map(frames).collect();
        let mut ranges = Vec::new();
        for epoch in &self.epochs {
            let mut within = Vec::new();
            for (place, frame) in epoch.frames.iter().enumerate() {
                let next = epoch.frames.get(place + 1).map(|next| next.start);
                if !known.contains(&(frame.start, frame.id)) {
                    let end = next.unwrap_or_else(|| self.end_of(*frame).unwrap_or(frame.start));
                    let length = end.saturating_sub(frame.start);
                    push_extent(&mut within, Extent { start: frame.start, length });
                }
            }
            ranges.append(&mut within);
        }
        ranges
    }

    /// Hands the bytes of `extent` to `sink`, in order.
    pub fn read(
        &mut self,
        extent: Extent,
        sink: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), LogError> {
        let mut at = extent.start;
        while at < extent.end() {
            let epoch = self.epoch_of(at)?;
            let decoded = self.decode(epoch, extent.end())?;
            let start = self.epochs[epoch].frames[0].start;
            let raw = &self.decoded[decoded].raw;
            let from = (at - start) as usize;
            let to = raw.len().min((extent.end() - start) as usize);
            if from >= to {
                return Err(LogError::Gap { log: self.log.clone(), from: at });
            }
            sink(&raw[from..to]).map_err(LogError::Sink)?;
            at = start + to as u64;
        }
        Ok(())
    }

    /// The stored frames that reading these ranges takes: each with its epoch and its start, in the order of the log.
    pub fn frames_for(&self, extents: &[Extent]) -> Result<Vec<(u64, u64, Vec<u8>)>, LogError> {
        let mut frames = Vec::new();
        for epoch in &self.epochs {
            let start = epoch.frames.first().map_or(0, |frame| frame.start);
            let next = self.epochs.iter().filter_map(|other| other.frames.first());
            let end = next.map(|frame| frame.start).filter(|other| *other > start).min();
            let within =
                |extent: &&Extent| extent.end() > start && end.is_none_or(|end| extent.start < end);
            // Frames build on those before them, so all up to the last that is needed.
            let Some(last) = extents.iter().filter(within).map(|extent| extent.end()).max() else {
                continue;
            };
            for frame in epoch.frames.iter().filter(|frame| frame.start < last) {
                frames.push((epoch.number, frame.start, self.blob(frame.id)?));
            }
        }
        Ok(frames)
    }

    /// Makes sure that the frames of these ranges are there, follow each other and have headers that say so; what they
    /// hold is not looked at.
    pub fn expect_frames(&self, extents: &[Extent]) -> Result<(), LogError> {
        let mut covered: Vec<Extent> = Vec::new();
        for (_, start, bytes) in self.frames_for(extents)? {
            let header = frame::header(&bytes).map_err(|source| self.frame_error(start, source))?;
            if header.start != start {
                let source = FrameError::Inconsistent("it belongs somewhere else");
                return Err(self.frame_error(start, source));
            }
            push_extent(&mut covered, Extent { start, length: header.length });
        }
        let within = |extent: &&Extent| {
            covered.iter().any(|run| run.start <= extent.start && extent.end() <= run.end())
        };
        match extents.iter().find(|extent| !within(extent)) {
            Some(extent) => Err(LogError::Gap { log: self.log.clone(), from: extent.start }),
            None => Ok(()),
        }
    }

    fn epoch_of(&self, at: u64) -> Result<usize, LogError> {
        let after = self
            .epochs
            .partition_point(|epoch| epoch.frames.first().is_some_and(|frame| frame.start <= at));
        after.checked_sub(1).ok_or_else(|| LogError::Gap { log: self.log.clone(), from: at })
    }

    /// Decodes an epoch at least up to `end` or its own end; returns its place among the decoded ones.
    fn decode(&mut self, epoch: usize, end: u64) -> Result<usize, LogError> {
        let mut decoded = match self.decoded.iter().position(|decoded| decoded.epoch == epoch) {
            Some(place) => self.decoded.remove(place).expect("the place was just found"),
            None => Decoded { epoch, frames: 0, raw: self.freed_memory() },
        };
        let start = self.epochs[epoch].frames[0].start;
        let mut raw = std::mem::take(&mut self.frame);
        while start + (decoded.raw.len() as u64) < end {
            let Some(frame) = self.epochs[epoch].frames.get(decoded.frames).copied() else { break };
            if frame.start != start + decoded.raw.len() as u64 {
                return Err(LogError::Gap {
                    log: self.log.clone(),
                    from: start + decoded.raw.len() as u64,
                });
            }
            if decoded.raw.len() as u64 >= EPOCH_BYTES {
                let source = FrameError::Inconsistent("its epoch was full before it");
                return Err(self.frame_error(frame.start, source));
            }
            if frame.start > u64::MAX - FRAME_BYTES as u64 {
                let source = FrameError::Inconsistent("it ends where no log can");
                return Err(self.frame_error(frame.start, source));
            }
            self.decode_frame((self.epochs[epoch].number, frame), &decoded.raw, &mut raw)?;
            decoded.raw.extend_from_slice(&raw);
            decoded.frames += 1;
        }
        self.frame = raw;
        self.decoded.push_front(decoded);
        Ok(0)
    }

    /// The memory of the epoch that was longest not asked for, where all places are taken: fresh pages cost as much as
    /// decoding into them.
    fn freed_memory(&mut self) -> Vec<u8> {
        let oldest = if self.decoded.len() < KEPT_EPOCHS { None } else { self.decoded.pop_back() };
        let mut raw = oldest.map(|decoded| decoded.raw).unwrap_or_default();
        raw.clear();
        raw
    }

    fn decode_frame(
        &self,
        (epoch, at): (u64, FrameAt),
        before: &[u8],
        raw: &mut Vec<u8>,
    ) -> Result<(), LogError> {
        let bytes = self.blob(at.id)?;
        let header = frame::header(&bytes).map_err(|source| self.frame_error(at.start, source))?;
        let prefix_length = header.prefix.1 as usize;
        let prefix_start = before.len().checked_sub(prefix_length);
        let prefix = match prefix_start {
            Some(start) if header.start == at.start => &before[start..],
            _ => {
                let source = FrameError::Inconsistent("it belongs somewhere else");
                return Err(self.frame_error(at.start, source));
            }
        };
        let key = header.key.map(|key| self.keys.find(self.repository, key)).transpose();
        let key = key.map_err(|source| LogError::Sealed { log: self.log.clone(), source })?;
        let place = Place { log: &self.log, epoch };
        let seal = key.as_ref().map(|key| Seal { key, place });
        let decoded = frame::decode(&bytes, prefix, seal, raw);
        decoded.map_err(|source| self.frame_error(at.start, source))
    }

    fn frames(&self, tree: ObjectId) -> Result<Vec<FrameAt>, LogError> {
        let mut frames = Vec::new();
        for (name, id) in self.entries(tree)? {
            frames.push(FrameAt { start: self.number(&name, ".ckz")?, id });
        }
        frames.sort_by_key(|frame| frame.start);
        Ok(frames)
    }

    fn number(&self, name: &str, suffix: &str) -> Result<u64, LogError> {
        name.strip_suffix(suffix)
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| LogError::Name { log: self.log.clone(), name: name.to_owned() })
    }

    fn entries(&self, tree: ObjectId) -> Result<Vec<(String, ObjectId)>, LogError> {
        let entries = self.repository.tree(tree).map_err(|source| self.object_error(source))?;
        Ok(entries
            .into_iter()
            .map(|entry| (String::from_utf8_lossy(&entry.name).into_owned(), entry.id))
            .collect())
    }

    fn blob(&self, id: ObjectId) -> Result<Vec<u8>, LogError> {
        let blob = self.repository.blob_within(id, frame::LARGEST);
        blob.map_err(|source| self.object_error(source))
    }

    fn object_error(&self, source: ObjectError) -> LogError {
        LogError::Object { log: self.log.clone(), source }
    }

    fn frame_error(&self, start: u64, source: FrameError) -> LogError {
        LogError::Frame { log: self.log.clone(), start, source }
    }
}
