//! Many savers at once, while git packs refs and objects under them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::world::{World, turns};

const WORKTREES: usize = 8;
const SAVES: usize = 50;
/// Saves between two commits of a worktree.
const SAVES_PER_COMMIT: usize = 10;

/// A save that the program said it had done.
struct Acknowledged {
    checkpoint: String,
    commit: String,
    bytes: usize,
}

#[test]
fn four_hundred_saves_in_eight_worktrees_lose_nothing_while_git_packs() {
    let (world, work) = World::with_work();
    let places: Vec<PathBuf> =
        (0..WORKTREES).map(|number| worktree(&world, &work, number)).collect();
    let done = AtomicBool::new(false);
    let acknowledged: Vec<Vec<Acknowledged>> = std::thread::scope(|scope| {
        scope.spawn(|| pack(&world, &work, &done));
        let savers: Vec<_> =
            places.iter().map(|place| scope.spawn(|| save_all(&world, place))).collect();
        let results: Vec<_> = savers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        results.into_iter().map(Result::unwrap).collect()
    });
    world.is_in_order(&work);
    let ties = world.ties_ref(&work);
    for (place, saves) in places.iter().zip(&acknowledged) {
        assert_eq!(saves.len(), SAVES);
        all_tied(&world, place, &ties, saves);
        let transcript = fs::read(world.transcript(place, &session(place))).unwrap();
        for save in [&saves[0], &saves[SAVES / 2], &saves[SAVES - 1]] {
            let restored = world.restored(place, &save.checkpoint);
            assert!(restored == transcript[..save.bytes], "{}", save.checkpoint);
        }
    }
}

#[test]
fn two_first_saves_at_once_agree_on_one_writer() {
    for _ in 0..5 {
        let (world, work) = World::with_work();
        let save = |text: &str| world.ckpt(&work, &["save", "--no-session", "-m", text, "--json"]);
        let ids = std::thread::scope(|scope| {
            let savers = ["a", "b", "c", "d"].map(|text| scope.spawn(move || save(text)));
            savers.map(|saver| saver.join().unwrap().succeeds().id())
        });
        let refs = world.git(&work, &["for-each-ref", "--format=%(refname)", "refs/notes/ckpt/"]);
        assert_eq!(refs, world.ties_ref(&work));
        let note = world.git(&work, &["notes", "--ref", &refs, "show", "HEAD"]);
        assert!(ids.iter().all(|id| note.contains(&format!("\nid: {id}"))), "{note}");
    }
}

fn worktree(world: &World, work: &Path, number: usize) -> PathBuf {
    let place = world.path(&format!("tree{number}"));
    let (branch, at) = (format!("b{number}"), place.to_str().unwrap());
    world.git(work, &["worktree", "add", "--quiet", "-b", &branch, at]);
    place
}

fn session(place: &Path) -> String {
    format!("session-of-{}", place.file_name().unwrap().to_str().unwrap())
}

fn save_all(world: &World, place: &Path) -> Vec<Acknowledged> {
    let session = session(place);
    let transcript = world.transcript(place, &session);
    let mut file = OpenOptions::new().create(true).append(true).open(&transcript).unwrap();
    let mut commit = String::new();
    let mut acknowledged = Vec::new();
    for number in 0..SAVES {
        if number % SAVES_PER_COMMIT == 0 {
            commit_beside_packing(world, place, &format!("work {number}"));
            commit = world.git(place, &["rev-parse", "HEAD"]);
        }
        file.write_all(&turns(place, &session, number * 3..number * 3 + 3)).unwrap();
        let bytes = file.metadata().unwrap().len() as usize;
        let title = format!("save {number} of {session}");
        let saved = world.ckpt(place, &["save", "-m", &title, "--json"]).succeeds();
        acknowledged.push(Acknowledged { checkpoint: saved.id(), commit: commit.clone(), bytes });
    }
    acknowledged
}

/// Makes a commit. Packing takes away directories that it has emptied, and git's own commit does not try again when one
/// goes that it was about to write to; ours has to, and is not helped.
fn commit_beside_packing(world: &World, place: &Path, subject: &str) {
    let commit = ["commit", "--quiet", "--allow-empty", "--message", subject];
    let mut made = world.try_git(place, &commit);
    for _ in 0..20 {
        if made.code == Some(0) || !made.err.contains("unable to create temporary file") {
            break;
        }
        made = world.try_git(place, &commit);
    }
    made.succeeds();
}

fn all_tied(world: &World, place: &Path, ties: &str, saves: &[Acknowledged]) {
    for batch in saves.chunks(SAVES_PER_COMMIT) {
        let note = world.git(place, &["notes", "--ref", ties, "show", &batch[0].commit]);
        for save in batch {
            let line = format!("---\nid: {}\n", save.checkpoint);
            assert!(note.contains(&line), "{} is lost", save.checkpoint);
        }
    }
}

/// Packs until `done`. That a ref or a pack is in use just now is nothing to complain about.
fn pack(world: &World, work: &Path, done: &AtomicBool) {
    let mut rounds = 0;
    while !done.load(Ordering::Relaxed) {
        world.try_git(work, &["pack-refs", "--all"]);
        world.try_git(work, &["repack", "-d", "-q"]);
        rounds += 1;
    }
    assert!(rounds > 2, "packed only {rounds} times");
}
