//! Taking checkpoints away: the ties first, then the frames that nobody needs any more.
//!
//! A rewritten ref starts a history of its own, so that nothing keeps what went. Whenever this ends, every checkpoint
//! that can be seen has its frames: ties are gone before frames are, and frames that were left behind go with the next
//! prune. A save that runs at the same time waits for the lock, and what it added counts.

use std::collections::{BTreeMap, HashSet};

use crate::format::document::Document;
use crate::format::note::{self, Piece};
use crate::git::{Repository, Stamp, Swap, TreeEdit};
use crate::model::checkpoint::CheckpointId;
use crate::model::object::ObjectId;
use crate::model::writer::{REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX};
use crate::store::holdings::Holdings;
use crate::store::local::{self, LocalError};
use crate::store::lock::Lock;
use crate::store::rewritten::{Entry as Waiting, Rewritten};
use crate::store::transaction::{CommitError, Tip, stale_after, write_tip};
use crate::store::writers::Writer;
use crate::store::{Store, ties};

const MESSAGE: &str = "git-ckpt: pruned\n";

/// A tie that shall go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Removal {
    /// The ref that holds it.
    pub reference: String,
    pub commit: ObjectId,
    pub id: CheckpointId,
}

/// What was taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    pub checkpoints: usize,
    /// Bytes of documents and frames that the refs do not hold any more.
    pub bytes: u64,
    /// The refs that were rewritten.
    pub refs: Vec<String>,
}

/// A ref whose new tip is written.
#[derive(Clone)]
pub(super) struct Rewrite {
    pub tip: Tip,
    pub new: ObjectId,
}

impl Store {
    /// Takes checkpoints away, and all frames that nobody needs then. What is gone already stays gone.
    pub fn prune(&self, gone: &[Removal], stamp: &Stamp) -> Result<Pruned, CommitError> {
        let lock = Lock::wait(&self.directory)?;
        let holdings = self.holdings()?;
        let wanted: HashSet<&Removal> = gone.iter().collect();
        let places = (0..holdings.held.len())
            .filter(|place| holdings.removal(*place).is_some_and(|tie| wanted.contains(&tie)));
        let places: HashSet<usize> = places.collect();
        let mut rewrites = self.ties_without(&holdings, &places, stamp)?;
        rewrites.extend(self.logs_without(&holdings, &places, stamp)?);
        self.forget_before(&rewrites)?;
        let mut pruned = Pruned {
            checkpoints: places.len(),
            bytes: holdings.bytes() - holdings.bytes_without(&places),
            refs: Vec::new(),
        };
        for Rewrite { tip, new } in rewrites {
            if tip.swap(self.repository(), new, MESSAGE.trim_end(), stale_after(&lock))?
                == Swap::Lost
            {
                return Err(CommitError::Moved { reference: tip.reference });
            }
            pruned.refs.push(tip.reference);
        }
        self.forget_pasts()?;
        Ok(pruned)
    }

    /// Strikes what a push has replaced since it was rewritten here, and lets go of what its refs stood at before.
    pub fn settle(&self) -> Result<(), CommitError> {
        if !self.directory.join("rewritten").exists() {
            return Ok(());
        }
        let _lock = Lock::wait(&self.directory)?;
        let mut rewritten = Rewritten::load(&self.directory);
        if rewritten.settle(self.repository())? {
            self.forget_pasts()?;
            rewritten.store(&self.directory)?;
        }
        Ok(())
    }

    /// Whether a ref was rewritten here since a remote was seen to have `seen` under its name.
    pub fn was_rewritten(&self, remote: &str, reference: &str, seen: ObjectId) -> bool {
        Rewritten::load(&self.directory).has(remote, reference, seen)
    }

    /// The refs that a push to a remote has to replace or remove.
    pub fn waiting_at(&self, remote: &str) -> Vec<Waiting> {
        Rewritten::load(&self.directory).waiting_at(remote)
    }

    /// Whether a push has replaced something whose past is still kept here.
    pub fn is_unsettled(&self) -> Result<bool, CommitError> {
        Rewritten::load(&self.directory).settle(self.repository())
    }

    /// The remotes that have, as far as is known here, what the next push takes away.
    pub fn waiting_remotes(&self) -> Result<Vec<String>, CommitError> {
        Rewritten::load(&self.directory).remotes(self.repository())
    }

    /// The ties refs without the documents at these places.
    fn ties_without(
        &self,
        holdings: &Holdings,
        places: &HashSet<usize>,
        stamp: &Stamp,
    ) -> Result<Vec<Rewrite>, CommitError> {
        let mut gone: BTreeMap<String, BTreeMap<ObjectId, HashSet<CheckpointId>>> = BTreeMap::new();
        for tie in places.iter().filter_map(|place| holdings.removal(*place)) {
            gone.entry(tie.reference).or_default().entry(tie.commit).or_default().insert(tie.id);
        }
        let mut rewrites = Vec::new();
        for (reference, commits) in gone {
            let tip = Tip::read(self.repository(), reference)?;
            let Some(root) = tip.tree else { continue };
            let mut edits = Vec::new();
            for (commit, ids) in commits {
                edits.extend(note_without(self.repository(), root, commit, &ids)?);
            }
            rewrites.extend(rewrite(self.repository(), tip, &edits, stamp, MESSAGE)?);
        }
        Ok(rewrites)
    }

    /// The log refs without the epochs that nobody needs when the documents at these places are gone.
    fn logs_without(
        &self,
        holdings: &Holdings,
        places: &HashSet<usize>,
        stamp: &Stamp,
    ) -> Result<Vec<Rewrite>, CommitError> {
        let mut gone: BTreeMap<&str, Vec<TreeEdit>> = BTreeMap::new();
        for (unit, kept) in holdings.units.iter().zip(holdings.kept(places)) {
            if !kept {
                let edit = TreeEdit { path: unit.path.clone(), entry: None };
                gone.entry(&unit.reference).or_default().push(edit);
            }
        }
        let mut rewrites = Vec::new();
        for (reference, edits) in gone {
            let tip = Tip::read(self.repository(), reference.to_owned())?;
            rewrites.extend(rewrite(self.repository(), tip, &edits, stamp, MESSAGE)?);
        }
        Ok(rewrites)
    }

    /// Writes down what the next push has to replace, and drops what was remembered of the refs as they were: what
    /// captures remember may refer to frames that go.
    pub(super) fn forget_before(&self, rewrites: &[Rewrite]) -> Result<(), CommitError> {
        if rewrites.is_empty() {
            return Ok(());
        }
        let mut rewritten = Rewritten::load(&self.directory);
        for Rewrite { tip, .. } in rewrites {
            if let Some(commit) = tip.commit {
                rewritten.add_remotes_of(self.repository(), &tip.reference, commit)?;
            }
        }
        rewritten.store(&self.directory)?;
        for cache in ["anchors", "tips"] {
            local::remove(&self.directory.join(cache))?;
        }
        let state = self.directory.join("state");
        match std::fs::remove_dir_all(&state) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(LocalError { path: state, source }.into())
            }
            _ => Ok(()),
        }
    }

    /// Reflogs keep what a ref stood at for weeks; a prune that was killed may have left some.
    pub(super) fn forget_pasts(&self) -> Result<(), CommitError> {
        let local: Vec<Writer> =
            self.all_writers()?.into_iter().filter(|writer| !writer.fetched).collect();
        for reference in local.iter().flat_map(|writer| [writer.ties_ref(), writer.log_ref.clone()])
        {
            self.repository().forget_past(&reference)?;
        }
        for prefix in [REMOTE_TIES_PREFIX, REMOTE_LOGS_PREFIX] {
            for (reference, _) in self.repository().references(prefix)? {
                let name = reference.rsplit_once('/').map(|(_, name)| name);
                if local.iter().any(|writer| Some(writer.name.as_str()) == name) {
                    self.repository().forget_past(&reference)?;
                }
            }
        }
        Ok(())
    }
}

/// Writes the tip that a ref is to stand at, without a past; `None` where nothing changes.
pub(super) fn rewrite(
    repository: &Repository,
    tip: Tip,
    edits: &[TreeEdit],
    stamp: &Stamp,
    message: &str,
) -> Result<Option<Rewrite>, CommitError> {
    let tree = repository.edit_tree(tip.tree, edits)?;
    if Some(tree) == tip.tree {
        return Ok(None);
    }
    let new = write_tip(repository, tree, Vec::new(), stamp, message)?;
    Ok(Some(Rewrite { tip, new }))
}

/// What takes documents out of the note of a commit, and the note away where nothing is left of it. What is no
/// document of ours, or cannot be read, stays.
fn note_without(
    repository: &Repository,
    root: ObjectId,
    commit: ObjectId,
    ids: &HashSet<CheckpointId>,
) -> Result<Vec<TreeEdit>, CommitError> {
    let Some(at) = ties::find(repository, root, commit)? else { return Ok(Vec::new()) };
    let note = ties::read(repository, at.blob)?;
    let mut rest = Vec::new();
    for piece in note::read(&note) {
        let goes = match &piece {
            Piece::Document(_, Document::Newer { .. }) => false,
            Piece::Document(_, document) => ids.contains(document.id()),
            Piece::Damaged(..) | Piece::Foreign(_) => false,
        };
        if !goes {
            rest = note::with(&rest, piece.bytes());
        }
    }
    if rest.iter().all(u8::is_ascii_whitespace) {
        return Ok(vec![TreeEdit { path: at.path, entry: None }]);
    }
    let blob = repository.write_blob(&rest)?;
    Ok(ties::edits(commit, Some(&at), blob))
}
