//! `git ckpt setup` and `git ckpt completions`: man pages and completion scripts, and whether shells take them.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;

use crate::world::World;

fn has(program: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("command -v {program}")).output().unwrap();
    if !found.status.success() {
        eprintln!("skipped: there is no `{program}` here");
    }
    found.status.success()
}

#[test]
fn what_only_hooks_call_is_not_offered() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = world.ckpt(&["completions", shell]).stdout();
        assert!(script.contains("restore") && !script.contains("What git called"), "{shell}");
        assert!(!script.contains("subcmd__hook") && !script.contains("'hook:"), "{shell}");
    }
}

#[test]
fn pages_and_completions_are_put_in_place() {
    let world = World::new();
    assert_snapshot!(world.ckpt(&["setup"]), @"
    56 man pages in [HOME]/.local/share/man/man1
    bash completions in [HOME]/.local/share/bash-completion/completions/git-ckpt
    zsh completions in [HOME]/.local/share/zsh/site-functions/_git-ckpt
    fish completions in [HOME]/.local/share/fish/vendor_completions.d/git-ckpt.fish
    ");
    let pages = world.home().join(".local/share/man/man1");
    let mut names: Vec<String> = fs::read_dir(pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_snapshot!(names.join("\n"), @"
    git-ckpt-attach.1
    git-ckpt-cat.1
    git-ckpt-checkout.1
    git-ckpt-completions.1
    git-ckpt-demo.1
    git-ckpt-diff.1
    git-ckpt-doctor.1
    git-ckpt-draft.1
    git-ckpt-export.1
    git-ckpt-fetch.1
    git-ckpt-help.1
    git-ckpt-import.1
    git-ckpt-init.1
    git-ckpt-lint.1
    git-ckpt-log.1
    git-ckpt-note.1
    git-ckpt-prompt.1
    git-ckpt-prune.1
    git-ckpt-push.1
    git-ckpt-recipients-add.1
    git-ckpt-recipients-list.1
    git-ckpt-recipients-remove.1
    git-ckpt-recipients.1
    git-ckpt-redact.1
    git-ckpt-repair.1
    git-ckpt-reset.1
    git-ckpt-restore.1
    git-ckpt-resume.1
    git-ckpt-save.1
    git-ckpt-scan.1
    git-ckpt-sessions.1
    git-ckpt-setup.1
    git-ckpt-show.1
    git-ckpt-stats.1
    git-ckpt-status.1
    git-ckpt-switch.1
    git-ckpt-sync.1
    git-ckpt-task-block.1
    git-ckpt-task-clear.1
    git-ckpt-task-done.1
    git-ckpt-task-start.1
    git-ckpt-task-status.1
    git-ckpt-task-step.1
    git-ckpt-task.1
    git-ckpt-template-list.1
    git-ckpt-template-new.1
    git-ckpt-template-show.1
    git-ckpt-template.1
    git-ckpt-tokens.1
    git-ckpt-vault-export.1
    git-ckpt-vault-forget.1
    git-ckpt-vault-import.1
    git-ckpt-vault-list.1
    git-ckpt-vault.1
    git-ckpt-verify.1
    git-ckpt.1
    ");
    assert_eq!(world.call(&["setup"]).directory(&world.home()).run().code, 0);
}

#[test]
fn a_prefix_is_counted_from_the_current_directory() {
    let world = World::new();
    assert_eq!(world.ckpt(&["setup", "--prefix", "usr"]).code, 0);
    assert!(world.repo().join("usr/share/man/man1/git-ckpt.1").is_file());
    world.write("file", "in the way");
    assert_snapshot!(world.ckpt(&["setup", "--prefix", "file"]), @"
    --- stderr
    error: cannot write `[REPO]/file/share/man/man1/git-ckpt.1`
    caused by: Not a directory (os error 20)
    --- exit 1
    ");
}

#[test]
fn the_man_page_tells_every_command_and_exit_code() {
    if !has("man") {
        return;
    }
    let world = World::new();
    world.ckpt(&["setup"]);
    let page = |name: &str| {
        let path = world.home().join(".local/share/man/man1").join(name);
        let call = world.call_program("man", &["-l", path.to_str().unwrap()]);
        let run = call.env("MANWIDTH", "100").env("LC_ALL", "C.UTF-8").run();
        assert_eq!((run.code, run.stderr().as_str()), (0, ""), "{run}");
        run.stdout()
    };
    let main = page("git-ckpt.1");
    for words in ["git-ckpt-save(1)", "git-ckpt-verify(1)", "EXIT STATUS", "stored data is damaged"]
    {
        assert!(main.contains(words), "{words}: {main}");
    }
    let save = page("git-ckpt-save.1");
    for words in ["git-ckpt-save - Save a checkpoint", "--no-session"] {
        assert!(save.contains(words), "{words}: {save}");
    }
}

#[test]
fn git_opens_the_man_page_for_help() {
    if !has("man") {
        return;
    }
    let world = World::new();
    world.ckpt(&["setup"]);
    let pages = world.home().join(".local/share/man");
    let run = world
        .call_program("git", &["ckpt", "--help"])
        .env("MANPATH", pages.to_str().unwrap())
        .run();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout().contains("git ckpt"), "{run}");
}

/// What bash offers for a line that ends in a word under way.
fn offered(world: &World, before: &str, words: &[&str]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source ~/.local/share/bash-completion/completions/git-ckpt; {before}\n\
         COMP_WORDS=({}); COMP_CWORD={}; _git_ckpt; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len() - 1
    );
    let run = world.call_program("bash", &["--norc", "-c", &script]).run();
    assert_eq!(run.stderr(), "", "{run}");
    run.stdout().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn bash_completes_git_ckpt() {
    if !has("bash") {
        return;
    }
    let world = World::new();
    world.ckpt(&["setup"]);
    let script = world.home().join(".local/share/bash-completion/completions/git-ckpt");
    let checked = world.call_program("bash", &["-n", script.to_str().unwrap()]).run();
    assert_eq!((checked.code, checked.to_string()), (0, String::new()));
    let commands = offered(&world, "", &["git", "ckpt", ""]);
    for command in ["save", "sessions", "show", "log", "restore", "prompt", "verify", "setup"] {
        assert!(commands.iter().any(|offer| offer == command), "{command}: {commands:?}");
    }
    assert_eq!(offered(&world, "", &["git", "ckpt", "sess"]), ["sessions"]);
    assert_eq!(offered(&world, "", &["git", "ckpt", "show", "--sta"]), ["--stat"]);
    // Git's own completion tells where its subcommand stands.
    assert_eq!(offered(&world, "__git_cmd_idx=3", &["git", "-C", "x", "ckpt", "ver"]), ["verify"]);
}

#[test]
fn gits_own_completion_finds_the_subcommand() {
    let of_git = "/usr/share/bash-completion/completions/git";
    if !has("bash") || fs::metadata(of_git).is_err() {
        return;
    }
    let world = World::new();
    world.ckpt(&["setup"]);
    let script = format!(
        "source {of_git}; source ~/.local/share/bash-completion/completions/git-ckpt\n\
         COMP_WORDS=(git -C . ckpt rest); COMP_CWORD=4; COMP_LINE='git -C . ckpt rest'; COMP_POINT=18\n\
         __git_wrap__git_main; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let run = world.call_program("bash", &["--norc", "-c", &script]).run();
    assert_eq!(run.stdout().trim(), "restore", "{run}");
}

#[test]
fn completions_are_the_same_scripts() {
    let world = World::new();
    world.ckpt(&["setup"]);
    let share = world.home().join(".local/share");
    for (shell, place) in [
        ("bash", "bash-completion/completions/git-ckpt"),
        ("zsh", "zsh/site-functions/_git-ckpt"),
        ("fish", "fish/vendor_completions.d/git-ckpt.fish"),
    ] {
        let printed = world.ckpt(&["completions", shell]).output.stdout;
        assert!(!printed.is_empty());
        assert_eq!(printed, fs::read(share.join(place)).unwrap(), "{shell}");
    }
    assert_snapshot!(world.ckpt(&["completions", "tcsh"]), @"
    --- stderr
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, zsh, fish]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    --- exit 2
    ");
}
