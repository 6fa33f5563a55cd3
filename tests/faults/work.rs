//! Notes, tasks and attachments, and saves that are killed while they take them along.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::world::{Random, World, held_up};

const ROUNDS: usize = 60;

#[test]
fn nothing_that_was_written_down_is_lost_by_saves_that_are_killed() {
    let (world, work) = World::with_work();
    let items: String = (0..ROUNDS).map(|round| format!("item-{round}\n")).collect();
    fs::write(work.join("items"), items).unwrap();
    world.ckpt(&work, &["task", "start", "Rounds", "--items", "items"]).succeeds();
    let mut random = Random(11);
    let mut kills = 0;
    for round in 0..ROUNDS {
        world.ckpt(&work, &["note", &format!("note of round {round}.")]).succeeds();
        world.ckpt(&work, &["task", "done", &format!("item-{round}")]).succeeds();
        fs::write(work.join("result"), format!("result of round {round}\n")).unwrap();
        let name = format!("result-{round}");
        world.ckpt(&work, &["attach", "result", "--as", &name]).succeeds();
        let mut command = world.ckpt_command(&work, &["save", "--no-session"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(1000 + random.below(29_000)));
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
        if round % 3 == 2 {
            world.ckpt(&work, &["save", "--no-session"]).succeeds();
        }
    }
    assert!(kills > ROUNDS / 3, "only {kills} kills");
    world.ckpt(&work, &["save", "--no-session"]).succeeds();
    world.is_in_order(&work);
    let note = world.git(&work, &["notes", "--ref", &world.ties_ref(&work), "show", "HEAD"]);
    for round in 0..ROUNDS {
        assert!(note.contains(&format!("- note of round {round}.\n")), "note {round} is lost");
        let result = world.ckpt(&work, &["cat", &format!("result-{round}")]).succeeds().out;
        assert_eq!(result, format!("result of round {round}\n"));
    }
    assert!(note.contains(&format!("{ROUNDS} of {ROUNDS} done")));
    assert_eq!(world.ckpt(&work, &["note", "--list", "--json"]).succeeds().out, "");
    assert_eq!(world.ckpt(&work, &["attach", "--list", "--json"]).succeeds().out, "");
    eprintln!("{kills} kills");
}

#[test]
fn what_an_announced_save_takes_along_is_used_up_when_it_is_finished_and_not_before() {
    let (world, work) = World::with_work();
    world.ckpt(&work, &["save", "--no-session", "-m", "earlier"]).succeeds();
    world.ckpt(&work, &["note", "the only note"]).succeeds();
    fs::write(work.join("result"), "a result\n").unwrap();
    world.ckpt(&work, &["attach", "result"]).succeeds();
    let (mut saver, lock) = held_up(&world, &work, &["save", "--no-session"]);
    saver.kill().unwrap();
    saver.wait().unwrap();
    let journal = fs::read_to_string(work.join(".git/ckpt/journal.jsonl")).unwrap();
    assert!(!journal.contains("taken"), "{journal}");
    assert_eq!(fs::read_dir(work.join(".git/ckpt/attachments")).unwrap().count(), 3);
    drop(lock);
    // Another worktree finishes it, and marks what belongs to this one.
    let beside = world.path("beside");
    world.git(&work, &["worktree", "add", "--quiet", "--detach", beside.to_str().unwrap()]);
    world.ckpt(&beside, &["note", "beside"]).succeeds();
    assert_eq!(world.ckpt(&work, &["cat", "result"]).succeeds().out, "a result\n");
    let note = world.git(&work, &["notes", "--ref", &world.ties_ref(&work), "show", "HEAD"]);
    assert_eq!(note.matches("- the only note").count(), 1, "{note}");
    assert_eq!(world.ckpt(&work, &["note", "--list", "--json"]).succeeds().out, "");
    assert_eq!(fs::read_dir(work.join(".git/ckpt/attachments")).unwrap().count(), 2);
    assert!(world.ckpt(&beside, &["note"]).succeeds().out.contains("beside"));
    world.is_in_order(&work);
}
