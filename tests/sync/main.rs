//! Sharing checkpoints between clones, as a team does it: over paths and over a real server, and when things go wrong.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod accidents;
mod consent;
mod copied;
mod crowd;
mod disks;
mod exchange;
mod gate;
mod hooked;
mod kills;
mod pruned;
mod reading;
mod refusals;
mod repositories;
mod server;
mod ssh;
mod team;
#[path = "../faults/world.rs"]
#[allow(dead_code)]
mod world;
