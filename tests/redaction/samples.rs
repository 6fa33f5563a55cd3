//! Real transcripts: they hold no secrets, and none are found.

use std::path::{Path, PathBuf};

use crate::{is_json, replaced, scanner};

/// All transcripts and texts below the directory that `CKPT_SAMPLES` names, with their names.
pub fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    let Some(directory) = std::env::var_os("CKPT_SAMPLES") else {
        eprintln!("skipped: CKPT_SAMPLES does not name a directory of transcripts");
        return Vec::new();
    };
    let mut samples = Vec::new();
    below(Path::new(&directory), &mut samples);
    samples
}

fn below(directory: &Path, samples: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, samples);
        } else if path.extension().is_none_or(|extension| extension != "db") {
            let text = std::fs::read(&path).unwrap();
            samples.push((path, text));
        }
    }
}

#[test]
fn nothing_in_real_transcripts_without_secrets_is_taken_for_one() {
    let scanner = scanner();
    let mut found = Vec::new();
    for (path, text) in samples() {
        for finding in scanner.scan(&text) {
            let secret = String::from_utf8_lossy(&text[finding.range]).into_owned();
            found.push(format!("{}: {} {secret:.60}", path.display(), finding.rule));
        }
    }
    assert!(found.is_empty(), "{}\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_real_line_stays_json_when_what_is_found_is_replaced() {
    let scanner = scanner();
    for (path, text) in samples() {
        for line in text.split(|byte| *byte == b'\n').filter(|line| is_json(line)) {
            let found = scanner.scan(line);
            assert!(found.is_empty() || is_json(&replaced(line, &found)), "{}", path.display());
        }
    }
}
