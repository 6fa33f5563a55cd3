//! The name of a key that sessions are sealed with.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::hash::{from_hex, to_hex};

/// The name of a log key: 16 hexadecimal digits that follow from the key and tell nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    pub const DIGITS: usize = 16;
}

/// The text is not 16 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not the name of a log key (16 hexadecimal digits)")]
pub struct NotAKeyId(pub String);

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let raw = from_hex(text).and_then(|raw| raw.try_into().ok());
        raw.map(Self).ok_or_else(|| NotAKeyId(text.to_owned()))
    }
}

impl TryFrom<String> for KeyId {
    type Error = NotAKeyId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}
