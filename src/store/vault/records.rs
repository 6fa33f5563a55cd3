//! The values of a vault as lines of JSON, one a value.
//!
//! A line that is not understood, and every field that is not known, stays as it is when the file is written again.
//! What follows the last line end was not written to its end, and counts for nothing.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::model::placeholder::{RuleId, Tag};
use crate::model::time::Timestamp;
use crate::store::vault::place::Notice;

pub const VERSION: u32 = 1;

/// Bytes that are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is wrong with it is not told: that could be the value.
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text);
        bytes.map(Self).map_err(|_| serde::de::Error::custom("not base 64"))
    }
}

/// A value, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub tag: Tag,
    /// The rule that found it.
    pub rule: RuleId,
    /// The bytes as they stood in the file.
    pub value: Secret,
    pub first_seen: Timestamp,
    /// The common directory of the repository that it was first saved in.
    pub repository: String,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Versioned<E> {
    v: u32,
    #[serde(flatten)]
    entry: E,
}

impl Entry {
    /// The entry as it is stored, with its line end.
    pub fn line(&self) -> Vec<u8> {
        let line = serde_json::to_vec(&Versioned { v: VERSION, entry: self });
        let mut line = line.expect("an entry is plain text");
        line.push(b'\n');
        line
    }

    /// The entry on a line and the version it was written in.
    pub fn read(line: &[u8]) -> Option<(u32, Self)> {
        let read: Versioned<Self> = serde_json::from_slice(line).ok()?;
        Some((read.v, read.entry))
    }
}

/// What a file of values holds.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    by_tag: HashMap<Tag, usize>,
    newest: u32,
    torn: usize,
}

#[derive(Debug)]
struct Row {
    length: usize,
    entry: Option<Entry>,
}

impl Records {
    pub fn parse(mut bytes: Vec<u8>) -> Self {
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let mut records = Self { torn: bytes.len() - whole, ..Self::default() };
        bytes.truncate(whole);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let read = Entry::read(line);
            records.newest = records.newest.max(read.as_ref().map_or(0, |(version, _)| *version));
            records.add(line.len(), read.map(|(_, entry)| entry));
        }
        records.bytes = bytes;
        records
    }

    /// The file as it is to be: all whole lines, changes included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_tag.is_empty()
    }

    /// Whether something in it was written by a newer version.
    pub fn is_newer(&self) -> bool {
        self.newest > VERSION
    }

    pub fn find(&self, tag: &Tag) -> Option<&Entry> {
        self.by_tag.get(tag).and_then(|row| self.rows[*row].entry.as_ref())
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rows.iter().filter_map(|row| row.entry.as_ref())
    }

    /// The lines of the entries, as they are stored.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n');
        let rows = lines.zip(&self.rows);
        rows.filter(|(_, row)| row.entry.is_some()).map(|(line, _)| line)
    }

    pub fn push(&mut self, entry: Entry, line: Vec<u8>) {
        self.add(line.len(), Some(entry));
        self.bytes.extend_from_slice(&line);
    }

    /// Takes values out. Returns how many there were.
    pub fn forget(&mut self, tags: &[Tag]) -> usize {
        let mut kept = Self { newest: self.newest, ..Self::default() };
        let (mut at, mut gone) = (0, 0);
        for row in std::mem::take(&mut self.rows) {
            let line = &self.bytes[at..at + row.length];
            at += row.length;
            if row.entry.as_ref().is_some_and(|entry| tags.contains(&entry.tag)) {
                gone += 1;
            } else {
                kept.bytes.extend_from_slice(line);
                kept.add(row.length, row.entry);
            }
        }
        *self = kept;
        gone
    }

    pub fn notices(&self) -> Vec<Notice> {
        let unreadable = self.rows.iter().filter(|row| row.entry.is_none()).count();
        let mut notices = Vec::new();
        if self.torn > 0 {
            notices.push(Notice::Torn { bytes: self.torn });
        }
        if unreadable > 0 {
            notices.push(Notice::Unreadable { lines: unreadable });
        }
        notices
    }

    fn add(&mut self, length: usize, entry: Option<Entry>) {
        if let Some(entry) = &entry {
            self.by_tag.entry(entry.tag).or_insert(self.rows.len());
        }
        self.rows.push(Row { length, entry });
    }
}
