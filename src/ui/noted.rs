//! What is said of the notes of a journal.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::journal::{Ended, Note};
use crate::model::time::Timestamp;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::template::{END, START};
use crate::ui::units::age;

const KIND: Style = AnsiColor::Cyan.on_default();

pub fn added(note: &Note) -> String {
    format!("note {} ({}), for the next checkpoint of this worktree\n", note.number, note.kind)
}

pub fn dropped(note: &Note) -> String {
    format!("dropped note {}: {}\n", note.number, one_line(&note.text, 80))
}

pub fn changed(note: &Note) -> String {
    format!("note {} says now: {}\n", note.number, one_line(&note.text, 80))
}

/// A note as it is opened in an editor.
pub fn with_help(note: &Note) -> String {
    let Note { number, kind, text, .. } = note;
    let untouched = "this comment is no part of it; left unchanged or empty, nothing changes";
    format!("{text}\n\n{START} note {number} ({kind}); {untouched}. {END}\n")
}

pub fn nothing(all: bool) -> &'static str {
    if all {
        "nothing was ever noted in this worktree: git ckpt note <text>"
    } else {
        "no note is open: git ckpt note <text>"
    }
}

/// The notes as a table.
pub fn list(notes: &[Note], now: Timestamp, limit: Option<usize>) -> String {
    let mut table = Table::new([
        ("#", Align::Right),
        ("KIND", Align::Left),
        ("AGE", Align::Left),
        ("STATE", Align::Left),
        ("NOTE", Align::Left),
    ])
    .sparing(&[3]);
    for note in notes {
        table.row([
            note.number.to_string().into(),
            Cell::styled(note.kind.name(), KIND),
            age(now.seconds_since(note.written)).into(),
            state(note).into(),
            note.text.as_str().into(),
        ]);
    }
    table.render(limit)
}

fn state(note: &Note) -> String {
    match &note.ended {
        None => "open".to_owned(),
        Some(Ended::Dropped) => "dropped".to_owned(),
        Some(Ended::Taken(checkpoint)) => format!("in {}", checkpoint.short()),
    }
}

pub fn json(note: &Note) -> Value {
    let checkpoint = match &note.ended {
        Some(Ended::Taken(checkpoint)) => Some(checkpoint),
        _ => None,
    };
    let state = match &note.ended {
        None => "open",
        Some(Ended::Taken(_)) => "taken",
        Some(Ended::Dropped) => "dropped",
    };
    json!({
        "schema": SCHEMA,
        "number": note.number,
        "kind": note.kind,
        "text": note.text,
        "written": note.written,
        "state": state,
        "checkpoint": checkpoint,
    })
}
