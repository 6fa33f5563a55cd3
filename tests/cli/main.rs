//! The commands, run as a user runs them.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod attach;
mod docs;
mod doctor;
mod draft;
mod drafts;
mod forged;
mod forgery;
mod help;
mod hints;
mod log;
mod note;
mod prompt;
mod redact;
mod redaction;
mod restore;
mod restore_elsewhere;
mod save;
mod save_document;
mod save_session;
mod scan;
mod sessions;
mod sessions_of;
mod setup;
mod show;
mod stats;
mod status;
mod task;
mod template;
mod terminal;
mod vault;
mod verify;
mod world;
