//! `git ckpt import`

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cli::args::ImportArguments;
use crate::cli::commands::answer_json;
use crate::cli::consent;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::import;
use crate::store::LARGEST_BUNDLE;
use crate::ui::{imported, json};

pub fn run(context: &mut Context, arguments: ImportArguments) -> Result<(), CliError> {
    let bytes = read(&arguments.file, &context.directory()?)?;
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

/// Reads no more than a bundle can have.
fn read(file: &Path, directory: &Path) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        let read = std::io::stdin().take(LARGEST_BUNDLE + 1).read_to_end(&mut bytes);
        read.map_err(|source| CliError::Unreadable { path: "standard input".into(), source })?;
        return Ok(bytes);
    }
    let path = directory.join(file);
    let read =
        File::open(&path).and_then(|file| file.take(LARGEST_BUNDLE + 1).read_to_end(&mut bytes));
    read.map_err(|source| CliError::Unreadable { path, source })?;
    Ok(bytes)
}
