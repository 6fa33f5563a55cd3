//! What can be wrong with a log.

use crate::format::frame::FrameError;
use crate::git::ObjectError;
use crate::model::snapshot::LogId;
use crate::store::keys::SealedError;
use crate::store::log::MOST_FRAMES;

/// A log that cannot be read, and exactly where.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log {log}: a part of it cannot be read")]
    Object { log: LogId, source: ObjectError },
    #[error("log {log}: the frame at byte {start} is damaged")]
    Frame { log: LogId, start: u64, source: FrameError },
    #[error("log {log}: bytes from {from} on are missing")]
    Gap { log: LogId, from: u64 },
    #[error("log {log}: `{name}` is not a name that belongs there")]
    Name { log: LogId, name: String },
    #[error("log {log}: epoch {epoch} is a copy of another one")]
    Copy { log: LogId, epoch: u64 },
    #[error("log {log} has more than {MOST_FRAMES} frames")]
    TooMany { log: LogId },
    #[error("log {log} is not stored here")]
    Absent { log: LogId },
    #[error("log {log}: a part of it is sealed")]
    Sealed { log: LogId, source: SealedError },
    #[error("cannot write what was read")]
    Sink(#[source] std::io::Error),
}

impl LogError {
    /// Whether stored bytes are lost here, rather than out of reach for now.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Object { source, .. } => {
                matches!(source, ObjectError::Missing { .. } | ObjectError::Damaged { .. })
            }
            Self::Frame { .. } | Self::Gap { .. } => true,
            Self::Sealed { source, .. } => !source.is_closed(),
            _ => false,
        }
    }

    /// Whether something is out of reach because no key opens it.
    pub fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed { source, .. } if source.is_closed())
    }
}
