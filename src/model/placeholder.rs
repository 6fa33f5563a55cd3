//! What stands in stored text where a secret was: `[REDACTED:<rule>:<tag>]`.
//!
//! A placeholder has no quotes, no backslashes and no line ends, so it can take the place of a part of a JSON string at
//! any depth. Its tag is made with a key that never leaves the vault: nothing can be guessed from it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use crate::model::hash::Sha256;

const OPENING: &str = "[REDACTED:";
const LONGEST_RULE: usize = 64;
const TAG_LENGTH: usize = 12;
/// Bytes of the longest placeholder.
pub const LONGEST_PLACEHOLDER: usize = OPENING.len() + LONGEST_RULE + 1 + TAG_LENGTH + 1;

/// Base 32 in lower case, the alphabet of RFC 4648.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The name of a value in the vault: 60 bits of a keyed hash of it, as 12 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag([u8; TAG_LENGTH]);

impl Tag {
    /// Makes a tag out of the first 60 bits of a keyed hash.
    pub fn from_hash(hash: &[u8; 32]) -> Self {
        let bits = hash[..8].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(std::array::from_fn(|place| DIGITS[(bits >> (59 - place * 5)) as usize & 31]))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The text cannot be a tag.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a tag (12 of the letters `a` to `z` and the digits `2` to `7`)")]
pub struct NotATag(pub String);

impl FromStr for Tag {
    type Err = NotATag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tag = <[u8; TAG_LENGTH]>::try_from(text.as_bytes()).ok();
        tag.filter(|tag| tag.iter().all(|digit| DIGITS.contains(digit)))
            .map(Self)
            .ok_or_else(|| NotATag(text.to_owned()))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Tag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The id of the rule by which a secret was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(String);

impl RuleId {
    /// A rule of this program's own, which is known to be one.
    pub fn from_static(text: &'static str) -> Self {
        debug_assert!(text.parse::<Self>().is_ok());
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text cannot be the id of a rule.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` cannot be the id of a rule (lower-case letters, digits and `-`, at most 64)")]
pub struct NotARule(pub String);

impl FromStr for RuleId {
    type Err = NotARule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=LONGEST_RULE).contains(&text.len()) && text.bytes().all(is_of_rule);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotARule(text.to_owned())) }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is written in place of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Placeholder {
    pub rule: RuleId,
    pub tag: Tag,
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPENING}{}:{}]", self.rule, self.tag)
    }
}

/// The placeholders in some bytes and where they stand, first to last.
pub fn find_placeholders(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Placeholder)> {
    memmem::find_iter(bytes, OPENING).filter_map(|start| {
        let (length, placeholder) = placeholder_at(&bytes[start..])?;
        Some((start..start + length, placeholder))
    })
}

/// The placeholder that `bytes` start with, and its length.
fn placeholder_at(bytes: &[u8]) -> Option<(usize, Placeholder)> {
    let rest = bytes.get(OPENING.len()..)?;
    let rule = rest.iter().take(LONGEST_RULE + 1).position(|byte| !is_of_rule(*byte))?;
    let tag = rest.get(rule..)?.strip_prefix(b":")?.get(..TAG_LENGTH)?;
    let end = rule + 1 + TAG_LENGTH;
    rest.get(end..)?.strip_prefix(b"]")?;
    let rule = std::str::from_utf8(&rest[..rule]).ok()?.parse().ok()?;
    let tag = std::str::from_utf8(tag).ok()?.parse().ok()?;
    Some((OPENING.len() + end + 1, Placeholder { rule, tag }))
}

fn is_of_rule(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// A keyed hash of the original bytes of a file in which something was replaced.
///
/// Without the key it tells nothing, not even to somebody who can guess the file but for one password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyedHash(pub Sha256);

impl fmt::Display for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let found = find_placeholders(text.as_bytes());
        found
            .map(|(range, placeholder)| {
                assert_eq!(text[range], placeholder.to_string());
                placeholder.to_string()
            })
            .collect()
    }

    #[test]
    fn a_tag_is_the_first_sixty_bits_in_base_32() {
        // `printf foobar12 | base32` begins so: RFC 4648 with lower-case letters.
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(b"foobar12");
        assert_eq!(Tag::from_hash(&hash).as_str(), "mzxw6ytboiyt");
        assert_eq!(Tag::from_hash(&[0xff; 32]).as_str(), "777777777777");
    }

    #[test]
    fn only_twelve_digits_of_the_alphabet_are_a_tag() {
        for wrong in
            ["", "mzxw6ytboiy", "mzxw6ytboiyta", "mzxw6ytboiy1", "MZXW6YTBOIYT", "ä23456789ab"]
        {
            assert!(wrong.parse::<Tag>().is_err(), "{wrong}");
        }
        assert_eq!("mzxw6ytboiyt".parse::<Tag>().unwrap().to_string(), "mzxw6ytboiyt");
    }

    #[test]
    fn only_short_plain_words_are_rules() {
        let longest = "a".repeat(64);
        for right in ["github-pat", "1password", &longest] {
            assert_eq!(right.parse::<RuleId>().unwrap().as_str(), right);
        }
        for wrong in ["", "GitHub", "a b", "a:b", "a]", &format!("{longest}a")] {
            assert!(wrong.parse::<RuleId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn placeholders_are_found_where_they_stand() {
        let text = r#"{"k":"[REDACTED:github-pat:mzxw6ytboiyt]\n[REDACTED:jwt:777777777777]"}"#;
        assert_eq!(
            found(text),
            ["[REDACTED:github-pat:mzxw6ytboiyt]", "[REDACTED:jwt:777777777777]"]
        );
        let longest = "a".repeat(64);
        assert_eq!(found(&format!("[REDACTED:{longest}:mzxw6ytboiyt]")).len(), 1);
    }

    #[test]
    fn what_only_looks_like_a_placeholder_is_none() {
        let too_long = format!("[REDACTED:{}:mzxw6ytboiyt]", "a".repeat(65));
        let table = [
            "[REDACTED]",
            "[REDACTED:",
            "[REDACTED::mzxw6ytboiyt]",
            "[REDACTED:jwt:mzxw6ytboiyt",
            "[REDACTED:jwt:mzxw6ytboiyt1]",
            "[REDACTED:jwt:mzxw6ytboiy1]",
            "[REDACTED:JWT:mzxw6ytboiyt]",
            "[redacted:jwt:mzxw6ytboiyt]",
            &too_long,
        ];
        for text in table {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn one_that_was_cut_off_does_not_hide_the_next() {
        let text = "[REDACTED:[REDACTED:jwt:mz[REDACTED:jwt:mzxw6ytboiyt]";
        assert_eq!(found(text), ["[REDACTED:jwt:mzxw6ytboiyt]"]);
    }

    proptest! {
        #[test]
        fn every_placeholder_is_found_between_any_bytes(
            hash: [u8; 32],
            rule in "[a-z0-9-]{1,64}",
            before: Vec<u8>,
            after: Vec<u8>,
        ) {
            let placeholder = Placeholder { rule: rule.parse().unwrap(), tag: Tag::from_hash(&hash) };
            let text = [&before[..], placeholder.to_string().as_bytes(), &after].concat();
            let found: Vec<_> = find_placeholders(&text).collect();
            let end = text.len() - after.len();
            prop_assert!(found.contains(&(before.len()..end, placeholder)));
        }
    }
}
