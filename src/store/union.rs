//! The union of two trees of one writer, entry by entry: nothing that either of them has is left out.
//!
//! Both only ever grow, so what is in one tree and not in the base was added there, and nothing was ever taken away. A
//! note that both have added to becomes the note with the documents of both. A part of a log is never changed, so two
//! that differ at one place belong to two logs, and the trees have no union.

use crate::format::note;
use crate::git::{EntryKind, ObjectError, Repository, TreeEdit};
use crate::model::object::ObjectId;
use crate::store::{keys, ties};

/// How deep below the root of a log ref's tree a log lies.
const LOG_DEPTH: usize = 2;

/// Longest path below which directories are looked into; what lies deeper is nobody's note and no frame.
const LONGEST_PATH: usize = 128;

/// What kind of tree it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trees {
    Ties,
    Logs,
}

/// An entry of one tree that the base has not.
struct Added {
    path: String,
    kind: EntryKind,
    id: ObjectId,
}

/// The tree that has all entries of `one` and of `other`; `None` where there is none.
pub fn union(
    repository: &Repository,
    kind: Trees,
    base: Option<ObjectId>,
    one: ObjectId,
    other: ObjectId,
) -> Result<Option<ObjectId>, ObjectError> {
    let mut added = Vec::new();
    collect(repository, "", base, other, &mut added)?;
    let mut edits = Vec::new();
    for entry in added {
        match (kind, entry.path.replace('/', "").parse()) {
            (Trees::Ties, Ok(commit)) => {
                edits.extend(note_edits(repository, one, commit, entry.id)?)
            }
            _ => match repository.entry_at(one, &entry.path)? {
                Some(there) if there.id == entry.id => {}
                None if kind == Trees::Ties
                    || is_unchanged(repository, base, one, &entry.path)? =>
                {
                    edits.push(TreeEdit { path: entry.path, entry: Some((entry.kind, entry.id)) });
                }
                // A key is the same however it is wrapped; what was wrapped anew on one side only counts.
                Some(there) if is_key(&entry.path) => {
                    let is_old = at(repository, base, &entry.path)? == Some(there.id);
                    let newer = TreeEdit { path: entry.path, entry: Some((entry.kind, entry.id)) };
                    edits.extend(is_old.then_some(newer));
                }
                _ if kind == Trees::Logs => return Ok(None),
                _ => {}
            },
        }
    }
    repository.edit_tree(Some(one), &edits).map(Some)
}

fn is_key(path: &str) -> bool {
    path.split_once('/').is_some_and(|(directory, _)| directory == keys::DIRECTORY)
}

/// What lies at a path of the base.
fn at(
    repository: &Repository,
    base: Option<ObjectId>,
    path: &str,
) -> Result<Option<ObjectId>, ObjectError> {
    let Some(base) = base else { return Ok(None) };
    Ok(repository.entry_at(base, path)?.map(|entry| entry.id))
}

/// Whether the log that a path belongs to is in `one` as it is in the base.
fn is_unchanged(
    repository: &Repository,
    base: Option<ObjectId>,
    one: ObjectId,
    path: &str,
) -> Result<bool, ObjectError> {
    let log: Vec<&str> = path.split('/').take(LOG_DEPTH).collect();
    let id = |root| -> Result<Option<ObjectId>, ObjectError> {
        Ok(repository.entry_at(root, &log.join("/"))?.map(|entry| entry.id))
    };
    let now = id(one)?;
    Ok(now.is_none() || now == base.map_or(Ok(None), id)?)
}

/// What brings a note into the tree `one`.
fn note_edits(
    repository: &Repository,
    one: ObjectId,
    commit: ObjectId,
    blob: ObjectId,
) -> Result<Vec<TreeEdit>, ObjectError> {
    let there = ties::find(repository, one, commit)?;
    let blob = match &there {
        Some(there) if there.blob == blob => return Ok(Vec::new()),
        Some(there) => {
            let both = both(&ties::read(repository, there.blob)?, &ties::read(repository, blob)?);
            ties::write(repository, &both)?
        }
        None => blob,
    };
    Ok(ties::edits(commit, there.as_ref(), blob))
}

/// A note, and behind it the pieces of another one that it has not got.
fn both(one: &[u8], other: &[u8]) -> Vec<u8> {
    let has: Vec<&[u8]> = note::read(one).iter().map(note::Piece::bytes).collect();
    let others = note::read(other);
    let missing = others.iter().map(note::Piece::bytes).filter(|piece| !has.contains(piece));
    missing.fold(one.to_vec(), |note, piece| note::with(&note, piece))
}

/// Collects the entries below `tree` that are not the same at the same place below `base`.
fn collect(
    repository: &Repository,
    above: &str,
    base: Option<ObjectId>,
    tree: ObjectId,
    added: &mut Vec<Added>,
) -> Result<(), ObjectError> {
    if base == Some(tree) || above.len() > LONGEST_PATH {
        return Ok(());
    }
    let known = base.map_or_else(|| Ok(Vec::new()), |base| repository.tree(base))?;
    for entry in repository.tree(tree)? {
        let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        let before = known.iter().find(|known| known.name == entry.name);
        if before.is_some_and(|before| before.id == entry.id) {
            continue;
        }
        if entry.kind == EntryKind::Tree {
            let before = before.filter(|before| before.kind == EntryKind::Tree);
            collect(repository, &path, before.map(|before| before.id), entry.id, added)?;
        } else {
            added.push(Added { path, kind: entry.kind, id: entry.id });
        }
    }
    Ok(())
}
