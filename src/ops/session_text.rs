//! A stored conversation as turns that a person can read.

use std::io::Write;

use crate::agent::adapter;
use crate::model::agent::Agent;
use crate::model::session::{Event, Record, Thread};
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::store::{Files, LineFeed, LineReader, ReadError};

/// One step of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Prompt { turn: u64, at: Option<Timestamp>, text: String },
    Reply(String),
    Thinking(String),
    Call { name: String, input: String },
    Result { text: String, failed: bool },
    Compaction { summary: Option<String> },
}

/// A session that cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum SessionTextError {
    #[error("`{0}` is not an agent this version can read")]
    UnknownAgent(String),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Hands the steps of a snapshot's main thread to `each`.
pub fn steps(
    files: &Files,
    snapshot: &Snapshot,
    each: &mut dyn FnMut(Step),
) -> Result<(), SessionTextError> {
    let agent: Agent = snapshot
        .agent
        .parse()
        .map_err(|_| SessionTextError::UnknownAgent(snapshot.agent.clone()))?;
    let mut teller = Teller { agent, turns: 0, each };
    let mut feed = FeedWriter { feed: LineFeed::new(&mut teller) };
    files.write_out(&snapshot.transcript, &mut feed)?;
    feed.feed.finish_line();
    Ok(())
}

struct FeedWriter<'l> {
    feed: LineFeed<'l>,
}

impl Write for FeedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.feed.take(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Teller<'e> {
    agent: Agent,
    turns: u64,
    each: &'e mut dyn FnMut(Step),
}

impl LineReader for Teller<'_> {
    fn resume(&mut self, _kept: Option<&serde_json::value::RawValue>) -> bool {
        true
    }

    fn line(&mut self, line: &[u8]) {
        let Record { at, thread, events, .. } = adapter(self.agent).read(line);
        if thread == Thread::Main {
            for event in events {
                self.tell(at, event);
            }
        }
    }

    fn keep(&self) -> Option<Box<serde_json::value::RawValue>> {
        None
    }
}

impl Teller<'_> {
    fn tell(&mut self, at: Option<Timestamp>, event: Event) {
        let step = match event {
            Event::Prompt(text) => {
                self.turns += 1;
                Step::Prompt { turn: self.turns, at, text }
            }
            Event::Reply(text) => Step::Reply(text),
            Event::Thinking(text) => Step::Thinking(text),
            Event::ToolCall { name, input, .. } => Step::Call { name, input },
            Event::ToolResult { text, failed, .. } => Step::Result { text, failed },
            Event::Compaction { summary, .. } => Step::Compaction { summary },
            _ => return,
        };
        (self.each)(step);
    }
}

/// What was last asked and last answered, as far as the end of a transcript shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastWords {
    pub prompt: Option<String>,
    pub reply: Option<String>,
}

/// Looks at the last 512 KiB of a snapshot's transcript.
pub fn last_words(files: &Files, snapshot: &Snapshot) -> Result<LastWords, SessionTextError> {
    const LOOKED_AT: u64 = 512 << 10;
    let agent: Agent = snapshot
        .agent
        .parse()
        .map_err(|_| SessionTextError::UnknownAgent(snapshot.agent.clone()))?;
    let end = files.end_of(&snapshot.transcript, LOOKED_AT)?;
    let mut words = LastWords::default();
    let mut each = |step| match step {
        Step::Prompt { text, .. } => words.prompt = Some(text),
        Step::Reply(text) => words.reply = Some(text),
        _ => {}
    };
    let mut teller = Teller { agent, turns: 0, each: &mut each };
    // The first line may have lost its beginning; a line that does not read says nothing.
    end.split(|byte| *byte == b'\n').for_each(|line| teller.line(line));
    Ok(words)
}
