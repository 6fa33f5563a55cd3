//! Turns data into tables that the program reads in place: the vocabulary of tokens, and the rules for secrets. And says
//! how the program is linked.

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
    if is_loaded_where_it_is_linked() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    Ok(())
}

/// Whether the program has one place in memory: 19,000 addresses in its tables need not be mended at every start then,
/// which is a sixth of what a hook takes. Libraries, heap and stack lie elsewhere every time all the same.
fn is_loaded_where_it_is_linked() -> bool {
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    // What is linked statically is told by the flag of the compiler.
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    let is_measured = [target("ARCH"), target("OS"), target("ENV")] == ["x86_64", "linux", "gnu"];
    is_measured && !is_static && std::env::var_os("CARGO_FEATURE_PIE").is_none()
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
