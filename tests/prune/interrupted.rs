//! A prune that is killed, and one that others save beside.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::world::{Random, World, turns};
use crate::{carried, collect_garbage, json, log_ref, on_day, save_session_on};

const PRUNE: [&str; 6] = ["prune", "--older-than", "30d", "--force", "--yes", "--json"];

/// Starts a prune of what is old.
fn pruner(world: &World, work: &Path) -> std::process::Child {
    let mut command = world.ckpt_command(work, &PRUNE);
    command.env("GIT_COMMITTER_DATE", "1785456000 +0000");
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_prune_that_is_killed_at_any_moment_loses_nothing_that_was_to_stay() {
    let (world, work) = World::with_work();
    let mut random = Random(3);
    let (mut kills, mut round, mut most) = (0, 0, 45_000);
    while kills < 6 {
        let (old, _) = save_session_on(&world, &work, 0, round * 2);
        let (kept, content) = save_session_on(&world, &work, 50, round * 2 + 1);
        let mut child = pruner(&world, &work);
        std::thread::sleep(Duration::from_micros(2000 + random.below(most)));
        let killed = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        child.wait().unwrap();
        kills += usize::from(killed);
        // A quick machine was done before.
        most = if killed { most } else { most * 3 / 4 + 1 };
        world.is_in_order(&work);
        assert_eq!(world.restored(&work, &kept), content, "round {round}");
        json(on_day(&world, &work, 60, &PRUNE));
        world.is_in_order(&work);
        let ids = carried(&world, &work);
        assert!(ids.contains(&kept) && !ids.contains(&old), "round {round}");
        round += 1;
        assert!(round < 80, "only {kills} kills");
    }
}

#[test]
fn a_prune_that_dies_between_its_two_refs_leaves_frames_for_the_next_one() {
    let (world, work) = World::with_work();
    save_session_on(&world, &work, 0, 1);
    let (ties, logs) = (world.ties_ref(&work), log_ref(&world, &work));
    let before = world.git(&work, &["rev-parse", &ties]);
    // Nobody can move the log ref while its lock is taken.
    let lock = work.join(".git").join(format!("{logs}.lock"));
    fs::write(&lock, "").unwrap();
    let mut child = pruner(&world, &work);
    while world.git(&work, &["rev-parse", &ties]) == before {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(lock).unwrap();
    assert!(world.git(&work, &["ls-tree", "-r", &logs]).contains(".ckz"));
    world.is_in_order(&work);
    let rest = json(on_day(&world, &work, 60, &["prune", "--yes", "--json"]));
    assert!(rest["pruned"] == 0 && rest["pruned_bytes"].as_u64().unwrap() > 0, "{rest}");
    assert_eq!(world.git(&work, &["ls-tree", "-r", &logs]), "");
}

#[test]
fn saves_that_run_beside_prunes_are_all_kept_and_whole() {
    let (world, work) = World::with_work();
    save_session_on(&world, &work, 0, 1);
    let savers = 3;
    let saved: Vec<(String, Vec<u8>)> = std::thread::scope(|scope| {
        let world = &world;
        let work = &work;
        let save = |saver: usize| {
            let session = format!("5e55101c-0000-4000-8000-00000000010{saver}");
            let mut saved = Vec::new();
            for number in 0..6 {
                let content = turns(work, &session, number * 9..number * 9 + 3);
                fs::write(world.transcript(work, &session), &content).unwrap();
                let arguments = ["save", "--json", "-s", &session, "-m", "beside"];
                saved.push((on_day(world, work, 59, &arguments).succeeds().id(), content));
            }
            saved
        };
        let threads: Vec<_> = (0..savers).map(|saver| scope.spawn(move || save(saver))).collect();
        for _ in 0..6 {
            json(on_day(world, work, 60, &PRUNE));
        }
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    collect_garbage(&world, &work);
    for (id, content) in &saved {
        assert_eq!(world.restored(&work, id), *content);
    }
    assert_eq!(json(on_day(&world, &work, 60, &PRUNE))["pruned"], 0);
    world.is_in_order(&work);
}
