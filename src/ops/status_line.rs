//! What fits on one line of a status bar, read in a moment however long the transcript is.
//!
//! Only the end of the transcript is read, and what the last capture remembered. Where the agent hands figures over,
//! those count.

use crate::agent::claude::Handed;
use crate::agent::tail::Tail;
use crate::agent::{AgentError, Found, adapter};
use crate::model::agent::Agent;
use crate::model::session::{Event, Thread};
use crate::ops::Desk;
use crate::ops::choose_session;
use crate::ops::pressure::{Pressure, PressureSettings};
use crate::ops::status::{StatusError, Unsaved, lately};
use crate::ops::transcript::each_record;
use crate::ops::unsaved::{self, Captured};
use crate::policy::tokens::Count;

/// So much that came since the last capture is read to count turns.
const COUNTED: u64 = 512 << 10;

/// What a status bar shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub model: Option<String>,
    /// `None` where no usage is known yet.
    pub pressure: Option<Pressure>,
    pub unsaved: Unsaved,
}

/// The line of the session that was handed over, else of the live one of this worktree; `None` where there is none.
pub fn line(desk: &Desk, handed: Option<&Handed>) -> Result<Option<Line>, StatusError> {
    let settings = PressureSettings::read(desk.store.repository())?;
    let found = match handed {
        Some(handed) => handed.found(),
        None => live(desk)?,
    };
    let Some(found) = found else {
        return Ok(handed.map(|handed| alone(&settings, handed)));
    };
    let captured = unsaved::captured(desk, &found);
    let tail = Tail::of(&found).unwrap_or_default();
    let before = captured.digest().unwrap_or_default();
    let (used, told, model) = handed.map_or((None, None, None), of_handed);
    let earlier = before.usage.as_ref();
    let used = used.or(tail.context).or(earlier.map(|usage| usage.context));
    let told = told.or(tail.window).or(earlier.and_then(|usage| usage.window));
    let model = model.or(tail.model).or(before.model);
    Ok(Some(Line {
        pressure: used.map(|used| settings.pressure(exact(used), told, model.as_deref())),
        unsaved: unsaved(&found, &captured),
        model,
    }))
}

/// The line of a session of which nothing is known but what was handed over.
pub fn alone(settings: &PressureSettings, handed: &Handed) -> Line {
    let (used, told, model) = of_handed(handed);
    let pressure = used.map(|used| settings.pressure(exact(used), told, model.as_deref()));
    Line { model, pressure, unsaved: Unsaved::default() }
}

fn of_handed(handed: &Handed) -> (Option<u64>, Option<u64>, Option<String>) {
    (handed.context, handed.window, handed.model.clone())
}

fn exact(tokens: u64) -> Count {
    Count { tokens, estimated: false }
}

/// The session that this command was started from, else the one that was written to last, if that was lately.
fn live(desk: &Desk) -> Result<Option<Found>, AgentError> {
    if let Some(here) = choose_session::live(desk)? {
        return Ok(Some(here));
    }
    let since = lately(desk);
    let mut recent = Vec::new();
    for agent in Agent::ALL {
        recent.extend(adapter(agent).sessions_since(&desk.around, &desk.directory, since)?);
    }
    Ok(recent.into_iter().max_by_key(|found| found.modified))
}

fn unsaved(found: &Found, captured: &Captured) -> Unsaved {
    let mut unsaved = captured.unsaved(found, None);
    if let Captured::Remembered(kept) = captured
        && found.bytes.saturating_sub(kept.read_up_to) <= COUNTED
    {
        unsaved.turns = turns_since(found, kept.read_up_to);
    }
    unsaved
}

/// Prompts of the person from an offset on.
fn turns_since(found: &Found, from: u64) -> Option<u64> {
    let mut turns = 0;
    let is_prompt = |event: &&Event| matches!(event, Event::Prompt(_));
    each_record(found, from..found.bytes, &mut |record| {
        if record.thread == Thread::Main {
            turns += record.events.iter().filter(is_prompt).count() as u64;
        }
    })
    .ok()?;
    Some(turns)
}
