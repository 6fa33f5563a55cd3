//! Where secrets stand in the logs of a checkpoint's sessions.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use crate::model::checkpoint::{CheckpointId, Part};
use crate::model::object::ObjectId;
use crate::model::placeholder::RuleId;
use crate::model::snapshot::{Companion, Extent, LogId, StoredFile};
use crate::store::log::{self, LogError, LogReader};
use crate::store::redact::RedactError;
use crate::store::sieve::{FindSecrets, Run, Sieve};
use crate::store::tied::{Content, Tied};
use crate::store::transaction::CommitError;
use crate::store::vault::Secret;
use crate::store::writers::Writer;
use crate::store::{Store, tree_of};

/// A secret in a log.
#[derive(Clone, Debug)]
pub struct Leak {
    pub range: Extent,
    pub rule: RuleId,
    pub value: Secret,
}

/// What was found, by the writers of this clone.
pub struct Leaks {
    pub(super) writers: Vec<WriterLeaks>,
}

/// What one local writer's refs hold.
pub(super) struct WriterLeaks {
    pub writer: Arc<Writer>,
    pub documents: Vec<Tied>,
    /// Where the log ref stands.
    pub logs: Option<(ObjectId, ObjectId)>,
    pub leaks: BTreeMap<LogId, Vec<Leak>>,
}

impl Leaks {
    /// All of them, with the writer whose logs have them.
    pub fn all(&self) -> Vec<(&Arc<Writer>, &LogId, &Leak)> {
        let mut all = Vec::new();
        for one in &self.writers {
            for (log, leaks) in &one.leaks {
                all.extend(leaks.iter().map(|leak| (&one.writer, log, leak)));
            }
        }
        all
    }

    /// The refs that were looked at, and where they stood.
    pub(super) fn tips(&self) -> Vec<(String, ObjectId)> {
        let mut tips = Vec::new();
        for one in &self.writers {
            tips.push((one.writer.ties_ref(), one.writer.ties));
            tips.extend(one.logs.map(|(tip, _)| (one.writer.log_ref.clone(), tip)));
        }
        tips
    }
}

impl Store {
    /// Looks through the logs of these checkpoints' files, all of each log.
    pub fn leaks(
        &self,
        targets: &HashSet<CheckpointId>,
        finder: &dyn FindSecrets,
    ) -> Result<Leaks, RedactError> {
        let mut writers = Vec::new();
        let local = self.current_writers().map_err(CommitError::from)?.into_iter();
        for writer in local.filter(|writer| !writer.fetched).map(Arc::new) {
            let mut documents = Vec::new();
            self.documents_of(&writer, &mut documents)?;
            let logs = tree_of(self.repository(), &writer.log_ref)?;
            writers.push(WriterLeaks { writer, documents, logs, leaks: BTreeMap::new() });
        }
        self.expect_open(&writers)?;
        let mut meant: BTreeSet<LogId> = BTreeSet::new();
        let mut files: Vec<StoredFile> = Vec::new();
        let mut all: Vec<StoredFile> = Vec::new();
        for one in &writers {
            for tied in &one.documents {
                let stored = self.stored_files(tied)?;
                if tied.id().is_some_and(|id| targets.contains(id)) {
                    meant.extend(stored.iter().map(|stored| stored.log.clone()));
                    files.extend(stored.iter().cloned());
                }
                all.extend(stored);
            }
        }
        for one in &mut writers {
            let Some((_, root)) = one.logs else { continue };
            for log in &meant {
                let entry = self.repository().entry_at(root, &log::directory(log));
                let Some(entry) = entry.map_err(CommitError::from)? else { continue };
                let mut reader = LogReader::open((self.repository(), &self.keys), log, entry.id)?;
                let of_log = |stored: &&StoredFile| stored.log == *log;
                let files: Vec<&StoredFile> = files.iter().filter(of_log).collect();
                let ends = all.iter().filter(of_log).flat_map(|stored| &stored.extents);
                let ends: BTreeSet<u64> =
                    ends.flat_map(|extent| [extent.start, extent.end()]).collect();
                let leaks = leaks_of(&mut reader, &files, &ends, finder)?;
                if !leaks.is_empty() {
                    one.leaks.insert(log.clone(), leaks);
                }
            }
        }
        Ok(Leaks { writers })
    }

    /// Makes sure that no checkpoint that was saved here is closed: what it needs would be lost to it.
    fn expect_open(&self, writers: &[WriterLeaks]) -> Result<(), RedactError> {
        let own = self.own_keys()?;
        for tied in writers.iter().flat_map(|one| &one.documents) {
            match &tied.content {
                Content::Sealed(closed) if own.contains(&closed.key) => {
                    let (id, source) = (closed.id.clone(), closed.why.clone());
                    return Err(RedactError::Sealed { id, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The files of a checkpoint, lists of companion files not among them.
    fn stored_files(&self, tied: &Tied) -> Result<Vec<StoredFile>, RedactError> {
        let mut files = Vec::new();
        for part in tied.checkpoint().iter().flat_map(|checkpoint| checkpoint.header.parts()) {
            match part {
                Part::CompanionList(_, list) => {
                    files.extend(self.companions(tied, list)?.into_iter().map(|one| one.stored));
                }
                part => files.push(part.stored().clone()),
            }
        }
        Ok(files)
    }

    /// The companion files that a list of a checkpoint names; none where its logs are not here.
    pub(super) fn companions(
        &self,
        tied: &Tied,
        list: &StoredFile,
    ) -> Result<Vec<Companion>, RedactError> {
        let files = self.files(&tied.writer)?;
        Ok(if files.has(&list.log)? { files.companions(list)? } else { Vec::new() })
    }
}

/// The secrets of a log: as it is stored, and in the order of these files, where a secret may go on elsewhere.
/// `ends` are the places where an extent of some file starts or ends; no leak lies across one.
fn leaks_of(
    reader: &mut LogReader,
    files: &[&StoredFile],
    ends: &BTreeSet<u64>,
    finder: &dyn FindSecrets,
) -> Result<Vec<Leak>, LogError> {
    let mut ranges = Vec::new();
    for stretch in reader.stretches()? {
        find(reader, &[stretch], finder, &mut ranges)?;
    }
    for file in files {
        // A file of another writer's log of the same name cannot be read from this one.
        let _ = find(reader, &file.extents, finder, &mut ranges);
    }
    let mut leaks = Vec::new();
    for (range, rule) in apart(ranges, ends) {
        let mut value = Vec::new();
        reader.read(range, &mut |bytes| {
            value.extend_from_slice(bytes);
            Ok(())
        })?;
        leaks.push(Leak { range, rule, value: Secret::new(value) });
    }
    Ok(leaks)
}

/// Looks through ranges of a log as if they followed each other.
fn find(
    reader: &mut LogReader,
    extents: &[Extent],
    finder: &dyn FindSecrets,
    found: &mut Vec<(Extent, RuleId)>,
) -> Result<(), LogError> {
    let mut take = |run: Run| -> Result<(), Infallible> {
        if let Some(rule) = run.rule {
            let length = run.bytes.len() as u64;
            let pieces = within(extents, Extent { start: run.at, length }).into_iter();
            found.extend(pieces.map(|piece| (piece, rule.clone())));
        }
        Ok(())
    };
    let mut sieve = Sieve::new(Some(finder), 0, 0);
    for extent in extents {
        reader
            .read(*extent, &mut |bytes| sieve.take(bytes, &mut take).map_err(io::Error::other))?;
    }
    let Ok(()) = sieve.end(&mut take);
    Ok(())
}

/// Where in a log a range of a file lies that consists of these extents.
fn within(extents: &[Extent], range: Extent) -> Vec<Extent> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for extent in extents {
        let from = range.start.max(at);
        let to = range.end().min(at + extent.length);
        if from < to {
            pieces.push(Extent { start: extent.start + (from - at), length: to - from });
        }
        at += extent.length;
    }
    pieces
}

/// Ranges in order: those that overlap made one, and cut wherever an extent starts or ends.
fn apart(mut ranges: Vec<(Extent, RuleId)>, ends: &BTreeSet<u64>) -> Vec<(Extent, RuleId)> {
    ranges.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.length)));
    let mut joined: Vec<(Extent, RuleId)> = Vec::new();
    for (range, rule) in ranges {
        match joined.last_mut() {
            Some((last, _)) if range.start < last.end() => {
                last.length = last.length.max(range.end() - last.start);
            }
            _ => joined.push((range, rule)),
        }
    }
    let mut cut = Vec::new();
    for (range, rule) in joined {
        let mut start = range.start;
        let inside = ends.range(range.start + 1..range.end().max(range.start + 1)).copied();
        for end in inside.chain([range.end()]) {
            cut.push((Extent { start, length: end - start }, rule.clone()));
            start = end;
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(pairs: &[(u64, u64)]) -> Vec<Extent> {
        pairs.iter().copied().map(Extent::from).collect()
    }

    #[test]
    fn a_range_of_a_file_is_found_again_in_its_log() {
        let file = extents(&[(100, 10), (50, 5), (200, 20)]);
        let place = |start, length| within(&file, Extent { start, length });
        assert_eq!(place(2, 3), extents(&[(102, 3)]));
        assert_eq!(place(8, 10), extents(&[(108, 2), (50, 5), (200, 3)]));
    }

    #[test]
    fn no_leak_overlaps_another_or_lies_across_the_end_of_an_extent() {
        let rule = || RuleId::from_static("rule");
        let ranges = extents(&[(20, 5), (0, 10), (5, 10), (25, 5)]);
        let cut = apart(
            ranges.into_iter().map(|range| (range, rule())).collect(),
            &BTreeSet::from([0, 3, 15, 22, 30]),
        );
        let cut: Vec<Extent> = cut.into_iter().map(|(range, _)| range).collect();
        assert_eq!(cut, extents(&[(0, 3), (3, 12), (20, 2), (22, 3), (25, 5)]));
    }
}
