//! `git ckpt note`

use crate::cli::args::NoteArguments;
use crate::cli::commands::answer_json;
use crate::cli::commands::input::text_or_input;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::journal;
use crate::store::PrivateError;
use crate::ui::noted;

pub fn run(context: &mut Context, arguments: NoteArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if let Some(number) = arguments.drop {
        let note = journal::drop_note(&desk, number)?;
        if arguments.json {
            return answer_json(context, &noted::json(&note));
        }
        return Ok(context.screen.answer(&noted::dropped(&note))?);
    }
    let Some(text) = &arguments.text else { return list(context, &desk, &arguments) };
    let note = journal::add(&desk, arguments.kind, &text_or_input(text)?)?;
    if arguments.json {
        return answer_json(context, &noted::json(&note));
    }
    Ok(context.screen.answer(&noted::added(&note))?)
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
