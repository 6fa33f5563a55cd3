//! What a draft needs to know besides the transcript: how the session's files stand, what its commits are called, and
//! what the person does not want to read again.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path};

use crate::git::{CommitFacts, Repository};
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::model::outline::FileState;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::policy::draft::{self, Candidates, Cuts, Draft, Occasion};
use crate::store::LocalError;

/// The name under which a worktree keeps what was taken out of its drafts.
const CUTS: &str = "cuts";

/// Larger files count as changed without a look.
const LARGEST: u64 = 8 << 20;

/// Most commits whose messages are looked up.
const COMMITS: usize = 12;

/// What a draft is about.
pub struct About<'a> {
    pub digest: &'a Digest,
    /// The commit that it goes with.
    pub commit: &'a CommitFacts,
    /// Up to when the last checkpoint tells the session.
    pub since: Option<Timestamp>,
    /// Most tokens.
    pub budget: u64,
}

/// Puts a draft together.
pub fn draft(desk: &Desk, about: &About) -> Draft {
    let worktree = desk.directory.to_string_lossy();
    let candidates = draft::candidates(about.digest, Some(&worktree));
    let occasion = Occasion {
        worktree: Some(&worktree),
        subject: &about.commit.subject,
        since: about.since,
        states: &states(desk, about.commit.tree, &candidates),
        subjects: &subjects(desk.store.repository(), about.digest),
        cuts: &cuts(desk),
        budget: about.budget,
    };
    draft::draft(about.digest, &occasion)
}

/// What was taken out of drafts in this worktree.
pub fn cuts(desk: &Desk) -> Cuts {
    desk.store.recall_in_worktree(CUTS).unwrap_or_default()
}

/// Remembers what a person took out of a draft.
pub fn remember_cuts(desk: &Desk, drafted: &str, edited: &str) -> Result<usize, LocalError> {
    let gone = draft::missing_lines(drafted, edited);
    let mut cuts = cuts(desk);
    let before = cuts.clone();
    cuts.add(&gone, edited);
    if cuts != before {
        desk.store.remember_in_worktree(CUTS, &cuts)?;
    }
    Ok(gone.len())
}

/// Lets all of it be drafted again.
pub fn forget_cuts(desk: &Desk) -> Result<(), LocalError> {
    desk.store.forget_in_worktree(CUTS)
}

fn states(desk: &Desk, tree: ObjectId, candidates: &Candidates) -> BTreeMap<String, FileState> {
    let repository = desk.store.repository();
    let mut states = BTreeMap::new();
    for name in candidates.named.iter().filter(|name| is_within(name)) {
        let there =
            desk.directory.join(name).is_file() || in_tree(repository, tree, name).is_some();
        if there {
            states.insert(name.clone(), FileState::Untouched);
        }
    }
    for name in candidates.edited.iter().filter(|name| is_within(name)) {
        let committed = in_tree(repository, tree, name);
        let state = match (committed, content(&desk.directory.join(name))) {
            (None, Content::Absent) => continue,
            (Some(id), Content::Bytes(bytes)) if is_same(repository, id, &bytes) => FileState::Done,
            _ => FileState::InProgress,
        };
        states.insert(name.clone(), state);
    }
    for name in candidates.deleted.iter().filter(|name| is_within(name)) {
        let committed = in_tree(repository, tree, name).is_some();
        let state = if committed { FileState::InProgress } else { FileState::Done };
        states.insert(name.clone(), state);
    }
    states
}

fn in_tree(repository: &Repository, tree: ObjectId, name: &str) -> Option<ObjectId> {
    repository.entry_at(tree, name).ok().flatten().map(|entry| entry.id)
}

/// What a file holds now.
enum Content {
    Absent,
    Bytes(Vec<u8>),
    /// Too large to look at, or no file.
    Other,
}

fn content(path: &Path) -> Content {
    match std::fs::symlink_metadata(path) {
        Ok(facts) if facts.is_file() && facts.len() <= LARGEST => {
            std::fs::read(path).map_or(Content::Other, Content::Bytes)
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Content::Absent
        }
        _ => Content::Other,
    }
}

/// Whether bytes are those of a blob, or were before a checkout gave them other line ends.
fn is_same(repository: &Repository, id: ObjectId, bytes: &[u8]) -> bool {
    if repository.is_blob(id, bytes) {
        return true;
    }
    let is_end = |at: usize| bytes[at..].starts_with(b"\r\n");
    let plain = bytes.iter().enumerate().filter(|(at, _)| !is_end(*at)).map(|(_, byte)| *byte);
    let plain: Vec<u8> = plain.collect();
    plain.len() < bytes.len() && repository.is_blob(id, &plain)
}

/// A name that leads out of the worktree is somebody else's business.
fn is_within(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn subjects(repository: &Repository, digest: &Digest) -> BTreeMap<String, String> {
    let newest = digest.commits.iter().rev().take(COMMITS);
    newest
        .filter_map(|made| {
            let id = repository.resolve_commit(&made.id).ok()?;
            Some((made.id.clone(), repository.commit(id).ok()?.subject))
        })
        .collect()
}
