//! Hints for what goes wrong with the vault.

use std::io::ErrorKind;

use crate::cli::error::cannot_be_written;
use crate::ops::vault::{ForgetError, VaultError};

pub(super) fn forget_hint(error: &ForgetError) -> Option<String> {
    match error {
        ForgetError::Vault(error) => vault_hint(error),
        ForgetError::NoTag(_) | ForgetError::NoRule(_) => {
            Some("`git ckpt vault list` shows tags and rules of what is kept".to_owned())
        }
    }
}

pub(super) fn vault_hint(error: &VaultError) -> Option<String> {
    Some(match error {
        VaultError::Strange { path, .. } => format!(
            "see what it is with `ls -ld '{}'`, and move it away, or name another directory: CKPT_VAULT=<dir>",
            path.display()
        ),
        VaultError::Foreign { path } => format!(
            "run this as its owner; if `sudo` made it, take it back: sudo chown -R \"$USER\" '{}'",
            path.display()
        ),
        VaultError::Crowded { path } => format!(
            "name a directory of its own in CKPT_VAULT, or close this one to others: chmod 700 '{}'",
            path.display()
        ),
        VaultError::Exposed { .. } => {
            "put it on a disk that knows permissions: CKPT_VAULT=<dir>".to_owned()
        }
        VaultError::Unlockable { .. } => {
            "its disk has no locks, as some network disks do not: name a directory on a local one: CKPT_VAULT=<dir>".to_owned()
        }
        VaultError::Unwritable { source, .. } if source.kind() == ErrorKind::StorageFull => {
            "free some space, then run the same command again".to_owned()
        }
        VaultError::Unwritable { source, .. } if cannot_be_written(source) => {
            "name a directory that you may write to: CKPT_VAULT=<dir>".to_owned()
        }
        VaultError::Newer { .. } => "install the newer version of git-ckpt here, too".to_owned(),
        VaultError::NoKey { path } => format!(
            "put it back from a backup; without one move it away, and a new key is made: mv '{0}' '{0}.broken'",
            path.display()
        ),
        VaultError::Taken { tag } => format!(
            "one of the two was changed by something else than this program; to let go of the one that is here: git ckpt vault forget {tag}"
        ),
        VaultError::Exists { .. } => "name a file that does not exist yet".to_owned(),
        VaultError::NoExport { .. } => {
            "nothing was taken in; it may be cut short: write it anew with `git ckpt vault export <file>`".to_owned()
        }
        VaultError::Unreadable { .. } | VaultError::Unwritable { .. } | VaultError::Random(_) => {
            return None;
        }
    })
}
