//! What opens a sealed session, and what is said where nothing does.

use std::fs;

use crate::world::World;
use crate::world::has_terminal;
use crate::{
    SAID, age_identity, fetched, own_identity, restored, seal_to, sealed, ssh_key, succeeds,
    transcript,
};

/// What is left of a session elsewhere: nothing is kept open there.
fn elsewhere(world: &World) -> (World, Vec<u8>) {
    (fetched(world), fs::read(transcript(world)).unwrap())
}

fn with_session() -> World {
    let world = World::new();
    world.claude().says("What about Sundays?", SAID).with_companions().write();
    world
}

#[test]
fn an_age_identity_opens_what_was_sealed_to_it() {
    let world = with_session();
    let other_identity = age_identity();
    seal_to(&world, &[&other_identity.1]);
    let id = world.save(&["-m", "For Bob"]);
    let (other, said) = elsewhere(&world);
    other.write_to(&other.home().join(".config/git-ckpt/identity"), &other_identity.0);
    assert_eq!(restored(&other, &id), said);
    succeeds(&other, &["prompt", &id]);
    assert!(succeeds(&other, &["show", "--session", &id]).stdout().contains(SAID));
    let export = succeeds(&other, &["export", &id, "--format", "markdown"]);
    assert!(export.stdout().contains(SAID));
    assert!(succeeds(&other, &["verify"]).stdout().contains("all good"));
}

#[test]
fn keys_of_ssh_open_what_was_sealed_to_them() {
    for kind in ["ed25519", "rsa"] {
        let world = with_session();
        let bob = World::new();
        seal_to(&world, &[ssh_key(&bob, kind, "").trim()]);
        let id = world.save(&["-m", "For Bob"]);
        let (other, said) = elsewhere(&world);
        fs::rename(bob.home().join(".ssh"), other.home().join(".ssh")).unwrap();
        assert_eq!(restored(&other, &id), said, "{kind}");
    }
}

#[test]
fn an_identity_elsewhere_is_named_in_the_configuration() {
    let world = with_session();
    let (identity, recipient) = age_identity();
    seal_to(&world, &[&recipient]);
    let id = world.save(&["-m", "For Bob"]);
    let (other, said) = elsewhere(&world);
    other.write_to(&other.home().join("keys/bob"), &identity);
    other.git(&["config", "ckpt.identity", "~/keys/bob"]);
    assert_eq!(restored(&other, &id), said);
    other.git(&["config", "ckpt.identity", "~/keys/bobby"]);
    let run = other.ckpt(&["show", "--session", &id]);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stderr().contains("the identity `[HOME]/keys/bobby` cannot be used"), "{run}");
    other.write_to(&other.home().join("keys/bobby"), "age1notasecret\n");
    let run = other.ckpt(&["show", "--session", &id]);
    assert!(run.stderr().contains("line 1 is no age identity"), "{run}");
}

#[test]
fn without_an_identity_a_sealed_session_stays_closed_and_the_document_open() {
    let world = sealed();
    let id = world.save(&["-m", "# Dry beds\n\nWater them."]);
    let (other, _) = elsewhere(&world);
    for arguments in [
        &["show", "--session", &id][..],
        &["restore", &id, "--yes"],
        &["export", &id, "--format", "transcript"],
    ] {
        let run = other.ckpt(arguments);
        assert_eq!(run.code, 12, "{arguments:?}: {run}");
        assert!(run.stdout().is_empty(), "{run}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stderr(), @"
            error: sealed to one recipient, and there is no identity here to open it with
            hint: name your identity, an age identity file or a private key of ssh: `git config ckpt.identity <file>`; if you have none that fits, send your public key to whoever saved it, who runs `git ckpt recipients add <key>` and `git ckpt push`
            ");
        }
    }
    assert!(succeeds(&other, &["show", &id]).stdout().contains("Water them."));
    assert!(succeeds(&other, &["log"]).stdout().contains("Dry beds"));
    assert!(succeeds(&other, &["prompt", &id]).stdout().contains("Water them."));
}

#[test]
fn with_an_identity_that_is_not_among_the_recipients_it_says_so() {
    let world = sealed();
    let id = world.save(&["-m", "Sealed"]);
    let (other, _) = elsewhere(&world);
    own_identity(&other);
    let run = other.ckpt(&["show", "--session", &id]);
    assert_eq!(run.code, 12, "{run}");
    let wanted = "error: sealed to one recipient, and no identity here is one of them";
    assert!(run.stderr().contains(wanted), "{run}");
}

#[test]
fn a_check_tells_what_is_sealed_to_others_from_damage() {
    let world = sealed();
    world.save(&["-m", "Sealed"]);
    let (other, _) = elsewhere(&world);
    let run = succeeds(&other, &["verify"]);
    insta::assert_snapshot!(run.stdout(), @"
    1 checkpoint, 1 session, 0 files, 0 bytes checked: all good
    2 files sealed to others: all frames are there, what they hold was not checked
    ");
}

#[test]
fn a_passphrase_is_asked_for_at_a_terminal_and_nowhere_else() {
    if !has_terminal() {
        return;
    }
    let world = with_session();
    let bob = World::new();
    let passphrase = format!("{}-{}", "beets", "and chard");
    seal_to(&world, &[ssh_key(&bob, "ed25519", &passphrase).trim()]);
    let id = world.save(&["-m", "For Bob"]);
    let (other, _) = elsewhere(&world);
    fs::rename(bob.home().join(".ssh"), other.home().join(".ssh")).unwrap();
    let run = other.ckpt(&["show", "--session", &id]);
    assert_eq!(run.code, 12, "{run}");
    assert!(run.stderr().contains("whose passphrase can be asked for at a terminal only"), "{run}");

    let line = format!("{} --no-pager show --session {id}", crate::world::PROGRAM);
    let run = other.on_terminal(&line, &format!("{passphrase}\n"), &[]);
    assert!(run.stdout().contains("passphrase of [HOME]/.ssh/id_ed25519:"), "{run}");
    assert!(run.stdout().contains(SAID), "{run}");
    let run = other.on_terminal(&line, "beets\n", &[]);
    assert!(run.stdout().contains("the passphrase does not open"), "{run}");
}

#[test]
fn the_program_age_opens_the_wrapped_key() {
    use std::process::Command;
    if Command::new("age").arg("--version").output().is_err() {
        eprintln!("skipped: there is no program `age` here");
        return;
    }
    let world = sealed();
    world.save(&["-m", "Sealed"]);
    let path = crate::log_paths(&world).into_iter().find(|path| path.ends_with(".age")).unwrap();
    let place = format!("refs/notes/ckpt-log/ada-0000001:{path}");
    let wrapped = world.call_program("git", &["cat-file", "blob", &place]).run().output.stdout;
    let identity = world.home().join(".config/git-ckpt/identity");
    let identity = identity.to_str().unwrap();
    let opened = world.call_program("age", &["--decrypt", "-i", identity]).input(wrapped).run();
    let name = path.trim_start_matches("keys/").trim_end_matches(".age").to_owned();
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/keys").join(name)).unwrap();
    let hex: String = opened.output.stdout.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.len(), 64, "{opened}");
    assert!(kept.contains(&hex));
}
