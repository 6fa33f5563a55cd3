//! The list of a session's companion files: one JSON object a line, sorted by name.

use std::collections::HashSet;

use crate::model::snapshot::{Companion, FileName};

/// Most bytes of a list.
pub const LARGEST: u64 = 32 << 20;
/// Most files that a list names.
pub const MOST: usize = 10_000;

/// A list that cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum CompanionsError {
    #[error("line {line} of the list of companion files is not understood")]
    Line { line: usize, source: serde_json::Error },
    #[error("the list of companion files names more than {MOST} of them")]
    TooMany,
    #[error(
        "the list of companion files has {bytes} bytes, more than the {LARGEST} that one may have"
    )]
    TooLarge { bytes: u64 },
    #[error("the list of companion files names `{file}` twice")]
    Twice { file: FileName },
}

pub fn write(companions: &[Companion]) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::new();
    for companion in companions {
        serde_json::to_writer(&mut text, companion)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Reads a list. A name may stand in it once only, whatever the case of its letters: on many disks the second file
/// would take the place of the first.
pub fn read(text: &[u8]) -> Result<Vec<Companion>, CompanionsError> {
    if text.len() as u64 > LARGEST {
        return Err(CompanionsError::TooLarge { bytes: text.len() as u64 });
    }
    let mut companions: Vec<Companion> = Vec::new();
    let mut names = HashSet::new();
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        if companions.len() == MOST {
            return Err(CompanionsError::TooMany);
        }
        let companion: Companion = serde_json::from_slice(line)
            .map_err(|source| CompanionsError::Line { line: number + 1, source })?;
        if !names.insert(companion.file.as_str().to_lowercase()) {
            return Err(CompanionsError::Twice { file: companion.file });
        }
        companions.push(companion);
    }
    Ok(companions)
}
