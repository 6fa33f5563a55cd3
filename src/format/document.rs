//! The stored form of a checkpoint: YAML front matter and a markdown body.
//!
//! ```text
//! ---
//! id: <40 digits: sha256 of everything below this line, cut to 160 bits>
//! length: <bytes of the body>
//! format: 1
//! …
//! ---
//! body
//! ```
//!
//! The first three lines stay as they are in every future format, so that any version can tell documents apart,
//! check them, and say which ones are newer than it is. Format 2 is that of [sealed](super::sealed) documents.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::format::sealed::Sealed;
use crate::model::checkpoint::{Checkpoint, CheckpointId, Draft, FORMAT, Header, SEALED};
use crate::model::hash::to_hex;

const FENCE: &str = "---\n";
/// Most values in a front matter. An extent has three, and a session of 40 MB that was rewritten line by line can have
/// 300,000 extents; what is beyond takes more memory than a listing should.
const NODES: usize = 1_000_000;

/// A document that cannot be written, or not understood.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the front matter cannot be written: {0}")]
    Unwritable(String),
    #[error("there is no front matter")]
    NoFrontMatter,
    #[error("the front matter is cut off")]
    Truncated,
    #[error("the front matter has no `{0}` line where it belongs")]
    MissingLine(&'static str),
    #[error("the content does not match the id `{id}`: it is {found}")]
    WrongId { id: CheckpointId, found: CheckpointId },
    #[error("the front matter is not what this version understands: {0}")]
    NotUnderstood(String),
    #[error(
        "the sealed part does not open with its key: it was changed, or belongs to another document"
    )]
    Broken,
    #[error(
        "this note holds so much, or so much that is damaged, that the rest of it is not looked at"
    )]
    TooMany,
}

/// A document that was read back.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    Known(Box<Checkpoint>),
    Sealed(Box<Sealed>),
    /// Written by a newer version: what can be told of it, and its text.
    Newer {
        id: CheckpointId,
        format: u32,
        title: Option<String>,
        text: String,
    },
}

impl Document {
    pub fn id(&self) -> &CheckpointId {
        match self {
            Self::Known(checkpoint) => &checkpoint.id,
            Self::Sealed(sealed) => &sealed.id,
            Self::Newer { id, .. } => id,
        }
    }
}

/// Writes a checkpoint; returns its id and its bytes.
pub fn write(draft: &Draft) -> Result<(CheckpointId, Vec<u8>), DocumentError> {
    Ok(with_id(&checked(&yaml(&draft.header)?, &draft.body)))
}

/// A front matter without its first lines; it ends with a line end.
pub(super) fn yaml(header: &impl Serialize) -> Result<String, DocumentError> {
    let yaml = serde_saphyr::to_string(header)
        .map_err(|error| DocumentError::Unwritable(error.to_string()))?;
    Ok(format!("{}\n", yaml.trim_end()))
}

/// What the id of a document is a hash of.
pub(super) fn checked(yaml: &str, body: &str) -> String {
    format!("length: {}\n{yaml}{FENCE}{body}", body.len())
}

pub(super) fn with_id(checked: &str) -> (CheckpointId, Vec<u8>) {
    let id = id_of(checked.as_bytes());
    let bytes = [start(&id).as_bytes(), checked.as_bytes()].concat();
    (id, bytes)
}

/// What stands before that.
pub(super) fn start(id: &CheckpointId) -> String {
    format!("{FENCE}id: {id}\n")
}

/// The bytes that `text` starts with, when it starts with a document.
pub fn first(text: &[u8]) -> Result<&[u8], DocumentError> {
    let parts = Parts::split(text)?;
    Ok(&text[..parts.end])
}

/// Reads one document, which must be all of `bytes`, and checks it against its id.
pub fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    let parts = Parts::split(bytes)?;
    let found = id_of(parts.checked.all);
    if found != parts.id {
        return Err(DocumentError::WrongId { id: parts.id, found });
    }
    if parts.checked.format == Some(SEALED) {
        return Ok(Document::Sealed(Box::new(Sealed::read(parts.id, &parts.checked)?)));
    }
    parts.checked.read(&parts.id, bytes)
}

/// Reads what was sealed of a document, which must be all of `checked`; `text` is what it would be if it were not.
pub(super) fn read_checked(
    id: &CheckpointId,
    checked: &[u8],
    text: &[u8],
) -> Result<Document, DocumentError> {
    let parts = Checked::split(checked)?;
    if parts.all.len() != checked.len() || parts.format == Some(SEALED) {
        return Err(DocumentError::NotUnderstood("what is sealed is no document".to_owned()));
    }
    parts.read(id, text)
}

/// The front matter of a stored document, which is all that can be read of one that is sealed.
pub fn front(bytes: &[u8]) -> &[u8] {
    let end = find(bytes, b"\n---\n").map_or(0, |end| end + 1 + FENCE.len());
    &bytes[..end]
}

/// The ids that a damaged document may have had; none where its text does not tell.
pub fn possible_ids(bytes: &[u8], error: &DocumentError) -> Vec<CheckpointId> {
    if let DocumentError::WrongId { id, found } = error {
        return vec![id.clone(), found.clone()];
    }
    let inside = bytes.strip_prefix(FENCE.as_bytes()).and_then(|inside| line_value(inside, "id"));
    inside.and_then(|(id, _)| id.parse().ok()).into_iter().collect()
}

/// What every version can tell of a document that is not sealed.
#[derive(Deserialize)]
struct Outline {
    format: u32,
    title: Option<String>,
}

struct Parts<'a> {
    id: CheckpointId,
    checked: Checked<'a>,
    end: usize,
}

/// What the id is a hash of, and what it is made of.
pub(super) struct Checked<'a> {
    all: &'a [u8],
    /// What the line after the length says, where it says that.
    format: Option<u32>,
    yaml: &'a [u8],
    /// The front matter below the length.
    pub front: &'a [u8],
    pub body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn split(text: &'a [u8]) -> Result<Self, DocumentError> {
        let inside = text.strip_prefix(FENCE.as_bytes()).ok_or(DocumentError::NoFrontMatter)?;
        let (id, rest) = line_value(inside, "id").ok_or(DocumentError::MissingLine("id"))?;
        let id = id.parse().map_err(|_| DocumentError::MissingLine("id"))?;
        let checked = Checked::split(rest)?;
        let end = text.len() - rest.len() + checked.all.len();
        Ok(Self { id, checked, end })
    }
}

impl<'a> Checked<'a> {
    fn split(text: &'a [u8]) -> Result<Self, DocumentError> {
        let (length, after) =
            line_value(text, "length").ok_or(DocumentError::MissingLine("length"))?;
        let length: usize = length.parse().map_err(|_| DocumentError::MissingLine("length"))?;
        let yaml_end = find(text, b"\n---\n").ok_or(DocumentError::Truncated)? + 1;
        let body_start = yaml_end + FENCE.len();
        let body_end = body_start.checked_add(length).ok_or(DocumentError::Truncated)?;
        let body = text.get(body_start..body_end).ok_or(DocumentError::Truncated)?;
        Ok(Self {
            all: &text[..body_end],
            format: line_value(after, "format").and_then(|(format, _)| format.parse().ok()),
            yaml: &text[..yaml_end],
            front: &text[text.len() - after.len()..yaml_end],
            body,
        })
    }

    /// What it says, where it is not sealed; `text` is all of the document.
    fn read(&self, id: &CheckpointId, text: &[u8]) -> Result<Document, DocumentError> {
        let yaml = text_of(self.yaml)?;
        // Read as a whole only once: this is what takes the time when thousands are listed.
        if self.format.is_none_or(|format| format > FORMAT) {
            let Outline { format, title } = from_yaml(yaml)?;
            if format > SEALED {
                let (id, text) = (id.clone(), String::from_utf8_lossy(text).into_owned());
                return Ok(Document::Newer { id, format, title, text });
            }
            if format == SEALED {
                return Err(DocumentError::MissingLine("sealed"));
            }
        }
        let mut header: Header = from_yaml(yaml)?;
        header.unknown.remove("length");
        let body = text_of(self.body)?.to_owned();
        Ok(Document::Known(Box::new(Checkpoint { id: id.clone(), header, body })))
    }
}

/// The value of `key` when the first line is `key: value`, and what follows the line.
fn line_value<'a>(text: &'a [u8], key: &str) -> Option<(&'a str, &'a [u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&text[..end]).ok()?;
    let value = line.strip_prefix(key)?.strip_prefix(": ")?;
    Some((value, &text[end + 1..]))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

pub(super) fn text_of(bytes: &[u8]) -> Result<&str, DocumentError> {
    std::str::from_utf8(bytes).map_err(|error| DocumentError::NotUnderstood(error.to_string()))
}

pub(super) fn from_yaml<'de, T: Deserialize<'de>>(yaml: &'de str) -> Result<T, DocumentError> {
    let budget = serde_saphyr::budget! { max_nodes: NODES, max_events: 3 * NODES };
    let options = serde_saphyr::options! { budget: budget };
    serde_saphyr::from_str_with_options(yaml, options)
        .map_err(|error| DocumentError::NotUnderstood(error.without_snippet().to_string()))
}

fn id_of(checked: &[u8]) -> CheckpointId {
    let digest = to_hex(&Sha256::digest(checked));
    digest[..CheckpointId::DIGITS].parse().expect("a digest is made of hexadecimal digits")
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::checkpoint::{Anchors, Kind, Progress, Status};

    pub fn draft(title: &str, body: &str) -> Draft {
        let anchors = Anchors {
            commit: "0123456789abcdef0123456789abcdef01234567".parse().unwrap(),
            tree: "89abcdef0123456789abcdef0123456789abcdef".parse().unwrap(),
            patch_id: None,
            authored: "Ada <ada@example.com> 1790000000 +0100".into(),
            subject: Some("Count from one".into()),
            branch: Some("main".into()),
            dirty: Some(false),
        };
        let header = Header {
            format: FORMAT,
            title: title.into(),
            created: "2026-11-21T10:00:00Z".parse().unwrap(),
            author: "Ada <ada@example.com>".into(),
            device: None,
            kind: Kind::Handoff,
            status: Status::Blocked,
            draft: true,
            left: false,
            unredacted: false,
            phase: Some("2".into()),
            objective: Some("no".into()),
            task: None,
            progress: Some(Progress { done: 1, total: 3 }),
            template: None,
            budget: None,
            tokens: 12,
            tokenizer: Some("o200k_base".into()),
            supersedes: None,
            anchors,
            snapshots: vec![snapshot()],
            attachments: Vec::new(),
            plan: None,
            unknown: BTreeMap::from([("reviewer".into(), serde_json::json!(["Bob", 7]))]),
        };
        Draft { header, body: body.into() }
    }

    #[test]
    fn a_session_in_a_great_many_pieces_reads_back() {
        let mut draft = draft("x", "");
        let piece = |start| crate::model::snapshot::Extent { start, length: 300 };
        let transcript = &mut draft.header.snapshots[0].transcript;
        transcript.extents = (0..300_000).map(|number| piece(number * 1000)).collect();
        transcript.bytes = 300 * 300_000;
        let (_, bytes) = write(&draft).unwrap();
        let Document::Known(read) = read(&bytes).unwrap() else { panic!("it is known") };
        assert!(read.header == draft.header);
    }

    fn snapshot() -> crate::model::snapshot::Snapshot {
        let stored = crate::model::snapshot::StoredFile {
            log: "0123456789abcdef".parse().unwrap(),
            bytes: 10,
            extents: vec![crate::model::snapshot::Extent { start: 0, length: 10 }],
            sha256: "ab".repeat(32).parse().unwrap(),
            key: None,
            redacted: None,
        };
        crate::model::snapshot::Snapshot {
            agent: "claude-code".into(),
            session: "12e4567".parse().unwrap(),
            title: None,
            model: None,
            version: Some("2.1".into()),
            turns: 3,
            tokens: 4,
            tokens_estimated: false,
            window: None,
            file: "transcript.jsonl".parse().unwrap(),
            transcript: stored.clone(),
            companions: Some(stored),
        }
    }

    #[test]
    fn a_document_gives_back_what_was_written() {
        let draft = draft("yes: a \"title\"", "# Goal\n\n---\nid: not one\n---\n");
        let (id, bytes) = write(&draft).unwrap();
        let Document::Known(read) = read(&bytes).unwrap() else { panic!("newer") };
        assert_eq!(read.header, draft.header);
        assert_eq!((read.id, read.body), (id, draft.body));
    }

    #[test]
    fn no_text_can_end_the_front_matter_early() {
        for title in ["a\n---\nb", "---\n", "\n---\n", "---", "a\r\n---\r\n", "--- |\n---\n"] {
            let mut draft = draft(title, "text\n");
            draft.header.unknown.insert(title.to_owned(), serde_json::json!({ title: [title] }));
            let (_, bytes) = write(&draft).unwrap();
            let Document::Known(read) = read(&bytes).unwrap() else { panic!("newer") };
            assert_eq!((read.header, read.body), (draft.header, draft.body));
        }
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let (_, bytes) = write(&draft("title", "text\n")).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace("text", "test");
        assert!(matches!(read(text.as_bytes()), Err(DocumentError::WrongId { .. })));
    }

    #[test]
    fn a_newer_format_is_told_apart_and_checked() {
        let (_, bytes) = write(&draft("title", "text\n")).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace("format: 1", "format: 7");
        let checked = text.split_once("length").map(|(_, rest)| format!("length{rest}")).unwrap();
        let id = id_of(checked.as_bytes());
        let newer = format!("---\nid: {id}\n{checked}");
        match read(newer.as_bytes()).unwrap() {
            Document::Newer { format, title, .. } => {
                assert_eq!((format, title.as_deref()), (7, Some("title")));
            }
            _ => panic!("known"),
        }
    }

    proptest! {
        #[test]
        fn any_title_and_body_survive(title in any::<String>(), body in any::<String>()) {
            let draft = draft(&title, &body);
            let (_, bytes) = write(&draft).unwrap();
            let Document::Known(read) = read(&bytes).unwrap() else { panic!("newer") };
            prop_assert_eq!(read.header.title, title);
            prop_assert_eq!(read.body, body);
        }

        #[test]
        fn documents_in_a_row_are_told_apart(bodies in proptest::collection::vec(any::<String>(), 1..5)) {
            let mut note = Vec::new();
            for body in &bodies {
                let (_, bytes) = write(&draft("t", &format!("{body}\n"))).unwrap();
                note = crate::format::note::with(&note, &bytes);
            }
            let read = crate::format::note::read(&note);
            prop_assert_eq!(read.len(), bodies.len());
        }
    }
}
