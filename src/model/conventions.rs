//! What a repository wants of its documents: the file `.ckpt.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How much a finding about a document matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Off,
    Note,
    Warning,
    Error,
}

/// What the file says; every key may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conventions {
    /// The template of documents.
    pub template: Option<String>,
    /// Tokens that a document may have, by template.
    pub budgets: BTreeMap<String, u64>,
    /// How much each rule of `git ckpt lint` matters.
    pub lint: BTreeMap<String, Level>,
}
