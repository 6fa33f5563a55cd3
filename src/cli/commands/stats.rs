//! `git ckpt stats`

use crate::cli::args::StatsArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::stats as op;
use crate::ui::stats;

pub fn run(context: &mut Context, arguments: StatsArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let measured = op::stats(&desk, &arguments.target)?;
    if arguments.json {
        return answer_json(context, &stats::json(&measured));
    }
    Ok(context.screen.answer(&stats::text(&measured))?)
}
