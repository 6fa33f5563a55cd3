//! Checking every byte of every checkpoint against its hashes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::causes::with_causes;
use crate::model::checkpoint::{CheckpointId, Part};
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::model::snapshot::{LogId, StoredFile};
use crate::ops::Desk;
use crate::ops::session_logs;
use crate::store::{CommitError, Content, Files, ReadError, Tied, Unreadable, Writer};

/// What is wrong with one checkpoint, and what of it is still good.
#[derive(Debug)]
pub struct Problem {
    /// `None` where the ties themselves are damaged, so that nobody knows what they held.
    pub commit: Option<ObjectId>,
    pub checkpoint: Option<CheckpointId>,
    pub title: Option<String>,
    pub what: Damage,
    pub detail: String,
}

/// Which part is damaged; the other parts of the checkpoint can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A part of the tree that ties checkpoints to commits.
    Ties,
    /// All that a commit carries.
    Note,
    Document,
    Transcript,
    CompanionList,
    Companion,
    Attachment,
}

/// What was checked and what was found.
#[derive(Debug, Default)]
pub struct VerifyOutcome {
    pub checkpoints: usize,
    pub newer: usize,
    /// Agent and id of each session that was captured, however often.
    pub sessions: BTreeSet<(String, SessionId)>,
    pub files: usize,
    pub bytes: u64,
    /// Snapshots whose logs were not fetched; their documents are here.
    pub not_fetched: usize,
    /// Files that are sealed and open to nobody here: they are there, and what they hold is not known.
    pub sealed: usize,
    /// The same of documents: they are what their ids say, and what sessions they have is not known.
    pub sealed_documents: usize,
    pub problems: Vec<Problem>,
}

/// A stored file and whose it is.
struct Stored<'a> {
    tied: &'a Tied,
    what: Damage,
    stored: StoredFile,
    /// The log of the transcript that it belongs to; of an attachment its own.
    session: LogId,
}

pub fn verify(desk: &Desk) -> Result<VerifyOutcome, CommitError> {
    let mut outcome = VerifyOutcome::default();
    let notes = desk.store.notes()?;
    outcome.problems.extend(notes.unreadable.iter().map(unreadable));
    let mut by_writer: BTreeMap<String, (Arc<Writer>, Vec<Tied>)> = BTreeMap::new();
    for commit in notes.commits() {
        for tied in desk.store.read_notes(&notes, commit) {
            let writer = tied.writer.clone();
            let ties = by_writer.entry(writer.log_ref.clone()).or_insert((writer, Vec::new()));
            ties.1.push(tied);
        }
    }
    for (writer, ties) in by_writer.into_values() {
        check_writer(desk, &writer, &ties, &mut outcome)?;
    }
    outcome.problems.sort_by_key(|problem| (problem.commit, problem.checkpoint.clone()));
    Ok(outcome)
}

fn unreadable(part: &Unreadable) -> Problem {
    let place = match part.path.as_str() {
        "" => part.reference.clone(),
        path => format!("{}, directory {path}", part.reference),
    };
    Problem {
        commit: None,
        checkpoint: None,
        title: None,
        what: Damage::Ties,
        detail: format!("{place}: {}", with_causes(&part.source)),
    }
}

fn check_writer(
    desk: &Desk,
    writer: &Writer,
    ties: &[Tied],
    outcome: &mut VerifyOutcome,
) -> Result<(), CommitError> {
    let files = desk.store.files(writer)?;
    let mut parts: BTreeMap<LogId, Vec<Stored>> = BTreeMap::new();
    for tied in ties {
        outcome.checkpoints += 1;
        match &tied.content {
            Content::Newer { .. } => outcome.newer += 1,
            Content::Sealed(_) => outcome.sealed_documents += 1,
            Content::Damaged { problem, .. } => {
                let what = if tied.document.is_empty() { Damage::Note } else { Damage::Document };
                outcome.report(tied, what, problem.clone());
            }
            Content::Known(_) if is_elsewhere(desk, tied, &files) => outcome.not_fetched += 1,
            Content::Known(_) => {
                for part in stored_files(desk, &files, tied, outcome) {
                    parts.entry(part.stored.log.clone()).or_default().push(part);
                }
            }
        }
    }
    for (log, parts) in parts {
        check_log(desk, &files, &log, &parts, outcome);
    }
    Ok(())
}

/// Whether a file of a checkpoint is in logs that are not here. What cannot be told is told when it is read.
fn is_elsewhere(desk: &Desk, tied: &Tied, files: &Files) -> bool {
    let elsewhere = |part: Part| session_logs::is_elsewhere(desk, tied, part.stored(), files);
    // What this clone wrote itself and nobody else can have is lost.
    let fetchable = tied.writer.fetched || desk.store.lacks_logs().unwrap_or(false);
    let mut parts = tied.checkpoint().into_iter().flat_map(|known| known.header.parts());
    fetchable && parts.any(|part| elsewhere(part).unwrap_or(false))
}

fn stored_files<'a>(
    desk: &Desk,
    files: &Files,
    tied: &'a Tied,
    outcome: &mut VerifyOutcome,
) -> Vec<Stored<'a>> {
    let mut all = Vec::new();
    for part in tied.checkpoint().into_iter().flat_map(|known| known.header.parts()) {
        let (what, session) = match part {
            Part::Transcript(snapshot) => (Damage::Transcript, &snapshot.transcript.log),
            Part::CompanionList(snapshot, _) => (Damage::CompanionList, &snapshot.transcript.log),
            Part::Attachment(attachment) => (Damage::Attachment, &attachment.stored.log),
        };
        let one = |what, stored| Stored { tied, what, stored, session: session.clone() };
        if let Part::Transcript(snapshot) = part {
            outcome.sessions.insert((snapshot.agent.clone(), snapshot.session.clone()));
        }
        let Part::CompanionList(_, list) = part else {
            all.push(one(what, part.stored().clone()));
            continue;
        };
        match files.companions(list) {
            Ok(companions) => {
                all.push(one(what, list.clone()));
                let stored = companions.into_iter().map(|companion| companion.stored);
                all.extend(stored.map(|stored| one(Damage::Companion, stored)));
            }
            Err(error) if error.is_sealed() => all.push(one(what, list.clone())),
            Err(error) => {
                outcome.report(tied, what, with_causes(&error));
                distrust(desk, session, &list.log);
            }
        }
    }
    all
}

fn check_log(
    desk: &Desk,
    files: &Files,
    log: &LogId,
    parts: &[Stored],
    outcome: &mut VerifyOutcome,
) {
    let stored: Vec<&StoredFile> = parts.iter().map(|part| &part.stored).collect();
    for (part, result) in parts.iter().zip(files.check(log, &stored)) {
        if result.as_ref().is_err_and(ReadError::is_sealed) {
            outcome.sealed += 1;
            continue;
        }
        outcome.files += 1;
        outcome.bytes += part.stored.bytes;
        match result {
            Ok(()) => {}
            Err(error) => {
                outcome.report(part.tied, part.what, with_causes(&error));
                distrust(desk, &part.session, log);
            }
        }
    }
}

/// Has the next save read the file whole and store anew what its log has lost.
fn distrust(desk: &Desk, transcript: &LogId, log: &LogId) {
    // In a repository that is only to be read there is nothing to forget, and no next save.
    let _ = desk.store.distrust_log(transcript, log);
}

impl VerifyOutcome {
    fn report(&mut self, tied: &Tied, what: Damage, detail: String) {
        self.problems.push(Problem {
            commit: Some(tied.commit),
            checkpoint: tied.id().cloned(),
            title: tied.checkpoint().map(|checkpoint| checkpoint.header.title.clone()),
            what,
            detail,
        });
    }
}
