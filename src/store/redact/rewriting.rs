//! Documents and refs without the secrets that were found.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::format::document::{self, Document};
use crate::format::note::{self, Piece};
use crate::format::sealed;
use crate::git::{Repository, Stamp, TreeEdit};
use crate::model::checkpoint::{CheckpointId, Draft, Part};
use crate::model::object::ObjectId;
use crate::model::snapshot::LogId;
use crate::store::keys::Keyring;
use crate::store::log::{self, LogReader};
use crate::store::prune::{Rewrite, rewrite};
use crate::store::redact::files::Writing;
use crate::store::redact::leaks::{Leaks, WriterLeaks};
use crate::store::redact::moved::{Moved, Replaced};
use crate::store::redact::{MESSAGE, RedactError, Renamed};
use crate::store::redactor::Redactor;
use crate::store::tied::Tied;
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
pub struct NewLog<'r> {
    pub moved: Moved,
    pub reader: LogReader<'r>,
}

/// The logs of one writer as they are now.
pub type NewLogs<'r> = BTreeMap<LogId, NewLog<'r>>;

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
                edits: Vec::new(),
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
                let written = self.written(tied, &draft)?;
                new.insert(checkpoint.id.clone(), written);
            }
        }
        Ok(new)
    }
}

impl Rewriting<'_, '_> {
    /// A document as it is to be stored, sealed as it was.
    fn written(&self, tied: &Tied, draft: &Draft) -> Result<(CheckpointId, Vec<u8>), RedactError> {
        let written = match document::read(&tied.document).map_err(CommitError::from)? {
            Document::Sealed(sealed) => {
                let closed = |source| RedactError::Sealed { id: sealed.id.clone(), source };
                let key = self.store.keys.find(self.store.repository(), sealed.key);
                let unknown = sealed.outline().map_err(CommitError::from)?.unknown;
                sealed::write(draft, &key.map_err(closed)?, unknown)
            }
            _ => document::write(draft),
        };
        Ok(written.map_err(CommitError::from)?)
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
        let (new, mut more) = Moved::write((repository, keys), &log, &mut reader, replaced)?;
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
                Piece::Document(_, document) => {
                    new.get(document.id()).map(|(_, bytes)| bytes.as_slice())
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
