//! Objects that are larger, wider, deeper or more often named than any of ours.

use git_ckpt::format::frame;

use crate::attacker::{
    Claimed, blob, claiming, document, log_is, refuses, run, tie, tie_blob, ties_are, tree, zeros,
};
use crate::world::World;

/// What looks through everybody's ties.
const LOOKS: &[&[&str]] = &[
    &["log"],
    &["show"],
    &["verify"],
    &["doctor"],
    &["repair", "--dry-run"],
    &["prune", "--dry-run"],
];

fn all_end(world: &World) {
    LOOKS.iter().for_each(|command| drop(run(world, command)));
}

#[test]
fn a_note_of_a_gigabyte_is_named_and_never_unpacked() {
    let world = World::new();
    tie_blob(&world, &zeros(&world, 1024));
    for packed in [false, true] {
        refuses(&world, &["show"], 5, "what belongs there has at most");
        all_end(&world);
        if !packed {
            world.git(&["repack", "-adq"]);
        }
    }
}

#[test]
fn a_frame_of_a_gigabyte_is_never_unpacked() {
    let world = World::new();
    let epoch = tree(&world, &[("100644", "000000000000.ckz", &zeros(&world, 1024))]);
    log_is(&world, &tree(&world, &[("40000", "0000", &epoch)]));
    claiming(Claimed::of(b"0123456789")).tie(&world);
    for command in [&["restore", "--yes"][..], &["show", "--session"], &["verify"]] {
        refuses(&world, command, 5, "what belongs there has at most 2097152");
    }
}

#[test]
fn large_notes_of_many_writers_do_not_add_up() {
    let world = World::new();
    let note = zeros(&world, 30);
    let head = world.git(&["rev-parse", "HEAD"]);
    let ties = tree(&world, &[("100644", head.trim_end(), &note)]);
    for number in 0..40 {
        let message = number.to_string();
        let commit = world.git(&["commit-tree", "-m", &message, &ties]);
        let reference = format!("refs/notes/ckpt-remote/origin/mallory-{number:06}");
        world.git(&["update-ref", &reference, commit.trim_end()]);
    }
    all_end(&world);
}

#[test]
fn a_note_of_nothing_but_damage_or_of_countless_documents_is_read_in_little_memory() {
    let world = World::new();
    tie(&world, b"---\nid: x\n".repeat(3 << 20));
    all_end(&world);
    let small = document().sealed(&world);
    tie(&world, small.repeat((30 << 20) / small.len()));
    all_end(&world);
}

#[test]
fn a_directory_that_stands_under_many_names_is_looked_into_once() {
    let world = World::new();
    let note = blob(&world, "x");
    let mut level = tree(&world, &[("100644", &"0".repeat(32), &note)]);
    for _ in 0..4 {
        let names: Vec<String> = (0..256).map(|number| format!("{number:02x}")).collect();
        let entries: Vec<_> = names.iter().map(|name| ("40000", &**name, &*level)).collect();
        level = tree(&world, &entries);
    }
    ties_are(&world, &level);
    all_end(&world);
}

#[test]
fn an_epoch_that_stands_under_many_names_is_refused() {
    let world = World::new();
    let frame = blob(&world, frame::encode(0, &[], b"0123456789", None).unwrap());
    let names: Vec<String> = (0..10_000).map(|number| format!("{number:012}.ckz")).collect();
    let entries: Vec<_> = names.iter().map(|name| ("100644", &**name, &*frame)).collect();
    let epoch = tree(&world, &entries);
    let entries: Vec<_> = names.iter().map(|name| ("40000", &name[4..12], &*epoch)).collect();
    log_is(&world, &tree(&world, &entries));
    claiming(Claimed::of(b"0123456789")).tie(&world);
    for command in [&["restore", "--yes"][..], &["show", "--session"], &["verify"]] {
        refuses(&world, command, 5, "is a copy of another one");
    }
}

#[test]
fn a_tree_of_half_a_million_entries_is_refused() {
    let world = World::new();
    let note = blob(&world, "x");
    let names: Vec<String> = (0..500_000).map(|number| format!("{number:040x}")).collect();
    let entries: Vec<_> = names.iter().map(|name| ("100644", &**name, &*note)).collect();
    let wide = tree(&world, &entries);
    ties_are(&world, &wide);
    all_end(&world);
    log_is(&world, &tree(&world, &[("40000", "0000", &wide)]));
    claiming(Claimed::of(b"0123456789")).tie(&world);
    refuses(&world, &["restore", "--yes"], 5, "what belongs there has at most");
}

#[test]
fn a_tree_that_is_nested_without_end_is_not_gone_into() {
    let world = World::new();
    let mut deep = tree(&world, &[("100644", "f", &blob(&world, "x"))]);
    for _ in 0..300 {
        deep = tree(&world, &[("40000", "00", &deep)]);
    }
    ties_are(&world, &deep);
    log_is(&world, &deep);
    all_end(&world);
    // Under the name of this clone's own writer, where it is merged with what was there.
    world.save(&["--no-session", "-m", "# Ours"]);
    let commit = world.git(&["commit-tree", "-m", "x", &deep]);
    for prefix in ["refs/notes/ckpt", "refs/notes/ckpt-log"] {
        world.git(&["update-ref", &format!("{prefix}/ada-0000001"), commit.trim_end()]);
    }
    all_end(&world);
    assert!(run(&world, &["show"]).stdout().contains("Ours"));
}
