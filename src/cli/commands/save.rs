//! `git ckpt save`

use std::path::Path;

use crate::cli::args::SaveArguments;
use crate::cli::commands::editing::{self, Manner};
use crate::cli::commands::input::within;
use crate::cli::commands::reading::read;
use crate::cli::commands::{answer_json, session_named};
use crate::cli::consent::confirm;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::model::causes::with_causes;
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::draft::{self, DraftRequest};
use crate::ops::lint::{self, LintError, LintOutcome};
use crate::ops::prepare;
use crate::ops::quotes;
use crate::ops::save::{self, SaveRequest};
use crate::ops::secrets::Redaction;
use crate::policy::outline;
use crate::policy::template::Purpose;
use crate::ui::programs::Typed;
use crate::ui::template::Untouched;
use crate::ui::{json, linted, saved};

pub fn run(context: &mut Context, arguments: SaveArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let directory = context.directory()?;
    let session = session(&arguments, &directory);
    let mut document = document(&arguments, &directory)?;
    if arguments.edit {
        document = Some(edited(context, &desk, &arguments, document)?);
    }
    if arguments.prepare {
        let document = document.unwrap_or_default();
        let found = look_through(&desk, &document, &arguments);
        prepare(context, &desk, document)?;
        return tell(context, found, "<file>");
    }
    let redaction = if arguments.no_redact { Redaction::Off } else { Redaction::On };
    if redaction == Redaction::Off {
        confirm(context, Deed::Save, "leave every secret in what is saved?", arguments.yes)?;
    }
    let found = document.as_ref().map(|document| look_through(&desk, document, &arguments));
    let from = arguments.file;
    let request = SaveRequest {
        target: arguments.commit,
        document,
        session,
        kind: None,
        template: arguments.template,
        redaction,
    };
    let outcome = save::save(&desk, request)?;
    if arguments.edit {
        editing::used(&desk.store.edit_path());
    }
    if let Some(file) = &from {
        editing::used_up(&desk, &within(&directory, file));
    }
    let of_session = outcome.session.iter().flat_map(|session| &session.left_out);
    for left_out in of_session.chain(&outcome.work.left_out) {
        context.screen.warn(&format!("left out: {left_out}"));
    }
    if quotes::is_news_of(&desk, &outcome) {
        context.screen.warn(saved::QUOTES_IN_PLAIN);
    }
    if arguments.json {
        answer_json(context, &json::saved(&outcome))?;
    } else {
        context.screen.answer(&saved::text(&outcome))?;
    }
    found.map_or(Ok(()), |found| tell(context, found, outcome.id.short()))
}

/// What is amiss with a document that is handed in.
fn look_through(
    desk: &Desk,
    document: &[u8],
    arguments: &SaveArguments,
) -> Result<LintOutcome, LintError> {
    lint::of_save(desk, document, arguments.template.as_deref(), &arguments.commit)
}

/// Warns of what is amiss, which keeps nothing from being saved.
fn tell(
    context: &mut Context,
    found: Result<LintOutcome, LintError>,
    saved: &str,
) -> Result<(), CliError> {
    match found {
        Ok(outcome) => {
            let (lines, rest) = linted::after_save(&outcome);
            lines.iter().for_each(|line| context.screen.warn(line));
            if !lines.is_empty() && rest > 0 {
                context.screen.talk(&format!("{rest} more: git ckpt lint {saved}"));
            }
        }
        Err(error) => context.screen.warn(&format!("not looked through: {}", with_causes(&error))),
    }
    Ok(())
}

/// Keeps a document for the next commit.
fn prepare(context: &mut Context, desk: &Desk, document: Vec<u8>) -> Result<(), CliError> {
    let path = prepare::keep(desk, document)?;
    let text =
        format!("the next commit of this worktree is saved with this document: {}", path.display());
    Ok(context.screen.answer(&format!("{text}\n"))?)
}

fn session(arguments: &SaveArguments, directory: &Path) -> SessionChoice {
    match &arguments.session {
        _ if arguments.no_session => SessionChoice::None,
        None => SessionChoice::Auto,
        Some(name) => session_named(name, directory),
    }
}

fn document(arguments: &SaveArguments, directory: &Path) -> Result<Option<Vec<u8>>, CliError> {
    if !arguments.message.is_empty() {
        return Ok(Some(arguments.message.join("\n\n").into_bytes()));
    }
    if let Some(file) = &arguments.outline {
        let outline = serde_json::from_slice(&read(file, directory)?).map_err(CliError::Outline)?;
        return Ok(Some(outline::write(&outline).into_bytes()));
    }
    arguments.file.as_ref().map(|file| read(file, directory)).transpose()
}

/// Lets the user write the document in the editor, starting from what was handed in or from a draft.
fn edited(
    context: &mut Context,
    desk: &Desk,
    arguments: &SaveArguments,
    document: Option<Vec<u8>>,
) -> Result<Vec<u8>, CliError> {
    let start = match document {
        Some(document) => String::from_utf8_lossy(&document).into_owned(),
        None => {
            let template = arguments.template.clone();
            let session = session(arguments, &context.directory()?);
            let request = DraftRequest::new(&arguments.commit, session, Purpose::Editing);
            draft::draft(desk, &DraftRequest { template, ..request })?.text
        }
    };
    let manner = Manner { untouched: Untouched::NotSaved, typed: Typed::Input };
    let written = editing::edit(context, desk, &start, manner)?;
    written.ok_or_else(|| CliError::Unedited { draft: desk.store.edit_path() })
}
