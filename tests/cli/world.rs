//! A small world to run the program in: real git, a home of its own, nothing of this machine's environment.
//!
//! The author is fixed, the clock stands still but for one minute a command, the writer has a name from the start and
//! the recorded sessions tell a path that is the same everywhere. So ids are stable, and whole output can stand in a
//! test; paths below the world read `[REPO]`, `[HOME]` and `[SLUG]`. What needs a real path inside a transcript
//! (Codex asks for one) has no stable ids.

use std::cell::Cell;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

use crate::sessions_of::{Claude, Codex};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_git-ckpt");

/// Monday, 2 March 2026, 9:00 in UTC.
const START: u64 = 1_772_442_000;

/// One person's machine with one repository.
pub struct World {
    directory: TempDir,
    clock: Cell<u64>,
}

impl World {
    /// A repository without a commit.
    pub fn unborn() -> Self {
        let world = Self { directory: tempfile::tempdir().unwrap(), clock: Cell::new(START) };
        fs::create_dir_all(world.home().join("bin")).unwrap();
        world.write_to(
            &world.home().join(".gitconfig"),
            "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n",
        );
        fs::create_dir_all(world.repo()).unwrap();
        world.git(&["init", "--quiet"]);
        world.write(".git/ckpt/writer", "ada-0000001\n");
        world
    }

    /// A repository with one commit.
    pub fn new() -> Self {
        let world = Self::unborn();
        world.write("src/soil.rs", "pub fn moisture() -> Option<u8> { None }\n");
        world.commit("Read the soil sensor");
        world
    }

    /// A repository with one commit and one session of Claude Code.
    pub fn with_session() -> Self {
        let world = Self::new();
        world.claude().write();
        world
    }

    fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub fn repo(&self) -> PathBuf {
        self.root().join("garden")
    }

    /// The directory that Claude Code keeps the sessions of `checkout` in.
    pub fn claude_project(&self, checkout: &Path) -> PathBuf {
        self.home().join(".claude/projects").join(slug(checkout))
    }

    pub fn claude(&self) -> Claude<'_> {
        Claude::recorded(self)
    }

    pub fn codex(&self) -> Codex<'_> {
        Codex::recorded(self)
    }

    /// Writes a file of the repository.
    pub fn write(&self, name: &str, text: &str) {
        self.write_to(&self.repo().join(name), text);
    }

    pub fn write_to(&self, path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts a shell script on the path.
    pub fn program(&self, name: &str, script: &str) {
        let path = self.home().join("bin").join(name);
        self.write_to(&path, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Commits everything there is and returns the commit's id.
    pub fn commit(&self, subject: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
        self.git(&["rev-parse", "HEAD"]).trim_end().to_owned()
    }

    /// Runs git, which must succeed, and returns what it printed.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let run = Call::new(self, "git", arguments).run();
        assert_eq!(run.code, 0, "git {arguments:?}: {run}");
        run.stdout()
    }

    /// Runs the program.
    pub fn ckpt(&self, arguments: &[&str]) -> Run {
        self.call(arguments).run()
    }

    /// Runs the program, which must succeed and print one JSON value.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let run = self.ckpt(arguments);
        assert_eq!(run.code, 0, "{run}");
        serde_json::from_slice(&run.output.stdout).unwrap()
    }

    /// A run of the program to be described further.
    pub fn call(&self, arguments: &[&str]) -> Call<'_> {
        Call::new(self, PROGRAM, arguments)
    }

    /// A run of another program in the same surroundings.
    pub fn call_program(&self, program: &str, arguments: &[&str]) -> Call<'_> {
        Call::new(self, program, arguments)
    }

    /// Runs a line on a terminal of its own, which `script` lends; ask [`has_terminal`] first.
    pub fn on_terminal(&self, line: &str, typed: &str, environment: &[(&str, &str)]) -> Run {
        let mut call =
            self.call_program("script", &["-qec", line, "/dev/null"]).env("SHELL", "/bin/sh");
        for (name, value) in [("TERM", "xterm")].iter().chain(environment) {
            call = call.env(name, value);
        }
        call.input(typed).run()
    }

    /// Saves and returns the whole id of the checkpoint.
    #[track_caller]
    pub fn save(&self, arguments: &[&str]) -> String {
        let all: Vec<&str> = ["save", "--json"].iter().chain(arguments).copied().collect();
        self.json(&all)["checkpoint"].as_str().unwrap().to_owned()
    }

    /// The time of this world, as files have it.
    pub fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.clock.get())
    }

    /// Sets the clock forward.
    pub fn wait(&self, seconds: u64) {
        self.clock.set(self.clock.get() + seconds);
    }

    /// `text` without what differs from one world to the next.
    pub fn neutral(&self, text: &str) -> String {
        text.replace(&slug(&self.repo()), "[SLUG]")
            .replace(self.repo().to_str().unwrap(), "[REPO]")
            .replace(self.home().to_str().unwrap(), "[HOME]")
            .replace(self.root().to_str().unwrap(), "[ROOT]")
    }
}

/// Whether the `script` of util-linux is here, which runs a command on a terminal of its own.
pub fn has_terminal() -> bool {
    let known = Command::new("script").arg("--version").output();
    let fits = known.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("util-linux"));
    if !fits {
        eprintln!("skipped: there is no util-linux `script` here");
    }
    fits
}

/// Claude Code's name for the directory of a checkout; the paths of a world are short and plain.
pub fn slug(checkout: &Path) -> String {
    let dashed = |char: char| if char.is_ascii_alphanumeric() { char } else { '-' };
    checkout.to_str().unwrap().chars().map(dashed).collect()
}

/// A command that is about to be run.
pub struct Call<'w> {
    world: &'w World,
    command: Command,
    input: Option<Vec<u8>>,
}

impl<'w> Call<'w> {
    fn new(world: &'w World, program: &str, arguments: &[&str]) -> Self {
        world.wait(60);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(world.repo())
            .env_clear()
            .env("HOME", world.home())
            .env("PATH", path(world))
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
            command.env(name, format!("{} +0000", world.clock.get()));
        }
        Self { world, command, input: None }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn directory(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Runs with these streams, which a test looks at itself.
    pub fn streams(mut self, stdout: Stdio, stderr: Stdio) -> ExitStatus {
        self.command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).status().unwrap()
    }

    pub fn run(mut self) -> Run {
        let input = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        if let (Some(mut pipe), Some(text)) = (child.stdin.take(), self.input) {
            // A program that ends without reading its input has said so in its own way.
            let _ = pipe.write_all(&text);
        }
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| self.world.neutral(&String::from_utf8_lossy(bytes));
        let shown = [text(&output.stdout), text(&output.stderr)];
        Run { code: output.status.code().unwrap_or(-1), output, shown }
    }
}

fn path(world: &World) -> OsString {
    let inherited = std::env::var_os("PATH").unwrap();
    let own = [world.home().join("bin"), Path::new(PROGRAM).parent().unwrap().to_owned()];
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&inherited))).unwrap()
}

/// What came of a command. Printed: its output, its talk, and its exit code unless it is 0.
pub struct Run {
    pub code: i32,
    pub output: Output,
    shown: [String; 2],
}

impl Run {
    pub fn stdout(&self) -> String {
        self.shown[0].clone()
    }

    pub fn stderr(&self) -> String {
        self.shown[1].clone()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [stdout, stderr] = &self.shown;
        f.write_str(stdout)?;
        if !stderr.is_empty() {
            write!(f, "--- stderr\n{stderr}")?;
        }
        if self.code != 0 {
            writeln!(f, "--- exit {}", self.code)?;
        }
        Ok(())
    }
}
