//! Exit codes of what looks for secrets, of the vault, and of what is sealed.

use crate::cli::exit::Exit;
use crate::cli::exits::{locate_exit, logs_exit, read_exit, store_exit};
use crate::ops::recipients::RecipientsError;
use crate::ops::redact::{RedactError, TakeOutError};
use crate::ops::scan::ScanError;
use crate::ops::search_refs::SearchError;
use crate::ops::vault::VaultError;
use crate::store::{SealedError, UnseenError};

pub(super) fn scan_exit(error: &ScanError) -> Exit {
    match error {
        ScanError::Choose(_) => Exit::NotFound,
        ScanError::Locate(error) => locate_exit(error),
        ScanError::Logs(error) => logs_exit(error),
        ScanError::Read(error) => read_exit(error),
        ScanError::Search(error) => search_exit(error),
        _ => Exit::Failed,
    }
}

pub(super) fn redact_exit(error: &RedactError) -> Exit {
    match error {
        RedactError::Locate(error) => locate_exit(error),
        RedactError::NotOwn { .. } => Exit::Refused,
        RedactError::Store(error) | RedactError::TakeOut(TakeOutError::Store(error)) => {
            store_exit(error)
        }
        RedactError::Vault(error) | RedactError::TakeOut(TakeOutError::Vault(error)) => {
            vault_exit(error)
        }
        RedactError::TakeOut(TakeOutError::Log(_) | TakeOutError::Read(_)) => Exit::Damaged,
        _ => Exit::Failed,
    }
}

pub(super) fn search_exit(error: &SearchError) -> Exit {
    match error {
        SearchError::Store(error) | SearchError::Unseen(UnseenError::Store(error)) => {
            store_exit(error)
        }
        SearchError::Log(_) | SearchError::Unseen(UnseenError::Log(_)) => Exit::Damaged,
        SearchError::Secrets(_) => Exit::Failed,
    }
}

pub(super) fn vault_exit(error: &VaultError) -> Exit {
    match error {
        VaultError::Strange { .. }
        | VaultError::Foreign { .. }
        | VaultError::Crowded { .. }
        | VaultError::Exposed { .. }
        | VaultError::Exists { .. }
        | VaultError::Newer { .. } => Exit::Refused,
        VaultError::NoKey { .. } | VaultError::NoExport { .. } | VaultError::Taken { .. } => {
            Exit::Damaged
        }
        _ => Exit::Failed,
    }
}

pub(super) fn sealed_exit(error: &SealedError) -> Exit {
    match error {
        SealedError::Damaged { .. } => Exit::Damaged,
        SealedError::Identity { .. } => Exit::Failed,
        _ => Exit::Sealed,
    }
}

pub(super) fn recipients_exit(error: &RecipientsError) -> Exit {
    match error {
        RecipientsError::Recipient(_) => Exit::BadInput,
        RecipientsError::Absent { .. } => Exit::NotFound,
        RecipientsError::Store(error) => store_exit(error),
        _ => Exit::Failed,
    }
}
