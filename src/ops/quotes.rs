//! Documents that were drafted out of a sealed session and are not sealed themselves: they say in plain what it says.
//!
//! A person is told that once in each clone.

use crate::ops::Desk;
use crate::ops::save::{SaveEntry, SaveOutcome};
use crate::ops::sealing::{self, Scope};

/// What it is that is told once.
const TOPIC: &str = "drafts-in-plain";

/// Whether what was saved is such a document, and nobody was told yet.
pub fn is_news_of(desk: &Desk, saved: &SaveOutcome) -> bool {
    let is_sealed = saved.session.as_ref().is_some_and(|session| session.sealed_to.is_some());
    let is_open = saved.document_sealed_to.is_none();
    saved.drafted && is_sealed && is_open && desk.store.is_news(TOPIC)
}

/// The same of what will be saved.
pub fn will_be_news(desk: &Desk, entry: &SaveEntry) -> bool {
    let seals_sessions_only = matches!(sealing::scope(desk), Ok(Some(Scope::Sessions)));
    entry.is_drafted() && seals_sessions_only && desk.store.is_news(TOPIC)
}
