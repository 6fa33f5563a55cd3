//! The end of a transcript, read backwards until it tells how full the context window is.
//!
//! A transcript is as long as the work took, and what is asked for stands in one of its last lines. The figure is the
//! one that reading all of it would give, which a test over real sessions holds it to: the last usage of the main
//! thread, or what a compaction behind it left of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

use crate::agent::{Adapter, Found, adapter};
use crate::model::session::{Event, Record, Thread};

/// The first piece that is read, and the largest.
const CHUNK: u64 = 64 << 10;
const LARGEST: u64 = 1 << 20;
/// How far from the end a usage is looked for: behind a huge result of a tool, say.
const DEEPEST: u64 = 16 << 20;
/// How far the model is looked for when the usage is found; it is not worth more.
const MODEL_DEEPEST: u64 = 256 << 10;

/// What the end of a transcript tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Tokens in the context window.
    pub context: Option<u64>,
    /// Its size, where the usage tells it.
    pub window: Option<u64>,
    pub model: Option<String>,
    /// What a compaction left, which is not in the usage before it.
    left: Option<u64>,
}

impl Tail {
    /// Reads a session's transcript backwards from the length that it was found with.
    pub fn of(found: &Found) -> io::Result<Self> {
        let adapter = adapter(found.agent);
        let mut tail = Self::default();
        let mut lines = Backwards::open(found)?;
        while !tail.is_enough(lines.depth) {
            let Some(piece) = lines.next_piece()? else { break };
            for line in piece.rsplit(|byte| *byte == b'\n') {
                tail.take_line(adapter, line);
            }
        }
        Ok(tail)
    }

    fn is_enough(&self, depth: u64) -> bool {
        match (self.context, &self.model) {
            (Some(_), Some(_)) => true,
            (Some(_), None) => depth >= MODEL_DEEPEST,
            (None, _) => depth >= DEEPEST,
        }
    }

    fn take_line(&mut self, adapter: &dyn Adapter, line: &[u8]) {
        let marks = adapter.context_marks();
        if marks.iter().any(|mark| memmem::find(line, mark.as_bytes()).is_some()) {
            self.take(adapter.read(line));
        }
    }

    /// Takes in the record before those that were taken.
    fn take(&mut self, record: Record) {
        if record.thread == Thread::Side {
            return;
        }
        for event in record.events.into_iter().rev() {
            match event {
                Event::Usage(usage) if self.context.is_none() => {
                    self.context = Some(self.left.unwrap_or(usage.context));
                    self.window = usage.window;
                }
                Event::Compaction { tokens_after, .. } if self.context.is_none() => {
                    self.left = self.left.or(tokens_after);
                }
                Event::Model(model) => {
                    self.model.get_or_insert(model);
                }
                _ => {}
            }
        }
    }
}

/// A file's whole lines, handed over piece by piece from its end.
struct Backwards {
    file: File,
    /// Where the part begins that was read.
    at: u64,
    chunk: u64,
    /// The rest of a line whose beginning was not read yet.
    rest: Vec<u8>,
    depth: u64,
}

impl Backwards {
    fn open(found: &Found) -> io::Result<Self> {
        let file = File::open(&found.transcript)?;
        let at = file.metadata()?.len().min(found.bytes);
        Ok(Self { file, at, chunk: CHUNK, rest: Vec::new(), depth: 0 })
    }

    /// The next lines towards the beginning; `None` when there are no more.
    fn next_piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.at > 0 {
            let length = self.chunk.min(self.at);
            self.at -= length;
            self.depth += length;
            self.chunk = (self.chunk * 2).min(LARGEST);
            let mut piece = Vec::with_capacity(length as usize + self.rest.len());
            self.file.seek(SeekFrom::Start(self.at))?;
            (&self.file).take(length).read_to_end(&mut piece)?;
            piece.append(&mut self.rest);
            if self.at == 0 {
                return Ok(Some(piece));
            }
            let Some(end) = memchr::memchr(b'\n', &piece) else {
                self.rest = piece;
                if self.depth >= DEEPEST {
                    break;
                }
                continue;
            };
            let lines = piece.split_off(end + 1);
            self.rest = piece;
            return Ok(Some(lines));
        }
        Ok(None)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::agent::testing::Home;
    use crate::model::agent::Agent;

    fn tail(agent: Agent, text: &str) -> Tail {
        let home = Home::new();
        let transcript = home.write(&home.path("t.jsonl"), text);
        let bytes = text.len() as u64;
        let id = "s".parse().unwrap();
        let modified = SystemTime::UNIX_EPOCH;
        Tail::of(&Found { agent, id, transcript, bytes, modified }).unwrap()
    }

    fn answer(context: u64, fields: &str) -> String {
        format!(
            r#"{{"type":"assistant",{fields}"message":{{"id":"m","model":"claude-opus-4-7","content":[],"usage":{{"input_tokens":{context}}}}}}}"#
        ) + "\n"
    }

    fn boundary(after: &str) -> String {
        format!(r#"{{"type":"system","subtype":"compact_boundary","compactMetadata":{{{after}}}}}"#)
            + "\n"
    }

    #[test]
    fn the_last_usage_of_the_main_thread_counts() {
        let side = answer(999, r#""isSidechain":true,"#);
        let text = answer(10, "") + &answer(20, "") + &side + "{\"type\":\"mode\"}\n{\"torn\":";
        let found = tail(Agent::ClaudeCode, &text);
        assert_eq!((found.context, found.model.as_deref()), (Some(20), Some("claude-opus-4-7")));
        assert_eq!(tail(Agent::ClaudeCode, "{\"type\":\"mode\"}\n"), Tail::default());
        assert_eq!(tail(Agent::ClaudeCode, ""), Tail::default());
    }

    #[test]
    fn what_a_compaction_left_counts_until_the_next_usage() {
        let context = |text: String| tail(Agent::ClaudeCode, &text).context;
        let told = boundary(r#""preTokens":900,"postTokens":40"#);
        assert_eq!(context(answer(900, "") + &told), Some(40));
        assert_eq!(context(answer(900, "") + &told + &boundary("")), Some(40));
        assert_eq!(context(answer(900, "") + &told + &answer(55, "")), Some(55));
        assert_eq!(context(answer(900, "") + &boundary("")), Some(900));
        assert_eq!(context(told), None);
    }

    #[test]
    fn a_usage_is_found_behind_lines_that_are_longer_than_a_piece() {
        let long = format!("{{\"type\":\"user\",\"text\":\"{}\"}}\n", "x".repeat(3 << 20));
        let text = answer(30, "") + &long + &long;
        assert_eq!(tail(Agent::ClaudeCode, &text).context, Some(30));
        let deep = answer(30, "") + &long.repeat(6);
        assert_eq!(tail(Agent::ClaudeCode, &deep).context, None);
    }

    #[test]
    fn codex_tells_the_window_with_the_usage_and_the_model_with_the_turn() {
        let turn = r#"{"type":"turn_context","payload":{"model":"gpt-5.5"}}"#;
        let count = r#"{"type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"total_tokens":300},"model_context_window":1000}}}"#;
        let found = tail(Agent::Codex, &format!("{turn}\n{count}\n{{\"type\":\"world_state\"}}\n"));
        assert_eq!((found.context, found.window), (Some(300), Some(1000)));
        assert_eq!(found.model.as_deref(), Some("gpt-5.5"));
    }
}
