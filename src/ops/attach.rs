//! Files that the next checkpoint of this worktree takes along, as they are when they are attached.

use std::path::Path;

use crate::model::snapshot::{FileName, NotAFileName};
use crate::ops::Desk;
use crate::store::{PrivateError, StagingError};

pub use crate::store::Staged;

/// Most bytes of an attachment, where nobody said otherwise.
const USUAL_LIMIT: u64 = 10 << 20;
/// The setting that says otherwise.
pub const LIMIT: &str = "ckpt.attachLimit";

/// A file that is not attached, or not found.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    #[error("`{path}` has no name that an attachment could have")]
    Unnamed { path: String },
    #[error("an attachment cannot be called `{name}`")]
    Name { name: String },
    #[error("`{LIMIT}` is `{value}`, which is no number of bytes")]
    Limit { value: String },
    #[error("no file is attached as `{name}`")]
    NotAttached { name: FileName, attached: Vec<FileName> },
    #[error(transparent)]
    Staging(#[from] StagingError),
    #[error(transparent)]
    Private(#[from] PrivateError),
}

/// Keeps a file for the next checkpoint, under a name of its own or that of the file.
pub fn attach(desk: &Desk, path: &Path, name: Option<&str>) -> Result<Staged, AttachError> {
    let own = || path.file_name().and_then(|name| name.to_str());
    let unnamed = || AttachError::Unnamed { path: path.display().to_string() };
    let name = checked(name.or_else(own).ok_or_else(unnamed)?)?;
    let limit = limit(desk)?;
    Ok(desk.store.staging().add(name, path, limit, desk.now)?)
}

/// What waits for the next checkpoint.
pub fn list(desk: &Desk) -> Result<Vec<Staged>, PrivateError> {
    desk.store.staging().list()
}

/// Takes a file back that no checkpoint has yet.
pub fn drop_file(desk: &Desk, name: &str) -> Result<Staged, AttachError> {
    let name = checked(name)?;
    let taken = desk.store.staging().take_off(&name)?;
    taken.map_or_else(
        || {
            let attached = list(desk)?.into_iter().map(|staged| staged.name).collect();
            Err(AttachError::NotAttached { name, attached })
        },
        Ok,
    )
}

fn checked(name: &str) -> Result<FileName, AttachError> {
    name.parse().map_err(|NotAFileName(name)| AttachError::Name { name })
}

fn limit(desk: &Desk) -> Result<u64, AttachError> {
    let repository = desk.store.repository();
    let Some(value) = repository.config(LIMIT) else { return Ok(USUAL_LIMIT) };
    let number = repository.config_int(LIMIT).and_then(|number| u64::try_from(number).ok());
    number.ok_or(AttachError::Limit { value })
}
