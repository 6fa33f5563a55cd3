//! `git ckpt restore`

use crate::cli::args::RestoreArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::restore::{self, Destination, RestoreRequest};
use crate::ui::{json, programs, restored};

pub fn run(context: &mut Context, arguments: RestoreArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let destination = match &arguments.to {
        Some(directory) => Destination::Directory(context.directory()?.join(directory)),
        None if arguments.fork => Destination::Fork,
        None => Destination::Agent,
    };
    let request =
        RestoreRequest { target: arguments.target, session: arguments.session, destination };
    let plan = restore::plan(&desk, &request)?;
    let gate = restored::gate(&plan, context.now(), context.screen.width());
    context.screen.talk_styled(&gate);
    consent::confirm(context, Deed::Restore, "restore it?", arguments.yes)?;
    let outcome = restore::carry_out(&desk, &plan)?;
    if arguments.json {
        return answer_json(context, &json::restored(&outcome));
    }
    context.screen.talk_styled(&restored::done(&outcome));
    if arguments.exec {
        context.screen.talk(&format!("starting {}", restored::command_words(&outcome.resume)));
        let source = programs::become_program(&outcome.resume, &desk.directory);
        return Err(CliError::NotResumed { command: outcome.resume, source });
    }
    if outcome.resume.is_empty() {
        return Ok(());
    }
    if let Some(wake) = &plan.wake {
        context.screen.talk(&restored::to_wake(wake));
    }
    context.screen.talk("go on with:");
    Ok(context.screen.answer(&format!("{}\n", restored::command_words(&outcome.resume)))?)
}
