//! `git ckpt redact`

use crate::cli::args::RedactArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent::confirm;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::redact::{self, RedactOutcome};
use crate::ui::redacted;

pub fn run(context: &mut Context, arguments: RedactArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let plan = redact::plan(&desk, &arguments.targets)?;
    if !arguments.json {
        context.screen.answer(&redacted::plan(&plan))?;
    }
    let mut outcome = RedactOutcome::default();
    let acts = !arguments.dry_run && !plan.is_empty();
    if acts {
        confirm(context, Deed::Change, "take them out?", arguments.yes)?;
        outcome = redact::carry_out(&desk, &plan)?;
    }
    if arguments.json {
        return answer_json(context, &redacted::json(&plan, &outcome));
    }
    if acts {
        context.screen.talk(&redacted::done(&outcome));
    }
    Ok(())
}
