//! Who can read what is sealed: listing them, taking one in, and leaving one out from now on.

use std::path::PathBuf;

use crate::git::IdentityError;
use crate::ops::Desk;
use crate::ops::sealing::{self, Scope, SealingError};
use crate::store::{
    CommitError, Recipient, RecipientError, Shared, with_recipient, without_recipient,
};

/// Why the recipients are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RecipientsError {
    #[error("that is no recipient")]
    Recipient(#[from] RecipientError),
    #[error(transparent)]
    Sealing(#[from] SealingError),
    #[error("`{recipient}` is not among the recipients in `{}`", path.display())]
    Absent { recipient: Recipient, path: PathBuf },
    #[error("cannot write `{}`", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Store(#[from] CommitError),
}

/// The recipients as they are.
#[derive(Debug)]
pub struct Recipients {
    pub path: PathBuf,
    pub list: Vec<Recipient>,
    /// What is sealed to them.
    pub scope: Option<Scope>,
}

/// What adding one did.
#[derive(Debug)]
pub struct Added {
    pub recipients: Recipients,
    pub recipient: Recipient,
    /// It was not in the file before.
    pub is_new: bool,
    pub shared: Shared,
}

/// What leaving one out did.
#[derive(Debug)]
pub struct Removed {
    pub recipients: Recipients,
    pub recipient: Recipient,
}

/// Lists the recipients.
pub fn list(desk: &Desk) -> Result<Recipients, RecipientsError> {
    let (_, list) = sealing::listed(desk)?;
    Ok(Recipients { path: sealing::file(desk), list, scope: sealing::scope(desk)? })
}

/// Adds a recipient, who can read what this clone saved so far as well.
pub fn add(desk: &Desk, key: &str) -> Result<Added, RecipientsError> {
    let recipient: Recipient = key.parse()?;
    let (text, list) = sealing::listed(desk)?;
    let is_new = !list.contains(&recipient);
    if is_new {
        write(desk, &with_recipient(&text, key))?;
    }
    let recipients = self::list(desk)?;
    let shared = desk.store.share(&recipients.list, &desk.stamp()?)?;
    Ok(Added { recipients, recipient, is_new, shared })
}

/// Leaves a recipient out of what is saved from now on.
pub fn remove(desk: &Desk, key: &str) -> Result<Removed, RecipientsError> {
    let recipient: Recipient = key.parse()?;
    let (text, list) = sealing::listed(desk)?;
    if !list.contains(&recipient) {
        return Err(RecipientsError::Absent { recipient, path: sealing::file(desk) });
    }
    write(desk, &without_recipient(&text, &recipient))?;
    Ok(Removed { recipients: self::list(desk)?, recipient })
}

fn write(desk: &Desk, text: &str) -> Result<(), RecipientsError> {
    let path = sealing::file(desk);
    let written = match path.parent() {
        Some(directory) => std::fs::create_dir_all(directory),
        None => Ok(()),
    };
    written
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|source| RecipientsError::Unwritable { path, source })
}
