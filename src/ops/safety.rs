//! Making sure that a live session is stored, and can be read back, before it is replaced.

use std::path::PathBuf;

use crate::agent::{Found, SessionFile, adapter};
use crate::model::snapshot::{Snapshot, StoredFile};
use crate::ops::Desk;
use crate::ops::existing::{self, CompareError, Existing};
use crate::ops::restore::RestoreError;
use crate::ops::save::{self, Safety, SaveOutcome};
use crate::ops::save_session;
use crate::ops::secrets;
use crate::store::{Files, Tied};

/// How often a live session is captured anew because it changed while it was captured.
const ATTEMPTS: usize = 3;

/// Captures a live session and proves the copy; again where the session changed meanwhile.
pub fn capture_first(desk: &Desk, found: &Found, why: Safety) -> Result<SaveOutcome, RestoreError> {
    let mut found = found.clone();
    let mut attempts = 1;
    loop {
        // A save trusts its caches and compares samples; what is about to be replaced is read whole.
        let source = save_session::source(desk, &found)?;
        desk.store.distrust(&source).map_err(|error| safety(error.into()))?;
        let outcome = save::save_safety(desk, &found, why).map_err(safety)?;
        if is_proven(desk, &found, &outcome)? {
            return Ok(outcome);
        }
        if attempts == ATTEMPTS {
            return Err(RestoreError::StillGrowing { session: found.id, safety: outcome.id });
        }
        attempts += 1;
        let facts = std::fs::metadata(&found.transcript).map_err(|source| {
            RestoreError::Unreadable { path: found.transcript.clone(), source }
        })?;
        found.bytes = facts.len();
    }
}

fn safety(error: save::SaveError) -> RestoreError {
    RestoreError::Safety(error.into())
}

/// Whether every byte of the copy reads back, and is what lies on disk now.
fn is_proven(desk: &Desk, found: &Found, outcome: &SaveOutcome) -> Result<bool, RestoreError> {
    let tied = desk.store.tied_to(outcome.commit)?;
    let Some(tied) = tied.into_iter().find(|tied| tied.id() == Some(&outcome.id)) else {
        return Ok(false);
    };
    reads_as_it_lies(desk, found, &tied)
}

/// Whether a checkpoint holds a live session just as it lies on disk, all companion files included.
pub fn holds(desk: &Desk, found: &Found, tied: &Tied) -> Result<bool, RestoreError> {
    let snapshots = tied.checkpoint().map_or(&[][..], |checkpoint| &checkpoint.header.snapshots);
    let is_it =
        |snapshot: &&Snapshot| snapshot.session == found.id && snapshot.agent == found.agent.name();
    let Some(snapshot) = snapshots.iter().find(is_it) else { return Ok(false) };
    let length = Some(snapshot.transcript.bytes).filter(|_| snapshot.transcript.redacted.is_none());
    if snapshots.len() > 1 || length.is_some_and(|length| length != found.bytes) {
        return Ok(false);
    }
    let live = adapter(found.agent).companions(&desk.around, found)?;
    let stored = match &snapshot.companions {
        Some(list) => desk.store.files(&tied.writer)?.companions(list),
        None => Ok(Vec::new()),
    };
    // What cannot be read back is not held.
    let Ok(stored) = stored else { return Ok(false) };
    let is_stored = |file: &SessionFile| stored.iter().any(|one| one.file == file.name);
    if stored.len() != live.len() || !live.iter().all(is_stored) {
        return Ok(false);
    }
    Ok(reads_as_it_lies(desk, found, tied).unwrap_or(false))
}

fn reads_as_it_lies(desk: &Desk, found: &Found, tied: &Tied) -> Result<bool, RestoreError> {
    let (files, vault) = (desk.store.files(&tied.writer)?, secrets::vault(desk));
    for (path, stored) in live_files(desk, found, tied, &files)? {
        files.write_out(&stored, &mut std::io::sink()).map_err(RestoreError::Unproven)?;
        let (existing, _) =
            existing::compare(&files, &vault, &path, &stored).map_err(|error| match error {
                CompareError::Unreadable(source) => RestoreError::Unreadable { path, source },
                CompareError::NotAFile => RestoreError::NotAFile { path },
                CompareError::Damaged(source) => RestoreError::Unproven(source),
            })?;
        if existing != Existing::Same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files of a live session, each with what the copy has of it.
fn live_files(
    desk: &Desk,
    found: &Found,
    tied: &Tied,
    files: &Files,
) -> Result<Vec<(PathBuf, StoredFile)>, RestoreError> {
    let mut pairs = Vec::new();
    let snapshots = tied.checkpoint().map_or(&[][..], |checkpoint| &checkpoint.header.snapshots);
    for snapshot in snapshots {
        pairs.push((found.transcript.clone(), snapshot.transcript.clone()));
        let Some(list) = &snapshot.companions else { continue };
        let stored = files.companions(list).map_err(RestoreError::Unproven)?;
        for file in adapter(found.agent).companions(&desk.around, found)? {
            if let Some(companion) = stored.iter().find(|companion| companion.file == file.name) {
                pairs.push((file.path, companion.stored.clone()));
            }
        }
    }
    Ok(pairs)
}
