//! Turns data into tables that the program reads in place: the vocabulary of tokens, and the rules for secrets.

#![allow(clippy::print_stdout, reason = "what a build script prints is read by cargo")]

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

mod automaton;
mod rules;
mod shapes;
mod tokens;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build");
    let directory = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    tokens::bake(Path::new(&directory))?;
    rules::bake(Path::new(&directory))?;
    println!("cargo:rustc-env=REDACTION_RULES={:016x}", rules_fingerprint()?);
    Ok(())
}

/// What tells one state of the rules from another.
fn rules_fingerprint() -> std::io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for name in ["gitleaks.json", "ours.json"] {
        let path = Path::new("src/policy/redaction/rules").join(name);
        std::fs::read(path)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
