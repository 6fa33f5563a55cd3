//! What goes wrong around a save: other savers, kills, odd repositories, bad input.
//!
//! Everything here runs the real program and the real `git` in a home of its own.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod bad_input;
#[cfg(target_os = "linux")]
mod big_transcripts;
mod concurrency;
mod crashes;
mod damage;
mod full_disk;
mod repositories;
mod safety;
mod work;
mod world;
