//! `git ckpt hook post-commit`: saves with the commit that was just made.

use crate::cli::commands::editing::{self, Manner};
use crate::cli::commands::hook::options::{Options, Prompt};
use crate::cli::commands::hook::{FINISH, told};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::git::Operation;
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::draft::{self, DraftRequest};
use crate::ops::follow;
use crate::ops::hook_save::{self, Document, Ended, HookSave, Quotes};
use crate::ops::lint;
use crate::ops::prepare;
use crate::policy::template::Purpose;
use crate::ui::linted;
use crate::ui::programs::{self, Typed};
use crate::ui::repaired;
use crate::ui::saved;
use crate::ui::template::Untouched;

pub fn run(
    context: &mut Context,
    desk: Desk,
    options: &Options,
    _arguments: &[String],
) -> Result<(), CliError> {
    let operation = desk.store.repository().operation_in_progress();
    // Git calls this for every pick; what came of it is told to another hook at the end.
    if matches!(operation, Some(Operation::Rebase | Operation::ApplyMailbox)) {
        return Ok(());
    }
    if followed(context, &desk, options)? {
        return Ok(());
    }
    let document = match prepared(context, &desk) {
        Some(text) => Document::Prepared(text),
        None if operation.is_some() || settings::agent_shell().is_some() => Document::Drafted,
        None => asked(context, &desk, options).map_or(Document::Drafted, Document::Written),
    };
    let written = !matches!(document, Document::Drafted);
    let by_person = matches!(document, Document::Written(_)) && options.prompt == Prompt::Editor;
    let (directory, draft) = (desk.directory.clone(), desk.store.edit_path());
    let remark = match &document {
        Document::Prepared(text) if !options.quiet => lint::of_save(&desk, text, None, "HEAD")
            .ok()
            .and_then(|outcome| linted::by_hook(&outcome)),
        _ => None,
    };
    let request = HookSave { document, place: options.place, limit: options.limit };
    let ended = hook_save::save(desk, request);
    if let Ended::Announced(..) = &ended {
        let program = settings::this_program().map_err(CliError::OwnProgram)?;
        programs::start_in_background(&program, FINISH, &directory)?;
    }
    if by_person && matches!(ended, Ended::Saved(..) | Ended::Announced(..) | Ended::Late(Some(_)))
    {
        editing::used(&draft);
    }
    tell(context, options, &ended, written);
    if let Some(remark) = remark {
        context.screen.say_plainly(&remark);
    }
    Ok(())
}

/// Whether the commit was made of others that carry checkpoints, which are now its own.
fn followed(context: &mut Context, desk: &Desk, options: &Options) -> Result<bool, CliError> {
    let carried = follow::follow(desk)?;
    if carried.new > 0 && !options.quiet {
        context.screen.say_plainly(&repaired::by_hook(&carried));
    }
    Ok(carried.new > 0)
}

/// The document that was written for this commit beforehand.
fn prepared(context: &mut Context, desk: &Desk) -> Option<Vec<u8>> {
    prepare::kept(desk).unwrap_or_else(|error| {
        let path = desk.store.prepared_path();
        let text =
            format!("ckpt: `{}` was left out and stays there: {}", path.display(), told(&error));
        context.screen.say_plainly(&text);
        None
    })
}

/// The document that a person at the terminal writes, if one is to be asked and there is a session to save.
fn asked(context: &mut Context, desk: &Desk, options: &Options) -> Option<Vec<u8>> {
    if options.prompt == Prompt::Nothing || !context.screen.can_show() {
        return None;
    }
    let purpose = match options.prompt {
        Prompt::Editor => Purpose::Editing,
        _ => Purpose::Document,
    };
    let request = DraftRequest::new("HEAD", SessionChoice::Auto, purpose);
    let draft = draft::draft(desk, &request).ok()?.text;
    let written = match options.prompt {
        Prompt::Editor => {
            let manner = Manner { untouched: Untouched::SavedAsDraft, typed: Typed::Terminal };
            editing::edit(context, desk, &draft, manner)
        }
        _ => next_action(context, &draft),
    };
    // What was left as it was is saved without it.
    if matches!(written, Ok(None)) && options.prompt == Prompt::Editor {
        editing::used(&desk.store.edit_path());
    }
    written.unwrap_or_else(|error| {
        // Who could not be asked has said nothing; the session is saved all the same.
        context.screen.say_plainly(&format!("ckpt: {}", told(&error)));
        None
    })
}

/// Asks for one line, which becomes the end of the draft.
fn next_action(context: &mut Context, draft: &str) -> Result<Option<Vec<u8>>, CliError> {
    let question = "ckpt: next action (Enter: leave it to the draft):";
    let line = context.screen.ask_line_on_terminal(question)?.filter(|line| !line.is_empty());
    let draft = draft.trim_end();
    Ok(line.map(|line| format!("{draft}\n\n## Next action\n\n{line}\n").into_bytes()))
}

fn tell(context: &mut Context, options: &Options, ended: &Ended, written: bool) {
    let told_anyway = matches!(ended, Ended::Failed(_) | Ended::Late(_));
    let line = match ended {
        Ended::Nothing => return,
        Ended::Saved(outcome, _) => saved::by_hook(outcome),
        Ended::Announced(announced, _) => saved::left_to_background(announced),
        Ended::Failed(error) => format!("ckpt: not saved: {}", told(error)),
        Ended::Late(announced) => saved::late(announced.as_ref(), options.limit),
    };
    if !options.quiet || told_anyway {
        context.screen.say_plainly(&line);
    }
    if let Ended::Saved(_, Quotes::InPlain) | Ended::Announced(_, Quotes::InPlain) = ended {
        context.screen.say_plainly(&format!("ckpt: {}", saved::QUOTES_IN_PLAIN));
    }
    if !options.quiet && !written && !told_anyway && settings::agent_shell().is_some() {
        context.screen.say_plainly(saved::FOR_THE_AGENT);
    }
}
