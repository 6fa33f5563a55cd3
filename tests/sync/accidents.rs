//! `+refs/notes/*:refs/notes/*`, the refspec that many a page recommends, and other ways to move our refs.

use std::fs;

use crate::team::Team;

const REFSPEC: &str = "+refs/notes/*:refs/notes/*";

#[test]
fn saves_that_were_not_sent_survive_a_forced_fetch() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save_session(&ada, "first", 2);
    team.ckpt(&ada, &["push"]);
    let unsent = team.save_session(&ada, "first", 5);
    let tips = team.tips(&ada, "refs/notes/ckpt/") + &team.tips(&ada, "refs/notes/ckpt-log/");
    team.world.git(&ada, &["config", "--add", "remote.origin.fetch", REFSPEC]);
    team.world.git(&ada, &["fetch", "--quiet"]);
    let told = team.ckpt(&ada, &["show"]);
    assert_eq!(
        told.err.matches("was put back to something older and is as it was").count(),
        2,
        "{}",
        told.err
    );
    let now = team.tips(&ada, "refs/notes/ckpt/") + &team.tips(&ada, "refs/notes/ckpt-log/");
    assert_eq!(now, tips);
    assert_eq!(
        team.world.restored(&ada, &unsent),
        fs::read(team.world.transcript(&ada, "first")).unwrap()
    );
    assert_eq!(team.ckpt(&ada, &["show"]).err, "");
}

#[test]
fn saves_that_were_never_sent_survive_a_fetch_that_prunes() {
    let team = Team::new();
    let ada = team.clone("ada");
    let unsent = team.save_session(&ada, "first", 5);
    team.world.git(&ada, &["config", "--add", "remote.origin.fetch", REFSPEC]);
    team.world.git(&ada, &["fetch", "--quiet", "--prune"]);
    assert!(team.refs(&ada, "refs/notes").is_empty());
    let told = team.ckpt(&ada, &["log"]);
    assert_eq!(
        told.err.matches("was removed by something else and is back").count(),
        2,
        "{}",
        told.err
    );
    assert_eq!(
        team.world.restored(&ada, &unsent),
        fs::read(team.world.transcript(&ada, "first")).unwrap()
    );
    team.world.is_in_order(&ada);
}

#[test]
fn a_save_right_after_the_accident_builds_on_what_was_lost() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# One");
    team.ckpt(&ada, &["push"]);
    team.save(&ada, "# Two");
    team.world.git(&ada, &["fetch", "--quiet", "origin", REFSPEC]);
    team.save(&ada, "# Three");
    assert_eq!(team.readable(&ada).len(), 3);
    team.ckpt(&ada, &["push"]);
}

#[test]
fn what_a_ref_was_moved_to_is_merged_and_not_thrown_away() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# Before");
    team.ckpt(&ada, &["push"]);
    let copy = team.world.path("copy");
    std::process::Command::new("cp").arg("-r").arg(&ada).arg(&copy).status().unwrap();
    team.save_session(&copy, "second", 3);
    team.world.commit(&copy, "Elsewhere");
    let elsewhere = team.save(&copy, "# On another commit");
    team.ckpt(&copy, &["push"]);
    let ours = team.save_session(&ada, "first", 3);
    let tip = team.world.git(&ada, &["rev-parse", &team.world.ties_ref(&ada)]);
    team.world.git(&ada, &["fetch", "--quiet", "origin", REFSPEC]);
    let told = team.ckpt(&ada, &["show"]);
    assert!(told.err.contains("holds both now"), "{}", told.err);
    assert_eq!(team.readable(&ada).len(), 3);
    team.ckpt(&ada, &["show", &elsewhere]);
    let parents = team.world.git(&ada, &["log", "-1", "--format=%P", &team.world.ties_ref(&ada)]);
    assert!(parents.contains(&tip) && parents.contains(' '), "{parents}");
    assert_eq!(
        team.world.restored(&ada, &ours),
        fs::read(team.world.transcript(&ada, "first")).unwrap()
    );
    team.world.is_in_order(&ada);
}

#[test]
fn logs_of_one_session_that_went_two_ways_are_both_kept() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save_session(&ada, "shared", 2);
    team.ckpt(&ada, &["push"]);
    let copy = team.world.path("copy");
    std::process::Command::new("cp").arg("-r").arg(&ada).arg(&copy).status().unwrap();
    let theirs = team.save_session(&copy, "shared", 5);
    team.ckpt(&copy, &["push"]);
    let ours = team.save_session(&ada, "shared", 7);
    team.world.git(&ada, &["fetch", "--quiet", "origin", REFSPEC]);
    team.ckpt(&ada, &["show"]);
    let read = |place| fs::read(team.world.transcript(place, "shared")).unwrap();
    assert_eq!(team.world.restored(&ada, &ours), read(&ada));
    assert_eq!(team.world.restored(&ada, &theirs), read(&copy));
    team.world.is_in_order(&ada);
}

#[test]
fn refs_that_were_rewritten_with_nothing_left_of_the_old_ones_stop_no_save() {
    // As `git filter-repo` does it with every ref that it finds.
    let team = Team::new();
    let ada = team.clone("ada");
    let first = team.save_session(&ada, "first", 2);
    for reference in
        team.refs(&ada, "refs/notes/ckpt").iter().chain(&team.refs(&ada, "refs/notes/ckpt-log"))
    {
        let tree = format!("{reference}^{{tree}}");
        let other = team.world.git(&ada, &["commit-tree", "-m", "rewritten", &tree]);
        team.world.git(&ada, &["update-ref", reference, &other]);
    }
    team.world.git(&ada, &["reflog", "expire", "--expire=now", "--all"]);
    team.world.git(&ada, &["gc", "--quiet", "--prune=now"]);
    let told = team.ckpt(&ada, &["log"]);
    assert_eq!(told.err.matches("is not here any more").count(), 2, "{}", told.err);
    assert_eq!(team.ckpt(&ada, &["log"]).err, "");
    let second = team.save_session(&ada, "first", 4);
    for id in [&first, &second] {
        team.world.restored(&ada, id);
    }
    team.world.is_in_order(&ada);
    // And where nothing is left at all.
    for reference in team.refs(&ada, "refs/notes") {
        team.world.git(&ada, &["update-ref", "-d", &reference]);
    }
    team.world.git(&ada, &["gc", "--quiet", "--prune=now"]);
    let saved = team.ckpt(&ada, &["save", "--no-session", "-m", "# Anew"]);
    assert_eq!(saved.err.matches("is not here any more").count(), 2, "{}", saved.err);
    team.world.is_in_order(&ada);
}
