//! Capture that has fallen behind: a session that has gone on, and commits of it that carry nothing.

use std::collections::HashSet;
use std::error::Error;

use crate::agent::Found;
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::ops::choose_session;
use crate::ops::doctor::{Finding, Patient, Severity};
use crate::ops::transcript::digest_now;

/// Turns, or bytes, that a session may be ahead before it is worth a word.
const TURNS: u64 = 3;
const BYTES: u64 = 256 << 10;
/// Commits of a session that are looked at, the latest.
const COMMITS: usize = 50;

pub fn check(patient: &Patient) -> Result<Vec<Finding>, Box<dyn Error>> {
    let desk = patient.desk;
    let current = match choose_session::live(desk)? {
        Some(live) => Some(live),
        None => choose_session::all(desk)?.into_iter().next(),
    };
    let Some(session) = current else { return Ok(Vec::new()) };
    let digest = digest_now(&desk.store, &session)?;
    let mut found = Vec::new();
    found.extend(ahead(patient, &session, &digest)?);
    found.extend(bare_commits(patient, &session, &digest)?);
    Ok(found)
}

fn ahead(
    patient: &Patient,
    session: &Found,
    digest: &Digest,
) -> Result<Option<Finding>, Box<dyn Error>> {
    let all = patient.checkpoints()?.iter().filter_map(|tied| tied.checkpoint());
    let same = all.flat_map(|checkpoint| &checkpoint.header.snapshots).filter(|snapshot| {
        snapshot.session == session.id && snapshot.agent == session.agent.name()
    });
    let stored = same.map(|snapshot| (snapshot.transcript.bytes, snapshot.turns)).max();
    let (bytes, turns) = stored.unwrap_or_default();
    let (bytes, turns) = (session.bytes.saturating_sub(bytes), digest.turns.saturating_sub(turns));
    if turns < TURNS && bytes < BYTES {
        return Ok(None);
    }
    let name = session.id.short();
    let what = match stored {
        Some(_) => format!(
            "session {name} is {turns} turns and {bytes} bytes ahead of its last checkpoint"
        ),
        None => format!("session {name} has {turns} turns and {bytes} bytes, and no checkpoint"),
    };
    let means = "what was said since then is only in the agent's own files";
    let mend = format!("git ckpt save --session {}", session.id);
    Ok(Some(Finding::new(Severity::Warning, what, means).mend(mend)))
}

/// Commits that the agent made in this session and that carry no checkpoint.
fn bare_commits(
    patient: &Patient,
    session: &Found,
    digest: &Digest,
) -> Result<Option<Finding>, Box<dyn Error>> {
    let repository = patient.desk.store.repository();
    let tied: HashSet<ObjectId> = patient.checkpoints()?.iter().map(|tied| tied.commit).collect();
    let latest = digest.commits.iter().rev().take(COMMITS);
    let here = latest.filter_map(|made| repository.resolve_commit(&made.id).ok());
    let candidates: Vec<ObjectId> = here.filter(|commit| !tied.contains(commit)).collect();
    if candidates.is_empty() {
        return Ok(None);
    }
    let reachable = repository.reachable()?;
    let bare: Vec<ObjectId> =
        candidates.into_iter().filter(|commit| reachable.contains(commit)).collect();
    let Some(newest) = bare.first() else { return Ok(None) };
    let what = format!(
        "session {} made {} commits that carry no checkpoint",
        session.id.short(),
        bare.len()
    );
    let means = "how these came about is not kept with them";
    let mend = format!("git ckpt save {} --session {}", newest.short(), session.id);
    Ok(Some(Finding::new(Severity::Note, what, means).mend(mend)))
}
