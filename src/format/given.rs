//! A document as a person or an agent hands it in: markdown, perhaps with front matter of its own.
//!
//! What only a save can know (ids, times, anchors, snapshots) is ignored when it is there, so that the text of a
//! stored checkpoint can be edited and handed in again.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::yaml;
use crate::model::checkpoint::{CheckpointId, Kind, Progress, Status};

/// The keys that a save fills in itself.
const COMPUTED: &[&str] = &[
    "id",
    "length",
    "format",
    "created",
    "author",
    "device",
    "draft",
    "tokens",
    "tokenizer",
    "commit",
    "tree",
    "patch_id",
    "authored",
    "subject",
    "branch",
    "dirty",
    "snapshots",
    "attachments",
];

/// What was handed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    pub front: Front,
    pub body: String,
}

/// The front matter of a document that is handed in; every key may be absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Front {
    pub title: Option<String>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    pub phase: Option<String>,
    pub objective: Option<String>,
    pub task: Option<String>,
    pub progress: Option<Progress>,
    pub template: Option<String>,
    pub budget: Option<u64>,
    pub supersedes: Option<CheckpointId>,
    pub plan: Option<serde_json::Value>,
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// Front matter that is there but cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    #[error("the front matter starts with `---` on line 1 and never ends with another `---`")]
    Unclosed,
    #[error("the front matter is not valid: {0}")]
    Invalid(String),
    #[error("the document is not UTF-8: byte {0} is not valid")]
    NotUtf8(usize),
    #[error("the document is not text: byte {0} is NUL")]
    Nul(usize),
}

/// Takes a document apart.
pub fn read(bytes: &[u8]) -> Result<Given, GivenError> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| GivenError::NotUtf8(error.valid_up_to()))?;
    if let Some(place) = memchr::memchr(0, bytes) {
        return Err(GivenError::Nul(place));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(inside) = open(text) else {
        return Ok(Given { front: Front::default(), body: ended(text) });
    };
    let (front, body) = close(inside).ok_or(GivenError::Unclosed)?;
    let mut front: Front = yaml::read_front(front).map_err(GivenError::Invalid)?;
    front.unknown.retain(|key, _| !COMPUTED.contains(&key.as_str()));
    Ok(Given { front, body: ended(body) })
}

/// The front matter of a stored document in the form in which it can be handed in again, to supersede what it was.
///
/// What a save fills in itself is left out. A stored front matter has every key at the beginning of a line.
pub fn handed_back(document: &str, superseded: &CheckpointId) -> String {
    let yaml = document.strip_prefix("---\n").and_then(close).map_or("", |(yaml, _)| yaml);
    let mut front = format!("---\nsupersedes: {superseded}\n");
    let mut kept = false;
    for line in yaml.split_inclusive('\n') {
        let inside = line.starts_with([' ', '\t', '-', '\n', '#']);
        if !inside {
            let key = line.split(':').next().unwrap_or_default().trim_matches(['"', '\'']);
            kept = key != "supersedes" && !COMPUTED.contains(&key);
        }
        if kept {
            front.push_str(line);
        }
    }
    front + "---\n"
}

/// What follows the fence that opens front matter, if there is one.
pub(super) fn open(text: &str) -> Option<&str> {
    let (fence, inside) = text.split_once('\n')?;
    (fence.trim_end() == "---").then_some(inside)
}

/// The text before the closing fence, and what follows it.
pub(super) fn close(inside: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in inside.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&inside[..at], &inside[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_markdown_is_all_body() {
        let given = read(b"# Title\n\ntext").unwrap();
        assert_eq!((given.front, given.body.as_str()), (Front::default(), "# Title\n\ntext\n"));
    }

    #[test]
    fn what_only_a_save_can_know_is_ignored() {
        let text =
            b"---\nid: 0123\nlength: 3\ntitle: kept\ncommit: beef\nreviewer: Bob\n---\nbody\n";
        let given = read(text).unwrap();
        assert_eq!(given.front.title.as_deref(), Some("kept"));
        assert_eq!(given.front.unknown.keys().collect::<Vec<_>>(), ["reviewer"]);
        assert_eq!(given.body, "body\n");
    }

    #[test]
    fn a_stored_document_is_handed_back_without_what_a_save_fills_in() {
        let text = "---\nid: 0123\nlength: 3\ntitle: kept\nprogress:\n  done: 1\n  total: 2\nsnapshots:\n- agent: x\n  session: y\nsupersedes: 0000000000000000000000000000000000000000\nreviewer:\n- Bob\n---\nbody\n";
        let id: CheckpointId = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
        assert_eq!(
            handed_back(text, &id),
            format!(
                "---\nsupersedes: {id}\ntitle: kept\nprogress:\n  done: 1\n  total: 2\nreviewer:\n- Bob\n---\n"
            )
        );
        let given = read((handed_back(text, &id) + "body\n").as_bytes()).unwrap();
        assert_eq!((given.front.supersedes, given.body.as_str()), (Some(id), "body\n"));
    }

    #[test]
    fn broken_front_matter_is_told_with_its_place() {
        let error = read(b"---\ntitle: [a\nstatus: done\n---\n").unwrap_err().to_string();
        assert!(error.contains("line"), "{error}");
        assert!(matches!(read(b"---\ntitle: x\n"), Err(GivenError::Unclosed)));
        assert!(matches!(read(b"abc\xff"), Err(GivenError::NotUtf8(3))));
    }

    #[test]
    fn blanks_behind_a_fence_are_not_seen() {
        let given = read(b"--- \ntitle: x\n---\t\nbody\n").unwrap();
        assert_eq!((given.front.title.as_deref(), given.body.as_str()), (Some("x"), "body\n"));
        assert_eq!(read(b"----\nx\n").unwrap().body, "----\nx\n");
    }

    #[test]
    fn windows_line_ends_and_a_byte_order_mark_are_fine() {
        let given = read(b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\nbody\r\n").unwrap();
        assert_eq!((given.front.title.as_deref(), given.body.as_str()), (Some("x"), "body\r\n"));
    }
}
