//! The first line of a rollout, which says whose thread it is and where it was started.

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::agent::files;
use crate::agent::json;
use crate::agent::json::Field;
use crate::model::session::SessionId;

/// Longest first line that is read; it holds the whole system prompt.
const LONGEST: u64 = 1024 * 1024;

#[derive(Debug)]
pub(super) struct Meta {
    pub id: SessionId,
    pub cwd: Option<PathBuf>,
    /// The moment of the start, as it would stand in the file's name, but in UTC.
    pub moment: Option<String>,
    pub lineage: Lineage,
}

/// Whether a thread is a person's or a subagent's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lineage {
    Own,
    Subagent { parent: Option<SessionId> },
}

/// A line of a rollout.
#[derive(Deserialize)]
pub(super) struct Row<'a> {
    #[serde(borrow, rename = "type")]
    kind: Field<'a>,
    #[serde(borrow)]
    payload: Field<'a>,
}

impl<'a> Row<'a> {
    /// What it says of the thread, where it is the line that describes it.
    pub(super) fn meta<T: Deserialize<'a>>(&self) -> Option<T> {
        let is_meta = json::word(self.kind) == Some("session_meta");
        is_meta.then(|| json::parsed(self.payload))?
    }
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    #[serde(borrow)]
    timestamp: Field<'a>,
    #[serde(borrow)]
    cwd: Field<'a>,
    #[serde(borrow)]
    source: Field<'a>,
    #[serde(borrow)]
    thread_source: Field<'a>,
    #[serde(borrow)]
    parent_thread_id: Field<'a>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    subagent: Field<'a>,
}

#[derive(Deserialize)]
struct Subagent<'a> {
    #[serde(borrow)]
    thread_spawn: Field<'a>,
}

#[derive(Deserialize)]
struct Spawn<'a> {
    #[serde(borrow)]
    parent_thread_id: Field<'a>,
}

impl Meta {
    pub fn of_file(rollout: &Path) -> Option<Self> {
        Self::of_line(&files::first_line(rollout, LONGEST)?)
    }

    pub fn of_line(line: &[u8]) -> Option<Self> {
        let (line, _) = json::line_text(line);
        let mut meta = None;
        json::each_value(&line, &mut |row: Row<'_>| {
            if meta.is_none() {
                meta = row.meta().and_then(|payload| Self::of_payload(&payload));
            }
        });
        meta
    }

    fn of_payload(payload: &Payload<'_>) -> Option<Self> {
        let moment = json::word(payload.timestamp).and_then(|time| time.get(..19));
        Some(Self {
            id: session_id(payload.id)?,
            cwd: json::text(payload.cwd).map(PathBuf::from),
            moment: moment.map(|moment| moment.replace(':', "-")),
            lineage: lineage(payload),
        })
    }
}

/// Versions tell a parent beside the source or inside it, and a review has no spawn.
fn lineage(payload: &Payload<'_>) -> Lineage {
    let source = json::parsed::<Source<'_>>(payload.source).and_then(|source| source.subagent);
    let spawn = json::parsed::<Subagent<'_>>(source)
        .and_then(|subagent| json::parsed::<Spawn<'_>>(subagent.thread_spawn));
    let parent = session_id(payload.parent_thread_id)
        .or_else(|| session_id(spawn.and_then(|spawn| spawn.parent_thread_id)));
    let is_subagent = source.is_some() || json::word(payload.thread_source) == Some("subagent");
    if is_subagent || parent.is_some() { Lineage::Subagent { parent } } else { Lineage::Own }
}

fn session_id(field: Field<'_>) -> Option<SessionId> {
    json::text(field)?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lineage_of(fields: &str) -> Lineage {
        let line = format!(r#"{{"type":"session_meta","payload":{{"id":"child",{fields}}}}}"#);
        Meta::of_line(line.as_bytes()).unwrap().lineage
    }

    #[test]
    fn a_parent_is_found_wherever_a_version_tells_it() {
        let parent = || Lineage::Subagent { parent: Some("p-1".parse().unwrap()) };
        assert_eq!(lineage_of(r#""source":"cli""#), Lineage::Own);
        assert_eq!(lineage_of(r#""source":"exec","thread_source":"user""#), Lineage::Own);
        assert_eq!(
            lineage_of(r#""source":{"subagent":{"thread_spawn":{"parent_thread_id":"p-1"}}}"#),
            parent()
        );
        assert_eq!(
            lineage_of(r#""source":{"subagent":"review"},"parent_thread_id":"p-1""#),
            parent()
        );
        assert_eq!(
            lineage_of(r#""source":{"subagent":"review"}"#),
            Lineage::Subagent { parent: None }
        );
    }

    #[test]
    fn a_line_that_is_no_session_meta_says_nothing() {
        assert!(Meta::of_line(br#"{"type":"user","sessionId":"x"}"#).is_none());
        assert!(Meta::of_line(b"not json").is_none());
    }
}
