//! Folding writers whose clones are gone into one archive of their author, so that refs number the people.
//!
//! The archive gets all notes and all logs of a writer, and only then the writer's refs are marked for deletion at the
//! remote. A writer whose logs cannot be put beside those of the archive, because both grew from the same log, is left
//! as it is; so is one that cannot be read whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::format::note::{self, Piece};
use crate::git::{EntryKind, ObjectError, Repository, Stamp, Swap, TreeEdit, TreeEntry};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::writer::{LOGS_PREFIX, TIES_PREFIX, WriterId};
use crate::store::holdings::logs_below;
use crate::store::keys::{keys_below, path_of};
use crate::store::lock::Lock;
use crate::store::rewritten::{Entry, Rewritten};
use crate::store::ties::{self, Found};
use crate::store::tracking::tracking_of;
use crate::store::transaction::{CommitError, Tip, stale_after, write_tip};
use crate::store::writers::Writer;
use crate::store::{Store, tree_of};

const MESSAGE: &str = "git-ckpt: folded\n";

/// Why a writer was not folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfolded {
    /// Its logs were not fetched.
    NoLogs,
    /// Its logs go on otherwise than those of the archive.
    Diverged,
    /// A part of it cannot be read.
    Damaged,
}

/// What became of writers that were to be folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// As they were fetched: `<remote>/<name>`.
    pub writers: Vec<String>,
    pub left: Vec<(String, Unfolded)>,
}

/// The archive as it will be.
struct Archive {
    ties: Option<ObjectId>,
    logs: Option<ObjectId>,
}

impl Store {
    /// Folds fetched writers into `archive`. Other clones of the same author may have an archive, too; it is taken in.
    pub fn fold(
        &self,
        writers: &[Writer],
        archive: &WriterId,
        stamp: &Stamp,
    ) -> Result<Folded, CommitError> {
        let lock = Lock::wait(&self.directory)?;
        let ties = Tip::read(self.repository(), archive.ties_ref())?;
        let logs = Tip::read(self.repository(), archive.log_ref())?;
        let mut made = Archive { ties: ties.tree, logs: logs.tree };
        let mut parents = [vec![], vec![]];
        let mut folded = Folded::default();
        for other in self.archives_of(archive)? {
            if let Err(why) = self.take_in(&other, &mut made)? {
                // What a remote has is replaced only by what holds all of it.
                folded.left.push((other.name, why));
                return Ok(folded);
            }
            parents[0].push(other.ties);
            parents[1].extend(self.repository().reference(&other.log_ref)?);
        }
        for writer in writers {
            match self.take_in(writer, &mut made)? {
                Ok(()) => folded.writers.push(writer.name.clone()),
                Err(why) => folded.left.push((writer.name.clone(), why)),
            }
        }
        if folded.writers.is_empty() {
            return Ok(folded);
        }
        let [ties_parents, logs_parents] = parents;
        // Logs first: a tie without its frames is nowhere to be seen.
        for (tip, tree, others) in
            [(logs, made.logs, logs_parents), (ties, made.ties, ties_parents)]
        {
            self.advance(&tip, tree, others, stamp, &lock)?;
        }
        self.announce_fold(&folded, writers, archive)?;
        Ok(folded)
    }

    /// The archives of this name that remotes have and that are not known to be in our own.
    fn archives_of(&self, archive: &WriterId) -> Result<Vec<Writer>, CommitError> {
        let all = self.current_writers()?.into_iter();
        let named =
            |writer: &Writer| writer.origin().is_some_and(|(_, name)| name == archive.as_str());
        Ok(all.filter(named).collect())
    }

    /// Moves a ref of the archive to where its tree is this one.
    fn advance(
        &self,
        tip: &Tip,
        tree: Option<ObjectId>,
        others: Vec<ObjectId>,
        stamp: &Stamp,
        lock: &Lock,
    ) -> Result<(), CommitError> {
        let Some(tree) = tree.filter(|tree| Some(*tree) != tip.tree) else { return Ok(()) };
        let mut parents: Vec<ObjectId> = tip.commit.into_iter().collect();
        parents.extend(others.into_iter().filter(|other| Some(*other) != tip.commit));
        parents.dedup();
        let new = write_tip(self.repository(), tree, parents, stamp, MESSAGE)?;
        match tip.swap(self.repository(), new, MESSAGE.trim_end(), stale_after(lock))? {
            Swap::Done => Ok(()),
            Swap::Lost => Err(CommitError::Moved { reference: tip.reference.clone() }),
        }
    }

    /// Puts what a writer has beside what the archive has.
    fn take_in(
        &self,
        writer: &Writer,
        archive: &mut Archive,
    ) -> Result<Result<(), Unfolded>, CommitError> {
        let mut documents = Vec::new();
        if !self.documents_of(&Arc::new(writer.clone()), &mut documents)?
            || documents.iter().any(|tied| tied.document.is_empty())
        {
            return Ok(Err(Unfolded::Damaged));
        }
        let needs_logs = documents.iter().any(|tied| {
            tied.checkpoint().is_none_or(|checkpoint| checkpoint.header.parts().next().is_some())
        });
        let logs = match tree_of(self.repository(), &writer.log_ref)? {
            None if needs_logs => return Ok(Err(Unfolded::NoLogs)),
            None => archive.logs,
            Some((_, root)) => match with_logs(self.repository(), archive.logs, root)? {
                Some(logs) => Some(logs),
                None => return Ok(Err(Unfolded::Diverged)),
            },
        };
        archive.ties = Some(with_ties(self.repository(), archive.ties, self.root(writer)?)?);
        archive.logs = logs;
        Ok(Ok(()))
    }

    /// Writes down what the next push has to put in place, and what it may delete then.
    fn announce_fold(
        &self,
        folded: &Folded,
        writers: &[Writer],
        archive: &WriterId,
    ) -> Result<(), CommitError> {
        let mut rewritten = Rewritten::load(&self.directory);
        for writer in writers.iter().filter(|writer| folded.writers.contains(&writer.name)) {
            let Some((remote, name)) = writer.origin() else { continue };
            for (prefix, kept_in) in
                [(LOGS_PREFIX, archive.log_ref()), (TIES_PREFIX, archive.ties_ref())]
            {
                let lease =
                    |reference: &str| self.repository().reference(&tracking_of(remote, reference));
                if self.repository().reference(&kept_in)?.is_none() {
                    continue;
                }
                let remote = remote.to_owned();
                let there = lease(&kept_in)?;
                let entry = |reference, lease, kept_in| Entry {
                    remote: remote.clone(),
                    reference,
                    lease,
                    kept_in,
                };
                rewritten.add(entry(kept_in.clone(), there, None));
                let gone = format!("{prefix}{name}");
                if let Some(tip) = lease(&gone)? {
                    rewritten.add(entry(gone, Some(tip), Some(kept_in)));
                }
            }
        }
        Ok(rewritten.store(&self.directory)?)
    }
}

/// The notes of both; a commit that has one in both gets what either says of it.
fn with_ties(
    repository: &Repository,
    ours: Option<ObjectId>,
    theirs: ObjectId,
) -> Result<ObjectId, ObjectError> {
    let mut edits = Vec::new();
    let mut trouble = None;
    ties::each_note(repository, theirs, &mut |found| {
        let Found::Note(at) = found else { return };
        let merged = || -> Result<Vec<TreeEdit>, ObjectError> {
            let earlier = ours.map(|root| ties::find(repository, root, at.commit)).transpose()?;
            let Some(earlier) = earlier.flatten() else {
                return Ok(ties::edits(at.commit, None, at.blob));
            };
            if earlier.blob == at.blob {
                return Ok(Vec::new());
            }
            let note = with_pieces(
                ties::read(repository, earlier.blob)?,
                &ties::read(repository, at.blob)?,
            );
            Ok(ties::edits(at.commit, Some(&earlier), ties::write(repository, &note)?))
        };
        match merged() {
            Ok(merged) => edits.extend(merged),
            Err(error) => trouble = Some(error),
        }
    });
    edits.extend(new_keys(repository, ours, theirs)?);
    match trouble {
        Some(error) => Err(error),
        None => repository.edit_tree(ours, &edits),
    }
}

/// What puts the keys of one tree beside those of another.
fn new_keys(
    repository: &Repository,
    ours: Option<ObjectId>,
    theirs: ObjectId,
) -> Result<Vec<TreeEdit>, ObjectError> {
    let known = ours.map_or(Ok(Vec::new()), |root| keys_below(repository, root))?;
    // Nobody changes a key, only for whom it is wrapped: either opens what is sealed with it.
    let is_new = |key: &KeyId| known.iter().all(|(other, _)| other != key);
    let theirs = keys_below(repository, theirs)?.into_iter();
    let edit = |(key, entry): (KeyId, TreeEntry)| TreeEdit {
        path: path_of(key),
        entry: Some((EntryKind::Blob, entry.id)),
    };
    Ok(theirs.filter(|(key, _)| is_new(key)).map(edit).collect())
}

/// A note with the pieces of another one that it lacks.
fn with_pieces(mut note: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for piece in note::read(other) {
        let (Piece::Document(bytes, _) | Piece::Damaged(bytes, _) | Piece::Foreign(bytes)) = piece;
        if memchr::memmem::find(&note, bytes).is_none() {
            note = note::with(&note, bytes);
        }
    }
    note
}

/// The logs of both; `None` where one log stands otherwise in both, so that neither is all of it.
fn with_logs(
    repository: &Repository,
    ours: Option<ObjectId>,
    theirs: ObjectId,
) -> Result<Option<ObjectId>, ObjectError> {
    let known: BTreeMap<String, ObjectId> = match ours {
        Some(root) => {
            let logs = logs_below(repository, root)?.into_iter();
            logs.map(|(_, path, tree)| (path, tree)).collect()
        }
        None => BTreeMap::new(),
    };
    let mut edits = Vec::new();
    for (_, path, tree) in logs_below(repository, theirs)? {
        let longer = match known.get(&path) {
            Some(earlier) => match longer(repository, *earlier, tree)? {
                Some(longer) => longer,
                None => return Ok(None),
            },
            None => tree,
        };
        edits.push(TreeEdit { path, entry: Some((EntryKind::Tree, longer)) });
    }
    edits.extend(new_keys(repository, ours, theirs)?);
    repository.edit_tree(ours, &edits).map(Some)
}

/// Of two trees of one log the one that has all frames of the other.
fn longer(
    repository: &Repository,
    one: ObjectId,
    other: ObjectId,
) -> Result<Option<ObjectId>, ObjectError> {
    if one == other {
        return Ok(Some(one));
    }
    let (first, second) = (frames(repository, one)?, frames(repository, other)?);
    let within = |few: &BTreeMap<String, ObjectId>, many: &BTreeMap<String, ObjectId>| {
        few.iter().all(|(path, id)| many.get(path) == Some(id))
    };
    Ok(if within(&first, &second) { Some(other) } else { within(&second, &first).then_some(one) })
}

fn frames(
    repository: &Repository,
    log: ObjectId,
) -> Result<BTreeMap<String, ObjectId>, ObjectError> {
    let mut frames = BTreeMap::new();
    for epoch in repository.tree(log)? {
        let name = String::from_utf8_lossy(&epoch.name).into_owned();
        if epoch.kind != EntryKind::Tree {
            frames.insert(name, epoch.id);
            continue;
        }
        for frame in repository.tree(epoch.id)? {
            let frame_name = String::from_utf8_lossy(&frame.name).into_owned();
            frames.insert(format!("{name}/{frame_name}"), frame.id);
        }
    }
    Ok(frames)
}
