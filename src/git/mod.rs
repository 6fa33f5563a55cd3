//! The only door to libgit2 and to the `git` program.
//!
//! Objects are read and written as files of their own, and read out of packs through libgit2, in every kind of
//! repository. Refs go through libgit2 only where they
//! are files: with any other storage its calls read and write where git never looks, so there the `git` program is
//! asked. Nothing here touches the index, the worktree or a branch, prints, or knows what the objects are for.

mod ancestry;
pub mod commit;
pub mod config;
mod config_list;
mod config_write;
mod conversation;
mod edit;
pub mod history;
mod hooks;
pub mod identity;
mod loose;
mod loose_store;
pub mod object;
mod opener;
mod patch;
mod places;
mod plain_revision;
pub mod program;
mod promisor;
mod reach;
pub mod reference;
mod reference_files;
mod reference_program;
pub mod repository;
pub mod revision;
mod traces;
pub mod transport;
mod transport_trouble;
pub mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stdout)]
mod tests;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

pub use commit::{CommitFacts, NewCommit, Stamp, given_change_id};
pub use config::ConfigSource;
pub use config_write::{ConfigFile, ConfigScope};
pub use conversation::Progress;
pub use edit::TreeEdit;
pub use history::{HistoryError, HistoryLine, HistoryRequest};
pub use hooks::HooksPath;
pub use identity::{Identity, IdentityError};
pub use object::{ObjectError, ObjectKind};
pub use opener::Opener;
pub use places::ObjectPlaces;
pub use program::{Program, ProgramError};
pub use reference::{Head, RefError, Swap};
pub use repository::{ObjectFormat, OpenError, Operation, RefStorage, Repository};
pub use revision::RevisionError;
pub use transport::{
    FetchOrder, Lease, Prompts, PushOrder, Pushed, RefReport, RefUpdate, Rejection, Traffic,
    TransportSettings,
};
pub use transport_trouble::{Said, TransportError, Trouble, redacted};
pub use tree::{EntryKind, TreeEntry};
