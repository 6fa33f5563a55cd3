//! What a person sees of a checkpoint: its head, its document, its conversation, its figures.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::model::checkpoint::{Anchors, Attachment, Checkpoint, Header, Kind};
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::ops::locate::{Closed, Content, Tied};
use crate::ops::session_text::Step;
use crate::ops::show::ShowOutcome;
use crate::policy::suspicion::suspicion_in;
use crate::ui::markdown;
use crate::ui::restored;
use crate::ui::sanitize::{clean, one_line};
use crate::ui::saved::{agent_words, token_words};
use crate::ui::units::{age, bytes, count, percent, plural, suspicion_words};

const ID: Style = AnsiColor::Yellow.on_default();
const LABEL: Style = Style::new().dimmed();
const TITLE: Style = Style::new().bold();
const SPEAKER: Style = AnsiColor::Cyan.on_default().bold();
const CARE: Style = AnsiColor::Yellow.on_default().bold();
const FAILED: Style = AnsiColor::Red.on_default();

/// How a page is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub width: usize,
    pub now: Timestamp,
}

/// Head and document of a checkpoint.
pub fn page(outcome: &ShowOutcome, layout: Layout) -> String {
    let mut text = String::new();
    let tied = outcome.located.tied();
    match &tied.content {
        Content::Known(checkpoint) => {
            head(&mut text, outcome, checkpoint, layout);
            let (body, cut) = beginning(&checkpoint.body);
            let _ = writeln!(text, "\n{}{cut}", markdown::render(body, layout.width).trim_end());
        }
        Content::Newer { id, format, .. } => {
            let document = String::from_utf8_lossy(&tied.document);
            let (document, cut) = beginning(&document);
            let _ = writeln!(
                text,
                "checkpoint {ID}{}{ID:#} has format {format}, newer than this version understands; its text:\n\n{}{cut}",
                id.short(),
                clean(document)
            );
        }
        Content::Sealed(closed) => closed_head(&mut text, outcome, closed, layout),
        Content::Damaged { problem, .. } => {
            let document = String::from_utf8_lossy(&tied.document);
            let (document, cut) = beginning(&document);
            let _ = writeln!(
                text,
                "{FAILED}damaged{FAILED:#}: {}\nwhat is stored:\n\n{}{cut}",
                clean(problem),
                clean(document)
            );
        }
    }
    others(&mut text, outcome, layout);
    text
}

/// As much of a text as a person may want to page through, and the word that there is more.
fn beginning(text: &str) -> (&str, &'static str) {
    const SHOWN: usize = 4 << 20;
    if text.len() <= SHOWN {
        return (text, "");
    }
    let end = (0..=SHOWN).rfind(|end| text.is_char_boundary(*end)).unwrap_or(0);
    (&text[..end], "\n\n… cut here; `git ckpt show --raw` prints all of it")
}

/// The figures of a checkpoint.
pub fn stat(outcome: &ShowOutcome, checkpoint: &Checkpoint, layout: Layout) -> String {
    let mut text = String::new();
    head(&mut text, outcome, checkpoint, layout);
    let document = outcome.located.tied().document.len() as u64;
    line(
        &mut text,
        "document",
        &format!("{} tokens, {}", count(checkpoint.header.tokens), bytes(document)),
    );
    for snapshot in &checkpoint.header.snapshots {
        let log = &snapshot.transcript;
        let extents = plural(log.extents.len() as u64, "extent");
        line(&mut text, "bytes", &format!("{} in log {}, {extents}", bytes(log.bytes), log.log));
        match log.key {
            None => line(&mut text, "sha256", &log.sha256.to_string()),
            Some(key) => {
                line(&mut text, "sealed", &format!("with key {key}, keyed hash {}", log.sha256))
            }
        }
    }
    for Attachment { name, stored } in &checkpoint.header.attachments {
        let hash = if stored.key.is_some() { "keyed hash" } else { "sha256" };
        line(
            &mut text,
            "bytes",
            &format!("of {name} in log {}, {hash} {}", stored.log, stored.sha256),
        );
    }
    text
}

/// The list of checkpoints on one commit, newest first.
fn others(text: &mut String, outcome: &ShowOutcome, layout: Layout) {
    let all = &outcome.located.all;
    if all.len() < 2 {
        return;
    }
    let _ = writeln!(
        text,
        "\n{} on this commit, newest first:",
        plural(all.len() as u64, "checkpoint")
    );
    for (place, tied) in all.iter().enumerate().rev() {
        let mark = if place == outcome.located.chosen { "*" } else { " " };
        let _ = writeln!(text, "{mark} {}", brief(tied, layout.now));
    }
}

/// One line on a checkpoint.
pub fn brief(tied: &Tied, now: Timestamp) -> String {
    let id = tied.id().map_or("??????????", |id| id.short());
    match &tied.content {
        Content::Known(checkpoint) => {
            let header = &checkpoint.header;
            let age = age(now.seconds_since(header.created));
            let title = one_line(&header.title, usize::MAX);
            format!("{ID}{id}{ID:#}  {title}  {LABEL}{}{age}{LABEL:#}", kind_words(header))
        }
        Content::Newer { format, .. } => format!("{ID}{id}{ID:#}  (format {format}, newer)"),
        Content::Sealed(closed) => {
            let age = age(now.seconds_since(closed.created));
            format!("{ID}{id}{ID:#}  (sealed)  {LABEL}{age}{LABEL:#}")
        }
        Content::Damaged { .. } => format!("{FAILED}{id}  (damaged){FAILED:#}"),
    }
}

fn kind_words(header: &Header) -> String {
    if header.kind == Kind::Work { String::new() } else { format!("{}, ", header.kind.name()) }
}

fn head(text: &mut String, outcome: &ShowOutcome, checkpoint: &Checkpoint, layout: Layout) {
    let Checkpoint { id, header, .. } = checkpoint;
    let title = one_line(&header.title, usize::MAX);
    let _ = writeln!(text, "checkpoint {ID}{}{ID:#}  {TITLE}{title}{TITLE:#}", id.short());
    origin(text, outcome, (&header.anchors, header.created, &header.author), layout);
    if let Some((key, _)) = &outcome.located.tied().opened {
        line(text, "sealed", &format!("with key {key}, open here"));
    }
    line(text, "status", &status(header));
    if let Some(found) = suspicion_in(checkpoint.texts()) {
        line(text, "careful", &format!("{CARE}{}{CARE:#}", suspicion_words(&found)));
    }
    for snapshot in &header.snapshots {
        line(text, "session", &session(snapshot));
    }
    for Attachment { name, stored } in &header.attachments {
        let name = one_line(name.as_str(), usize::MAX);
        line(text, "attached", &format!("{name}, {}", bytes(stored.bytes)));
    }
}

/// What can be told of a checkpoint that nobody here can open.
fn closed_head(text: &mut String, outcome: &ShowOutcome, closed: &Closed, layout: Layout) {
    let _ = writeln!(text, "checkpoint {ID}{}{ID:#}  {TITLE}(sealed){TITLE:#}", closed.id.short());
    origin(text, outcome, (&closed.anchors, closed.created, &closed.author), layout);
    line(text, "sealed", &format!("with key {}, closed here", closed.key));
}

/// Whose checkpoint it is, and of which commit.
fn origin(
    text: &mut String,
    outcome: &ShowOutcome,
    (anchors, created, author): (&Anchors, Timestamp, &str),
    layout: Layout,
) {
    let subject = match &outcome.commit {
        Some(commit) => one_line(&commit.subject, usize::MAX),
        None => "(no longer in this repository)".to_owned(),
    };
    line(text, "commit", &format!("{} {subject}", outcome.located.commit.short()));
    if let Some(words) = tie_words(outcome, anchors) {
        line(text, "tie", &words);
    }
    let age = age(layout.now.seconds_since(created));
    let author = one_line(author, usize::MAX);
    line(text, "saved", &format!("{age} by {author}"));
}

/// How the checkpoint came to the commit, where it was not saved for it.
fn tie_words(outcome: &ShowOutcome, anchors: &Anchors) -> Option<String> {
    if let Some(inferred) = restored::inferred(&outcome.located) {
        return Some(inferred);
    }
    let saved_for = anchors.commit;
    (saved_for != outcome.located.commit)
        .then(|| format!("carried over from {}", saved_for.short()))
}

fn status(header: &Header) -> String {
    let mut words = header.status.title().to_owned();
    if let Some(progress) = header.progress {
        let _ = write!(words, ", {} of {} steps done", progress.done, progress.total);
    }
    if header.kind != Kind::Work {
        let _ = write!(words, ", {}", header.kind.name());
    }
    if header.unredacted {
        words.push_str(", secrets left in");
    }
    if header.draft {
        let source = if header.snapshots.is_empty() { "" } else { " from the transcript" };
        let _ = write!(words, ", drafted{source}");
    }
    words
}

fn session(snapshot: &Snapshot) -> String {
    let agent = agent_words(&snapshot.agent);
    let turns = plural(snapshot.turns, "turn");
    let tokens = token_words(snapshot.tokens, snapshot.tokens_estimated);
    let share = snapshot
        .window
        .map(|window| format!(" ({} of the window)", percent(snapshot.tokens, window)));
    let model = snapshot.model.as_deref().map(|model| format!(", {}", one_line(model, 60)));
    format!(
        "{agent} {}, {turns}, {tokens}{}{}",
        snapshot.session.short(),
        share.unwrap_or_default(),
        model.unwrap_or_default()
    )
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {LABEL}{label:<9}{LABEL:#} {value}");
}

/// How much of a conversation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Tool calls on one line each, without results and thoughts.
    Folded,
    Full,
}

/// Adds one step of a conversation.
pub fn step(text: &mut String, step: &Step, detail: Detail, layout: Layout) {
    match step {
        Step::Prompt { turn, at, text: said } => {
            let at = at.map(|at| format!("  {LABEL}{at}{LABEL:#}")).unwrap_or_default();
            let _ =
                writeln!(text, "\n{SPEAKER}── {turn} you{SPEAKER:#}{at}\n\n{}", clean(said.trim()));
        }
        Step::Reply(said) => {
            let _ = writeln!(
                text,
                "\n{SPEAKER}agent{SPEAKER:#}\n\n{}",
                markdown::render(said, layout.width).trim_end()
            );
        }
        Step::Call { name, input } if detail == Detail::Folded => {
            let room = layout.width.saturating_sub(name.len() + 4);
            let _ = writeln!(
                text,
                "{LABEL}  ▸ {} {}{LABEL:#}",
                one_line(name, 40),
                one_line(input, room)
            );
        }
        Step::Call { name, input } => {
            let _ = writeln!(text, "\n{LABEL}▾ {}{LABEL:#}\n{}", one_line(name, 80), clean(input));
        }
        Step::Result { failed: true, text: said } if detail == Detail::Folded => {
            let _ = writeln!(
                text,
                "{FAILED}    ✗ {}{FAILED:#}",
                one_line(said, layout.width.saturating_sub(6))
            );
        }
        Step::Result { failed, text: said } if detail == Detail::Full => {
            let words = if *failed { "failed" } else { "result" };
            let _ = writeln!(text, "{LABEL}── {words}{LABEL:#}\n{}", clean(said.trim_end()));
        }
        Step::Thinking(said) if detail == Detail::Full => {
            let _ = writeln!(text, "\n{LABEL}(thinking)\n{}{LABEL:#}", clean(said.trim()));
        }
        Step::Compaction { summary } => {
            let _ = writeln!(text, "\n{LABEL}── the context was compacted here{LABEL:#}");
            if let (Some(summary), Detail::Full) = (summary, detail) {
                let _ = writeln!(text, "\n{}", clean(summary.trim()));
            }
        }
        Step::Result { .. } | Step::Thinking(_) => {}
    }
}
