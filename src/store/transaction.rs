//! One save, from the lock to the swapped refs.
//!
//! Objects first, then the log ref, then the ties ref, each by compare-and-swap. Until the last swap nothing that was
//! there before has changed, so that a process may die at any instruction.

use std::panic::resume_unwind;
use std::path::Path;
use std::time::Duration;

use crate::format::document::DocumentError;
use crate::format::note;
use crate::git::{
    NewCommit, ObjectError, OpenError, Opener, RefError, Repository, Stamp, Swap, TreeEdit,
};
use crate::model::checkpoint::{CheckpointId, Draft};
use crate::model::object::ObjectId;
use crate::model::writer::WriterId;
use crate::store::appender::FrameJob;
use crate::store::attach::Attached;
use crate::store::capture::CaptureError;
use crate::store::carry::holds;
use crate::store::heal::{self, HealError};
use crate::store::keys::{Keyring, Seal, Sealing};
use crate::store::lines::LineReader;
use crate::store::local::{self, LocalError};
use crate::store::lock::{Lock, LockError};
use crate::store::redactor::Redactor;
use crate::store::session::{CapturedSession, SessionCapturer, SessionError, SessionSource};
use crate::store::ties::{self, NoteAt};
use crate::store::tips::Tips;
use crate::store::writers::{self, WriterError};
use crate::store::{missing, tree_of};

/// How often a swap is tried before giving up.
pub(super) const ATTEMPTS: u32 = 40;
/// A ref's own lock file that is older was left by a process that died: we hold this clone's lock.
pub(super) const STALE: Duration = Duration::from_secs(10);
/// The same where the last holder of this clone's lock was killed: time enough for any git command that may hold the
/// lock of one ref just now.
const STALE_AFTER_A_DEATH: Duration = Duration::from_secs(1);

/// A save that did not become visible.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error("refs of this clone were moved by something else and cannot be mended")]
    Heal(#[from] HealError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("`{reference}` does not stand at a readable commit")]
    Tip { reference: String, source: ObjectError },
    #[error("the key cannot be wrapped for its recipients")]
    Unwrapped(#[source] std::io::Error),
    #[error("`{reference}` moves again and again while it is being saved to")]
    Contended { reference: String },
    #[error("`{reference}` was moved by another program")]
    Moved { reference: String },
    #[error("checkpoint {id} of this commit has format {format}, newer than this program writes")]
    Newer { id: CheckpointId, format: u32 },
}

/// Where a ref stood.
#[derive(Clone)]
pub(super) struct Tip {
    pub(super) reference: String,
    pub(super) commit: Option<ObjectId>,
    pub(super) tree: Option<ObjectId>,
}

impl Tip {
    pub(super) fn read(repository: &Repository, reference: String) -> Result<Self, CommitError> {
        let (commit, tree) = tree_of(repository, &reference)?.unzip();
        Ok(Self { reference, commit, tree })
    }
}

/// A save under way. Holds the lock of this clone.
pub struct Transaction<'s> {
    pub(super) repository: &'s Repository,
    pub(super) keys: &'s Keyring,
    pub(super) directory: &'s Path,
    /// Absent where nothing is sealed.
    pub(super) seal: Option<Seal>,
    lock: Lock,
    pub(super) writer: WriterId,
    pub(super) logs: Tip,
    pub(super) ties: Tip,
    pub(super) captured: Vec<CapturedSession>,
    pub(super) attached: Attached,
    spare: Option<Repository>,
}

impl<'s> Transaction<'s> {
    pub(super) fn begin(
        (repository, keys): (&'s Repository, &'s Keyring),
        directory: &'s Path,
        author: &str,
    ) -> Result<Self, CommitError> {
        let lock = Lock::wait(directory)?;
        if lock.follows_a_death() {
            local::sweep(directory);
            local::sweep(&directory.join("state"));
        }
        if heal::is_suspicious(repository, directory) {
            heal::heal(repository, directory, &lock)?;
        }
        let writer = writers::own_or_new(directory, author)?;
        Ok(Self {
            repository,
            keys,
            directory,
            seal: None,
            lock,
            logs: Tip::read(repository, writer.log_ref())?,
            ties: Tip::read(repository, writer.ties_ref())?,
            writer,
            captured: Vec::new(),
            attached: Attached::default(),
            spare: None,
        })
    }

    /// Captures a session. What it stored becomes visible with [`Transaction::commit`].
    pub fn capture(
        &mut self,
        source: &SessionSource,
        reader: &mut dyn LineReader,
        redactor: &mut Redactor,
    ) -> Result<&CapturedSession, CommitError> {
        let mut capturer = SessionCapturer {
            repository: self.repository,
            directory: self.directory,
            root: self.logs.tree,
            redactor,
            sealing: Sealing { keys: self.keys, key: self.seal.as_ref().map(|seal| &seal.key) },
        };
        let captured = capturer.capture(source, reader)?;
        self.captured.push(captured);
        Ok(&self.captured[self.captured.len() - 1])
    }

    /// Lends another handle of the same repository, so that none has to be opened for the thread that writes logs.
    pub fn lend(&mut self, spare: Option<Repository>) {
        self.spare = spare;
    }

    /// Ties a checkpoint to `commit` and makes everything visible. Saving the same checkpoint again changes nothing.
    ///
    /// The logs are written on a thread of their own while the note is put together; the tie is made last.
    pub fn commit(
        mut self,
        commit: ObjectId,
        draft: &Draft,
        stamp: &Stamp,
    ) -> Result<Committed, CommitError> {
        let (id, document) = self.written(draft)?;
        // What cannot be tied in the end must not move the log ref either.
        let note = self.note_of(commit)?;
        holds(&note.1, &id)?;
        let stale = self.stale();
        let key_edit = self.log_key_edit()?;
        let work = LogWork {
            opener: self.repository.opener(),
            tip: self.logs.clone(),
            edits: self
                .captured
                .iter_mut()
                .flat_map(|session| session.edits.drain(..))
                .chain(self.attached.edits.drain(..))
                .chain(key_edit)
                .collect(),
            jobs: self.captured.iter_mut().flat_map(|session| session.jobs.drain(..)).collect(),
            stamp: stamp.clone(),
            stale,
        };
        let new = NewTie { commit, id: &id, document: &document, stamp };
        let spare = self.spare.take();
        let (logs, tie) = std::thread::scope(|scope| {
            let logs = (!work.is_empty()).then(|| scope.spawn(|| work.carry_out(spare)));
            let tie = self.prepare_tie(&new, note);
            (logs.map(|logs| logs.join().unwrap_or_else(|panic| resume_unwind(panic))), tie)
        });
        let (root, last_bytes) = logs.unwrap_or(Ok((self.logs.tree, 0)))?;
        self.swap_tie(&new, tie?, stale)?;
        Tips::of(self.repository, &self.writer)?.store(self.directory)?;
        for captured in std::mem::take(&mut self.captured) {
            if let Some(root) = root {
                captured.remember(self.repository, self.directory, root)?;
            }
        }
        Ok(Committed { id, last_bytes })
    }

    pub(super) fn stale(&self) -> Duration {
        stale_after(&self.lock)
    }

    /// Where the note of a commit lies, and what it holds.
    pub(super) fn note_of(
        &self,
        commit: ObjectId,
    ) -> Result<(Option<NoteAt>, Vec<u8>), CommitError> {
        let Some(root) = self.ties.tree else { return Ok((None, Vec::new())) };
        let at = ties::find(self.repository, root, commit)?;
        let note = at.as_ref().map_or(Ok(Vec::new()), |at| ties::read(self.repository, at.blob))?;
        Ok((at, note))
    }

    /// Writes everything but the ref of a tie. `None` where the checkpoint is tied already.
    fn prepare_tie(
        &self,
        new: &NewTie,
        (earlier, note): (Option<NoteAt>, Vec<u8>),
    ) -> Result<Option<Prepared>, CommitError> {
        if holds(&note, new.id)? {
            return Ok(None);
        }
        let blob = ties::write(self.repository, &note::with(&note, new.document))?;
        let mut edits = ties::edits(new.commit, earlier.as_ref(), blob);
        edits.extend(self.tie_key_edit()?);
        let tree = self.repository.edit_tree(self.ties.tree, &edits)?;
        let (id, commit) = (new.id.short(), new.commit.short());
        let message = format!("git-ckpt: checkpoint {id} for {commit}\n");
        let tip = self.ties.successor(self.repository, tree, new.stamp, &message)?;
        Ok(Some(Prepared { tip, message, objects: [blob, tree] }))
    }

    fn swap_tie(
        &mut self,
        new: &NewTie,
        mut tie: Option<Prepared>,
        stale: Duration,
    ) -> Result<(), CommitError> {
        for attempt in 0..ATTEMPTS {
            let Some(prepared) = &tie else { return Ok(()) };
            let reason = prepared.message.trim_end();
            if self.ties.swap(self.repository, prepared.tip, reason, stale)? == Swap::Done {
                return Ok(missing(self.repository, prepared.objects)?);
            }
            std::thread::sleep(Duration::from_millis(u64::from(attempt.min(10)) * 3));
            heal::heal(self.repository, self.directory, &self.lock)?;
            self.ties = Tip::read(self.repository, self.writer.ties_ref())?;
            tie = self.prepare_tie(new, self.note_of(new.commit)?)?;
        }
        Err(CommitError::Contended { reference: self.ties.reference.clone() })
    }
}

/// How old a ref's lock file has to be to be a dead process'.
pub(super) fn stale_after(lock: &Lock) -> Duration {
    if lock.follows_a_death() { STALE_AFTER_A_DEATH } else { STALE }
}

/// A tie to be made.
struct NewTie<'a> {
    commit: ObjectId,
    id: &'a CheckpointId,
    document: &'a [u8],
    stamp: &'a Stamp,
}

/// What a commit of a transaction made visible.
#[derive(Debug)]
pub struct Committed {
    pub id: CheckpointId,
    /// Bytes of the frames that were made last, compressed.
    pub last_bytes: u64,
}

/// A tie whose objects are written.
struct Prepared {
    tip: ObjectId,
    message: String,
    objects: [ObjectId; 2],
}

/// The log ref's part of a save.
struct LogWork {
    opener: Opener,
    tip: Tip,
    edits: Vec<TreeEdit>,
    jobs: Vec<FrameJob>,
    stamp: Stamp,
    stale: Duration,
}

impl LogWork {
    fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.jobs.is_empty()
    }

    /// Makes the last frames and moves the log ref; returns its tree and the bytes of those frames.
    fn carry_out(&self, spare: Option<Repository>) -> Result<(Option<ObjectId>, u64), CommitError> {
        let repository = spare.map_or_else(|| self.opener.open(), Ok)?;
        let mut edits = self.edits.clone();
        let mut last_bytes = 0;
        for job in &self.jobs {
            let (edit, bytes) =
                job.run(&repository).map_err(CaptureError::from).map_err(SessionError::from)?;
            edits.push(edit);
            last_bytes += bytes;
        }
        let tree = repository.edit_tree(self.tip.tree, &edits)?;
        let message = "git-ckpt: session log\n";
        let new = self.tip.successor(&repository, tree, &self.stamp, message)?;
        if self.tip.swap(&repository, new, message.trim_end(), self.stale)? == Swap::Lost {
            return Err(CommitError::Moved { reference: self.tip.reference.clone() });
        }
        // A prune that ran meanwhile may have taken objects that nothing referred to yet.
        missing(&repository, edits.iter().filter_map(|edit| Some(edit.entry?.1)))?;
        Ok((Some(tree), last_bytes))
    }
}

impl Tip {
    /// Writes the commit that follows this tip.
    pub(super) fn successor(
        &self,
        repository: &Repository,
        tree: ObjectId,
        stamp: &Stamp,
        message: &str,
    ) -> Result<ObjectId, CommitError> {
        let parents = self.commit.into_iter().collect();
        Ok(write_tip(repository, tree, parents, stamp, message)?)
    }

    /// Moves the ref from this tip to `new`; waits for whoever holds its lock.
    pub(super) fn swap(
        &self,
        repository: &Repository,
        new: ObjectId,
        reason: &str,
        stale: Duration,
    ) -> Result<Swap, CommitError> {
        for attempt in 0..ATTEMPTS {
            let swap = repository.swap_reference(&self.reference, self.commit, new, reason)?;
            if swap == Swap::Done || repository.reference(&self.reference)? != self.commit {
                return Ok(swap);
            }
            // The ref stands where it stood: somebody holds, or left, its lock.
            repository.clear_stale_lock(&self.reference, stale)?;
            std::thread::sleep(Duration::from_millis(u64::from(attempt.min(10)) * 5));
        }
        wait_for_stale_lock(repository, self, new, reason)
    }
}

/// Writes a commit that one of our refs may stand at.
pub(super) fn write_tip(
    repository: &Repository,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    stamp: &Stamp,
    message: &str,
) -> Result<ObjectId, ObjectError> {
    repository.write_commit(&NewCommit {
        tree,
        parents,
        author: stamp.clone(),
        committer: stamp.clone(),
        message: message.to_owned(),
    })
}

/// The last resort against a ref lock that a dead process left a moment ago: wait until it counts as stale.
fn wait_for_stale_lock(
    repository: &Repository,
    tip: &Tip,
    new: ObjectId,
    reason: &str,
) -> Result<Swap, CommitError> {
    for _ in 0..=STALE.as_secs() {
        std::thread::sleep(Duration::from_secs(1));
        repository.clear_stale_lock(&tip.reference, STALE)?;
        let swap = repository.swap_reference(&tip.reference, tip.commit, new, reason)?;
        if swap == Swap::Done || repository.reference(&tip.reference)? != tip.commit {
            return Ok(swap);
        }
    }
    Err(CommitError::Contended { reference: tip.reference.clone() })
}
