//! Hooks seal with public keys alone, and never ask.

use crate::world::World;
use crate::{SAID, age_identity, fetched, holds, objects, seal_to, succeeds};

#[test]
fn a_hook_seals_without_any_identity_and_says_what_it_always_says() {
    let world = World::new();
    succeeds(&world, &["init"]);
    world.git(&["config", "ckpt.background", "false"]);
    let (identity, recipient) = age_identity();
    seal_to(&world, &[&recipient]);
    world.claude().says("What about Sundays?", SAID).with_companions().write();
    let run =
        world.call_program("git", &["commit", "--quiet", "--allow-empty", "-m", "Water"]).run();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr().starts_with("ckpt: saved "), "{run}");
    // The document is drafted out of what was said last, and is not sealed.
    assert!(!holds(&objects(&world), "running 4 tests"));
    let other = fetched(&world);
    other.write_to(&other.home().join(".config/git-ckpt/identity"), &identity);
    assert!(succeeds(&other, &["show", "--session", "HEAD"]).stdout().contains(SAID));
}

#[test]
fn a_commit_goes_through_where_nothing_can_be_sealed() {
    let world = World::new();
    succeeds(&world, &["init"]);
    world.git(&["config", "ckpt.background", "false"]);
    world.git(&["config", "ckpt.encrypt", "sessions"]);
    world.claude().says("What about Sundays?", SAID).write();
    let run =
        world.call_program("git", &["commit", "--quiet", "--allow-empty", "-m", "Water"]).run();
    insta::assert_snapshot!(run, @"
    --- stderr
    ckpt: not saved: the save is not finished; it is written down and the next `git ckpt` command tries again: sessions are to be sealed, and there is no recipient in `[REPO]/.git/ckpt/recipients`
    ");
    assert!(!holds(&objects(&world), SAID));
}
