//! What is said of attachments.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::model::time::Timestamp;
use crate::ops::attach::Staged;
use crate::ops::cat::FoundAttachment;
use crate::ops::restore::Filled;
use crate::ui::json::SCHEMA;
use crate::ui::units::{age, bytes, plural};

pub fn staged(staged: &Staged) -> String {
    format!(
        "attached {}, {}, for the next checkpoint of this worktree\n",
        staged.name,
        bytes(staged.bytes)
    )
}

pub fn dropped(staged: &Staged) -> String {
    format!("took back {}, {}\n", staged.name, bytes(staged.bytes))
}

pub fn list(list: &[Staged], now: Timestamp) -> String {
    let mut text = String::new();
    for staged in list {
        let age = age(now.seconds_since(staged.attached));
        let _ = writeln!(text, "{}  {}, {age}", staged.name, bytes(staged.bytes));
    }
    text
}

pub fn json(staged: &Staged) -> Value {
    json!({
        "schema": SCHEMA,
        "name": staged.name,
        "bytes": staged.bytes,
        "sha256": staged.sha256,
        "attached": staged.attached,
    })
}

pub fn written(found: &FoundAttachment, path: &Path) -> String {
    format!(
        "wrote {}, {}, of checkpoint {} to {}",
        found.attachment.name,
        bytes(found.attachment.stored.bytes),
        found.checkpoint.short(),
        path.display()
    )
}

/// The word that secrets are missing in what was given back.
pub fn not_exact(filled: &Filled) -> Option<String> {
    match filled {
        Filled::Exact => None,
        Filled::Unproven => Some(
            "placeholders were filled out of the vault, and nothing here can tell whether that is all"
                .to_owned(),
        ),
        Filled::Gaps(gaps) => {
            let names: Vec<String> = gaps.iter().map(ToString::to_string).collect();
            let number = plural(names.len() as u64, "secret");
            Some(format!("{number} not on this machine, placeholders stay: {}", names.join(", ")))
        }
    }
}
