//! Listing the sessions of this worktree, with how much of each is stored.

use crate::agent::{AgentError, Found};
use crate::model::digest::Digest;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session;
use crate::ops::transcript::{digest_now, session_tokens};
use crate::policy::tokens::Count;

/// A session of this worktree.
pub struct SessionRow {
    pub found: Found,
    /// `Err` when the transcript vanished or cannot be read.
    pub digest: Result<Digest, std::io::Error>,
    pub modified: Timestamp,
    /// Bytes of the transcript that this clone has stored.
    pub stored_bytes: u64,
    /// The command was started from this session.
    pub live: bool,
}

impl SessionRow {
    pub fn tokens(&self) -> Option<Count> {
        self.digest.as_ref().ok().map(session_tokens)
    }
}

/// The sessions that were found, newest first.
pub struct SessionList {
    pub rows: Vec<SessionRow>,
    /// How many more there are.
    pub more: usize,
    pub looked: Vec<std::path::PathBuf>,
}

pub fn sessions(desk: &Desk, limit: usize) -> Result<SessionList, AgentError> {
    let found = choose_session::all(desk)?;
    let live = choose_session::live(desk)?.map(|live| (live.agent, live.id));
    let more = found.len().saturating_sub(limit);
    let row = |found: Found| SessionRow {
        digest: digest_now(&desk.store, &found),
        modified: found.modified.into(),
        stored_bytes: desk
            .store
            .stored_length(found.agent, &found.id)
            .unwrap_or(0)
            .min(found.bytes),
        live: live.as_ref().is_some_and(|(agent, id)| (*agent, id) == (found.agent, &found.id)),
        found,
    };
    let rows = found.into_iter().take(limit).map(row).collect();
    Ok(SessionList { rows, more, looked: choose_session::places(desk) })
}
