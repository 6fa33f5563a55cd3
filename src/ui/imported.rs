//! What a person is told before and after a bundle is taken in.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::model::checkpoint::Attachment;
use crate::model::time::Timestamp;
use crate::ops::import::{Admitted, ImportPlan, ImportRow, Parcelled};
use crate::ui::sanitize::one_line;
use crate::ui::saved::{agent_words, token_words};
use crate::ui::units::{age, bytes, plural};

const LABEL: Style = Style::new().dimmed();
const ID: Style = AnsiColor::Yellow.on_default();

/// The gate: whose it is, which commits, which sessions, how large.
pub fn gate(plan: &ImportPlan, now: Timestamp, width: usize) -> String {
    let mut text = format!("import from writer {}, every hash checked\n", plan.parcel.writer);
    for (one, row) in plan.parcel.checkpoints.iter().zip(&plan.rows) {
        checkpoint(&mut text, one, row, now, width);
    }
    line(&mut text, "as", &plan.ties_ref);
    text
}

fn checkpoint(text: &mut String, one: &Parcelled, row: &ImportRow, now: Timestamp, width: usize) {
    let header = &one.checkpoint.header;
    let there = if row.there { " (here already)" } else { "" };
    let title = one_line(&header.title, width);
    let _ = writeln!(text, "checkpoint {ID}{}{ID:#}  {title}{there}", one.checkpoint.id.short());
    let subject = match &row.commit {
        Some(facts) => one_line(&facts.subject, width),
        None => "which is not in this repository".to_owned(),
    };
    line(text, "commit", &format!("{} {subject}", one.commit.short()));
    let who = one_line(&header.author, usize::MAX);
    line(text, "saved", &format!("{} by {who}", age(now.seconds_since(header.created))));
    for snapshot in &header.snapshots {
        let turns = plural(snapshot.turns, "turn");
        let tokens = token_words(snapshot.tokens, snapshot.tokens_estimated);
        let agent = agent_words(&snapshot.agent);
        line(text, "session", &format!("{agent} {}, {turns}, {tokens}", snapshot.session));
    }
    for Attachment { name, stored } in &header.attachments {
        let name = one_line(name.as_str(), width);
        line(text, "attached", &format!("{name}, {}", bytes(stored.bytes)));
    }
    line(text, "holds", &format!("{}, {}", plural(one.files, "file"), bytes(one.bytes)));
}

pub fn done(admitted: &Admitted) -> String {
    let new = admitted.new.len() as u64;
    match admitted.new.first() {
        None => "it was here already".to_owned(),
        Some(id) => format!(
            "imported {}; look at it with: git ckpt show {}",
            plural(new, "checkpoint"),
            id.short()
        ),
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {LABEL}{label:<9}{LABEL:#} {value}");
}
