//! `git ckpt push`

use crate::cli::args::PushArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::fetch::Logs;
use crate::ops::push::{self, PushRequest};
use crate::ops::remotes::Exchange;
use crate::ui::{json, shared};

pub fn run(context: &mut Context, arguments: PushArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let prompts = context.prompts(arguments.no_prompt);
    let request = PushRequest {
        remote: arguments.remote,
        logs: if arguments.no_logs { Logs::Without } else { Logs::Along },
        replace: arguments.force,
        dry_run: arguments.dry_run,
    };
    let mut plan = push::plan(&desk, request)?;
    consent::obtain(context, &desk, &mut plan, arguments.yes)?;
    if arguments.allow_secrets {
        consent::allow_secrets(context, &desk, &mut plan, arguments.yes)?;
    }
    let progress = &mut |bytes: &[u8]| context.screen.progress(bytes);
    let outcome = push::carry_out(&mut Exchange::new(&desk, prompts, progress), &plan);
    consent::show_held(context, &outcome);
    let outcome = outcome?;
    if arguments.json {
        return answer_json(context, &json::pushed(&outcome));
    }
    Ok(context.screen.answer(&shared::pushed(&outcome))?)
}
