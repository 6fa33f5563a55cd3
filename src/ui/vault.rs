//! What is told of the vault: never a value, at the most how one begins.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::time::Timestamp;
use crate::ops::vault::{Exported, Imported, Notice, Row};
use crate::ui::json::SCHEMA;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::units::{age, plural};

const TAG: Style = AnsiColor::Green.on_default();

/// Columns that can be spared, the first to go first.
const SPARE: &[usize] = &[3];

pub fn list(rows: &[Row], now: Timestamp, limit: Option<usize>) -> String {
    let mut table = Table::new([
        ("TAG", Align::Left),
        ("RULE", Align::Left),
        ("VALUE", Align::Left),
        ("FIRST SEEN", Align::Left),
        ("REPOSITORY", Align::Left),
    ])
    .sparing(SPARE);
    for row in rows {
        table.row([
            Cell::styled(row.tag.as_str(), TAG),
            row.rule.as_str().into(),
            row.masked.as_str().into(),
            age(now.seconds_since(row.first_seen)).into(),
            row.repository.as_str().into(),
        ]);
    }
    table.render(limit)
}

/// What is lost when these are forgotten.
pub fn to_forget(rows: &[Row]) -> String {
    let values = plural(rows.len() as u64, "value");
    let (them, hold) = if rows.len() == 1 { ("it", "its place") } else { ("them", "their places") };
    format!(
        "{values} to forget: sessions that had {them} come back with placeholders in {hold}, on this machine too"
    )
}

pub fn forgotten(number: usize) -> String {
    format!(
        "{} forgotten; backups of the disk and files of `git ckpt vault export` may still have what was",
        plural(number as u64, "value")
    )
}

pub fn exported(outcome: &Exported, file: &str) -> String {
    format!(
        "{} and the key written to `{file}`, readable by nobody but you: take it to a machine of your own, \
         `git ckpt vault import` it there, and remove it on both",
        plural(outcome.values as u64, "value")
    )
}

pub fn imported(outcome: &Imported) -> String {
    format!(
        "{}, {} here already; remove the file now",
        plural(outcome.new as u64, "new value"),
        outcome.known
    )
}

/// Something that was amiss with the vault.
pub fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Closed { path } => format!(
            "`{}` could be read by other users of this machine until now; only you can from here on",
            path.display()
        ),
        Notice::Torn { bytes } => format!(
            "the last {} of the vault were not written to their end and are left out; what was saved does not need them",
            plural(*bytes as u64, "byte")
        ),
        Notice::Unreadable { lines } => format!(
            "{} of the vault cannot be read; restores name what is missing",
            plural(*lines as u64, "line")
        ),
    }
}

pub fn row_json(row: &Row) -> Value {
    json!({
        "schema": SCHEMA,
        "tag": row.tag,
        "rule": row.rule,
        "length": row.length,
        "masked": row.masked,
        "first_seen": row.first_seen,
        "repository": row.repository,
    })
}

pub fn forgotten_json(plan: &[Row], forgotten: usize) -> Value {
    json!({
        "schema": SCHEMA,
        "tags": plan.iter().map(|row| row.tag).collect::<Vec<_>>(),
        "forgotten": forgotten,
    })
}

pub fn imported_json(outcome: &Imported) -> Value {
    json!({
        "schema": SCHEMA,
        "new": outcome.new,
        "known": outcome.known,
        "keys": outcome.keys,
    })
}
