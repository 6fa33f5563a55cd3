//! The commands, run as a user runs them.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod diff;
mod docs;
mod doctor;
mod editing;
mod forged;
mod forgery;
mod help;
mod hints;
mod lint;
mod log;
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
mod template;
mod terminal;
mod tokens;
mod vault;
mod verify;
mod world;
