//! `git ckpt prune`

use crate::cli::args::PruneArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::prune::{self, PruneError, PruneOutcome, PruneRequest};
use crate::policy::retention::Selection;
use crate::ui::{json_keep, pruned};

pub fn run(context: &mut Context, arguments: PruneArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let request = PruneRequest {
        selection: Selection {
            older_than: arguments.older_than,
            keep: arguments.keep,
            unreachable: arguments.unreachable,
            author: arguments.author,
            max_size: arguments.max_size,
        },
        force: arguments.force,
        gone_for: arguments.gone_for,
    };
    if !arguments.dry_run {
        prune::settle(&desk)?;
    }
    let plan = prune::plan(&desk, &request)?;
    if !arguments.json {
        let text = pruned::plan(&plan, context.now(), context.screen.limit());
        context.screen.answer(&text)?;
    }
    if arguments.dry_run || plan.is_empty() {
        if arguments.json {
            answer_json(context, &json_keep::pruned(&plan, &PruneOutcome::default()))?;
        }
        return match plan.held_back.is_empty() || arguments.dry_run {
            true => Ok(()),
            false => Err(PruneError::HeldBack.into()),
        };
    }
    consent::confirm(context, Deed::Change, "take them away?", arguments.yes)?;
    let outcome = prune::carry_out(&desk, &plan)?;
    if arguments.json {
        return answer_json(context, &json_keep::pruned(&plan, &outcome));
    }
    context.screen.talk(&pruned::done(&outcome));
    Ok(())
}
