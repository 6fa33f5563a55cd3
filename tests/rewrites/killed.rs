//! Checkpoints that follow, where whoever carries them is killed: nothing is lost, and the next command ends it.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::story::Story;
use crate::world::{Random, announced};

/// The rewritten commits as git tells them to its hook, which only writes them down.
fn fixed_up() -> (Story, String) {
    let story = Story::new(None, &[]);
    let told = story.world.path("told");
    let hook = story.work.join(".git/hooks/post-rewrite");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\ncat >'{}'\n", told.display())).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&hook, mode).unwrap();
    // Of the second commit nothing is left by which it could be known again.
    story.rebase("2,3s/pick/fixup/", &["main"]).succeeds();
    fs::remove_file(hook).unwrap();
    (story, fs::read_to_string(told).unwrap())
}

fn start(story: &Story, arguments: &[&str], input: &str) -> Child {
    let mut command = story.world.ckpt_command(&story.work, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // One that has died already reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child
}

fn entries(story: &Story) -> PathBuf {
    story.work.join(".git/ckpt/rewrites/wal")
}

/// Holds the lock that every writer of ties needs.
fn locked(story: &Story) -> File {
    let lock = File::options().append(true).open(story.work.join(".git/ckpt/lock")).unwrap();
    lock.lock().unwrap();
    lock
}

/// Kills a command that has written down what it is about to do and can do nothing yet.
fn kill_before_it_ties(story: &Story, arguments: &[&str], input: &str) {
    let lock = locked(story);
    let mut child = start(story, arguments, input);
    while announced(&entries(story)).is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended without writing anything down");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(lock);
}

/// Microseconds that a command takes when nobody kills it.
fn time_of(run: impl FnOnce() -> Child) -> u64 {
    let start = Instant::now();
    run().wait().unwrap();
    start.elapsed().as_micros().try_into().unwrap()
}

const ALL: [&str; 3] = ["A", "B", "C"];

#[test]
fn what_a_killed_hook_was_told_is_finished_by_the_next_command_whatever_it_is() {
    for next in [&["log"][..], &["show", "HEAD~"], &["doctor"], &["repair", "--dry-run"]] {
        let (story, told) = fixed_up();
        kill_before_it_ties(&story, &["hook", "post-rewrite", "rebase"], &told);
        let ran = story.world.ckpt(&story.work, next);
        assert!(ran.err.contains("finished what was interrupted: 3 checkpoints"), "{}", ran.err);
        assert!(announced(&entries(&story)).is_empty());
        assert_eq!(story.carried("HEAD"), (ALL.map(str::to_owned).to_vec(), None));
        story.world.is_in_order(&story.work);
        assert!(!story.world.ckpt(&story.work, next).err.contains("interrupted"));
    }
}

#[test]
fn a_hook_that_is_killed_at_any_moment_loses_nothing() {
    let mut random = Random(11);
    let (story, told) = fixed_up();
    let mut whole = time_of(|| start(&story, &["hook", "post-rewrite", "rebase"], &told));
    let (mut kills, mut runs) = (0, 0);
    while kills < 6 {
        runs += 1;
        let (story, told) = fixed_up();
        let old: Vec<&str> = told.split_whitespace().step_by(2).collect();
        let mut child = start(&story, &["hook", "post-rewrite", "rebase"], &told);
        std::thread::sleep(Duration::from_micros(random.below(whole)));
        let killed = child.try_wait().unwrap().is_none();
        kills += usize::from(killed);
        // A busy machine was slow when the time was taken.
        whole = if killed { whole } else { whole * 3 / 4 };
        let _ = child.kill();
        child.wait().unwrap();
        story.world.is_in_order(&story.work);
        let (titles, inferred) = story.carried("HEAD");
        // Tied are all of them or none.
        assert!(inferred.is_some() || titles == ALL, "{titles:?}");
        for (title, commit) in ALL.iter().zip(&old) {
            assert_eq!(story.carried(commit).0, [*title]);
        }
        story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
        assert_eq!(story.carried("HEAD"), (ALL.map(str::to_owned).to_vec(), None));
        assert!(announced(&entries(&story)).is_empty());
        assert!(runs < 80, "only {kills} of {runs} were killed");
    }
}

#[test]
fn a_repair_that_is_killed_at_any_moment_has_tied_all_or_nothing() {
    let mut random = Random(5);
    let rebased = || {
        let story = Story::new(None, &[]);
        story.git(&["rebase", "-q", "main"]);
        story
    };
    let story = rebased();
    let mut whole = time_of(|| start(&story, &["repair", "--yes"], ""));
    let (mut kills, mut runs) = (0, 0);
    while kills < 6 {
        runs += 1;
        let story = rebased();
        let mut child = start(&story, &["repair", "--yes"], "");
        std::thread::sleep(Duration::from_micros(random.below(whole)));
        let killed = child.try_wait().unwrap().is_none();
        kills += usize::from(killed);
        // A busy machine was slow when the time was taken.
        whole = if killed { whole } else { whole * 3 / 4 };
        let _ = child.kill();
        child.wait().unwrap();
        story.world.is_in_order(&story.work);
        let revisions = ["HEAD~2", "HEAD~", "HEAD"];
        let tied = |revision: &&str| story.carried(revision).1.is_none();
        let number = revisions.iter().filter(|revision| tied(revision)).count();
        assert!(number == 0 || number == 3, "{number} are tied");
        story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
        for (revision, title) in revisions.iter().zip(ALL) {
            assert_eq!(story.carried(revision), (vec![title.to_owned()], None));
        }
        assert!(runs < 80, "only {kills} of {runs} were killed");
    }
}

#[test]
fn a_squash_merge_whose_hook_is_killed_is_followed_by_the_next_command() {
    let story = Story::new(None, &[]);
    story.world.ckpt(&story.work, &["init"]).succeeds();
    story.git(&["switch", "-q", "main"]);
    story.git(&["merge", "-q", "--squash", "topic"]);
    fs::remove_file(story.work.join(".git/hooks/post-commit")).unwrap();
    story.git(&["commit", "-q", "-m", "all of it"]);
    kill_before_it_ties(&story, &["hook", "post-commit"], "");
    let ran = story.world.ckpt(&story.work, &["show"]).succeeds();
    assert!(ran.err.contains("3 checkpoints carried over"), "{}", ran.err);
    assert_eq!(story.carried("HEAD"), (ALL.map(str::to_owned).to_vec(), None));
    // What was remembered of the merge is about no later commit.
    story.commit("next", "next", "next\n");
    story.world.ckpt(&story.work, &["hook", "post-commit"]).succeeds();
    assert_eq!(story.carried("HEAD"), (Vec::new(), None));
}

#[test]
fn an_entry_that_cannot_be_read_is_in_nobodys_way() {
    let (story, told) = fixed_up();
    fs::create_dir_all(entries(&story)).unwrap();
    fs::write(entries(&story).join("0000.json"), "0123456789abcdef\n[{").unwrap();
    let said = story.world.ckpt(&story.work, &["log"]).succeeds();
    assert_eq!(said.err, "");
    start(&story, &["hook", "post-rewrite", "rebase"], &told).wait().unwrap();
    assert_eq!(story.carried("HEAD"), (ALL.map(str::to_owned).to_vec(), None));
}
