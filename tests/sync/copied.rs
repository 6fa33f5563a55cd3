//! A clone that was copied with everything in it: two places, one name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::team::{Team, sorted};

fn copy(team: &Team, from: &Path, name: &str) -> PathBuf {
    let to = team.world.path(name);
    let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(&to).status().unwrap();
    assert!(copied.success());
    to
}

/// A clone that has pushed one document, and a copy of it.
fn pushed_and_copied(team: &Team) -> (PathBuf, PathBuf) {
    let ada = team.clone("ada");
    team.save(&ada, "# Before");
    team.ckpt(&ada, &["push"]);
    let copy = copy(team, &ada, "copy");
    (ada, copy)
}

#[test]
fn a_copied_clone_takes_a_new_name_when_it_pushes_and_nothing_is_lost() {
    let team = Team::new();
    let ada = team.clone("ada");
    let before = team.save_session(&ada, "first", 2);
    team.ckpt(&ada, &["push"]);
    let copy = copy(&team, &ada, "copy");
    let here = team.save_session(&ada, "second", 3);
    let there = team.save_session(&copy, "third", 4);
    let name = team.writer(&ada);
    team.ckpt(&ada, &["push"]);
    let pushed = team.ckpt(&copy, &["push"]);
    assert!(pushed.out.contains(&format!("another clone goes by {name}")), "{}", pushed.out);
    assert_eq!(team.writer(&ada), name);
    assert_ne!(team.writer(&copy), name);
    assert_eq!(team.refs(&copy, "refs/notes/ckpt/"), [team.world.ties_ref(&copy)]);
    let reader = team.clone("reader");
    team.ckpt(&reader, &["fetch", "--logs"]);
    team.ckpt(&ada, &["sync", "--logs"]);
    team.ckpt(&copy, &["sync", "--logs"]);
    let second = fs::read(team.world.transcript(&ada, "second")).unwrap();
    let third = fs::read(team.world.transcript(&copy, "third")).unwrap();
    for place in [&ada, &copy, &reader] {
        assert_eq!(team.readable(place), sorted(&[&before, &here, &there]));
        assert_eq!(team.world.restored(place, &here), second);
        assert_eq!(team.world.restored(place, &there), third);
        team.world.is_in_order(place);
    }
    // And both go on as if nothing had happened.
    team.save_session(&copy, "third", 6);
    team.save_session(&ada, "second", 6);
    assert!(team.ckpt(&copy, &["push"]).out.contains("logs of 1 save, documents of 1 save"));
    assert!(team.ckpt(&ada, &["push"]).out.contains("logs of 1 save, documents of 1 save"));
}

#[test]
fn a_copied_clone_takes_a_new_name_when_it_fetches() {
    let team = Team::new();
    let (ada, copy) = pushed_and_copied(&team);
    team.save(&ada, "# Here");
    team.save(&copy, "# There");
    team.ckpt(&ada, &["push"]);
    let name = team.writer(&ada);
    let fetched = team.ckpt(&copy, &["fetch"]);
    assert!(fetched.out.contains(&format!("another clone goes by {name}")), "{}", fetched.out);
    assert_ne!(team.writer(&copy), name);
    assert_eq!(team.readable(&copy).len(), 3);
}

#[test]
fn a_copy_that_saved_nothing_itself_keeps_the_name_until_it_does() {
    let team = Team::new();
    let (ada, copy) = pushed_and_copied(&team);
    team.save(&ada, "# Here");
    team.ckpt(&ada, &["push"]);
    let pushed = team.ckpt(&copy, &["push"]);
    assert!(pushed.out.contains("it has more than this clone"), "{}", pushed.out);
    assert_eq!(team.writer(&copy), team.writer(&ada));
    assert_eq!(team.readable(&copy).len(), 2);
    team.save(&copy, "# There");
    team.ckpt(&copy, &["push"]);
    assert_ne!(team.writer(&copy), team.writer(&ada));
    team.ckpt(&ada, &["fetch"]);
    assert_eq!(team.readable(&ada).len(), 3);
}

#[test]
fn refs_that_were_rewritten_here_replace_the_remotes_only_with_a_lease() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# One");
    team.save(&ada, "# Two");
    team.ckpt(&ada, &["push"]);
    let (ties, name) = (team.world.ties_ref(&ada), team.writer(&ada));
    // What somebody does to get rid of a secret: a new history without it.
    let rewrite = || {
        let tree = format!("{ties}^{{tree}}");
        let new = team.world.git(&ada, &["commit-tree", "-m", "rewritten", &tree]);
        fs::remove_file(ada.join(".git/ckpt/tips")).unwrap();
        team.world.git(&ada, &["update-ref", &ties, &new]);
        new
    };
    let new = rewrite();
    // To fetch first must not make another clone of it.
    team.ckpt(&ada, &["fetch"]);
    assert_eq!(team.writer(&ada), name);
    team.ckpt(&ada, &["push", "--force"]);
    assert_eq!(team.world.git(&team.server, &["rev-parse", &ties]), new);
    team.world.git(&team.server, &["update-ref", &ties, "main"]);
    team.save(&ada, "# Three");
    rewrite();
    team.world
        .ckpt(&ada, &["push", "--force"])
        .fails(4, &["since it was last seen", "git ckpt fetch"]);
}
