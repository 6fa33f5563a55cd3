//! `git ckpt draft`

mod writer;

use crate::cli::args::DraftArguments;
use crate::cli::commands::editing::Manner;
use crate::cli::commands::{answer_json, editing, session_named};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::model::causes::with_causes;
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::draft::{self, DraftRequest};
use crate::ops::drafting;
use crate::ops::lint;
use crate::ops::prepare;
use crate::ops::save::{self, SaveRequest};
use crate::ops::secrets::Redaction;
use crate::policy::draft::{Sources, without_sources};
use crate::policy::template::Purpose;
use crate::store::read_given;
use crate::ui::programs::Typed;
use crate::ui::template::Untouched;
use crate::ui::{drafted, linted, saved};

/// What becomes of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Printed,
    Prepared,
    Saved,
}

pub fn run(context: &mut Context, arguments: DraftArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if arguments.forget_cuts {
        drafting::forget_cuts(&desk).map_err(save::SaveError::from)?;
        return Ok(context.screen.answer("what was taken out of drafts may be drafted again\n")?);
    }
    let directory = context.directory()?;
    let session = match &arguments.session {
        Some(name) => session_named(name, &directory),
        None => SessionChoice::Auto,
    };
    let (edits, fate) = way(context, &arguments);
    let request = DraftRequest {
        template: arguments.template.clone(),
        sources: if arguments.sources { Sources::Shown } else { Sources::Hidden },
        since: arguments.since.clone(),
        ..DraftRequest::new(&arguments.commit, session.clone(), purpose(edits))
    };
    let asked = |desk: &Desk| {
        let prompt = drafted::prompt(&draft::brief(desk, &request)?);
        Ok::<_, CliError>(draft::without_secrets(desk, &prompt)?)
    };
    if arguments.prompt {
        return Ok(context.screen.answer_bytes(asked(&desk)?.as_bytes())?);
    }
    let text = if let Some(agent) = &arguments.with {
        let prompt = asked(&desk)?;
        let text = writer::written(context, &desk, agent, &prompt, arguments.timeout)?;
        looked_through(context, &desk, &arguments, &text);
        text
    } else {
        let outcome = draft::draft(&desk, &request)?;
        if arguments.json {
            return answer_json(context, &drafted::json(&outcome));
        }
        outcome.text
    };
    let document = if edits { edited(context, &desk, &text)? } else { text };
    if fate != Fate::Printed && !edits {
        usable(&desk, &document)?;
    }
    match fate {
        Fate::Printed => Ok(context.screen.answer(&document)?),
        Fate::Prepared => keep(context, &desk, &document),
        Fate::Saved => save(context, &desk, arguments.commit, session, &document),
    }
}

/// Says what is amiss with what an agent wrote, so that it can be mended in the editor or by asking again.
fn looked_through(context: &mut Context, desk: &Desk, arguments: &DraftArguments, text: &str) {
    let template = arguments.template.as_deref();
    match lint::of_save(desk, text.as_bytes(), template, &arguments.commit) {
        Ok(outcome) => {
            linted::after_save(&outcome).0.iter().for_each(|line| context.screen.warn(line));
        }
        Err(error) => context.screen.warn(&format!("not looked through: {}", with_causes(&error))),
    }
}

/// Refuses what cannot be saved; what an agent took minutes to write is kept.
fn usable(desk: &Desk, document: &str) -> Result<(), CliError> {
    let read = read_given(document.as_bytes());
    read.map(drop).map_err(|source| editing::kept(desk, document.as_bytes(), source))
}

/// Whether the draft is opened in the editor, and what becomes of it.
fn way(context: &Context, arguments: &DraftArguments) -> (bool, Fate) {
    let told = arguments.edit || arguments.prepare || arguments.save;
    let edits = arguments.edit || !told && !arguments.print && context.screen.can_edit();
    let fate = match () {
        () if arguments.save => Fate::Saved,
        () if arguments.prepare || edits => Fate::Prepared,
        () => Fate::Printed,
    };
    (edits, fate)
}

/// A draft that is edited keeps the sections that it says nothing in.
fn purpose(edits: bool) -> Purpose {
    if edits { Purpose::Editing } else { Purpose::Document }
}

/// What the person leaves of a draft; what they took out is remembered.
fn edited(context: &mut Context, desk: &Desk, draft: &str) -> Result<String, CliError> {
    let manner = Manner { untouched: Untouched::NotSaved, typed: Typed::Input };
    let written = editing::edit(context, desk, draft, manner)?;
    let written = written.ok_or_else(|| CliError::Unedited { draft: desk.store.edit_path() })?;
    let text = String::from_utf8_lossy(&written).into_owned();
    let (before, after) = (without_sources(draft), without_sources(&text));
    drafting::remember_cuts(desk, &before, &after).map_err(save::SaveError::from)?;
    Ok(after)
}

fn keep(context: &mut Context, desk: &Desk, document: &str) -> Result<(), CliError> {
    let path = prepare::keep(desk, without_sources(document).into_bytes())?;
    let text =
        format!("the next commit of this worktree is saved with this document: {}", path.display());
    Ok(context.screen.answer(&format!("{text}\n"))?)
}

fn save(
    context: &mut Context,
    desk: &Desk,
    target: String,
    session: SessionChoice,
    document: &str,
) -> Result<(), CliError> {
    let document = Some(without_sources(document).into_bytes());
    let request = SaveRequest {
        target,
        document,
        session,
        kind: None,
        template: None,
        redaction: Redaction::On,
    };
    let outcome = save::save(desk, request)?;
    Ok(context.screen.answer(&saved::text(&outcome))?)
}
