//! Repositories that do not hold all their objects themselves.

use crate::git::object::ObjectError;
use crate::git::reference::Swap;
use crate::git::tests::{World, new_commit};

fn origin() -> World {
    let world = World::plain();
    world.git(&["config", "uploadpack.allowFilter", "true"]);
    world.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    for round in 0..3 {
        world.write("dir/file", format!("round {round}\n"));
        world.commit(&format!("round {round}"));
    }
    world
}

fn cloned(world: World, options: &[&str]) -> World {
    let url = format!("file://{}", world.place.display());
    world.git(&[&["clone", "--quiet"], options, &[&url, "../copy"]].concat());
    world.at("copy")
}

#[test]
fn promised_objects_are_fetched_when_they_are_read() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let world = origin();
        let (first, blob) = (world.id("HEAD~2"), world.id("HEAD~2:dir/file"));
        let world = cloned(world, &["--no-checkout", filter]);
        let repository = world.open();
        assert!(repository.is_partial());
        assert!(!repository.has_object(blob), "{filter}");
        let read = repository.file_at(first, "dir/file", u64::MAX).unwrap();
        assert_eq!(read.as_deref(), Some(&b"round 0\n"[..]), "{filter}");
        assert!(repository.has_object(blob), "{filter}");
        assert_eq!(world.open().blob(blob).unwrap(), b"round 0\n", "{filter}");
    }
}

#[test]
fn nothing_is_fetched_offline_and_a_dead_remote_is_told() {
    let world = origin();
    let blob = world.id("HEAD~2:dir/file");
    let world = cloned(world, &["--no-checkout", "--filter=blob:none"]);
    let mut repository = world.open();
    repository.stay_offline();
    assert!(matches!(repository.blob(blob), Err(ObjectError::Missing { .. })));
    std::fs::rename(world.path("work"), world.path("away")).unwrap();
    let repository = world.open();
    for _ in 0..2 {
        let error = repository.blob(blob).unwrap_err();
        assert!(matches!(error, ObjectError::Undelivered { .. }), "{error}");
    }
    let absent = "12".repeat(20).parse().unwrap();
    assert!(repository.blob(absent).is_err());
}

#[test]
fn a_whole_clone_is_not_partial() {
    let world = cloned(origin(), &[]);
    assert!(!world.open().is_partial() && !world.open().is_shallow());
}

#[test]
fn the_old_extension_for_partial_clones_is_taken() {
    let world = origin();
    world.git(&["config", "core.repositoryFormatVersion", "1"]);
    world.git(&["config", "extensions.partialClone", "origin"]);
    assert!(world.open().is_partial());
}

#[test]
fn a_shallow_clone_ends_where_it_was_cut() {
    let world = cloned(origin(), &["--depth=2"]);
    let repository = world.open();
    assert!(repository.is_shallow());
    assert_eq!(repository.resolve_commit("HEAD~1").unwrap(), world.id("HEAD~1"));
    assert!(repository.resolve_commit("HEAD~2").is_err());
    let mut seen = 0;
    let request = crate::git::history::HistoryRequest::default();
    repository
        .history(&request, &mut |_| {
            seen += 1;
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(seen, 2);
    let head = world.id("HEAD");
    let tree = repository.commit(head).unwrap().tree;
    let new = repository.write_commit(&new_commit(tree, vec![head], "on top")).unwrap();
    let swapped = repository.swap_reference("refs/notes/x", None, new, "m").unwrap();
    assert_eq!(swapped, Swap::Done);
    assert_eq!(world.id("refs/notes/x"), new);
}

#[test]
fn borrowed_objects_are_seen() {
    let world = cloned(origin(), &["--shared", "--no-checkout"]);
    let repository = world.open();
    let first = repository.resolve_commit("HEAD~2").unwrap();
    assert!(!world.path("copy/.git/objects").join(&first.to_string()[..2]).exists());
    assert_eq!(repository.file_at(first, "dir/file", u64::MAX).unwrap().unwrap(), b"round 0\n");
    assert_eq!(repository.file_at(first, "dir", u64::MAX).unwrap(), None);
    assert_eq!(repository.file_at(first, "none", u64::MAX).unwrap(), None);
}
