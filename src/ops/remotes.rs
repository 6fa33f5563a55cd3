//! Which other repository to exchange checkpoints with, and how.

use std::path::Path;
use std::time::Duration;

pub use crate::git::Traffic;
use crate::git::{
    FetchOrder, Head, ProgramError, Progress, Prompts, PushOrder, Pushed, RefError, TransportError,
    TransportSettings, Trouble, redacted,
};
use crate::model::writer::WriterId;
use crate::ops::Desk;
use crate::ops::gate::Held;
use crate::ops::search_refs::SearchError;
use crate::policy::sharing::{NotAPushMode, PushMode};
use crate::store::{self, CommitError, RenameError, WriterError};
pub use crate::store::{HealError, Healed, Healing, Part, Renamed};

/// How long nothing may be heard from a remote before it is given up, in seconds.
const PATIENCE: u64 = 60;
/// The same where a person may be typing a password.
const PATIENCE_WITH_PEOPLE: u64 = 300;

/// How often an exchange is tried that somebody else is in the way of, and how long is waited, longer each time.
const ATTEMPTS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(100);
/// The lock of a tracking ref is held for moments; an older one was left by a process that died.
const STALE: Duration = Duration::from_secs(1);

/// An exchange with another repository that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("this repository has no remote")]
    None,
    #[error("this repository has several remotes and none is meant by itself")]
    Several { remotes: Vec<String> },
    #[error("`ckpt.push` is `never`, so nothing is sent from here")]
    Forbidden,
    #[error(transparent)]
    Mode(#[from] NotAPushMode),
    #[error(
        "`{remote}` may be public: what is sent there may be read by anybody, and nobody has agreed to that yet"
    )]
    NotAgreed { remote: String },
    #[error("`{remote}` was written to since it was last seen from here, so nothing was replaced")]
    Stale { remote: String },
    #[error("`{author}` cannot be the beginning of a writer's name")]
    Author { author: String },
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("the yes cannot be remembered in git's configuration")]
    Config(#[source] ProgramError),
    #[error("git cannot be asked about its history")]
    History(#[source] ProgramError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error("another clone goes by the same name, and this one cannot get another")]
    Rename(#[from] RenameError),
    #[error("`{remote}` is written to by another clone of the same name again and again")]
    Contended { remote: String },
    #[error("secrets stand in what was to be sent, so no checkpoint was")]
    Held(Box<Held>),
    #[error("what was to be sent cannot be looked through for secrets, so no checkpoint was")]
    Search(#[from] SearchError),
}

/// Another repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// What git is told: a configured name or an address.
    pub called: String,
    /// The name of what is known of it here.
    pub tracking: String,
}

impl Remote {
    /// How it is called to a person, without a password that may stand in it.
    pub fn shown(&self) -> String {
        redacted(&self.called)
    }
}

/// Everything that it takes to talk to other repositories.
pub struct Exchange<'a> {
    pub desk: &'a Desk,
    pub settings: TransportSettings,
    pub progress: &'a mut Progress<'a>,
}

impl<'a> Exchange<'a> {
    pub fn new(desk: &'a Desk, prompts: Prompts, progress: &'a mut Progress<'a>) -> Self {
        let usual = match prompts {
            Prompts::Allowed => PATIENCE_WITH_PEOPLE,
            Prompts::Suppressed => PATIENCE,
        };
        let configured = desk.store.repository().config_int("ckpt.remotetimeout");
        let seconds = configured.and_then(|seconds| seconds.try_into().ok()).unwrap_or(usual);
        let patience = (seconds > 0).then(|| Duration::from_secs(seconds));
        Self { desk, settings: TransportSettings { prompts, patience }, progress }
    }

    /// Sends; tries again where somebody else was in the way at the same moment.
    pub fn push(&mut self, order: &PushOrder) -> Result<Pushed, RemoteError> {
        let repository = self.desk.store.repository();
        for attempt in 1..ATTEMPTS {
            let sent = repository.push(order, &self.settings, self.progress);
            if !is_busy(&sent) {
                return Ok(sent?);
            }
            std::thread::sleep(PAUSE * attempt);
        }
        Ok(repository.push(order, &self.settings, self.progress)?)
    }

    /// Gets; tries again like [`Exchange::push`], without the locks that a killed fetch left behind.
    pub fn fetch(&mut self, order: &FetchOrder, remote: &Remote) -> Result<Traffic, RemoteError> {
        let repository = self.desk.store.repository();
        for attempt in 1..ATTEMPTS {
            let got = repository.fetch(order, &self.settings, self.progress);
            if !is_busy(&got) {
                return Ok(got?);
            }
            for part in [Part::Documents, Part::Logs] {
                let prefix = part.tracking_prefix(&remote.tracking);
                repository.clear_stale_locks_below(&prefix, STALE)?;
            }
            std::thread::sleep(PAUSE * attempt);
        }
        Ok(repository.fetch(order, &self.settings, self.progress)?)
    }
}

fn is_busy<T>(result: &Result<T, TransportError>) -> bool {
    matches!(result, Err(TransportError::Failed { trouble: Trouble::Busy, .. }))
}

/// The remote that is meant: the one asked for, else `ckpt.remote`, else that of the branch, else `origin`, else the
/// only one.
pub fn choose(desk: &Desk, wanted: Option<&str>) -> Result<Remote, RemoteError> {
    let repository = desk.store.repository();
    let configured = || repository.config("ckpt.remote");
    if let Some(called) = wanted.map(str::to_owned).or_else(configured) {
        return named(desk, &called);
    }
    let names = names(desk);
    let of_branch = match repository.head()? {
        Head::Branch { name, .. } | Head::Unborn { name } => {
            repository.config(&format!("branch.{name}.remote"))
        }
        Head::Detached { .. } => None,
    };
    let usual = [of_branch, Some("origin".to_owned())].into_iter().flatten();
    let mut known = usual.filter(|name| names.contains(name));
    match (known.next(), names.as_slice()) {
        (Some(name), _) => named(desk, &name),
        (None, [only]) => named(desk, only),
        (None, []) => Err(RemoteError::None),
        (None, _) => Err(RemoteError::Several { remotes: names }),
    }
}

/// The remote that logs go to, where it is not that of the documents: `ckpt.logRemote`.
pub fn for_logs(desk: &Desk) -> Result<Option<Remote>, RemoteError> {
    let configured = desk.store.repository().config("ckpt.logremote");
    configured.map(|called| named(desk, &called)).transpose()
}

/// Whether checkpoints are sent from here: `ckpt.push`.
pub fn push_mode(desk: &Desk) -> Result<PushMode, NotAPushMode> {
    let configured = desk.store.repository().config("ckpt.push");
    configured.map_or(Ok(PushMode::default()), |mode| mode.parse())
}

/// Gives this clone's writer a new name, because another clone goes by the same.
pub fn rename(desk: &Desk, old: &WriterId) -> Result<Renamed, RemoteError> {
    let author = desk.store.repository().identity();
    let author = author.map_or_else(|_| String::new(), |identity| identity.name);
    Ok(desk.store.rename_writer(old, &author)?)
}

/// A remote by its name, or by the name or the address of one that has none in git's configuration.
fn named(desk: &Desk, called: &str) -> Result<Remote, RemoteError> {
    if names(desk).iter().any(|name| name == called) {
        return Ok(Remote { called: called.to_owned(), tracking: called.to_owned() });
    }
    if let Some(address) = desk.store.address_of(called) {
        return Ok(Remote { called: address, tracking: called.to_owned() });
    }
    // From another directory a relative path would be another repository.
    let path = desk.directory.join(Path::new(called)).canonicalize();
    let path = path.ok().and_then(|path| path.to_str().map(str::to_owned));
    let called = path.unwrap_or_else(|| called.to_owned());
    let tracking = store::name_of_address(&called);
    // Without it the address has to be given again, and nothing else.
    let _ = desk.store.remember_address(&tracking, &redacted(&called));
    Ok(Remote { called, tracking })
}

/// The names of the remotes in git's configuration.
pub fn names(desk: &Desk) -> Vec<String> {
    let entries = desk.store.repository().config_entries("remote.");
    let mut names: Vec<String> = entries
        .iter()
        .filter_map(|(key, _)| key.strip_prefix("remote.")?.rsplit_once('.'))
        .filter(|(_, variable)| ["url", "pushurl"].contains(variable))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.dedup();
    names
}
