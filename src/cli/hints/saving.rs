//! Hints for what goes wrong while something is saved.

use std::io;

use crate::agent::Found;
use crate::cli::error::cannot_be_written;
use crate::cli::hints::documents::template_hint;
use crate::cli::hints::operations::{revision_hint, store_hint};
use crate::cli::hints::sealing::sealing_hint;
use crate::cli::hints::vault::vault_hint;
use crate::cli::hints::{lines_of, verify_hint};
use crate::ops::choose_session::ChooseError;
use crate::ops::save::SaveError;
use crate::ops::secrets::SecretsError;
use crate::store::{CaptureError, CommitError, GivenError, SessionError};

pub(super) fn save_hint(error: &SaveError) -> Option<String> {
    match error {
        SaveError::Revision(error) => revision_hint(error),
        SaveError::Choose(error) => choose_hint(error),
        SaveError::NothingToSave => Some(
            "write a document with `-m`, `-F` or `--edit`, or leave out `--no-session`".to_owned(),
        ),
        SaveError::EmptyDocument => Some(
            "say something in it, or leave out `-m` and `-F`: then the document is drafted from the session"
                .to_owned(),
        ),
        SaveError::Given(error) => Some(given_hint(error)),
        SaveError::PutAside { aside, source } => Some(format!(
            "{}\nthe document is not lost: it is kept in `{}`, in its field `document`",
            save_hint(source).unwrap_or_else(verify_hint),
            aside.display()
        )),
        SaveError::Sealing(error) => Some(sealing_hint(error)),
        SaveError::Template(error) => template_hint(error),
        SaveError::Postponed { source } if matches!(**source, SaveError::Sealing(_)) => {
            save_hint(source).map(|hint| {
                format!("{hint}\nnothing is lost: any `git ckpt` command finishes the save then")
            })
        }
        SaveError::Postponed { source } => {
            let later = "nothing is lost: once the cause is gone, any `git ckpt` command finishes the save, such as `git ckpt log`";
            Some(match of_secrets(source) {
                Some(hint) => format!("{hint}\n{later}"),
                None => later.to_owned(),
            })
        }
        SaveError::Commit(error) => store_hint(error),
        SaveError::Vault(_) | SaveError::Secrets(_) => of_secrets(error),
        SaveError::Local(error) => local_hint(&error.source),
        _ => None,
    }
}

pub(super) fn given_hint(error: &GivenError) -> String {
    let hint = match error {
        GivenError::NotUtf8(_) | GivenError::Nul(_) => {
            "hand it in as UTF-8 text; `iconv` converts other encodings"
        }
        GivenError::Unclosed | GivenError::Invalid(_) => {
            "front matter stands between two lines of `---`; leave both out for plain markdown"
        }
    };
    hint.to_owned()
}

pub(super) fn choose_hint(error: &ChooseError) -> Option<String> {
    match error {
        ChooseError::Nothing { looked, .. }
        | ChooseError::Unknown { looked, .. }
        | ChooseError::NotThere { looked, .. } => Some(format!(
            "looked in\n{}\nname one with `--session <id or path>`, or save without one with `--no-session -m …`",
            lines_of(looked)
        )),
        ChooseError::NotATranscript { .. }
        | ChooseError::Empty { .. }
        | ChooseError::NoFile { .. } => Some(
            "`git ckpt sessions` lists the sessions of this worktree; `git ckpt save --no-session -m …` saves a document alone"
                .to_owned(),
        ),
        ChooseError::Ambiguous { candidates, .. } => {
            let line = |found: &Found| format!("  {} {}", found.agent.title(), found.id);
            let lines: Vec<String> = candidates.iter().map(line).collect();
            Some(format!("it could be\n{}\nname one with `--session <id>`", lines.join("\n")))
        }
        ChooseError::Agent(_) => None,
    }
}

/// Hints for what keeps secrets from being replaced.
fn of_secrets(error: &SaveError) -> Option<String> {
    match error {
        SaveError::Vault(error) => vault_hint(error),
        SaveError::Commit(CommitError::Session(SessionError::Capture(CaptureError::Vault(
            error,
        )))) => vault_hint(error),
        SaveError::Secrets(SecretsError::Listed { key, .. }) => Some(format!(
            "see which file is meant with `git config {key}`; make it readable, or name another one"
        )),
        _ => None,
    }
}

pub(super) fn local_hint(error: &io::Error) -> Option<String> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(
            "nothing was saved and nothing was changed; free some space, then run the same command again".to_owned(),
        ),
        _ if cannot_be_written(error) => Some(
            "nothing was changed; reading works here (`git ckpt log`, `git ckpt show`), and saving in a clone that you may write to: `git clone`"
                .to_owned(),
        ),
        _ => None,
    }
}

pub(super) fn capture_hint(error: &CaptureError) -> Option<String> {
    match error {
        CaptureError::Empty { .. } => Some(
            "nothing was said in that session yet; `git ckpt sessions` lists the others, and `git ckpt save --no-session -m …` saves a document alone"
                .to_owned(),
        ),
        CaptureError::Unreadable { .. } | CaptureError::Shrank { .. } => Some(
            "`git ckpt sessions` lists what can be read; to save the document without it: `git ckpt save --no-session -m …`"
                .to_owned(),
        ),
        CaptureError::Log(_) => Some(verify_hint()),
        CaptureError::Vault(error) => vault_hint(error),
        _ => None,
    }
}
