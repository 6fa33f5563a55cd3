//! Runs the `git` program, for what libgit2 cannot do or does differently.
//!
//! Every child is started here, in the directory that discovery started from, speaks English, takes no optional lock
//! and, unless its caller says otherwise, never waits for a person. What a child prints is handed back, never shown.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often, and how long between, a child that was told to end is looked at.
const LOOKS: u32 = 40;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Lines of a child's complaint that an error keeps.
const STDERR_LINES: usize = 12;

/// The variables by which git names one particular repository.
const REPOSITORY_VARIABLES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What keeps a child from asking anybody for a password, on the terminal or in a window.
const NEVER_ASK: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    // ssh asks on the terminal itself unless it is made to ask a program, and this one never answers.
    ("SSH_ASKPASS", "false"),
    ("SSH_ASKPASS_REQUIRE", "force"),
];

/// What can go wrong with a child process.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("the `git` program cannot be started for `{command}`")]
    Unstartable { command: String, source: std::io::Error },
    #[error("`{command}` broke off")]
    BrokenOff { command: String, source: std::io::Error },
    #[error("`{command}` failed: {stderr}")]
    Failed { command: String, code: Option<i32>, stderr: String },
}

/// Whose repository the environment's `GIT_DIR` and its kin speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Environment {
    /// This one, as in a hook.
    Ours,
    /// Some other one, so a child must not see them.
    Foreign,
}

/// The `git` program, prepared for one repository.
#[derive(Clone, Debug)]
pub struct Program {
    start: PathBuf,
    environment: Environment,
    pub(in crate::git) variables: Vec<(OsString, OsString)>,
}

impl Program {
    pub(in crate::git) fn new(start: &Path, environment: Environment) -> Self {
        let variables = [("GIT_OPTIONAL_LOCKS", "0"), ("LC_ALL", "C")];
        let variables = variables.map(|(name, value)| (name.into(), value.into())).to_vec();
        Self { start: start.to_owned(), environment, variables }
    }

    /// The directory that discovery started from.
    pub(in crate::git) fn directory(&self) -> &Path {
        &self.start
    }

    pub(in crate::git) fn environment(&self) -> Environment {
        self.environment
    }

    /// Sets a variable in the environment of every child from now on.
    pub(in crate::git) fn set_variable(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.into(), value.into()));
    }

    /// Prepares a child whose input is empty; the caller decides where its output goes.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.command_that_may_ask(arguments);
        command.envs(NEVER_ASK.iter().copied());
        command
    }

    /// Like [`Program::command`], for a child that may ask a person for a password.
    pub(in crate::git) fn command_that_may_ask<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new("git");
        if self.environment == Environment::Foreign {
            for name in REPOSITORY_VARIABLES {
                command.env_remove(name);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.arg("--no-pager").args(arguments).current_dir(&self.start).stdin(Stdio::null());
        command
    }

    /// Runs the user's own command: on the user's terminal, in the user's language, free to ask. Returns its exit code.
    /// Hooks of ours that it calls leave to the caller what they would do.
    pub fn run_for_user<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<u8, ProgramError> {
        let mut command = Command::new("git");
        if self.environment == Environment::Foreign {
            for name in REPOSITORY_VARIABLES {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.start).env("GIT_CKPT_SKIP", "1");
        let started = command.status();
        let status = started.map_err(|source| ProgramError::Unstartable {
            command: command_line(arguments),
            source,
        })?;
        // A child that a signal ended has no code; shells tell the signal so.
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
    }

    /// Runs a child to its end and gives back what it printed.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Vec<u8>, ProgramError> {
        self.run_with_input(arguments, &[])
    }

    /// Like [`Program::run`], with text for the child to read. The child must read all of it before it prints much.
    pub fn run_with_input<S: AsRef<OsStr>>(
        &self,
        arguments: &[S],
        input: &[u8],
    ) -> Result<Vec<u8>, ProgramError> {
        let mut running = self.spawn(arguments)?;
        if let Some(mut stdin) = running.child.stdin.take() {
            // A child that has seen enough closes its end; how it ended is told by its exit code.
            let _ = stdin.write_all(input);
        }
        let mut output = Vec::new();
        if let Some(mut stdout) = running.child.stdout.take() {
            stdout.read_to_end(&mut output).map_err(|source| running.broken_off(source))?;
        }
        running.finish().map(|()| output)
    }

    /// What a question prints; `None` where git says no, which is exit code 1.
    pub(in crate::git) fn ask(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>, ProgramError> {
        match self.run(arguments) {
            Ok(answer) => Ok(Some(answer)),
            Err(ProgramError::Failed { code: Some(1), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Runs two children, the second of which reads what the first prints, and gives back what the second prints.
    pub(in crate::git) fn run_piped(
        &self,
        first: &[&str],
        input: Vec<u8>,
        second: &[&str],
    ) -> Result<Vec<u8>, ProgramError> {
        let mut producer = self.spawn(first)?;
        let stdin = producer.child.stdin.take();
        let writer = std::thread::spawn(move || {
            // A child that has seen enough closes its end; how it ended is told by its exit code.
            stdin.map(|mut stdin| stdin.write_all(&input))
        });
        let command = command_line(second);
        let unstartable = |source| ProgramError::Unstartable { command: command.clone(), source };
        let mut consumer = self.command(second);
        let produced = producer.child.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let output =
            consumer.stdin(produced).stderr(Stdio::null()).output().map_err(unstartable)?;
        let _ = writer.join();
        producer.finish()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let code = output.status.code();
        Err(ProgramError::Failed { command, code, stderr: String::new() })
    }

    /// Starts a child that the caller talks to through pipes.
    pub(in crate::git) fn spawn<S: AsRef<OsStr>>(
        &self,
        arguments: &[S],
    ) -> Result<Running, ProgramError> {
        let command = command_line(arguments);
        let unstartable = |source| ProgramError::Unstartable { command: command.clone(), source };
        // A pipe that nobody reads until the end would stop a talkative child; a file never does.
        let stderr = tempfile::tempfile().map_err(unstartable)?;
        let child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr.try_clone().map_err(unstartable)?)
            .spawn()
            .map_err(unstartable)?;
        Ok(Running { child, stderr, command })
    }
}

/// A child at work.
pub(in crate::git) struct Running {
    pub child: Child,
    stderr: File,
    command: String,
}

impl Running {
    /// Waits for the child's end.
    pub fn finish(&mut self) -> Result<(), ProgramError> {
        let status = self.child.wait().map_err(|source| self.broken_off(source))?;
        if status.success() {
            return Ok(());
        }
        let (command, stderr) = (self.command.clone(), self.complaint());
        Err(ProgramError::Failed { command, code: status.code(), stderr })
    }

    pub fn broken_off(&self, source: std::io::Error) -> ProgramError {
        ProgramError::BrokenOff { command: self.command.clone(), source }
    }

    /// The last lines that the child complained with.
    fn complaint(&mut self) -> String {
        let mut bytes = Vec::new();
        let _ = self.stderr.rewind();
        let _ = self.stderr.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(STDERR_LINES)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.stdout.take());
        let _ = self.child.wait();
    }
}

/// Ends a child. It is asked first, because git then ends its own helpers and removes what it has not finished.
pub(in crate::git) fn end(child: &mut Child) {
    let process = child.id().to_string();
    let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &process]).status();
    if asked.is_ok_and(|status| status.success()) {
        for _ in 0..LOOKS {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

pub(in crate::git) fn command_line<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    let mut line = String::from("git");
    for argument in arguments {
        line.push(' ');
        line.push_str(&argument.as_ref().to_string_lossy());
    }
    line
}
