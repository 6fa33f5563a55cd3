//! Sealing that is switched on and off while a session goes on.

use std::fs;

use crate::sessions_of::Claude;
use crate::world::World;
use crate::{
    fetched, forget_identity, holds, objects, own_identity, restored, seal_to, transcript,
};

fn turns(world: &World, count: usize) -> Claude<'_> {
    (0..count).fold(world.claude(), |session, turn| {
        session.says("On?", &format!("turn number {turn}, which is told apart by this"))
    })
}

#[test]
fn a_session_may_be_plain_then_sealed_then_plain_again() {
    let world = World::new();
    let own = own_identity(&world);
    let mut saved = Vec::new();
    for (count, encrypt) in ["false", "sessions", "sessions", "false", "true"].iter().enumerate() {
        turns(&world, count + 1).with_companions().write();
        world.git(&["config", "ckpt.encrypt", encrypt]);
        if count == 1 {
            seal_to(&world, &[&own]);
        }
        let id = world.save(&["-m", &format!("State {count}")]);
        saved.push((id, fs::read(transcript(&world)).unwrap()));
    }
    let all = objects(&world);
    for (turn, is_plain) in [true, false, false, true, false].into_iter().enumerate() {
        assert_eq!(holds(&all, &format!("turn number {turn},")), is_plain, "turn {turn}");
    }
    for (id, said) in &saved {
        assert_eq!(restored(&world, id), *said);
    }
    let other = fetched(&world);
    assert_eq!(restored(&other, &saved[0].0), saved[0].1);
    for (id, _) in &saved[1..] {
        assert_eq!(other.ckpt(&["show", "--session", id]).code, 12);
    }
}

#[test]
fn the_hash_of_a_file_whose_earlier_part_is_sealed_lets_nobody_try_that_part() {
    use sha2::Digest;
    let world = World::new();
    turns(&world, 1).with_companions().write();
    seal_to(&world, &[&own_identity(&world)]);
    world.save(&["-m", "Sealed"]);
    world.git(&["config", "ckpt.encrypt", "false"]);
    for count in 2..4 {
        turns(&world, count).write();
        if count == 3 {
            // Also where nothing is remembered, so that the file is read whole.
            fs::remove_dir_all(world.repo().join(".git/ckpt/state")).unwrap();
        }
        let id = world.save(&["-m", "Plain"]);
        let hash = sha2::Sha256::digest(fs::read(transcript(&world)).unwrap());
        let plain: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!holds(&objects(&world), &plain), "{count}");
        let shown = world.json(&["show", "--json", &id]);
        assert!(shown["sessions"][0]["sealed"].is_string(), "{shown}");
        assert_eq!(restored(&world, &id), fs::read(transcript(&world)).unwrap());
    }
    // A session that was never sealed is described as ever.
    world.claude().id("99999999-0000-4000-8000-000000000000").says("On?", "Yes.").write();
    world.save(&["-m", "Other", "--session", "99999999-0000-4000-8000-000000000000"]);
    assert!(world.json(&["show", "--json"])["sessions"][0]["sealed"].is_null());
}

#[test]
fn companions_that_nobody_touched_are_described_anew_where_sealing_changed() {
    let world = World::new();
    turns(&world, 1).with_companions().write();
    world.save(&["-m", "Plain"]);
    seal_to(&world, &[&own_identity(&world)]);
    turns(&world, 2).write();
    let before = objects(&world).len();
    world.save(&["-m", "Sealed"]);
    let new: Vec<Vec<u8>> = objects(&world);
    assert!(new.len() > before);
    // The list of companions, which has their hashes and names, is in no object since.
    let lists = new.iter().filter(|object| holds(&[object.to_vec()], "agent-a1b2c3d4.jsonl"));
    assert_eq!(lists.count(), 1, "that of the plain save");
}

#[test]
fn a_session_that_nothing_came_to_is_sealed_with_a_key_that_is_there() {
    let world = World::new();
    turns(&world, 1).write();
    world.save(&["-m", "Plain"]);
    seal_to(&world, &[&own_identity(&world)]);
    let id = world.save(&["-m", "Sealed"]);
    let other = fetched(&world);
    let from = world.home().join(".config");
    fs::rename(from, other.home().join(".config")).unwrap();
    assert_eq!(restored(&other, &id), fs::read(transcript(&world)).unwrap());
}

#[test]
fn nothing_is_saved_unsealed_where_it_cannot_be_told_to_whom() {
    let world = World::new();
    turns(&world, 1).write();
    world.git(&["config", "ckpt.encrypt", "sessions"]);
    let run = world.ckpt(&["save", "-m", "Sealed"]);
    insta::assert_snapshot!(run, @r#"
    --- stderr
    error: the save is not finished; it is written down and the next `git ckpt` command tries again
    caused by: sessions are to be sealed, and there is no recipient in `[REPO]/.git/ckpt/recipients`
    hint: add your own public key first: `git ckpt recipients add "$(cat ~/.ssh/id_ed25519.pub)"`
          nothing is lost: any `git ckpt` command finishes the save then
    --- exit 7
    "#);
    assert!(!holds(&objects(&world), "turn number"));
    world.write(".git/ckpt/recipients", "# us\nada@example.com\n");
    let run = world.ckpt(&["save", "-m", "Sealed"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    warning: an interrupted save is still unfinished: the save is not finished; it is written down and the next `git ckpt` command tries again: the recipients in `[REPO]/.git/ckpt/recipients` are not understood: line 2 is no recipient: `ada@example.com` is neither an age recipient (`age1…`) nor an `ssh-ed25519` or `ssh-rsa` public key
    error: the save is not finished; it is written down and the next `git ckpt` command tries again
    caused by: the recipients in `[REPO]/.git/ckpt/recipients` are not understood
    caused by: line 2 is no recipient
    caused by: `ada@example.com` is neither an age recipient (`age1…`) nor an `ssh-ed25519` or `ssh-rsa` public key
    hint: put that line right, or a `#` before it, in `[REPO]/.git/ckpt/recipients`; nothing is saved until then
          nothing is lost: any `git ckpt` command finishes the save then
    --- exit 7
    ");
    assert!(!holds(&objects(&world), "turn number"));
    world.git(&["config", "ckpt.encrypt", "sesions"]);
    let run = world.ckpt(&["save", "-m", "Sealed"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    warning: an interrupted save is still unfinished: the save is not finished; it is written down and the next `git ckpt` command tries again: `ckpt.encrypt` is `sesions`, which means nothing here
    warning: an interrupted save is still unfinished: the save is not finished; it is written down and the next `git ckpt` command tries again: `ckpt.encrypt` is `sesions`, which means nothing here
    error: the save is not finished; it is written down and the next `git ckpt` command tries again
    caused by: `ckpt.encrypt` is `sesions`, which means nothing here
    hint: to seal sessions: `git config ckpt.encrypt sessions`, documents as well: `git config ckpt.encrypt all`; to store them as they are: `git config ckpt.encrypt false`
          nothing is lost: any `git ckpt` command finishes the save then
    --- exit 7
    ");
    assert!(!holds(&objects(&world), "turn number"));

    // What was asked for meanwhile is done as soon as it can be, and sealed.
    world.git(&["config", "ckpt.encrypt", "sessions"]);
    fs::remove_file(world.repo().join(".git/ckpt/recipients")).unwrap();
    seal_to(&world, &[&own_identity(&world)]);
    let listed = world.ckpt(&["log"]);
    assert!(listed.stdout().contains("Sealed"), "{listed}");
    assert!(!holds(&objects(&world), "turn number"));
}

#[test]
fn a_session_whose_key_is_lost_is_stored_anew_where_sealing_was_turned_off() {
    let world = World::new();
    turns(&world, 1).with_companions().write();
    seal_to(&world, &[&own_identity(&world)]);
    world.save(&["-m", "Sealed"]);
    forget_identity(&world);
    fs::remove_dir_all(world.repo().join(".git/ckpt/keys")).unwrap();
    world.git(&["config", "ckpt.encrypt", "false"]);
    for count in 2..4 {
        turns(&world, count).write();
        let id = world.save(&["-m", "Plain"]);
        assert_eq!(restored(&world, &id), fs::read(transcript(&world)).unwrap());
    }
    assert_eq!(world.ckpt(&["verify"]).code, 0);
}

/// A file of recipients may be one of the repository, and so somebody else's.
#[test]
fn a_file_of_recipients_that_is_none_keeps_nobody_waiting() {
    let world = World::new();
    turns(&world, 1).write();
    seal_to(&world, &[&own_identity(&world)]);
    let own = fs::read_to_string(world.repo().join(".git/ckpt/recipients")).unwrap();
    world.git(&["config", "ckpt.recipients", "readers"]);
    let path = world.repo().join("readers");
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    let refused = |reason: &str| {
        let run = world.ckpt(&["save"]);
        assert!(run.code == 7 && run.stderr().contains(reason), "{run}");
    };
    refused("it is no regular file");
    fs::remove_file(&path).unwrap();
    fs::write(&path, own.repeat(20_000)).unwrap();
    refused("it has more than 1048576 bytes");
    fs::write(&path, own).unwrap();
    world.save(&["-m", "Sealed"]);
}
