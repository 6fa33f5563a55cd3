//! Finding checkpoints: by commit, by the beginning of their id, or all of them; the union of all writers.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{ScopedJoinHandle, available_parallelism};

use crate::format::note;
use crate::git::{ObjectError, Repository};
use crate::model::object::ObjectId;
use crate::store::Store;
use crate::store::keys::DocumentKeys;
use crate::store::tied::{Content, Tied, sorted, take_note, take_read};
use crate::store::ties::{self, Found, NoteAt};
use crate::store::transaction::CommitError;
use crate::store::writers::Writer;

/// Up to so many bytes a note is read however many others are.
const ALWAYS_READ: u64 = 1 << 20;

/// How often a large note is read in one process.
const READ_AGAIN: u32 = 4;

/// Fewest notes that are worth a thread.
const LEAST_SHARE: usize = 64;

/// Takes one note of one writer.
type EachNote<'e> = dyn FnMut(&Arc<Writer>, NoteAt) + 'e;

/// A part of somebody's ties that cannot be read, and so what it holds is not known.
#[derive(Debug)]
pub struct Unreadable {
    pub reference: String,
    /// The directory of the notes tree; empty for all of it.
    pub path: String,
    pub source: CommitError,
}

/// The notes of all writers, listed but not yet read.
pub struct Notes {
    notes: HashMap<ObjectId, Vec<(Arc<Writer>, ObjectId)>>,
    pub unreadable: Vec<Unreadable>,
}

impl Notes {
    pub fn commits(&self) -> impl Iterator<Item = ObjectId> {
        self.notes.keys().copied()
    }
}

impl Store {
    /// The checkpoints tied to `commit`, oldest first. What one writer's ties lack by damage is an error only where no
    /// other writer has a checkpoint of the commit.
    pub fn tied_to(&self, commit: ObjectId) -> Result<Vec<Tied>, CommitError> {
        let mut found = Vec::new();
        let mut trouble = None;
        for writer in self.writers()? {
            match self.note_of(&writer, commit) {
                Ok(Some(at)) => {
                    let note = self.room.read(self.repository(), at.blob);
                    let keys = self.keys_of(note.as_deref().ok());
                    take_read(&Arc::new(writer), commit, &note, (&keys, &mut found));
                }
                Ok(None) => {}
                Err(error) => trouble = Some(error),
            }
        }
        match trouble {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(sorted(found)),
        }
    }

    /// Which commits have notes, without reading these.
    pub fn notes(&self) -> Result<Notes, CommitError> {
        let mut notes: HashMap<ObjectId, Vec<(Arc<Writer>, ObjectId)>> = HashMap::new();
        let unreadable = self.each_note(&mut |writer, at| {
            notes.entry(at.commit).or_default().push((writer.clone(), at.blob));
        })?;
        Ok(Notes { notes, unreadable })
    }

    /// The checkpoints of one commit, out of listed notes, oldest first.
    pub fn read_notes(&self, notes: &Notes, commit: ObjectId) -> Vec<Tied> {
        let raw = self.raw_notes(notes, commit);
        raw.take(&self.keys_of(raw.texts()))
    }

    /// The same for many commits, understood on all processors.
    pub fn read_notes_of(&self, notes: &Notes, commits: &[ObjectId]) -> Vec<Vec<Tied>> {
        let raw: Vec<RawNotes> =
            commits.iter().map(|commit| self.raw_notes(notes, *commit)).collect();
        let threads = available_parallelism().map_or(1, usize::from);
        let share = raw.len().div_ceil(threads).max(LEAST_SHARE);
        let keys = &self.keys_of(raw.iter().flat_map(RawNotes::texts));
        let take =
            |share: &[RawNotes]| share.iter().map(|notes| notes.take(keys)).collect::<Vec<_>>();
        std::thread::scope(|scope| {
            let shares: Vec<_> =
                raw.chunks(share).map(|share| scope.spawn(move || take(share))).collect();
            let join = |share: ScopedJoinHandle<Vec<Vec<Tied>>>| {
                share.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            shares.into_iter().flat_map(join).collect()
        })
    }

    fn raw_notes(&self, notes: &Notes, commit: ObjectId) -> RawNotes {
        let listed = notes.notes.get(&commit).into_iter().flatten();
        let read = |(writer, blob): &(Arc<Writer>, ObjectId)| {
            (writer.clone(), self.room.read(self.repository(), *blob))
        };
        RawNotes { commit, notes: listed.map(read).collect() }
    }

    /// The checkpoints whose id starts with `prefix`, each once. What cannot be read is an error only where nothing
    /// that can be read fits.
    pub fn with_prefix(&self, prefix: &str) -> Result<Vec<Tied>, CommitError> {
        let needle = format!("---\nid: {prefix}");
        let mut found = Vec::new();
        let mut trouble = None;
        let unreadable =
            self.each_note(&mut |writer, at| match ties::read(self.repository(), at.blob) {
                Ok(note) if memchr::memmem::find(&note, needle.as_bytes()).is_some() => {
                    let keys = self.keys_of(Some(note.as_slice()));
                    take_note(writer, at.commit, &note, (&keys, &mut found));
                }
                Ok(_) => {}
                Err(error) => trouble = Some(CommitError::Object(error)),
            })?;
        found.retain(|tied| tied.id().is_some_and(|id| id.as_str().starts_with(prefix)));
        let trouble = trouble.or(unreadable.into_iter().next().map(|part| part.source));
        if let (Some(error), true) = (trouble, found.is_empty()) {
            return Err(error);
        }
        let mut seen = HashSet::new();
        let mut found = sorted(found);
        found.retain(|tied| tied.id().is_none_or(|id| seen.insert(id.clone())));
        Ok(found)
    }

    /// All documents that are damaged, and notes that cannot be read.
    pub fn damaged(&self) -> Result<Vec<Tied>, CommitError> {
        let notes = self.notes()?;
        let mut commits: Vec<ObjectId> = notes.commits().collect();
        commits.sort();
        let all = self.read_notes_of(&notes, &commits).into_iter().flatten();
        Ok(all.filter(|tied| matches!(tied.content, Content::Damaged { .. })).collect())
    }

    /// The keys of the documents in notes, as far as they are found without asking anybody.
    pub(super) fn keys_of<'n>(&self, notes: impl IntoIterator<Item = &'n [u8]>) -> DocumentKeys {
        DocumentKeys::find(&self.keys, self.repository(), notes)
    }

    /// Hands every note of every writer to `each`; returns what could not be looked through.
    fn each_note(&self, each: &mut EachNote) -> Result<Vec<Unreadable>, CommitError> {
        let mut unreadable = Vec::new();
        for writer in self.writers()? {
            let reference = writer.ties_ref();
            let root = match self.root(&writer) {
                Ok(root) => root,
                Err(source) => {
                    unreadable.push(Unreadable { reference, path: String::new(), source });
                    continue;
                }
            };
            let writer = Arc::new(writer);
            ties::each_note(self.repository(), root, &mut |found| match found {
                Found::Note(at) => each(&writer, at),
                Found::Unreadable { path, source } => {
                    let reference = reference.clone();
                    unreadable.push(Unreadable { reference, path, source: source.into() });
                }
            });
        }
        Ok(unreadable)
    }

    fn note_of(&self, writer: &Writer, commit: ObjectId) -> Result<Option<NoteAt>, CommitError> {
        let root = self.root(writer)?;
        Ok(ties::find(self.repository(), root, commit)?)
    }

    pub(super) fn root(&self, writer: &Writer) -> Result<ObjectId, CommitError> {
        let tip = self.repository().commit(writer.ties);
        let tip =
            tip.map_err(|source| CommitError::Tip { reference: writer.ties_ref(), source })?;
        Ok(tip.tree)
    }
}

/// The room that notes take which are read in one process. Those of up to a megabyte are always read; of the larger
/// ones, which anybody could have made of nothing, as many as one note may hold.
#[derive(Default)]
pub(super) struct Room {
    /// Size of each large note that was read, and how often it was.
    large: RefCell<HashMap<ObjectId, (u64, u32)>>,
}

impl Room {
    pub fn read(&self, repository: &Repository, blob: ObjectId) -> Result<Vec<u8>, ObjectError> {
        let mut large = self.large.borrow_mut();
        let (_, times) = large.get(&blob).copied().unwrap_or_default();
        let others = large.iter().filter(|(id, _)| **id != blob).map(|(_, (size, _))| size);
        let left = note::LARGEST.saturating_sub(others.sum());
        // The same note may stand under as many names as anybody likes.
        let left = if times < READ_AGAIN { left.max(ALWAYS_READ) } else { ALWAYS_READ };
        let note = repository.blob_within(blob, left)?;
        if note.len() as u64 > ALWAYS_READ {
            large.insert(blob, (note.len() as u64, times + 1));
        }
        Ok(note)
    }
}

/// A note as it was read, whole or not.
type RawNote = (Arc<Writer>, Result<Vec<u8>, ObjectError>);

/// The notes of one commit.
struct RawNotes {
    commit: ObjectId,
    notes: Vec<RawNote>,
}

impl RawNotes {
    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.notes.iter().filter_map(|(_, note)| note.as_deref().ok())
    }

    fn take(&self, keys: &DocumentKeys) -> Vec<Tied> {
        let mut found = Vec::new();
        for (writer, note) in &self.notes {
            take_read(writer, self.commit, note, (keys, &mut found));
        }
        sorted(found)
    }
}
