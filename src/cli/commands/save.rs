//! `git ckpt save`

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::args::SaveArguments;
use crate::cli::commands::{answer_json, editing, session_named};
use crate::cli::consent::confirm;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::draft::{self, DraftRequest};
use crate::ops::prepare;
use crate::ops::quotes;
use crate::ops::save::{self, SaveRequest};
use crate::ops::secrets::Redaction;
use crate::policy::outline;
use crate::policy::template::Purpose;
use crate::ui::programs::Typed;
use crate::ui::template::Untouched;
use crate::ui::{json, saved};

/// Most bytes of a document.
const LARGEST: u64 = 32 << 20;

pub fn run(context: &mut Context, arguments: SaveArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let directory = context.directory()?;
    let session = session(&arguments, &directory);
    let mut document = document(&arguments, &directory)?;
    if arguments.edit {
        document = Some(edited(&desk, &arguments, &session, document)?);
    }
    if arguments.prepare {
        return prepare(context, &desk, document.unwrap_or_default());
    }
    let redaction = if arguments.no_redact { Redaction::Off } else { Redaction::On };
    if redaction == Redaction::Off {
        confirm(context, Deed::Save, "leave every secret in what is saved?", arguments.yes)?;
    }
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
    let of_session = outcome.session.iter().flat_map(|session| &session.left_out);
    for left_out in of_session.chain(&outcome.work.left_out) {
        context.screen.warn(&format!("left out: {left_out}"));
    }
    if quotes::is_news_of(&desk, &outcome) {
        context.screen.warn(saved::QUOTES_IN_PLAIN);
    }
    if arguments.json {
        return answer_json(context, &json::saved(&outcome));
    }
    Ok(context.screen.answer(&saved::text(&outcome))?)
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

/// What is handed in with a file, or through a pipe.
fn read(file: &Path, directory: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |path: PathBuf| move |source| CliError::NoDocument { path, source };
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        let read = std::io::stdin().take(LARGEST + 1).read_to_end(&mut text);
        read.map_err(unreadable("standard input".into()))?;
    } else {
        let path = directory.join(file);
        let read = File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text));
        read.map_err(unreadable(path))?;
    }
    if text.len() as u64 > LARGEST { Err(CliError::TooLarge) } else { Ok(text) }
}

/// Lets the user write the document in the editor, starting from what was handed in or from a draft.
fn edited(
    desk: &Desk,
    arguments: &SaveArguments,
    session: &SessionChoice,
    document: Option<Vec<u8>>,
) -> Result<Vec<u8>, CliError> {
    let start = match document {
        Some(document) => String::from_utf8_lossy(&document).into_owned(),
        None => {
            let template = arguments.template.clone();
            let request = DraftRequest::new(&arguments.commit, session.clone(), Purpose::Editing);
            draft::draft(desk, &DraftRequest { template, ..request })?.text
        }
    };
    let written = editing::edit(desk, &start, Untouched::NotSaved, Typed::Input)?;
    written.ok_or_else(|| CliError::Unedited { draft: desk.store.edit_path() })
}
