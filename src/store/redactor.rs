//! Putting placeholders in the place of secrets.
//!
//! What was replaced has to be in the vault before anything becomes visible that a placeholder stands in. A save that
//! finds nothing never opens the vault.

use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::model::finding::Finding;
use crate::model::hash;
use crate::model::placeholder::{KeyedHash, Placeholder, RuleId, find_placeholders};
use crate::model::snapshot::Redacted;
use crate::store::sieve::FindSecrets;
use crate::store::vault::{Secret, Vault, VaultError};

/// The rule by which text is replaced that a restore would take for a placeholder.
const LOOKALIKE: &str = "placeholder";

/// Replaces secrets in what is saved.
pub struct Redactor<'a> {
    tools: Option<Tools<'a>>,
    secrets: BTreeMap<Placeholder, Secret>,
    places: BTreeMap<RuleId, u64>,
}

/// What finds secrets, and what names them.
#[derive(Clone, Copy)]
pub(super) struct Tools<'a> {
    finder: &'a dyn FindSecrets,
    vault: &'a Vault,
}

impl<'a> Redactor<'a> {
    pub fn new(finder: &'a dyn FindSecrets, vault: &'a Vault) -> Self {
        Self { tools: Some(Tools { finder, vault }), ..Self::off() }
    }

    /// One that replaces nothing.
    pub fn off() -> Self {
        Self { tools: None, secrets: BTreeMap::new(), places: BTreeMap::new() }
    }

    pub fn is_off(&self) -> bool {
        self.tools.is_none()
    }

    /// How many places were replaced, by rule.
    pub fn places(&self) -> &BTreeMap<RuleId, u64> {
        &self.places
    }

    /// What has to go into the vault.
    pub fn secrets(&self) -> &BTreeMap<Placeholder, Secret> {
        &self.secrets
    }

    /// Replaces the secrets of a text that stays as it is stored: placeholders in it are never filled.
    pub fn redact(&mut self, text: &str) -> Result<String, VaultError> {
        let Some(tools) = self.tools else { return Ok(text.to_owned()) };
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        for Finding { range, rule } in tools.finder.find(text.as_bytes()) {
            let Range { start, end } = range;
            clean.push_str(&text[from..start]);
            clean.push_str(&self.placeholder(&rule, &text.as_bytes()[start..end])?);
            from = end;
        }
        clean.push_str(&text[from..]);
        Ok(clean)
    }

    /// Whether a secret stands in a text.
    pub(super) fn finds_in(&self, text: &str) -> bool {
        self.tools.is_some_and(|tools| !tools.finder.find(text.as_bytes()).is_empty())
    }

    pub(super) fn tools(&self) -> Option<Tools<'a>> {
        self.tools
    }

    /// What stands for a secret from now on.
    pub(super) fn placeholder(
        &mut self,
        rule: &RuleId,
        value: &[u8],
    ) -> Result<String, VaultError> {
        let Some(tools) = self.tools else {
            return Ok(String::from_utf8_lossy(value).into_owned());
        };
        let placeholder = Placeholder { rule: rule.clone(), tag: tools.vault.tag(value)? };
        let text = placeholder.to_string();
        *self.places.entry(rule.clone()).or_default() += 1;
        self.secrets.entry(placeholder).or_insert_with(|| Secret::new(value));
        Ok(text)
    }

    /// The keyed hash of a file that was stored as it was.
    pub(super) fn keyed(&self, original: &hash::Sha256) -> Result<Option<KeyedHash>, VaultError> {
        self.tools.map(|tools| tools.vault.keyed(original)).transpose()
    }

    /// What is remembered of a file in which places were replaced.
    pub(super) fn redacted(
        &self,
        places: u64,
        original: &Sha256,
    ) -> Result<Option<Redacted>, VaultError> {
        let Some(tools) = self.tools else { return Ok(None) };
        let original = hash::Sha256(original.clone().finalize().into());
        Ok(Some(Redacted { places, original: tools.vault.keyed(&original)? }))
    }
}

impl FindSecrets for Tools<'_> {
    fn find(&self, text: &[u8]) -> Vec<Finding> {
        let mut findings = self.finder.find(text);
        let known = findings.len();
        for (range, placeholder) in find_placeholders(text) {
            let apart =
                |one: &Finding| one.range.end <= range.start || range.end <= one.range.start;
            // A vault that cannot be read says so when something is kept in it.
            let is_ours = || matches!(self.vault.value(&placeholder.tag), Ok(Some(_)));
            if findings[..known].iter().all(apart) && is_ours() {
                findings.push(Finding { range, rule: RuleId::from_static(LOOKALIKE) });
            }
        }
        if findings.len() > known {
            findings.sort_by_key(|one| one.range.start);
        }
        findings
    }

    fn open_at_end(&self, text: &[u8]) -> Option<usize> {
        self.finder.open_at_end(text)
    }

    fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
        self.finder.begun_at_end(text)
    }
}
