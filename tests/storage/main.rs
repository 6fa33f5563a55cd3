//! What is stored against naive models: files that are edited in every way, the limits of frames and epochs, and the
//! notes tree beside `git notes`.

#![allow(clippy::unwrap_used)]

#[path = "../workbench/mod.rs"]
mod workbench;

mod attachments;
mod companions;
mod edits;
mod hostile;
mod limits;
mod notes;
mod redaction;
mod sampling;
