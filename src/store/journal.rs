//! The journal of a worktree: a file in its own git directory that only grows, a line of JSON for each thing that
//! happened.
//!
//! A line is one write to the end of the file, under a kernel lock that dies with the process, so that notes written at
//! the same time all survive. A line that was not written to its end counts for nothing, and neither does one that this
//! version does not understand; both stay where they are.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::checkpoint::CheckpointId;
use crate::model::journal::{Ended, Note, NoteKind};
use crate::model::time::Timestamp;
use crate::store::Store;
use crate::store::private::{self, PrivateError};

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Note(Note),
    Taken { notes: Vec<u64>, checkpoint: CheckpointId },
    Dropped { note: u64 },
    Changed { note: u64, text: String },
}

/// The file that keeps the journal of a worktree.
pub struct Journal {
    path: PathBuf,
}

impl Store {
    /// The journal of this worktree.
    pub fn journal(&self) -> Journal {
        Journal::of(self.repository().git_dir())
    }
}

impl Journal {
    /// The journal of the worktree with this git directory.
    pub fn of(git_dir: &Path) -> Self {
        Self { path: git_dir.join("ckpt").join("journal.jsonl") }
    }

    /// All notes, the oldest first.
    pub fn notes(&self) -> Result<Vec<Note>, PrivateError> {
        Ok(notes(&private::read(&self.path)?.unwrap_or_default()))
    }

    /// Adds a note, and returns it with its number.
    pub fn add(
        &self,
        kind: NoteKind,
        text: &str,
        written: Timestamp,
    ) -> Result<Note, PrivateError> {
        let mut open = self.open()?;
        let number = open.last_number().saturating_add(1);
        let note = Note { number, kind, text: text.to_owned(), written, ended: None };
        open.append(&Event::Note(note.clone())).map_err(|source| self.failed(source))?;
        Ok(note)
    }

    /// Notes down that a checkpoint has these notes. One that was changed since then stays open.
    pub fn taken(&self, taken: &[Note], checkpoint: &CheckpointId) -> Result<(), PrivateError> {
        let mut open = self.open()?;
        let known = notes(&open.text);
        let is_told = |note: &&Note| {
            known.iter().any(|now| now.number == note.number && now.text == note.text)
        };
        let told: Vec<u64> = taken.iter().filter(is_told).map(|note| note.number).collect();
        if told.is_empty() {
            return Ok(());
        }
        let event = Event::Taken { notes: told, checkpoint: checkpoint.clone() };
        open.append(&event).map_err(|source| self.failed(source))
    }

    /// Takes an open note back; `None` where there is none with this number.
    pub fn drop_note(&self, number: u64) -> Result<Option<Note>, PrivateError> {
        let mut open = self.open()?;
        let is_it = |note: &Note| note.number == number && note.is_open();
        let Some(note) = notes(&open.text).into_iter().find(is_it) else { return Ok(None) };
        open.append(&Event::Dropped { note: number }).map_err(|source| self.failed(source))?;
        Ok(Some(note))
    }

    /// Puts `text` in the place of what an open note says; `None` where it does not say `before` any more, or is not open.
    pub fn change(
        &self,
        number: u64,
        before: &str,
        text: &str,
    ) -> Result<Option<Note>, PrivateError> {
        let mut open = self.open()?;
        let is_it = |note: &Note| note.number == number && note.is_open() && note.text == before;
        let Some(note) = notes(&open.text).into_iter().find(is_it) else { return Ok(None) };
        let event = Event::Changed { note: number, text: text.to_owned() };
        open.append(&event).map_err(|source| self.failed(source))?;
        Ok(Some(Note { text: text.to_owned(), ..note }))
    }

    fn open(&self) -> Result<Open, PrivateError> {
        Open::new(&self.path).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> PrivateError {
        PrivateError::Unwritable { path: self.path.clone(), source }
    }
}

/// The file, locked, and what it holds.
struct Open {
    file: File,
    text: Vec<u8>,
}

impl Open {
    fn new(path: &Path) -> io::Result<Self> {
        let open =
            || OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
        let mut file = open().or_else(|error| match path.parent() {
            Some(parent) if error.kind() == ErrorKind::NotFound => {
                std::fs::create_dir_all(parent).and_then(|()| open())
            }
            _ => Err(error),
        })?;
        file.lock()?;
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut text)?;
        Ok(Self { file, text })
    }

    /// The highest number that was ever given.
    fn last_number(&self) -> u64 {
        notes(&self.text).iter().map(|note| note.number).max().unwrap_or(0)
    }

    fn append(&mut self, event: &Event) -> io::Result<()> {
        let mut line = Vec::new();
        // What a killed process wrote of a line must not swallow the next one.
        if self.text.last().is_some_and(|byte| *byte != b'\n') {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, event)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

/// The notes that a journal tells of, each with what became of it.
fn notes(text: &[u8]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Event::Note(note)) => notes.push(note),
            Ok(Event::Taken { notes: taken, checkpoint }) => {
                end(&mut notes, &taken, &Ended::Taken(checkpoint));
            }
            Ok(Event::Dropped { note }) => end(&mut notes, &[note], &Ended::Dropped),
            Ok(Event::Changed { note, text }) => {
                // A checkpoint has the words that it took along.
                let open = |known: &&mut Note| known.number == note && known.is_open();
                if let Some(known) = notes.iter_mut().find(open) {
                    known.text = text;
                }
            }
            Err(_) => {}
        }
    }
    notes
}

/// Whatever came first of a note stays: a save that is finished a second time takes nothing twice.
fn end(notes: &mut [Note], numbers: &[u64], ended: &Ended) {
    for note in notes.iter_mut().filter(|note| numbers.contains(&note.number)) {
        note.ended.get_or_insert_with(|| ended.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(directory: &Path) -> Journal {
        Journal::of(directory)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn notes_written_at_the_same_time_all_survive() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let journal = journal(directory.path());
                scope.spawn(move || {
                    for turn in 0..25 {
                        journal.add(NoteKind::Note, &format!("{writer}/{turn}"), at(turn)).unwrap();
                    }
                });
            }
        });
        let notes = journal(directory.path()).notes().unwrap();
        let numbers: Vec<u64> = notes.iter().map(|note| note.number).collect();
        assert_eq!(numbers, (1..=200).collect::<Vec<u64>>());
        let texts: std::collections::BTreeSet<&str> =
            notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(texts.len(), 200);
    }

    #[test]
    fn half_a_line_of_a_killed_process_swallows_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal(directory.path());
        journal.add(NoteKind::Decision, "first", at(1)).unwrap();
        let whole = std::fs::read(&journal.path).unwrap();
        std::fs::write(&journal.path, [&whole[..], &whole[..20]].concat()).unwrap();
        assert_eq!(journal.add(NoteKind::Note, "second", at(2)).unwrap().number, 2);
        let texts: Vec<String> =
            journal.notes().unwrap().into_iter().map(|note| note.text).collect();
        assert_eq!(texts, ["first", "second"]);
    }

    #[test]
    fn a_note_is_changed_only_while_it_is_open_and_says_what_was_read() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal(directory.path());
        journal.add(NoteKind::Question, "how long?", at(1)).unwrap();
        journal.add(NoteKind::Note, "other", at(2)).unwrap();
        let changed = journal.change(1, "how long?", "how wide?").unwrap().unwrap();
        assert_eq!((changed.text.as_str(), changed.kind), ("how wide?", NoteKind::Question));
        assert_eq!(journal.change(1, "how long?", "how deep?").unwrap(), None);
        let checkpoint = "1".repeat(40).parse().unwrap();
        journal
            .taken(&[Note { text: "how long?".into(), ..changed.clone() }], &checkpoint)
            .unwrap();
        assert!(journal.notes().unwrap()[0].is_open(), "a checkpoint has other words");
        journal.taken(&[changed], &checkpoint).unwrap();
        assert_eq!(journal.change(1, "how wide?", "how deep?").unwrap(), None);
        let texts: Vec<String> =
            journal.notes().unwrap().into_iter().map(|note| note.text).collect();
        assert_eq!(texts, ["how wide?", "other"]);
    }

    #[test]
    fn what_became_of_a_note_first_stays() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal(directory.path());
        let note = journal.add(NoteKind::Question, "how long?", at(1)).unwrap();
        let (first, second) = ("1".repeat(40).parse().unwrap(), "2".repeat(40).parse().unwrap());
        journal.taken(std::slice::from_ref(&note), &first).unwrap();
        journal.taken(&[note], &second).unwrap();
        assert_eq!(journal.drop_note(1).unwrap(), None);
        assert_eq!(journal.notes().unwrap()[0].ended, Some(Ended::Taken(first)));
    }
}
