//! `git ckpt import`

use crate::cli::args::ImportArguments;
use crate::cli::commands::{answer_json, input};
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::import;
use crate::store::LARGEST_BUNDLE;
use crate::ui::{imported, json};

pub fn run(context: &mut Context, arguments: ImportArguments) -> Result<(), CliError> {
    let file = input::within(&context.directory()?, &arguments.file);
    // No more than a bundle can have.
    let bytes = input::bytes_of(&file, LARGEST_BUNDLE, |path, source| CliError::Unreadable {
        path,
        source,
    })?;
    let desk = context.desk()?;
    let plan = import::plan(&desk, &bytes)?;
    let gate = imported::gate(&plan, context.now(), context.screen.width());
    context.screen.talk_styled(&gate);
    consent::confirm(context, Deed::Import, "import it?", arguments.yes || plan.is_done())?;
    let admitted = import::carry_out(&desk, &plan)?;
    if arguments.json {
        return answer_json(context, &json::imported(&plan, &admitted));
    }
    context.screen.talk(&imported::done(&admitted));
    Ok(())
}
