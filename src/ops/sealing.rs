//! What is sealed, and to whom.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::ops::Desk;
use crate::store::{ListError, Recipient, read_list};

pub use crate::store::Scope;

/// The key of the configuration that says what.
const ENCRYPT: &str = "ckpt.encrypt";
/// The key that names the file of recipients.
const RECIPIENTS: &str = "ckpt.recipients";
/// Most bytes of that file: some thousand recipients.
const LARGEST: u64 = 1 << 20;

/// It cannot be told to whom something is to be sealed, so it is not stored at all.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    #[error("`ckpt.encrypt` is `{value}`, which means nothing here")]
    Unknown { value: String },
    #[error("sessions are to be sealed, and the recipients cannot be read from `{}`", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the recipients in `{}` are not understood", path.display())]
    List { path: PathBuf, source: ListError },
    #[error("sessions are to be sealed, and there is no recipient in `{}`", path.display())]
    Nobody { path: PathBuf },
}

/// What is sealed, and to whom; `None` where nothing is.
pub fn recipients(desk: &Desk) -> Result<Option<(Vec<Recipient>, Scope)>, SealingError> {
    let Some(scope) = scope(desk)? else { return Ok(None) };
    let path = file(desk);
    let (_, list) = listed(desk)?;
    if list.is_empty() { Err(SealingError::Nobody { path }) } else { Ok(Some((list, scope))) }
}

/// What is sealed.
pub fn scope(desk: &Desk) -> Result<Option<Scope>, SealingError> {
    let repository = desk.store.repository();
    match repository.config(ENCRYPT) {
        None => Ok(None),
        Some(value) if value == "sessions" => Ok(Some(Scope::Sessions)),
        Some(value) if value == "all" => Ok(Some(Scope::All)),
        Some(value) => match repository.config_bool(ENCRYPT) {
            Some(on) => Ok(on.then_some(Scope::Sessions)),
            None => Err(SealingError::Unknown { value }),
        },
    }
}

/// The file of recipients: one of this clone alone, unless the configuration names another.
pub fn file(desk: &Desk) -> PathBuf {
    let repository = desk.store.repository();
    match repository.config(RECIPIENTS) {
        Some(path) => match path.strip_prefix("~/") {
            Some(rest) => desk.secrets.home.join(rest),
            None => desk.directory.join(path),
        },
        None => repository.common_dir().join("ckpt").join("recipients"),
    }
}

/// The text of that file and the recipients in it; nothing where there is no file.
pub fn listed(desk: &Desk) -> Result<(String, Vec<Recipient>), SealingError> {
    let path = file(desk);
    let text = match text_of(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(source) => return Err(SealingError::Unreadable { path, source }),
    };
    let list = read_list(&text).map_err(|source| SealingError::List { path, source })?;
    Ok((text, list))
}

/// The text of a file that somebody else may have written, as it may be one of the repository.
fn text_of(path: &Path) -> io::Result<String> {
    let facts = std::fs::metadata(path)?;
    if !facts.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if facts.len() > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    std::fs::read_to_string(path)
}
