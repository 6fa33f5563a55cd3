//! Saving from a hook: bounded in time, and never in the way of the command that called the hook.
//!
//! The work is done on a thread of its own. Whoever waits for it stops waiting when the time is up; the process then
//! ends with the work half done, and the next command carries on from what was written down first.

use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::model::agent::Agent;
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::ops::Desk;
use crate::ops::choose_session::{ChooseError, SessionChoice};
use crate::ops::prepare;
use crate::ops::quotes;
use crate::ops::save::{self, Place, SaveEntry, SaveError, SaveOutcome, SaveRequest};
use crate::ops::secrets::Redaction;
use crate::store::Intent;

/// What a hook is to save.
pub struct HookSave {
    pub document: Document,
    pub place: Place,
    /// The longest that the hook may wait.
    pub limit: Duration,
}

/// Where the document comes from.
pub enum Document {
    Drafted,
    Written(Vec<u8>),
    /// Kept for this commit, and no longer when it is written down.
    Prepared(Vec<u8>),
}

impl Document {
    fn text(&self) -> Option<Vec<u8>> {
        match self {
            Self::Drafted => None,
            Self::Written(text) | Self::Prepared(text) => Some(text.clone()),
        }
    }
}

/// What a save was announced with.
#[derive(Clone, Debug)]
pub struct Announced {
    pub commit: ObjectId,
    pub session: Option<(Agent, SessionId)>,
}

/// Whether the document says in plain what is sealed of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// It does, and nobody was told that yet.
    InPlain,
    Nothing,
}

/// How it ended.
pub enum Ended {
    /// There is nothing to save.
    Nothing,
    /// It is written down, for a process in the background.
    Announced(Announced, Quotes),
    Saved(Box<SaveOutcome>, Quotes),
    Failed(SaveError),
    /// The time is up; `Some` when the save is written down.
    Late(Option<Announced>),
}

/// Saves with the newest commit, and waits no longer than the limit.
pub fn save(desk: Desk, request: HookSave) -> Ended {
    let (sender, end) = mpsc::channel();
    let limit = request.limit;
    let announced = Arc::new(OnceLock::new());
    let begun = Arc::clone(&announced);
    std::thread::spawn(move || {
        // Nobody listens any more when the time is up.
        let _ = sender.send(work(&desk, request, &begun));
    });
    end.recv_timeout(limit).unwrap_or_else(|_| Ended::Late(announced.get().cloned()))
}

fn work(desk: &Desk, request: HookSave, begun: &OnceLock<Announced>) -> Ended {
    match announce(desk, request.document.text(), request.place) {
        Ok(None) => Ended::Nothing,
        Ok(Some((entry, intent))) => {
            if matches!(request.document, Document::Prepared(_)) {
                prepare::used(desk);
            }
            carry_on(desk, &entry, intent, begun)
        }
        Err(error) => Ended::Failed(error),
    }
}

fn carry_on(desk: &Desk, entry: &SaveEntry, intent: Intent, begun: &OnceLock<Announced>) -> Ended {
    let session = entry.session().map(|session| (session.agent, session.id.clone()));
    let announced = Announced { commit: entry.commit, session };
    if entry.is_background() {
        // Let go of, the entry is anybody's to finish.
        drop(intent);
        return Ended::Announced(announced, quotes(desk, entry));
    }
    let _ = begun.set(announced);
    match save::finish(desk, entry, intent) {
        Ok(outcome) => Ended::Saved(outcome.into(), quotes(desk, entry)),
        Err(error) => Ended::Failed(error),
    }
}

fn quotes(desk: &Desk, entry: &SaveEntry) -> Quotes {
    if quotes::will_be_news(desk, entry) { Quotes::InPlain } else { Quotes::Nothing }
}

/// Writes the save down; `None` where there is nothing to save.
fn announce(
    desk: &Desk,
    document: Option<Vec<u8>>,
    place: Place,
) -> Result<Option<(SaveEntry, Intent)>, SaveError> {
    let request = |document, session| SaveRequest {
        target: "HEAD".to_owned(),
        document,
        session,
        kind: None,
        template: None,
        redaction: Redaction::On,
    };
    match save::announce(desk, request(document.clone(), SessionChoice::Auto), place) {
        Err(SaveError::Choose(ChooseError::Nothing { .. } | ChooseError::NotThere { .. })) => {
            match save::announce(desk, request(document, SessionChoice::None), place) {
                Err(SaveError::NothingToSave) => Ok(None),
                announced => announced.map(Some),
            }
        }
        announced => announced.map(Some),
    }
}
