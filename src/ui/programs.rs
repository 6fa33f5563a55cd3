//! Starting the user's own programs: the editor, the clipboard, the agent.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A program that did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("cannot start `{command}`")]
    NotStarted { command: String, source: std::io::Error },
    #[error("`{command}` ended with {status}")]
    Failed { command: String, status: std::process::ExitStatus },
    #[error("there is no clipboard program here (tried {})", tried.join(", "))]
    NoClipboard { tried: Vec<String> },
    #[error("there is no program `{program}` here")]
    NoAgent { program: String },
    #[error("`{command}` was given up after {seconds} s")]
    Late { command: String, seconds: u64 },
    #[error("`{command}` ended without an answer ({status})")]
    Silent { command: String, status: std::process::ExitStatus },
}

/// Programs that put their input on the clipboard, the best first.
const CLIPBOARDS: &[&[&str]] = &[
    &["pbcopy"],
    &["wl-copy"],
    &["xclip", "-selection", "clipboard"],
    &["xsel", "--clipboard", "--input"],
    &["clip.exe"],
];

/// The terminal of this process, whatever its streams are.
pub const TERMINAL: &str = "/dev/tty";

/// Most bytes of an answer.
const LONGEST_ANSWER: u64 = 4 << 20;

/// Where an editor reads what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    Input,
    /// From a hook, whose own input is empty.
    Terminal,
}

/// Opens a file in the editor, as git does: through the shell, and waits.
pub fn edit(editor: &str, file: &Path, typed: Typed) -> Result<(), ProgramError> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg(editor).arg(file);
    let terminal = match typed {
        Typed::Input => Ok(None),
        Typed::Terminal => File::open(TERMINAL).map(Some),
    };
    let started = terminal.and_then(|terminal| {
        if let Some(terminal) = terminal {
            command.stdin(terminal);
        }
        command.status()
    });
    let status = started
        .map_err(|source| ProgramError::NotStarted { command: editor.to_owned(), source })?;
    if status.success() {
        Ok(())
    } else {
        Err(ProgramError::Failed { command: editor.to_owned(), status })
    }
}

/// Puts a text on the clipboard; returns the program that took it.
pub fn copy(text: &str) -> Result<&'static str, ProgramError> {
    for words in CLIPBOARDS {
        let started = Command::new(words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else { continue };
        let written = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
        if child.wait().is_ok_and(|status| status.success()) && matches!(written, Some(Ok(()))) {
            return Ok(words[0]);
        }
    }
    let tried = CLIPBOARDS.iter().map(|words| words[0].to_owned()).collect();
    Err(ProgramError::NoClipboard { tried })
}

/// Turns this process into another program. Returns only when that fails.
pub fn become_program(command: &[String], directory: &Path) -> ProgramError {
    let program = command.first().map_or("", String::as_str);
    let source =
        Command::new(program).args(&command[1.min(command.len())..]).current_dir(directory).exec();
    ProgramError::NotStarted { command: program.to_owned(), source }
}

/// Starts a program that goes on when this process has ended: no stream of ours stays open in it, and what is typed to
/// end this command does not reach it.
pub fn start_in_background(
    program: &Path,
    arguments: &[&str],
    directory: &Path,
) -> Result<(), ProgramError> {
    let started = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    started.map(drop).map_err(|source| ProgramError::NotStarted {
        command: program.display().to_string(),
        source,
    })
}

/// A text that a program is to answer.
#[derive(Debug)]
pub struct Errand<'a> {
    /// What the program is called when something is said of it.
    pub name: &'a str,
    pub words: &'a [&'a str],
    pub directory: &'a Path,
    pub input: &'a str,
    pub set: &'a [(&'a str, &'a str)],
    pub unset: &'a [&'a str],
    pub limit: Duration,
}

/// Runs a program on a text and returns what it prints. What it says on its standard error, it says to the user.
pub fn answer_of(errand: &Errand) -> Result<String, ProgramError> {
    let mut command = Command::new(errand.words[0]);
    command.args(&errand.words[1..]).current_dir(errand.directory).envs(errand.set.iter().copied());
    for name in errand.unset {
        command.env_remove(name);
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|source| match source.kind() {
        ErrorKind::NotFound => ProgramError::NoAgent { program: errand.words[0].to_owned() },
        _ => ProgramError::NotStarted { command: errand.name.to_owned(), source },
    })?;
    let (sender, answers) = mpsc::channel();
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let text = errand.input.to_owned();
    // A program may answer before it has read everything, and one that reads nothing has its reasons.
    thread::spawn(move || input.map(|mut input| input.write_all(text.as_bytes())));
    thread::spawn(move || {
        let mut answer = Vec::new();
        let _ = output.map(|output| output.take(LONGEST_ANSWER).read_to_end(&mut answer));
        let _ = sender.send(answer);
    });
    let Ok(answer) = answers.recv_timeout(errand.limit) else {
        let _ = child.kill();
        let _ = child.wait();
        let seconds = errand.limit.as_secs();
        return Err(ProgramError::Late { command: errand.name.to_owned(), seconds });
    };
    let waited = child.wait();
    let status = waited
        .map_err(|source| ProgramError::NotStarted { command: errand.name.to_owned(), source })?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if answer.trim().is_empty() {
        return Err(ProgramError::Silent { command: errand.name.to_owned(), status });
    }
    if !status.success() {
        return Err(ProgramError::Failed { command: errand.name.to_owned(), status });
    }
    Ok(answer)
}

/// A finished child: what it printed, on both streams as it came, and whether it went well.
#[derive(Clone, Debug)]
pub struct Finished {
    pub output: Vec<u8>,
    pub success: bool,
}

/// Runs a shell line in a directory, with this and nothing else for its environment, and waits.
pub fn run_line(
    line: &str,
    directory: &Path,
    environment: &[(&str, OsString)],
) -> Result<Finished, ProgramError> {
    let not_started = |source| ProgramError::NotStarted { command: line.to_owned(), source };
    let run = || {
        let (mut reader, writer) = std::io::pipe()?;
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(line)
            .current_dir(directory)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        let mut output = Vec::new();
        reader.read_to_end(&mut output)?;
        Ok(Finished { output, success: child.wait()?.success() })
    };
    run().map_err(not_started)
}
