//! How a captured session is described: which log holds each of its files, and which ranges of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::hash::{Sha256, from_hex};
use crate::model::key_id::KeyId;
use crate::model::placeholder::KeyedHash;
use crate::model::session::SessionId;

/// The name of a log: 16 hexadecimal digits, the same for every capture of one file of one session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(String);

impl LogId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not 16 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a log id (16 hexadecimal digits)")]
pub struct NotALogId(pub String);

impl FromStr for LogId {
    type Err = NotALogId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 16 && from_hex(text).is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotALogId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for LogId {
    type Error = NotALogId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LogId> for String {
    fn from(id: LogId) -> Self {
        id.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A range of a log: where it starts and how many bytes it has. Written as `[start, length]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct Extent {
    pub start: u64,
    pub length: u64,
}

impl Extent {
    pub fn end(self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

impl From<(u64, u64)> for Extent {
    fn from((start, length): (u64, u64)) -> Self {
        Self { start, length }
    }
}

impl From<Extent> for (u64, u64) {
    fn from(extent: Extent) -> Self {
        (extent.start, extent.length)
    }
}

/// Adds `next` to the end of a list of extents, joining it to the last one where they touch.
pub fn push_extent(extents: &mut Vec<Extent>, next: Extent) {
    match extents.last_mut() {
        _ if next.length == 0 => {}
        Some(last) if last.end() == next.start => last.length += next.length,
        _ => extents.push(next),
    }
}

/// Cuts a list of extents down to this many bytes.
pub fn cut_extents(extents: &mut Vec<Extent>, length: u64) {
    let mut left = length;
    extents.retain_mut(|extent| {
        extent.length = extent.length.min(left);
        left -= extent.length;
        extent.length > 0
    });
}

/// The stored bytes of one file at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    pub log: LogId,
    pub bytes: u64,
    pub extents: Vec<Extent>,
    /// The hash of the stored bytes; keyed where there is a key.
    pub sha256: Sha256,
    /// The key that the hash was made with, so that nobody without it can try what the bytes may be. Lists of companion
    /// files are looked through for secrets, and what is called a key there looks like one.
    #[serde(rename = "sealed", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// What was replaced in the file before it was stored, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Redacted>,
}

/// Secrets of a file that placeholders stand for in the stored bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// How many places were replaced.
    pub places: u64,
    /// Hash of the file as it was, by which a restore proves that it is the same again.
    pub original: KeyedHash,
}

/// A session as a checkpoint stores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The agent's name; a name unknown to this version is kept as it is.
    pub agent: String,
    pub session: SessionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The agent's own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub turns: u64,
    /// Tokens in the context window at this moment.
    pub tokens: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    pub tokens_estimated: bool,
    /// Size of the context window in tokens, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
    /// What the transcript file was called, as a [`FileName`].
    pub file: FileName,
    #[serde(flatten)]
    pub transcript: StoredFile,
    /// The list of companion files, itself a stored file (one JSON object a line), when there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companions: Option<StoredFile>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// One line of a snapshot's list of companion files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    pub file: FileName,
    #[serde(flatten)]
    pub stored: StoredFile,
}

/// The name of a session's file below its agent's directory: relative, `/` between parts, no part that could leave
/// that directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// A name for the file of this number whose own name cannot be told.
    pub fn redacted(number: usize) -> Self {
        Self(format!("[REDACTED]-{number}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

/// The text cannot name a file of a session.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` cannot name a file of a session")]
pub struct NotAFileName(pub String);

impl FromStr for FileName {
    type Err = NotAFileName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let harmless = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.len() <= 255
                && !part.contains(['\\', ':', '\0'])
                && !part.chars().any(char::is_control)
        };
        if text.len() <= 1024 && text.split('/').all(harmless) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAFileName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for FileName {
    type Error = NotAFileName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_directory_are_refused() {
        for name in
            ["", "/etc/passwd", "../x", "a/../b", "a//b", ".", "a\0b", "c:x", "a\\b", "a/\u{1b}[2J"]
        {
            assert!(name.parse::<FileName>().is_err(), "{name:?}");
        }
        assert!("subagents/agent-1.jsonl".parse::<FileName>().is_ok());
    }

    #[test]
    fn extents_that_touch_are_joined() {
        let mut extents = Vec::new();
        for (start, length) in [(0, 5), (5, 5), (10, 0), (20, 1)] {
            push_extent(&mut extents, Extent { start, length });
        }
        assert_eq!(extents, [Extent { start: 0, length: 10 }, Extent { start: 20, length: 1 }]);
    }

    #[test]
    fn extents_are_cut_down_to_a_length() {
        let extents = |pairs: &[(u64, u64)]| pairs.iter().copied().map(Extent::from).collect();
        let all: Vec<Extent> = extents(&[(0, 10), (20, 5)]);
        for (length, left) in
            [(15, &[(0, 10), (20, 5)][..]), (12, &[(0, 10), (20, 2)]), (10, &[(0, 10)]), (0, &[])]
        {
            let mut cut = all.clone();
            cut_extents(&mut cut, length);
            assert_eq!(cut, extents(left));
        }
    }
}
