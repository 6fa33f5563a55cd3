//! Documents that are handed in: through a pipe, from a file, or by the name of what is stored.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::reading::{self, Named, Reading};

/// Most bytes of a document.
const LARGEST: u64 = 32 << 20;

/// What is handed in with a file, or through a pipe.
pub fn read(file: &Path, directory: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |path: PathBuf| move |source| CliError::NoDocument { path, source };
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        let read = std::io::stdin().take(LARGEST + 1).read_to_end(&mut text);
        read.map_err(unreadable("standard input".into()))?;
    } else {
        let path = directory.join(file);
        let read = File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text));
        read.map_err(unreadable(path))?;
    }
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
