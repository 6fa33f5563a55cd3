//! Exit codes of what goes wrong with the vault, and with what is sealed.

use crate::cli::error::store_exit;
use crate::cli::exit::Exit;
use crate::ops::recipients::RecipientsError;
use crate::ops::vault::VaultError;
use crate::store::SealedError;

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
