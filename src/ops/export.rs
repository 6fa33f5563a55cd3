//! Giving a checkpoint away: as a bundle, as its agent's own transcript, or told for other programs and people.

use std::io::Write;

use crate::agent::adapter;
use crate::model::agent::Agent;
use crate::model::checkpoint::Checkpoint;
use crate::model::snapshot::Snapshot;
use crate::ops::Desk;
use crate::ops::locate::{self, Located};
use crate::ops::restore::{self, RestoreError};
use crate::ops::session_logs;
use crate::ops::session_text::SessionTextError;
use crate::policy::exchange::Conversation;
use crate::store::{LineFeed, LineReader, PackError, ReadError};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error("the stored session is damaged")]
    Read(#[from] ReadError),
    #[error(transparent)]
    Text(#[from] SessionTextError),
}

/// A checkpoint and what was said in its session.
pub struct Exported {
    pub located: Located,
    pub checkpoint: Checkpoint,
    /// `None` where the checkpoint is a document only.
    pub session: Option<(Snapshot, Conversation)>,
}

impl Exported {
    /// Whether any of it was sealed.
    pub fn was_sealed(&self) -> bool {
        let session = self.session.as_ref();
        let is_sealed = |(snapshot, _): &(Snapshot, _)| snapshot.transcript.key.is_some();
        self.located.tied().opened.is_some() || session.is_some_and(is_sealed)
    }
}

/// The checkpoint as one file, which is sealed as the checkpoint is.
pub fn bundle(desk: &Desk, target: &str) -> Result<Vec<u8>, ExportError> {
    let located = locate::locate(desk, target).map_err(RestoreError::from)?;
    let checkpoint = locate::understood(&located).map_err(RestoreError::from)?;
    for part in checkpoint.header.parts() {
        // Says who has to be fetched from, where only the document is here.
        let files = session_logs::files_with(desk, located.tied(), part.stored());
        files.map_err(RestoreError::from)?;
    }
    Ok(desk.store.pack(located.tied())?)
}

/// Writes the transcript to `sink`, byte for byte, and returns whether it was sealed. What was written counts only when
/// this succeeds.
pub fn transcript(
    desk: &Desk,
    target: &str,
    session: Option<&str>,
    sink: &mut dyn Write,
) -> Result<bool, ExportError> {
    let located = locate::locate(desk, target).map_err(RestoreError::from)?;
    let snapshot = restore::choose_snapshot(&located, session)?;
    let files = session_logs::files(desk, located.tied(), &snapshot).map_err(RestoreError::from)?;
    files.write_out(&snapshot.transcript, sink)?;
    Ok(snapshot.transcript.key.is_some())
}

/// The document, and the session as an exchange of messages.
pub fn conversation(
    desk: &Desk,
    target: &str,
    session: Option<&str>,
) -> Result<Exported, ExportError> {
    let located = locate::locate(desk, target).map_err(RestoreError::from)?;
    let checkpoint = locate::understood(&located).map_err(RestoreError::from)?.clone();
    let session = if checkpoint.header.snapshots.is_empty() && session.is_none() {
        None
    } else {
        let snapshot = restore::choose_snapshot(&located, session)?;
        let conversation = read(desk, &located, &snapshot)?;
        Some((snapshot, conversation))
    };
    Ok(Exported { located, checkpoint, session })
}

fn read(desk: &Desk, located: &Located, snapshot: &Snapshot) -> Result<Conversation, ExportError> {
    let unknown = |_| SessionTextError::UnknownAgent(snapshot.agent.clone());
    let agent: Agent = snapshot.agent.parse().map_err(unknown)?;
    let mut listener = Listener { agent, heard: Conversation::default() };
    let mut feed = Feed(LineFeed::new(&mut listener));
    let files = session_logs::files(desk, located.tied(), snapshot).map_err(RestoreError::from)?;
    files.write_out(&snapshot.transcript, &mut feed)?;
    feed.0.finish_line();
    Ok(listener.heard)
}

struct Listener {
    agent: Agent,
    heard: Conversation,
}

impl LineReader for Listener {
    fn resume(&mut self, _kept: Option<&serde_json::value::RawValue>) -> bool {
        true
    }

    fn line(&mut self, line: &[u8]) {
        self.heard.take(adapter(self.agent).read(line));
    }

    fn keep(&self) -> Option<Box<serde_json::value::RawValue>> {
        None
    }
}

struct Feed<'l>(LineFeed<'l>);

impl Write for Feed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.take(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
