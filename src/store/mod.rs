//! Checkpoints and sessions as things kept in git.
//!
//! The truth is in git objects below each writer's two refs. What lies in `<common dir>/ckpt/` besides the writer's
//! name can be rebuilt from them, or belongs to a save that is under way.

mod admit;
mod anchors;
mod appender;
mod attach;
mod capture;
mod carry;
mod checkpoints;
mod cleaning;
mod filling;
mod fingerprint;
mod fold;
mod growth;
mod heal;
mod holdings;
mod intent;
mod journal;
mod keys;
mod lines;
mod local;
mod lock;
mod log;
mod log_error;
mod log_tail;
mod matching;
mod opened;
mod pack;
mod private;
mod prune;
mod reading;
mod redact;
mod redactor;
mod renaming;
mod rewritten;
mod scanned;
mod session;
mod sieve;
mod staging;
mod state;
mod tasks;
mod templates;
mod tied;
mod ties;
mod tips;
mod tracking;
mod transaction;
mod union;
mod unpack;
mod unseen;
pub mod vault;
mod worktree;
mod writers;
mod written;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::format::identity::log_id;
use crate::git::{ObjectError, RefError, Repository};
use crate::model::agent::Agent;
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::model::snapshot::LogId;
use crate::model::writer::WriterId;
use crate::store::checkpoints::Room;
use crate::store::keys::Keyring;
use crate::store::rewritten::Rewritten;

pub use crate::format::bundle::{BundleError, LARGEST as LARGEST_BUNDLE};
use crate::store::lock::Lock;

pub use crate::format::recipients::{
    ListError, Recipient, RecipientError, read_list, with as with_recipient,
    without as without_recipient,
};

pub use crate::format::given::{Front, Given, GivenError, handed_back, read as read_given};
pub use admit::{AdmitError, Admitted};
pub use anchors::{Anchor, AnchorIndex, Reading};
pub use appender::AppendError;
pub use attach::Stored as StoredAttachment;
pub use capture::CaptureError;
pub use carry::{Carried, NewTies};
pub use checkpoints::{Notes, Unreadable};
pub use filling::Filled;
pub use fold::{Folded, Unfolded};
pub use heal::{HealError, Healed, Healing};
pub use holdings::Holdings;
pub use intent::Intent;
pub use journal::Journal;
pub use keys::{Ask, IdentitySettings, Scope, SealedError, Shared};
pub use lines::{LineFeed, LineReader};
pub use local::LocalError;
pub use lock::LockError;
pub use log::LogError;
pub use pack::PackError;
pub use private::PrivateError;
pub use prune::{Pruned, Removal};
pub use reading::{Files, ReadError};
pub use redact::{Hands, Leak, Leaks, RedactError};
pub use redactor::Redactor;
pub use renaming::{RenameError, Renamed};
pub use rewritten::Entry as Waiting;
pub use scanned::Scanned;
pub use session::{CapturedSession, SessionError, SessionSource};
pub use sieve::{FindSecrets, Run, Sieve};
pub use staging::{Staged, Staging, StagingError};
pub use tasks::Tasks;
pub use templates::{Origin, Templates, TemplatesError};
pub use tied::{Closed, Content, Tied};
pub use tracking::{Part, name_of_address, tracking_of};
pub use transaction::{CommitError, Committed, Transaction};
pub use unpack::{Parcel, Parcelled, UnpackError};
pub use unseen::{UnseenError, UnseenLog, UnseenText};
pub use writers::{Writer, WriterError};

/// The checkpoints of one repository.
pub struct Store {
    repository: Repository,
    directory: PathBuf,
    room: Room,
    keys: Keyring,
}

impl Store {
    pub fn new(repository: Repository) -> Self {
        let directory = repository.common_dir().join("ckpt");
        let keys = Keyring::new(&directory);
        Self { repository, directory, room: Room::default(), keys }
    }

    /// Says where the user's identities are, which open what is sealed.
    pub fn use_identities(&mut self, settings: IdentitySettings) {
        self.keys.set_identities(settings);
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The writer of this clone, if it has saved before.
    pub fn writer(&self) -> Result<Option<WriterId>, WriterError> {
        writers::own(&self.directory)
    }

    /// Everybody whose checkpoints can be read here, each state of a ref once.
    pub fn writers(&self) -> Result<Vec<Writer>, RefError> {
        Ok(writers::distinct(self.current_writers()?))
    }

    /// Everybody whose checkpoints are not kept elsewhere by now, the same ones under several names included.
    pub fn current_writers(&self) -> Result<Vec<Writer>, RefError> {
        let mut writers = writers::all(&self.repository)?;
        if writers.iter().any(|writer| writer.fetched) {
            let rewritten = Rewritten::load(&self.directory);
            writers.retain(|writer| !rewritten.supersedes(&self.repository, writer));
        }
        Ok(writers)
    }

    /// Everybody whose refs are here, also those whose checkpoints are kept elsewhere by now.
    pub fn all_writers(&self) -> Result<Vec<Writer>, RefError> {
        writers::all(&self.repository)
    }

    /// What was looked through with these rules and holds no secret.
    pub fn scanned(&self, rules: &str) -> Scanned {
        Scanned::load(&self.directory, rules)
    }

    /// Remembers that.
    pub fn note_scanned(&self, scanned: &Scanned) -> Result<(), LocalError> {
        scanned.store(&self.directory)
    }

    /// Whether something that a person is told once was not told yet; from here on it was.
    pub fn is_news(&self, what: &str) -> bool {
        let path = self.directory.join(format!("told-{what}"));
        std::fs::OpenOptions::new().write(true).create_new(true).open(path).is_ok()
    }

    /// The file that keeps what was installed in this repository.
    pub fn installed_path(&self) -> PathBuf {
        self.directory.join("installed.json")
    }

    /// The file that keeps a document for the next commit of this worktree.
    pub fn prepared_path(&self) -> PathBuf {
        self.repository.git_dir().join("ckpt").join("PREPARED.md")
    }

    /// Announces a save, so that it is finished by somebody even if this process dies.
    pub fn announce(&self, entry: &impl serde::Serialize) -> Result<Intent, LocalError> {
        Intent::announce(&self.directory, entry)
    }

    /// The announcements of processes that died.
    pub fn left_over<T: serde::de::DeserializeOwned>(
        &self,
    ) -> Vec<(Intent, Result<T, serde_json::Error>)> {
        intent::left_over(&self.directory)
    }

    /// The announcements of processes that are at work on them.
    pub fn under_way<T: serde::de::DeserializeOwned>(&self) -> Vec<T> {
        intent::under_way(&self.directory)
    }

    /// Announces that ties follow rewritten commits, which nobody tells a second time.
    pub fn announce_rewrite(&self, entry: &impl serde::Serialize) -> Result<Intent, LocalError> {
        Intent::announce(&self.directory.join("rewrites"), entry)
    }

    /// Such announcements of processes that died.
    pub fn rewrites_left_over<T: serde::de::DeserializeOwned>(
        &self,
    ) -> Vec<(Intent, Result<T, serde_json::Error>)> {
        intent::left_over(&self.directory.join("rewrites"))
    }

    /// How many saves, and how many rewrites, dead processes announced and did not carry out.
    pub fn left_over_counts(&self) -> (usize, usize) {
        let rewrites = self.directory.join("rewrites");
        (intent::left_over_count(&self.directory), intent::left_over_count(&rewrites))
    }

    /// Saves that were given up: where they are kept.
    pub fn put_aside(&self) -> Result<Vec<PathBuf>, LocalError> {
        intent::put_aside(&self.directory)
    }

    /// Writes down what this clone's writer is called.
    pub fn name_writer(&self, writer: &WriterId) -> Result<(), LocalError> {
        local::replace(&self.directory.join("writer"), format!("{writer}\n").as_bytes())
    }

    /// Takes this clone's lock and looks where its refs stand.
    pub fn begin(&self, author: &str) -> Result<Transaction<'_>, CommitError> {
        Transaction::begin((&self.repository, &self.keys), &self.directory, author)
    }

    /// Mends refs of this clone that something else moved or removed since they were last written.
    pub fn heal(&self) -> Result<Vec<Healed>, HealError> {
        if !heal::is_suspicious(&self.repository, &self.directory) {
            return Ok(Vec::new());
        }
        let lock = if heal::only_grew(&self.repository, &self.directory)? {
            Lock::try_now(&self.directory)
        } else {
            Some(Lock::wait(&self.directory)?)
        };
        // Somebody who is saving just now remembers by themselves.
        let Some(mut lock) = lock else { return Ok(Vec::new()) };
        lock.keep_mark();
        heal::heal(&self.repository, &self.directory, &lock)
    }

    /// Gives this clone's writer a new name, because another clone goes by `old` too.
    pub fn rename_writer(&self, old: &WriterId, author: &str) -> Result<Renamed, RenameError> {
        renaming::rename(&self.repository, &self.directory, old, author)
    }

    /// What a remote is known to have, by writer; names that no writer can have are among them.
    pub fn known_at(
        &self,
        part: Part,
        remote: &str,
    ) -> Result<BTreeMap<String, ObjectId>, RefError> {
        tracking::known(&self.repository, part, remote)
    }

    /// Notes where a ref of a remote stands now.
    pub fn note_at(&self, reference: &str, tip: ObjectId) -> Result<(), RefError> {
        tracking::note(&self.repository, reference, tip)
    }

    /// Remembers the address behind a name that was made for it.
    pub fn remember_address(&self, name: &str, address: &str) -> Result<(), LocalError> {
        tracking::remember_address(&self.directory, name, address)
    }

    /// The address that a name was made for.
    pub fn address_of(&self, name: &str) -> Option<String> {
        tracking::address_of(&self.directory, name)
    }

    /// Reads stored files of what `writer` tied: out of its own logs, or those of whoever has them.
    pub fn files(&self, writer: &Writer) -> Result<Files<'_>, CommitError> {
        let root = self.tree_of(&writer.log_ref)?;
        Ok(Files::new((&self.repository, &self.keys), root))
    }

    /// Whether there is somebody whose documents are here and whose logs are not.
    pub fn lacks_logs(&self) -> Result<bool, RefError> {
        for writer in self.writers()?.iter().filter(|writer| writer.fetched) {
            if self.repository.reference(&writer.log_ref)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many bytes of a session's transcript this clone has stored: the length of its log.
    pub fn stored_length(&self, agent: Agent, session: &SessionId) -> Option<u64> {
        let writer = self.writer().ok()??;
        let root = self.tree_of(&writer.log_ref()).ok()??;
        let log = log_id(agent.name(), session, "transcript");
        let tree = self.repository.entry_at(root, &log::directory(&log)).ok()??;
        let reader = log::LogReader::open((&self.repository, &self.keys), &log, tree.id).ok()?;
        reader.length().ok()
    }

    /// What the last capture of a session kept for its line reader.
    pub fn kept(&self, agent: Agent, session: &SessionId) -> Option<Kept> {
        let log = log_id(agent.name(), session, "transcript");
        let state = state::State::load(&self.directory, &log)?;
        Some(Kept { size: state.size, read_up_to: state.read_up_to, kept: state.kept? })
    }

    /// Forgets what captures of a session remembered, so that the next one reads and compares everything.
    pub fn distrust(&self, source: &SessionSource) -> Result<(), LocalError> {
        let [transcript, list] = [source.transcript_log(), source.list_log()];
        self.distrust_log(&transcript, &list)?;
        for (name, _) in &source.companions {
            self.distrust_log(&transcript, &source.companion_log(name))?;
        }
        self.distrust_log(&transcript, &transcript)
    }

    /// The same for one log of the session whose transcript is kept in the log `transcript`.
    pub fn distrust_log(&self, transcript: &LogId, log: &LogId) -> Result<(), LocalError> {
        state::State::forget(&self.directory, log)?;
        session::forget(&self.directory, transcript)
    }

    fn tree_of(&self, reference: &str) -> Result<Option<ObjectId>, CommitError> {
        tree_of(&self.repository, reference).map(|tip| tip.map(|(_, tree)| tree))
    }
}

/// What a capture kept.
pub struct Kept {
    /// How long the transcript was.
    pub size: u64,
    /// Where its first line starts that was not read, because it had no end.
    pub read_up_to: u64,
    pub kept: Box<serde_json::value::RawValue>,
}

/// The commit and the tree that a ref stands at.
fn tree_of(
    repository: &Repository,
    reference: &str,
) -> Result<Option<(ObjectId, ObjectId)>, CommitError> {
    let Some(commit) = repository.reference(reference)? else { return Ok(None) };
    let tree = repository
        .commit(commit)
        .map_err(|source| CommitError::Tip { reference: reference.to_owned(), source })?;
    Ok(Some((commit, tree.tree)))
}

/// An object that should be there and is not.
fn missing(
    repository: &Repository,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<(), ObjectError> {
    let gone = ids.into_iter().find(|id| !repository.has_object(*id));
    gone.map_or(Ok(()), |id| Err(ObjectError::Missing { id }))
}
