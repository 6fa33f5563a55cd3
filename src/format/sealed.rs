//! Sealed documents: a front matter that says what ties need, and behind it the whole document, sealed.
//!
//! ```text
//! ---
//! id: <as of every document: a hash of what is stored, so that nobody needs a key to check it>
//! length: <bytes of the body>
//! format: 2
//! sealed: <name of the key>
//! created: …
//! ---
//! <words for whoever reads the note with plain git>
//!
//! <base 64: nonce, and the sealed document, compressed>
//! ```
//!
//! What is sealed is bound to the front matter, so that neither can be put in the place of another.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zstd::zstd_safe::{CCtx, CParameter, DCtx, compress_bound, get_frame_content_size};

use crate::format::document::{self, Checked, Document, DocumentError};
use crate::format::note;
use crate::format::seal::LogKey;
use crate::model::checkpoint::{Anchors, CheckpointId, Draft, Header, SEALED};
use crate::model::key_id::KeyId;
use crate::model::time::Timestamp;

/// What plain git shows in the place of the text.
const WORDS: &str =
    "This checkpoint is sealed. `git ckpt show` opens it for those whom it is sealed to.";
/// What stands before the name of the key.
const BEFORE_KEY: &[u8] = b"\nformat: 2\nsealed: ";
/// Digits of base 64 in a line.
const COLUMNS: usize = 76;
const LEVEL: i32 = 9;
/// What a compressed document begins with, and no other.
const ZSTD_MAGIC: &[u8] = &0xFD2F_B528_u32.to_le_bytes();
/// A document unfolds to this many bytes, and to so many times what is stored of it, at most: anybody can seal to
/// somebody whose public key is known.
const FREE: usize = 64 << 10;
const TIMES: usize = 64;

/// A sealed document as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub id: CheckpointId,
    pub key: KeyId,
    /// The front matter below its length.
    front: Vec<u8>,
    sealed: Vec<u8>,
}

/// What can be read of a sealed document without its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    format: u32,
    sealed: KeyId,
    pub created: Timestamp,
    pub author: String,
    /// Those that follow from the commit.
    #[serde(flatten)]
    pub anchors: Anchors,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// A sealed document that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub document: Document,
    /// As it would be stored if it were not sealed, but with the id that it has.
    pub text: Vec<u8>,
}

/// Seals a checkpoint; returns its id and its bytes. `unknown` is what its front matter keeps open of keys that this
/// version does not know.
pub fn write(
    draft: &Draft,
    key: &LogKey,
    unknown: BTreeMap<String, serde_json::Value>,
) -> Result<(CheckpointId, Vec<u8>), DocumentError> {
    let Header { created, author, anchors, .. } = &draft.header;
    let outline = Outline {
        format: SEALED,
        sealed: key.id(),
        created: *created,
        author: author.clone(),
        anchors: Anchors { branch: None, dirty: None, ..anchors.clone() },
        unknown,
    };
    let front = document::yaml(&outline)?;
    let plain = document::checked(&document::yaml(&draft.header)?, &draft.body);
    let sealed = key.seal_document(front.as_bytes(), &packed(front.as_bytes(), plain.as_bytes())?);
    let mut body = format!("{WORDS}\n\n");
    let digits = BASE64_STANDARD.encode(sealed);
    for at in (0..digits.len()).step_by(COLUMNS) {
        body.push_str(&digits[at..digits.len().min(at + COLUMNS)]);
        body.push('\n');
    }
    Ok(document::with_id(&document::checked(&front, &body)))
}

/// The names of the keys that the documents of a note are sealed with.
pub fn keys_in(note: &[u8]) -> impl Iterator<Item = KeyId> {
    memchr::memmem::find_iter(note, BEFORE_KEY).filter_map(|at| {
        let digits = note.get(at + BEFORE_KEY.len()..)?.get(..KeyId::DIGITS)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    })
}

impl Sealed {
    pub(super) fn read(id: CheckpointId, stored: &Checked) -> Result<Self, DocumentError> {
        let unclear = |what: &str| DocumentError::NotUnderstood(what.to_owned());
        // The line end before the first line of the front matter is that of the length.
        let key = stored
            .front
            .strip_prefix(&BEFORE_KEY[1..])
            .map(|rest| &rest[..rest.len().min(KeyId::DIGITS)]);
        let key = key.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let key = key.ok_or_else(|| unclear("it does not say which key it is sealed with"))?;
        let digits = memchr::memmem::find(stored.body, b"\n\n").map(|at| &stored.body[at..]);
        let digits: Vec<u8> =
            digits.unwrap_or_default().iter().copied().filter(|byte| *byte != b'\n').collect();
        let sealed = BASE64_STANDARD.decode(digits);
        let sealed = sealed.map_err(|_| unclear("the sealed part is no base 64"))?;
        Ok(Self { id, key, front: stored.front.to_vec(), sealed })
    }

    /// What anybody can read of it.
    pub fn outline(&self) -> Result<Outline, DocumentError> {
        document::from_yaml(document::text_of(&self.front)?)
    }

    /// What it says. The key has to be the one that it names.
    pub fn open(&self, key: &LogKey) -> Result<Opened, DocumentError> {
        let opened = key.open_document(&self.front, &self.sealed);
        let packed = opened.map_err(|_| DocumentError::Broken)?;
        let plain = unpacked(&self.front, packed)?;
        let text = [document::start(&self.id).as_bytes(), &plain].concat();
        Ok(Opened { document: document::read_checked(&self.id, &plain, &text)?, text })
    }
}

/// Compresses a document; what it repeats of its front matter takes no room.
fn packed(front: &[u8], plain: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let mut packed = Vec::with_capacity(compress_bound(plain.len()));
    let mut compress = || {
        let mut context = CCtx::create();
        context.set_parameter(CParameter::CompressionLevel(LEVEL))?;
        context.ref_prefix(front)?;
        context.compress2(&mut packed, plain)
    };
    compress().map_err(|code| {
        DocumentError::Unwritable(zstd::zstd_safe::get_error_name(code).to_owned())
    })?;
    Ok(if plain.len() > most(packed.len()) { plain.to_vec() } else { packed })
}

fn unpacked(front: &[u8], packed: Vec<u8>) -> Result<Vec<u8>, DocumentError> {
    if !packed.starts_with(ZSTD_MAGIC) {
        return Ok(packed);
    }
    let unclear = || DocumentError::NotUnderstood("the sealed part cannot be unfolded".to_owned());
    let length = get_frame_content_size(&packed).ok().flatten();
    let length = length.and_then(|length| usize::try_from(length).ok());
    let length = length.filter(|length| *length <= most(packed.len())).ok_or_else(unclear)?;
    let mut plain = Vec::with_capacity(length);
    let mut context = DCtx::create();
    context.ref_prefix(front).map_err(|_| unclear())?;
    context.decompress(&mut plain, &packed).map_err(|_| unclear())?;
    Ok(plain)
}

fn most(packed: usize) -> usize {
    packed.saturating_mul(TIMES).saturating_add(FREE).min(note::LARGEST as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::document::tests::draft;
    use crate::model::checkpoint::Checkpoint;

    const KEY: LogKey = LogKey::new([7; 32]);

    fn sealed(draft: &Draft) -> (Vec<u8>, Sealed) {
        let (id, bytes) = write(draft, &KEY, BTreeMap::new()).unwrap();
        let Document::Sealed(sealed) = document::read(&bytes).unwrap() else { panic!("sealed") };
        assert_eq!(sealed.id, id);
        (bytes, *sealed)
    }

    fn known(opened: Opened) -> Checkpoint {
        let Document::Known(checkpoint) = opened.document else { panic!("known") };
        *checkpoint
    }

    #[test]
    fn what_is_sealed_is_the_same_bytes_whenever_it_is_made() {
        let draft = draft("title", "text\n");
        assert_eq!(sealed(&draft), sealed(&draft));
        assert_eq!(keys_in(&sealed(&draft).0).collect::<Vec<_>>(), [KEY.id()]);
    }

    #[test]
    fn the_open_part_says_what_ties_need_and_keeps_what_it_does_not_know() {
        let draft = draft("title", "text\n");
        let unknown = BTreeMap::from([("shelf".to_owned(), serde_json::json!([1, "two"]))]);
        let (_, bytes) = write(&draft, &KEY, unknown.clone()).unwrap();
        let Document::Sealed(sealed) = document::read(&bytes).unwrap() else { panic!("sealed") };
        let outline = sealed.outline().unwrap();
        assert_eq!(outline.anchors.commit, draft.header.anchors.commit);
        assert_eq!((outline.anchors.branch, outline.anchors.dirty), (None, None));
        assert_eq!((outline.created, outline.author), (draft.header.created, draft.header.author));
        assert_eq!(outline.unknown, unknown);
    }

    #[test]
    fn another_key_and_every_changed_byte_are_noticed() {
        let (bytes, sealed) = sealed(&draft("title", "text\n"));
        assert!(matches!(sealed.open(&LogKey::new([8; 32])), Err(DocumentError::Broken)));
        for at in 0..sealed.front.len() {
            let mut changed = sealed.clone();
            changed.front[at] ^= 1;
            assert!(changed.open(&KEY).is_err(), "byte {at} of the front matter");
        }
        for at in 0..sealed.sealed.len() {
            let mut changed = sealed.clone();
            changed.sealed[at] ^= 1;
            assert!(changed.open(&KEY).is_err(), "byte {at} of what is sealed");
        }
        let text = String::from_utf8(bytes).unwrap().replace("is sealed.", "is_sealed.");
        assert!(matches!(document::read(text.as_bytes()), Err(DocumentError::WrongId { .. })));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unfolded() {
        let front = b"format: 2\n".as_slice();
        let mut bomb = Vec::with_capacity(1 << 20);
        CCtx::create().compress(&mut bomb, &vec![b'a'; 32 << 20], LEVEL).unwrap();
        assert!(bomb.len() < 8192);
        assert!(matches!(unpacked(front, bomb), Err(DocumentError::NotUnderstood(_))));
        // What a person may write that repeats itself is stored as it is.
        let draft = draft("title", &"all work and no play\n".repeat(100_000));
        let (_, sealed) = sealed(&draft);
        assert_eq!(known(sealed.open(&KEY).unwrap()).body, draft.body);
    }

    #[test]
    fn a_sealed_document_does_not_hold_another_one() {
        let (bytes, outer) = sealed(&draft("title", "text\n"));
        let inside = &bytes[bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
        let inside = &inside[inside.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
        let twice = Sealed { sealed: KEY.seal_document(&outer.front, inside), ..outer };
        assert!(matches!(twice.open(&KEY), Err(DocumentError::NotUnderstood(_))));
    }

    proptest! {
        #[test]
        fn any_title_and_body_come_back(title in any::<String>(), body in any::<String>()) {
            let draft = draft(&title, &body);
            let (bytes, sealed) = sealed(&draft);
            prop_assert_eq!(document::first(&bytes).unwrap(), bytes.as_slice());
            let checkpoint = known(sealed.open(&KEY).unwrap());
            prop_assert_eq!(checkpoint.header, draft.header);
            prop_assert_eq!((checkpoint.id, checkpoint.body), (sealed.id, draft.body));
        }
    }
}
