//! Trees, taken apart and put together.
//!
//! A written tree is sorted as git sorts and holds no name that git would refuse.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::git::object::{ObjectError, ObjectKind};
use crate::git::repository::Repository;
use crate::model::object::ObjectId;

/// How many trees are kept, and how large they may be.
const KEPT_TREES: usize = 16;
const KEPT_BYTES: usize = 64 << 10;

/// Most bytes of a tree. A directory of a million files has 50 MB.
pub(in crate::git) const LARGEST_TREE: u64 = 64 << 20;
/// Most bytes of a tree of which all entries are wanted at once: about 400,000 of them.
const LARGEST_LISTED: u64 = 16 << 20;

/// What a tree entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Blob,
    Executable,
    Link,
    Tree,
    /// A submodule.
    Commit,
}

impl EntryKind {
    fn mode(self) -> &'static str {
        match self {
            Self::Blob => "100644",
            Self::Executable => "100755",
            Self::Link => "120000",
            Self::Tree => "40000",
            Self::Commit => "160000",
        }
    }

    /// Reads a mode; early versions of git wrote others for plain files.
    fn from_mode(mode: &[u8]) -> Option<Self> {
        match mode {
            b"100755" => Some(Self::Executable),
            b"120000" => Some(Self::Link),
            b"40000" | b"040000" => Some(Self::Tree),
            b"160000" => Some(Self::Commit),
            _ => mode.starts_with(b"100").then_some(Self::Blob),
        }
    }
}

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    pub name: Vec<u8>,
    pub kind: EntryKind,
    pub id: ObjectId,
}

impl TreeEntry {
    fn line(&self) -> Line<'_> {
        Line { name: &self.name, kind: self.kind, id: self.id }
    }
}

impl Repository {
    /// The entries of a tree in git's order.
    pub fn tree(&self, id: ObjectId) -> Result<Vec<TreeEntry>, ObjectError> {
        let bytes = self.tree_bytes(id)?;
        let size = bytes.len() as u64;
        if size > LARGEST_LISTED {
            return Err(ObjectError::TooLarge { id, size, most: LARGEST_LISTED });
        }
        let owned =
            |line: Line<'_>| TreeEntry { name: line.name.to_vec(), kind: line.kind, id: line.id };
        self.lines(id, &bytes).map(|line| line.map(owned)).collect()
    }

    /// What lies at a path like `a/b/c` below a tree; reads only the trees on the way.
    pub fn entry_at(&self, tree: ObjectId, path: &str) -> Result<Option<TreeEntry>, ObjectError> {
        let (name, rest) = match path.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        match (self.child(tree, name)?, rest) {
            (Some(entry), Some(rest)) if entry.kind == EntryKind::Tree => {
                self.entry_at(entry.id, rest)
            }
            (_, Some(_)) => Ok(None),
            (found, None) => Ok(found),
        }
    }

    /// The content of a file in a commit that has at most so many bytes, or `None` when there is no file at that path.
    pub fn file_at(
        &self,
        commit: ObjectId,
        path: &str,
        most: u64,
    ) -> Result<Option<Vec<u8>>, ObjectError> {
        let tree = self.commit(commit)?.tree;
        match self.entry_at(tree, path)? {
            Some(entry) if !matches!(entry.kind, EntryKind::Tree | EntryKind::Commit) => {
                self.blob_within(entry.id, most).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Writes a tree; of two entries of one name the later counts.
    pub fn write_tree(&self, mut entries: Vec<TreeEntry>) -> Result<ObjectId, ObjectError> {
        entries.reverse();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries.dedup_by(|a, b| a.name == b.name);
        self.write_lines(entries.iter().map(TreeEntry::line).collect())
    }

    /// Writes a tree out of entries of which no two have one name.
    pub(in crate::git) fn write_lines(
        &self,
        mut lines: Vec<Line<'_>>,
    ) -> Result<ObjectId, ObjectError> {
        lines.sort_by(git_order);
        let mut bytes = Vec::with_capacity(lines.len() * 48);
        for line in &lines {
            if !may_stand(line.name) || self.raw_id(line.id).is_none() {
                let path = String::from_utf8_lossy(line.name).into_owned();
                return Err(ObjectError::BadPath { path });
            }
            bytes.extend_from_slice(line.kind.mode().as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(line.name);
            bytes.push(0);
            bytes.extend_from_slice(line.id.as_bytes());
        }
        self.write_object(ObjectKind::Tree, &bytes)
    }

    /// The bytes of a tree. Small trees are kept for a while: looking for one path and then editing another reads the
    /// same ones again and again.
    pub(in crate::git) fn tree_bytes(&self, id: ObjectId) -> Result<Arc<[u8]>, ObjectError> {
        let mut kept = self.trees.borrow_mut();
        if let Some((_, bytes)) = kept.iter().find(|(known, _)| *known == id) {
            return Ok(bytes.clone());
        }
        let bytes: Arc<[u8]> = self.read_object(id, ObjectKind::Tree, LARGEST_TREE)?.into();
        if bytes.len() <= KEPT_BYTES {
            kept.truncate(KEPT_TREES - 1);
            kept.push_front((id, bytes.clone()));
        }
        Ok(bytes)
    }

    fn child(&self, tree: ObjectId, name: &str) -> Result<Option<TreeEntry>, ObjectError> {
        let bytes = self.tree_bytes(tree)?;
        for line in self.lines(tree, &bytes) {
            let line = line?;
            if line.name == name.as_bytes() {
                let name = line.name.to_vec();
                return Ok(Some(TreeEntry { name, kind: line.kind, id: line.id }));
            }
        }
        Ok(None)
    }

    pub(in crate::git) fn lines<'a>(&self, tree: ObjectId, bytes: &'a [u8]) -> Lines<'a> {
        lines_of(tree, bytes, self.format().width())
    }
}

/// The entries of a tree whose ids have so many bytes.
pub(in crate::git) fn lines_of(tree: ObjectId, bytes: &[u8], width: usize) -> Lines<'_> {
    Lines { tree, rest: bytes, width }
}

/// A tree entry that borrows its name.
#[derive(Clone, Copy)]
pub(in crate::git) struct Line<'a> {
    pub name: &'a [u8],
    pub kind: EntryKind,
    pub id: ObjectId,
}

pub(in crate::git) struct Lines<'a> {
    tree: ObjectId,
    rest: &'a [u8],
    width: usize,
}

impl<'a> Lines<'a> {
    /// Reads `mode name\0id`.
    fn take_line(&mut self) -> Option<Line<'a>> {
        let space = self.rest.iter().position(|&byte| byte == b' ')?;
        let end = space + self.rest[space..].iter().position(|&byte| byte == 0)?;
        let (head, tail) = self.rest.split_at(end);
        let id = ObjectId::from_bytes(tail.get(1..=self.width)?)?;
        self.rest = &tail[1 + self.width..];
        Some(Line { name: &head[space + 1..], kind: EntryKind::from_mode(&head[..space])?, id })
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, ObjectError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.take_line();
        if line.is_none() {
            self.rest = &[];
        }
        let detail = || "it is not a list of entries".to_owned();
        Some(line.ok_or_else(|| ObjectError::Damaged { id: self.tree, detail: detail() }))
    }
}

/// Git sorts a tree as if its name ended in a slash.
pub(in crate::git) fn git_order(a: &Line<'_>, b: &Line<'_>) -> Ordering {
    let shared = a.name.len().min(b.name.len());
    let end = |line: &Line<'_>| match line.kind {
        EntryKind::Tree => line.name.get(shared).copied().unwrap_or(b'/'),
        _ => line.name.get(shared).copied().unwrap_or(0),
    };
    a.name[..shared].cmp(&b.name[..shared]).then_with(|| end(a).cmp(&end(b)))
}

/// Whether git would take the name.
pub(in crate::git) fn may_stand(name: &[u8]) -> bool {
    let reserved: [&[u8]; 3] = [b"", b".", b".."];
    !reserved.contains(&name)
        && !name.eq_ignore_ascii_case(b".git")
        && !name.iter().any(|byte| matches!(byte, 0 | b'/'))
}
