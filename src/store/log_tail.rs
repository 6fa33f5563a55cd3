//! Where a log ends, and where it goes on.

use crate::format::frame;
use crate::model::key_id::KeyId;

/// Raw bytes after which no further frame is put into an epoch.
pub const EPOCH_BYTES: u64 = 4 << 20;
/// Frames after which no further frame is put into an epoch, which bounds the trees that a save rewrites.
pub const EPOCH_FRAMES: u64 = 64;

/// Where the next frame of a log goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tail {
    pub length: u64,
    pub epoch: u64,
    pub epoch_start: u64,
    pub epoch_frames: u64,
    /// The key that the epoch is sealed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
}

impl Tail {
    /// The tail that the next frame, sealed with this key, is written at: this one, or a fresh epoch where this one is
    /// full or sealed otherwise. Whoever can read a frame can so read all that it builds on.
    pub fn ready(self, key: Option<KeyId>) -> Self {
        let full =
            self.length - self.epoch_start >= EPOCH_BYTES || self.epoch_frames >= EPOCH_FRAMES;
        let other = self.key != key && self.epoch_frames > 0;
        Self { key, ..if full || other { self.fresh() } else { self } }
    }

    /// The tail in a fresh epoch, which needs nothing of those before it.
    pub fn fresh(self) -> Self {
        Self { epoch: self.epoch + 1, epoch_start: self.length, epoch_frames: 0, ..self }
    }

    /// How many raw bytes before the next frame it should refer to, when so many more are added.
    pub fn prefix_length(self, added: u64) -> u64 {
        (self.length - self.epoch_start).min(frame::prefix_for(added))
    }
}
