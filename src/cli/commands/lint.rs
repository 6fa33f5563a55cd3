//! `git ckpt lint`

use crate::cli::args::LintArguments;
use crate::cli::commands::{answer_json, reading};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::model::conventions::Level;
use crate::ops::lint::{self, Sections};
use crate::ui::linted;

pub fn run(context: &mut Context, arguments: LintArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if arguments.rules {
        let rules = lint::rules(&desk)?;
        let text = if arguments.json {
            linted::rules_json(&rules)
        } else {
            linted::rules(&rules, context.screen.limit())
        };
        return Ok(context.screen.answer(&text)?);
    }
    let (reading, _) = reading::look(&desk, &context.directory()?, &arguments.target)?;
    let mut outcome = lint::lint(&desk, &reading, Sections::OfTemplate)?;
    if arguments.strict {
        outcome = outcome.strictly();
    }
    if arguments.json {
        answer_json(context, &linted::json(&outcome))?;
    } else {
        context.screen.answer(&linted::text(&outcome))?;
        context.screen.talk(&linted::summary(&outcome));
    }
    if outcome.count(Level::Error) > 0 { Err(CliError::Answered(Exit::Findings)) } else { Ok(()) }
}
