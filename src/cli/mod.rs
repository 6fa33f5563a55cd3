//! The words of the command line: arguments to requests, outcomes to the screen, errors to hints and exit codes.

pub mod args;
mod commands;
mod consent;
mod context;
pub mod error;
pub mod exit;
mod exits;
mod hints;
mod manual;
mod overview;
mod passthrough;
mod settings;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

/// Runs the program and returns its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match overview::parse(&passthrough::prepared(arguments)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return exit.into();
        }
    };
    let mut context = Context::new(&arguments.global);
    match commands::run(&mut context, arguments.command) {
        Ok(()) => Exit::Done.into(),
        Err(error) => report(&mut context, &error),
    }
}

fn report(context: &mut Context, error: &CliError) -> ExitCode {
    // A reader that has seen enough is no failure.
    if error.is_closed_pipe() {
        return Exit::Done.into();
    }
    if let Some(error) = error.shown() {
        context.screen.error(error, None);
    }
    if let Some(hint) = hints::hint(error) {
        context.screen.hint(&hint);
    }
    error.code()
}
