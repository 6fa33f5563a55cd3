//! Commits that a forge makes of a branch: no hook of ours sees them, and they arrive with a pull or a fetch.

use std::path::{Path, PathBuf};

use crate::story::Story;
use crate::world::Ran;

/// The story with hooks, a bare repository that has both branches, and a clone in which the forge works.
fn with_forge() -> (Story, PathBuf) {
    let story = Story::new(None, &[]);
    story.world.ckpt(&story.work, &["init"]).succeeds();
    let (server, forge) = (story.world.path("server.git"), story.world.path("forge"));
    let (to, place) = (server.to_str().unwrap(), forge.to_str().unwrap());
    story.git(&["init", "-q", "--bare", "-b", "main", to]);
    story.git(&["remote", "add", "origin", to]);
    story.git(&["push", "-q", "origin", "main", "topic"]);
    story.git(&["clone", "-q", to, place]);
    (story, forge)
}

#[track_caller]
fn by_forge(story: &Story, forge: &Path, arguments: &[&str]) {
    let mut command = story.world.command("git", forge);
    command.args(arguments).env("GIT_COMMITTER_NAME", "Forge");
    command.env("GIT_COMMITTER_EMAIL", "noreply@forge.example").env("GIT_EDITOR", "true");
    Ran::of(command.output().unwrap()).succeeds();
}

fn squash(story: &Story, forge: &Path) {
    by_forge(story, forge, &["merge", "-q", "--squash", "origin/topic"]);
    by_forge(story, forge, &["commit", "-q", "-m", "The topic (#1)"]);
    by_forge(story, forge, &["push", "-q", "origin", "main"]);
}

fn rebase(story: &Story, forge: &Path) {
    by_forge(story, forge, &["switch", "-q", "-c", "merging", "origin/topic"]);
    by_forge(story, forge, &["rebase", "-q", "main"]);
    by_forge(story, forge, &["push", "-q", "origin", "merging:main"]);
}

fn titles(all: &[&str]) -> Vec<String> {
    all.iter().map(|title| (*title).to_owned()).collect()
}

#[test]
fn a_squash_on_the_forge_is_tied_after_a_pull_and_a_repair() {
    let (story, forge) = with_forge();
    squash(&story, &forge);
    story.git(&["switch", "-q", "main"]);
    story.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    let (before, inferred) = story.carried("HEAD");
    assert!(before.is_empty() || inferred.is_some(), "{before:?} is passed for recorded");
    let plan = story.world.ckpt(&story.work, &["repair", "--dry-run"]).succeeds();
    assert!(plan.out.contains("all changes of"), "{}", plan.out);
    story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
    assert_eq!(story.carried("HEAD"), (titles(&["A", "B", "C"]), None));
}

#[test]
fn a_squash_on_the_forge_is_tied_after_a_fetch_although_nothing_is_merged_here() {
    let (story, forge) = with_forge();
    squash(&story, &forge);
    story.git(&["fetch", "-q", "origin"]);
    story.world.ckpt(&story.work, &["fetch"]).succeeds();
    story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
    assert_eq!(story.carried("origin/main"), (titles(&["A", "B", "C"]), None));
    // Also when the branch is gone afterwards.
    story.git(&["switch", "-q", "--detach", "origin/main"]);
    story.git(&["branch", "-q", "-D", "topic"]);
    assert_eq!(story.carried("HEAD"), (titles(&["A", "B", "C"]), None));
}

#[test]
fn a_squash_on_the_forge_is_tied_although_the_branch_is_deleted_everywhere() {
    let (story, forge) = with_forge();
    squash(&story, &forge);
    by_forge(&story, &forge, &["push", "-q", "origin", ":topic"]);
    story.git(&["switch", "-q", "main"]);
    story.git(&["pull", "-q", "--ff-only", "--prune", "origin", "main"]);
    story.git(&["branch", "-q", "-D", "topic"]);
    story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
    assert_eq!(story.carried("HEAD"), (titles(&["A", "B", "C"]), None));
}

#[test]
fn a_rebase_on_the_forge_is_inferred_after_a_pull_and_tied_by_a_repair() {
    let (story, forge) = with_forge();
    rebase(&story, &forge);
    story.git(&["switch", "-q", "main"]);
    story.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    for (revision, title) in [("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")] {
        let by = Some("author_and_change".to_owned());
        assert_eq!(story.carried(revision), (titles(&[title]), by));
        let shown = story.world.ckpt(&story.work, &["show", revision]).succeeds().out;
        assert!(shown.contains("inferred: the same author, time and change"), "{shown}");
    }
    story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
    for (revision, title) in [("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")] {
        assert_eq!(story.carried(revision), (titles(&[title]), None));
    }
}

#[test]
fn a_teammate_sees_what_the_forge_made_of_a_branch() {
    for merge in [squash, rebase] {
        let (story, forge) = with_forge();
        story.world.ckpt(&story.work, &["push", "origin", "--yes"]).succeeds();
        merge(&story, &forge);
        let place = story.world.path("bob");
        let server = story.world.path("server.git");
        story.git(&["clone", "-q", server.to_str().unwrap(), place.to_str().unwrap()]);
        story.world.ckpt(&place, &["fetch"]).succeeds();
        let shown = story.world.ckpt(&place, &["repair", "--dry-run"]).succeeds();
        for title in ["A", "B", "C"] {
            let line =
                shown.out.lines().any(|line| line.trim_end().ends_with(&format!("  {title}")));
            assert!(line, "{title} is not in\n{}", shown.out);
        }
        story.world.ckpt(&place, &["repair", "--yes"]).succeeds();
        let again = story.world.ckpt(&place, &["repair", "--dry-run"]).succeeds();
        assert!(again.out.contains("nothing to repair"), "{}", again.out);
    }
}
