//! What to do about an error: a hint names the command that helps.

mod documents;
mod operations;
mod saving;
mod sealing;
mod secrets;
mod vault;
mod work;

use crate::cli::error::{CliError, Deed};
use crate::cli::hints::documents::{lint_hint, misread_hint, reading_hint, template_hint};
use crate::cli::hints::operations::{
    exchange_hint, locate_hint, logs_hint, open_hint, prune_hint, read_hint, remote_hint,
    restore_hint, store_hint,
};
use crate::cli::hints::saving::save_hint;
use crate::cli::hints::sealing::{recipients_hint, sealed_hint};
use crate::cli::hints::secrets::{redact_hint, scan_hint};
use crate::cli::hints::vault::{forget_hint, vault_hint};
use crate::cli::hints::work::work_hint;
use crate::git::HistoryError;
use crate::ops::demo::DemoError;
use crate::ops::draft::DraftError;
use crate::ops::init::InitError;
use crate::ops::install::InstallError;
use crate::ops::log::LogWalkError;
use crate::ops::prepare::PrepareError;
use crate::ops::pressure::PressureError;
use crate::ops::prompt::PromptError;
use crate::ops::repair::RepairError;
use crate::ops::session_text::SessionTextError;
use crate::ops::stats::StatsError;
use crate::ops::status::StatusError;
use crate::ui::programs::ProgramError;
use std::path::PathBuf;

/// The hint for an error, where there is something to do.
pub fn hint(error: &CliError) -> Option<String> {
    if let Some(sealed) = error.sealed() {
        return Some(sealed_hint(sealed));
    }
    match error {
        CliError::Open(error) => open_hint(error),
        CliError::Save(error) | CliError::Draft(DraftError::Save(error)) => save_hint(error),
        CliError::Locate(error)
        | CliError::Draft(DraftError::Locate(error))
        | CliError::Stats(StatsError::Locate(error))
        | CliError::Prompt(PromptError::Locate(error)) => locate_hint(error),
        CliError::Log(LogWalkError::History(HistoryError::Program(_))) => {
            Some("run `git log` with the same revisions to see what git says of them".to_owned())
        }
        CliError::Log(LogWalkError::Store(error))
        | CliError::Status(StatusError::Log(LogWalkError::Store(error)))
        | CliError::Store(error) => store_hint(error),
        CliError::Restore(error) => restore_hint(error),
        CliError::Logs(error) => logs_hint(error),
        CliError::SessionText(SessionTextError::Read(error)) => read_hint(error),
        CliError::Repair(RepairError::Store(error)) => store_hint(error),
        CliError::Program(ProgramError::NoClipboard { .. }) => {
            Some("pipe it to your own program: `git ckpt prompt | …`".to_owned())
        }
        CliError::Program(
            ProgramError::Silent { .. } | ProgramError::Late { .. } | ProgramError::NoAgent { .. },
        ) => Some(
            "`git ckpt draft` drafts without an agent; `git ckpt draft --prompt` prints what to ask one"
                .to_owned(),
        ),
        CliError::Demo(DemoError::Occupied { .. }) => Some(
            "name a directory that does not exist yet: `git ckpt demo --keep <dir>`".to_owned(),
        ),
        CliError::Init(InitError::NoRemote { known, .. }) => Some(match known.as_slice() {
            [] => "there is none yet: `git remote add <name> <url>`, or leave `--remote` out"
                .to_owned(),
            known => format!("there are: {}", known.join(", ")),
        }),
        CliError::Init(InitError::Install(InstallError::BothThere { path, before }))
        | CliError::Install(InstallError::BothThere { path, before }) => Some(format!(
            "put what both do into one of them and remove the other, then run `git ckpt init` again:\n  {}\n  {}",
            path.display(),
            before.display()
        )),
        CliError::Prepare(PrepareError::Document(error)) => save_hint(error),
        CliError::Remote(error) => remote_hint(error),
        CliError::Prune(error) => prune_hint(error),
        _ => own_hint(error),
    }
}

fn pressure_hint(error: &PressureError) -> String {
    let (key, like) = match error {
        PressureError::Thresholds(_) => ("ckpt.pressure", "'25 50 75 85'"),
        PressureError::Window(_) => ("ckpt.window", "200000"),
    };
    format!("set it anew: `git config {key} {like}`, or take it back: `git config --unset {key}`")
}

/// What can be shown of a checkpoint without a session.
const DOCUMENT_ALONE: &str = "run `git ckpt show` without `--session` to read the document";

/// The same for what goes wrong on the command line itself.
fn own_hint(error: &CliError) -> Option<String> {
    match error {
        CliError::NobodyToAsk(deed) => {
            let look = match deed {
                Deed::Change => "look at the plan with `--dry-run`",
                Deed::Save => "see what would be replaced with `git ckpt scan`",
                Deed::Restore => "look at it with `git ckpt show`",
                Deed::Import => "look at what is inside, as shown above",
                Deed::Send => "look at what was found, as shown above",
                Deed::Write => "look at what would go, as shown above",
            };
            Some(format!("{look}, then run the same command with `--yes`"))
        }
        CliError::NoDocument { .. } => Some(
            "name a file that can be read, or `-` for what comes through a pipe"
                .to_owned(),
        ),
        CliError::Editor { draft, .. } => Some(format!(
            "set another editor with `git config core.editor <program>`; what was written is kept in `{0}`, to save it: git ckpt save -F '{0}'",
            draft.display()
        )),
        CliError::NotResumed { command, .. } => Some(format!(
            "install `{}` or put it on the PATH, then run: {}",
            command.first().map_or("", String::as_str),
            command.join(" ")
        )),
        CliError::NoSessions { looked, .. } => Some(format!(
            "looked in\n{}\nonly sessions that were started in this directory or below it are listed; run this where the agent was started: `git ckpt -C <dir> sessions`",
            lines_of(looked)
        )),
        CliError::ShownDamaged => Some(verify_hint()),
        CliError::TooLarge => Some(
            "hand in what the next session has to know, and leave long material in files of the commit"
                .to_owned(),
        ),
        CliError::Unedited { draft } => Some(format!(
            "the draft is kept in `{0}`; to save it as it is: git ckpt save -F '{0}'",
            draft.display()
        )),
        CliError::GlobalWay => Some(
            "`template` puts the hooks into every repository that you make or clone from now on; `hooks-path` serves all that you have, at once, and hands on to their own hooks"
                .to_owned(),
        ),
        CliError::NoSession { .. } => Some(DOCUMENT_ALONE.to_owned()),
        CliError::Vault(error) => vault_hint(error),
        CliError::Forget(error) => forget_hint(error),
        CliError::Scan(error) => scan_hint(error),
        CliError::Redact(error) => redact_hint(error),
        CliError::Recipients(error) => recipients_hint(error),
        CliError::Status(StatusError::Pressure(error))
        | CliError::Stats(StatsError::Pressure(error)) => Some(pressure_hint(error)),
        CliError::Outline(_) => Some("its form is that of `outline` in `git ckpt show --json`, described in docs/JSON.md".to_owned()),
        CliError::Template(error) => template_hint(error),
        CliError::Reading(error) => reading_hint(error),
        CliError::Lint(error) => lint_hint(error),
        CliError::Misread { kept, .. } => Some(misread_hint(kept)),
        other => work_hint(other).or_else(|| exchange_hint(other)),
    }
}

/// One path a line, set in.
fn lines_of(paths: &[PathBuf]) -> String {
    let lines: Vec<String> = paths.iter().map(|path| format!("  {}", path.display())).collect();
    lines.join("\n")
}

fn verify_hint() -> String {
    "run `git ckpt verify` to see what is damaged and what can still be restored".to_owned()
}

fn fsck_hint() -> String {
    "run `git fsck` to see what else is damaged".to_owned()
}
