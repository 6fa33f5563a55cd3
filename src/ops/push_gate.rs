//! What of a push passes the gate: the own refs, as they are when it begins.

use crate::git::redacted;
use crate::model::object::ObjectId;
use crate::model::writer::WriterId;
use crate::ops::Desk;
use crate::ops::gate::{self, Held, Leaving};
use crate::ops::push::{self, Destination, PushPlan};
use crate::ops::remotes::RemoteError;
use crate::store::Part;

/// The secrets in what a plan would send, if there are any.
pub fn inspect(desk: &Desk, plan: &PushPlan) -> Result<Option<Held>, RemoteError> {
    let Some(writer) = desk.store.writer()? else { return Ok(None) };
    let tips = tips(desk, &plan.destinations, &writer)?;
    let leaving = leaving(desk, plan, &writer, &tips)?;
    Ok(gate::look(desk, &leaving, &plan.allowed)?)
}

/// Keeps a push back in which secrets would be sent.
pub fn pass(
    desk: &Desk,
    plan: &PushPlan,
    writer: &WriterId,
    tips: &[Tips],
) -> Result<(), RemoteError> {
    let leaving = leaving(desk, plan, writer, tips)?;
    match gate::look(desk, &leaving, &plan.allowed)? {
        Some(held) => Err(RemoteError::Held(Box::new(held))),
        None => Ok(()),
    }
}

/// The addresses of a plan that anybody may be able to read, and that no secrets were sent to yet.
pub fn newly_exposed(desk: &Desk, plan: &PushPlan) -> Vec<(&'static str, String)> {
    let repository = desk.store.repository();
    let exposed = push::addresses(desk, &plan.destinations).into_iter();
    exposed
        .filter(|(_, address)| repository.config_bool(&secrets_agreement(address)) != Some(true))
        .collect()
}

/// Remembers that somebody agreed to send what was found: for this push, and that they were warned of these addresses.
pub fn allow(
    desk: &Desk,
    plan: &mut PushPlan,
    held: &Held,
    warned_of: &[(&'static str, String)],
) -> Result<(), RemoteError> {
    for (_, address) in warned_of {
        let key = secrets_agreement(address);
        desk.store.repository().set_config(&key, "true").map_err(RemoteError::Config)?;
    }
    plan.allowed.extend(&held.tips);
    Ok(())
}

/// Parts, and where their own refs stand.
pub type Tips = Vec<(Part, ObjectId)>;

/// Where the own refs stand, for each destination. Documents are looked at first, so that the logs have at least what
/// they speak of.
pub fn tips(
    desk: &Desk,
    destinations: &[Destination],
    writer: &WriterId,
) -> Result<Vec<Tips>, RemoteError> {
    let mut all = Vec::new();
    for destination in destinations.iter().rev() {
        let mut tips = Vec::new();
        for part in destination.parts.iter().rev() {
            let tip = desk.store.repository().reference(&part.own_ref(writer))?;
            tips.extend(tip.map(|tip| (*part, tip)));
        }
        tips.reverse();
        all.push(tips);
    }
    all.reverse();
    Ok(all)
}

/// The same with what the destinations are known to have of them.
fn leaving(
    desk: &Desk,
    plan: &PushPlan,
    writer: &WriterId,
    tips: &[Tips],
) -> Result<Vec<Leaving>, RemoteError> {
    let mut leaving = Vec::new();
    for (destination, tips) in plan.destinations.iter().zip(tips) {
        for (part, tip) in tips {
            let seen = part.tracking_ref(&destination.remote.tracking, writer);
            let known = desk.store.repository().reference(&seen)?.into_iter().collect();
            leaving.push(Leaving {
                part: *part,
                reference: part.own_ref(writer),
                tip: *tip,
                known,
            });
        }
    }
    Ok(leaving)
}

/// The key of the configuration that remembers that secrets were sent somewhere knowingly.
fn secrets_agreement(address: &str) -> String {
    format!("ckpt.{}.secretsAcknowledged", redacted(address))
}
