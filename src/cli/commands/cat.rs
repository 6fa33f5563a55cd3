//! `git ckpt cat`

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::cli::args::CatArguments;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::cat::{self, FoundAttachment};
use crate::ui::attached;
use crate::ui::sanitize::clean;

/// Most bytes that are shown on a terminal.
const MOST_SHOWN: u64 = 4 << 20;
const CHUNK: usize = 256 << 10;

pub fn run(context: &mut Context, arguments: CatArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let found = cat::find(&desk, &arguments.name, arguments.target.as_deref())?;
    match &arguments.output {
        Some(file) => to_file(context, &desk, &found, file),
        None if context.screen.answers_a_terminal() => to_terminal(context, &desk, &found),
        None => to_output(context, &desk, &found),
    }
}

/// Writes a file whole or not at all, for nobody else to read.
fn to_file(
    context: &mut Context,
    desk: &Desk,
    found: &FoundAttachment,
    file: &Path,
) -> Result<(), CliError> {
    let path = context.directory()?.join(file);
    let unwritable = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => CliError::OutputExists { path: path.clone() },
        _ => CliError::Unwritable { path: path.clone(), source },
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(directory).map_err(unwritable)?;
    filled(context, desk, found, &mut temporary)?;
    temporary.persist_noclobber(&path).map_err(|error| unwritable(error.error))?;
    context.screen.talk(&attached::written(found, &path));
    Ok(())
}

fn to_terminal(
    context: &mut Context,
    desk: &Desk,
    found: &FoundAttachment,
) -> Result<(), CliError> {
    let name = || found.attachment.name.to_string();
    if found.attachment.stored.bytes > MOST_SHOWN {
        return Err(CliError::TooLongToShow { name: name() });
    }
    let mut bytes = Vec::new();
    filled(context, desk, found, &mut bytes)?;
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| CliError::BinaryToTerminal { name: name() })?;
    Ok(context.screen.page(&clean(&text))?)
}

/// Nothing is answered before all of it was checked.
fn to_output(context: &mut Context, desk: &Desk, found: &FoundAttachment) -> Result<(), CliError> {
    let mut file = tempfile::tempfile()?;
    filled(context, desk, found, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(()),
            length => context.screen.answer_bytes(&chunk[..length])?,
        }
    }
}

fn filled(
    context: &mut Context,
    desk: &Desk,
    found: &FoundAttachment,
    sink: &mut dyn Write,
) -> Result<(), CliError> {
    let mut sink = io::BufWriter::with_capacity(CHUNK, sink);
    let filled = cat::write_out(desk, found, &mut sink)?;
    sink.flush()?;
    if let Some(warning) = attached::not_exact(&filled) {
        context.screen.warn(&warning);
    }
    Ok(())
}
