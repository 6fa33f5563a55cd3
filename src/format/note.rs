//! The note of a commit: one or more documents, one after the other.
//!
//! What stands between or after them and is no document (somebody's `git notes append`) is kept as it is.

use crate::format::document::{self, Document, DocumentError};

/// Most bytes of a note. A document that is handed in has at most 32 MiB.
pub const LARGEST: u64 = 36 << 20;

/// Most damaged documents that are told apart in one note. What follows is one piece: a note that is made of nothing
/// else would take a hundred times its size in memory.
const DAMAGED: usize = 1000;
/// The same for all that a note holds.
const PIECES: usize = 50_000;

/// One piece of a note.
#[derive(Debug)]
pub enum Piece<'a> {
    Document(&'a [u8], Document),
    /// A document that cannot be trusted.
    Damaged(&'a [u8], DocumentError),
    /// Text that some other program or person put there.
    Foreign(&'a [u8]),
}

impl<'a> Piece<'a> {
    /// The piece exactly as stored.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Document(bytes, _) | Self::Damaged(bytes, _) | Self::Foreign(bytes) => bytes,
        }
    }
}

/// Reads a note into its pieces, in the order in which they were saved.
pub fn read(note: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = note;
    let mut damaged = 0;
    while !rest.is_empty() {
        let (mut piece, mut length) = next(rest);
        if let Piece::Damaged(..) = piece {
            damaged += 1;
        }
        if damaged > DAMAGED || pieces.len() == PIECES {
            (piece, length) = (Piece::Damaged(rest, DocumentError::TooMany), rest.len());
        }
        pieces.push(piece);
        rest = &rest[length..];
    }
    pieces
}

/// The note with one document more.
pub fn with(note: &[u8], document: &[u8]) -> Vec<u8> {
    let mut longer = Vec::with_capacity(note.len() + document.len() + 1);
    longer.extend_from_slice(note);
    if !longer.is_empty() && !longer.ends_with(b"\n") {
        longer.push(b'\n');
    }
    longer.extend_from_slice(document);
    longer
}

fn next(rest: &[u8]) -> (Piece<'_>, usize) {
    match document::first(rest) {
        Ok(bytes) => match document::read(bytes) {
            Ok(document) => (Piece::Document(bytes, document), bytes.len()),
            Err(error) => (Piece::Damaged(bytes, error), bytes.len()),
        },
        Err(DocumentError::NoFrontMatter) => {
            let length = next_document(rest);
            (Piece::Foreign(&rest[..length]), length)
        }
        Err(error) => {
            let length = next_document(rest);
            (Piece::Damaged(&rest[..length], error), length)
        }
    }
}

/// Where the next document starts, after the first byte of `rest`, or the end.
fn next_document(rest: &[u8]) -> usize {
    const START: &[u8] = b"\n---\nid: ";
    rest.windows(START.len()).position(|window| window == START).map_or(rest.len(), |at| at + 1)
}
