//! `git ckpt diff`

use crate::cli::args::DiffArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::diff;
use crate::ui::compared;

pub fn run(context: &mut Context, arguments: DiffArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let outcome = diff::diff(&desk, &arguments.before, &arguments.now)?;
    if arguments.json {
        return answer_json(context, &compared::json(&outcome));
    }
    let layout = context.layout();
    Ok(context.screen.page(&compared::text(&outcome, layout.width))?)
}
