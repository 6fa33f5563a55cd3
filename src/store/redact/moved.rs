//! Epochs stored once more with placeholders, and where their bytes are then.

use std::io;

use crate::git::{Repository, TreeEdit};
use crate::model::key_id::KeyId;
use crate::model::snapshot::{Extent, LogId, StoredFile, push_extent};
use crate::store::appender::Appender;
use crate::store::keys::Keyring;
use crate::store::log::{self, LogReader, Tail};
use crate::store::redact::RedactError;

/// A leak, and what is put in its place.
pub struct Replaced {
    pub range: Extent,
    pub placeholder: String,
}

/// Where the bytes of a log are now.
pub struct Moved {
    runs: Vec<Run>,
    replaced: Vec<Replaced>,
    /// The directories of the epochs that go.
    pub old: Vec<String>,
}

/// Epochs that follow each other, all of which go.
struct Run {
    old: Extent,
    new: u64,
    /// What they are sealed with.
    key: Option<KeyId>,
}

impl Moved {
    /// Stores every epoch once more that a leak lies in, sealed as it was, and returns what adds it to the tree of logs.
    pub fn write(
        (repository, keys): (&Repository, &Keyring),
        log: &LogId,
        reader: &mut LogReader,
        replaced: Vec<Replaced>,
    ) -> Result<(Self, Vec<TreeEdit>), RedactError> {
        let mut moved = Self { runs: Vec::new(), replaced, old: Vec::new() };
        for (number, extent) in reader.epochs()? {
            let within =
                |one: &Replaced| one.range.start < extent.end() && extent.start < one.range.end();
            if moved.replaced.iter().any(within) {
                moved.old.push(format!("{}/{number:04}", log::directory(log)));
                let key = reader.key_of_epoch(number);
                match moved.runs.last_mut() {
                    Some(last) if last.old.end() == extent.start && last.key == key => {
                        last.old.length += extent.length
                    }
                    _ => moved.runs.push(Run { old: extent, new: 0, key }),
                }
            }
        }
        let mut edits = Vec::new();
        let mut tail = reader.tail()?;
        for run in &mut moved.runs {
            let sealed = |source| RedactError::SealedLog { log: log.clone(), source };
            let key = run.key.map(|key| keys.find(repository, key)).transpose().map_err(sealed)?;
            let at = (tail.fresh(), Vec::new());
            let mut appender = Appender::new(repository, log, at, key);
            run.new = appender.push(&[])?.start;
            copy(reader, run.old, &moved.replaced, &mut appender)?;
            let (end, mut more) = stored(repository, appender)?;
            tail = end;
            edits.append(&mut more);
        }
        Ok((moved, edits))
    }

    /// Whether a file has bytes that were moved.
    pub fn concerns(&self, stored: &StoredFile) -> bool {
        let within = |run: &Run| {
            let overlaps =
                |extent: &Extent| extent.start < run.old.end() && run.old.start < extent.end();
            stored.extents.iter().any(overlaps)
        };
        self.runs.iter().any(within)
    }

    /// Where the bytes of these extents are now.
    pub fn extents(&self, old: &[Extent]) -> Vec<Extent> {
        let mut new = Vec::new();
        for extent in old {
            let mut at = extent.start;
            while at < extent.end() {
                let run = self.runs.iter().find(|run| run.old.start <= at && at < run.old.end());
                let end = match run {
                    Some(run) => run.old.end(),
                    None => {
                        let later = self.runs.iter().filter(|run| run.old.start > at);
                        later.map(|run| run.old.start).min().unwrap_or(u64::MAX)
                    }
                };
                let end = end.min(extent.end());
                let (start, stop) = match run {
                    Some(run) => (self.place(run, at), self.place(run, end)),
                    None => (at, end),
                };
                push_extent(&mut new, Extent { start, length: stop - start });
                at = end;
            }
        }
        new
    }

    /// How many placeholders these extents have got.
    pub fn places(&self, old: &[Extent]) -> u64 {
        let inside = |extent: &Extent| {
            let within = |one: &&Replaced| {
                extent.start <= one.range.start && one.range.end() <= extent.end()
            };
            self.replaced.iter().filter(within).count() as u64
        };
        old.iter().map(inside).sum()
    }

    /// Where an offset within a run is now; never one inside of a leak.
    fn place(&self, run: &Run, at: u64) -> u64 {
        let before = self.replaced.iter();
        let before = before.filter(|one| one.range.start >= run.old.start && one.range.end() <= at);
        let (gone, come) = before.fold((0, 0), |(gone, come), one| {
            (gone + one.range.length, come + one.placeholder.len() as u64)
        });
        run.new + (at - run.old.start) + come - gone
    }
}

/// Stores all that an appender has; returns where the log ends then.
pub fn stored(
    repository: &Repository,
    appender: Appender,
) -> Result<(Tail, Vec<TreeEdit>), RedactError> {
    let mut appended = appender.finish();
    if let Some(job) = appended.last.take() {
        appended.edits.push(job.run(repository)?.0);
    }
    Ok((appended.tail, appended.edits))
}

/// Copies a range to the end of its log, placeholders in the place of leaks.
fn copy(
    reader: &mut LogReader,
    range: Extent,
    replaced: &[Replaced],
    appender: &mut Appender,
) -> Result<(), RedactError> {
    let mut at = range.start;
    for one in replaced.iter().filter(|one| one.range.start < range.end()) {
        if one.range.start < at {
            continue;
        }
        push(reader, Extent { start: at, length: one.range.start - at }, appender)?;
        appender.push(one.placeholder.as_bytes())?;
        at = one.range.end();
    }
    push(reader, Extent { start: at, length: range.end() - at }, appender)
}

fn push(reader: &mut LogReader, range: Extent, appender: &mut Appender) -> Result<(), RedactError> {
    let append = &mut |bytes: &[u8]| appender.push(bytes).map(drop).map_err(io::Error::other);
    Ok(reader.read(range, append)?)
}
