//! Those whom sessions are sealed to, and the log keys wrapped for them as age files.
//!
//! <https://age-encryption.org/v1>: any program that reads that format opens a wrapped key with an identity.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use age::DecryptError;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::format::seal::{KEY_BYTES, LogKey};
use crate::model::key_id::KeyId;

/// Most bytes of a wrapped key: some thousand recipients.
pub const LARGEST: u64 = 1 << 20;

/// A public key, as `age -R` reads them from a file, without its comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient(String);

/// The text is no public key that can be sealed to.
#[derive(Debug, thiserror::Error)]
pub enum RecipientError {
    #[error(
        "`{0}` is neither an age recipient (`age1…`) nor an `ssh-ed25519` or `ssh-rsa` public key"
    )]
    Unknown(String),
    #[error("it is a private key, which belongs nowhere but in its owner's own files")]
    Private,
    #[error("RSA keys have to have 2048 to 4096 bits")]
    Size,
}

impl Recipient {
    fn key(&self) -> Option<Box<dyn age::Recipient>> {
        let native = self.0.parse::<age::x25519::Recipient>().map(|key| Box::new(key) as _);
        native.ok().or_else(|| Some(Box::new(self.0.parse::<age::ssh::Recipient>().ok()?) as _))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.to_ascii_uppercase();
        if ["AGE-SECRET-KEY-", "PRIVATE KEY-----"].iter().any(|sign| upper.contains(sign)) {
            return Err(RecipientError::Private);
        }
        let words: Vec<&str> = text.split_whitespace().take(2).collect();
        let is_ssh = words.first().is_some_and(|word| word.starts_with("ssh-"));
        let key = if is_ssh { words.join(" ") } else { text.trim().to_owned() };
        let recipient = Self(key);
        match recipient.0.parse::<age::ssh::Recipient>() {
            _ if recipient.key().is_some() => Ok(recipient),
            Err(
                age::ssh::ParseRecipientKeyError::RsaModulusTooLarge
                | age::ssh::ParseRecipientKeyError::RsaModulusTooSmall,
            ) => Err(RecipientError::Size),
            _ => Err(RecipientError::Unknown(recipient.0)),
        }
    }
}

/// A file of recipients that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is no recipient")]
pub struct ListError {
    pub line: usize,
    source: RecipientError,
}

/// Reads a list of recipients: one a line, each once; empty lines and those that start with `#` do not count.
pub fn read_list(text: &str) -> Result<Vec<Recipient>, ListError> {
    let mut list = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if is_comment(line) {
            continue;
        }
        let recipient = line.parse().map_err(|source| ListError { line: number + 1, source })?;
        if !list.contains(&recipient) {
            list.push(recipient);
        }
    }
    Ok(list)
}

/// The list with one more line.
pub fn with(text: &str, added: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{end}{}\n", added.trim())
}

/// The list without a recipient, and with everything else as it was.
pub fn without(text: &str, gone: &Recipient) -> String {
    let stays = |line: &&str| is_comment(line) || line.parse().ok().as_ref() != Some(gone);
    text.split_inclusive('\n').filter(stays).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

/// Wraps a key for recipients, of whom there has to be one.
pub fn wrap(key: &LogKey, recipients: &[Recipient]) -> io::Result<Vec<u8>> {
    let keys: Vec<Box<dyn age::Recipient>> = recipients.iter().filter_map(Recipient::key).collect();
    let encryptor = age::Encryptor::with_recipients(keys.iter().map(Box::as_ref));
    let mut wrapped = Vec::new();
    let mut writer = encryptor.map_err(io::Error::other)?.wrap_output(&mut wrapped)?;
    writer.write_all(key.secret())?;
    writer.finish()?;
    Ok(wrapped)
}

/// Why a wrapped key stays closed.
#[derive(Debug)]
pub enum Closed {
    /// It is wrapped for others.
    ForOthers,
    /// It is for one of the identities, which could not be opened itself.
    Locked,
    /// It is no wrapped key, or not that of this name.
    Damaged,
}

/// Opens a wrapped key.
pub fn unwrap<'i>(
    id: KeyId,
    wrapped: &[u8],
    identities: impl Iterator<Item = &'i dyn age::Identity>,
) -> Result<LogKey, Closed> {
    let decryptor = age::Decryptor::new(wrapped).map_err(|_| Closed::Damaged)?;
    let opened = decryptor.decrypt(identities);
    let mut secret = Vec::new();
    let mut reader = opened.map_err(|error| match error {
        DecryptError::NoMatchingKeys => Closed::ForOthers,
        DecryptError::KeyDecryptionFailed => Closed::Locked,
        _ => Closed::Damaged,
    })?;
    let read = reader.by_ref().take(KEY_BYTES as u64 + 1).read_to_end(&mut secret);
    let secret = read.ok().and_then(|_| secret.try_into().ok()).ok_or(Closed::Damaged)?;
    let key = LogKey::new(secret);
    if key.id() == id { Ok(key) } else { Err(Closed::Damaged) }
}

/// How many recipients a wrapped key has.
pub fn count(wrapped: &[u8]) -> usize {
    // Some programs add a stanza that is for nobody, so that readers learn to skip those.
    stanzas(wrapped).filter(|stanza| !stanza[0].ends_with("-grease")).count()
}

/// Whether a wrapped key is for some key of ssh.
pub fn is_for_ssh(wrapped: &[u8]) -> bool {
    stanzas(wrapped).any(|stanza| stanza[0].starts_with("ssh-"))
}

/// Whether a wrapped key looks as if it were for this key of ssh: what is wrapped names the first 32 bits of its hash.
pub fn is_for(wrapped: &[u8], recipient: &Recipient) -> bool {
    let Some((kind, key)) = recipient.0.split_once(' ') else { return false };
    let hash = STANDARD_NO_PAD.decode(key.trim_end_matches('=')).map(Sha256::digest);
    let Ok(tag) = hash.map(|hash| STANDARD_NO_PAD.encode(&hash[..4])) else { return false };
    stanzas(wrapped).any(|stanza| stanza[0] == kind && stanza.get(1) == Some(&tag.as_str()))
}

/// The words of each line that begins a stanza, of which there is one for each recipient.
fn stanzas(wrapped: &[u8]) -> impl Iterator<Item = Vec<&str>> {
    let lines = wrapped.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"--- "));
    let texts = lines.filter_map(|line| std::str::from_utf8(line.strip_prefix(b"-> ")?).ok());
    texts.map(|text| text.split(' ').collect())
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;

    use super::*;

    fn identity() -> (Box<dyn age::Identity>, Recipient) {
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().unwrap();
        (Box::new(identity), recipient)
    }

    #[test]
    fn a_wrapped_key_opens_for_each_of_its_recipients_and_nobody_else() {
        let key = LogKey::new([9; 32]);
        let [(ada, for_ada), (bob, for_bob), (eve, _)] = [identity(), identity(), identity()];
        let wrapped = wrap(&key, &[for_ada, for_bob]).unwrap();
        assert_eq!(count(&wrapped), 2);
        for one in [ada, bob] {
            assert_eq!(unwrap(key.id(), &wrapped, [one.as_ref()].into_iter()).unwrap(), key);
        }
        for nobody in [vec![eve.as_ref()], Vec::new()] {
            let closed = unwrap(key.id(), &wrapped, nobody.into_iter()).unwrap_err();
            assert!(matches!(closed, Closed::ForOthers));
        }
    }

    #[test]
    fn a_damaged_or_exchanged_wrapped_key_is_told_apart_from_one_for_others() {
        let key = LogKey::new([9; 32]);
        let (ada, for_ada) = identity();
        let wrapped = wrap(&key, &[for_ada]).unwrap();
        let closed = |id, bytes: &[u8]| unwrap(id, bytes, [ada.as_ref()].into_iter()).unwrap_err();
        assert!(matches!(closed(KeyId([1; 8]), &wrapped), Closed::Damaged));
        assert!(matches!(closed(key.id(), &wrapped[..wrapped.len() - 5]), Closed::Damaged));
        assert!(matches!(closed(key.id(), b"text"), Closed::Damaged));
    }

    #[test]
    fn a_list_keeps_its_comments_and_counts_each_key_once() {
        let [(_, ada), (_, bob)] = [identity(), identity()];
        let text = format!("# us\n{ada}\n\n{bob}\n{ada}\n");
        assert_eq!(read_list(&text).unwrap(), [ada.clone(), bob.clone()]);
        assert_eq!(without(&text, &ada), format!("# us\n\n{bob}\n"));
        assert_eq!(with("# us", &bob.to_string()), format!("# us\n{bob}\n"));
        let error = read_list("# us\nage1nobody\n").unwrap_err();
        assert_eq!(error.line, 2);
    }

    #[test]
    fn a_private_key_is_never_taken_for_a_recipient() {
        let secret = age::x25519::Identity::generate().to_string();
        let refused = secret.expose_secret().parse::<Recipient>();
        assert!(matches!(refused, Err(RecipientError::Private)));
    }
}
