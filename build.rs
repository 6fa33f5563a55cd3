//! Turns data into tables that the program reads in place: the vocabulary of tokens, and the rules for secrets.

use std::error::Error;
use std::path::Path;

#[path = "build/automaton.rs"]
mod automaton;
#[path = "build/rules.rs"]
mod rules;
#[path = "build/shapes.rs"]
mod shapes;
#[path = "build/tokens.rs"]
mod tokens;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    let directory = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    tokens::bake(Path::new(&directory))?;
    rules::bake(Path::new(&directory))
}
