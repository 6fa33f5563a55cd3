//! What becomes of checkpoints when history is rewritten: one row an operation, against the real git.
//!
//! Each row is run three times: in a repository of files, in one with SHA-256 and in one with reftable.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "shared with other suites, each of which uses a part")]
#[path = "../faults/world.rs"]
mod world;

mod filter_repo;
mod forge;
mod index;
mod killed;
mod operations;
mod repair;
mod story;
