//! The gate that everything passes before it is sent: it is looked through for secrets, by the rules of today.
//!
//! What was looked through once is not looked through again, and neither is what a remote is known to have. What was
//! found keeps all of a push back; nothing is ever taken out of it here.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::checkpoint::CheckpointId;
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::search_refs::{self, Found, Looked, Owners, SearchError};
use crate::ops::secrets::{self, Finder, Places};
use crate::store::{CommitError, Part};

/// Most findings that are kept to be shown.
const SHOWN: usize = 20;

/// One ref that is about to be sent.
#[derive(Clone, Debug)]
pub struct Leaving {
    pub part: Part,
    pub reference: String,
    pub tip: ObjectId,
    /// States of it, or of other refs, that the remote has.
    pub known: Vec<ObjectId>,
}

/// Why nothing was sent.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The first of what was found.
    pub found: Vec<Found>,
    /// How many there are by rule.
    pub places: Places,
    /// All checkpoints in which something was found.
    pub checkpoints: BTreeSet<CheckpointId>,
    /// Those that were saved with their secrets on purpose.
    pub unredacted: BTreeSet<CheckpointId>,
    /// What was looked at, for whoever sends it all the same.
    pub tips: Vec<ObjectId>,
}

impl Held {
    pub fn number(&self) -> u64 {
        self.places.values().sum()
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty() && self.unredacted.is_empty()
    }

    fn take(&mut self, found: Found) {
        *self.places.entry(found.hit.rule.clone()).or_default() += 1;
        self.checkpoints.extend(found.place.checkpoint.clone());
        if self.found.len() < SHOWN {
            self.found.push(found);
        }
    }
}

/// Looks through what is about to leave. `allowed` are states that somebody has agreed to send as they are.
pub fn look(
    desk: &Desk,
    leaving: &[Leaving],
    allowed: &[ObjectId],
) -> Result<Option<Held>, SearchError> {
    let sent = |one: &&Leaving| !one.known.contains(&one.tip) && !allowed.contains(&one.tip);
    let leaving: Vec<&Leaving> = leaving.iter().filter(sent).collect();
    if leaving.is_empty() {
        return Ok(None);
    }
    let finder = Finder::new(desk)?;
    let mark = finder.mark(&secrets::vault(desk));
    let mut scanned = mark.map(|mark| desk.store.scanned(&mark));
    let clean = scanned.as_ref().map(|scanned| scanned.tips()).unwrap_or_default();
    let mut held = Held::default();
    for one in &leaving {
        let mut known = one.known.clone();
        known.extend(clean.iter().chain(allowed));
        if !known.contains(&one.tip) {
            look_at(desk, &finder, one, &known, &mut held)?;
        }
    }
    if !held.is_empty() {
        held.tips = leaving.iter().map(|one| one.tip).collect();
        return Ok(Some(held));
    }
    if let Some(scanned) = &mut scanned {
        leaving.iter().for_each(|one| scanned.add(&one.reference, one.tip));
        // What cannot be remembered is looked through once more.
        let _ = desk.store.note_scanned(scanned);
    }
    Ok(None)
}

fn look_at(
    desk: &Desk,
    finder: &Finder,
    leaving: &Leaving,
    known: &[ObjectId],
    held: &mut Held,
) -> Result<(), SearchError> {
    let mut looked = Looked::default();
    if leaving.part == Part::Documents {
        let texts = desk.store.unseen_texts(leaving.tip, known)?;
        let unredacted = texts.iter().filter(|text| text.unredacted);
        held.unredacted.extend(unredacted.filter_map(|text| text.id.clone()));
        search_refs::texts(finder, &texts, &mut looked, &mut |found| held.take(found));
        return Ok(());
    }
    let mut unseen = desk.store.unseen_logs(leaving.tip, known)?;
    let in_logs = search_refs::logs(finder, &mut unseen, &mut looked)?;
    if in_logs.is_empty() {
        return Ok(());
    }
    let owners = owners(desk, &leaving.reference)?;
    for (log, hits) in in_logs {
        for hit in hits {
            held.take(owners.placed(&log, hit));
        }
    }
    Ok(())
}

/// Whose bytes the logs of a ref are.
fn owners(desk: &Desk, reference: &str) -> Result<Owners, SearchError> {
    let writers = desk.store.all_writers().map_err(CommitError::from)?;
    match writers.into_iter().find(|writer| writer.log_ref == reference) {
        Some(writer) => Ok(Owners::of(desk, &Arc::new(writer))?),
        None => Ok(Owners::default()),
    }
}
