//! Recipients that come and go, and what of it other clones see.

use std::fs;

use crate::world::World;
use crate::{
    SAID, age_identity, fetched, forget_identity, own_identity, restored, seal_to, sealed,
    succeeds, transcript,
};

fn with_identity(world: &World, identity: &str) {
    world.write_to(&world.home().join(".config/git-ckpt/identity"), identity);
}

#[test]
fn a_recipient_who_is_added_later_reads_what_was_saved_before() {
    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let (identity, recipient) = age_identity();
    let early = fetched(&world);
    with_identity(&early, &identity);
    assert_eq!(early.ckpt(&["show", "--session", &id]).code, 12);

    let run = succeeds(&world, &["recipients", "add", &recipient]);
    insta::assert_snapshot!(run.stderr(), @"
    added; 2 recipients in [REPO]/.git/ckpt/recipients
    it can read what this clone has sealed so far, once it is sent: git ckpt push
    ");
    succeeds(&early, &["fetch", "--logs"]);
    assert_eq!(restored(&early, &id), fs::read(transcript(&world)).unwrap());

    // And what is saved later, under the same key.
    world.claude().says("What about Sundays?", SAID).says("And now?", "Later.").write();
    let later = world.save(&["-m", "Later"]);
    succeeds(&early, &["fetch", "--logs"]);
    assert_eq!(restored(&early, &later), fs::read(transcript(&world)).unwrap());
    let keys = crate::log_paths(&world).into_iter().filter(|path| path.ends_with(".age")).count();
    assert_eq!(keys, 1, "the key that nobody but recipients ever had stays in use");
}

#[test]
fn a_recipient_who_was_removed_reads_nothing_new() {
    let world = sealed();
    let (identity, recipient) = age_identity();
    seal_to(&world, &[&recipient]);
    let before = world.save(&["-m", "Before"]);
    let said = fs::read(transcript(&world)).unwrap();
    let run = succeeds(&world, &["recipients", "remove", &recipient]);
    insta::assert_snapshot!(run.stderr(), @"
    removed; 1 recipient left in [REPO]/.git/ckpt/recipients
    what is saved from now on is sealed with a new key, which it does not get: git ckpt push
    what was shared before stays readable to it, and to everybody who has the old key: that cannot be undone
    ");
    world.claude().says("What about Sundays?", SAID).says("And now?", "Not for Bob.").write();
    let after = world.save(&["-m", "After"]);

    let other = fetched(&world);
    with_identity(&other, &identity);
    assert_eq!(restored(&other, &before), said);
    let run = other.ckpt(&["show", "--session", &after]);
    assert_eq!(run.code, 12, "{run}");
    assert_eq!(restored(&world, &after), fs::read(transcript(&world)).unwrap());
}

#[test]
fn adding_somebody_again_never_brings_back_a_key_that_a_removed_one_has() {
    let world = sealed();
    let (identity, recipient) = age_identity();
    seal_to(&world, &[&recipient]);
    world.save(&["-m", "Before"]);
    // Somebody else's edit of the file, as a pull brings it.
    let path = world.repo().join(".git/ckpt/recipients");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(&recipient, "")).unwrap();
    succeeds(&world, &["recipients", "add", &age_identity().1]);
    world.claude().says("What about Sundays?", SAID).says("And now?", "Not for Bob.").write();
    let after = world.save(&["-m", "After"]);
    let other = fetched(&world);
    with_identity(&other, &identity);
    assert_eq!(other.ckpt(&["show", "--session", &after]).code, 12);
}

#[test]
fn the_recipients_may_be_a_file_of_the_repository() {
    let world = World::new();
    world.claude().write();
    world.git(&["config", "ckpt.recipients", ".ckpt/recipients"]);
    let run = world.ckpt(&["recipients", "list"]);
    insta::assert_snapshot!(run.stderr(), @"nobody: `git ckpt recipients add <key>` ([REPO]/.ckpt/recipients)");
    let (_, bob) = age_identity();
    world.write(".ckpt/recipients", &format!("# the team\n{bob}\n"));
    seal_to(&world, &[&own_identity(&world)]);
    assert!(
        fs::read_to_string(world.repo().join(".ckpt/recipients")).unwrap().starts_with("# the")
    );
    let listed = world.json(&["recipients", "list", "--json"]);
    assert_eq!(listed["recipients"][0], bob.as_str());
    assert_eq!(listed["recipients"].as_array().unwrap().len(), 2);
    let saved = world.json(&["save", "--json", "-m", "Sealed"]);
    assert_eq!(saved["session"]["sealed_to"], 2);
}

#[test]
fn what_is_no_public_key_is_refused_and_nothing_is_changed() {
    let world = sealed();
    let path = world.repo().join(".git/ckpt/recipients");
    let before = fs::read(&path).unwrap();
    let (identity, _) = age_identity();
    let secret = identity.lines().last().unwrap();
    let run = world.ckpt(&["recipients", "add", secret]);
    assert_eq!(run.code, 8, "{run}");
    assert!(run.stderr().contains("it is a private key"), "{run}");
    assert!(!run.stderr().contains(secret), "{run}");
    // One of ssh begins with hyphens, as an option does; and either may come behind a public one.
    let pasted = format!("-----BEGIN OPENSSH {} KEY-----\nabc\n", "PRIVATE");
    let (_, public) = age_identity();
    for keys in [&["add", &pasted][..], &["add", &public, &pasted], &["add", &public, secret]] {
        let run = world.ckpt(&[&["recipients"], keys].concat());
        assert!(run.code == 8 && run.stderr().contains("it is a private key"), "{run}");
        assert!(!run.stderr().contains("abc") && !run.stderr().contains(secret), "{run}");
    }
    for keys in [&["remove", &pasted][..], &[&pasted]] {
        let run = world.ckpt(&[&["recipients"], keys].concat());
        assert!(run.code != 0 && !run.stderr().contains("abc"), "{run}");
    }
    let run = world.ckpt(&["recipients", "add", "ada"]);
    insta::assert_snapshot!(run, @r#"
    --- stderr
    error: that is no recipient
    caused by: `ada` is neither an age recipient (`age1…`) nor an `ssh-ed25519` or `ssh-rsa` public key
    hint: hand in one public key, quoted: `git ckpt recipients add "$(cat ada.pub)"`
    --- exit 8
    "#);
    let run = world.ckpt(&["recipients", "remove", &age_identity().1]);
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_clone_that_lost_its_keys_saves_on_and_its_owner_reads_all() {
    let world = sealed();
    let first = world.save(&["-m", "First"]);
    let said = fs::read(transcript(&world)).unwrap();
    fs::remove_dir_all(world.repo().join(".git/ckpt/keys")).unwrap();
    world.claude().says("What about Sundays?", SAID).says("And now?", "Still here.").write();
    let second = world.save(&["-m", "Second"]);
    assert_eq!(restored(&world, &first), said);
    assert_eq!(restored(&world, &second), fs::read(transcript(&world)).unwrap());

    // The same where nothing opens the earlier part: it is stored once more.
    fs::remove_dir_all(world.repo().join(".git/ckpt/keys")).unwrap();
    fs::remove_dir_all(world.repo().join(".git/ckpt/state")).unwrap();
    forget_identity(&world);
    let third = world.save(&["-m", "Third"]);
    assert_eq!(restored(&world, &third), fs::read(transcript(&world)).unwrap());
    assert_eq!(world.ckpt(&["show", "--session", &first]).code, 12);
}

#[test]
fn the_key_that_is_kept_open_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = sealed();
    world.save(&["-m", "Sealed"]);
    for entry in fs::read_dir(world.repo().join(".git/ckpt/keys")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
