//! Hints for what goes wrong between two checkpoints.

use crate::cli::error::CliError;
use crate::cli::hints::operations::{locate_hint, logs_hint, read_hint};
use crate::cli::hints::saving::local_hint;
use crate::ops::attach::{AttachError, LIMIT};
use crate::ops::cat::CatError;
use crate::ops::journal::JournalError;
use crate::ops::resume::ResumeError;
use crate::ops::task::TaskError;
use crate::policy::steps::StepError;
use crate::store::{PrivateError, StagingError};

pub(super) fn work_hint(error: &CliError) -> Option<String> {
    match error {
        CliError::Journal(error) => journal_hint(error),
        CliError::NoteEditor { written, .. } => Some(format!(
            "set another editor with `git config core.editor <program>`; what was written is kept in `{}`",
            written.display()
        )),
        CliError::NoteKept { written, source, .. } => {
            let kept = format!("what was written is kept in `{}`", written.display());
            let hint = journal_hint(source).map(|hint| format!("{hint}\n{kept}"));
            Some(hint.unwrap_or(kept))
        }
        CliError::Task(error) => task_hint(error),
        CliError::Attach(error) => attach_hint(error),
        CliError::Cat(error) => cat_hint(error),
        CliError::Resume(ResumeError::Locate(error)) => locate_hint(error),
        CliError::Resume(ResumeError::Private(error)) => private_hint(error),
        CliError::OutputExists { .. } => {
            Some("name another file, or move that one away".to_owned())
        }
        CliError::BinaryToTerminal { name } | CliError::TooLongToShow { name } => Some(format!(
            "write it to a file: git ckpt cat '{name}' -o <file>; or pipe it to a program that knows it"
        )),
        _ => None,
    }
}

fn journal_hint(error: &JournalError) -> Option<String> {
    match error {
        JournalError::Empty => {
            Some("say something: git ckpt note <text>, or `-` to read standard input".to_owned())
        }
        JournalError::TooLarge { .. } => {
            Some("attach what is long as a file: git ckpt attach <file>".to_owned())
        }
        JournalError::NoNote { open, .. } if open.is_empty() => Some(
            "no note is open; `git ckpt note --all` lists those that were taken along or dropped"
                .to_owned(),
        ),
        JournalError::NoNote { open, .. } => {
            let open: Vec<String> = open.iter().map(u64::to_string).collect();
            Some(format!("open are {}: git ckpt note --list", open.join(", ")))
        }
        JournalError::Unedited { number } => {
            Some(format!("to take it back: git ckpt note --drop {number}"))
        }
        JournalError::Overtaken { .. } => {
            Some("git ckpt note --all lists what became of it".to_owned())
        }
        JournalError::Private(error) => private_hint(error),
    }
}

fn task_hint(error: &TaskError) -> Option<String> {
    match error {
        TaskError::NoTask { carried: Some(carried) } => Some(format!(
            "checkpoint {} has one, `{}`; to take it up here: git ckpt resume",
            carried.checkpoint.short(),
            carried.task.title
        )),
        TaskError::NoTask { carried: None } => Some("git ckpt task start <title>".to_owned()),
        TaskError::AlreadyOpen { .. } | TaskError::Unfinished { .. } => Some(
            "to go on with it: git ckpt resume\nto put it away and start this one: the same command with `--anew`"
                .to_owned(),
        ),
        TaskError::Step(error) => step_hint(error),
        TaskError::Private(PrivateError::Unreadable { path, .. }) => {
            let moved = format!(
                "move `{}` away; `git ckpt resume` takes the task up again out of the newest checkpoint that has it",
                path.display()
            );
            Some(moved)
        }
        TaskError::Private(error) => private_hint(error),
        TaskError::Walk(_) => None,
    }
}

fn step_hint(error: &StepError) -> Option<String> {
    match error {
        StepError::Several { candidates, .. } => {
            const SHOWN: usize = 5;
            let first: Vec<&str> = candidates.iter().take(SHOWN).map(String::as_str).collect();
            let more = if candidates.len() > SHOWN { ", …" } else { "" };
            Some(format!(
                "it could be {}{more}; name it in full, or by its number",
                first.join(", ")
            ))
        }
        StepError::NoNumber { .. } | StepError::NoName { .. } => {
            Some("git ckpt task status --all lists them with their numbers".to_owned())
        }
        StepError::NothingOpen => Some(
            "name what failed to have it done after all, or put the task away: git ckpt task clear"
                .to_owned(),
        ),
        StepError::TooLong { what: "the definition", .. } => {
            Some("attach what is long as a file: git ckpt attach <file>".to_owned())
        }
        _ => None,
    }
}

fn attach_hint(error: &AttachError) -> Option<String> {
    match error {
        AttachError::Unnamed { .. } | AttachError::Name { .. } => Some(
            "name it with `--as <name>`: parts divided by `/`, none of them `.`, `..` or longer than 255 bytes, no `\\`, no `:` and no line break"
                .to_owned(),
        ),
        AttachError::Limit { .. } => Some(format!("git config {LIMIT} 20m")),
        AttachError::NotAttached { attached, .. } if attached.is_empty() => {
            Some("nothing waits for the next checkpoint; what one has already stays with it".to_owned())
        }
        AttachError::NotAttached { attached, .. } => {
            let names: Vec<&str> = attached.iter().map(|name| name.as_str()).collect();
            Some(format!("what waits: {}", names.join(", ")))
        }
        AttachError::Staging(StagingError::TooLarge { .. }) => Some(format!(
            "attach a part of it, or compress it; a higher limit for this repository, in bytes or as `20m`: git config {LIMIT} <size>"
        )),
        AttachError::Staging(StagingError::NotAFile { path }) => Some(match path.is_dir() {
            true => "a directory goes as one file: tar -cf <file> <directory>".to_owned(),
            false => "write what it gives to a file, and attach that".to_owned(),
        }),
        AttachError::Staging(StagingError::Private(error)) | AttachError::Private(error) => {
            private_hint(error)
        }
        AttachError::Staging(StagingError::Unreadable { .. }) => None,
    }
}

fn cat_hint(error: &CatError) -> Option<String> {
    match error {
        CatError::Locate(error) => locate_hint(error),
        CatError::NoAttachment { others, .. } if others.is_empty() => Some(
            "`git ckpt show --stat <rev>` lists what a checkpoint has; what still waits for one: git ckpt attach --list"
                .to_owned(),
        ),
        CatError::NoAttachment { others, .. } => Some(format!("there are: {}", others.join(", "))),
        CatError::Logs(error) => logs_hint(error),
        CatError::Read(error) => read_hint(error),
        CatError::Walk(_) => None,
    }
}

fn private_hint(error: &PrivateError) -> Option<String> {
    match error {
        PrivateError::Unwritable { source, .. } => local_hint(source),
        PrivateError::Unreadable { path, .. } => Some(format!(
            "what is wrong with it is said above; moved away, it is in nobody's way: mv '{0}' '{0}.damaged'",
            path.display()
        )),
    }
}
