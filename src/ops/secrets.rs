//! Keeping secrets out of what is saved: what finds them, and where they go.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model::checkpoint::Draft;
use crate::model::finding::Finding;
use crate::model::hash;
use crate::model::placeholder::RuleId;
use crate::model::snapshot::FileName;
use crate::ops::Desk;
use crate::policy::redaction::{Known, Scanner, known_from_env, parse_dotenv};
use crate::store::vault::{Entry, Vault, VaultError};
use crate::store::{FindSecrets, Redactor};

/// The rule of values that the user named.
const LITERAL: &str = "literal";
/// The rule of a secret whose own has a name that is none.
const UNNAMED: &str = "secret";
/// How variables begin that tell who somebody is, as every commit does; git sets them for hooks.
const PEOPLE: [&str; 2] = ["GIT_AUTHOR_", "GIT_COMMITTER_"];
/// Most bytes of all files of variables together.
const LARGEST: u64 = 1 << 20;

/// What secrets are told by cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("`{path}`, which `{key}` names, cannot be read")]
    Listed { key: &'static str, path: PathBuf, source: std::io::Error },
}

/// What is known of secrets before a transcript is read.
#[derive(Clone, Debug, Default)]
pub struct SecretSettings {
    /// Where the vault is.
    pub vault: PathBuf,
    /// What `~/` stands for.
    pub home: PathBuf,
    /// Names and values of the environment.
    pub environment: Vec<(String, String)>,
}

/// Whether secrets are replaced in what is saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redaction {
    #[default]
    On,
    Off,
}

/// How many places were replaced, by rule.
pub type Places = BTreeMap<RuleId, u64>;

/// What a save is looked through with.
pub struct Guard {
    finder: Option<Finder>,
    vault: Vault,
}

/// The scanner, and what its user knows to be no secret.
pub struct Finder {
    scanner: Scanner,
    allowed: HashSet<Vec<u8>>,
    /// A hash of all that this depends on; `None` where it depends on nothing but the rules.
    depends: Option<hash::Sha256>,
}

impl FindSecrets for Finder {
    fn find(&self, text: &[u8]) -> Vec<Finding> {
        let found = self.scanner.scan(text).into_iter();
        let meant = found.filter(|one| !self.allowed.contains(&text[one.range.clone()]));
        let rule = |name: &str| name.parse().unwrap_or_else(|_| RuleId::from_static(UNNAMED));
        meant.map(|one| Finding { range: one.range, rule: rule(one.rule) }).collect()
    }

    fn open_at_end(&self, text: &[u8]) -> Option<usize> {
        self.scanner.open_at_end(text)
    }

    fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
        self.scanner.begun_at_end(text)
    }
}

impl Finder {
    pub fn new(desk: &Desk) -> Result<Self, SecretsError> {
        let literals = listed(desk, "ckpt.redact.literals")?;
        let mut known = if desk.store.repository().config_bool("ckpt.redact.env") == Some(false) {
            Known::default()
        } else {
            let pairs = surrounding(desk);
            known_from_env(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        };
        known.values.extend(literals.into_iter().map(|value| (LITERAL.to_owned(), value)));
        let allowed = listed(desk, "ckpt.redact.allow")?;
        let depends = depends(&known, &allowed);
        let allowed = allowed.into_iter().collect();
        Ok(Self { scanner: Scanner::new(&known), allowed, depends })
    }

    /// What tells whether another finder would find something else. What values it knows is not told by it: where
    /// there are any it takes the key of the vault, and without one there is no such mark.
    pub fn mark(&self, vault: &Vault) -> Option<String> {
        let rules = concat!(env!("CARGO_PKG_VERSION"), " ", env!("REDACTION_RULES"));
        match &self.depends {
            None => Some(rules.to_owned()),
            Some(values) => Some(format!("{rules} {}", vault.keyed(values).ok()?.0)),
        }
    }
}

/// A hash of all values that are known to be secrets, or not to be.
fn depends(known: &Known, allowed: &[Vec<u8>]) -> Option<hash::Sha256> {
    let mut values: Vec<(&str, &[u8])> =
        known.values.iter().map(|(rule, value)| (rule.as_str(), value.as_slice())).collect();
    values.extend(allowed.iter().map(|value| ("", value.as_slice())));
    values.sort_unstable();
    values.dedup();
    let mut hash = Sha256::new();
    for (rule, value) in &values {
        for part in [rule.as_bytes(), value] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    (!values.is_empty()).then(|| hash::Sha256(hash.finalize().into()))
}

/// The lines of the file that a key of the configuration names.
fn listed(desk: &Desk, key: &'static str) -> Result<Vec<Vec<u8>>, SecretsError> {
    let Some(path) = desk.store.repository().config(key) else { return Ok(Vec::new()) };
    let path = match path.strip_prefix("~/") {
        Some(rest) => desk.secrets.home.join(rest),
        None => desk.directory.join(path),
    };
    let text = std::fs::read(&path).map_err(|source| SecretsError::Listed { key, path, source })?;
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    Ok(lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
}

/// The variables of the environment, and of the files at the top of the worktree that hold more of them.
fn surrounding(desk: &Desk) -> Vec<(String, String)> {
    let mut pairs = desk.secrets.environment.clone();
    let entries = std::fs::read_dir(&desk.directory).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| is_dotenv(&entry.file_name()));
    let size =
        |path: &Path| std::fs::metadata(path).ok().filter(Metadata::is_file).map(|it| it.len());
    let mut files: Vec<(u64, PathBuf)> =
        entries.filter_map(|entry| Some((size(&entry.path())?, entry.path()))).collect();
    // The smallest first: nobody's huge file keeps another one from being read.
    files.sort_unstable();
    let mut left = LARGEST;
    for (size, path) in files {
        let Some(rest) = left.checked_sub(size) else { break };
        left = rest;
        if let Ok(text) = std::fs::read(path) {
            pairs.extend(parse_dotenv(&String::from_utf8_lossy(&text)));
        }
    }
    pairs.retain(|(name, _)| !PEOPLE.iter().any(|start| name.starts_with(start)));
    pairs
}

/// Whether a file of this name holds variables, and not examples of them.
fn is_dotenv(name: &OsStr) -> bool {
    const EXAMPLES: [&str; 5] = ["example", "sample", "template", "dist", "defaults"];
    let Some(name) = name.to_str() else { return false };
    let is_example = || name.rsplit('.').next().is_some_and(|end| EXAMPLES.contains(&end));
    name == ".env" || name == ".envrc" || name.starts_with(".env.") && !is_example()
}

impl Guard {
    pub fn new(desk: &Desk, redaction: Redaction) -> Result<Self, SecretsError> {
        let finder = match redaction {
            Redaction::On => Some(Finder::new(desk)?),
            Redaction::Off => None,
        };
        Ok(Self { finder, vault: vault(desk) })
    }

    pub fn redactor(&self) -> Redactor<'_> {
        match &self.finder {
            Some(finder) => Redactor::new(finder, &self.vault),
            None => Redactor::off(),
        }
    }
}

/// The vault of this user.
pub fn vault(desk: &Desk) -> Vault {
    Vault::open(&desk.secrets.vault)
}

/// Replaces the secrets in what a document says. Who it is by, and whose the commit is, stands in commits as well.
pub fn redact(redactor: &mut Redactor, draft: &mut Draft) -> Result<(), VaultError> {
    let header = &mut draft.header;
    let texts = [&mut header.title, &mut draft.body].into_iter();
    let more = [
        &mut header.phase,
        &mut header.objective,
        &mut header.task,
        &mut header.template,
        &mut header.device,
        &mut header.anchors.subject,
        &mut header.anchors.branch,
    ];
    for text in texts.chain(more.into_iter().flatten()) {
        *text = redactor.redact(text)?;
    }
    for (place, attachment) in header.attachments.iter_mut().enumerate() {
        attachment.name = redacted_name(redactor, &attachment.name, place)?;
    }
    header.plan.iter_mut().try_for_each(|plan| redact_value(redactor, plan))?;
    let mut unknown = Value::Object(std::mem::take(&mut header.unknown).into_iter().collect());
    redact_value(redactor, &mut unknown)?;
    if let Value::Object(unknown) = unknown {
        header.unknown = unknown.into_iter().collect();
    }
    Ok(())
}

/// A file's name with placeholders as one may have them, without colons.
fn redacted_name(
    redactor: &mut Redactor,
    name: &FileName,
    place: usize,
) -> Result<FileName, VaultError> {
    let clean = redactor.redact(name.as_str())?;
    if clean == name.as_str() {
        return Ok(name.clone());
    }
    Ok(clean.replace(':', "-").parse().unwrap_or_else(|_| FileName::redacted(place + 1)))
}

/// Replaces them in names and in what the names say of their values, so as one line of JSON.
fn redact_value(redactor: &mut Redactor, value: &mut Value) -> Result<(), VaultError> {
    let clean = redactor.redact(&value.to_string())?;
    match serde_json::from_str(&clean) {
        Ok(clean) => *value = clean,
        Err(_) => redact_texts(redactor, value)?,
    }
    Ok(())
}

fn redact_texts(redactor: &mut Redactor, value: &mut Value) -> Result<(), VaultError> {
    match value {
        Value::String(text) => *text = redactor.redact(text)?,
        Value::Array(values) => {
            values.iter_mut().try_for_each(|value| redact_texts(redactor, value))?;
        }
        Value::Object(values) => {
            values.values_mut().try_for_each(|value| redact_texts(redactor, value))?;
        }
        _ => {}
    }
    Ok(())
}

/// Puts what was replaced into the vault, where it is not there yet.
pub fn keep(desk: &Desk, redactor: &Redactor) -> Result<(), VaultError> {
    if redactor.secrets().is_empty() {
        return Ok(());
    }
    let mut vault = vault(desk);
    let mut new = Vec::new();
    for (placeholder, value) in redactor.secrets() {
        if vault.value(&placeholder.tag)? != Some(value.bytes()) {
            new.push(Entry {
                tag: placeholder.tag,
                rule: placeholder.rule.clone(),
                value: value.clone(),
                first_seen: desk.now,
                repository: desk.store.repository().common_dir().display().to_string(),
            });
        }
    }
    if !new.is_empty() {
        vault.keep(&new)?;
    }
    Ok(())
}
