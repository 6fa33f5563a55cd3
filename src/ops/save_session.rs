//! The session's part of a save.

use crate::agent::{AgentError, Found, adapter};
use crate::model::agent::Agent;
use crate::model::session::SessionId;
use crate::model::snapshot::Snapshot;
use crate::ops::Desk;
use crate::ops::transcript::{DigestReader, session_tokens};
use crate::policy::tokens::Count;
use crate::store::{CommitError, Redactor, SessionSource, Transaction};

/// What was saved of a session.
#[derive(Clone, Debug)]
pub struct SavedSession {
    pub agent: Agent,
    pub id: SessionId,
    pub title: Option<String>,
    pub turns: u64,
    pub tokens: Count,
    pub window: Option<u64>,
    /// Transcript and companion files.
    pub total_bytes: u64,
    /// Raw bytes that were not stored before.
    pub new_bytes: u64,
    /// What the new bytes take up, compressed.
    pub stored_bytes: u64,
    pub companions: usize,
    /// Companion files that could not be read.
    pub left_out: Vec<String>,
    /// To how many recipients it is sealed, if it is.
    pub sealed_to: Option<usize>,
}

/// What to capture of a session that was found.
pub fn source(desk: &Desk, found: &Found) -> Result<SessionSource, AgentError> {
    let companions = adapter(found.agent).companions(&desk.around, found)?;
    Ok(SessionSource {
        agent: found.agent,
        id: found.id.clone(),
        transcript: found.transcript.clone(),
        up_to: Some(found.bytes),
        companions: companions.into_iter().map(|file| (file.name, file.path)).collect(),
    })
}

/// Captures a session: what is known of it now, how a checkpoint names it, and what a person is told.
pub fn capture(
    desk: &Desk,
    transaction: &mut Transaction,
    source: &SessionSource,
    redactor: &mut Redactor,
) -> Result<(DigestReader, Snapshot, SavedSession), CommitError> {
    let mut reader = DigestReader::new(source.agent);
    let sealed_to = transaction.sealed_to();
    let captured = transaction.capture(source, &mut reader, redactor)?;
    let digest = &reader.digest;
    let tokens = session_tokens(digest);
    let window = digest.usage.as_ref().and_then(|usage| usage.window);
    let found = found_again(source);
    let snapshot = Snapshot {
        agent: source.agent.name().to_owned(),
        session: source.id.clone(),
        title: digest.title.clone(),
        model: digest.model.clone(),
        version: digest.version.clone(),
        turns: digest.turns,
        tokens: tokens.tokens,
        tokens_estimated: tokens.estimated,
        window,
        file: adapter(source.agent).transcript_name(&desk.around, &found),
        transcript: captured.transcript.clone(),
        companions: captured.companions.clone(),
    };
    let session = SavedSession {
        agent: source.agent,
        id: source.id.clone(),
        title: digest.title.clone(),
        turns: digest.turns,
        tokens,
        window,
        total_bytes: captured.total_bytes,
        new_bytes: captured.new_bytes,
        stored_bytes: captured.stored_bytes,
        companions: captured.files,
        left_out: captured.left_out.iter().map(ToString::to_string).collect(),
        sealed_to,
    };
    Ok((reader, snapshot, session))
}

fn found_again(source: &SessionSource) -> Found {
    Found {
        agent: source.agent,
        id: source.id.clone(),
        transcript: source.transcript.clone(),
        bytes: source.up_to.unwrap_or_default(),
        modified: std::time::SystemTime::UNIX_EPOCH,
    }
}
