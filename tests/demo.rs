//! The demonstration, run as a newcomer runs it: no configuration, no repository, an environment full of other things.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

struct Newcomer {
    home: TempDir,
    temporary: TempDir,
    elsewhere: TempDir,
}

impl Newcomer {
    fn new() -> Self {
        let directory = || tempfile::tempdir().unwrap();
        Self { home: directory(), temporary: directory(), elsewhere: directory() }
    }

    /// The demonstration, started from within an agent's shell and a hook of another repository.
    fn demo(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_git-ckpt"));
        command
            .arg("demo")
            .current_dir(self.elsewhere.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home.path())
            .env("TMPDIR", self.temporary.path())
            .env("GIT_DIR", "/nowhere/.git")
            .env("GIT_INDEX_FILE", "/nowhere/index")
            .env("GIT_CONFIG_COUNT", "not a number")
            .env("CLAUDE_CODE_SESSION_ID", "11111111-2222-4333-8444-555555555555")
            .env("CODEX_THREAD_ID", "019f0000-1111-7222-8333-abcdefabcdef");
        command
    }

    fn assert_untouched(&self) {
        for directory in [&self.home, &self.temporary, &self.elsewhere] {
            assert_eq!(names(directory.path()), Vec::<String>::new());
        }
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn printed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// What is printed between a command and the next remark.
fn output_of<'a>(text: &'a str, command: &str) -> &'a str {
    let after = text.split_once(&format!("$ {command}\n")).map(|(_, after)| after);
    let after = after.unwrap_or_else(|| panic!("`{command}` is not in\n{text}"));
    after.split_once("\n\n# ").map_or(after, |(own, _)| own)
}

#[test]
fn the_demonstration_walks_through_the_main_job_and_leaves_nothing_behind() {
    let newcomer = Newcomer::new();
    let output = newcomer.demo().output().unwrap();
    let (text, errors) = printed(&output);
    assert!(output.status.success(), "{text}{errors}");
    assert_eq!(errors, "");
    let has = |command: &str, words: &str| {
        let own = output_of(&text, command);
        assert!(own.contains(words), "{words:?} is not in the output of `{command}`:\n{own}");
    };
    has("git ckpt save", "drafted from the transcript");
    has("git ckpt save", "1 turn, 14.8k tokens");
    has("git ckpt log", "Webhook retries are safe  Claude Code, 2 turns");
    has("git ckpt show HEAD~1", "☑ Send the same idempotency key with every attempt");
    has("git ckpt show HEAD~1", "◐ Retry with growing pauses");
    has("git reset --hard HEAD~1", "Send an idempotency key with every event");
    has("git ckpt restore --yes", "which is captured first");
    has("git ckpt restore --yes", "what was there is safe in checkpoint");
    has("git ckpt restore --yes", "claude --resume 5f0c7c1e-3b0a-4a57-9d0e-6c1f2b7a9e84");
    has("git ckpt prompt ORIG_HEAD", "1. Deliver from a queue");
    has("git ckpt verify", "3 checkpoints, ");
    has("git ckpt verify", "all good");
    newcomer.assert_untouched();
}

#[test]
fn a_kept_demonstration_can_be_looked_at_and_is_not_overwritten() {
    let newcomer = Newcomer::new();
    let output = newcomer.demo().args(["--keep", "it"]).output().unwrap();
    let (text, errors) = printed(&output);
    assert!(output.status.success(), "{text}{errors}");
    let kept = newcomer.elsewhere.path().join("it").canonicalize().unwrap();
    assert!(errors.contains(&kept.join("webhooks").display().to_string()), "{errors}");
    assert_eq!(names(&kept), ["bin", "home", "webhooks"]);
    assert_eq!(names(&kept.join("webhooks")), [".git", "deliver.py"]);

    let projects = kept.join("home/.claude/projects");
    let project = projects.join(&names(&projects)[0]);
    let transcript =
        fs::read_to_string(project.join("5f0c7c1e-3b0a-4a57-9d0e-6c1f2b7a9e84.jsonl")).unwrap();
    let cwd = format!("\"cwd\":\"{}\"", kept.join("webhooks").display());
    assert!(transcript.contains(&cwd) && !transcript.contains("{{"), "{transcript}");

    let again = newcomer.demo().args(["--keep", "it"]).output().unwrap();
    assert_eq!(again.status.code(), Some(4));
    assert!(printed(&again).1.contains("is not empty"));
    assert_eq!(names(&newcomer.elsewhere.path().join("it")), ["bin", "home", "webhooks"]);
}

#[test]
fn a_step_that_fails_ends_the_demonstration_and_is_named() {
    let newcomer = Newcomer::new();
    let programs = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", programs.path().join("sh")).unwrap();
    let output = newcomer.demo().env("PATH", programs.path()).output().unwrap();
    let (text, errors) = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}{errors}");
    assert!(errors.contains("`git init -q && "), "{errors}");
    assert!(!text.contains("git ckpt save"), "{text}");
    newcomer.assert_untouched();
}
