//! What `init` changes besides hooks, that it says so, and that all of it can be taken back.

use std::fs;

use insta::assert_snapshot;

use crate::world::World;
use crate::{commit, everything, hook_path, script, succeeds};

fn with_remote(url: &str) -> World {
    let world = World::with_session();
    world.git(&["remote", "add", "origin", url]);
    world
}

#[test]
fn it_says_what_it_does_and_does_nothing_twice() {
    let world = with_remote("/srv/garden.git");
    let first = world.ckpt(&["init"]);
    assert_snapshot!(first, @"
    new     hook post-commit in [REPO]/.git/hooks/post-commit
    new     hook post-rewrite in [REPO]/.git/hooks/post-rewrite
    new     hook post-merge in [REPO]/.git/hooks/post-merge
    new     hook post-checkout in [REPO]/.git/hooks/post-checkout
    new     hook pre-push in [REPO]/.git/hooks/pre-push
    new     config remote.origin.fetch = +refs/notes/ckpt/*:refs/notes/ckpt-remote/origin/*
    note    plain `git log` does not show the documents; `git ckpt init --show-notes` lets it, and `git log --notes='ckpt/*'` does once
    note    ckpt.push is manual: checkpoints stay here until you send them
    ");
    let after = everything(&world.repo().join(".git"));
    let again = world.ckpt(&["init"]).to_string();
    assert_eq!(again, first.to_string().replace("new  ", "same "));
    assert_eq!(everything(&world.repo().join(".git")), after);
}

#[test]
fn a_dry_run_changes_nothing() {
    let world = with_remote("/srv/garden.git");
    let before = everything(&world.repo());
    let options = ["--show-notes", "--push", "auto"];
    assert_snapshot!(world.ckpt(&[&["init", "--dry-run"][..], &options].concat()), @"
    nothing is changed; this is what would be:
    new     hook post-commit in [REPO]/.git/hooks/post-commit
    new     hook post-rewrite in [REPO]/.git/hooks/post-rewrite
    new     hook post-merge in [REPO]/.git/hooks/post-merge
    new     hook post-checkout in [REPO]/.git/hooks/post-checkout
    new     hook pre-push in [REPO]/.git/hooks/pre-push
    new     config remote.origin.fetch = +refs/notes/ckpt/*:refs/notes/ckpt-remote/origin/*
    new     config notes.displayRef = refs/notes/ckpt/*
    new     config notes.displayRef = refs/notes/ckpt-remote/*
    new     config ckpt.push = auto
    ");
    assert_eq!(everything(&world.repo()), before);
    succeeds(world.ckpt(&["init"]));
    let before = everything(&world.repo());
    assert_snapshot!(world.ckpt(&["init", "--uninstall", "--dry-run"]), @"
    nothing is changed; this is what would be:
    removed hook [REPO]/.git/hooks/post-commit
    removed hook [REPO]/.git/hooks/post-rewrite
    removed hook [REPO]/.git/hooks/post-merge
    removed hook [REPO]/.git/hooks/post-checkout
    removed hook [REPO]/.git/hooks/pre-push
    removed config remote.origin.fetch = +refs/notes/ckpt/*:refs/notes/ckpt-remote/origin/*
    ");
    assert_eq!(everything(&world.repo()), before);
}

#[test]
fn uninstall_leaves_the_repository_byte_for_byte_as_it_was() {
    let awkward = "# mine\n[core]\n\trepositoryformatversion = 0\n\tbare = false\n[ckpt]\n[remote \"origin\"]\n\
                   \turl = /srv/garden.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[notes]\n\tdisplayRef = refs/notes/x";
    for (foreign, hooks_directory) in [(true, true), (false, true), (false, false)] {
        let world = World::with_session();
        fs::remove_dir_all(world.repo().join(".git/ckpt")).unwrap();
        world.write(".git/config", awkward);
        if !hooks_directory {
            fs::remove_dir_all(world.repo().join(".git/hooks")).unwrap();
        }
        if foreign {
            script(&hook_path(&world), "#!/bin/sh\nexit 0\n");
        }
        let before = everything(&world.repo().join(".git"));
        succeeds(world.ckpt(&["init", "--show-notes", "--push", "auto"]));
        succeeds(world.ckpt(&["init", "--push", "never"]));
        assert_ne!(everything(&world.repo().join(".git")), before);
        succeeds(world.ckpt(&["init", "--uninstall"]));
        assert_eq!(everything(&world.repo().join(".git")), before);
        let again = world.ckpt(&["init", "--uninstall"]);
        assert_eq!(again.to_string(), "nothing was installed here\n");
    }
}

#[test]
fn uninstall_keeps_what_somebody_else_has_configured_since() {
    let world = with_remote("/srv/garden.git");
    world.git(&["config", "ckpt.push", "never"]);
    succeeds(world.ckpt(&["init", "--push", "auto"]));
    world.git(&["config", "user.nickname", "countess"]);
    world.git(&["config", "--add", "remote.origin.fetch", "+refs/x/*:refs/y/*"]);
    succeeds(world.ckpt(&["init", "--uninstall"]));
    let list = world.git(&["config", "--local", "--list"]);
    assert!(
        list.contains("user.nickname=countess") && list.contains("+refs/x/*:refs/y/*"),
        "{list}"
    );
    assert!(list.contains("ckpt.push=never") && !list.contains("ckpt-remote"), "{list}");
}

#[test]
fn uninstall_keeps_checkpoints_and_a_hook_that_replaced_ours() {
    let world = with_remote("/srv/garden.git");
    succeeds(world.ckpt(&["init"]));
    commit(&world);
    script(&hook_path(&world), "#!/bin/sh\necho newer >&2\n");
    let said = succeeds(world.ckpt(&["init", "--uninstall"])).stdout();
    assert!(said.contains("left    hook [REPO]/.git/hooks/post-commit"), "{said}");
    assert_eq!(commit(&world), "newer\n");
    assert_eq!(succeeds(world.ckpt(&["log", "--carried"])).stdout().lines().count(), 2);
}

#[test]
fn two_hooks_of_others_are_never_merged_by_guessing() {
    let world = World::with_session();
    script(&hook_path(&world), "#!/bin/sh\necho first >&2\n");
    succeeds(world.ckpt(&["init"]));
    script(&hook_path(&world), "#!/bin/sh\necho second >&2\n");
    let before = everything(&world.repo().join(".git/hooks"));
    assert_snapshot!(world.ckpt(&["init"]), @"
    --- stderr
    error: `[REPO]/.git/hooks/post-commit` was replaced, and the hook that was there before it is kept as `[REPO]/.git/hooks/post-commit.before-ckpt`
    hint: put what both do into one of them and remove the other, then run `git ckpt init` again:
            [REPO]/.git/hooks/post-commit
            [REPO]/.git/hooks/post-commit.before-ckpt
    --- exit 4
    ");
    assert_eq!(everything(&world.repo().join(".git/hooks")), before);
}

#[test]
fn teammates_documents_come_with_a_plain_fetch() {
    let world = World::with_session();
    let bare = world.home().join("garden.git");
    world.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    world.git(&["remote", "add", "origin", bare.to_str().unwrap()]);
    world.save(&["-m", "# From Ada"]);
    world.git(&["push", "--quiet", "origin", "main", "refs/notes/ckpt/*"]);
    let clone = world.home().join("clone");
    world.git(&["clone", "--quiet", bare.to_str().unwrap(), clone.to_str().unwrap()]);
    succeeds(world.call(&["init"]).directory(&clone).run());
    succeeds(world.call_program("git", &["fetch", "--quiet"]).directory(&clone).run());
    let shown = succeeds(world.call(&["show", "--raw"]).directory(&clone).run());
    assert!(shown.stdout().contains("# From Ada"), "{shown}");
}

#[test]
fn the_remote_is_the_one_that_was_meant() {
    let fetch = |world: &World| {
        let all = world.ckpt(&["init", "--json"]).stdout();
        ["upstream", "origin", "fork"]
            .into_iter()
            .find(|name| all.contains(&format!("ckpt-remote/{name}/")))
    };
    let world = World::new();
    assert_eq!(fetch(&world), None);
    world.git(&["remote", "add", "upstream", "/srv/a"]);
    assert_eq!(fetch(&world), Some("upstream"));
    world.git(&["remote", "add", "origin", "/srv/b"]);
    assert_eq!(fetch(&world), Some("origin"));
    world.git(&["remote", "add", "fork", "/srv/c"]);
    world.git(&["config", "ckpt.remote", "fork"]);
    assert_eq!(fetch(&world), Some("fork"));
    assert_snapshot!(world.ckpt(&["init", "--remote", "fro"]), @"
    --- stderr
    error: there is no remote `fro`
    hint: there are: fork, origin, upstream
    --- exit 3
    ");
    let world = World::new();
    world.git(&["remote", "add", "origin", "/srv/b"]);
    assert!(!succeeds(world.ckpt(&["init", "--no-refspec"])).stdout().contains("refs/notes"));
    // Without a refspec of its own a remote is fetched by naming branches.
    world.git(&["config", "--unset-all", "remote.origin.fetch"]);
    let said = succeeds(world.ckpt(&["init"])).stdout();
    assert!(said.contains("`origin` has no refspec of its own"), "{said}");
}

#[test]
fn a_public_looking_remote_is_warned_about() {
    for url in ["https://github.com/ada/garden", "git@gitlab.com:ada/garden.git"] {
        let said = succeeds(with_remote(url).ckpt(&["init"])).stdout();
        assert!(said.contains("whole transcripts included"), "{said}");
        assert!(said.contains("ckpt.push is manual"), "{said}");
    }
    let said = succeeds(with_remote("https://ada:secret@github.com/x").ckpt(&["init"])).stdout();
    assert!(!said.contains("secret"), "{said}");
    for (url, option) in [("/srv/garden", "auto"), ("https://github.com/ada/garden", "never")] {
        let said = succeeds(with_remote(url).ckpt(&["init", "--push", option])).stdout();
        assert!(!said.contains("transcripts"), "{said}");
    }
}

#[test]
fn notes_are_shown_only_where_asked_for() {
    let world = World::with_session();
    succeeds(world.ckpt(&["init"]));
    world.save(&["-m", "# Shown by plain git"]);
    assert!(!world.git(&["log"]).contains("Shown by plain git"));
    succeeds(world.ckpt(&["init", "--show-notes"]));
    assert!(world.git(&["log"]).contains("Shown by plain git"));
}

#[test]
fn a_repository_that_cannot_be_written_is_left_alone() {
    let world = World::new();
    // A file where the directory should be fails for the administrator too.
    fs::remove_dir_all(world.repo().join(".git/hooks")).unwrap();
    fs::write(world.repo().join(".git/hooks"), "").unwrap();
    let run = world.ckpt(&["init"]);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stderr().contains("error: cannot write `[REPO]/.git/hooks"), "{run}");
}
