//! What a command is given to read: as an argument, out of a file, or from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;

/// Most bytes of a text.
const LARGEST: u64 = 4 << 20;

/// The argument itself, or what standard input has where it is `-`.
pub fn text_or_input(argument: &str) -> Result<String, CliError> {
    if argument == "-" { text_of(Path::new("-")) } else { Ok(argument.to_owned()) }
}

/// The text of a file, or of standard input where its name is `-`.
pub fn text_of(path: &Path) -> Result<String, CliError> {
    let unreadable = |path, source| CliError::Unreadable { path, source };
    let bytes = bytes_of(path, LARGEST, unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let source = io::Error::other("it has more than 4 MiB");
        return Err(unreadable(shown(path), source));
    }
    String::from_utf8(bytes).map_err(|error| unreadable(shown(path), io::Error::other(error)))
}

/// The bytes of a file, or of standard input where its name is `-`: no more than one beyond the limit.
pub fn bytes_of(
    path: &Path,
    limit: u64,
    unreadable: impl FnOnce(PathBuf, io::Error) -> CliError,
) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = if is_input(path) {
        io::stdin().take(limit + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|source| unreadable(shown(path), source))
}

/// The path of a file that is named from a directory.
pub fn within(directory: &Path, file: &Path) -> PathBuf {
    if is_input(file) { file.to_owned() } else { directory.join(file) }
}

fn is_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn shown(path: &Path) -> PathBuf {
    if is_input(path) { "standard input".into() } else { path.to_owned() }
}
