//! Which commits have checkpoints with a given author line, tree or patch id: a local index, rebuilt from the notes.
//!
//! The index holds hashes in order, each with the commit that has such a checkpoint. It only ever says where to look:
//! what it points to is read and compared, so an entry whose note is gone, or whose hash fits by chance, does no harm.
//! When a notes tree has changed, only what differs from the tree it was made of is read. For a single commit the file
//! is not read but searched, so that a hook pays for a few pages of it, however many checkpoints there are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
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

const VERSION: u32 = 2;

/// How many anchors may be newer than the file before it is written again by somebody who only searches it.
const FRESH: usize = 192;

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

/// How an index is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// For many commits.
    Whole,
    /// For one.
    Sparse,
}

/// One hash, and the commit that a checkpoint with it is tied to.
type Entry = (u64, ObjectId);

/// The index, as it fits the refs that it was asked for.
#[derive(Debug)]
pub struct AnchorIndex {
    kept: Kept,
    /// What is newer than that, in order.
    fresh: Vec<Entry>,
}

/// Entries in order.
#[derive(Debug)]
enum Kept {
    Read(Vec<Entry>),
    OnDisk(OnDisk),
}

impl AnchorIndex {
    /// The commits that may have a checkpoint with this anchor.
    pub fn commits(&self, anchor: Anchor) -> impl Iterator<Item = ObjectId> {
        let hash = anchor.hash();
        let (kept, fresh) = (&self.kept, &self.fresh);
        let in_kept = (first(kept.len(), hash, |at| kept.at(at))..).map_while(|at| kept.at(at));
        let at = |at: usize| fresh.get(at).copied();
        let in_fresh = (first(fresh.len(), hash, at)..).map_while(at);
        let same = move |entry: &Entry| entry.0 == hash;
        in_kept.take_while(same).chain(in_fresh.take_while(same)).map(|entry| entry.1)
    }

    pub fn is_empty(&self) -> bool {
        self.kept.len() == 0 && self.fresh.is_empty()
    }
}

impl Kept {
    fn len(&self) -> usize {
        match self {
            Self::Read(entries) => entries.len(),
            Self::OnDisk(file) => file.made.entries,
        }
    }

    /// What cannot be read is as if it were not there.
    fn at(&self, at: usize) -> Option<Entry> {
        match self {
            Self::Read(entries) => entries.get(at).copied(),
            Self::OnDisk(file) => file.at(at),
        }
    }
}

/// The place of the first entry that is not below `hash`.
fn first(length: usize, hash: u64, at: impl Fn(usize) -> Option<Entry>) -> usize {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low.midpoint(high);
        match at(middle) {
            Some(entry) if entry.0 < hash => low = middle + 1,
            Some(_) => high = middle,
            None => return length,
        }
    }
    low
}

/// What the file of the index begins with: the trees that it was made of.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Made {
    version: u32,
    /// By ref.
    trees: BTreeMap<String, ObjectId>,
    /// Bytes of an id.
    width: usize,
    /// How many there are.
    entries: usize,
    /// Of the bytes of all of them.
    hash: u64,
}

impl Made {
    /// Bytes of one entry.
    fn size(&self) -> usize {
        8 + self.width
    }

    /// Bytes of all of them; a file that is damaged may say anything.
    fn length(&self) -> usize {
        self.entries.saturating_mul(self.size())
    }

    fn read(line: &[u8], width: usize) -> Option<Self> {
        let made: Self = serde_json::from_slice(line).ok()?;
        (made.version == VERSION && made.width == width).then_some(made)
    }
}

/// A file that is searched where it lies.
#[derive(Debug)]
struct OnDisk {
    file: File,
    /// Where the first entry begins.
    start: u64,
    made: Made,
}

impl OnDisk {
    fn open(path: &Path, width: usize) -> Option<Self> {
        let file = File::open(path).ok()?;
        let mut line = Vec::new();
        BufReader::new(&file).read_until(b'\n', &mut line).ok()?;
        let made = Made::read(&line, width)?;
        let start = line.len() as u64;
        let whole = start.saturating_add(made.length() as u64);
        (file.metadata().ok()?.len() == whole).then_some(Self { file, start, made })
    }

    fn at(&self, at: usize) -> Option<Entry> {
        if at >= self.made.entries {
            return None;
        }
        let mut bytes = vec![0; self.made.size()];
        let place = self.start + (at * self.made.size()) as u64;
        self.file.read_exact_at(&mut bytes, place).ok()?;
        entry(&bytes)
    }
}

impl Store {
    /// The index of all anchors, brought up to date. Ties that cannot be read are left out.
    pub fn anchor_index(&self, reading: Reading) -> Result<AnchorIndex, CommitError> {
        let width = self.repository().format().width();
        let mut trees = BTreeMap::new();
        for writer in self.writers()? {
            if let Ok(tip) = self.repository().commit(writer.ties) {
                trees.insert(writer.ties_ref(), tip.tree);
            }
        }
        let path = self.directory.join("anchors");
        if reading == Reading::Sparse
            && let Some(file) = OnDisk::open(&path, width)
        {
            let fresh = since(self.repository(), &file.made, &trees);
            if fresh.len() <= FRESH {
                return Ok(AnchorIndex { kept: Kept::OnDisk(file), fresh });
            }
        }
        let (made, mut entries) = load(&path, width).unwrap_or_default();
        if made.trees != trees {
            entries.extend(since(self.repository(), &made, &trees));
            entries.sort_unstable();
            entries.dedup();
            // Without the file the next command only does the same work again, as in a repository that cannot be
            // written.
            let _ = store(&path, Made { trees, width, ..made }, &entries);
        }
        Ok(AnchorIndex { kept: Kept::Read(entries), fresh: Vec::new() })
    }
}

/// The anchors of all notes that `trees` have and those that an index was made of have not, in order. A note that cannot
/// be read has none.
fn since(repository: &Repository, made: &Made, trees: &BTreeMap<String, ObjectId>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (reference, tree) in trees {
        let old = made.trees.get(reference).copied();
        ties::each_new_note(repository, old, *tree, &mut |found| {
            let Found::Note(at) = found else { return };
            let note: Result<Vec<u8>, ObjectError> = ties::read(repository, at.blob);
            for piece in note::read(&note.unwrap_or_default()) {
                let Piece::Document(_, document) = piece else { continue };
                let anchors = match document {
                    Document::Known(checkpoint) => Some(checkpoint.header.anchors),
                    // What is open of it says the same.
                    Document::Sealed(sealed) => {
                        sealed.outline().ok().map(|outline| outline.anchors)
                    }
                    Document::Newer { .. } => None,
                };
                if let Some(anchors) = anchors {
                    let hashes = Anchor::each(&anchors).map(Anchor::hash);
                    entries.extend(hashes.map(|hash| (hash, at.commit)));
                }
            }
        });
    }
    entries.sort_unstable();
    entries
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let (hash, id) = bytes.split_first_chunk()?;
    Some((u64::from_be_bytes(*hash), ObjectId::from_bytes(id)?))
}

fn load(path: &Path, width: usize) -> Option<(Made, Vec<Entry>)> {
    let bytes = std::fs::read(path).ok()?;
    let (line, bytes) = bytes.split_at(memchr::memchr(b'\n', &bytes)? + 1);
    let made = Made::read(line, width)?;
    if bytes.len() != made.length() || xxh3_64(bytes) != made.hash {
        return None;
    }
    let entries = bytes.chunks_exact(made.size()).map(entry).collect::<Option<_>>()?;
    Some((made, entries))
}

fn store(path: &Path, made: Made, entries: &[Entry]) -> Result<(), local::LocalError> {
    let failed = |error: serde_json::Error| local::LocalError {
        path: path.to_owned(),
        source: error.into(),
    };
    let mut bytes = Vec::with_capacity(entries.len() * made.size());
    for (hash, commit) in entries {
        bytes.extend(hash.to_be_bytes());
        bytes.extend_from_slice(commit.as_bytes());
    }
    let hash = xxh3_64(&bytes);
    let made = Made { version: VERSION, entries: entries.len(), hash, ..made };
    let mut text = serde_json::to_vec(&made).map_err(failed)?;
    text.push(b'\n');
    text.extend(bytes);
    // Never in place: who searches the file does not read all of it, and could not tell half of another one.
    local::replace(path, &text)
}
