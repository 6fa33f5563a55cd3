//! `git ckpt init` and the hooks, in repositories of the real `git` as people have them.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod chain;
mod doctor;
mod global;
mod init;
mod layouts;
mod post_commit;
#[path = "../cli/sessions_of.rs"]
#[allow(dead_code, reason = "shared with the suite of the commands")]
mod sessions_of;
mod terminal;
mod trouble;
mod work;
#[path = "../cli/world.rs"]
#[allow(dead_code, reason = "shared with the suite of the commands")]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use world::{Run, World};

/// A repository with a session, where `init` was run.
fn hooked() -> World {
    let world = World::with_session();
    succeeds(world.ckpt(&["init"]));
    world
}

/// The same, where the hook does all of its work before it ends.
fn hooked_in_foreground() -> World {
    let world = hooked();
    world.git(&["config", "ckpt.background", "false"]);
    world
}

#[track_caller]
fn succeeds(run: Run) -> Run {
    assert_eq!(run.code, 0, "{run}");
    run
}

/// Commits and returns what was said; a commit always succeeds.
#[track_caller]
fn commit(world: &World) -> String {
    commit_with(world, &[])
}

#[track_caller]
fn commit_with(world: &World, environment: &[(&str, &str)]) -> String {
    let arguments = ["commit", "--quiet", "--allow-empty", "--message", "Water the beds"];
    let mut call = world.call_program("git", &arguments);
    for (name, value) in environment {
        call = call.env(name, value);
    }
    succeeds(call.run()).stderr()
}

/// The titles of the checkpoints of a revision; waits for saves in the background.
fn titles(world: &World, revision: &str) -> Vec<String> {
    let run = succeeds(world.ckpt(&["log", "--json", "-n", "1", revision]));
    let line: Value = serde_json::from_str(run.stdout().trim()).unwrap();
    let checkpoints = line["checkpoints"].as_array().unwrap();
    checkpoints.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

fn hook_path(world: &World) -> PathBuf {
    world.repo().join(".git/hooks/post-commit")
}

/// Writes a script that can be run.
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Everything below a directory: names, contents, modes.
fn everything(directory: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, (mode, Vec::new()));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, (mode, bytes));
        }
    }
    found
}
