//! `git ckpt scan`

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::args::ScanArguments;
use crate::cli::commands::{answer_json, session_named};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::ops::choose_session::SessionChoice;
use crate::ops::scan::{self, Found, What};
use crate::ui::found as told;

pub fn run(context: &mut Context, arguments: ScanArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let what = what(&arguments, &context.directory()?)?;
    let mut all = Vec::new();
    let mut failure = None;
    let mut each = |found: Found| {
        let shown = match () {
            () if arguments.sarif => return all.push(found),
            () if failure.is_some() => return,
            () if arguments.json => answer_json(context, &told::json(&found)),
            () if arguments.diff => answer(context, &told::diff(&found)),
            () => answer(context, &told::line(&found)),
        };
        failure = shown.err();
    };
    let outcome = scan::scan(&desk, what, &mut each)?;
    if let Some(error) = failure {
        return Err(error);
    }
    told::damaged(&outcome).iter().for_each(|damaged| context.screen.warn(damaged));
    told::sealed(&outcome).iter().for_each(|sealed| context.screen.warn(sealed));
    if arguments.sarif {
        answer_json(context, &told::sarif(&outcome, &all))?;
    } else if !arguments.json {
        answer(context, &told::counted(&outcome))?;
    }
    if outcome.places.is_empty() { Ok(()) } else { Err(CliError::Answered(Exit::Secrets)) }
}

fn answer(context: &mut Context, text: &str) -> Result<(), CliError> {
    Ok(context.screen.answer(text)?)
}

fn what(arguments: &ScanArguments, directory: &Path) -> Result<What, CliError> {
    if let Some(file) = &arguments.file {
        let name = file.display().to_string();
        let text: Box<dyn Read> = if name == "-" {
            Box::new(io::stdin())
        } else {
            let path = directory.join(file);
            let open = File::open(&path);
            Box::new(open.map_err(|source| CliError::Unreadable { path, source })?)
        };
        let name = if name == "-" { "standard input".to_owned() } else { name };
        return Ok(What::Text(name, text));
    }
    Ok(match (&arguments.target, &arguments.session) {
        (Some(target), _) => What::Checkpoint(target.clone()),
        (_, Some(name)) => What::Session(session_named(name, directory)),
        _ if arguments.everybody => What::Everybody,
        _ if arguments.all => What::Own,
        _ => What::Session(SessionChoice::Auto),
    })
}
