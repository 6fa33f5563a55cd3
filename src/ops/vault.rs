//! Looking after the vault: what is in it, taking values out, and moving it to another machine of the same person.
//!
//! Values themselves never leave this layer: what is shown is masked.

use std::path::Path;

use crate::model::placeholder::{RuleId, Tag};
use crate::model::time::Timestamp;
use crate::policy::masking::masked;
use crate::store::vault::{Entry, Vault};

pub use crate::store::vault::{Exported, Imported, Notice, VaultError};

/// A value as it may be shown.
#[derive(Clone, Debug)]
pub struct Row {
    pub tag: Tag,
    pub rule: RuleId,
    /// How many bytes it has.
    pub length: usize,
    pub masked: String,
    pub first_seen: Timestamp,
    /// The common directory of the repository that it was first saved in.
    pub repository: String,
}

impl Row {
    fn of(entry: &Entry) -> Self {
        let value = entry.value.bytes();
        Self {
            tag: entry.tag,
            rule: entry.rule.clone(),
            length: value.len(),
            masked: masked(value),
            first_seen: entry.first_seen,
            repository: entry.repository.clone(),
        }
    }
}

/// Everything that is kept, in the order in which it came.
pub fn list(vault: &Vault) -> Result<Vec<Row>, VaultError> {
    Ok(vault.list()?.into_iter().map(Row::of).collect())
}

/// Which values are meant.
#[derive(Clone, Debug)]
pub enum Selection {
    Tags(Vec<Tag>),
    Rule(RuleId),
    All,
}

/// Why nothing was forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    #[error("the vault has no value with the tag `{0}`")]
    NoTag(Tag),
    #[error("the vault has no value that the rule `{0}` found")]
    NoRule(RuleId),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The values that would be forgotten.
pub fn plan_forget(vault: &Vault, selection: &Selection) -> Result<Vec<Row>, ForgetError> {
    let mut rows = list(vault)?;
    match selection {
        Selection::Tags(tags) => {
            let unknown = tags.iter().find(|tag| rows.iter().all(|row| row.tag != **tag));
            if let Some(tag) = unknown {
                return Err(ForgetError::NoTag(*tag));
            }
            rows.retain(|row| tags.contains(&row.tag));
        }
        Selection::Rule(rule) => {
            rows.retain(|row| row.rule == *rule);
            if rows.is_empty() {
                return Err(ForgetError::NoRule(rule.clone()));
            }
        }
        Selection::All => {}
    }
    Ok(rows)
}

/// Forgets what was planned. Returns how many values were still there.
pub fn forget(vault: &mut Vault, plan: &[Row]) -> Result<usize, VaultError> {
    let tags: Vec<Tag> = plan.iter().map(|row| row.tag).collect();
    vault.forget(&tags)
}

/// Writes the vault to a new file.
pub fn export(vault: &Vault, file: &Path) -> Result<Exported, VaultError> {
    vault.export(file)
}

/// Takes in what such a file holds.
pub fn import(vault: &mut Vault, file: &Path) -> Result<Imported, VaultError> {
    vault.import(file)
}
