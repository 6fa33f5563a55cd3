//! The document that is put together when nobody wrote one: what the transcript itself says, in a fixed order.
//!
//! Deterministic: the same digest gives the same text. It quotes and lists; it never guesses at reasons.

use std::fmt::Write;

use crate::model::digest::{Digest, FileTouched};
use crate::model::session::{EditKind, PlanState};
use crate::model::template::{Slot, Slots};

/// Longest title, in characters.
const TITLE: usize = 72;
/// Longest quotation, in characters.
const QUOTE: usize = 600;
/// Most files that are listed.
const FILES: usize = 25;

/// What a draft is made from besides the digest.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Directory of the worktree, which is cut off file names.
    pub worktree: Option<&'a str>,
    /// First line of the commit's message.
    pub subject: &'a str,
}

/// What a transcript tells, each where a template has a place for it.
pub fn slots(digest: &Digest, occasion: Occasion) -> Slots {
    let roots = [occasion.worktree, digest.cwd.as_deref()];
    let told = [
        (Slot::Title, title(digest, occasion.subject)),
        (Slot::Goal, goal(digest)),
        (Slot::Progress, progress(digest)),
        (Slot::Commits, commits(digest)),
        (Slot::NextSteps, next_steps(digest)),
        (Slot::Tests, tests(digest)),
        (Slot::Files, files(digest, &roots)),
        (Slot::LastWords, digest.last_reply.as_deref().map(quote).unwrap_or_default()),
    ];
    told.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// The first line of a text that can serve as a title: a heading's words, or the line itself.
pub fn title_of(markdown: &str) -> Option<String> {
    let line = markdown.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.trim_start_matches('#').trim();
    (!line.is_empty()).then(|| cut(line, TITLE))
}

fn title(digest: &Digest, subject: &str) -> String {
    let own = digest.title.as_deref().and_then(title_of);
    own.or_else(|| title_of(subject))
        .or_else(|| digest.first_prompt.as_deref().and_then(title_of))
        .unwrap_or_else(|| "Untitled".to_owned())
}

fn goal(digest: &Digest) -> String {
    let Some(first) = &digest.first_prompt else { return String::new() };
    let mut text = quote(first);
    let later: Vec<&String> =
        digest.recent_prompts.iter().rev().filter(|prompt| *prompt != first).take(3).collect();
    if !later.is_empty() {
        text.push_str("\nAsked since, oldest first:\n\n");
        for prompt in later.into_iter().rev() {
            let _ = writeln!(text, "- {}", cut(&one_line(prompt), QUOTE / 3));
        }
    }
    text
}

fn progress(digest: &Digest) -> String {
    let mut text = String::new();
    for item in &digest.plan {
        let mark = match item.state {
            PlanState::Completed => 'x',
            PlanState::InProgress => '~',
            PlanState::Pending => ' ',
        };
        let _ = writeln!(text, "- [{mark}] {}", one_line(&item.text));
    }
    text
}

fn commits(digest: &Digest) -> String {
    if digest.commits.is_empty() {
        return String::new();
    }
    let commits: Vec<String> =
        digest.commits.iter().rev().take(10).rev().map(|id| format!("`{id}`")).collect();
    format!("- [x] Commits made: {}\n", commits.join(", "))
}

fn next_steps(digest: &Digest) -> String {
    let open = |state| digest.plan.iter().filter(move |item| item.state == state);
    let next = open(PlanState::InProgress).chain(open(PlanState::Pending)).take(5);
    let mut text = String::new();
    for (number, item) in next.enumerate() {
        let _ = writeln!(text, "{}. {}", number + 1, one_line(&item.text));
    }
    text
}

fn tests(digest: &Digest) -> String {
    let mut text = String::new();
    for run in digest.tests.iter().rev().take(3) {
        let outcome = if run.failed { "failed" } else { "ran" };
        let summary = cut(&one_line(&run.summary), QUOTE / 3);
        let _ = writeln!(text, "- `{}` {outcome}: {summary}", cut(&one_line(&run.command), 120));
    }
    text
}

fn files(digest: &Digest, roots: &[Option<&str>]) -> String {
    let mut text = String::new();
    for file in digest.files.iter().rev().take(FILES) {
        let _ = writeln!(text, "- `{}` ({})", relative(&file.path, roots), touched(file));
    }
    if digest.files.len() > FILES {
        let _ = writeln!(text, "- and {} more", digest.files.len() - FILES);
    }
    text
}

fn touched(file: &FileTouched) -> String {
    let verb = match file.kind {
        EditKind::Created => "created",
        EditKind::Updated => "edited",
        EditKind::Deleted => "deleted",
    };
    if file.edits > 1 { format!("{verb}, {} edits", file.edits) } else { verb.to_owned() }
}

/// A file's name as seen from the first of `roots` that it lies in: the worktree, or where the session ran.
fn relative<'a>(path: &'a str, roots: &[Option<&str>]) -> &'a str {
    let below = |root: &str| path.strip_prefix(root)?.strip_prefix('/');
    roots.iter().flatten().find_map(|root| below(root)).unwrap_or(path)
}

fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for line in cut(text.trim(), QUOTE).lines() {
        let _ = writeln!(quoted, "{}", format!("> {line}").trim_end());
    }
    quoted
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
