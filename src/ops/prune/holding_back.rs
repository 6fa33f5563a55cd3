//! What would be lost for good: checkpoints that are nowhere else, and the only copies of sessions.
//!
//! What a remote has of the refs of this very clone counts as pushed, but not as a copy of a session: the next push
//! takes it away there, too.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::agent::adapter;
use crate::model::agent::Agent;
use crate::model::checkpoint::{Attachment, CheckpointId, Kind};
use crate::model::hash::Sha256;
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::model::snapshot::{FileName, Snapshot};
use crate::ops::Desk;
use crate::ops::prune::PruneError;
use crate::store::{Holdings, Tied};

/// Why a checkpoint stays unless it is insisted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No remote that was fetched from or pushed to has it.
    Unpushed,
    /// The agent has no such session any more, and no other checkpoint has as much of it.
    OnlyCopy { agent: String, session: SessionId },
    /// No other checkpoint has this attachment.
    OnlyAttachment { name: FileName },
}

type Session = (String, SessionId);

/// Knows what else there is.
pub struct Holder<'a> {
    desk: &'a Desk,
    holdings: &'a Holdings,
    /// Ties that some remote has.
    pushed: HashSet<(ObjectId, CheckpointId)>,
    /// The most bytes that other writers' checkpoints have of a session.
    elsewhere: HashMap<Session, u64>,
    /// The attachments of other writers' checkpoints.
    attached: HashSet<Sha256>,
}

impl<'a> Holder<'a> {
    pub fn new(desk: &'a Desk, holdings: &'a Holdings) -> Result<Self, PruneError> {
        let mut holder = Self {
            desk,
            holdings,
            pushed: HashSet::new(),
            elsewhere: HashMap::new(),
            attached: HashSet::new(),
        };
        let local: HashSet<String> =
            holdings.held.iter().map(|tied| tied.writer.name.clone()).collect();
        for writer in desk.store.all_writers()?.into_iter().filter(|writer| writer.fetched) {
            let is_ours = writer.origin().is_some_and(|(_, name)| local.contains(name));
            let has_logs = desk.store.repository().reference(&writer.log_ref)?.is_some();
            for tied in desk.store.all_documents(&Arc::new(writer))? {
                let Some(id) = tied.id() else { continue };
                holder.pushed.insert((tied.commit, id.clone()));
                if has_logs && !is_ours {
                    snapshots(&tied).iter().for_each(|one| raise(&mut holder.elsewhere, one));
                    holder.attached.extend(hashes(&tied));
                }
            }
        }
        Ok(holder)
    }

    /// Those of the places that have to stay, each with the reason.
    pub fn held_back(&self, going: &[usize]) -> Result<Vec<(usize, Reason)>, PruneError> {
        let gone: HashSet<usize> = going.iter().copied().collect();
        let (mut ids, mut kept) = (HashSet::new(), self.elsewhere.clone());
        let mut attached = self.attached.clone();
        for (place, tied) in self.holdings.held.iter().enumerate() {
            if !gone.contains(&place) {
                ids.extend(tied.id().cloned());
                attached.extend(hashes(tied));
                snapshots(tied).iter().for_each(|snapshot| raise(&mut kept, snapshot));
            }
        }
        let mut newest_first: Vec<usize> = going.to_vec();
        newest_first.sort_by_key(|place| std::cmp::Reverse(self.holdings.held[*place].created()));
        let mut held = Vec::new();
        for place in newest_first {
            let tied = &self.holdings.held[place];
            // The same checkpoint stays at another commit.
            if tied.id().is_some_and(|id| ids.contains(id)) {
                continue;
            }
            if let Some(reason) = self.reason(tied, &kept, &attached)? {
                ids.extend(tied.id().cloned());
                attached.extend(hashes(tied));
                snapshots(tied).iter().for_each(|snapshot| raise(&mut kept, snapshot));
                held.push((place, reason));
            }
        }
        held.reverse();
        Ok(held)
    }

    fn reason(
        &self,
        tied: &Tied,
        kept: &HashMap<Session, u64>,
        attached: &HashSet<Sha256>,
    ) -> Result<Option<Reason>, PruneError> {
        for snapshot in snapshots(tied) {
            let covered = kept.get(&session(snapshot)).copied().unwrap_or(0);
            if covered < snapshot.transcript.bytes && !self.is_on_disk(snapshot)? {
                let (agent, session) = session(snapshot);
                return Ok(Some(Reason::OnlyCopy { agent, session }));
            }
        }
        let attachments = tied.checkpoint().into_iter().flat_map(|known| &known.header.attachments);
        let only = attachments.into_iter().find(|one| !attached.contains(&one.stored.sha256));
        if let Some(Attachment { name, .. }) = only {
            return Ok(Some(Reason::OnlyAttachment { name: name.clone() }));
        }
        let is_safety =
            tied.checkpoint().is_some_and(|checkpoint| checkpoint.header.kind == Kind::Safety);
        let is_pushed =
            tied.id().is_some_and(|id| self.pushed.contains(&(tied.commit, id.clone())));
        Ok((!is_pushed && !is_safety).then_some(Reason::Unpushed))
    }

    /// Whether the agent still has as much of the session.
    fn is_on_disk(&self, snapshot: &Snapshot) -> Result<bool, PruneError> {
        let Some(agent) = Agent::ALL.into_iter().find(|agent| agent.name() == snapshot.agent)
        else {
            return Ok(false);
        };
        let Desk { around, directory, .. } = self.desk;
        let found = adapter(agent).session(around, directory, &snapshot.session)?;
        Ok(found.is_some_and(|found| found.bytes >= snapshot.transcript.bytes))
    }
}

fn snapshots(tied: &Tied) -> &[Snapshot] {
    tied.checkpoint().map_or(&[], |checkpoint| &checkpoint.header.snapshots)
}

/// What the attachments of a checkpoint are told by.
fn hashes(tied: &Tied) -> impl Iterator<Item = Sha256> + '_ {
    let attachments = tied.checkpoint().into_iter().flat_map(|known| &known.header.attachments);
    attachments.map(|attachment| attachment.stored.sha256)
}

fn session(snapshot: &Snapshot) -> Session {
    (snapshot.agent.clone(), snapshot.session.clone())
}

fn raise(most: &mut HashMap<Session, u64>, snapshot: &Snapshot) {
    let bytes = most.entry(session(snapshot)).or_default();
    *bytes = (*bytes).max(snapshot.transcript.bytes);
}
