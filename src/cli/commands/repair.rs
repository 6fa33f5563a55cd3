//! `git ckpt repair`

use crate::cli::args::RepairArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::carry::Carried;
use crate::ops::repair;
use crate::ui::{json, repaired};

pub fn run(context: &mut Context, arguments: RepairArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let plan = repair::plan(&desk)?;
    if !arguments.json {
        context.screen.answer(&repaired::plan(&plan, context.screen.limit()))?;
    }
    if arguments.dry_run || plan.repairs.is_empty() {
        return match arguments.json {
            true => answer_json(context, &json::repair(&plan, &Carried::default())),
            false => Ok(()),
        };
    }
    consent::confirm(context, Deed::Change, "tie them to these commits?", arguments.yes)?;
    let carried = repair::carry_out(&desk, &plan)?;
    if arguments.json {
        return answer_json(context, &json::repair(&plan, &carried));
    }
    context.screen.talk(&repaired::done(&carried));
    Ok(())
}
