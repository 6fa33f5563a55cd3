//! Where each agent keeps its sessions, how their lines read, and how a session is put back and resumed.
//!
//! The only place that knows. It reads directories and transcripts; it never writes, prints or asks the environment:
//! what it needs of the environment comes in as [`Surroundings`].

pub mod claude;
pub mod codex;
mod files;
mod json;
pub mod tail;
#[cfg(test)]
mod testing;
mod text;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::agent::Agent;
use crate::model::session::{Record, SessionId};
use crate::model::snapshot::FileName;

/// What an adapter may know of the user's machine.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Claude Code's directory: `$CLAUDE_CONFIG_DIR`, else `~/.claude`.
    pub claude_home: PathBuf,
    /// `$CLAUDE_CODE_PROJECT_DIR_NAME`, which counts only together with `$CLAUDE_CONFIG_DIR`.
    pub claude_project: Option<String>,
    /// Codex's directory: `$CODEX_HOME`, else `~/.codex`.
    pub codex_home: PathBuf,
    /// `$CLAUDE_CODE_SESSION_ID`, set in the shells that Claude Code opens.
    pub claude_session: Option<String>,
    /// `$CODEX_THREAD_ID` (or `$CODEX_SESSION_ID`), set in the shells that Codex opens.
    pub codex_session: Option<String>,
}

/// A session that was found on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub agent: Agent,
    pub id: SessionId,
    pub transcript: PathBuf,
    pub bytes: u64,
    pub modified: SystemTime,
}

/// A file that belongs to a session, with the name it is stored under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFile {
    pub name: FileName,
    pub path: PathBuf,
}

/// What can keep a session from being looked for or put back.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("cannot read `{path}`")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{name}` is not a file that a {agent} session has")]
    ForeignFile { agent: Agent, name: FileName },
}

/// One agent.
pub trait Adapter: Sync {
    fn agent(&self) -> Agent;

    /// The session that this process was started from, as the agent's environment names it.
    fn live_session(&self, around: &Surroundings) -> Option<SessionId>;

    /// The directories that [`Adapter::sessions`] looks in, for a message that nothing was found.
    fn places(&self, around: &Surroundings, directory: &Path) -> Vec<PathBuf>;

    /// All sessions that were started in `directory` or below it, newest first.
    fn sessions(&self, around: &Surroundings, directory: &Path) -> Result<Vec<Found>, AgentError> {
        self.sessions_since(around, directory, SystemTime::UNIX_EPOCH)
    }

    /// Those of them that were written to at `since` or later. No other transcript is opened.
    fn sessions_since(
        &self,
        around: &Surroundings,
        directory: &Path,
        since: SystemTime,
    ) -> Result<Vec<Found>, AgentError>;

    /// The session with this id, started in `directory` if there are several, else anywhere.
    fn session(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
    ) -> Result<Option<Found>, AgentError>;

    /// The transcript of a session with this id that holds nothing yet.
    fn blank(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
    ) -> Result<Option<PathBuf>, AgentError>;

    /// The session kept in this transcript file, when the file is one of this agent's.
    fn session_at(&self, transcript: &Path) -> Option<Found>;

    /// The name that a session's transcript is stored under.
    fn transcript_name(&self, around: &Surroundings, found: &Found) -> FileName;

    /// The other files of the session (subagents, tool results, file history), sorted by name.
    fn companions(
        &self,
        around: &Surroundings,
        found: &Found,
    ) -> Result<Vec<SessionFile>, AgentError>;

    /// What one line of a transcript says. Never fails: what it does not know it skips.
    fn read(&self, line: &[u8]) -> Record;

    /// One of these stands in every line that tells of the context window: its usage, its model, a compaction.
    fn context_marks(&self) -> &'static [&'static str];

    /// Where the file stored as `name` belongs when session `id` is restored for work in `directory`.
    /// For a fork, the transcript's `name` is the one that [`Adapter::forked`] gives.
    fn place(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
        name: &FileName,
    ) -> Result<PathBuf, AgentError>;

    /// The name that the transcript stored as `name` takes when it goes on under the id `new`.
    fn forked(&self, name: &FileName, new: &SessionId) -> Result<FileName, AgentError>;

    /// The first line of a transcript that goes on under the id `new`; `None` where its bytes stay as they are.
    fn fork_line(&self, first_line: &[u8], new: &SessionId) -> Option<Vec<u8>>;

    /// The directory that nothing may be written outside of.
    fn root<'a>(&self, around: &'a Surroundings) -> &'a Path;

    /// The command that has to come before [`Adapter::resume_command`] for the session at this path, if there is one.
    fn wake_command(
        &self,
        around: &Surroundings,
        transcript: &Path,
        id: &SessionId,
    ) -> Option<Vec<String>>;

    /// After how many days without a change the agent deletes a transcript by itself, where it does.
    fn retention_days(&self, around: &Surroundings, directory: &Path) -> Option<u64>;

    /// The command that goes on with a session, program first.
    fn resume_command(&self, id: &SessionId) -> Vec<String>;
}

/// The adapter for `agent`.
pub fn adapter(agent: Agent) -> &'static dyn Adapter {
    match agent {
        Agent::ClaudeCode => &claude::ClaudeCode,
        Agent::Codex => &codex::Codex,
    }
}
