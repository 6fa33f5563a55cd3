//! The ties of one writer: an ordinary notes tree, from commit to note.
//!
//! Written with a fan-out of two directories (`ab/cd/<rest>`), which git reads as it reads any other; read at every
//! depth, because `git notes` may have laid the tree out anew.

use std::collections::{HashMap, HashSet};

use crate::format::note;
use crate::git::{EntryKind, ObjectError, Repository, TreeEdit};
use crate::model::object::ObjectId;

/// Deepest fan-out that is looked at.
const DEEPEST: usize = 4;
/// Most notes that one writer's ties are believed to have.
const MOST_NOTES: usize = 1 << 18;

/// A note in a notes tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteAt {
    pub commit: ObjectId,
    pub path: String,
    pub blob: ObjectId,
}

/// The note of `commit`, if the tree has one.
pub fn find(
    repository: &Repository,
    root: ObjectId,
    commit: ObjectId,
) -> Result<Option<NoteAt>, ObjectError> {
    // Our own layout first, then those that git may have made of it.
    for depth in [2, 1, 0, 3, 4] {
        let path = path(commit, depth);
        if let Some(entry) = repository.entry_at(root, &path)?
            && entry.kind != EntryKind::Tree
        {
            return Ok(Some(NoteAt { commit, path, blob: entry.id }));
        }
    }
    Ok(None)
}

/// The text of a note.
pub fn read(repository: &Repository, blob: ObjectId) -> Result<Vec<u8>, ObjectError> {
    repository.blob_within(blob, note::LARGEST)
}

/// Writes a note, unless it is one that could not be read again.
pub fn write(repository: &Repository, note: &[u8]) -> Result<ObjectId, ObjectError> {
    let (size, most) = (note.len() as u64, note::LARGEST);
    let id = repository.write_blob(note)?;
    if size > most { Err(ObjectError::TooLarge { id, size, most }) } else { Ok(id) }
}

/// What turns the note of `commit` into `blob`: an entry in our layout, and the removal of one elsewhere.
pub fn edits(commit: ObjectId, earlier: Option<&NoteAt>, blob: ObjectId) -> Vec<TreeEdit> {
    let ours = path(commit, 2);
    let mut edits = vec![TreeEdit { path: ours.clone(), entry: Some((EntryKind::Blob, blob)) }];
    if let Some(earlier) = earlier
        && earlier.path != ours
    {
        edits.push(TreeEdit { path: earlier.path.clone(), entry: None });
    }
    edits
}

/// What a walk comes upon.
#[derive(Debug)]
pub enum Found {
    Note(NoteAt),
    /// A part of the notes tree, empty for all of it, that cannot be read.
    Unreadable {
        path: String,
        source: ObjectError,
    },
}

/// Hands everything below `root` to `each`.
pub fn each_note(repository: &Repository, root: ObjectId, each: &mut dyn FnMut(Found)) {
    each_new_note(repository, None, root, each);
}

/// Hands everything below `root` to `each` that does not lie below `old` just so.
pub fn each_new_note(
    repository: &Repository,
    old: Option<ObjectId>,
    root: ObjectId,
    each: &mut dyn FnMut(Found),
) {
    if old != Some(root) {
        let mut walk = Walk { repository, seen: HashSet::new(), notes: 0, each };
        walk.directory(old, root, "");
    }
}

/// A walk through a notes tree.
struct Walk<'w> {
    repository: &'w Repository,
    /// The directories that were looked into. Notes of two commits never lie in the same one: a tree that stands under
    /// many names costs nothing to send, and going into it again and again would take for ever.
    seen: HashSet<ObjectId>,
    notes: usize,
    each: &'w mut dyn FnMut(Found),
}

impl Walk<'_> {
    fn directory(&mut self, old: Option<ObjectId>, tree: ObjectId, above: &str) {
        if !self.seen.insert(tree) {
            return;
        }
        let repository = self.repository;
        let entries = match repository.tree(tree) {
            Ok(entries) => entries,
            Err(source) => {
                return (self.each)(Found::Unreadable { path: above.to_owned(), source });
            }
        };
        self.notes += entries.len();
        if self.notes > MOST_NOTES {
            let (found, most) = (self.notes as u64, MOST_NOTES as u64);
            let source = ObjectError::TooMany { id: tree, found, most };
            return (self.each)(Found::Unreadable { path: above.to_owned(), source });
        }
        // What cannot be read any more is not known, so that everything is new.
        let old = old.and_then(|old| repository.tree(old).ok()).unwrap_or_default();
        let known: HashMap<&[u8], ObjectId> =
            old.iter().map(|entry| (entry.name.as_slice(), entry.id)).collect();
        for entry in entries {
            let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
            let earlier = known.get(entry.name.as_slice()).copied();
            if earlier == Some(entry.id) {
                continue;
            }
            let path = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
            match entry.kind {
                EntryKind::Tree if name.len() == 2 && path.len() < 3 * DEEPEST => {
                    self.directory(earlier, entry.id, &path);
                }
                EntryKind::Blob => {
                    // Entries that are no notes are somebody else's and stay as they are.
                    if let Ok(commit) = path.replace('/', "").parse() {
                        (self.each)(Found::Note(NoteAt { commit, path, blob: entry.id }));
                    }
                }
                _ => {}
            }
        }
    }
}

fn path(commit: ObjectId, depth: usize) -> String {
    let text = commit.to_string();
    let mut path = String::with_capacity(text.len() + depth);
    for level in 0..depth {
        path.push_str(&text[level * 2..level * 2 + 2]);
        path.push('/');
    }
    path.push_str(&text[depth * 2..]);
    path
}
