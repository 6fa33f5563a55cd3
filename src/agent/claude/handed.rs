//! What Claude Code hands to the command that draws its status line, on standard input: one JSON object.
//!
//! Documented at <https://code.claude.com/docs/en/statusline>. Every field but the session may be absent or `null`:
//! there is no usage before the first answer, nor between a compaction and the next one.

use std::path::PathBuf;

use serde::Deserialize;

use crate::agent::Found;
use crate::agent::claude::find;
use crate::agent::json;
use crate::agent::json::Field;
use crate::model::session::SessionId;

/// What a status line is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub session: SessionId,
    pub transcript: Option<PathBuf>,
    pub model: Option<String>,
    /// Tokens in the context window after the last answer, that answer's included.
    pub context: Option<u64>,
    /// The size of the context window.
    pub window: Option<u64>,
}

#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow)]
    session_id: Field<'a>,
    #[serde(borrow)]
    transcript_path: Field<'a>,
    #[serde(borrow)]
    model: Field<'a>,
    #[serde(borrow)]
    context_window: Field<'a>,
}

#[derive(Deserialize)]
struct Model<'a> {
    #[serde(borrow)]
    id: Field<'a>,
}

#[derive(Deserialize)]
struct Window<'a> {
    #[serde(borrow)]
    context_window_size: Field<'a>,
    #[serde(borrow)]
    current_usage: Field<'a>,
}

#[derive(Deserialize)]
struct Usage<'a> {
    #[serde(borrow)]
    input_tokens: Field<'a>,
    #[serde(borrow)]
    output_tokens: Field<'a>,
    #[serde(borrow)]
    cache_creation_input_tokens: Field<'a>,
    #[serde(borrow)]
    cache_read_input_tokens: Field<'a>,
}

impl Handed {
    /// Reads it; `None` where the text is something else.
    pub fn read(text: &[u8]) -> Option<Self> {
        let input: Input<'_> = serde_json::from_slice(text).ok()?;
        let window: Option<Window<'_>> = json::parsed(input.context_window);
        let usage = window.as_ref().and_then(|window| json::parsed(window.current_usage));
        Some(Self {
            session: json::text(input.session_id)?.parse().ok()?,
            transcript: json::full_text(input.transcript_path).map(PathBuf::from),
            model: json::parsed::<Model<'_>>(input.model)
                .and_then(|model| json::full_text(model.id)),
            context: usage.map(|usage: Usage<'_>| total(&usage)).filter(|total| *total > 0),
            window: window.and_then(|window| json::parsed(window.context_window_size)),
        })
    }

    /// The session's transcript, if it has one with something in it.
    pub fn found(&self) -> Option<Found> {
        find::found_at(self.transcript.as_ref()?, self.session.clone())
    }
}

fn total(usage: &Usage<'_>) -> u64 {
    let parts = [
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_creation_input_tokens,
        usage.cache_read_input_tokens,
    ];
    parts.into_iter().map(json::number).fold(0, u64::saturating_add)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_is_that_of_the_last_answer() {
        let text = br#"{"session_id":"abc","transcript_path":"/t.jsonl","model":{"id":"claude-opus-4-7","display_name":"Opus"},
            "context_window":{"context_window_size":200000,"used_percentage":7,
            "current_usage":{"input_tokens":1,"output_tokens":20,"cache_creation_input_tokens":300,"cache_read_input_tokens":4000}}}"#;
        let handed = Handed::read(text).unwrap();
        assert_eq!(handed.session.as_str(), "abc");
        assert_eq!(handed.transcript, Some("/t.jsonl".into()));
        assert_eq!(handed.model.as_deref(), Some("claude-opus-4-7"));
        assert_eq!((handed.context, handed.window), (Some(4321), Some(200_000)));
    }

    #[test]
    fn what_is_not_told_yet_is_absent() {
        let early = br#"{"session_id":"abc","context_window":{"context_window_size":200000,"current_usage":null}}"#;
        let handed = Handed::read(early).unwrap();
        assert_eq!((handed.context, handed.window), (None, Some(200_000)));
        assert_eq!(Handed::read(br#"{"session_id":"abc"}"#).unwrap().window, None);
        for other in [&b"not json"[..], b"{}", br#"{"session_id":"../etc"}"#, b"[]", b""] {
            assert_eq!(Handed::read(other), None);
        }
    }
}
