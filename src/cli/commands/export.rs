//! `git ckpt export`

use std::io::Write;
use std::path::Path;

use crate::cli::args::{ExportArguments, ExportFormat};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::export;
use crate::ops::restore::{self, Destination, RestoreRequest};
use crate::ui::{exported, restored};

/// What is said where somebody may take the output for as safe as what it came from.
const NOT_SEALED: &str = "what was exported is sealed in the repository and plain in this output: whoever gets it can read it";

pub fn run(context: &mut Context, arguments: ExportArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if let Some(directory) = &arguments.to {
        if arguments.format != ExportFormat::Transcript {
            return Err(CliError::DirectoryForOther);
        }
        let directory = context.directory()?.join(directory);
        return with_companions(context, &desk, arguments.target, arguments.session, &directory);
    }
    let is_bundle = arguments.format == ExportFormat::Bundle;
    if is_bundle && arguments.output.is_none() && context.screen.answers_a_terminal() {
        return Err(CliError::BundleToTerminal);
    }
    let (bytes, was_sealed) = content(&desk, &arguments)?;
    if was_sealed {
        context.screen.warn(NOT_SEALED);
    }
    match &arguments.output {
        None => Ok(context.screen.answer_bytes(&bytes)?),
        Some(file) => write(&context.directory()?.join(file), &bytes),
    }
}

/// What is handed out, and whether it was sealed and is not any more.
fn content(desk: &Desk, arguments: &ExportArguments) -> Result<(Vec<u8>, bool), CliError> {
    let (target, session) = (arguments.target.as_str(), arguments.session.as_deref());
    Ok(match arguments.format {
        ExportFormat::Bundle => (export::bundle(desk, target)?, false),
        ExportFormat::Transcript => {
            let mut bytes = Vec::new();
            let was_sealed = export::transcript(desk, target, session, &mut bytes)?;
            (bytes, was_sealed)
        }
        format => {
            let told = export::conversation(desk, target, session)?;
            let text = match format {
                ExportFormat::Messages => format!("{:#}\n", exported::messages(&told)),
                ExportFormat::Atif => format!("{:#}\n", exported::atif(&told)),
                _ => exported::markdown(&told),
            };
            (text.into_bytes(), told.was_sealed())
        }
    })
}

/// Writes a file whole or not at all, for nobody else to read.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let unwritable = |source| CliError::Unwritable { path: path.to_owned(), source };
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

fn with_companions(
    context: &mut Context,
    desk: &Desk,
    target: String,
    session: Option<String>,
    directory: &Path,
) -> Result<(), CliError> {
    let destination = Destination::Directory(directory.to_owned());
    let plan = restore::plan(desk, &RestoreRequest { target, session, destination })?;
    let outcome = restore::carry_out(desk, &plan)?;
    if plan.snapshot.transcript.key.is_some() {
        context.screen.warn(NOT_SEALED);
    }
    context.screen.talk_styled(&restored::done(&outcome));
    Ok(())
}
