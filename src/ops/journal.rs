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
    #[error(transparent)]
    Private(#[from] PrivateError),
}

/// Writes a note down.
pub fn add(desk: &Desk, kind: NoteKind, text: &str) -> Result<Note, JournalError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(JournalError::Empty);
    }
    if text.len() > LARGEST {
        return Err(JournalError::TooLarge { bytes: text.len() });
    }
    Ok(desk.store.journal().add(kind, text, desk.now)?)
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
