//! What was said in a session that a document can quote: wishes, decisions, constraints, questions, next steps.
//!
//! Conservative: a sentence counts only where its own words say plainly what it is, and it is quoted, never completed. A
//! person's words are taken more freely than an agent's, because they bind. Only prose is heard: not code, tables,
//! quotations and what was pasted.

mod agent;
mod files;
mod person;
mod phrases;
mod sentences;

use serde::Deserialize;

use crate::model::digest::{Gist, Heard, Speaker};
use crate::model::session::{Event, Record, Thread};

/// Longest quotation, in characters.
const QUOTE: usize = 240;

/// Most sayings that one prompt or reply gives.
const EACH: usize = 12;

/// What is worth remembering of a record.
pub fn hear(record: &Record) -> Vec<Heard> {
    if record.thread != Thread::Main {
        return Vec::new();
    }
    record.events.iter().flat_map(heard).collect()
}

fn heard(event: &Event) -> Vec<Heard> {
    let mut heard = match event {
        Event::Prompt(text) => person::hear(text),
        Event::Reply(text) => agent::hear(text),
        Event::Answered { question, answer, options } => answered(question, answer, options),
        Event::ToolCall { name, input, .. } if is_form(name) => asked(input),
        _ => Vec::new(),
    };
    heard.truncate(EACH);
    heard
}

fn is_form(tool: &str) -> bool {
    matches!(tool, "AskUserQuestion" | "request_user_input")
}

#[derive(Deserialize)]
struct Form {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    question: String,
}

/// The questions of a form that nobody has answered yet.
fn asked(input: &str) -> Vec<Heard> {
    let form: Option<Form> = serde_json::from_str(input).ok();
    let questions = form.map(|form| form.questions).unwrap_or_default();
    questions.iter().map(|asked| said(Gist::Question, Speaker::Agent, &asked.question)).collect()
}

/// A choice that the person made; one that asks back decides nothing.
fn answered(question: &str, answer: &str, options: &[String]) -> Vec<Heard> {
    if answer.trim_end().ends_with('?') || answer.trim().is_empty() {
        return Vec::new();
    }
    let others: Vec<&str> =
        options.iter().map(String::as_str).filter(|option| !answer.contains(option)).collect();
    let text = format!("{} {}", question.trim(), answer.trim());
    let among = (!others.is_empty()).then(|| sentences::cut(&others.join("; "), QUOTE));
    vec![Heard { among, ..said(Gist::Adopted, Speaker::Person, &text) }]
}

/// A quotation on one line.
fn said(gist: Gist, speaker: Speaker, text: &str) -> Heard {
    let text = sentences::cut(&sentences::one_line(text), QUOTE);
    Heard { gist, speaker, text, why: None, among: None }
}

/// A quotation, cut in two before its reason, without the words that only say what it is.
fn reasoned(gist: Gist, speaker: Speaker, text: &str) -> Heard {
    let text = phrases::unlabelled(text);
    let cut_in_two = match gist {
        Gist::Rejected => phrases::considered(text).or_else(|| phrases::reason(text)),
        _ => phrases::reason(text),
    };
    let (what, why) = cut_in_two.map_or((text, None), |(what, why)| (what, Some(why)));
    let what = match gist {
        Gist::Rejected => phrases::without_start(what, phrases::REJECTING),
        Gist::Adopted => phrases::without_start(what, phrases::ADOPTING),
        _ => what,
    };
    Heard { why: why.map(|why| sentences::cut(why, QUOTE)), ..said(gist, speaker, what) }
}

pub use sentences::{cut, one_line, prose, sentences};

/// A line without the mark of a list in front of it.
pub fn without_mark(line: &str) -> &str {
    sentences::without_bullet(line).0
}

#[cfg(test)]
mod tests;
