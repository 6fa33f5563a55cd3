//! Where this worktree stands: how full the context of its live sessions is, and what no checkpoint holds yet.
//!
//! It reads and never writes: what is unfinished is counted and left to the commands that save.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::agent::{AgentError, Found};
use crate::git::HistoryRequest;
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session;
use crate::ops::log::{self, LogWalkError};
use crate::ops::pressure::{Pressure, PressureError, PressureSettings};
use crate::ops::transcript::{digest_now, each_record, session_tokens};
use crate::ops::unsaved;
use crate::policy::compactions::{Compaction, Compactions};
use crate::store::LocalError;

pub use crate::ops::unsaved::Unsaved;

/// How long ago a transcript was written to at the most when its session is taken to be live.
const LATELY: Duration = Duration::from_secs(30 * 60);
/// Commits that are looked at ahead of the upstream branch, and where there is none.
const AHEAD: usize = 50;
const LAST: usize = 20;

/// Where things stand.
pub struct Status {
    /// Live sessions; where none is, the one that was worked in last.
    pub sessions: Vec<SessionStatus>,
    pub bare: BareCommits,
    pub waiting: Vec<Waiting>,
    pub unfinished: Unfinished,
}

/// One session.
pub struct SessionStatus {
    pub found: Found,
    pub life: Life,
    pub modified: Timestamp,
    /// `Err` when the transcript vanished or cannot be read.
    pub digest: Result<Digest, std::io::Error>,
    pub pressure: Option<Pressure>,
    pub unsaved: Unsaved,
    pub compactions: Vec<Compaction>,
}

/// By what a session is known to be live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// The command was started from it.
    Here,
    /// Its transcript was written to lately.
    Recent,
    /// It is not.
    Idle,
}

/// Commits of the branch without a checkpoint, newest first.
pub struct BareCommits {
    pub reach: Reach,
    pub looked_at: usize,
    pub commits: Vec<BareCommit>,
}

/// How far was looked for commits without a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To what the upstream branch has.
    Upstream,
    /// To the last commit that carries a checkpoint.
    Checkpoint,
    /// To the end of history, or as far as is worth it.
    Last,
}

pub struct BareCommit {
    pub id: ObjectId,
    pub subject: String,
}

/// A document that somebody began and no checkpoint holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub what: Draft,
    pub path: PathBuf,
    pub bytes: u64,
    pub modified: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    /// For the next commit.
    Prepared,
    /// Written in an editor, and not saved.
    Edited,
    /// Written in an editor, and not to be understood.
    Recovered,
}

/// What was begun and not finished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    pub saves: usize,
    pub rewrites: usize,
    /// Saves that were given up.
    pub put_aside: Vec<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    #[error(transparent)]
    Pressure(#[from] PressureError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Log(#[from] LogWalkError),
    #[error(transparent)]
    Local(#[from] LocalError),
}

pub fn status(desk: &Desk) -> Result<Status, StatusError> {
    let settings = PressureSettings::read(desk.store.repository())?;
    let sessions = sessions(desk)?;
    let read = |(found, life)| session(desk, &settings, found, life);
    Ok(Status {
        sessions: sessions.into_iter().map(read).collect(),
        bare: bare_commits(desk)?,
        waiting: waiting(desk),
        unfinished: unfinished(desk)?,
    })
}

/// From when on a change counts as lately.
pub fn lately(desk: &Desk) -> SystemTime {
    let now = Duration::from_secs(desk.now.seconds().unsigned_abs());
    UNIX_EPOCH + now.saturating_sub(LATELY)
}

/// The sessions to tell of.
fn sessions(desk: &Desk) -> Result<Vec<(Found, Life)>, AgentError> {
    let mut all = choose_session::all(desk)?;
    let mut told = Vec::new();
    if let Some(here) = choose_session::live(desk)? {
        all.retain(|found| (found.agent, &found.id) != (here.agent, &here.id));
        told.push((here, Life::Here));
    }
    let since = lately(desk);
    let (recent, idle): (Vec<Found>, Vec<Found>) =
        all.into_iter().partition(|found| found.modified >= since);
    told.extend(recent.into_iter().map(|found| (found, Life::Recent)));
    if told.is_empty() {
        told.extend(idle.into_iter().next().map(|found| (found, Life::Idle)));
    }
    Ok(told)
}

fn session(desk: &Desk, settings: &PressureSettings, found: Found, life: Life) -> SessionStatus {
    let digest = digest_now(&desk.store, &found);
    let known = digest.as_ref().ok();
    let pressure = known.map(|digest| {
        let told = digest.usage.as_ref().and_then(|usage| usage.window);
        settings.pressure(session_tokens(digest), told, digest.model.as_deref())
    });
    let compacted = known.is_some_and(|digest| digest.compactions > 0);
    SessionStatus {
        unsaved: unsaved::captured(desk, &found).unsaved(&found, known),
        compactions: if compacted { compactions(&found) } else { Vec::new() },
        modified: found.modified.into(),
        pressure,
        digest,
        life,
        found,
    }
}

/// The compactions of a session; those up to where its transcript can be read.
fn compactions(found: &Found) -> Vec<Compaction> {
    let mut all = Compactions::default();
    // What cannot be read any more has been told of as far as the digest knows it.
    let _ = each_record(found, 0..u64::MAX, &mut |record| all.take(record));
    all.finish()
}

fn bare_commits(desk: &Desk) -> Result<BareCommits, StatusError> {
    let since_upstream = desk.store.repository().resolve_commit("@{upstream}").is_ok();
    let (range, limit) = match since_upstream {
        true => (vec!["@{upstream}..HEAD".to_owned()], AHEAD),
        false => (Vec::new(), LAST),
    };
    let request = HistoryRequest {
        range,
        limit: Some(limit),
        first_parent: true,
        ..HistoryRequest::default()
    };
    let reach = if since_upstream { Reach::Upstream } else { Reach::Last };
    let mut bare = BareCommits { reach, looked_at: 0, commits: Vec::new() };
    log::log(desk, &request, &mut |row| {
        bare.looked_at += 1;
        let carries = !row.checkpoints.is_empty();
        if carries && reach == Reach::Last {
            bare.reach = Reach::Checkpoint;
            return ControlFlow::Break(());
        }
        // A merge brings in what others did.
        if !carries && row.commit.parents.len() < 2 {
            bare.commits.push(BareCommit { id: row.commit.commit, subject: row.commit.subject });
        }
        ControlFlow::Continue(())
    })?;
    Ok(bare)
}

fn waiting(desk: &Desk) -> Vec<Waiting> {
    let places =
        [(Draft::Prepared, desk.store.prepared_path()), (Draft::Edited, desk.store.edit_path())];
    let recovered = desk.store.recovered_paths().into_iter().map(|path| (Draft::Recovered, path));
    let there = places.into_iter().chain(recovered).filter_map(|(what, path)| {
        let data = std::fs::metadata(&path).ok().filter(|data| data.is_file() && data.len() > 0)?;
        let modified = data.modified().ok()?.into();
        Some(Waiting { what, path, bytes: data.len(), modified })
    });
    there.collect()
}

fn unfinished(desk: &Desk) -> Result<Unfinished, LocalError> {
    let (saves, rewrites) = desk.store.left_over_counts();
    Ok(Unfinished { saves, rewrites, put_aside: desk.store.put_aside()? })
}
