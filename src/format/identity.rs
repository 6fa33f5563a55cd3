//! Names that follow from content: the log of a session's file, and that of an attachment.

use sha2::{Digest, Sha256};

use crate::model::hash::{self, to_hex};
use crate::model::session::SessionId;
use crate::model::snapshot::LogId;

/// The log of one file of a session: the first 64 bits of the SHA-256 of `<agent>\0<session>\0<role>`.
///
/// The role is `transcript`, `companions` (the list of the other files), or `file/<name>` of one of these.
pub fn log_id(agent: &str, session: &SessionId, role: &str) -> LogId {
    let digest = Sha256::digest(format!("{agent}\0{session}\0{role}"));
    to_hex(&digest[..8]).parse().expect("eight bytes are sixteen digits")
}

/// The log of an attachment: the first 64 bits of the SHA-256 of `attachment\0<hash>`, where the hash is that of its
/// bytes as the document tells it, which is a keyed one where the file is sealed.
pub fn attachment_log_id(hash: &hash::Sha256) -> LogId {
    let digest = Sha256::digest(format!("attachment\0{hash}"));
    to_hex(&digest[..8]).parse().expect("eight bytes are sixteen digits")
}
