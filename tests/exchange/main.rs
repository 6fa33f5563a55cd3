//! `git ckpt export` and `git ckpt import`.

#![allow(clippy::unwrap_used, clippy::print_stderr, dead_code)]

#[path = "../cli/forgery.rs"]
mod forgery;
#[path = "../samples/mod.rs"]
mod recorded;
#[path = "../cli/sessions_of.rs"]
mod sessions_of;
#[path = "../cli/world.rs"]
mod world;

mod bundles;
mod hostile;
mod samples;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use world::World;

/// A clone of a world's repository in a world of its own: the same commits, nobody's checkpoints and sessions.
fn clone_of(world: &World) -> World {
    let other = World::unborn();
    other.wait(3600);
    let from = world.repo();
    other.git(&[
        "fetch",
        "--quiet",
        from.to_str().unwrap(),
        "refs/heads/*:refs/heads/*",
        "--update-head-ok",
    ]);
    other.git(&["reset", "--quiet", "--hard"]);
    other.write(".git/ckpt/writer", "bob-0000001\n");
    other
}

/// Exports into a file.
#[track_caller]
fn exported(world: &World, arguments: &[&str]) -> PathBuf {
    let path = world.home().join("checkpoint.ckpt");
    let output = ["export", "-o", path.to_str().unwrap()];
    let run = world.ckpt(&[&output, arguments].concat());
    assert_eq!(run.code, 0, "{run}");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// All refs, and how many objects there are: what must not change where nothing is written.
fn state(world: &World) -> String {
    world.git(&["for-each-ref"]) + &world.git(&["count-objects"])
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}
