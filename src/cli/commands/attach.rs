//! `git ckpt attach`

use crate::cli::args::AttachArguments;
use crate::cli::commands::answer_json;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::attach::{self, AttachError};
use crate::ui::attached;

pub fn run(context: &mut Context, arguments: AttachArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if let Some(name) = &arguments.drop {
        let staged = attach::drop_file(&desk, name)?;
        if arguments.json {
            return answer_json(context, &attached::json(&staged));
        }
        return Ok(context.screen.answer(&attached::dropped(&staged))?);
    }
    let Some(file) = &arguments.file else {
        let list = attach::list(&desk).map_err(AttachError::from)?;
        if arguments.json {
            return list
                .iter()
                .try_for_each(|staged| answer_json(context, &attached::json(staged)));
        }
        if list.is_empty() {
            context.screen.talk("nothing waits for the next checkpoint");
        }
        return Ok(context.screen.answer(&attached::list(&list, context.now()))?);
    };
    let path = context.directory()?.join(file);
    let staged = attach::attach(&desk, &path, arguments.name.as_deref())?;
    if arguments.json {
        return answer_json(context, &attached::json(&staged));
    }
    Ok(context.screen.answer(&attached::staged(&staged))?)
}
