//! Which commits have checkpoints with a given author line, tree or patch id: a local index, rebuilt from the notes.
//!
//! The index holds hashes in order, each with the commit that has such a checkpoint. It only ever says where to look:
//! what it points to is read and compared, so an entry whose note is gone, or whose hash fits by chance, does no harm.
//! When a notes tree has changed, only what differs from the tree it was made of is read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::format::document::Document;
use crate::format::note::{self, Piece};
use crate::git::{ObjectError, Repository};
use crate::model::checkpoint::Anchors;
use crate::model::object::ObjectId;
use crate::store::ties::{self, Found};
use crate::store::transaction::CommitError;
use crate::store::{Store, local};

const VERSION: u32 = 1;

/// Something that two commits may have in common.
#[derive(Clone, Copy, Debug)]
pub enum Anchor<'a> {
    Authored(&'a str),
    Tree(ObjectId),
    Patch(ObjectId),
}

impl Anchor<'_> {
    fn hash(self) -> u64 {
        match self {
            Self::Authored(line) => xxh3_64(&[b"a", line.as_bytes()].concat()),
            Self::Tree(id) => xxh3_64(&[b"t", id.as_bytes()].concat()),
            Self::Patch(id) => xxh3_64(&[b"p", id.as_bytes()].concat()),
        }
    }

    fn each(anchors: &Anchors) -> impl Iterator<Item = Anchor<'_>> {
        let patch = anchors.patch_id.map(Anchor::Patch);
        [Anchor::Authored(&anchors.authored), Anchor::Tree(anchors.tree)].into_iter().chain(patch)
    }
}

/// One hash, and the commit that a checkpoint with it is tied to.
type Entry = (u64, ObjectId);

/// The index, as it fits the refs that it was asked for.
#[derive(Debug, Default)]
pub struct AnchorIndex {
    /// In order.
    entries: Vec<Entry>,
}

impl AnchorIndex {
    /// The commits that may have a checkpoint with this anchor.
    pub fn commits(&self, anchor: Anchor) -> impl Iterator<Item = ObjectId> {
        let hash = anchor.hash();
        let start = self.entries.partition_point(|entry| entry.0 < hash);
        self.entries[start..].iter().take_while(move |entry| entry.0 == hash).map(|entry| entry.1)
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// What the file of the index begins with: the trees that it was made of.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Made {
    version: u32,
    /// By ref.
    trees: BTreeMap<String, ObjectId>,
    /// Bytes of an id.
    width: usize,
}

impl Store {
    /// The index of all anchors, brought up to date. Ties that cannot be read are left out.
    pub fn anchor_index(&self) -> Result<AnchorIndex, CommitError> {
        let mut now = Made {
            version: VERSION,
            trees: BTreeMap::new(),
            width: self.repository().format().width(),
        };
        for writer in self.writers()? {
            if let Ok(tip) = self.repository().commit(writer.ties) {
                now.trees.insert(writer.ties_ref(), tip.tree);
            }
        }
        let path = self.directory.join("anchors");
        let (made, mut entries) =
            load(&path).filter(|(made, _)| made.width == now.width).unwrap_or_default();
        if made == now {
            return Ok(AnchorIndex { entries });
        }
        for (reference, tree) in &now.trees {
            collect(self.repository(), made.trees.get(reference).copied(), *tree, &mut entries);
        }
        entries.sort_unstable();
        entries.dedup();
        // Without the file the next command only does the same work again, as in a repository that cannot be written.
        let _ = store(&path, &now, &entries);
        Ok(AnchorIndex { entries })
    }
}

/// Takes up the anchors of all notes that `new` has and `old` has not. A note that cannot be read has none.
fn collect(
    repository: &Repository,
    old: Option<ObjectId>,
    new: ObjectId,
    entries: &mut Vec<Entry>,
) {
    ties::each_new_note(repository, old, new, &mut |found| {
        let Found::Note(at) = found else { return };
        let note: Result<Vec<u8>, ObjectError> = ties::read(repository, at.blob);
        for piece in note::read(&note.unwrap_or_default()) {
            if let Piece::Document(_, Document::Known(checkpoint)) = piece {
                let anchors = Anchor::each(&checkpoint.header.anchors);
                entries.extend(anchors.map(|anchor| (anchor.hash(), at.commit)));
            }
        }
    });
}

fn load(path: &Path) -> Option<(Made, Vec<Entry>)> {
    let bytes = local::read_checked(path)?;
    let end = memchr::memchr(b'\n', &bytes)?;
    let made: Made = serde_json::from_slice(&bytes[..end]).ok()?;
    if made.version != VERSION {
        return None;
    }
    let entries = bytes[end + 1..].chunks_exact(8 + made.width);
    let entries = entries.map(|entry| {
        let (hash, id) = entry.split_first_chunk()?;
        Some((u64::from_be_bytes(*hash), ObjectId::from_bytes(id)?))
    });
    Some((made, entries.collect::<Option<_>>()?))
}

fn store(path: &Path, made: &Made, entries: &[Entry]) -> Result<(), local::LocalError> {
    let failed = |error: serde_json::Error| local::LocalError {
        path: path.to_owned(),
        source: error.into(),
    };
    let mut bytes = serde_json::to_vec(made).map_err(failed)?;
    bytes.push(b'\n');
    for (hash, commit) in entries {
        bytes.extend(hash.to_be_bytes());
        bytes.extend_from_slice(commit.as_bytes());
    }
    local::write_checked(path, &bytes)
}
