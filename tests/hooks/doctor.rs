//! `git ckpt doctor` on hooks that do not run any more.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::world::{PROGRAM, Run, World};
use crate::{commit, hook_path, hooked, script, succeeds, titles};

/// What the examination says.
fn examined(world: &World) -> Run {
    world.ckpt(&["doctor"])
}

/// Has it mended, after which nothing is left to find and a commit saves again.
#[track_caller]
fn mended(world: &World) -> String {
    let run = succeeds(world.ckpt(&["doctor", "--fix"]));
    assert!(run.stdout().starts_with("mended "), "{run}");
    assert_eq!(examined(world).stdout(), "all is well\n");
    let said = commit(world);
    assert!(said.contains("ckpt: saving "), "{said}");
    assert_eq!(titles(world, "HEAD").len(), 1);
    said
}

#[test]
fn hooks_in_order_and_hooks_that_were_never_wanted_are_no_finding() {
    assert_snapshot!(examined(&hooked()), @"all is well");
    let world = World::with_session();
    script(&hook_path(&world), "#!/bin/sh\nexit 0\n");
    assert_snapshot!(examined(&world), @"all is well");
    succeeds(world.ckpt(&["init"]));
    succeeds(world.ckpt(&["init", "--uninstall"]));
    assert_snapshot!(examined(&world), @"all is well");
}

#[test]
fn hooks_that_are_gone_are_put_back() {
    let world = hooked();
    for name in ["post-commit", "pre-push"] {
        fs::remove_file(hook_path(&world).with_file_name(name)).unwrap();
    }
    assert_snapshot!(examined(&world), @"
    problem hooks are gone from `[REPO]/.git/hooks`: post-commit, pre-push
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
}

#[test]
fn a_hook_that_somebody_put_in_the_place_of_ours_is_kept_and_runs_first() {
    let world = hooked();
    script(&hook_path(&world), "#!/bin/sh\necho foreign >&2\n");
    assert_eq!(commit(&world), "foreign\n");
    assert_snapshot!(examined(&world), @"
    problem other hooks stand in the place of ours in `[REPO]/.git/hooks`: post-commit
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    assert!(mended(&world).starts_with("foreign\n"));
}

#[test]
fn a_hook_that_a_manager_wrote_over_ours_is_left_to_the_manager() {
    let world = hooked();
    let theirs = "#!/bin/sh\ncall_lefthook run \"post-commit\" \"$@\"\n";
    script(&hook_path(&world), theirs);
    assert_snapshot!(world.ckpt(&["doctor", "--fix"]), @"
    problem lefthook has written over hooks in `[REPO]/.git/hooks`: post-commit
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem
    --- exit 10
    ");
    assert_eq!(fs::read_to_string(hook_path(&world)).unwrap(), theirs);
    let line = world.json(&["init", "--json"])["steps"][0]["text"].as_str().unwrap().to_owned();
    world.write("lefthook.yml", &line);
    assert_snapshot!(examined(&world), @"all is well");
}

#[test]
fn two_hooks_of_others_are_never_made_one() {
    let world = World::with_session();
    script(&hook_path(&world), "#!/bin/sh\necho first >&2\n");
    succeeds(world.ckpt(&["init"]));
    script(&hook_path(&world), "#!/bin/sh\necho second >&2\n");
    assert_snapshot!(world.ckpt(&["doctor", "--fix"]), @"
    warning `[REPO]/.git/hooks/post-commit.before-ckpt` is a hook that does not run
      it was there before the hook of `init`, which ran it and is gone
      run: diff '[REPO]/.git/hooks/post-commit' '[REPO]/.git/hooks/post-commit.before-ckpt'
    1 warning
    --- exit 10
    ");
    let before = hook_path(&world).with_file_name("post-commit.before-ckpt");
    assert!(fs::read_to_string(&before).unwrap().contains("first"));
    assert!(fs::read_to_string(hook_path(&world)).unwrap().contains("second"));
    // With the record gone too, the hook that waits is all that is left to see.
    fs::remove_file(hook_path(&world)).unwrap();
    succeeds(world.ckpt(&["init", "--uninstall"]));
    fs::rename(hook_path(&world), &before).unwrap();
    assert_snapshot!(examined(&world), @"
    warning `[REPO]/.git/hooks/post-commit.before-ckpt` is a hook that does not run
      it was there before the hook of `init`, which ran it and is gone
      run: mv '[REPO]/.git/hooks/post-commit.before-ckpt' '[REPO]/.git/hooks/post-commit'
    1 warning
    --- exit 10
    ");
}

#[test]
fn hooks_that_git_skips_are_made_executable() {
    let world = hooked();
    fs::set_permissions(hook_path(&world), fs::Permissions::from_mode(0o644)).unwrap();
    assert_snapshot!(examined(&world), @"
    problem hooks in `[REPO]/.git/hooks` are not executable, and git skips them: post-commit
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
}

#[test]
fn hooks_of_an_older_version_are_renewed() {
    let world = hooked();
    let text = fs::read_to_string(hook_path(&world)).unwrap();
    fs::write(hook_path(&world), text.replacen(", version 1", ", version 0", 1)).unwrap();
    assert_snapshot!(examined(&world), @"
    warning hooks in `[REPO]/.git/hooks` are of an older version: post-commit
      they lack what this version does in them
      run: git ckpt init
    1 warning; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
    assert_eq!(fs::read_to_string(hook_path(&world)).unwrap(), text);
}

#[test]
fn hooks_that_name_a_program_which_is_gone_are_renewed() {
    let world = hooked();
    let text = fs::read_to_string(hook_path(&world)).unwrap();
    fs::write(hook_path(&world), text.replace(PROGRAM, "/nowhere/git-ckpt")).unwrap();
    assert_snapshot!(examined(&world), @"
    warning hooks in `[REPO]/.git/hooks` name `/nowhere/git-ckpt`, which is gone: post-commit
      they do nothing where git is started without a search path that leads to git-ckpt
      run: git ckpt init
    1 warning; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
}

#[test]
fn a_hook_that_was_changed_by_hand_is_told_and_left() {
    let world = hooked();
    let text = fs::read_to_string(hook_path(&world)).unwrap() + "# mine\n";
    fs::write(hook_path(&world), &text).unwrap();
    assert_snapshot!(world.ckpt(&["doctor", "--fix"]), @"
    note hooks in `[REPO]/.git/hooks` are not as this version writes them: post-commit
      the next `git ckpt init` writes them again
      run: git ckpt init
    all is well
    ");
    assert_eq!(fs::read_to_string(hook_path(&world)).unwrap(), text);
}

#[test]
fn a_hook_that_an_older_version_did_not_have_is_added() {
    let world = hooked();
    let record = world.repo().join(".git/ckpt/installed.json");
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("hooks/post-merge\"", "hooks/other\"")).unwrap();
    fs::remove_file(hook_path(&world).with_file_name("post-merge")).unwrap();
    assert_snapshot!(examined(&world), @"
    warning hooks that are not in `[REPO]/.git/hooks`, where others of ours are: post-merge
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 warning; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
}

#[test]
fn a_hooks_path_that_leads_past_ours_is_found() {
    let world = hooked();
    world.git(&["config", "core.hooksPath", "../home/team-hooks"]);
    assert_snapshot!(examined(&world), @"
    problem `core.hooksPath` leads to `[REPO]/../home/team-hooks`, past hooks in `[REPO]/.git/hooks`: post-commit, post-rewrite, post-merge, post-checkout, pre-push
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem; `git ckpt doctor --fix` mends what is safe to mend
    --- exit 10
    ");
    mended(&world);
    let world = hooked();
    world.git(&["config", "--global", "core.hooksPath", "/dev/null"]);
    assert_snapshot!(world.ckpt(&["doctor", "--fix"]), @"
    problem `core.hooksPath` leads to `/dev/null`, past hooks in `[REPO]/.git/hooks`: post-commit, post-rewrite, post-merge, post-checkout, pre-push
      what git does there goes by unseen: nothing is saved, nothing follows
      run: git ckpt init
    1 problem
    --- exit 10
    ");
    let world = hooked();
    world.write(".husky/_/h", "");
    world.git(&["config", "core.hooksPath", ".husky/_"]);
    assert_eq!(examined(&world).code, 10);
    assert!(succeeds(world.ckpt(&["init"])).stdout().starts_with("to do   hook post-commit"));
}

#[test]
fn what_an_uninstallation_left_behind_is_removed_and_a_damaged_record_is_told() {
    let world = hooked();
    let record = world.repo().join(".git/ckpt/installed.json");
    fs::write(&record, "{").unwrap();
    assert_snapshot!(examined(&world), @"
    warning what `init` changed cannot be read from `[REPO]/.git/ckpt/installed.json`: EOF while parsing an object at line 1 column 1
      `init --uninstall` finds the hooks by their mark and leaves the configuration
      run: rm '[REPO]/.git/ckpt/installed.json' && git ckpt init
    1 warning
    --- exit 10
    ");
    succeeds(world.ckpt(&["init", "--uninstall"]));
    world.write(".git/ckpt/installed.config-before", "");
    assert_snapshot!(world.ckpt(&["doctor", "--fix"]), @"
    mended an uninstallation that was killed has left `[REPO]/.git/ckpt/installed.config-before`
      nothing needs it any more
    all is well
    ");
    assert!(!world.repo().join(".git/ckpt/installed.config-before").exists());
}
