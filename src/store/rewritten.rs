//! Which refs were rewritten here since a remote last had them, so that the next push may replace just these.
//!
//! A rewritten ref does not contain what the remote has, and no push may force anything else. Each entry names the tip
//! that was last seen at the remote: it is the lease of that push, and whoever wrote there meanwhile keeps what they
//! wrote. An entry whose lease is not what was seen last means nothing any more.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::git::{RefError, Repository};
use crate::model::object::ObjectId;
use crate::model::writer::TIES_PREFIX;
use crate::store::local::{self, LocalError};
use crate::store::tracking::{seen_at, tracking_of};
use crate::store::transaction::CommitError;
use crate::store::writers::Writer;

/// A ref of a remote that has to be replaced, or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub remote: String,
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where it stood when it was last seen; without one it must not exist yet.
    pub lease: Option<ObjectId>,
    /// The local ref that holds all that it held, when it is to be deleted. Without one it is to be replaced by what
    /// the local ref of its own name stands at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_in: Option<String>,
}

impl Entry {
    /// Where the ref was last seen at the remote.
    fn seen(&self, repository: &Repository) -> Result<Option<ObjectId>, RefError> {
        repository.reference(&tracking_of(&self.remote, &self.reference))
    }
}

/// All that waits for a push.
#[derive(Debug, Default)]
pub struct Rewritten {
    entries: Vec<Entry>,
}

impl Rewritten {
    /// What is written down in `directory`; lines that cannot be read name nothing.
    pub fn load(directory: &Path) -> Self {
        let text = std::fs::read_to_string(directory.join("rewritten")).unwrap_or_default();
        let entries = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        Self { entries: entries.collect() }
    }

    pub fn store(&self, directory: &Path) -> Result<(), LocalError> {
        let path = directory.join("rewritten");
        let mut text = Vec::new();
        for entry in &self.entries {
            serde_json::to_writer(&mut text, entry)
                .map_err(|error| LocalError { path: path.clone(), source: error.into() })?;
            text.push(b'\n');
        }
        local::replace(&path, &text)
    }

    /// Adds an entry, in place of an earlier one of the same ref.
    pub fn add(&mut self, new: Entry) {
        self.entries
            .retain(|entry| (&entry.remote, &entry.reference) != (&new.remote, &new.reference));
        self.entries.push(new);
    }

    /// Adds what remotes have of the local ref `reference`, which is about to lose its past: whatever of it stands
    /// where the local ref once did. What another clone has put there is not ours to replace.
    pub fn add_remotes_of(
        &mut self,
        repository: &Repository,
        reference: &str,
        tip: ObjectId,
    ) -> Result<(), CommitError> {
        for (remote, seen) in seen_at(repository, reference)? {
            let past = repository.contains(tip, seen).unwrap_or(false);
            if past || self.entry(&remote, reference, seen).is_some() {
                let (reference, lease) = (reference.to_owned(), Some(seen));
                self.add(Entry { remote, reference, lease, kept_in: None });
            }
        }
        Ok(())
    }

    /// Strikes what has been pushed, or means nothing any more; true when there was something.
    pub fn settle(&mut self, repository: &Repository) -> Result<bool, CommitError> {
        let before = self.entries.len();
        let mut waiting = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            if entry.seen(repository)? == entry.lease {
                waiting.push(entry);
            }
        }
        self.entries = waiting;
        Ok(self.entries.len() < before)
    }

    /// The remotes that still have what was rewritten or folded here, as it was last seen there.
    pub fn remotes(&self, repository: &Repository) -> Result<Vec<String>, CommitError> {
        let mut remotes = Vec::new();
        for entry in &self.entries {
            if entry.lease.is_some() && entry.seen(repository)? == entry.lease {
                remotes.push(entry.remote.clone());
            }
        }
        remotes.sort();
        remotes.dedup();
        Ok(remotes)
    }

    /// Whether what was fetched from this writer is kept in a local ref, and perhaps pruned there.
    pub fn supersedes(&self, repository: &Repository, writer: &Writer) -> bool {
        let Some((remote, name)) = writer.origin() else { return false };
        let reference = format!("{TIES_PREFIX}{name}");
        let entry = self.entry(remote, &reference, writer.ties);
        let keeper = entry.map(|entry| entry.kept_in.as_deref().unwrap_or(&entry.reference));
        keeper.is_some_and(|keeper| matches!(repository.reference(keeper), Ok(Some(_))))
    }

    /// Whether a ref was rewritten here that stood at `seen` at a remote.
    pub fn has(&self, remote: &str, reference: &str, seen: ObjectId) -> bool {
        self.entry(remote, reference, seen).is_some()
    }

    /// What waits for a push to a remote.
    pub fn waiting_at(self, remote: &str) -> Vec<Entry> {
        self.entries.into_iter().filter(|entry| entry.remote == remote).collect()
    }

    fn entry(&self, remote: &str, reference: &str, seen: ObjectId) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            (entry.remote.as_str(), entry.reference.as_str()) == (remote, reference)
                && entry.lease == Some(seen)
        })
    }
}
