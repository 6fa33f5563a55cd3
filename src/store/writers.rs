//! Whose refs there are: this clone's own writer, and everybody that reading takes the union of.

use std::collections::HashSet;
use std::path::Path;

use crate::git::{RefError, Repository};
use crate::model::object::ObjectId;
use crate::model::writer::{
    LOGS_PREFIX, NotAWriterId, REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX, TIES_PREFIX, WriterId,
};
use crate::store::local::{self, LocalError};

/// The writer of this clone cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    #[error("`{path}` does not name a writer")]
    Unreadable { path: std::path::PathBuf, source: NotAWriterId },
    #[error("no random number can be had")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// A pair of refs that checkpoints are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The writer's name; `<remote>/<name>` when it was fetched.
    pub name: String,
    pub fetched: bool,
    pub log_ref: String,
    /// The commit that its ties stood at when this was read.
    pub ties: ObjectId,
}

impl Writer {
    /// The remote that it was fetched from, and the writer's name there.
    pub fn origin(&self) -> Option<(&str, &str)> {
        self.name.rsplit_once('/').filter(|_| self.fetched)
    }

    /// The remote that it was fetched from.
    pub fn remote(&self) -> Option<&str> {
        self.origin().map(|(remote, _)| remote)
    }

    /// The ref that its ties are read from.
    pub fn ties_ref(&self) -> String {
        let prefix = if self.fetched { REMOTE_TIES_PREFIX } else { TIES_PREFIX };
        format!("{prefix}{}", self.name)
    }
}

/// Everybody whose refs are here, own ones first.
pub fn all(repository: &Repository) -> Result<Vec<Writer>, RefError> {
    let mut writers = Vec::new();
    for (prefix, logs, fetched) in
        [(TIES_PREFIX, LOGS_PREFIX, false), (REMOTE_TIES_PREFIX, REMOTE_LOGS_PREFIX, true)]
    {
        for (reference, ties) in repository.references(prefix)? {
            let name = reference[prefix.len()..].to_owned();
            writers.push(Writer { log_ref: format!("{logs}{name}"), name, fetched, ties });
        }
    }
    Ok(writers)
}

/// Those that have something of their own to say. Of two refs that stand at the same commit one is enough, and after
/// every push a tracking ref stands where our own does.
pub fn distinct(writers: Vec<Writer>) -> Vec<Writer> {
    let mut seen = HashSet::new();
    writers.into_iter().filter(|writer| seen.insert(writer.ties)).collect()
}

/// The writer of this clone, if it has saved before.
pub fn own(directory: &Path) -> Result<Option<WriterId>, WriterError> {
    let path = directory.join("writer");
    match std::fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(id) => Ok(Some(id)),
            Err(source) => Err(WriterError::Unreadable { path, source }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(LocalError { path, source }.into()),
    }
}

/// The writer of this clone; made now if need be. Call it under the lock.
pub fn own_or_new(directory: &Path, author: &str) -> Result<WriterId, WriterError> {
    if let Some(id) = own(directory)? {
        return Ok(id);
    }
    let id = new_name(author)?;
    local::replace(&directory.join("writer"), format!("{id}\n").as_bytes())?;
    Ok(id)
}

/// A name that no clone has yet.
pub fn new_name(author: &str) -> Result<WriterId, WriterError> {
    Ok(WriterId::new(author, getrandom::u32()?))
}
