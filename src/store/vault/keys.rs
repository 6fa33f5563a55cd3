//! The keys of a vault: the one that new tags are made with, and those of vaults that were imported.
//!
//! The file has one key a line, `1 ` and 64 hexadecimal digits; the first is this vault's own.

use hmac::{Hmac, KeyInit, Mac};

use crate::model::hash::{Sha256, from_hex, to_hex};
use crate::model::placeholder::{KeyedHash, Tag};
use crate::store::vault::VaultError;
use crate::store::vault::place::Place;

const VERSION: &str = "1 ";

/// Keeps keyed hashes of whole files apart from tags, which anybody can see: neither says anything of the other.
const OF_ORIGINALS: &[u8] = b"git-ckpt: hashes of originals";

/// 32 random bytes that never leave the vault.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text)?.try_into().ok().map(Self)
    }

    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    pub fn tag(&self, value: &[u8]) -> Tag {
        Tag::from_hash(&hmac(&self.0, value))
    }

    /// The hash under a key of its own, drawn from this one as HKDF does (RFC 5869, the first step).
    pub fn keyed(&self, original: &Sha256) -> KeyedHash {
        let key = hmac(OF_ORIGINALS, &self.0);
        KeyedHash(Sha256(hmac(&key, &original.0)))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// HMAC-SHA256, as RFC 2104 has it.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(key);
    let mut mac = mac.expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The keys of one vault.
#[derive(Debug)]
pub struct Keys {
    own: Key,
    others: Vec<Key>,
    /// Lines of a newer version, which stay as they are.
    unknown: Vec<String>,
}

impl Keys {
    /// The keys of a vault, with a new one where it has none. However many processes begin at once, all get the same.
    pub fn load_or_make(place: &Place) -> Result<Self, VaultError> {
        if let Some(keys) = Self::load(place)? {
            return Ok(keys);
        }
        let _held = place.lock()?;
        if let Some(keys) = Self::load(place)? {
            return Ok(keys);
        }
        let keys = Self::starting_with(Key::random()?);
        keys.store(place)?;
        Ok(keys)
    }

    pub fn load(place: &Place) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = place.read(&place.keys())? else { return Ok(None) };
        let keys = Self::parse(&String::from_utf8_lossy(&bytes));
        keys.map(Some).ok_or_else(|| VaultError::NoKey { path: place.keys() })
    }

    pub fn starting_with(own: Key) -> Self {
        Self { own, others: Vec::new(), unknown: Vec::new() }
    }

    pub fn own(&self) -> &Key {
        &self.own
    }

    pub fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.own).chain(&self.others)
    }

    /// Adds a key that is only to recognise what was hashed with it. Returns whether it is new.
    pub fn add(&mut self, key: Key) -> bool {
        let is_new = !self.all().any(|known| *known == key);
        if is_new {
            self.others.push(key);
        }
        is_new
    }

    /// Call it under the lock.
    pub fn store(&self, place: &Place) -> Result<(), VaultError> {
        let keys = self.all().map(|key| format!("{VERSION}{}\n", key.to_hex()));
        let unknown = self.unknown.iter().map(|line| format!("{line}\n"));
        place.replace(&place.keys(), keys.chain(unknown).collect::<String>().as_bytes())
    }

    fn parse(text: &str) -> Option<Self> {
        let key = |line: &str| Key::from_hex(line.strip_prefix(VERSION)?);
        let mut lines = text.lines();
        let mut keys = Self::starting_with(key(lines.next()?)?);
        for line in lines {
            match key(line) {
                Some(key) => keys.others.push(key),
                None => keys.unknown.push(line.to_owned()),
            }
        }
        Some(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, cases 1, 2, 3 and 6.
    #[test]
    fn the_keyed_hash_is_that_of_the_standard() {
        let table: [(&[u8], &[u8], &str); 4] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in table {
            assert_eq!(to_hex(&hmac(key, message)), expected);
        }
    }

    #[test]
    fn a_tag_is_made_of_the_value_under_the_key_itself() {
        // printf ghp_value | openssl dgst -sha256 -mac HMAC -macopt hexkey:07…07, its first 60 bits in base 32
        assert_eq!(Key([7; 32]).tag(b"ghp_value").as_str(), TAG);
    }

    const TAG: &str = "2mxi2swtmdhb";

    #[test]
    fn a_hash_of_an_original_shows_nothing_of_a_tag() {
        let (key, original) = (Key([7; 32]), Sha256([9; 32]));
        let keyed = key.keyed(&original);
        assert_ne!(Tag::from_hash(&keyed.0.0), key.tag(&original.0));
        assert_ne!(keyed, Key([8; 32]).keyed(&original));
        assert_ne!(keyed, key.keyed(&Sha256([8; 32])));
    }

    #[test]
    fn lines_of_a_newer_version_stay() {
        let text = format!("1 {}\n2 something else\n1 {}\n", "07".repeat(32), "08".repeat(32));
        let keys = Keys::parse(&text).unwrap();
        assert_eq!(keys.all().count(), 2);
        assert_eq!(keys.unknown, ["2 something else"]);
        assert!(Keys::parse("").is_none() && Keys::parse("1 07\n").is_none());
    }
}
