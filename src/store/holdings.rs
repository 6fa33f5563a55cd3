//! What the refs of this clone hold, and what of it is needed by whom: the ground on which something can be taken away.
//!
//! The unit of a log is the epoch, since its frames build on each other. An epoch is needed by every checkpoint that
//! refers to a byte of it, whoever wrote that checkpoint: ties are carried over from one writer to the next, their
//! logs are not. Where a checkpoint cannot be read nobody knows what it needs, and then every epoch is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::git::{EntryKind, ObjectError, Repository};
use crate::model::checkpoint::Part;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Companion, LogId, StoredFile};
use crate::model::writer::LOGS_PREFIX;
use crate::store::log::LogError;
use crate::store::prune::Removal;
use crate::store::reading::{Files, ReadError};
use crate::store::tied::{Content, Tied, take_read};
use crate::store::ties::{self, Found};
use crate::store::transaction::CommitError;
use crate::store::writers::Writer;
use crate::store::{Store, tree_of};

/// An epoch of a log.
#[derive(Debug)]
pub(super) struct Unit {
    pub reference: String,
    /// Its directory below the root of the log ref's tree.
    pub path: String,
    /// Bytes of its frames, as stored.
    pub bytes: u64,
    start: u64,
}

/// Which units a checkpoint needs; `None` where that cannot be told.
type Needs = Option<Vec<usize>>;

/// What the local refs hold.
#[derive(Debug, Default)]
pub struct Holdings {
    /// The documents of all local writers, those that cannot be read included.
    pub held: Vec<Tied>,
    /// The notes that a newer version wrote to, by ref and commit.
    frozen: HashSet<(String, ObjectId)>,
    needs: Vec<Needs>,
    /// What the documents of others need.
    foreign: Vec<Needs>,
    pub(super) units: Vec<Unit>,
    /// The units of each log, one list for every ref that has it.
    logs: HashMap<LogId, Vec<Vec<usize>>>,
}

impl Holdings {
    /// The tie of the document at a place, if it is one that can be taken away: a document that cannot be read stays,
    /// and so does a note that a newer version wrote to.
    pub fn removal(&self, place: usize) -> Option<Removal> {
        let tied = &self.held[place];
        let reference = tied.writer.ties_ref();
        let id = tied.checkpoint()?.id.clone();
        let frozen = self.frozen.contains(&(reference.clone(), tied.commit));
        (!frozen).then_some(Removal { reference, commit: tied.commit, id })
    }

    /// Bytes of all documents and frames, whether anybody needs them or not.
    pub fn bytes(&self) -> u64 {
        let documents: u64 = self.held.iter().map(|tied| tied.document.len() as u64).sum();
        documents + self.units.iter().map(|unit| unit.bytes).sum::<u64>()
    }

    /// Bytes of documents and frames that stay when the documents at these places go.
    pub fn bytes_without(&self, gone: &HashSet<usize>) -> u64 {
        let staying = self.held.iter().enumerate().filter(|(place, _)| !gone.contains(place));
        let documents: u64 = staying.map(|(_, tied)| tied.document.len() as u64).sum();
        let kept = self.kept(gone).into_iter().zip(&self.units);
        documents + kept.filter(|(kept, _)| *kept).map(|(_, unit)| unit.bytes).sum::<u64>()
    }

    /// Whether every frame has to stay, because nobody knows what some checkpoint needs.
    pub fn keeps_everything(&self, gone: &HashSet<usize>) -> bool {
        self.staying(gone).any(Option::is_none)
    }

    /// For every unit, whether it stays when the documents at these places go.
    pub(super) fn kept(&self, gone: &HashSet<usize>) -> Vec<bool> {
        if self.keeps_everything(gone) {
            return vec![true; self.units.len()];
        }
        let mut kept = vec![false; self.units.len()];
        for unit in self.staying(gone).flatten().flatten() {
            kept[*unit] = true;
        }
        for units in self.logs.values().flatten() {
            // The last epoch tells where the log ends, so that no path is ever used for other bytes.
            if let Some(last) = units.last().filter(|_| units.iter().any(|unit| kept[*unit])) {
                kept[*last] = true;
            }
        }
        kept
    }

    fn staying(&self, gone: &HashSet<usize>) -> impl Iterator<Item = &Needs> {
        let own = self.needs.iter().enumerate().filter(|(place, _)| !gone.contains(place));
        own.map(|(_, needs)| needs).chain(&self.foreign)
    }

    fn units_of(&self, stored: &StoredFile) -> Vec<usize> {
        let mut found = Vec::new();
        for units in self.logs.get(&stored.log).into_iter().flatten() {
            for (place, unit) in units.iter().enumerate() {
                let start = self.units[*unit].start;
                let end = units.get(place + 1).map_or(u64::MAX, |next| self.units[*next].start);
                let within = stored.extents.iter();
                if within.clone().any(|extent| extent.start < end && start < extent.end()) {
                    found.push(*unit);
                }
            }
        }
        found
    }

    fn add_logs(&mut self, repository: &Repository) -> Result<(), CommitError> {
        for (reference, _) in repository.references(LOGS_PREFIX)? {
            let Some((_, root)) = tree_of(repository, &reference)? else { continue };
            for (log, path, tree) in logs_below(repository, root)? {
                let units = epochs(repository, &path, tree)?;
                let first = self.units.len();
                self.units.extend(units.into_iter().map(|(start, path, bytes)| Unit {
                    reference: reference.clone(),
                    path,
                    bytes,
                    start,
                }));
                let places = (first..self.units.len()).collect();
                self.logs.entry(log).or_default().push(places);
            }
        }
        Ok(())
    }
}

impl Store {
    /// Reads all that the local refs hold, and what everybody needs of it.
    pub fn holdings(&self) -> Result<Holdings, CommitError> {
        let mut holdings = Holdings::default();
        holdings.add_logs(self.repository())?;
        let mut lists = Lists::new(self)?;
        for writer in self.current_writers()? {
            let writer = Arc::new(writer);
            let mut documents = Vec::new();
            let whole = self.documents_of(&writer, &mut documents)?;
            let needs = documents.iter().map(|tied| lists.needs(&holdings, tied));
            let needs: Vec<Needs> = needs.collect();
            if writer.fetched {
                holdings.foreign.extend(needs);
                holdings.foreign.extend((!whole).then_some(None));
            } else {
                let newer = documents
                    .iter()
                    .filter(|tied| matches!(tied.content, Content::Newer { .. }))
                    .map(|tied| (writer.ties_ref(), tied.commit));
                holdings.frozen.extend(newer);
                holdings.needs.extend(needs);
                holdings.held.extend(documents);
            }
        }
        Ok(holdings)
    }

    /// The documents of one writer; of a fetched one as far as they can be read.
    pub fn all_documents(&self, writer: &Arc<Writer>) -> Result<Vec<Tied>, CommitError> {
        let mut documents = Vec::new();
        self.documents_of(writer, &mut documents)?;
        Ok(documents)
    }

    /// The documents of one writer; false where a part of a fetched writer's cannot be read.
    pub(super) fn documents_of(
        &self,
        writer: &Arc<Writer>,
        documents: &mut Vec<Tied>,
    ) -> Result<bool, CommitError> {
        let mut trouble = None;
        let root = match self.root(writer) {
            Ok(root) => root,
            Err(_) if writer.fetched => return Ok(false),
            Err(error) => return Err(error),
        };
        ties::each_note(self.repository(), root, &mut |found| match found {
            Found::Note(at) => {
                let note = self.room.read(self.repository(), at.blob);
                let keys = self.keys_of(note.as_deref().ok());
                take_read(writer, at.commit, &note, (&keys, documents));
            }
            Found::Unreadable { source, .. } => trouble = Some(source),
        });
        match trouble {
            Some(error) if !writer.fetched => Err(error.into()),
            trouble => Ok(trouble.is_none()),
        }
    }
}

/// The lists of companion files, each read once, from whoever has it.
struct Lists<'s> {
    sources: Vec<Files<'s>>,
    /// The keys of the local refs: what is sealed with any other was never saved here, and needs nothing of them.
    own: BTreeSet<KeyId>,
    known: BTreeMap<(LogId, [u8; 32]), Option<Vec<Companion>>>,
}

impl<'s> Lists<'s> {
    fn new(store: &'s Store) -> Result<Self, CommitError> {
        let mut sources = Vec::new();
        for (reference, _) in store.repository().references(LOGS_PREFIX)? {
            let root = tree_of(store.repository(), &reference)?.map(|(_, tree)| tree);
            sources.push(Files::new((store.repository(), &store.keys), root));
        }
        Ok(Self { sources, own: store.own_keys()?, known: BTreeMap::new() })
    }

    fn needs(&mut self, holdings: &Holdings, tied: &Tied) -> Needs {
        let checkpoint = match &tied.content {
            Content::Known(checkpoint) => checkpoint,
            Content::Sealed(closed) if !self.own.contains(&closed.key) => return Some(Vec::new()),
            _ => return None,
        };
        let mut units = Vec::new();
        for part in checkpoint.header.parts() {
            units.extend(holdings.units_of(part.stored()));
            let Part::CompanionList(_, list) = part else { continue };
            for companion in self.read(list)? {
                units.extend(holdings.units_of(&companion.stored));
            }
        }
        units.sort_unstable();
        units.dedup();
        Some(units)
    }

    /// The files of a list; none where no local log has it, so that what it names is not here either.
    fn read(&mut self, list: &StoredFile) -> Option<&[Companion]> {
        let key = (list.log.clone(), list.sha256.0);
        let sources = &self.sources;
        let known = self.known.entry(key).or_insert_with(|| companions(sources, list));
        known.as_deref()
    }
}

fn companions(sources: &[Files], list: &StoredFile) -> Option<Vec<Companion>> {
    let mut is_here = false;
    for files in sources {
        match files.companions(list) {
            Ok(companions) => return Some(companions),
            Err(ReadError::Log(LogError::Absent { .. })) => {}
            Err(_) => is_here = true,
        }
    }
    (!is_here).then(Vec::new)
}

/// The logs below the root of a log ref's tree: id, path and tree.
pub(super) fn logs_below(
    repository: &Repository,
    root: ObjectId,
) -> Result<Vec<(LogId, String, ObjectId)>, ObjectError> {
    let mut logs = Vec::new();
    for (first, above) in directories(repository, root)? {
        for (rest, tree) in directories(repository, above)? {
            if let Ok(log) = format!("{first}{rest}").parse() {
                logs.push((log, format!("{first}/{rest}"), tree));
            }
        }
    }
    Ok(logs)
}

/// The epochs of a log by their start: start, path, bytes. What is none of ours is not among them, and stays.
fn epochs(
    repository: &Repository,
    log: &str,
    tree: ObjectId,
) -> Result<Vec<(u64, String, u64)>, ObjectError> {
    let mut epochs = Vec::new();
    for (name, frames) in directories(repository, tree)? {
        let mut start = None;
        let mut bytes = 0;
        for frame in repository.tree(frames)? {
            let name = String::from_utf8_lossy(&frame.name).into_owned();
            let at: Option<u64> = name.strip_suffix(".ckz").and_then(|digits| digits.parse().ok());
            start = start.into_iter().chain(at).min();
            bytes += repository.object_size(frame.id).unwrap_or(0);
        }
        if let (Some(start), true) = (start, name.parse::<u64>().is_ok()) {
            epochs.push((start, format!("{log}/{name}"), bytes));
        }
    }
    epochs.sort();
    Ok(epochs)
}

fn directories(
    repository: &Repository,
    tree: ObjectId,
) -> Result<Vec<(String, ObjectId)>, ObjectError> {
    let entries = repository.tree(tree)?.into_iter();
    let named = entries.filter(|entry| entry.kind == EntryKind::Tree);
    Ok(named.filter_map(|entry| Some((String::from_utf8(entry.name).ok()?, entry.id))).collect())
}
