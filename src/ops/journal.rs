//! Notes between checkpoints: written down where no commit and no push sees them, taken up by the next draft.

use crate::model::journal::{Note, NoteKind};
use crate::ops::Desk;
use crate::store::PrivateError;

/// Most bytes of one note.
const LARGEST: usize = 16 << 10;

/// A note that is not written, or not found.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the note is empty")]
    Empty,
    #[error("the note has {bytes} bytes, more than the {LARGEST} that one may have")]
    TooLarge { bytes: usize },
    #[error("there is no open note {number}")]
    NoNote { number: u64, open: Vec<u64> },
    #[error("note {number} was left empty or as it was, so nothing changed")]
    Unedited { number: u64 },
    #[error("note {number} was changed, dropped or taken along meanwhile")]
    Overtaken { number: u64 },
    #[error(transparent)]
    Private(#[from] PrivateError),
}

/// Writes a note down.
pub fn add(desk: &Desk, kind: NoteKind, text: &str) -> Result<Note, JournalError> {
    let text = checked(text)?;
    Ok(desk.store.journal().add(kind, text, desk.now)?)
}

/// Puts a text in the place of an open note's, unless something else happened to the note since it was read.
pub fn change(desk: &Desk, note: &Note, text: &str) -> Result<Note, JournalError> {
    let number = note.number;
    let text = match checked(text) {
        Err(JournalError::Empty) => return Err(JournalError::Unedited { number }),
        checked => checked?,
    };
    if text == note.text {
        return Err(JournalError::Unedited { number });
    }
    let changed = desk.store.journal().change(number, &note.text, text)?;
    changed.ok_or(JournalError::Overtaken { number })
}

fn checked(text: &str) -> Result<&str, JournalError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(JournalError::Empty);
    }
    if text.len() > LARGEST {
        return Err(JournalError::TooLarge { bytes: text.len() });
    }
    Ok(text)
}

/// The open note with a number.
pub fn open_note(desk: &Desk, number: u64) -> Result<Note, JournalError> {
    let open = open_notes(desk)?;
    let numbers = || open.iter().map(|note| note.number).collect();
    let found = open.iter().find(|note| note.number == number).cloned();
    found.ok_or_else(|| JournalError::NoNote { number, open: numbers() })
}

/// Takes an open note back. It stays in the journal, where `--all` lists it.
pub fn drop_note(desk: &Desk, number: u64) -> Result<Note, JournalError> {
    let dropped = desk.store.journal().drop_note(number)?;
    dropped.map_or_else(
        || {
            let open = open_notes(desk)?.iter().map(|note| note.number).collect();
            Err(JournalError::NoNote { number, open })
        },
        Ok,
    )
}

/// The notes that no checkpoint has yet, the oldest first.
pub fn open_notes(desk: &Desk) -> Result<Vec<Note>, PrivateError> {
    let mut notes = all_notes(desk)?;
    notes.retain(Note::is_open);
    Ok(notes)
}

/// Every note that was ever written in this worktree.
pub fn all_notes(desk: &Desk) -> Result<Vec<Note>, PrivateError> {
    desk.store.journal().notes()
}
