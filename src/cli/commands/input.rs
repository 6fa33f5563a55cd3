//! Text that a command is given: as an argument, out of a file, or from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::error::CliError;

/// Most bytes that are read.
const LARGEST: u64 = 4 << 20;

/// The argument itself, or what standard input has where it is `-`.
pub fn text_or_input(argument: &str) -> Result<String, CliError> {
    if argument == "-" { text_of(Path::new("-")) } else { Ok(argument.to_owned()) }
}

/// The text of a file, or of standard input where its name is `-`.
pub fn text_of(path: &Path) -> Result<String, CliError> {
    let read = if path.as_os_str() == "-" {
        text(&mut io::stdin())
    } else {
        File::open(path).and_then(|mut file| text(&mut file))
    };
    let shown = if path.as_os_str() == "-" { Path::new("standard input") } else { path };
    read.map_err(|source| CliError::Unreadable { path: shown.to_owned(), source })
}

fn text(input: &mut dyn Read) -> io::Result<String> {
    let mut text = String::new();
    input.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other("it has more than 4 MiB"));
    }
    Ok(text)
}
