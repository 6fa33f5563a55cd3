//! What other repositories are known to have: refs below `refs/notes/ckpt-remote/` and `refs/notes/ckpt-log-remote/`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::git::{RefError, Repository, Swap, redacted};
use crate::model::hash::to_hex;
use crate::model::object::ObjectId;
use crate::model::writer::{
    LOGS_PREFIX, REMOTE_LOGS_PREFIX, REMOTE_TIES_PREFIX, TIES_PREFIX, WriterId,
};
use crate::store::local::{self, LocalError};

/// Longest readable part of the name that an address gets.
const READABLE: usize = 40;

/// Which of a writer's two refs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Logs come first wherever both are sent: no document is seen without them.
    Logs,
    Documents,
}

impl Part {
    /// Where every repository has the refs that it wrote itself.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Logs => LOGS_PREFIX,
            Self::Documents => TIES_PREFIX,
        }
    }

    /// Where this repository has those that it got from remotes.
    fn tracking_prefixes(self) -> &'static str {
        match self {
            Self::Logs => REMOTE_LOGS_PREFIX,
            Self::Documents => REMOTE_TIES_PREFIX,
        }
    }

    /// Where it has those of one remote.
    pub fn tracking_prefix(self, remote: &str) -> String {
        format!("{}{remote}/", self.tracking_prefixes())
    }

    pub fn own_ref(self, writer: &WriterId) -> String {
        format!("{}{writer}", self.prefix())
    }

    pub fn tracking_ref(self, remote: &str, writer: impl Display) -> String {
        format!("{}{writer}", self.tracking_prefix(remote))
    }

    /// What gets refs whose names fit `pattern`, which has one `*`.
    pub fn refspec(self, remote: &str, pattern: &str) -> String {
        format!("+{}{pattern}:{}{pattern}", self.prefix(), self.tracking_prefix(remote))
    }
}

/// Which part an own ref is, and the name of its writer.
fn parted(reference: &str) -> (Part, &str) {
    let ties = reference.strip_prefix(TIES_PREFIX).map(|name| (Part::Documents, name));
    ties.unwrap_or_else(|| (Part::Logs, reference.strip_prefix(LOGS_PREFIX).unwrap_or(reference)))
}

/// Where it is noted what a remote has under the name of an own ref.
pub fn tracking_of(remote: &str, reference: &str) -> String {
    let (part, writer) = parted(reference);
    part.tracking_ref(remote, writer)
}

/// Where the remotes have a ref of ours, by their names: as it was last seen.
pub fn seen_at(
    repository: &Repository,
    reference: &str,
) -> Result<Vec<(String, ObjectId)>, RefError> {
    let (part, writer) = parted(reference);
    let prefix = part.tracking_prefixes();
    let mut found = Vec::new();
    for (tracking, tip) in repository.references(prefix)? {
        if let Some((remote, name)) = tracking[prefix.len()..].rsplit_once('/')
            && name == writer
        {
            found.push((remote.to_owned(), tip));
        }
    }
    Ok(found)
}

/// All that is known of a remote, by the name that each ref has below its prefix.
pub fn known(
    repository: &Repository,
    part: Part,
    remote: &str,
) -> Result<BTreeMap<String, ObjectId>, RefError> {
    let prefix = part.tracking_prefix(remote);
    let refs = repository.references(&prefix)?.into_iter();
    Ok(refs.map(|(name, tip)| (name[prefix.len()..].to_owned(), tip)).collect())
}

/// Notes where a ref of a remote stands now.
pub fn note(repository: &Repository, reference: &str, tip: ObjectId) -> Result<(), RefError> {
    let before = repository.reference(reference)?;
    if before != Some(tip) {
        // Lost means that a fetch at the same time has noted what is newer still.
        let _: Swap = repository.swap_reference(reference, before, tip, "git-ckpt: pushed")?;
    }
    Ok(())
}

/// The name that an address without one gets, always the same: its readable part, and a hash of all of it.
pub fn name_of_address(address: &str) -> String {
    let address = redacted(address);
    let address = address.trim_end_matches('/');
    let place = address.split_once("://").map_or(address, |(_, place)| place);
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }
    };
    let letters: Vec<char> = place.trim_end_matches(".git").chars().map(plain).collect();
    let end: String = letters[letters.len().saturating_sub(READABLE)..].iter().collect();
    let words: Vec<&str> = end.split('-').filter(|word| !word.is_empty()).collect();
    let hash = to_hex(&Sha256::digest(address.as_bytes()));
    [words.join("-").as_str(), &hash[..8]].join("-").trim_start_matches('-').to_owned()
}

/// Remembers which address got a name, so that the name can be used in its place.
pub fn remember_address(directory: &Path, name: &str, address: &str) -> Result<(), LocalError> {
    let path = directory.join("remotes").join(name);
    if std::fs::read_to_string(&path).is_ok_and(|known| known == address) {
        return Ok(());
    }
    local::replace(&path, address.as_bytes())
}

/// The address that got this name.
pub fn address_of(directory: &Path, name: &str) -> Option<String> {
    let is_name =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    std::fs::read_to_string(directory.join("remotes").join(name)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_ref_is_noted_under_the_remote_that_has_it() {
        for (own, noted) in [
            ("refs/notes/ckpt/ada-1", "refs/notes/ckpt-remote/team/lab/ada-1"),
            ("refs/notes/ckpt-log/ada-1", "refs/notes/ckpt-log-remote/team/lab/ada-1"),
        ] {
            assert_eq!(tracking_of("team/lab", own), noted);
        }
    }

    #[test]
    fn an_address_has_one_name_that_can_stand_in_a_ref() {
        let name = name_of_address("https://ada:secret@example.com/Team/garden.git");
        assert!(name.starts_with("example-com-team-garden-"), "{name}");
        assert_eq!(name, name_of_address("https://example.com/Team/garden.git/"));
        for address in ["git@example.com:x.git", "/srv/a b/ü.git", "..", "https://", "\u{1}"] {
            let reference = format!("refs/notes/ckpt-remote/{}/ada", name_of_address(address));
            assert!(!reference.contains("//") && !reference.contains(".."), "{reference}");
            assert!(
                reference
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || "/-".contains(letter))
            );
        }
        assert_ne!(name_of_address("/srv/a.git"), name_of_address("/srv/b.git"));
    }
}
