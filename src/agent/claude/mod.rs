//! Claude Code: one JSONL file per session below `projects/<slug of the directory>/`, and files beside it.
//!
//! Knows versions 1.0 to 2.1. A session's name is its file's name, whatever the lines inside say. Left out: the
//! `memory/` of a project, which is no session's, and the directories of the desktop application.

mod companions;
mod find;
mod handed;
mod place;
mod records;
mod result;
mod retention;
mod slug;

use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

pub use handed::Handed;

use crate::agent::Adapter;
use crate::agent::AgentError;
use crate::agent::Found;
use crate::agent::SessionFile;
use crate::agent::Surroundings;
use crate::model::agent::Agent;
use crate::model::session::Record;
use crate::model::session::SessionId;
use crate::model::snapshot::FileName;

/// The name that every transcript is stored under.
const TRANSCRIPT: &str = "transcript.jsonl";

/// The adapter for Claude Code.
#[derive(Clone, Copy, Debug)]
pub struct ClaudeCode;

impl Adapter for ClaudeCode {
    fn agent(&self) -> Agent {
        Agent::ClaudeCode
    }

    fn live_session(&self, around: &Surroundings) -> Option<SessionId> {
        around.claude_session.as_deref()?.parse().ok()
    }

    fn places(&self, around: &Surroundings, directory: &Path) -> Vec<PathBuf> {
        vec![find::project(around, directory)]
    }

    fn sessions_since(
        &self,
        around: &Surroundings,
        directory: &Path,
        since: SystemTime,
    ) -> Result<Vec<Found>, AgentError> {
        find::sessions(around, directory, since)
    }

    fn session(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
    ) -> Result<Option<Found>, AgentError> {
        find::session(around, directory, id)
    }

    fn blank(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
    ) -> Result<Option<PathBuf>, AgentError> {
        find::blank(around, directory, id)
    }

    fn session_at(&self, transcript: &Path) -> Option<Found> {
        find::session_at(transcript)
    }

    fn transcript_name(&self, _: &Surroundings, _: &Found) -> FileName {
        TRANSCRIPT.parse().expect("a plain name is a file name")
    }

    fn companions(
        &self,
        around: &Surroundings,
        found: &Found,
    ) -> Result<Vec<SessionFile>, AgentError> {
        companions::companions(around, found)
    }

    fn read(&self, line: &[u8]) -> Record {
        records::read(line)
    }

    fn context_marks(&self) -> &'static [&'static str] {
        &["\"usage\"", "compact_boundary"]
    }

    fn place(
        &self,
        around: &Surroundings,
        directory: &Path,
        id: &SessionId,
        name: &FileName,
    ) -> Result<PathBuf, AgentError> {
        place::place(around, directory, id, name)
    }

    fn forked(&self, name: &FileName, _: &SessionId) -> Result<FileName, AgentError> {
        Ok(name.clone())
    }

    fn fork_line(&self, _: &[u8], _: &SessionId) -> Option<Vec<u8>> {
        None
    }

    fn root<'a>(&self, around: &'a Surroundings) -> &'a Path {
        &around.claude_home
    }

    fn wake_command(&self, _: &Surroundings, _: &Path, _: &SessionId) -> Option<Vec<String>> {
        None
    }

    fn retention_days(&self, around: &Surroundings, directory: &Path) -> Option<u64> {
        Some(retention::days(around, directory))
    }

    fn resume_command(&self, id: &SessionId) -> Vec<String> {
        vec!["claude".into(), "--resume".into(), id.to_string()]
    }
}
