//! `git ckpt resume`

use crate::cli::args::ResumeArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::resume;
use crate::ui::resumed;

pub fn run(context: &mut Context, arguments: ResumeArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let outcome = resume::resume(&desk, arguments.target.as_deref())?;
    if arguments.json {
        return answer_json(context, &resumed::json(&outcome));
    }
    Ok(context.screen.page(&resumed::text(&outcome, context.now()))?)
}
