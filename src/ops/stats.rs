//! The measures of a restart: what a checkpoint saves, what starting from it costs, and what became of it in the session
//! that went on.

use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

use crate::agent::{AgentError, Found};
use crate::model::agent::Agent;
use crate::model::checkpoint::{Checkpoint, CheckpointId};
use crate::model::object::ObjectId;
use crate::model::session::{Event, Record, SessionId, Thread};
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session;
use crate::ops::locate::{self, LocateError};
use crate::ops::pressure::{PressureError, PressureSettings};
use crate::ops::prompt::{self, PromptError, PromptRequest};
use crate::ops::transcript::each_record;
use crate::policy::opening;
use crate::policy::ratio;
use crate::policy::restart::{Follower, Given, Restart};
use crate::policy::tokens::{self, Count, Estimate};
use crate::policy::window::{self, Known, Window};

/// Of how many percent of the window a start is to take at the most.
pub const START_SHARE: u64 = 70;

/// How far into a transcript its first prompt is looked for.
const HEAD: u64 = 4 << 20;

/// The measures of one checkpoint.
pub struct Stats {
    pub id: CheckpointId,
    pub title: String,
    pub commit: ObjectId,
    pub document_tokens: u64,
    pub session: Option<Saved>,
    pub start: Start,
    pub later: Option<Later>,
}

/// What the document saves of the session that it stands for.
pub struct Saved {
    /// Tokens in the session's context.
    pub tokens: Count,
    /// Of how many of them a session that starts from the document has no need.
    pub reclaimed: u64,
    /// The same in percent; `None` where the document is longer.
    pub compression: Option<f64>,
}

/// What is in the window when work begins: the opening message with the document and the files in play.
pub struct Start {
    pub tokens: Count,
    pub window: Window,
    /// Files in play that are not in it.
    pub left_out: usize,
}

impl Start {
    pub fn is_within_target(&self) -> bool {
        u128::from(self.tokens.tokens) * 100
            <= u128::from(self.window.tokens) * u128::from(START_SHARE)
    }
}

/// A session that went on from the checkpoint.
pub struct Later {
    pub agent: Agent,
    pub id: SessionId,
    pub how: WentOn,
    /// How many files, decisions and rejected options the document names.
    pub files: usize,
    pub settled: usize,
    pub rejected: usize,
    pub next: Option<String>,
    pub restart: Restart,
}

/// By what a session is taken to go on from a checkpoint, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WentOn {
    /// Its first message is the checkpoint's opening.
    Opened,
    /// It is the session that the checkpoint holds.
    Same,
    /// It is the next one of this worktree.
    Next,
}

#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Pressure(#[from] PressureError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error("the transcript of session {session} cannot be read")]
    Unread { session: SessionId, source: std::io::Error },
}

pub fn stats(desk: &Desk, target: &str) -> Result<Stats, StatsError> {
    let located = locate::locate(desk, target)?;
    let checkpoint = locate::understood(&located)?;
    let header = &checkpoint.header;
    let settings = PressureSettings::read(desk.store.repository())?;
    let snapshot = header.snapshots.first();
    let document_tokens = tokens::count(&checkpoint.body);
    Ok(Stats {
        id: checkpoint.id.clone(),
        title: header.title.clone(),
        commit: located.commit,
        document_tokens,
        session: snapshot.map(|snapshot| saved(snapshot, document_tokens)),
        start: start(desk, target, snapshot, &settings)?,
        later: later(desk, checkpoint)?,
    })
}

fn saved(snapshot: &Snapshot, document: u64) -> Saved {
    Saved {
        tokens: Count { tokens: snapshot.tokens, estimated: snapshot.tokens_estimated },
        reclaimed: snapshot.tokens.saturating_sub(document),
        compression: ratio::compression(snapshot.tokens, document),
    }
}

fn start(
    desk: &Desk,
    target: &str,
    snapshot: Option<&Snapshot>,
    settings: &PressureSettings,
) -> Result<Start, StatsError> {
    let model = snapshot.and_then(|snapshot| snapshot.model.as_deref());
    let told = snapshot.and_then(|snapshot| snapshot.window);
    let used = snapshot.map_or(0, |snapshot| snapshot.tokens);
    let window = window::window(Known { told, set: settings.window, model, used });
    let request = PromptRequest { target: target.to_owned(), file_budget: Some(window.tokens) };
    let opening = prompt::prompt(desk, &request)?;
    let left_out = opening.message.left_out.len() + opening.not_shown.len();
    Ok(Start { tokens: Estimate::for_model(model, opening.tokens), window, left_out })
}

/// The session that went on from a checkpoint, as far as its transcript is on this machine.
fn later(desk: &Desk, checkpoint: &Checkpoint) -> Result<Option<Later>, StatsError> {
    let created = checkpoint.header.created;
    let since = UNIX_EPOCH + Duration::from_secs(created.seconds().unsigned_abs());
    let all = choose_session::all(desk)?.into_iter().filter(|found| found.modified >= since);
    let mut best: Option<(WentOn, Timestamp, Found)> = None;
    for found in all {
        let Some((how, began)) = went_on(checkpoint, &found)? else { continue };
        if best.as_ref().is_none_or(|(known, first, _)| (how, began) < (*known, *first)) {
            best = Some((how, began, found));
        }
    }
    let Some((how, _, found)) = best else { return Ok(None) };
    let given = Given::of(&checkpoint.body);
    let mut follower = Follower::new(&given);
    read(&found, 0..u64::MAX, &mut |record| {
        if how != WentOn::Same || is_after(&record, created) {
            follower.take(record);
        }
    })?;
    Ok(Some(Later {
        agent: found.agent,
        id: found.id,
        how,
        files: given.files.len(),
        settled: given.settled(),
        rejected: given.rejected(),
        next: given.next.clone(),
        restart: follower.finish(),
    }))
}

/// Whether a session went on from the checkpoint: how, and since when.
fn went_on(
    checkpoint: &Checkpoint,
    found: &Found,
) -> Result<Option<(WentOn, Timestamp)>, StatsError> {
    let created = checkpoint.header.created;
    let Some((began, prompt)) = first_prompt(found, 0..HEAD, &|_| true)? else { return Ok(None) };
    if opens(checkpoint, &prompt) {
        return Ok(Some((WentOn::Opened, began)));
    }
    let mut held = checkpoint.header.snapshots.iter();
    if held.any(|one| one.session == found.id && one.agent == found.agent.name()) {
        let later = first_prompt(found, 0..u64::MAX, &|at| at > created)?;
        return Ok(later.map(|(at, _)| (WentOn::Same, at)));
    }
    Ok((began > created).then_some((WentOn::Next, began)))
}

/// The first prompt in a part of a transcript at a time that fits.
fn first_prompt(
    found: &Found,
    part: Range<u64>,
    fits: &dyn Fn(Timestamp) -> bool,
) -> Result<Option<(Timestamp, String)>, StatsError> {
    let mut first = None;
    read(found, part, &mut |record| {
        let at = record.at.filter(|at| first.is_none() && fits(*at));
        let prompt = record.events.iter().find_map(prompt_of);
        if let (Thread::Main, Some(at), Some(prompt)) = (record.thread, at, prompt) {
            first = Some((at, prompt.to_owned()));
        }
    })?;
    Ok(first)
}

/// Whether a message is the opening that was made of the checkpoint.
fn opens(checkpoint: &Checkpoint, message: &str) -> bool {
    let written = format!("- Written: {}", checkpoint.header.created);
    opening::is_like(message) && message.contains(&written)
}

fn prompt_of(event: &Event) -> Option<&str> {
    match event {
        Event::Prompt(text) => Some(text),
        _ => None,
    }
}

fn is_after(record: &Record, moment: Timestamp) -> bool {
    record.at.is_some_and(|at| at > moment)
}

fn read(found: &Found, part: Range<u64>, each: &mut dyn FnMut(Record)) -> Result<(), StatsError> {
    each_record(found, part, each)
        .map_err(|source| StatsError::Unread { session: found.id.clone(), source })
}
