//! `git ckpt note`

use std::io;

use crate::cli::args::NoteArguments;
use crate::cli::commands::answer_json;
use crate::cli::commands::editing;
use crate::cli::commands::input::text_or_input;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::model::journal::Note;
use crate::ops::Desk;
use crate::ops::journal::{self, JournalError};
use crate::store::PrivateError;
use crate::ui::noted;
use crate::ui::programs::{self, Typed};
use crate::ui::template;

pub fn run(context: &mut Context, arguments: NoteArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if let Some(number) = arguments.drop {
        let note = journal::drop_note(&desk, number)?;
        if arguments.json {
            return answer_json(context, &noted::json(&note));
        }
        return Ok(context.screen.answer(&noted::dropped(&note))?);
    }
    if let Some(number) = arguments.edit {
        let note = edited(&desk, number)?;
        if arguments.json {
            return answer_json(context, &noted::json(&note));
        }
        return Ok(context.screen.answer(&noted::changed(&note))?);
    }
    let Some(text) = &arguments.text else { return list(context, &desk, &arguments) };
    let note = journal::add(&desk, arguments.kind, &text_or_input(text)?)?;
    if arguments.json {
        return answer_json(context, &noted::json(&note));
    }
    Ok(context.screen.answer(&noted::added(&note))?)
}

/// Opens a note in the user's editor. What cannot be used of the outcome stays in the file.
fn edited(desk: &Desk, number: u64) -> Result<Note, CliError> {
    let note = journal::open_note(desk, number)?;
    let path = desk.store.note_edit_path(number);
    editing::put(&path, noted::with_help(&note).as_bytes())?;
    programs::edit(&editing::editor(desk), &path, Typed::Input)
        .map_err(|source| CliError::NoteEditor { number, written: path.clone(), source })?;
    let unreadable = |source| CliError::Unreadable { path: path.clone(), source };
    let written = std::fs::read(&path).map_err(unreadable)?;
    let written =
        String::from_utf8(written).map_err(|error| unreadable(io::Error::other(error)))?;
    let changed = journal::change(desk, &note, &template::without_remarks(&written));
    if let Ok(_) | Err(JournalError::Unedited { .. }) = &changed {
        editing::used(&path);
    }
    changed.map_err(|source| match source {
        JournalError::Unedited { .. } => source.into(),
        source => CliError::NoteKept { number, written: path.clone(), source },
    })
}

fn list(context: &mut Context, desk: &Desk, arguments: &NoteArguments) -> Result<(), CliError> {
    let notes = if arguments.all { journal::all_notes(desk) } else { journal::open_notes(desk) };
    let notes = notes.map_err(|error: PrivateError| CliError::Journal(error.into()))?;
    if arguments.json {
        return notes.iter().try_for_each(|note| answer_json(context, &noted::json(note)));
    }
    if notes.is_empty() {
        context.screen.talk(noted::nothing(arguments.all));
        return Ok(());
    }
    let text = noted::list(&notes, context.now(), context.screen.limit());
    Ok(context.screen.page(&text)?)
}
