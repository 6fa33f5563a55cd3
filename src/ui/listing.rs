//! Tables: history with its checkpoints, sessions of a worktree.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::model::checkpoint::{Checkpoint, Kind};
use crate::model::time::Timestamp;
use crate::ops::locate::{Closed, Content, SealedError, Tied};
use crate::ops::log::LogRow;
use crate::ops::sessions::{SessionList, SessionRow};
use crate::ui::sanitize::one_line;
use crate::ui::saved::agent_words;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::units::{age, bytes, percent, plural, short_age, tokens};

const COMMIT: Style = AnsiColor::Yellow.on_default();
const CARRIED: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();
const DAMAGED: Style = AnsiColor::Red.on_default();

/// Columns that a line on a checkpoint needs before its title, and between title and figures.
const CARRIED_INDENT: usize = 26;
/// Columns of a long title that figures leave free.
const TITLE: usize = 24;

/// Columns of the sessions that can be spared.
const TOKENS: usize = 4;
const SIZE: usize = 5;
const STORED: usize = 6;

/// One commit with what it carries, as one line or more.
pub fn log_row(row: &LogRow, now: Timestamp, limit: Option<usize>) -> String {
    let commit = &row.commit;
    let age = age(now.seconds_since(commit.committed));
    let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(16 + age.len()));
    let subject = one_line(&commit.subject, room);
    let mark = match row.inferred {
        _ if row.checkpoints.is_empty() => " ",
        Some(_) => "○",
        None => "●",
    };
    let mut text = format!(
        "{CARRIED}{mark}{CARRIED:#} {COMMIT}{}{COMMIT:#} {subject}  {DIM}{age}{DIM:#}\n",
        commit.commit.short()
    );
    for tied in row.checkpoints.iter().rev() {
        let _ = writeln!(text, "             {}", carried(tied, limit));
    }
    text
}

fn carried(tied: &Tied, limit: Option<usize>) -> String {
    match &tied.content {
        Content::Known(checkpoint) => {
            let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(CARRIED_INDENT));
            let title = one_line(&checkpoint.header.title, usize::MAX);
            let facts = one_line(&facts(checkpoint), room.saturating_sub(title.width().min(TITLE)));
            let title = one_line(&title, room.saturating_sub(facts.width()));
            format!("{CARRIED}{}{CARRIED:#} {title}  {DIM}{facts}{DIM:#}", checkpoint.id.short())
        }
        Content::Newer { id, format, .. } => {
            format!("{CARRIED}{}{CARRIED:#} (format {format}, newer)", id.short())
        }
        Content::Sealed(closed) => {
            let id = closed.id.short();
            format!("{CARRIED}{id}{CARRIED:#} {DIM}{}{DIM:#}", closed_words(closed))
        }
        Content::Damaged { .. } => format!("{DAMAGED}(damaged: run `git ckpt verify`){DAMAGED:#}"),
    }
}

/// What stands in the place of what a sealed checkpoint says.
fn closed_words(closed: &Closed) -> &'static str {
    match closed.why {
        SealedError::Locked { .. } => "(sealed: `git ckpt show` asks for the passphrase)",
        SealedError::NoKey { .. } => "(sealed: its key is not here)",
        _ => "(sealed: no identity here opens it)",
    }
}

fn facts(checkpoint: &Checkpoint) -> String {
    let header = &checkpoint.header;
    let mut facts: Vec<String> = Vec::new();
    for snapshot in &header.snapshots {
        let mark = if snapshot.tokens_estimated { "~" } else { "" };
        facts.push(format!(
            "{}, {}, {mark}{} tokens",
            agent_words(&snapshot.agent),
            plural(snapshot.turns, "turn"),
            tokens(snapshot.tokens)
        ));
    }
    if header.snapshots.is_empty() {
        facts.push("document only".to_owned());
    }
    facts.push(header.status.title().to_owned());
    if header.kind != Kind::Work {
        facts.push(header.kind.name().to_owned());
    }
    facts.join(", ")
}

/// The sessions of a worktree.
pub fn sessions(list: &SessionList, now: Timestamp, limit: Option<usize>) -> String {
    let mut table = session_table(list, now, age);
    if limit.is_some_and(|limit| !table.fits(limit)) {
        table = session_table(list, now, short_age);
    }
    let mut text = table.render(limit);
    if list.more > 0 {
        let _ = writeln!(
            text,
            "{DIM}and {} (`--limit` shows more){DIM:#}",
            plural(list.more as u64, "older session")
        );
    }
    text
}

fn session_table(list: &SessionList, now: Timestamp, age: fn(i64) -> String) -> Table<9> {
    let mut table = Table::new([
        ("", Align::Left),
        ("AGENT", Align::Left),
        ("SESSION", Align::Left),
        ("TURNS", Align::Right),
        ("TOKENS", Align::Right),
        ("SIZE", Align::Right),
        ("STORED", Align::Right),
        ("AGE", Align::Left),
        ("TITLE", Align::Left),
    ])
    .sparing(&[SIZE, TOKENS, STORED]);
    for row in &list.rows {
        table.row(session_cells(row, age(now.seconds_since(row.modified))));
    }
    table
}

fn session_cells(row: &SessionRow, age: String) -> [Cell; 9] {
    let live = if row.live { "*" } else { "" };
    let (turns, title) = match &row.digest {
        Ok(digest) => (
            digest.turns.to_string(),
            digest.title.clone().or_else(|| digest.first_prompt.clone()).unwrap_or_default(),
        ),
        Err(error) => ("?".to_owned(), format!("({error})")),
    };
    let tokens = row.tokens().map_or("?".to_owned(), |count| {
        format!("{}{}", if count.estimated { "~" } else { "" }, tokens(count.tokens))
    });
    [
        live.into(),
        row.found.agent.title().into(),
        Cell::styled(row.found.id.short(), COMMIT),
        turns.into(),
        tokens.into(),
        bytes(row.found.bytes).into(),
        percent(row.stored_bytes, row.found.bytes).into(),
        age.into(),
        title.into(),
    ]
}
