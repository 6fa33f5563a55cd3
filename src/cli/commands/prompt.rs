//! `git ckpt prompt`

use crate::cli::args::PromptArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::prompt::{self, PromptRequest};
use crate::ui::units::{self, count};
use crate::ui::{json, programs};

pub fn run(context: &mut Context, arguments: PromptArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let file_budget = arguments.with_files.then_some(arguments.file_budget);
    let request = PromptRequest { target: arguments.target, file_budget };
    let outcome = prompt::prompt(&desk, &request)?;
    if !outcome.message.left_out.is_empty() {
        let names = outcome.message.left_out.join(", ");
        context
            .screen
            .warn(&format!("no room within {} tokens for: {names}", count(arguments.file_budget)));
    }
    if let Some(suspicion) = &outcome.suspicion {
        context.screen.warn(&units::suspicion_words(suspicion));
    }
    if arguments.json {
        return answer_json(context, &json::prompt(&outcome));
    }
    if arguments.copy {
        let program = programs::copy(&outcome.message.text)?;
        let tokens = count(outcome.tokens);
        context.screen.talk(&format!("{tokens} tokens are on the clipboard (through `{program}`)"));
        return Ok(());
    }
    Ok(context.screen.answer_bytes(outcome.message.text.as_bytes())?)
}
