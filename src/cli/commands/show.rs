//! `git ckpt show`

use crate::cli::args::ShowArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::locate::{self, Content};
use crate::ops::session_logs;
use crate::ops::session_text;
use crate::ops::show::{self, ShowOutcome};
use crate::ui::json;
use crate::ui::sanitize::clean;
use crate::ui::screen::Screen;
use crate::ui::show::{self as page, Detail};

/// Most bytes of a conversation that are gathered before they are shown.
const MOST_SHOWN: usize = 16 << 20;

pub fn run(context: &mut Context, arguments: ShowArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let outcome = show::show(&desk, &arguments.target)?;
    if outcome.located.tied().document.is_empty() {
        // Not even a text is left that could be shown as it is.
        locate::understood(&outcome.located)?;
    }
    if arguments.raw {
        let tied = outcome.located.tied();
        // What was sealed is handed out as it was before; the sealed form is what `git notes show` prints.
        let document = tied.opened.as_ref().map_or(&tied.document, |(_, text)| text);
        if context.screen.answers_a_terminal() {
            let text = String::from_utf8_lossy(document);
            return Ok(context.screen.answer_bytes(clean(&text).as_bytes())?);
        }
        return Ok(context.screen.answer_bytes(document)?);
    }
    if arguments.json {
        answer_json(context, &json::shown(&outcome))?;
        return open(&outcome);
    }
    if arguments.session {
        let detail = if arguments.full { Detail::Full } else { Detail::Folded };
        return conversation(context, &desk, &outcome, detail);
    }
    let layout = context.layout();
    if arguments.stat {
        let checkpoint = locate::understood(&outcome.located)?;
        return Ok(context.screen.page(&page::stat(&outcome, checkpoint, layout))?);
    }
    context.screen.page(&page::page(&outcome, layout))?;
    match outcome.located.tied().content {
        Content::Damaged { .. } => Err(CliError::ShownDamaged),
        _ => open(&outcome),
    }
}

/// What is shown of a sealed checkpoint is not what was asked for.
fn open(outcome: &ShowOutcome) -> Result<(), CliError> {
    if let Content::Sealed(_) = outcome.located.tied().content {
        locate::understood(&outcome.located)?;
    }
    Ok(())
}

/// Keeps a conversation from filling the memory: into a pipe it goes as it comes, and a person is shown its beginning.
fn spill(screen: &mut Screen, text: &mut String, cut: &mut bool) -> std::io::Result<()> {
    if text.len() <= MOST_SHOWN {
        return Ok(());
    }
    if screen.answers_a_terminal() {
        *cut = true;
        text.truncate((0..=MOST_SHOWN).rfind(|end| text.is_char_boundary(*end)).unwrap_or(0));
    } else {
        screen.answer(text)?;
        text.clear();
    }
    Ok(())
}

fn conversation(
    context: &mut Context,
    desk: &Desk,
    outcome: &ShowOutcome,
    detail: Detail,
) -> Result<(), CliError> {
    let checkpoint = locate::understood(&outcome.located)?;
    if checkpoint.header.snapshots.is_empty() {
        return Err(CliError::NoSession { checkpoint: checkpoint.id.short().to_owned() });
    }
    let layout = context.layout();
    let (mut text, mut begun, mut cut) = (String::new(), false, false);
    for snapshot in &checkpoint.header.snapshots {
        let files = session_logs::files(desk, outcome.located.tied(), snapshot)?;
        let screen = &mut context.screen;
        let mut written = Ok(());
        session_text::steps(&files, snapshot, &mut |step| {
            if written.is_ok() {
                page::step(&mut text, &step, detail, layout);
                if !begun {
                    text.drain(..text.len() - text.trim_start_matches('\n').len());
                    begun = !text.is_empty();
                }
                written = spill(screen, &mut text, &mut cut);
            }
        })?;
        written?;
    }
    if cut {
        text.push_str("\n… cut here; `git ckpt show --session | less` shows all of it\n");
    }
    Ok(context.screen.page(&text)?)
}
