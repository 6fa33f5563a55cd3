//! Bundles keep what is sealed as it is, and bring its key.

use std::fs;

use crate::world::World;
use crate::{fetched, restored, sealed, succeeds, transcript};

fn exported(world: &World, id: &str) -> std::path::PathBuf {
    let path = world.home().join("checkpoint.ckpt");
    succeeds(world, &["export", id, "-o", path.to_str().unwrap()]);
    path
}

/// A clone that has the commits and nothing else.
fn bare(world: &World) -> World {
    let other = fetched(world);
    let refs = other.git(&["for-each-ref", "--format=%(refname)", "refs/notes/"]);
    refs.lines().for_each(|name| drop(other.git(&["update-ref", "-d", name])));
    other
}

#[test]
fn a_bundle_of_a_sealed_session_opens_for_its_recipients_only() {
    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let bundle = exported(&world, &id);
    let other = bare(&world);
    let run = other.ckpt(&["import", bundle.to_str().unwrap(), "--yes"]);
    assert_eq!(run.code, 12, "{run}");
    assert_eq!(other.git(&["for-each-ref", "refs/notes/"]), "");

    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    succeeds(&other, &["import", bundle.to_str().unwrap(), "--yes"]);
    assert_eq!(restored(&other, &id), fs::read(transcript(&world)).unwrap());
}

#[test]
fn a_bundle_of_a_session_with_companions_needs_an_identity() {
    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let own = world.home().join(".config");
    let other = fetched(&world);
    let run = other.ckpt(&["export", &id]);
    // The list of companions is sealed, too, and says what else belongs in.
    assert_eq!(run.code, 12, "{run}");
    fs::rename(own, other.home().join(".config")).unwrap();
    assert_eq!(other.ckpt(&["export", &id]).code, 0);
}
