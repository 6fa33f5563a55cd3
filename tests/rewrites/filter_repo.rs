//! `git filter-repo`, where it is installed. It rewrites every ref it finds, the refs of notes too.

use std::path::{Path, PathBuf};

use crate::story::Story;
use crate::world::Ran;

fn is_installed(story: &Story) -> bool {
    let there = story.try_git(&["filter-repo", "--version"]).code == Some(0);
    if !there {
        eprintln!("skipped: git-filter-repo is not installed");
    }
    there
}

#[track_caller]
fn filter(story: &Story, place: &Path, arguments: &[&str]) {
    let mut command = story.world.command("git", place);
    command.args(["filter-repo", "--quiet", "--force"]).args(arguments);
    Ran::of(command.output().unwrap()).succeeds();
}

#[track_caller]
fn tied_after_repair(story: &Story, place: &Path) {
    story.world.ckpt(place, &["repair", "--yes"]).succeeds();
    for (revision, title) in [("topic", "C"), ("topic~", "B"), ("topic~2", "A")] {
        let shown = story.world.ckpt(place, &["show", revision]).succeeds().out;
        assert!(shown.contains(title) && !shown.contains("inferred"), "{shown}");
    }
    story.world.is_in_order(place);
}

#[test]
fn what_it_made_of_commits_is_inferred_and_repaired() {
    let story = Story::new(None, &[]);
    if !is_installed(&story) {
        return;
    }
    let rewritings: [&[&str]; 3] = [
        &["--message-callback", "return message + b' (moved)'"],
        &["--email-callback", "return b'ada@elsewhere.example'"],
        &["--replace-refs", "delete-no-add", "--name-callback", "return b'Countess'"],
    ];
    for arguments in rewritings {
        let story = Story::new(None, &[]);
        filter(&story, &story.work, arguments);
        let (titles, inferred) = story.carried("topic~");
        assert!(titles == ["B"] && inferred.is_some(), "{arguments:?}: {titles:?} {inferred:?}");
        tied_after_repair(&story, &story.work);
    }
}

#[test]
fn a_fresh_clone_of_which_it_keeps_a_part_gets_the_checkpoints_of_the_old_one() {
    let story = Story::new(None, &[]);
    if !is_installed(&story) {
        return;
    }
    let place: PathBuf = story.world.path("part");
    let (from, to) = (story.work.to_str().unwrap(), place.to_str().unwrap());
    story.git(&["clone", "-q", "--no-local", from, to]);
    filter(&story, &place, &["--path", "dir/"]);
    story.world.ckpt(&place, &["fetch", from]).succeeds();
    let shown = story.world.ckpt(&place, &["show", "topic~"]).succeeds().out;
    assert!(shown.contains("inferred") && shown.contains('B'), "{shown}");
    tied_after_repair(&story, &place);
}

#[test]
fn what_it_wrote_down_ties_all_of_them_as_recorded() {
    let story = Story::new(None, &[]);
    if !is_installed(&story) {
        return;
    }
    // One commit is left out altogether, and has no new name.
    filter(
        &story,
        &story.work,
        &[
            "--path-rename",
            "dir/:elsewhere/",
            "--path",
            "dir/A",
            "--path",
            "dir/C",
            "--refs",
            "topic",
        ],
    );
    let line = "git ckpt hook post-rewrite <.git/filter-repo/commit-map";
    let mut command = story.world.command("sh", &story.work);
    let program = Path::new(env!("CARGO_BIN_EXE_git-ckpt")).parent().unwrap();
    let mut path = program.as_os_str().to_owned();
    path.push(":");
    path.push(&story.world.search_path);
    let done = Ran::of(command.args(["-c", line]).env("PATH", path).output().unwrap()).succeeds();
    assert!(done.err.contains("carried over"), "{}", done.err);
    assert_eq!(story.carried("topic"), (vec!["C".to_owned()], None));
    story.world.is_in_order(&story.work);
}
