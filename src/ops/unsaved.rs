//! How much of a session no checkpoint of this clone holds.
//!
//! The last capture remembers how long the transcript was; where it remembers nothing, the length of the log has to do,
//! which differs by what was replaced in it.

use crate::agent::Found;
use crate::model::digest::Digest;
use crate::ops::{Desk, transcript};
use crate::store::Kept;

/// What is in no checkpoint; `None` where it cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Prompts of the person since then.
    pub turns: Option<u64>,
    pub bytes: Option<u64>,
}

impl Unsaved {
    /// Whether everything is in a checkpoint.
    pub fn is_nothing(&self) -> bool {
        self.bytes == Some(0)
    }
}

/// Where the last capture of a session stood.
pub enum Captured {
    Never,
    Remembered(Kept),
    /// It is stored up to here, and what the capture remembered is gone.
    Forgotten(u64),
}

/// Looks where the last capture of a session stood.
pub fn captured(desk: &Desk, found: &Found) -> Captured {
    let Some(length) = desk.store.stored_length(found.agent, &found.id) else {
        return Captured::Never;
    };
    match desk.store.kept(found.agent, &found.id) {
        Some(kept) => Captured::Remembered(kept),
        None => Captured::Forgotten(length),
    }
}

impl Captured {
    /// What has come since; `digest` is that of the whole session.
    pub fn unsaved(&self, found: &Found, digest: Option<&Digest>) -> Unsaved {
        match self {
            Self::Never => {
                Unsaved { turns: digest.map(|digest| digest.turns), bytes: Some(found.bytes) }
            }
            Self::Remembered(kept) => {
                let before = self.digest().map(|before| before.turns);
                let turns =
                    digest.zip(before).map(|(now, before)| now.turns.saturating_sub(before));
                Unsaved { turns, bytes: found.bytes.checked_sub(kept.size) }
            }
            Self::Forgotten(length) => {
                Unsaved { turns: None, bytes: found.bytes.checked_sub(*length) }
            }
        }
    }

    /// What the session was like at the last capture.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::Remembered(kept) => transcript::kept_digest(&kept.kept),
            _ => None,
        }
    }
}
