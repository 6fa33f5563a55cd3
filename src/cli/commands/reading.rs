//! Documents that are handed in: through a pipe, from a file, or by the name of what is stored.

use std::path::{Path, PathBuf};

use crate::cli::commands::input;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::reading::{self, Named, Reading};

/// Most bytes of a document.
const LARGEST: u64 = 32 << 20;

/// What is handed in with a file, or through a pipe.
pub fn read(file: &Path, directory: &Path) -> Result<Vec<u8>, CliError> {
    let path = input::within(directory, file);
    let text =
        input::bytes_of(&path, LARGEST, |path, source| CliError::NoDocument { path, source })?;
    if text.len() as u64 > LARGEST { Err(CliError::TooLarge) } else { Ok(text) }
}

/// The document that a name means, and the file that it is in.
pub fn look(
    desk: &Desk,
    directory: &Path,
    name: &str,
) -> Result<(Reading, Option<PathBuf>), CliError> {
    let (file, shown) = match reading::named(desk, directory, name) {
        Named::Stored(target) => return Ok((reading::stored(desk, &target)?, None)),
        Named::Input => (PathBuf::from("-"), "-"),
        Named::File(path) => (path, name),
    };
    let document = read(&file, directory)?;
    let reading = reading::handed_in(desk, shown, &document, "HEAD")?;
    Ok((reading, Some(file).filter(|file| file.as_os_str() != "-")))
}
