//! `git ckpt template`

use crate::cli::args::{
    TemplateArguments, TemplateCommand, TemplateListArguments, TemplateNewArguments,
    TemplateShowArguments,
};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::template;
use crate::ui::{sanitize, templates};

pub fn run(context: &mut Context, arguments: TemplateArguments) -> Result<(), CliError> {
    match arguments.command {
        TemplateCommand::List(arguments) => list(context, &arguments),
        TemplateCommand::Show(arguments) => show(context, &arguments),
        TemplateCommand::New(arguments) => new(context, &arguments),
    }
}

fn list(context: &mut Context, arguments: &TemplateListArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let listed = template::list(&desk)?;
    if arguments.json {
        return Ok(context.screen.answer(&templates::json_lines(&listed))?);
    }
    let width = context.screen.limit();
    Ok(context.screen.answer(&templates::table(&listed, width))?)
}

fn show(context: &mut Context, arguments: &TemplateShowArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let text = template::text(&desk, &arguments.name)?;
    let text = String::from_utf8_lossy(&text);
    Ok(context.screen.answer(&sanitize::clean(&text))?)
}

fn new(context: &mut Context, arguments: &TemplateNewArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let path = template::create(&desk, &arguments.name, &arguments.from)?;
    Ok(context.screen.answer(&templates::created(&path, &arguments.name))?)
}
