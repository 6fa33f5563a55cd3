//! `git ckpt tokens`

use std::path::Path;

use crate::cli::args::TokensArguments;
use crate::cli::commands::{answer_json, reading};
use crate::cli::consent::confirm;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::reading::Reading;
use crate::ops::tokens::{self, FitOutcome};
use crate::ui::{fitted, measured};

pub fn run(context: &mut Context, arguments: TokensArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let (reading, file) = reading::look(&desk, &context.directory()?, &arguments.target)?;
    let counted = tokens::count(&reading, arguments.model.as_deref());
    let fit = arguments.fit.then(|| tokens::fit(&reading));
    if arguments.json {
        answer_json(context, &measured::json(&counted, fit.as_ref()))?;
    }
    match (fit, file) {
        (None, _) if arguments.json => Ok(()),
        (None, _) => {
            Ok(context.screen.answer(&measured::text(&counted, context.screen.limit()))?)
        }
        (Some(_), None) if arguments.json => Ok(()),
        (Some(_), Some(_)) if arguments.json && !arguments.yes => Ok(()),
        (Some(fit), None) => print(context, &reading, &fit),
        (Some(fit), Some(file)) => write(context, &fit, &file, arguments),
    }
}

/// Prints the shorter document; what was left out of it is talk.
fn print(context: &mut Context, reading: &Reading, fit: &FitOutcome) -> Result<(), CliError> {
    context.screen.talk_styled(&fitted::diff(fit));
    context.screen.talk(&fitted::summary(fit));
    if let Some(stored) = reading.stored.as_ref().filter(|_| !fit.fit.cuts.is_empty()) {
        context.screen.hint(&fitted::how_to_save(stored));
    }
    Ok(context.screen.answer_bytes(fit.fitted.as_bytes())?)
}

/// Shows what would be left out of a file, asks, and writes it.
fn write(
    context: &mut Context,
    fit: &FitOutcome,
    file: &Path,
    arguments: TokensArguments,
) -> Result<(), CliError> {
    if !arguments.json {
        context.screen.answer(&fitted::diff(fit))?;
        context.screen.talk(&fitted::summary(fit));
    }
    if fit.fit.cuts.is_empty() {
        return Ok(());
    }
    let question = format!("write `{}` without these lines?", arguments.target);
    confirm(context, Deed::Write, &question, arguments.yes)?;
    let unwritable = |source| CliError::Unwritable { path: file.to_owned(), source };
    std::fs::write(file, &fit.fitted).map_err(unwritable)
}
