//! Codex: one rollout file per thread below `sessions/<year>/<month>/<day>/`, whatever directory it was started in.
//!
//! Knows versions 0.118 to 0.169, and older lines without an envelope as far as they can be read. A subagent's rollout
//! belongs to its parent's session. Left out: rollouts that Codex has compressed (`.jsonl.zst`), which are not found
//! until it unpacks them, and its databases, which it rebuilds.

mod companions;
mod find;
mod fork;
mod meta;
mod output;
mod records;
mod rollout;

use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::agent::Adapter;
use crate::agent::AgentError;
use crate::agent::Found;
use crate::agent::SessionFile;
use crate::agent::Surroundings;
use crate::model::agent::Agent;
use crate::model::session::Record;
use crate::model::session::SessionId;
use crate::model::snapshot::FileName;

/// The adapter for Codex.
#[derive(Clone, Copy, Debug)]
pub struct Codex;

impl Adapter for Codex {
    fn agent(&self) -> Agent {
        Agent::Codex
    }

    fn live_session(&self, around: &Surroundings) -> Option<SessionId> {
        around.codex_session.as_deref()?.parse().ok()
    }

    fn places(&self, around: &Surroundings, _: &Path) -> Vec<PathBuf> {
        vec![around.codex_home.join(rollout::SESSIONS), around.codex_home.join(rollout::ARCHIVED)]
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
        _: &Path,
        id: &SessionId,
    ) -> Result<Option<Found>, AgentError> {
        find::session(around, id)
    }

    fn blank(
        &self,
        around: &Surroundings,
        _: &Path,
        id: &SessionId,
    ) -> Result<Option<PathBuf>, AgentError> {
        find::blank(around, id)
    }

    fn session_at(&self, transcript: &Path) -> Option<Found> {
        find::session_at(transcript)
    }

    fn transcript_name(&self, around: &Surroundings, found: &Found) -> FileName {
        find::stored_name(around, found)
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
        &["token_count", "compacted", "turn_context"]
    }

    fn place(
        &self,
        around: &Surroundings,
        _: &Path,
        _: &SessionId,
        name: &FileName,
    ) -> Result<PathBuf, AgentError> {
        fork::place(around, name)
    }

    fn forked(&self, name: &FileName, new: &SessionId) -> Result<FileName, AgentError> {
        fork::forked(name, new)
    }

    fn fork_line(&self, first_line: &[u8], new: &SessionId) -> Option<Vec<u8>> {
        fork::fork_line(first_line, new)
    }

    fn root<'a>(&self, around: &'a Surroundings) -> &'a Path {
        &around.codex_home
    }

    fn wake_command(
        &self,
        around: &Surroundings,
        transcript: &Path,
        id: &SessionId,
    ) -> Option<Vec<String>> {
        let archived = transcript.starts_with(around.codex_home.join(rollout::ARCHIVED));
        archived.then(|| vec!["codex".into(), "unarchive".into(), id.to_string()])
    }

    fn retention_days(&self, _: &Surroundings, _: &Path) -> Option<u64> {
        None
    }

    fn resume_command(&self, id: &SessionId) -> Vec<String> {
        vec!["codex".into(), "resume".into(), id.to_string()]
    }
}
