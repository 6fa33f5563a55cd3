//! Sending this clone's checkpoints to a remote.
//!
//! Only the two refs of this clone's own writer are sent, so nobody else's push is ever in the way. What stands there
//! under the same name and was not written here belongs to a copy of this clone: then this one takes a new name.

use crate::git::{Lease, PushOrder, Pushed, RefUpdate, Rejection, Traffic, redacted};
use crate::model::object::ObjectId;
use crate::model::writer::WriterId;
use crate::ops::Desk;
use crate::ops::fetch::{self, Logs};
use crate::ops::push_gate::{self, Tips};
use crate::ops::push_rewritten;
use crate::ops::remotes::{self, Exchange, Remote, RemoteError};
use crate::policy::sharing::{self, PushMode};
use crate::store::{Part, Renamed};

/// How many names are tried before it is clear that something else is wrong.
const ATTEMPTS: usize = 3;

/// What to send, and where to.
#[derive(Clone, Debug)]
pub struct PushRequest {
    pub remote: Option<String>,
    pub logs: Logs,
    /// Replace what the remote has of this clone's own refs, if it is what was last seen there.
    pub replace: bool,
    /// Only tell what would be sent.
    pub dry_run: bool,
}

/// One place that something is sent to.
#[derive(Clone, Debug)]
pub struct Destination {
    pub remote: Remote,
    pub parts: Vec<Part>,
}

/// What a push would do.
#[derive(Clone, Debug)]
pub struct PushPlan {
    pub request: PushRequest,
    pub destinations: Vec<Destination>,
    /// Addresses that anybody may be able to read, and that nobody has agreed to yet.
    pub to_agree: Vec<(&'static str, String)>,
    /// States of the own refs that somebody has agreed to send with the secrets that they hold.
    pub allowed: Vec<ObjectId>,
}

/// What was sent to one place.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub remote: Remote,
    pub refs: Vec<Delivered>,
    pub traffic: Traffic,
}

/// What became of one ref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub part: Part,
    pub what: Arrival,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It moved there, by this many saves.
    Sent {
        saves: u64,
    },
    UpToDate,
    /// The remote has all that is here, and more.
    Ahead,
    /// Another clone of the same name has written there; only a dry run leaves it at that.
    Taken,
}

/// What a push did.
#[derive(Clone, Debug)]
pub struct PushOutcome {
    /// `None` where nothing was ever saved here.
    pub writer: Option<WriterId>,
    pub deliveries: Vec<Delivery>,
    pub renamed: Option<Renamed>,
    pub dry_run: bool,
}

/// Looks at where a push would go, without talking to anybody.
pub fn plan(desk: &Desk, request: PushRequest) -> Result<PushPlan, RemoteError> {
    if remotes::push_mode(desk)? == PushMode::Never {
        return Err(RemoteError::Forbidden);
    }
    let remote = remotes::choose(desk, request.remote.as_deref())?;
    let log_remote = match request.logs {
        Logs::Along => Some(remotes::for_logs(desk)?.unwrap_or_else(|| remote.clone())),
        Logs::Without => None,
    };
    let destinations = match log_remote {
        Some(elsewhere) if elsewhere != remote => vec![
            Destination { remote: elsewhere, parts: vec![Part::Logs] },
            Destination { remote, parts: vec![Part::Documents] },
        ],
        Some(_) => vec![Destination { remote, parts: vec![Part::Logs, Part::Documents] }],
        None => vec![Destination { remote, parts: vec![Part::Documents] }],
    };
    let repository = desk.store.repository();
    let to_agree = addresses(desk, &destinations).into_iter().filter(|(_, address)| {
        request.dry_run.then_some(true).or(repository.config_bool(&agreement(address)))
            != Some(true)
    });
    let to_agree = to_agree.collect();
    Ok(PushPlan { request, destinations, to_agree, allowed: Vec::new() })
}

/// Remembers that somebody agreed to everything that a plan asks for.
pub fn agree(desk: &Desk, plan: &mut PushPlan) -> Result<(), RemoteError> {
    for (_, address) in plan.to_agree.drain(..) {
        let repository = desk.store.repository();
        repository.set_config(&agreement(&address), "true").map_err(RemoteError::Config)?;
    }
    Ok(())
}

/// Refuses a plan that nobody has agreed to.
pub fn check_agreed(plan: &PushPlan) -> Result<(), RemoteError> {
    match plan.to_agree.first() {
        Some((_, address)) => Err(RemoteError::NotAgreed { remote: redacted(address) }),
        None => Ok(()),
    }
}

/// Whether everything that a plan would send was there when the remote was last seen. Talks to nobody.
pub fn is_known_to_be_there(desk: &Desk, plan: &PushPlan) -> Result<bool, RemoteError> {
    let Some(writer) = desk.store.writer()? else { return Ok(true) };
    let repository = desk.store.repository();
    for Destination { remote, parts } in &plan.destinations {
        for part in parts {
            let here = repository.reference(&part.own_ref(&writer))?;
            let there = repository.reference(&part.tracking_ref(&remote.tracking, &writer))?;
            if here.is_some() && here != there {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Does what a plan says.
pub fn carry_out(exchange: &mut Exchange, plan: &PushPlan) -> Result<PushOutcome, RemoteError> {
    check_agreed(plan)?;
    let mut outcome = PushOutcome {
        writer: exchange.desk.store.writer()?,
        deliveries: Vec::new(),
        renamed: None,
        dry_run: plan.request.dry_run,
    };
    for _ in 0..ATTEMPTS {
        let Some(writer) = exchange.desk.store.writer()? else { return Ok(outcome) };
        outcome.writer = Some(writer.clone());
        if let Some(deliveries) = send_all(exchange, plan, &writer)? {
            outcome.deliveries = deliveries;
            if !plan.request.dry_run {
                push_rewritten::carry_out(exchange, &plan.destinations, &plan.allowed)?;
            }
            return Ok(outcome);
        }
        outcome.renamed = Some(remotes::rename(exchange.desk, &writer)?);
    }
    let remote = plan.destinations.last().map(|to| to.remote.shown()).unwrap_or_default();
    Err(RemoteError::Contended { remote })
}

/// Sends everything; `None` where another clone has written somewhere under the same name.
fn send_all(
    exchange: &mut Exchange,
    plan: &PushPlan,
    writer: &WriterId,
) -> Result<Option<Vec<Delivery>>, RemoteError> {
    let tips = push_gate::tips(exchange.desk, &plan.destinations, writer)?;
    push_gate::pass(exchange.desk, plan, writer, &tips)?;
    let mut deliveries = Vec::new();
    for (destination, tips) in plan.destinations.iter().zip(tips) {
        match (Sending { exchange, plan, destination, writer }).send(tips)? {
            Some(delivery) => deliveries.push(delivery),
            None => return Ok(None),
        }
    }
    Ok(Some(deliveries))
}

/// The addresses of destinations that anybody may be able to read, each with its host.
pub(super) fn addresses(desk: &Desk, destinations: &[Destination]) -> Vec<(&'static str, String)> {
    let repository = desk.store.repository();
    let all = destinations.iter().flat_map(|to| repository.push_addresses(&to.remote.called));
    all.filter_map(|address| Some((sharing::maybe_public(&address)?, address))).collect()
}

/// The key of the configuration that remembers an agreement.
fn agreement(address: &str) -> String {
    format!("ckpt.{}.pushAcknowledged", redacted(address))
}

/// One push to one place.
struct Sending<'s, 'e> {
    exchange: &'s mut Exchange<'e>,
    plan: &'s PushPlan,
    destination: &'s Destination,
    writer: &'s WriterId,
}

impl Sending<'_, '_> {
    /// Sends; `None` where another clone has written there under the same name.
    fn send(&mut self, tips: Tips) -> Result<Option<Delivery>, RemoteError> {
        let mut delivery = Delivery {
            remote: self.destination.remote.clone(),
            refs: Vec::new(),
            traffic: Traffic::default(),
        };
        let mut left = tips;
        while !left.is_empty() {
            let pushed = self.push(&left)?;
            delivery.traffic.add(pushed.traffic);
            let is = |part: &Part, wanted: Rejection| {
                let name = part.own_ref(self.writer);
                let report = pushed.refs.iter().find(|report| report.name == name);
                // One that was not even tried waits for those before it.
                report.map_or(Err(Rejection::Together), |report| report.result) == Err(wanted)
            };
            if left.iter().any(|(part, _)| is(part, Rejection::Stale)) {
                return Err(RemoteError::Stale { remote: self.destination.remote.shown() });
            }
            let (refused, taken): (Vec<_>, Vec<_>) =
                left.iter().partition(|(part, _)| is(part, Rejection::NotContained));
            let (again, taken): (Vec<_>, Vec<_>) =
                taken.into_iter().partition(|(part, _)| is(part, Rejection::Together));
            self.arrived(&taken, &pushed, &mut delivery)?;
            if refused.is_empty() {
                break;
            }
            let Some(ahead) = self.look(&refused)? else { return Ok(None) };
            delivery.refs.extend(ahead);
            left = again;
        }
        delivery.refs.sort_by_key(|delivered| delivered.part);
        Ok(Some(delivery))
    }

    fn push(&mut self, tips: &[(Part, ObjectId)]) -> Result<Pushed, RemoteError> {
        let desk = self.exchange.desk;
        let mut updates = Vec::new();
        for (part, new) in tips {
            let seen = part.tracking_ref(&self.destination.remote.tracking, self.writer);
            let seen = desk.store.repository().reference(&seen)?;
            let name = part.own_ref(self.writer);
            let remote = &self.destination.remote.tracking;
            let rewritten = seen.is_some_and(|seen| desk.store.was_rewritten(remote, &name, seen));
            let lease = (self.plan.request.replace || rewritten).then_some(Lease(seen));
            updates.push(RefUpdate { name, new: Some(*new), lease });
        }
        let order = PushOrder {
            remote: &self.destination.remote.called,
            updates: &updates,
            dry_run: self.plan.request.dry_run,
        };
        self.exchange.push(&order)
    }

    /// Notes what the remote has now.
    fn arrived(
        &self,
        tips: &[(Part, ObjectId)],
        pushed: &Pushed,
        delivery: &mut Delivery,
    ) -> Result<(), RemoteError> {
        let store = &self.exchange.desk.store;
        for (part, tip) in tips {
            let name = part.own_ref(self.writer);
            let moved = pushed.refs.iter().find(|report| report.name == name);
            let moved = moved.is_some_and(|report| report.result == Ok(true));
            let tracking = part.tracking_ref(&self.destination.remote.tracking, self.writer);
            let before = store.repository().reference(&tracking)?;
            let what = if moved {
                let saves = store.repository().commits_since(before, *tip);
                Arrival::Sent { saves: saves.map_err(RemoteError::History)? }
            } else {
                Arrival::UpToDate
            };
            if !self.plan.request.dry_run {
                // What cannot be noted here has arrived there all the same, and the next fetch tells of it.
                let _ = store.note_at(&tracking, *tip);
            }
            delivery.refs.push(Delivered { part: *part, what });
        }
        Ok(())
    }

    /// Looks why refs were refused; `None` where another clone wrote there.
    fn look(
        &mut self,
        refused: &[(Part, ObjectId)],
    ) -> Result<Option<Vec<Delivered>>, RemoteError> {
        let parts: Vec<Part> = refused.iter().map(|(part, _)| *part).collect();
        let told = |what| parts.iter().map(|part| Delivered { part: *part, what }).collect();
        if self.plan.request.dry_run {
            return Ok(Some(told(Arrival::Taken)));
        }
        let remote = &self.destination.remote;
        fetch::look_at_own(self.exchange, remote, self.writer, &parts)?;
        for part in &parts {
            if fetch::is_diverged(self.exchange, *part, remote, self.writer)? {
                return Ok(None);
            }
        }
        Ok(Some(told(Arrival::Ahead)))
    }
}
