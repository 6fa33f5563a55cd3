//! The commands: arguments to a request, one op, one rendering.

mod arrived;
mod attach;
mod cat;
mod completions;
mod demo;
mod diff;
mod doctor;
mod draft;
mod editing;
mod export;
mod fetch;
mod hook;
mod import;
mod init;
mod input;
mod lint;
mod log;
mod navigate;
mod note;
mod prompt;
mod prune;
mod push;
mod reading;
mod recipients;
mod redact;
mod repair;
mod restore;
mod resume;
mod save;
mod scan;
mod sessions;
mod setup;
mod show;
mod stats;
mod status;
mod sync;
mod task;
mod template;
mod tokens;
mod vault;
mod verify;

use std::path::Path;

use crate::cli::args::Command;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::choose_session::SessionChoice;
use crate::ui::sanitize;

/// Runs one command.
pub fn run(context: &mut Context, command: Command) -> Result<(), CliError> {
    match command {
        Command::Save(arguments) => save::run(context, arguments),
        Command::Sessions(arguments) => sessions::run(context, arguments),
        Command::Show(arguments) => show::run(context, arguments),
        Command::Log(arguments) => log::run(context, arguments),
        Command::Restore(arguments) => restore::run(context, arguments),
        Command::Prompt(arguments) => prompt::run(context, arguments),
        Command::Verify(arguments) => verify::run(context, arguments),
        Command::Repair(arguments) => repair::run(context, arguments),
        Command::Prune(arguments) => prune::run(context, arguments),
        Command::Doctor(arguments) => doctor::run(context, arguments),
        Command::Demo(arguments) => demo::run(context, arguments),
        Command::Setup(arguments) => setup::run(context, arguments),
        Command::Completions(arguments) => completions::run(context, arguments),
        Command::Init(arguments) => init::run(context, arguments),
        Command::Hook(arguments) => hook::run(context, arguments),
        Command::Push(arguments) => push::run(context, arguments),
        Command::Fetch(arguments) => fetch::run(context, arguments),
        Command::Sync(arguments) => sync::run(context, arguments),
        Command::Reset(arguments) => navigate::run(context, "reset", arguments),
        Command::Switch(arguments) => navigate::run(context, "switch", arguments),
        Command::Checkout(arguments) => navigate::run(context, "checkout", arguments),
        Command::Export(arguments) => export::run(context, arguments),
        Command::Import(arguments) => import::run(context, arguments),
        Command::Vault(arguments) => vault::run(context, arguments),
        Command::Scan(arguments) => scan::run(context, arguments),
        Command::Redact(arguments) => redact::run(context, arguments),
        Command::Recipients(arguments) => recipients::run(context, arguments),
        Command::Status(arguments) => status::run(context, arguments),
        Command::Stats(arguments) => stats::run(context, arguments),
        Command::Draft(arguments) => draft::run(context, arguments),
        Command::Note(arguments) => note::run(context, arguments),
        Command::Task(arguments) => task::run(context, arguments),
        Command::Resume(arguments) => resume::run(context, arguments),
        Command::Attach(arguments) => attach::run(context, arguments),
        Command::Cat(arguments) => cat::run(context, arguments),
        Command::Template(arguments) => template::run(context, arguments),
        Command::Lint(arguments) => lint::run(context, arguments),
        Command::Tokens(arguments) => tokens::run(context, arguments),
        Command::Diff(arguments) => diff::run(context, arguments),
    }
}

/// The session that is meant by an id, the beginning of one, or a path as seen from `directory`.
fn session_named(name: &str, directory: &Path) -> SessionChoice {
    let path = directory.join(name);
    let is_path = name.contains('/') || path.is_file();
    let named = if is_path { path.to_string_lossy().into_owned() } else { name.to_owned() };
    SessionChoice::Named(named)
}

/// Answers with a JSON value on one line.
fn answer_json(context: &mut Context, value: &serde_json::Value) -> Result<(), CliError> {
    let text = value.to_string();
    // Nothing in it would act on a terminal any more, and a long one is not to be copied once again.
    context.screen.answer_bytes(sanitize::json(&text).as_bytes())?;
    Ok(context.screen.answer_bytes(b"\n")?)
}
