//! `git ckpt recipients`

use crate::cli::args::{RecipientsArguments, RecipientsCommand};
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::recipients;
use crate::ui::recipients as told;

pub fn run(context: &mut Context, arguments: RecipientsArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    match arguments.command {
        RecipientsCommand::List(arguments) => {
            let listed = recipients::list(&desk)?;
            if arguments.json {
                return answer_json(context, &told::json(&listed));
            }
            context.screen.answer(&told::list(&listed))?;
            context.screen.talk(&told::what_holds(&listed));
        }
        // A key of ssh has blanks in it, and may come without its quotes.
        RecipientsCommand::Add(arguments) => {
            let added = recipients::add(&desk, &arguments.key.join(" "))?;
            context.screen.talk(&told::added(&added));
            told::left_closed(&added).iter().for_each(|warning| context.screen.warn(warning));
        }
        RecipientsCommand::Remove(arguments) => {
            let removed = recipients::remove(&desk, &arguments.key.join(" "))?;
            context.screen.talk(&told::removed(&removed));
        }
    }
    Ok(())
}
