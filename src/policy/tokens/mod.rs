//! How many tokens a text is.
//!
//! Counts are those of OpenAI's o200k_base in its ordinary encoding, equal id by id to the reference implementation's;
//! what they come to for other models is an [`Estimate`]. The vocabulary is part of the program and read in place.
//! Decoding and other vocabularies are left out.

mod estimate;
mod layout;
mod merge;
mod pieces;
mod vocabulary;

pub use estimate::{Count, Estimate, claude_version};

use crate::policy::tokens::merge::Merger;
use crate::policy::tokens::pieces::Pieces;

/// The number of o200k_base tokens in `text`; the names of special tokens are plain text.
pub fn count(text: &str) -> u64 {
    let mut count = 0;
    each_token(text, |_| count += 1);
    count
}

/// The ids of the o200k_base tokens in `text`, as [`count`] counts them.
pub fn encode(text: &str) -> Vec<u32> {
    let mut ids = Vec::new();
    each_token(text, |token| {
        ids.push(
            vocabulary::find(token)
                .expect("every single byte is a token, and merging only makes tokens"),
        );
    });
    ids
}

fn each_token(text: &str, mut emit: impl FnMut(&[u8])) {
    let mut merger = Merger::default();
    for piece in Pieces::new(text) {
        let piece = piece.as_bytes();
        if vocabulary::find(piece).is_some() {
            emit(piece);
        } else {
            merger.merge(piece, &mut emit);
        }
    }
}
