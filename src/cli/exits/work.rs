//! Exit codes of what goes wrong between two checkpoints.

use crate::cli::error::{CliError, cannot_be_written};
use crate::cli::exit::Exit;
use crate::cli::exits::{locate_exit, logs_exit, read_exit, store_exit};
use crate::ops::attach::AttachError;
use crate::ops::cat::CatError;
use crate::ops::infer::InferError;
use crate::ops::journal::JournalError;
use crate::ops::log::LogWalkError;
use crate::ops::resume::ResumeError;
use crate::ops::task::TaskError;
use crate::policy::steps::StepError;
use crate::store::{PrivateError, StagingError};

pub(super) fn work_exit(error: &CliError) -> Exit {
    match error {
        CliError::Journal(error) => journal_exit(error),
        CliError::NoteKept { source, .. } => journal_exit(source),
        CliError::Task(error) => task_exit(error),
        CliError::Attach(error) => attach_exit(error),
        CliError::Cat(error) => cat_exit(error),
        CliError::Resume(ResumeError::Locate(error)) => locate_exit(error),
        CliError::Resume(ResumeError::Walk(error)) => walk_exit(error),
        CliError::Resume(ResumeError::Private(error)) => private_exit(error),
        CliError::OutputExists { .. } => Exit::Refused,
        CliError::BinaryToTerminal { .. } | CliError::TooLongToShow { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}

fn journal_exit(error: &JournalError) -> Exit {
    match error {
        JournalError::Empty | JournalError::TooLarge { .. } | JournalError::Unedited { .. } => {
            Exit::BadInput
        }
        JournalError::NoNote { .. } => Exit::NotFound,
        JournalError::Overtaken { .. } => Exit::Refused,
        JournalError::Private(error) => private_exit(error),
    }
}

fn task_exit(error: &TaskError) -> Exit {
    match error {
        TaskError::NoTask { .. } => Exit::NotFound,
        TaskError::AlreadyOpen { .. } | TaskError::Unfinished { .. } => Exit::Refused,
        TaskError::Step(error) => step_exit(error),
        TaskError::Private(error) => private_exit(error),
        TaskError::Walk(error) => walk_exit(error),
    }
}

fn step_exit(error: &StepError) -> Exit {
    match error {
        StepError::Empty { .. } | StepError::TooLong { .. } | StepError::TooMany { .. } => {
            Exit::BadInput
        }
        _ => Exit::NotFound,
    }
}

fn attach_exit(error: &AttachError) -> Exit {
    match error {
        AttachError::Unnamed { .. } | AttachError::Name { .. } | AttachError::Limit { .. } => {
            Exit::BadInput
        }
        AttachError::NotAttached { .. } => Exit::NotFound,
        AttachError::Staging(StagingError::TooLarge { .. } | StagingError::NotAFile { .. }) => {
            Exit::BadInput
        }
        AttachError::Staging(StagingError::Private(error)) | AttachError::Private(error) => {
            private_exit(error)
        }
        AttachError::Staging(StagingError::Unreadable { .. }) => Exit::Failed,
    }
}

fn cat_exit(error: &CatError) -> Exit {
    match error {
        CatError::Locate(error) => locate_exit(error),
        CatError::Walk(error) => walk_exit(error),
        CatError::NoAttachment { .. } => Exit::NotFound,
        CatError::Logs(error) => logs_exit(error),
        CatError::Read(error) => read_exit(error),
    }
}

fn walk_exit(error: &LogWalkError) -> Exit {
    match error {
        LogWalkError::History(_) => Exit::NotFound,
        LogWalkError::Store(error) | LogWalkError::Infer(InferError::Store(error)) => {
            store_exit(error)
        }
        LogWalkError::Infer(_) => Exit::Failed,
    }
}

fn private_exit(error: &PrivateError) -> Exit {
    match error {
        PrivateError::Unwritable { source, .. } if cannot_be_written(source) => Exit::Repository,
        _ => Exit::Failed,
    }
}
