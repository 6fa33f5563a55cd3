//! What a push has to do besides: replace and remove at remotes what was folded here.
//!
//! Archives are sent before anything is removed that they hold, and everything goes with a lease, so whoever wrote there
//! meanwhile keeps what they wrote.

use crate::git::{Lease, PushOrder, RefUpdate};
use crate::model::object::ObjectId;
use crate::ops::gate::{self, Leaving};
use crate::ops::push::Destination;
use crate::ops::remotes::{Exchange, RemoteError};
use crate::store::{Waiting, tracking_of};

/// Carries out what waits for these destinations, and strikes what was.
///
/// An archive passes the gate as the own refs do; `allowed` are states that were agreed to.
pub fn carry_out(
    exchange: &mut Exchange,
    destinations: &[Destination],
    allowed: &[ObjectId],
) -> Result<(), RemoteError> {
    for destination in destinations {
        let waiting = exchange.desk.store.waiting_at(&destination.remote.tracking);
        let wanted = |entry: &&Waiting| {
            destination.parts.iter().any(|part| entry.reference.starts_with(part.prefix()))
        };
        let (removed, replaced): (Vec<_>, Vec<_>) =
            waiting.iter().filter(wanted).partition(|entry| entry.kept_in.is_some());
        let leaving = leaving(exchange, destination, &replaced)?;
        if let Some(held) = gate::look(exchange.desk, &leaving, allowed)? {
            return Err(RemoteError::Held(Box::new(held)));
        }
        if send(exchange, destination, &replaced)? {
            send(exchange, destination, &removed)?;
        }
    }
    Ok(exchange.desk.store.settle()?)
}

/// What entries would send, with everything that the remote is known to have of all writers.
fn leaving(
    exchange: &Exchange,
    destination: &Destination,
    entries: &[&Waiting],
) -> Result<Vec<Leaving>, RemoteError> {
    let store = &exchange.desk.store;
    let mut leaving = Vec::new();
    for entry in entries {
        let reference = entry.reference.clone();
        let Some(tip) = store.repository().reference(&reference)? else { continue };
        let parts = destination.parts.iter();
        for part in parts.copied().filter(|part| reference.starts_with(part.prefix())) {
            let known = store.known_at(part, &destination.remote.tracking)?.into_values().collect();
            leaving.push(Leaving { part, reference: reference.clone(), tip, known });
        }
    }
    Ok(leaving)
}

/// Sends some entries; false when not all of them arrived.
fn send(
    exchange: &mut Exchange,
    destination: &Destination,
    entries: &[&Waiting],
) -> Result<bool, RemoteError> {
    let store = &exchange.desk.store;
    let mut updates = Vec::new();
    for entry in entries {
        let here = store.repository().reference(&entry.reference)?;
        let new = if entry.kept_in.is_some() { None } else { here };
        let lease = Some(Lease(entry.lease));
        updates.push(RefUpdate { name: entry.reference.clone(), new, lease });
    }
    if updates.is_empty() {
        return Ok(true);
    }
    let remote = &destination.remote.called;
    let pushed = exchange.push(&PushOrder { remote, updates: &updates, dry_run: false })?;
    let mut all = true;
    for (entry, update) in entries.iter().zip(&updates) {
        let report = pushed.refs.iter().find(|report| report.name == update.name);
        if report.is_none_or(|report| report.result.is_err()) {
            all = false;
            continue;
        }
        let tracking = tracking_of(&destination.remote.tracking, &entry.reference);
        match (update.new, entry.lease) {
            (Some(tip), _) => store.note_at(&tracking, tip)?,
            (None, Some(old)) => drop(store.repository().remove_reference(&tracking, old)?),
            (None, None) => {}
        }
    }
    Ok(all)
}
