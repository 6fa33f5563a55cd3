//! Commits, taken apart and put together.
//!
//! What is written passes `git fsck --strict` whatever a name or a message contains. What is read may be as odd as
//! history is: text that is not UTF-8 comes with replacement characters, a stamp that cannot be read as zero.

use std::fmt;

use crate::git::object::{ObjectError, ObjectKind};
use crate::git::repository::Repository;
use crate::model::object::ObjectId;
use crate::model::time::Timestamp;

/// Most bytes of a commit, or of a tag.
pub(in crate::git) const LARGEST_COMMIT: u64 = 16 << 20;

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub name: String,
    pub email: String,
    /// Seconds since 1970.
    pub seconds: i64,
    /// Minutes that the local time was ahead of UTC.
    pub offset: i32,
}

impl Stamp {
    pub fn timestamp(&self) -> Timestamp {
        Timestamp::from_seconds(self.seconds)
    }
}

/// As git writes it: `name <email> seconds +hhmm`.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        let (hours, minutes) = (minutes / 60, minutes % 60);
        write!(f, "{} <{}> {} {sign}{hours:02}{minutes:02}", self.name, self.email, self.seconds)
    }
}

/// What a commit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFacts {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    pub author: Stamp,
    pub committer: Stamp,
    /// The first paragraph of the message, on one line.
    pub subject: String,
    pub message: String,
    /// What Jujutsu calls the commit and all that it was before, where it wrote that down.
    pub change_id: Option<String>,
}

/// A commit to be written.
#[derive(Clone, Debug)]
pub struct NewCommit {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    pub author: Stamp,
    pub committer: Stamp,
    pub message: String,
}

impl Repository {
    pub fn commit(&self, id: ObjectId) -> Result<CommitFacts, ObjectError> {
        let bytes = self.read_object(id, ObjectKind::Commit, LARGEST_COMMIT)?;
        let damaged = || ObjectError::Damaged { id, detail: "its header names no tree".to_owned() };
        facts(id, &bytes).ok_or_else(damaged)
    }

    /// A commit that is in this repository now; a promised one is not fetched.
    pub fn commit_here(&self, id: ObjectId) -> Option<CommitFacts> {
        if self.has_object(id) { self.commit(id).ok() } else { None }
    }

    /// Writes a commit and moves no ref.
    pub fn write_commit(&self, new: &NewCommit) -> Result<ObjectId, ObjectError> {
        self.write_object(ObjectKind::Commit, &encoded(new))
    }
}

/// Takes a commit apart.
pub(in crate::git) fn facts(id: ObjectId, bytes: &[u8]) -> Option<CommitFacts> {
    let text = String::from_utf8_lossy(bytes);
    let (header, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let field = |name: &'static str| {
        let value = move |line: &str| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        header.lines().filter_map(value)
    };
    Some(CommitFacts {
        id,
        tree: field("tree").next()?.parse().ok()?,
        parents: field("parent").filter_map(|parent| parent.parse().ok()).collect(),
        author: stamp(&field("author").next().unwrap_or_default()),
        committer: stamp(&field("committer").next().unwrap_or_default()),
        subject: subject(message),
        message: message.to_owned(),
        change_id: field("change-id").next().filter(|name| is_change_id(name)),
    })
}

/// Whether a text is 16 bytes or more in the letters that Jujutsu writes.
fn is_change_id(name: &str) -> bool {
    name.len() >= 32 && name.bytes().all(|letter| (b'k'..=b'z').contains(&letter))
}

/// What Jujutsu calls a commit that it did not make itself: the id without its first four bytes, the last bit first,
/// written in sixteen letters from `z` for 0 down to `k`.
pub fn given_change_id(id: ObjectId) -> String {
    let letters = b"zyxwvutsrqponmlk";
    let bytes = id.as_bytes()[4..].iter().rev().map(|byte| byte.reverse_bits());
    let digits = bytes.flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(letters[usize::from(digit)])).collect()
}

fn subject(message: &str) -> String {
    let lines = message.trim_start().lines().map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Reads `name <email> seconds +hhmm`.
pub(in crate::git) fn stamp(text: &str) -> Stamp {
    let (person, time) = text.rsplit_once('>').unwrap_or((text, ""));
    let (name, email) = person.split_once('<').unwrap_or((person, ""));
    let mut words = time.split_whitespace();
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    let zone: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    Stamp {
        name: name.trim().to_owned(),
        email: email.to_owned(),
        seconds,
        offset: zone / 100 * 60 + zone % 100,
    }
}

fn encoded(new: &NewCommit) -> Vec<u8> {
    let mut text = format!("tree {}\n", new.tree);
    for parent in &new.parents {
        text.push_str(&format!("parent {parent}\n"));
    }
    text.push_str(&format!("author {}\n", encoded_stamp(&new.author)));
    text.push_str(&format!("committer {}\n\n", encoded_stamp(&new.committer)));
    text.push_str(&new.message.replace('\0', ""));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.into_bytes()
}

fn encoded_stamp(stamp: &Stamp) -> String {
    let (name, email) = (cleaned(&stamp.name), cleaned(&stamp.email));
    Stamp { name, email, seconds: stamp.seconds.max(0), ..*stamp }.to_string()
}

/// Leaves out what would end the field early.
fn cleaned(text: &str) -> String {
    let kept: String = text.chars().filter(|&c| !c.is_control() && c != '<' && c != '>').collect();
    kept.trim().to_owned()
}
