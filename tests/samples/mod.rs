//! Real transcripts, which are not in this repository: `CKPT_SAMPLES` names the directory that holds them.

#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};

/// The directory of the transcripts, or nothing where there are none.
pub fn samples() -> Option<PathBuf> {
    let samples = std::env::var_os("CKPT_SAMPLES");
    if samples.is_none() {
        eprintln!("skipped: CKPT_SAMPLES does not name a directory of transcripts");
    }
    samples.map(PathBuf::from)
}

/// All files below a directory, sorted.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
