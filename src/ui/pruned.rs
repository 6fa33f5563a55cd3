//! What a prune would take away, what it keeps and why, and what was done.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::model::checkpoint::Kind;
use crate::model::time::Timestamp;
use crate::ops::locate::Tied;
use crate::ops::prune::{PruneOutcome, PrunePlan, Reason, Unfolded};
use crate::ui::sanitize::one_line;
use crate::ui::units::{bytes, plural, short_age};

const ID: Style = AnsiColor::Green.on_default();
const COMMIT: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();

/// The plan, as it is shown before anything is changed.
pub fn plan(plan: &PrunePlan, now: Timestamp, limit: Option<usize>) -> String {
    let mut text = String::new();
    let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(44)).max(8);
    for tied in &plan.going {
        let _ = writeln!(text, "{}", brief(tied, now, room));
    }
    if plan.is_empty() {
        text.push_str("nothing to prune\n");
    } else {
        let going = plural(plan.going.len() as u64, "checkpoint");
        let (freed, all) = (bytes(plan.freed), bytes(plan.bytes));
        let _ = writeln!(text, "{going} to prune, {freed} of {all}");
    }
    if plan.frames_stay && plan.sealed > 0 {
        let _ = writeln!(
            text,
            "sessions stay as they are: what {} of them is not known where nothing opens it; \
             name an identity that does: git config ckpt.identity <file>",
            match plan.sealed {
                1 => "1 sealed checkpoint needs".to_owned(),
                number => format!("{number} sealed checkpoints need"),
            }
        );
    } else if plan.frames_stay {
        text.push_str(
            "sessions stay as they are: what a checkpoint that cannot be read needs of them is not known; \
             `git ckpt verify` names it\n",
        );
    }
    for writer in &plan.folding {
        let archive = plan.archive.as_ref().map(|archive| archive.as_str()).unwrap_or_default();
        let _ = writeln!(text, "{} to fold into {archive}", one_line(&writer.name, 80));
    }
    kept(plan, now, room, &mut text);
    text
}

/// What fits and stays.
fn kept(plan: &PrunePlan, now: Timestamp, room: usize, text: &mut String) {
    if !plan.held_back.is_empty() {
        let number = plural(plan.held_back.len() as u64, "checkpoint");
        let _ = writeln!(text, "{number} held back, `--force` prunes them too:");
        for (tied, why) in &plan.held_back {
            let _ = writeln!(text, "{}", brief(tied, now, room));
            let _ = writeln!(text, "  {DIM}{}{DIM:#}", reason(why));
        }
    }
    if !plan.repairable.is_empty() {
        let number = plural(plan.repairable.len() as u64, "checkpoint");
        let _ = writeln!(
            text,
            "{number} left, whose commit seems to have been rewritten: `git ckpt repair` ties them"
        );
    }
}

/// What was done.
pub fn done(outcome: &PruneOutcome) -> String {
    let mut text = format!(
        "{} pruned, {} let go",
        plural(outcome.pruned.checkpoints as u64, "checkpoint"),
        bytes(outcome.pruned.bytes)
    );
    if !outcome.folded.writers.is_empty() {
        let _ = write!(text, "; {} folded", plural(outcome.folded.writers.len() as u64, "writer"));
    }
    for (writer, why) in &outcome.folded.left {
        let _ = write!(text, "\n{} not folded: {}", one_line(writer, 80), unfolded(*why));
    }
    if outcome.remotes.is_empty() {
        text.push_str("\n`git gc` gives the space back, after two weeks as git does by default");
    } else {
        let remotes: Vec<String> =
            outcome.remotes.iter().map(|remote| one_line(remote, 80)).collect();
        let _ = write!(
            text,
            "\n{} still has it: the next `git ckpt push` takes it away there, and then `git gc` gives the space back",
            remotes.join(", ")
        );
    }
    text
}

pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Unpushed => "no remote has it".to_owned(),
        Reason::OnlyCopy { session, .. } => {
            format!("the only copy of session {}, which its agent has no more", session.short())
        }
        Reason::OnlyAttachment { name } => format!("the only copy of the attachment {name}"),
    }
}

pub fn unfolded(why: Unfolded) -> &'static str {
    match why {
        Unfolded::NoLogs => "its session logs are not here, `git ckpt fetch --logs` brings them",
        Unfolded::Diverged => "one of its sessions was saved otherwise elsewhere",
        Unfolded::Damaged => "a part of it cannot be read, `git ckpt verify` names it",
    }
}

fn brief(tied: &Tied, now: Timestamp, room: usize) -> String {
    let header = tied.checkpoint().map(|checkpoint| &checkpoint.header);
    let id = tied.id().map_or("??????????", |id| id.short());
    let age =
        header.map_or_else(String::new, |header| short_age(now.seconds_since(header.created)));
    let title = header.map_or("", |header| header.title.as_str());
    let safety = header.is_some_and(|header| header.kind == Kind::Safety);
    let safety = if safety { "(safety) " } else { "" };
    format!(
        "{ID}{id}{ID:#}  {COMMIT}{}{COMMIT:#}  {age:<12}  {safety}{}",
        tied.commit.short(),
        one_line(title, room)
    )
}
