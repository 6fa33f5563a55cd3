//! Putting a session back: a plan that can be shown first, then carried out.
//!
//! Nothing that exists is lost: a live session that holds anything the snapshot does not is captured before it is
//! replaced. Nothing is written outside the agent's own directory, or the one that was named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::agent::{AgentError, Found, adapter};
use crate::model::agent::Agent;
use crate::model::checkpoint::CheckpointId;
use crate::model::hash;
use crate::model::session::SessionId;
use crate::model::snapshot::{FileName, Snapshot};
use crate::ops::Desk;
use crate::ops::choose_session;
use crate::ops::existing::Mark;
use crate::ops::guard;
use crate::ops::locate::{self, LocateError, Located};
use crate::ops::placement::Placer;
use crate::ops::placing::{self, PlacingError};
use crate::ops::safety;
use crate::ops::save::{Safety, SaveError, SaveOutcome};
use crate::ops::secrets;
use crate::ops::session_logs::{self, LogsError};
use crate::ops::session_text::{self, LastWords, SessionTextError};
use crate::store::vault::Vault;
use crate::store::{CommitError, Files, ReadError};

pub use crate::store::Filled;

pub use crate::ops::existing::Existing;
pub use crate::ops::placement::Placement;

/// What to put back, and where.
#[derive(Clone, Debug)]
pub struct RestoreRequest {
    pub target: String,
    /// The beginning of a session id, where the checkpoint has several.
    pub session: Option<String>,
    pub destination: Destination,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Where the agent looks for it, under its own id.
    Agent,
    /// Where the agent looks for it, under a new id.
    Fork,
    /// Plain files below this directory.
    Directory(PathBuf),
}

/// Why nothing was put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error("checkpoint {checkpoint} holds no session, only a document")]
    NoSession { checkpoint: String },
    #[error("checkpoint {checkpoint} holds {} sessions", sessions.len())]
    SeveralSessions { checkpoint: String, sessions: Vec<SessionId> },
    #[error("checkpoint {checkpoint} holds no session that starts with `{wanted}`")]
    OtherSession { checkpoint: String, wanted: String, sessions: Vec<SessionId> },
    #[error("`{agent}` is not an agent this version can restore")]
    UnknownAgent { agent: String },
    #[error(transparent)]
    Logs(#[from] LogsError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error("the stored session is damaged")]
    Damaged(#[from] ReadError),
    #[error(transparent)]
    Text(#[from] SessionTextError),
    #[error(transparent)]
    Placing(#[from] PlacingError),
    #[error("the live session could not be captured, so nothing was replaced")]
    Safety(#[source] Box<SaveError>),
    #[error("the copy of the live session does not read back, so nothing was replaced")]
    Unproven(#[source] ReadError),
    #[error("`{path}` exists and differs; it would have been lost")]
    Exists { path: PathBuf },
    #[error("`{path}` is a file, so nothing can be put below it")]
    NotADirectory { path: PathBuf },
    #[error("`{path}` is neither a file nor nothing, so nothing was put in its place")]
    NotAFile { path: PathBuf },
    #[error("`{path}` belongs to another session, so nothing was replaced")]
    Another { path: PathBuf },
    #[error("`{path}` was written to while you were asked, so nothing was replaced")]
    Touched { path: PathBuf },
    #[error(
        "session {session} keeps growing, so nothing was replaced; what it held a moment ago is safe in checkpoint {}",
        safety.short()
    )]
    StillGrowing { session: SessionId, safety: CheckpointId },
    #[error("`{path}` cannot be read")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("no random number can be had")]
    Random,
}

/// What a restore would do.
pub struct RestorePlan {
    pub located: Located,
    pub snapshot: Snapshot,
    pub agent: Agent,
    /// The id that the session will have.
    pub id: SessionId,
    pub destination: Destination,
    pub transcript: Placement,
    pub companions: Vec<Placement>,
    /// Files of the live session that the checkpoint does not have.
    pub staying: Vec<FileName>,
    pub last_words: LastWords,
    /// A piece of the document, or of the last words, that reads like an instruction to an agent.
    pub suspicion: Option<String>,
    /// The live session that has to be captured first.
    pub at_risk: Option<Found>,
    /// This command runs inside the very session that would be replaced.
    pub inside: bool,
    /// What has to come before the session can be resumed, program first.
    pub wake: Option<Vec<String>>,
    /// Program first; empty where nothing can be resumed.
    pub resume: Vec<String>,
}

impl RestorePlan {
    /// All files.
    pub fn placements(&self) -> impl Iterator<Item = &Placement> {
        // The transcript comes last: when it is there, everything is.
        self.companions.iter().chain([&self.transcript])
    }

    /// Whether the files will be as they were when their secrets were replaced.
    pub fn filled(&self) -> Filled {
        let mut gaps = BTreeSet::new();
        for placement in self.placements() {
            if let Filled::Gaps(more) = &placement.filled {
                gaps.extend(more.iter().cloned());
            }
        }
        match self.placements().any(|placement| placement.filled == Filled::Unproven) {
            _ if !gaps.is_empty() => Filled::Gaps(gaps),
            true => Filled::Unproven,
            false => Filled::Exact,
        }
    }

    /// How many places of the files were replaced when they were saved.
    pub fn replaced(&self) -> u64 {
        let places = |placement: &Placement| Some(placement.stored.redacted.as_ref()?.places);
        self.placements().filter_map(places).sum()
    }
}

/// What was put back.
pub struct RestoreOutcome {
    pub id: SessionId,
    pub files: usize,
    pub bytes: u64,
    pub transcript: PathBuf,
    pub unchanged: bool,
    pub filled: Filled,
    pub safety: Option<SaveOutcome>,
    pub resume: Vec<String>,
}

/// Looks at what a restore would do, without doing anything.
pub fn plan(desk: &Desk, request: &RestoreRequest) -> Result<RestorePlan, RestoreError> {
    if let Destination::Directory(directory) = &request.destination {
        no_file(directory)?;
    }
    plan_of(desk, locate::locate(desk, &request.target)?, request)
}

/// The same for a checkpoint that was found already.
pub fn plan_of(
    desk: &Desk,
    located: Located,
    request: &RestoreRequest,
) -> Result<RestorePlan, RestoreError> {
    let snapshot = choose_snapshot(&located, request.session.as_deref())?;
    let unknown = || RestoreError::UnknownAgent { agent: snapshot.agent.clone() };
    let agent: Agent = snapshot.agent.parse().map_err(|_| unknown())?;
    let files = session_logs::files(desk, located.tied(), &snapshot)?;
    let id = match request.destination {
        Destination::Fork => new_session_id()?,
        _ => snapshot.session.clone(),
    };
    let placer = Placer {
        desk,
        adapter: adapter(agent),
        files: &files,
        vault: secrets::vault(desk),
        destination: &request.destination,
        id: &id,
    };
    let name = placer.transcript_name(&snapshot.file)?;
    let transcript = placer.placement(&name, &snapshot.transcript)?;
    let mut companions = Vec::new();
    if let Some(list) = &snapshot.companions {
        for companion in files.companions(list)? {
            companions.push(placer.placement(&companion.file, &companion.stored)?);
        }
    }
    if !matches!(request.destination, Destination::Directory(_)) {
        guard::spares_others(desk, &placer.live(&transcript), &companions)?;
    }
    let at_risk = placer.at_risk(&transcript, &companions)?;
    let live = choose_session::live(desk)?;
    let inside = live.is_some_and(|live| live.agent == agent && live.id == id);
    let (wake, resume) = match request.destination {
        Destination::Directory(_) => (None, Vec::new()),
        _ => (
            adapter(agent).wake_command(&desk.around, &transcript.path, &id),
            adapter(agent).resume_command(&id),
        ),
    };
    let last_words = session_text::last_words(&files, &snapshot)?;
    Ok(RestorePlan {
        staying: placer.staying(&transcript, &companions),
        suspicion: guard::suspicion_of(&located, &last_words),
        last_words,
        destination: request.destination.clone(),
        located,
        snapshot,
        agent,
        id,
        transcript,
        companions,
        at_risk,
        inside,
        wake,
        resume,
    })
}

/// Makes sure that a directory can be at this path: nothing on the way is a file.
fn no_file(directory: &Path) -> Result<(), RestoreError> {
    match directory.ancestors().find(|path| path.exists()) {
        Some(path) if !path.is_dir() => Err(RestoreError::NotADirectory { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Does what a plan says.
pub fn carry_out(desk: &Desk, plan: &RestorePlan) -> Result<RestoreOutcome, RestoreError> {
    let files = session_logs::files(desk, plan.located.tied(), &plan.snapshot)?;
    let safety = match &plan.at_risk {
        Some(found) => Some(safety::capture_first(desk, found, Safety::Replaced)?),
        None => {
            untouched(plan)?;
            None
        }
    };
    let root = match &plan.destination {
        Destination::Directory(directory) => directory.clone(),
        _ => adapter(plan.agent).root(&desk.around).to_owned(),
    };
    let mut outcome = RestoreOutcome {
        id: plan.id.clone(),
        files: 0,
        bytes: 0,
        transcript: plan.transcript.path.clone(),
        unchanged: plan.transcript.existing == Existing::Same,
        filled: plan.filled(),
        safety,
        resume: plan.resume.clone(),
    };
    let vault = secrets::vault(desk);
    let putter = Putter { plan, files: &files, vault: &vault, root: &root };
    for placement in plan.placements() {
        if placement.existing == Existing::Same {
            placing::touch(&placement.path, desk.clock)?;
            continue;
        }
        putter.put(placement)?;
        outcome.files += 1;
        outcome.bytes += placement.stored.bytes;
    }
    Ok(outcome)
}

/// An agent may have gone on while the plan was shown: what it wrote since is in no checkpoint.
fn untouched(plan: &RestorePlan) -> Result<(), RestoreError> {
    for Placement { path, mark, .. } in plan.placements() {
        let now = Mark::of(path)
            .map_err(|source| RestoreError::Unreadable { path: path.clone(), source })?;
        if now != *mark {
            return Err(RestoreError::Touched { path: path.clone() });
        }
    }
    Ok(())
}

/// Writes files in their places.
struct Putter<'a> {
    plan: &'a RestorePlan,
    files: &'a Files<'a>,
    vault: &'a Vault,
    root: &'a Path,
}

impl Putter<'_> {
    fn put(&self, placement: &Placement) -> Result<(), RestoreError> {
        let plan = self.plan;
        let forks = plan.destination == Destination::Fork && placement.path == plan.transcript.path;
        placing::place(self.root, &placement.path, &mut |file| {
            if forks {
                let mut lines = placing::FirstLine::new(file, |line| {
                    adapter(plan.agent).fork_line(line, &plan.id)
                });
                self.files.write_filled(&placement.stored, self.vault, &mut lines)?;
                return lines.finish().map_err(|source| {
                    PlacingError::Unwritable { path: placement.path.clone(), source }.into()
                });
            }
            self.files.write_filled(&placement.stored, self.vault, file)?;
            Ok::<(), RestoreError>(())
        })
    }
}

/// The session of a checkpoint that is meant.
pub fn choose_snapshot(located: &Located, wanted: Option<&str>) -> Result<Snapshot, RestoreError> {
    let checkpoint = locate::understood(located)?;
    let id = || checkpoint.id.short().to_owned();
    let snapshots = &checkpoint.header.snapshots;
    let sessions = || snapshots.iter().map(|snapshot| snapshot.session.clone()).collect();
    match (snapshots.as_slice(), wanted) {
        ([], _) => Err(RestoreError::NoSession { checkpoint: id() }),
        ([one], None) => Ok(one.clone()),
        (_, None) => Err(RestoreError::SeveralSessions { checkpoint: id(), sessions: sessions() }),
        (several, Some(wanted)) => several
            .iter()
            .find(|snapshot| snapshot.session.as_str().starts_with(wanted))
            .cloned()
            .ok_or_else(|| RestoreError::OtherSession {
                checkpoint: id(),
                wanted: wanted.to_owned(),
                sessions: sessions(),
            }),
    }
}

/// A random version 4 UUID, as the agents name their sessions.
fn new_session_id() -> Result<SessionId, RestoreError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| RestoreError::Random)?;
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let digits = hash::to_hex(&random);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-").parse().map_err(|_| RestoreError::Random)
}
