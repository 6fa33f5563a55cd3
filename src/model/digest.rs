//! What is known of a session after reading it up to some point: a bounded summary that events fold into.

mod sayings;
mod test_run;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::session::{
    EditKind, Event, PlanItem, PlanState, Record, Thread, TitleRank, Usage,
};
use crate::model::time::Timestamp;

pub use sayings::{Gist, Heard, Saying, Sayings, Speaker};
pub use test_run::TestRun;

/// How many of each kind of thing a digest remembers.
const FILES: usize = 200;
const PLAN_ITEMS: usize = 100;
const COMMITS: usize = 50;
const TEST_RUNS: usize = 5;
const PENDING_CALLS: usize = 32;

/// Longest text kept of a prompt or a reply, in characters.
const EXCERPT: usize = 1200;

/// The summary of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    pub records: u64,
    /// Lines that were not JSON, or not only one JSON value; their bytes are kept all the same.
    pub malformed: u64,
    /// Prompts of a person in the main thread.
    pub turns: u64,
    pub tool_calls: u64,
    pub subagents: u64,
    pub compactions: u64,
    pub started: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub cwd: Option<String>,
    pub branch: Option<String>,
    pub version: Option<String>,
    pub model: Option<String>,
    pub title: Option<String>,
    pub title_rank: TitleRank,
    /// The last main-thread figure.
    pub usage: Option<Usage>,
    /// Output tokens of all messages, each counted once.
    pub output_tokens: u64,
    /// Tokens of the text read while no usage figure had been seen, as counted by the caller's tokenizer.
    pub estimated_tokens: u64,
    pub first_prompt: Option<String>,
    pub last_prompt: Option<Prompted>,
    pub last_reply: Option<String>,
    /// When the last reply came.
    pub replied: Moment,
    /// Something was said by the agent since the last prompt.
    pub answered: bool,
    /// What was said that is worth remembering, as the caller's ear heard it.
    pub sayings: Sayings,
    pub plan: Vec<PlanItem>,
    /// Files written by edit tools, least recently touched first.
    pub files: Vec<FileTouched>,
    pub commits: Vec<CommitMade>,
    pub tests: VecDeque<TestRun>,
    /// Test commands whose result has not come yet, by call id.
    pending: VecDeque<(String, String)>,
}

/// A file that the session edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTouched {
    pub path: String,
    pub edits: u64,
    pub kind: EditKind,
    /// The last edit.
    pub when: Moment,
}

/// When something happened in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// Counted from 1; 0 before the first prompt.
    pub turn: u64,
    pub at: Option<Timestamp>,
}

impl Moment {
    /// Whether it is later than `mark`; what has no time is.
    pub fn is_after(&self, mark: Option<Timestamp>) -> bool {
        match (self.at, mark) {
            (Some(at), Some(mark)) => at > mark,
            _ => true,
        }
    }
}

/// A prompt of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompted {
    pub text: String,
    pub when: Moment,
}

/// A commit that the session made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitMade {
    /// An object id, perhaps abbreviated.
    pub id: String,
    pub when: Moment,
}

impl Digest {
    /// Takes in one record. `count` counts the tokens of a text; it is asked only until the transcript itself
    /// has told a usage figure.
    pub fn take(&mut self, record: Record, count: &mut dyn FnMut(&str) -> u64) {
        self.records += 1;
        self.malformed += u64::from(record.malformed);
        if let Some(at) = record.at {
            self.started = Some(self.started.map_or(at, |started| started.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        for event in record.events {
            if self.usage.is_none() {
                self.estimated_tokens += spoken_text(&event).map_or(0, &mut *count);
            }
            self.take_event(event, record.thread);
        }
    }

    fn take_event(&mut self, event: Event, thread: Thread) {
        match event {
            Event::Prompt(text) if thread == Thread::Main => self.take_prompt(&text),
            Event::Reply(text) if thread == Thread::Main => self.take_reply(&text),
            Event::Usage(usage) if thread == Thread::Main => self.take_usage(usage),
            Event::Model(model) if thread == Thread::Main => self.model = Some(model),
            Event::Compaction { tokens_after, .. } if thread == Thread::Main => {
                self.take_compaction(tokens_after);
            }
            Event::Setting { cwd, branch, version } => {
                // The first directory is where the session belongs; branch and version may change on the way.
                self.cwd = self.cwd.take().or(cwd);
                self.branch = branch.or(self.branch.take());
                self.version = version.or(self.version.take());
            }
            Event::Title { text, rank } if rank >= self.title_rank && !text.trim().is_empty() => {
                self.title = Some(excerpt(&text));
                self.title_rank = rank;
            }
            Event::ToolCall { id, name: _, input } => self.take_call(id, &input),
            Event::ToolResult { id, text, failed } => self.take_result(&id, &text, failed),
            Event::Edit { path, kind } => self.take_edit(path, kind),
            Event::PlanReplaced(items) if thread == Thread::Main => {
                self.plan = items;
                self.plan.truncate(PLAN_ITEMS);
            }
            Event::PlanItemAdded(item) if thread == Thread::Main => {
                self.plan.push(item);
                self.plan.truncate(PLAN_ITEMS);
            }
            Event::PlanItemChanged { id, text, state } if thread == Thread::Main => {
                self.change_plan(&id, text, state);
            }
            Event::Commit(id) if self.commits.iter().all(|commit| commit.id != id) => {
                self.commits.push(CommitMade { id, when: self.now() });
                let surplus = self.commits.len().saturating_sub(COMMITS);
                self.commits.drain(..surplus);
            }
            Event::Answered { .. } if thread == Thread::Main => self.sayings.prompted(),
            Event::SubagentStarted { .. } => self.subagents += 1,
            _ => {}
        }
    }

    fn take_prompt(&mut self, text: &str) {
        self.turns += 1;
        let text = excerpt(text);
        self.first_prompt.get_or_insert_with(|| text.clone());
        self.last_prompt = Some(Prompted { text, when: self.now() });
        self.answered = false;
        self.sayings.prompted();
    }

    fn take_reply(&mut self, text: &str) {
        self.last_reply = Some(excerpt(text));
        self.replied = self.now();
        self.answered = true;
        self.sayings.replied();
    }

    /// Takes in what an ear made of the words of the record that was taken in last.
    pub fn note(&mut self, heard: Vec<Heard>) {
        let now = self.now();
        self.sayings.note(heard, now);
    }

    fn now(&self) -> Moment {
        Moment { turn: self.turns, at: self.last }
    }

    fn take_usage(&mut self, usage: Usage) {
        let earlier = match &self.usage {
            Some(last) if last.message.is_some() && last.message == usage.message => last.output,
            _ => 0,
        };
        self.output_tokens += usage.output.saturating_sub(earlier);
        let window = usage.window.or(self.usage.as_ref().and_then(|last| last.window));
        let output = usage.output.max(earlier);
        self.usage = Some(Usage { window, output, ..usage });
    }

    fn take_compaction(&mut self, tokens_after: Option<u64>) {
        self.compactions += 1;
        if let (Some(usage), Some(after)) = (&mut self.usage, tokens_after) {
            usage.context = after;
        }
    }

    fn take_call(&mut self, id: String, input: &str) {
        self.tool_calls += 1;
        if let Some(command) = test_run::command(input) {
            push_bounded(&mut self.pending, (id, command), PENDING_CALLS);
        }
    }

    fn take_result(&mut self, id: &str, text: &str, failed: bool) {
        let Some(place) = self.pending.iter().position(|(call, _)| call == id) else { return };
        if let Some((_, command)) = self.pending.remove(place)
            && !test_run::goes_on(text)
        {
            let run = TestRun::read(command, text, failed, self.now());
            push_bounded(&mut self.tests, run, TEST_RUNS);
        }
    }

    fn take_edit(&mut self, path: String, kind: EditKind) {
        let place = self.files.iter().position(|file| file.path == path);
        let earlier = place.map(|place| self.files.remove(place));
        // A file that the session created stays created, however often it is edited afterwards.
        let kind = match &earlier {
            Some(file) if file.kind == EditKind::Created && kind == EditKind::Updated => file.kind,
            _ => kind,
        };
        let edits = earlier.map_or(0, |file| file.edits) + 1;
        self.files.push(FileTouched { path, edits, kind, when: self.now() });
        let surplus = self.files.len().saturating_sub(FILES);
        self.files.drain(..surplus);
    }

    fn change_plan(&mut self, id: &str, text: Option<String>, state: Option<PlanState>) {
        if let Some(item) = self.plan.iter_mut().find(|item| item.id == id) {
            item.state = state.unwrap_or(item.state);
            item.text = text.unwrap_or_else(|| std::mem::take(&mut item.text));
        }
    }
}

/// The text of an event that stands in the context window.
fn spoken_text(event: &Event) -> Option<&str> {
    match event {
        Event::Prompt(text) | Event::Reply(text) | Event::Thinking(text) => Some(text),
        Event::ToolCall { input, .. } => Some(input),
        Event::ToolResult { text, .. } => Some(text),
        _ => None,
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, limit: usize) {
    queue.push_back(item);
    while queue.len() > limit {
        queue.pop_front();
    }
}

fn excerpt(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(records: Vec<Record>) -> Digest {
        let mut digest = Digest::default();
        for record in records {
            digest.take(record, &mut |text| text.len() as u64);
        }
        digest
    }

    fn main(events: Vec<Event>) -> Record {
        Record { events, ..Record::default() }
    }

    fn usage(message: &str, context: u64, output: u64) -> Event {
        Event::Usage(Usage { message: Some(message.into()), context, output, window: None })
    }

    #[test]
    fn the_lines_of_one_message_count_its_output_once() {
        let digest = taken(vec![
            main(vec![usage("m1", 100, 1)]),
            main(vec![usage("m1", 120, 21)]),
            main(vec![usage("m2", 200, 5)]),
        ]);
        assert_eq!(digest.output_tokens, 26);
        assert_eq!(digest.usage.map(|usage| usage.context), Some(200));
    }

    #[test]
    fn a_side_thread_neither_opens_turns_nor_fills_the_window() {
        let mut side = main(vec![Event::Prompt("sub".into()), usage("s", 9999, 1)]);
        side.thread = Thread::Side;
        let digest = taken(vec![main(vec![Event::Prompt("go".into()), usage("m", 50, 1)]), side]);
        assert_eq!((digest.turns, digest.usage.map(|usage| usage.context)), (1, Some(50)));
    }

    #[test]
    fn a_test_run_is_remembered_with_the_sum_of_its_output() {
        let call = Event::ToolCall {
            id: "c1".into(),
            name: "Bash".into(),
            input: r#"{"command":"cargo test -q"}"#.into(),
        };
        let result = Event::ToolResult {
            id: "c1".into(),
            text: "a\n\nb\nc\n3 passed\n".into(),
            failed: false,
        };
        let digest = taken(vec![main(vec![call]), main(vec![result])]);
        assert_eq!(digest.tests[0].command, "cargo test -q");
        assert_eq!(digest.tests[0].summary, "3 passed");
    }

    #[test]
    fn a_digest_carried_on_equals_one_taken_at_once() {
        let records: Vec<Record> = (0..50)
            .map(|n| main(vec![Event::Prompt(format!("p{n}")), usage(&format!("m{n}"), n, n)]))
            .collect();
        let whole = taken(records.clone());
        let mut carried = taken(records[..20].to_vec());
        let text = serde_json::to_string(&carried).unwrap();
        carried = serde_json::from_str(&text).unwrap();
        for record in records[20..].iter().cloned() {
            carried.take(record, &mut |text| text.len() as u64);
        }
        assert_eq!(carried, whole);
    }
}
