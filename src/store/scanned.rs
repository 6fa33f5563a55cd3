//! What was looked through for secrets and found to hold none, so that no push looks at it again.
//!
//! One small file: the rules that it was looked through with, and where the refs stood then. With other rules, or other
//! values that are known to be secret, nothing of it counts.

use std::path::Path;

use crate::model::object::ObjectId;
use crate::store::local::{self, LocalError};

/// The tips of refs all of which was looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// What tells the rules, and what else secrets are known by.
    pub rules: String,
    /// Full names, and where they stood.
    pub refs: Vec<(String, ObjectId)>,
}

impl Scanned {
    /// What was looked through with these rules.
    pub fn load(directory: &Path, rules: &str) -> Self {
        let empty = Self { rules: rules.to_owned(), refs: Vec::new() };
        let text = local::read_checked(&directory.join("scanned"));
        let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else { return empty };
        let mut lines = text.lines();
        if lines.next() != Some(rules) {
            return empty;
        }
        let entry = |line: &str| {
            let (id, name) = line.split_once(' ')?;
            Some((name.to_owned(), id.parse().ok()?))
        };
        Self { refs: lines.filter_map(entry).collect(), ..empty }
    }

    pub fn store(&self, directory: &Path) -> Result<(), LocalError> {
        let line = |(name, tip): &(String, ObjectId)| format!("{tip} {name}\n");
        let lines: String = self.refs.iter().map(line).collect();
        let text = format!("{}\n{lines}", self.rules);
        local::write_checked(&directory.join("scanned"), text.as_bytes())
    }

    /// Remembers where a ref stood, in place of where it stood before.
    pub fn add(&mut self, reference: &str, tip: ObjectId) {
        self.refs.retain(|(name, _)| name != reference);
        self.refs.push((reference.to_owned(), tip));
    }

    pub fn tips(&self) -> Vec<ObjectId> {
        self.refs.iter().map(|(_, tip)| *tip).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_through_counts_for_the_same_rules_only() {
        let directory = tempfile::tempdir().unwrap();
        let tip = |digit: &str| digit.repeat(40).parse().unwrap();
        let mut scanned = Scanned::load(directory.path(), "rules 1");
        assert_eq!(scanned.tips(), []);
        scanned.add("refs/notes/ckpt/ada", tip("1"));
        scanned.add("refs/notes/ckpt/ada", tip("2"));
        scanned.store(directory.path()).unwrap();
        assert_eq!(Scanned::load(directory.path(), "rules 1").tips(), [tip("2")]);
        assert_eq!(Scanned::load(directory.path(), "rules 2").tips(), []);
    }
}
