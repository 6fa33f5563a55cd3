//! What others hand us, meaning ill: objects that were fetched, files that lie where an agent keeps its own, text.
//!
//! Every attack goes through the program, in a process of its own that has little time and little memory.

#![allow(clippy::print_stderr, clippy::unwrap_used, dead_code)]

#[path = "../cli/sessions_of.rs"]
mod sessions_of;
#[path = "../cli/world.rs"]
mod world;

mod attacker;
mod claims;
mod documents;
mod objects;
mod places;
mod text;
