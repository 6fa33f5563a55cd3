//! `git ckpt sync`

use crate::cli::args::SyncArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::fetch::{FetchRequest, Logs};
use crate::ops::push::{self, PushRequest};
use crate::ops::remotes::Exchange;
use crate::ops::sync;
use crate::ui::{json, shared};

pub fn run(context: &mut Context, arguments: SyncArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let fetching = FetchRequest {
        remote: arguments.remote.clone(),
        logs: if arguments.logs { Logs::Along } else { Logs::Without },
        authors: Vec::new(),
        shallow: false,
        prune: false,
    };
    let pushing = PushRequest {
        remote: arguments.remote,
        logs: if arguments.no_logs { Logs::Without } else { Logs::Along },
        replace: false,
        dry_run: false,
    };
    let mut plan = push::plan(&desk, pushing)?;
    consent::obtain(context, &desk, &mut plan, arguments.yes)?;
    let prompts = context.prompts(arguments.no_prompt);
    let progress = &mut |bytes: &[u8]| context.screen.progress(bytes);
    let outcome = sync::sync(&mut Exchange::new(&desk, prompts, progress), &fetching, &plan);
    consent::show_held(context, &outcome);
    let outcome = outcome?;
    for warning in shared::ignored(&outcome.fetched) {
        context.screen.warn(&warning);
    }
    if arguments.json {
        return answer_json(context, &json::synced(&outcome));
    }
    Ok(context.screen.answer(&shared::synced(&outcome))?)
}
