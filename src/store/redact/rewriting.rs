//! Documents and refs without the secrets that were found.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::format::companions;
use crate::format::document::{self, Document};
use crate::format::note::{self, Piece};
use crate::git::{Repository, Stamp, TreeEdit};
use crate::model::checkpoint::{CheckpointId, Draft, Part};
use crate::model::hash;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Companion, Extent, LogId, Redacted, StoredFile};
use crate::store::appender::Appender;
use crate::store::checkpoints::Tied;
use crate::store::keys::Keyring;
use crate::store::log::{self, LogReader};
use crate::store::prune::{Rewrite, rewrite};
use crate::store::redact::leaks::{Leaks, WriterLeaks};
use crate::store::redact::moved::{Moved, Replaced};
use crate::store::redact::{MESSAGE, RedactError, Renamed};
use crate::store::redactor::Redactor;
use crate::store::transaction::{CommitError, Tip, write_tip};
use crate::store::vault::VaultError;
use crate::store::{Store, ties};

/// All that is known before anything is written.
pub struct Rewriting<'s, 'l> {
    store: &'s Store,
    leaks: &'l Leaks,
    targets: &'l HashSet<CheckpointId>,
    /// What stands in the place of leaks, by the place of the writer and log.
    replaced: Vec<BTreeMap<LogId, Vec<Replaced>>>,
    /// What documents say without their secrets.
    drafts: HashMap<CheckpointId, Draft>,
}

/// What was written, and waits to be put in place.
pub struct Made {
    /// Log refs with the old frames and the new ones.
    pub with_both: Vec<Rewrite>,
    pub ties: Vec<Rewrite>,
    pub without_old: Vec<Rewrite>,
    pub renamed: Renamed,
}

impl Made {
    /// The refs as they were before any of it.
    pub fn before(&self) -> Vec<Rewrite> {
        self.with_both.iter().chain(&self.ties).cloned().collect()
    }
}

/// What a log became.
struct NewLog<'r> {
    moved: Moved,
    reader: LogReader<'r>,
}

/// The logs of one writer as they are now.
type NewLogs<'r> = BTreeMap<LogId, NewLog<'r>>;

/// Edits documents in place.
type Edit<'e> = dyn FnMut(&mut Redactor, &mut Draft) -> Result<(), VaultError> + 'e;

impl<'s, 'l> Rewriting<'s, 'l> {
    pub fn prepare(
        store: &'s Store,
        leaks: &'l Leaks,
        targets: &'l HashSet<CheckpointId>,
        redactor: &mut Redactor,
        edit: &mut Edit,
    ) -> Result<Self, RedactError> {
        let mut replaced = Vec::new();
        let mut drafts = HashMap::new();
        let touched: HashSet<&LogId> =
            leaks.writers.iter().flat_map(|one| one.leaks.keys()).collect();
        for one in &leaks.writers {
            let mut logs = BTreeMap::new();
            for (log, leaks) in &one.leaks {
                let mut all = Vec::new();
                for leak in leaks {
                    let placeholder = redactor.placeholder(&leak.rule, leak.value.bytes())?;
                    all.push(Replaced { range: leak.range, placeholder });
                }
                logs.insert(log.clone(), all);
            }
            replaced.push(logs);
            for tied in &one.documents {
                let Some(checkpoint) = tied.checkpoint() else { continue };
                let header = checkpoint.header.clone();
                let concerns = targets.contains(&checkpoint.id)
                    || header.parts().any(|part| {
                        let is_list = matches!(part, Part::CompanionList(..));
                        is_list || touched.contains(&part.stored().log)
                    });
                if concerns && !drafts.contains_key(&checkpoint.id) {
                    let mut draft = Draft { header, body: checkpoint.body.clone() };
                    edit(redactor, &mut draft)?;
                    drafts.insert(checkpoint.id.clone(), draft);
                }
            }
        }
        Ok(Self { store, leaks, targets, replaced, drafts })
    }

    pub fn write(mut self, redactor: &Redactor, stamp: &Stamp) -> Result<Made, RedactError> {
        let repository = self.store.repository();
        let mut roots = Vec::new();
        let mut logs: Vec<NewLogs> = Vec::new();
        for (one, replaced) in self.leaks.writers.iter().zip(std::mem::take(&mut self.replaced)) {
            let (root, new) = new_logs((repository, &self.store.keys), one, replaced)?;
            roots.push(root);
            logs.push(new);
        }
        let mut made = Made {
            with_both: Vec::new(),
            ties: Vec::new(),
            without_old: Vec::new(),
            renamed: Renamed::new(),
        };
        for (place, one) in self.leaks.writers.iter().enumerate() {
            let mut writing = Writing {
                redactor,
                repository,
                keys: &self.store.keys,
                place,
                logs: &mut logs,
                root: roots[place],
                lists: BTreeMap::new(),
                known: HashMap::new(),
            };
            let documents = self.documents(one, &mut writing)?;
            let root = writing.finish()?;
            let ties = Tip::read(repository, one.writer.ties_ref())?;
            let edits = notes(repository, &ties, &one.documents, &documents)?;
            made.ties.extend(rewrite(repository, ties, &edits, stamp, MESSAGE)?);
            made.renamed.extend(documents.into_iter().map(|(old, (new, _))| (old, new)));
            let tip = Tip::read(repository, one.writer.log_ref.clone())?;
            let Some(root) = root.filter(|root| Some(*root) != tip.tree) else { continue };
            let old = logs[place].values().flat_map(|log| &log.moved.old);
            let gone: Vec<TreeEdit> =
                old.map(|path| TreeEdit { path: path.clone(), entry: None }).collect();
            let both = Tip { tree: Some(root), ..tip.clone() };
            made.with_both.push(Rewrite {
                tip,
                new: write_tip(repository, root, Vec::new(), stamp, MESSAGE)
                    .map_err(CommitError::from)?,
            });
            made.without_old.extend(rewrite(repository, both, &gone, stamp, MESSAGE)?);
        }
        Ok(made)
    }

    /// The documents of a writer that are not what they were: by their old ids, what they are now.
    fn documents(
        &self,
        one: &WriterLeaks,
        writing: &mut Writing,
    ) -> Result<HashMap<CheckpointId, (CheckpointId, Vec<u8>)>, RedactError> {
        let mut new = HashMap::new();
        for tied in &one.documents {
            let Some(checkpoint) = tied.checkpoint() else { continue };
            let Some(draft) = self.drafts.get(&checkpoint.id) else { continue };
            let mut draft = draft.clone();
            for snapshot in &mut draft.header.snapshots {
                snapshot.transcript = writing.moved(&snapshot.transcript)?;
                if let Some(list) = &snapshot.companions {
                    snapshot.companions = Some(writing.list(self.store, tied, list)?);
                }
            }
            for attachment in &mut draft.header.attachments {
                attachment.stored = writing.moved(&attachment.stored)?;
            }
            if self.targets.contains(&checkpoint.id) {
                draft.header.unredacted = false;
            }
            if draft.header != checkpoint.header || draft.body != checkpoint.body {
                let written = document::write(&draft).map_err(CommitError::from)?;
                new.insert(checkpoint.id.clone(), written);
            }
        }
        Ok(new)
    }
}

/// Stores the epochs of a writer that hold leaks once more; returns the tree with the old and the new ones.
fn new_logs<'r>(
    (repository, keys): (&'r Repository, &'r Keyring),
    one: &WriterLeaks,
    replaced: BTreeMap<LogId, Vec<Replaced>>,
) -> Result<(Option<ObjectId>, NewLogs<'r>), RedactError> {
    let Some((_, root)) = one.logs else { return Ok((None, NewLogs::new())) };
    let tree_in = |root, log: &LogId| {
        repository.entry_at(root, &log::directory(log)).map_err(CommitError::from)
    };
    let mut edits = Vec::new();
    let mut moved = Vec::new();
    for (log, replaced) in replaced {
        let Some(tree) = tree_in(root, &log)? else { continue };
        let mut reader = LogReader::open((repository, keys), &log, tree.id)?;
        let (new, mut more) = Moved::write(repository, &log, &mut reader, replaced)?;
        edits.append(&mut more);
        moved.push((log, new));
    }
    let root = repository.edit_tree(Some(root), &edits).map_err(CommitError::from)?;
    let mut logs = NewLogs::new();
    for (log, moved) in moved {
        let Some(tree) = tree_in(root, &log)? else { continue };
        let reader = LogReader::open((repository, keys), &log, tree.id)?;
        logs.insert(log, NewLog { moved, reader });
    }
    Ok((Some(root), logs))
}

/// Describes the files of one writer's documents anew.
struct Writing<'w, 'r, 'a> {
    redactor: &'w Redactor<'a>,
    repository: &'r Repository,
    keys: &'r Keyring,
    /// The writer's place among all.
    place: usize,
    logs: &'w mut [NewLogs<'r>],
    root: Option<ObjectId>,
    /// New lists of companion files, by log.
    lists: BTreeMap<LogId, Appender<'r>>,
    known: HashMap<(LogId, [u8; 32]), StoredFile>,
}

impl Writing<'_, '_, '_> {
    /// A file as it is now.
    fn moved(&mut self, stored: &StoredFile) -> Result<StoredFile, RedactError> {
        let key = (stored.log.clone(), stored.sha256.0);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let own = self.place;
        let others = (0..self.logs.len()).filter(|place| *place != own);
        let place = std::iter::once(own).chain(others);
        let mut place = place.filter(|place| self.logs[*place].contains_key(&stored.log));
        let Some(place) = place.next() else { return Ok(stored.clone()) };
        let Some(log) = self.logs[place].get_mut(&stored.log) else { return Ok(stored.clone()) };
        // A log of the same name may have other bytes, and then somebody else's is meant.
        if !log.moved.concerns(stored)
            || hash_of(&mut log.reader, &stored.extents).ok() != Some(stored.sha256)
        {
            return Ok(stored.clone());
        }
        let places = log.moved.places(&stored.extents);
        let extents = log.moved.extents(&stored.extents);
        let sha256 = hash_of(&mut log.reader, &extents)?;
        let redacted = match &stored.redacted {
            _ if places == 0 => stored.redacted.clone(),
            Some(before) => {
                Some(Redacted { places: before.places + places, original: before.original })
            }
            None => {
                let original = self.redactor.keyed(&stored.sha256)?;
                original.map(|original| Redacted { places, original })
            }
        };
        let bytes = extents.iter().map(|extent| extent.length).sum();
        let new =
            StoredFile { log: stored.log.clone(), bytes, extents, sha256, key: None, redacted };
        self.known.insert(key, new.clone());
        Ok(new)
    }

    /// A list of companion files as it is now.
    fn list(
        &mut self,
        store: &Store,
        tied: &Tied,
        list: &StoredFile,
    ) -> Result<StoredFile, RedactError> {
        let key = (list.log.clone(), list.sha256.0);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let old = store.companions(tied, list)?;
        let mut new = old.clone();
        for companion in &mut new {
            companion.stored = self.moved(&companion.stored)?;
        }
        let stored = if new == old { list.clone() } else { self.add_list(&list.log, &new)? };
        self.known.insert(key, stored.clone());
        Ok(stored)
    }

    fn add_list(&mut self, log: &LogId, list: &[Companion]) -> Result<StoredFile, RedactError> {
        let text = companions::write(list)?;
        if !self.lists.contains_key(log) {
            let tree = match self.root {
                Some(root) => self
                    .repository
                    .entry_at(root, &log::directory(log))
                    .map_err(CommitError::from)?,
                None => None,
            };
            let tail = match tree {
                Some(tree) => {
                    LogReader::open((self.repository, self.keys), log, tree.id)?.tail()?.fresh()
                }
                None => log::Tail::default(),
            };
            let appender = Appender::new(self.repository, log, (tail, Vec::new()), None);
            self.lists.insert(log.clone(), appender);
        }
        let appender = self.lists.get_mut(log).expect("it was put there just now");
        let extent = appender.push(&text)?;
        Ok(StoredFile {
            log: log.clone(),
            bytes: extent.length,
            extents: vec![extent],
            sha256: hash::Sha256(Sha256::digest(&text).into()),
            key: None,
            redacted: None,
        })
    }

    /// Stores the lists; returns the tree of logs with everything that is new.
    fn finish(self) -> Result<Option<ObjectId>, RedactError> {
        let mut edits = Vec::new();
        for appender in self.lists.into_values() {
            let mut appended = appender.finish();
            edits.append(&mut appended.edits);
            if let Some(job) = appended.last.take() {
                edits.push(job.run(self.repository)?.0);
            }
        }
        if edits.is_empty() {
            return Ok(self.root);
        }
        Ok(Some(self.repository.edit_tree(self.root, &edits).map_err(CommitError::from)?))
    }
}

fn hash_of(reader: &mut LogReader, extents: &[Extent]) -> Result<hash::Sha256, RedactError> {
    let mut hash = Sha256::new();
    for extent in extents {
        reader.read(*extent, &mut |bytes| {
            hash.update(bytes);
            Ok(())
        })?;
    }
    Ok(hash::Sha256(hash.finalize().into()))
}

/// What puts new documents in the place of old ones.
fn notes(
    repository: &Repository,
    tip: &Tip,
    documents: &[Tied],
    new: &HashMap<CheckpointId, (CheckpointId, Vec<u8>)>,
) -> Result<Vec<TreeEdit>, RedactError> {
    let is_new = |tied: &&Tied| tied.id().is_some_and(|id| new.contains_key(id));
    let commits: HashSet<ObjectId> =
        documents.iter().filter(is_new).map(|tied| tied.commit).collect();
    let mut edits = Vec::new();
    for commit in commits {
        let Some(root) = tip.tree else { continue };
        let Some(at) = ties::find(repository, root, commit).map_err(CommitError::from)? else {
            continue;
        };
        let before = repository.blob(at.blob).map_err(CommitError::from)?;
        let mut after = Vec::new();
        for piece in note::read(&before) {
            let bytes = match &piece {
                Piece::Document(_, Document::Newer { id, format, .. }) => {
                    return Err(CommitError::Newer { id: id.clone(), format: *format }.into());
                }
                Piece::Document(_, Document::Known(checkpoint)) => {
                    new.get(&checkpoint.id).map(|(_, bytes)| bytes.as_slice())
                }
                Piece::Damaged(..) | Piece::Foreign(_) => None,
            };
            after = note::with(&after, bytes.unwrap_or(piece.bytes()));
        }
        let blob = repository.write_blob(&after).map_err(CommitError::from)?;
        edits.extend(ties::edits(commit, Some(&at), blob));
    }
    Ok(edits)
}
