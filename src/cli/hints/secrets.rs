//! Hints for what looks for secrets.

use crate::cli::hints::operations::{locate_hint, logs_hint, store_hint};
use crate::cli::hints::saving::choose_hint;
use crate::cli::hints::vault::vault_hint;
use crate::cli::hints::verify_hint;
use crate::ops::gate::Held;
use crate::ops::redact::{RedactError, TakeOutError};
use crate::ops::scan::ScanError;
use crate::ops::search_refs::SearchError;
use crate::ops::secrets::SecretsError;
use crate::store::{CommitError, UnseenError};

/// The way out where a push is kept back.
pub(super) fn held_hint(held: &Held) -> String {
    let mut ids = held.checkpoints.iter().chain(&held.unredacted);
    let way = match ids.next() {
        Some(id) => format!(
            "take them out with `git ckpt redact {}`, and rotate what was ever sent; a",
            id.short()
        ),
        None => "what no checkpoint needs goes with `git ckpt prune`; a".to_owned(),
    };
    format!(
        "{way} false alarm is put into a file, one value a line: git config ckpt.redact.allow <file>; to send them all the same: git ckpt push --allow-secrets"
    )
}

pub(super) fn scan_hint(error: &ScanError) -> Option<String> {
    match error {
        ScanError::Secrets(error) => Some(secrets_hint(error)),
        ScanError::Choose(error) => choose_hint(error),
        ScanError::Locate(error) => locate_hint(error),
        ScanError::Logs(error) => logs_hint(error),
        ScanError::Search(error) => search_hint(error),
        ScanError::Read(_) => Some(verify_hint()),
        ScanError::Agent(_) | ScanError::Unreadable { .. } => None,
    }
}

pub(super) fn redact_hint(error: &RedactError) -> Option<String> {
    match error {
        RedactError::Secrets(error) => Some(secrets_hint(error)),
        RedactError::Locate(error) => locate_hint(error),
        RedactError::NotOwn { author, .. } => Some(format!(
            "have {author} run `git ckpt redact` where it was saved, and push; what you have of it goes with the next `git ckpt fetch`"
        )),
        RedactError::Store(CommitError::Moved { .. })
        | RedactError::TakeOut(TakeOutError::Store(CommitError::Moved { .. })) => {
            Some("something was saved meanwhile; run the same command again".to_owned())
        }
        RedactError::Store(error) | RedactError::TakeOut(TakeOutError::Store(error)) => {
            store_hint(error)
        }
        RedactError::Vault(error) | RedactError::TakeOut(TakeOutError::Vault(error)) => {
            vault_hint(error)
        }
        RedactError::TakeOut(_) => Some(verify_hint()),
        RedactError::Identity(_) => None,
    }
}

pub(super) fn search_hint(error: &SearchError) -> Option<String> {
    match error {
        SearchError::Secrets(error) => Some(secrets_hint(error)),
        SearchError::Store(error) | SearchError::Unseen(UnseenError::Store(error)) => {
            store_hint(error)
        }
        SearchError::Log(_) | SearchError::Unseen(UnseenError::Log(_)) => Some(verify_hint()),
    }
}

fn secrets_hint(error: &SecretsError) -> String {
    let SecretsError::Listed { key, .. } = error;
    format!("make it readable, or do without it: git config --unset {key}")
}
