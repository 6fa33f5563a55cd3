//! What the program can do, one use case a file: a request goes in, an outcome comes out.
//!
//! Nothing here prints, asks the environment or the clock, or knows the words of the command line.

pub mod arrive;
pub mod attach;
pub mod carried_task;
pub mod carry;
pub mod cat;
pub mod choose_session;
pub mod demo;
pub mod diff;
pub mod doctor;
pub mod document;
pub mod draft;
pub mod drafting;
mod existing;
pub mod export;
pub mod fetch;
pub mod follow;
pub mod gate;
mod guard;
pub mod hook_owner;
pub mod hook_save;
pub mod import;
pub mod infer;
pub mod init;
pub mod init_global;
pub mod install;
pub mod journal;
pub mod leave;
pub mod lint;
pub mod locate;
pub mod log;
mod placement;
pub mod placing;
pub mod prepare;
pub mod pressure;
pub mod prompt;
pub mod prune;
pub mod push;
pub mod push_gate;
pub mod push_rewritten;
pub mod quotes;
pub mod reading;
pub mod recipients;
pub mod recover;
pub mod redact;
pub mod remotes;
pub mod repair;
pub mod restore;
pub mod resume;
pub mod safety;
pub mod save;
mod save_retry;
pub mod save_session;
pub mod scan;
pub mod sealing;
pub mod search;
pub mod search_refs;
pub mod secrets;
pub mod session_logs;
pub mod session_text;
pub mod sessions;
pub mod show;
pub mod stats;
pub mod status;
pub mod status_line;
pub mod sync;
pub mod task;
pub mod template;
pub mod tokens;
pub mod transcript;
mod unsaved;
pub mod vault;
pub mod verify;
pub mod work;

use std::path::PathBuf;
use std::time::SystemTime;

use crate::agent::Surroundings;
use crate::git::{IdentityError, Stamp};
use crate::model::time::Timestamp;
use crate::ops::secrets::SecretSettings;
use crate::store::Store;

/// Where and when a command is at work.
pub struct Desk {
    pub store: Store,
    pub around: Surroundings,
    /// The root of the worktree; in a bare repository the directory that the command was called in.
    pub directory: PathBuf,
    /// The time that is written into checkpoints.
    pub now: Timestamp,
    /// The time on this machine's clock, for files.
    pub clock: SystemTime,
    /// Minutes that local time is ahead of UTC.
    pub offset: i32,
    /// The name of this machine, if checkpoints should tell it.
    pub device: Option<String>,
    pub secrets: SecretSettings,
}

impl Desk {
    /// Who is at work, now.
    pub fn stamp(&self) -> Result<Stamp, IdentityError> {
        let identity = self.store.repository().identity()?;
        Ok(Stamp {
            name: identity.name,
            email: identity.email,
            seconds: self.now.seconds(),
            offset: self.offset,
        })
    }
}
