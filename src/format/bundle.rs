//! Bundles: checkpoints as one file that can be mailed.
//!
//! A bundle is a tar archive. Its first member says what follows, each with its length and SHA-256; the second has the
//! SHA-256 of the first. Then come documents as they are stored, and the frames of the logs that they need. A reader takes nothing that is not announced there, and
//! nothing else than regular files under the two kinds of names below, so that no name can lead anywhere.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::format::frame;
use crate::model::checkpoint::CheckpointId;
use crate::model::hash;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::LogId;

/// The newest version of bundles that this program reads: that of bundles with keys.
pub const VERSION: u32 = 2;
/// The version of bundles without.
const PLAIN: u32 = 1;
/// Most bytes of a bundle.
pub const LARGEST: u64 = 512 << 20;

/// The name of the first member.
const CONTENTS: &str = "git-ckpt-bundle.json";
/// The name of the second, which `sha256sum --check` understands.
const CONTENTS_HASH: &str = "git-ckpt-bundle.sha256";
/// Most bytes of the first member, and of a document.
const LARGEST_TEXT: u64 = 64 << 20;
const BLOCK: usize = 512;

/// A document, and the commit that it is tied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledDocument {
    pub id: CheckpointId,
    pub commit: ObjectId,
    pub bytes: Vec<u8>,
}

/// A frame, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledFrame {
    pub log: LogId,
    pub epoch: u64,
    pub start: u64,
    pub bytes: Vec<u8>,
}

/// What a bundle holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The writer of the checkpoints, as the bundle says.
    pub writer: String,
    pub documents: Vec<BundledDocument>,
    pub frames: Vec<BundledFrame>,
    /// The wrapped keys of frames that are sealed.
    pub keys: Vec<(KeyId, Vec<u8>)>,
}

/// A file that is no bundle, or not a whole one.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("this is not a bundle of git-ckpt")]
    NotABundle,
    #[error("the bundle has version {0}, newer than this program reads")]
    Newer(u32),
    #[error("the bundle ends too early, in `{0}`")]
    Truncated(String),
    #[error("the contents of the bundle are not understood")]
    Contents(#[source] serde_json::Error),
    #[error("the bundle names `{0}`, which no bundle holds")]
    Name(String),
    #[error("`{0}` is larger than it may be")]
    TooLarge(String),
    #[error("the bundle holds `{found}` where it announces `{wanted}`")]
    Other { wanted: String, found: String },
    #[error("`{0}` is not what its hash says")]
    Hash(String),
    #[error("something follows after the end of the bundle")]
    Trailing,
}

/// The first member.
#[derive(Serialize, Deserialize)]
struct Contents {
    bundle: u32,
    writer: String,
    checkpoints: Vec<Tie>,
    members: Vec<Member>,
}

#[derive(Serialize, Deserialize)]
struct Tie {
    id: CheckpointId,
    commit: ObjectId,
}

#[derive(Serialize, Deserialize)]
struct Member {
    name: String,
    bytes: u64,
    sha256: hash::Sha256,
}

/// Just enough of the first member to tell its version.
#[derive(Deserialize)]
struct Version {
    bundle: u32,
}

/// Writes a bundle. The same content always comes to the same bytes.
pub fn write(bundle: &Bundle) -> Result<Vec<u8>, serde_json::Error> {
    let documents =
        bundle.documents.iter().map(|one| (document_name(&one.id), one.bytes.as_slice()));
    let frames = bundle.frames.iter().map(|one| (frame_name(one), one.bytes.as_slice()));
    let keys = bundle.keys.iter().map(|(key, wrapped)| (key_name(*key), wrapped.as_slice()));
    let files: Vec<(String, &[u8])> = documents.chain(frames).chain(keys).collect();
    let member = |(name, bytes): &(String, &[u8])| Member {
        name: name.clone(),
        bytes: bytes.len() as u64,
        sha256: sha256(bytes),
    };
    let tie = |one: &BundledDocument| Tie { id: one.id.clone(), commit: one.commit };
    let contents = Contents {
        bundle: if bundle.keys.is_empty() { PLAIN } else { VERSION },
        writer: bundle.writer.clone(),
        checkpoints: bundle.documents.iter().map(tie).collect(),
        members: files.iter().map(member).collect(),
    };
    let mut text = serde_json::to_vec_pretty(&contents)?;
    text.push(b'\n');
    let mut tar = Vec::new();
    append(&mut tar, CONTENTS, &text);
    append(&mut tar, CONTENTS_HASH, hash_line(&text).as_bytes());
    files.iter().for_each(|(name, bytes)| append(&mut tar, name, bytes));
    tar.resize(tar.len() + 2 * BLOCK, 0);
    Ok(tar)
}

/// Reads a bundle. Every hash that it states is checked; what its documents say is not looked at.
pub fn read(bytes: &[u8]) -> Result<Bundle, BundleError> {
    if bytes.len() as u64 > LARGEST {
        return Err(BundleError::TooLarge("the bundle".to_owned()));
    }
    let mut tar = Tar { rest: bytes };
    let text = match tar.next()? {
        Some((name, text)) if name == CONTENTS => text,
        _ => return Err(BundleError::NotABundle),
    };
    match tar.next()? {
        Some((name, line)) if name == CONTENTS_HASH && line == hash_line(text).as_bytes() => {}
        _ => return Err(BundleError::Hash(CONTENTS.to_owned())),
    }
    let version: Version = serde_json::from_slice(text).map_err(BundleError::Contents)?;
    if version.bundle > VERSION {
        return Err(BundleError::Newer(version.bundle));
    }
    let contents: Contents = serde_json::from_slice(text).map_err(BundleError::Contents)?;
    let mut ties = contents.checkpoints.into_iter();
    let mut bundle = Bundle { writer: contents.writer, ..Bundle::default() };
    for member in contents.members {
        let bytes = announced(&mut tar, &member)?;
        match ties.next() {
            Some(Tie { id, commit }) if member.name == document_name(&id) => {
                bundle.documents.push(BundledDocument { id, commit, bytes });
            }
            Some(_) => return Err(BundleError::Name(member.name)),
            None => match key_at(&member.name) {
                Some(key) if version.bundle >= VERSION => bundle.keys.push((key, bytes)),
                _ => bundle.frames.push(frame_at(&member.name, bytes)?),
            },
        }
    }
    match (tar.next()?, ties.next()) {
        (None, None) if tar.is_at_end() => Ok(bundle),
        (None, None) => Err(BundleError::Trailing),
        (Some((name, _)), _) => Err(BundleError::Name(name)),
        (None, Some(tie)) => Err(BundleError::Truncated(document_name(&tie.id))),
    }
}

/// The next member, which must be the one that was announced.
fn announced(tar: &mut Tar, member: &Member) -> Result<Vec<u8>, BundleError> {
    let is_small = ["logs/", "keys/"].iter().any(|start| member.name.starts_with(start));
    let largest = if is_small { frame::LARGEST } else { LARGEST_TEXT };
    if member.bytes > largest {
        return Err(BundleError::TooLarge(member.name.clone()));
    }
    let wanted = || member.name.clone();
    let (found, bytes) = tar.next()?.ok_or_else(|| BundleError::Truncated(wanted()))?;
    if found != member.name {
        return Err(BundleError::Other { wanted: wanted(), found });
    }
    if bytes.len() as u64 != member.bytes || sha256(bytes) != member.sha256 {
        return Err(BundleError::Hash(wanted()));
    }
    Ok(bytes.to_vec())
}

fn hash_line(contents: &[u8]) -> String {
    format!("{}  {CONTENTS}\n", sha256(contents))
}

fn document_name(id: &CheckpointId) -> String {
    format!("checkpoints/{id}.md")
}

/// The same path as in a log ref.
fn key_name(key: KeyId) -> String {
    format!("keys/{key}.age")
}

fn key_at(name: &str) -> Option<KeyId> {
    name.strip_prefix("keys/")?.strip_suffix(".age")?.parse().ok()
}

/// The same path as in a log ref.
fn frame_name(frame: &BundledFrame) -> String {
    let (first, rest) = frame.log.as_str().split_at(2);
    format!("logs/{first}/{rest}/{:04}/{:012}.ckz", frame.epoch, frame.start)
}

fn frame_at(name: &str, bytes: Vec<u8>) -> Result<BundledFrame, BundleError> {
    let wrong = || BundleError::Name(name.to_owned());
    let parts: Vec<&str> = name.split('/').collect();
    let ["logs", first, rest, epoch, file] = parts.as_slice() else { return Err(wrong()) };
    let log = format!("{first}{rest}").parse().map_err(|_| wrong())?;
    let epoch = epoch.parse().map_err(|_| wrong())?;
    let start = file.strip_suffix(".ckz").and_then(|start| start.parse().ok()).ok_or_else(wrong)?;
    let frame = BundledFrame { log, epoch, start, bytes };
    // One way only to write a name, so that two names are two places.
    if frame_name(&frame) == name { Ok(frame) } else { Err(wrong()) }
}

fn sha256(bytes: &[u8]) -> hash::Sha256 {
    hash::Sha256(Sha256::digest(bytes).into())
}

/// Adds a file as `tar` does: a header of one block, the bytes, zeros up to the next block.
fn append(tar: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut header = [0; BLOCK];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", bytes.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum = checksum(&header);
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(bytes);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}

/// The sum of a header's bytes, with blanks in place of the sum itself.
fn checksum(header: &[u8]) -> u32 {
    let counted = header.iter().enumerate();
    counted.map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum()
}

/// A tar archive that is being read.
struct Tar<'t> {
    rest: &'t [u8],
}

impl<'t> Tar<'t> {
    /// The next regular file; `None` at the end. Anything else than a regular file is refused.
    fn next(&mut self) -> Result<Option<(String, &'t [u8])>, BundleError> {
        let Some((header, rest)) = self.rest.split_at_checked(BLOCK) else {
            return Err(BundleError::Truncated("a header".to_owned()));
        };
        if header.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let sum = octal(&header[148..156]);
        if &header[257..262] != b"ustar" || sum != Some(u64::from(checksum(header))) {
            return Err(BundleError::NotABundle);
        }
        let name = text(&header[..100]).ok_or(BundleError::NotABundle)?.to_owned();
        let length = octal(&header[124..136]).ok_or(BundleError::NotABundle)?;
        if header[156] != b'0' || header[345] != 0 {
            return Err(BundleError::Name(name));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let padded = length.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX);
        if padded > rest.len() {
            return Err(BundleError::Truncated(name));
        }
        self.rest = &rest[padded..];
        Ok(Some((name, &rest[..length])))
    }

    /// Nothing but zeros follows, at least two blocks of them.
    fn is_at_end(&self) -> bool {
        self.rest.len() >= 2 * BLOCK && self.rest.iter().all(|byte| *byte == 0)
    }
}

fn text(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    std::str::from_utf8(&field[..end]).ok()
}

fn octal(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(text(field)?.trim_matches(' '), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let id: CheckpointId = "1449b1177bca192c7250fa18c86482b5665c2032".parse().unwrap();
        let commit = ObjectId::from_bytes(&[7; 20]).unwrap();
        let log: LogId = "4641da7f0ddbf8ee".parse().unwrap();
        let frame = |epoch, start, bytes: &[u8]| BundledFrame {
            log: log.clone(),
            epoch,
            start,
            bytes: bytes.to_vec(),
        };
        Bundle {
            writer: "ada-7f3k2m".to_owned(),
            documents: vec![BundledDocument { id, commit, bytes: b"---\nid: x\n".to_vec() }],
            frames: vec![frame(0, 0, b"one"), frame(1, 1 << 40, &[5; 600])],
            keys: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let bytes = write(&bundle()).unwrap();
        assert_eq!(bytes.len() % BLOCK, 0);
        assert_eq!(read(&bytes).unwrap(), bundle());
    }

    #[test]
    fn no_byte_can_be_changed_unseen() {
        let bytes = write(&bundle()).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            if let Ok(read) = read(&changed) {
                // Owner and time of a file say nothing.
                assert_eq!(read, bundle(), "byte {place}");
            }
        }
    }

    #[test]
    fn a_part_of_a_bundle_is_none() {
        let bytes = write(&bundle()).unwrap();
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{length}");
        }
        assert!(matches!(read(&[&bytes[..], b"x"].concat()), Err(BundleError::Trailing)));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "../x",
            "/etc/passwd",
            "logs/../../x",
            "logs/46/41da7f0ddbf8ee/0/000000000000.ckz",
            "logs/46/41da7f0ddbf8ee/0000/../0.ckz",
            "checkpoints/x.md",
            "logs/46/41da7f0ddbf8ee/0000/+00000000000.ckz",
        ] {
            assert!(matches!(frame_at(name, Vec::new()), Err(BundleError::Name(_))), "{name}");
        }
        let mut link = write(&bundle()).unwrap();
        link[156] = b'2';
        let sum = checksum(&link[..BLOCK]);
        link[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert!(matches!(read(&link), Err(BundleError::Name(_))));
    }
}
