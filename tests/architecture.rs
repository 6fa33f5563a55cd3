//! The layer map of `docs/ARCHITECTURE.md`, held up by reading the sources.
//!
//! Which layer may know which, where each side effect is at home, and how long a file and a function may be.

#![allow(clippy::unwrap_used)]

#[path = "architecture/code.rs"]
mod code;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use code::{functions, places, production, without_literals, word_at};

/// The layers, lowest first, and what each may import besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("format", &["model"]),
    ("policy", &["model"]),
    ("git", &["model"]),
    ("agent", &["model", "format"]),
    ("store", &["model", "format", "git"]),
    ("ops", &["model", "policy", "git", "agent", "store"]),
    ("ui", &["model", "policy", "ops"]),
    ("cli", &["model", "policy", "git", "agent", "store", "ops", "ui"]),
];

/// Words that stand for a side effect, and the only files or directories where they may stand.
const HOMES: &[(&[&str], &[&str])] = &[
    (&["git2::", "libgit2_sys::"], &["src/git/"]),
    (&["print!", "println!", "eprint!", "eprintln!"], &[]),
    // The settings only ask whether the streams are terminals.
    (&["stdout()", "stderr()"], &["src/ui/screen.rs", "src/cli/settings.rs"]),
    // The program hands its arguments to the command line.
    (&["std::env", "env::"], &["src/cli/settings.rs", "src/main.rs"]),
    (&["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"], &["src/cli/context.rs"]),
    // How old a lock file is can only be told where it is found.
    (&[".elapsed("], &["src/git/reference.rs"]),
    (&["Command::new"], &["src/git/program.rs", "src/ui/pager.rs", "src/ui/programs.rs"]),
    (&["process::exit", "process::abort", ".unwrap()", "dbg!", "todo!", "unimplemented!"], &[]),
    (&["unsafe"], &["src/git/repository.rs"]),
];

/// Layers that decide and translate, and never touch a file.
const PURE: &[&str] = &["model", "format", "policy"];
const FILE_ACCESS: &[&str] = &["std::fs", "fs::", "std::net", "std::process", "tempfile::"];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

#[test]
fn every_layer_imports_only_the_layers_below_it() {
    expect_none(&offences(arrows));
}

#[test]
fn imports_name_whole_paths() {
    expect_none(&offences(vague_imports));
}

#[test]
fn side_effects_stay_at_home() {
    expect_none(&offences(strays));
}

#[test]
fn files_and_functions_stay_short() {
    expect_none(&offences(lengths));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let mut files = rust_files(Path::new("src"));
    files.extend(rust_files(Path::new("tests")));
    files.extend(rust_files(Path::new("benches")));
    files.extend(rust_files(Path::new("build")));
    let silent = |path: &PathBuf| !read(path).starts_with("//! ");
    let silent: Vec<String> =
        files.iter().filter(|path| silent(path)).map(|path| path.display().to_string()).collect();
    expect_none(&silent);
}

#[test]
fn every_directory_of_the_sources_is_a_layer() {
    let layers: BTreeSet<&str> = LAYERS.iter().map(|(layer, _)| *layer).collect();
    let sources = sources();
    let found: BTreeSet<&str> = sources.iter().filter_map(|source| source.layer()).collect();
    assert_eq!(found, layers);
}

#[test]
fn the_layer_map_in_the_documents_is_this_one() {
    let map = read(Path::new("docs/ARCHITECTURE.md"));
    let rows = map.lines().filter_map(|line| line.strip_prefix("| `src/")?.split_once("/` |"));
    let named: Vec<&str> = rows.map(|(layer, _)| layer).collect();
    let layers: Vec<&str> = LAYERS.iter().map(|(layer, _)| *layer).collect();
    assert_eq!(named, layers);
}

/// One production file, with everything blanked out that is no production code.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn layer(&self) -> Option<&str> {
        let (layer, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        Some(layer)
    }

    fn offence(&self, at: usize, what: &str) -> String {
        let line = self.code[..at].matches('\n').count() + 1;
        format!("{}:{line}: {what}", self.path)
    }
}

fn offences(check: fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(check).collect()
}

fn expect_none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

/// All production files below `src/`: those that only tests are made of are left out.
fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut of_tests = Vec::new();
    for path in rust_files(Path::new("src")) {
        let (code, modules) = production(&without_literals(&read(&path)));
        of_tests.extend(modules.iter().map(|module| module_file(&path, module)));
        sources.push(Source { path: path.display().to_string(), code });
    }
    sources.retain(|source| {
        let is_below = |stem: &String| {
            source
                .path
                .strip_prefix(stem)
                .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        !of_tests.iter().any(is_below)
    });
    sources
}

/// Where the module `name` of the file at `path` lies, without `.rs`.
fn module_file(path: &Path, name: &str) -> String {
    let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|root| path.ends_with(root));
    let directory =
        if is_root { path.parent().unwrap().to_owned() } else { path.with_extension("") };
    directory.join(name).display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn arrows(source: &Source) -> Vec<String> {
    let Some(layer) = source.layer() else { return Vec::new() };
    let allowed = LAYERS.iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, may)| may);
    let mut wrong = Vec::new();
    for at in places(&source.code, "crate::") {
        let target = word_at(&source.code, at + "crate::".len());
        let known = LAYERS.iter().any(|(name, _)| *name == target);
        if known && target != layer && !allowed.contains(&target) {
            wrong.push(source.offence(at, &format!("`{layer}` must not know `{target}`")));
        }
    }
    if PURE.contains(&layer) {
        for word in FILE_ACCESS {
            let touched = places(&source.code, word);
            wrong
                .extend(touched.map(|at| source.offence(at, &format!("`{word}` in a pure layer"))));
        }
    }
    wrong
}

fn vague_imports(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for vague in ["crate::{", "crate::*", "super::super"] {
        let found = places(&source.code, vague);
        wrong.extend(
            found.map(|at| source.offence(at, &format!("`{vague}` hides where it points"))),
        );
    }
    // From the root of a layer, `super` is the crate.
    if source.path.matches('/').count() == 2 && source.path.ends_with("/mod.rs") {
        let found = places(&source.code, "super::");
        wrong.extend(found.map(|at| source.offence(at, "`super::` leaves the layer")));
    }
    wrong
}

fn strays(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (words, homes) in HOMES {
        if homes.iter().any(|home| source.path.starts_with(home)) {
            continue;
        }
        for word in *words {
            let found = places(&source.code, word);
            wrong
                .extend(found.map(|at| source.offence(at, &format!("`{word}` has no place here"))));
        }
    }
    wrong
}

fn lengths(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.code.trim_end().lines().count();
    if lines > LONGEST_FILE {
        wrong.push(format!("{}: {lines} lines", source.path));
    }
    for (at, name, lines) in functions(&source.code) {
        if lines > LONGEST_FUNCTION {
            wrong.push(source.offence(at, &format!("`{name}` has {lines} lines")));
        }
    }
    wrong
}

/// What `check` finds in a file at `path` that holds `text`.
fn found_in(check: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    let (code, _) = production(&without_literals(text));
    check(&Source { path: path.to_owned(), code }).len()
}

#[test]
fn an_arrow_that_points_up_or_aside_is_seen() {
    assert_eq!(found_in(arrows, "src/store/log.rs", "use crate::ops::save;"), 1);
    assert_eq!(found_in(arrows, "src/store/log.rs", "use crate::agent::Found;"), 1);
    assert_eq!(found_in(arrows, "src/git/tree.rs", "fn f(id: crate::store::Tied) {}"), 1);
    assert_eq!(found_in(arrows, "src/ui/show.rs", "use crate::store::Tied;"), 1);
    assert_eq!(found_in(arrows, "src/policy/draft.rs", "fn f() { std::fs::read(p) }"), 2);
    assert_eq!(found_in(arrows, "src/store/log.rs", "use crate::git::Repository;"), 0);
    assert_eq!(found_in(arrows, "src/store/log.rs", "/// [`crate::ops::save`]\nfn f() {}"), 0);
}

#[test]
fn an_import_that_hides_where_it_points_is_seen() {
    assert_eq!(found_in(vague_imports, "src/ui/show.rs", "use crate::{model, ops};"), 1);
    assert_eq!(found_in(vague_imports, "src/git/tests/refs.rs", "use super::super::x;"), 1);
    assert_eq!(found_in(vague_imports, "src/store/mod.rs", "use super::ops;"), 1);
    assert_eq!(found_in(vague_imports, "src/ui/show.rs", "use crate::model::{agent, hash};"), 0);
    assert_eq!(found_in(vague_imports, "src/agent/codex/mod.rs", "use super::text;"), 0);
}

#[test]
fn a_side_effect_away_from_home_is_seen() {
    let seen = [
        ("src/ops/save.rs", "use git2::Oid;"),
        ("src/ui/show.rs", "fn f() { println!(\"x\") }"),
        ("src/cli/context.rs", "let home = std::env::var(NAME);"),
        ("src/ops/save.rs", "let now = SystemTime::now();"),
        ("src/ops/save.rs", "Command::new(name)"),
        ("src/cli/mod.rs", "std::process::exit(1)"),
        ("src/model/hash.rs", "x.parse().unwrap()"),
    ];
    for (path, text) in seen {
        assert_ne!(found_in(strays, path, text), 0, "{text}");
    }
    let at_home = [
        ("src/git/object.rs", "use git2::Oid;"),
        ("src/cli/settings.rs", "env::var(name)"),
        ("src/ui/pager.rs", "Command::new(name)"),
        ("src/cli/args.rs", "env!(\"CARGO_PKG_VERSION\"); x.unwrap_or(1) // println!"),
        ("src/model/hash.rs", "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }"),
    ];
    for (path, text) in at_home {
        assert_eq!(found_in(strays, path, text), 0, "{text}");
    }
}

#[test]
fn a_file_or_a_function_that_is_too_long_is_seen() {
    let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    assert_eq!(found_in(lengths, "src/model/hash.rs", &function(60)), 0);
    assert_eq!(found_in(lengths, "src/model/hash.rs", &function(61)), 1);
    assert_eq!(found_in(lengths, "src/model/hash.rs", &function(60).repeat(7)), 1);
}
