//! Taking secrets out of what the refs of this clone hold.
//!
//! An epoch that holds a secret is stored once more at the end of its log, with placeholders, and goes; every checkpoint
//! that refers to it is written anew. So no path of a log ever gets other content. New frames come first, then the
//! ties, and the old frames go last: whenever this ends, every checkpoint that can be seen has its frames.

mod files;
mod leaks;
mod moved;
mod rewriting;

use std::collections::{BTreeMap, HashSet};

use crate::git::{Stamp, Swap};
use crate::model::checkpoint::{CheckpointId, Draft};
use crate::model::snapshot::LogId;
use crate::store::keys::SealedError;
use crate::store::lock::Lock;
use crate::store::log::LogError;
use crate::store::prune::Rewrite;
use crate::store::reading::ReadError;
use crate::store::redactor::Redactor;
use crate::store::transaction::{CommitError, Tip, stale_after};
use crate::store::vault::VaultError;
use crate::store::{AppendError, Store, local};

pub use crate::store::redact::leaks::{Leak, Leaks};

use crate::store::redact::rewriting::Rewriting;

pub(super) const MESSAGE: &str = "git-ckpt: redacted\n";

/// The file that says that refs are being rewritten. Until all is done it stays, also where the process is killed.
const BEGUN: &str = "redacting";

/// Secrets that could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("the list of companion files cannot be written")]
    List(#[from] serde_json::Error),
    #[error(
        "checkpoint {id} is sealed, so nobody knows here what it needs of what would be rewritten"
    )]
    Sealed { id: CheckpointId, source: SealedError },
    #[error("log {log} is sealed")]
    SealedLog { log: LogId, source: SealedError },
}

/// What was rewritten: each checkpoint, and what it is called now.
pub type Renamed = BTreeMap<CheckpointId, CheckpointId>;

/// What the caller does with secrets on the way.
pub struct Hands<'h> {
    /// Replaces those in what a document says.
    pub edit: &'h mut dyn FnMut(&mut Redactor, &mut Draft) -> Result<(), VaultError>,
    /// Keeps the values of all that was replaced, before anything is written.
    pub keep: &'h mut dyn FnMut(&Redactor) -> Result<(), VaultError>,
}

impl Store {
    /// Takes out what was found, and what stands in the documents that have to be written anew.
    pub fn take_out(
        &self,
        leaks: &Leaks,
        targets: &HashSet<CheckpointId>,
        redactor: &mut Redactor,
        hands: &mut Hands,
        stamp: &Stamp,
    ) -> Result<Renamed, RedactError> {
        let lock = Lock::wait(&self.directory).map_err(CommitError::from)?;
        for (reference, seen) in leaks.tips() {
            if self.repository().reference(&reference).map_err(CommitError::from)? != Some(seen) {
                return Err(CommitError::Moved { reference }.into());
            }
        }
        let rewriting = Rewriting::prepare(self, leaks, targets, redactor, hands.edit)?;
        (hands.keep)(redactor)?;
        let made = rewriting.write(redactor, stamp)?;
        let begun = self.directory.join(BEGUN);
        local::replace(&begun, b"").map_err(CommitError::from)?;
        self.forget_before(&made.before())?;
        for rewrite in made.with_both.into_iter().chain(made.ties).chain(made.without_old) {
            self.put(rewrite, &lock)?;
        }
        self.forget_pasts()?;
        drop(lock);
        // Lists of companion files that nobody needs now, and what an earlier run has left.
        self.prune(&[], stamp)?;
        local::remove(&begun).map_err(CommitError::from)?;
        Ok(made.renamed)
    }

    /// Whether secrets were being taken out, and not all is done: old frames may still be there, or reflogs that hold them.
    pub fn is_redaction_unfinished(&self) -> bool {
        self.directory.join(BEGUN).exists()
    }

    fn put(&self, Rewrite { tip, new }: Rewrite, lock: &Lock) -> Result<(), CommitError> {
        // Two rewrites of one ref follow each other.
        let now = Tip { commit: self.repository().reference(&tip.reference)?, ..tip };
        match now.swap(self.repository(), new, MESSAGE.trim_end(), stale_after(lock))? {
            Swap::Done => Ok(()),
            Swap::Lost => Err(CommitError::Moved { reference: now.reference }),
        }
    }
}
