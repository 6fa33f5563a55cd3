//! What was pasted instead of written: a conversation, a log, a listing of files.

use crate::policy::lint::shape::fenced;
use crate::policy::lint::{Material, Seen};

/// Who speaks, at the beginning of a line of a conversation.
const SPEAKERS: &[&str] = &[
    "user",
    "human",
    "assistant",
    "claude",
    "codex",
    "ai",
    "agent",
    "system",
    "you",
    "me",
    "tool",
];

/// Pieces of the records that agents keep.
const RECORDS: &[&str] = &[
    "\"tool_use\"",
    "\"tool_result\"",
    "\"tool_use_id\"",
    "\"function_call\"",
    "\"toolUseResult\"",
    "\"role\":\"assistant\"",
    "\"role\": \"assistant\"",
    "\"role\":\"user\"",
    "\"role\": \"user\"",
    "<function_calls>",
    "⎿",
    "<tool_use>",
    "<tool_call>",
];

/// Most lines of a block that is shown for what it says.
const LONGEST_BLOCK: usize = 20;

/// Fewest lines of a listing.
const LISTING: usize = 4;

pub fn transcript(material: &Material) -> Vec<Seen> {
    let mut seen = Vec::new();
    let spoken: Vec<usize> =
        numbered(material.body).filter(|(_, line)| speaks(line)).map(|(at, _)| at).collect();
    if let [first, _, ..] = spoken[..] {
        seen.push(Seen {
            line: Some(first),
            message: format!("this reads like a conversation: {} lines of speakers", spoken.len()),
            fix: "write what came of it; the conversation is saved with the session".to_owned(),
        });
    }
    let record = |line: &str| RECORDS.iter().any(|piece| line.contains(piece));
    if let Some((line, _)) = numbered(material.body).find(|(_, line)| record(line)) {
        seen.push(Seen {
            line: Some(line),
            message: "this is a record of a tool call".to_owned(),
            fix: "write what the call showed; the call is saved with the session".to_owned(),
        });
    }
    seen.extend(fenced(material.body).into_iter().filter_map(long_block));
    seen
}

fn numbered(body: &str) -> impl Iterator<Item = (usize, &str)> {
    body.lines().enumerate()
}

/// `User: …`, `**Assistant:** …`, `> Human: …`, `### Claude`, and what a terminal shows of an agent
fn speaks(line: &str) -> bool {
    if line.trim_start().starts_with('⏺') {
        return true;
    }
    let headed = line.starts_with('#');
    let line = line.trim_start_matches([' ', '\t', '>', '#', '*', '_', '[']);
    let end = line.find(|letter: char| !letter.is_alphabetic()).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start_matches(['*', '_', ']']);
    let marked = rest.starts_with(':') || (headed && rest.trim().is_empty());
    marked && SPEAKERS.iter().any(|speaker| speaker.eq_ignore_ascii_case(name))
}

fn long_block((line, block): (usize, &str)) -> Option<Seen> {
    let lines = block.lines().count();
    (lines > LONGEST_BLOCK && !draws_tree(block)).then(|| Seen {
        line: Some(line),
        message: format!("a block of {lines} lines"),
        fix: "write what it shows, with the one line that matters".to_owned(),
    })
}

pub fn file_tree(material: &Material) -> Vec<Seen> {
    let drawn = numbered(material.body).filter(|(_, line)| draws(line)).map(|(at, _)| at);
    let drawn: Vec<usize> = drawn.collect();
    let mut found: Vec<usize> =
        drawn.first().copied().filter(|_| drawn.len() > 1).into_iter().collect();
    let listed = fenced(material.body)
        .into_iter()
        .filter(|(_, block)| lists_files(block) && !draws_tree(block));
    found.extend(listed.map(|(line, _)| line));
    found.extend(indented_list(material.body));
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .map(|line| Seen {
            line: Some(line),
            message: "this is a listing of files".to_owned(),
            fix: "name the files in play, each with what matters about it".to_owned(),
        })
        .collect()
}

/// The first line of a list that is nothing but names of files at different depths.
fn indented_list(body: &str) -> Option<usize> {
    let mut run: Vec<(usize, usize)> = Vec::new();
    for (at, line) in numbered(body).chain([(usize::MAX, "")]) {
        let item =
            line.trim().strip_prefix(['-', '*', '+']).map(|item| item.trim().trim_matches('`'));
        if item.is_some_and(is_file_name) {
            run.push((at, line.len() - line.trim_start().len()));
            continue;
        }
        if is_tree(run.iter().map(|(_, depth)| *depth)) {
            return run.first().map(|(at, _)| *at);
        }
        run.clear();
    }
    None
}

/// Whether a line is the name of a file or a directory and nothing else.
fn is_file_name(name: &str) -> bool {
    let named = !name.contains(char::is_whitespace) && (name.ends_with('/') || name.contains('.'));
    named && !name.contains(['(', '=', '"', ';', ':'])
}

fn is_tree(mut depths: impl Iterator<Item = usize> + Clone) -> bool {
    let enough = depths.clone().count() >= LISTING;
    let first = depths.next();
    enough && depths.any(|depth| Some(depth) != first)
}

fn draws_tree(block: &str) -> bool {
    block.lines().filter(|line| draws(line)).count() > 1
}

/// A branch of a tree as programs draw it.
fn draws(line: &str) -> bool {
    let inner = line.trim_start_matches([' ', '\t', '│', '|', '\u{a0}', '`', '-']);
    inner.starts_with(['├', '└']) || ["|-- ", "+-- ", "`-- "].iter().any(|mark| line.contains(mark))
}

/// Whether a block is a tree that is drawn by indentation: names alone, at different depths.
fn lists_files(block: &str) -> bool {
    let inside = block.lines().skip(1).filter(|line| !line.trim_start().starts_with("```"));
    let mut depths = Vec::new();
    for line in inside.filter(|line| !line.trim().is_empty()) {
        if !is_file_name(line.trim()) {
            return false;
        }
        depths.push(line.len() - line.trim_start().len());
    }
    is_tree(depths.into_iter())
}
