//! Which checkpoints belong to rewritten commits, and what was done about it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::ops::carry::{Carried, CarryError};
use crate::ops::locate::Tied;
use crate::ops::repair::{Reason, Repair, RepairPlan};
use crate::ui::sanitize::one_line;
use crate::ui::units::plural;

const COMMIT: Style = AnsiColor::Yellow.on_default();
const ID: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// The plan, as it is shown before anything is changed.
pub fn plan(plan: &RepairPlan, limit: Option<usize>) -> String {
    let mut text = String::new();
    for repair in &plan.repairs {
        let commit = &repair.commit;
        let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(12));
        let subject = one_line(&commit.subject, room);
        let _ = writeln!(text, "{COMMIT}{}{COMMIT:#}  {subject}", commit.commit.short());
        let _ = writeln!(text, "  {DIM}{}{DIM:#}", reason(repair));
        for tied in &repair.checkpoints {
            let _ = writeln!(text, "  {}", brief(tied, room));
        }
    }
    if !plan.unmatched.is_empty() {
        let _ = writeln!(
            text,
            "{} with checkpoints gone, and no commit looks like {}; `git ckpt show <commit>` still reads them:",
            plural(plan.unmatched.len() as u64, "commit"),
            if plan.unmatched.len() == 1 { "it" } else { "them" }
        );
        for commit in &plan.unmatched {
            let _ = writeln!(text, "  {COMMIT}{}{COMMIT:#}", commit.short());
        }
    }
    if plan.repairs.is_empty() {
        text.push_str("nothing to repair\n");
    }
    text
}

/// What was done.
pub fn done(carried: &Carried) -> String {
    let mut text = format!("{} made", plural(carried.new, "tie"));
    if !carried.newer.is_empty() {
        let _ = write!(
            text,
            "; {} left alone, because a newer git-ckpt wrote there",
            plural(carried.newer.len() as u64, "commit")
        );
    }
    text
}

/// The same in a hook, on one line.
pub fn by_hook(carried: &Carried) -> String {
    format!("ckpt: {} carried over", plural(carried.new, "checkpoint"))
}

/// The same of what a process that died had left undone.
pub fn finished(carried: &Carried) -> String {
    let carried = plural(carried.new, "checkpoint");
    format!("finished what was interrupted: {carried} carried over to rewritten commits")
}

/// What stands in the way of that.
pub fn not_finished(error: &CarryError) -> String {
    let mut text = format!("checkpoints of rewritten commits are not carried over yet: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

fn brief(tied: &Tied, room: usize) -> String {
    let id = tied.id().map_or("??????????", |id| id.short());
    let title = tied.checkpoint().map_or("", |checkpoint| checkpoint.header.title.as_str());
    format!("{ID}{id}{ID:#}  {}", one_line(title, room))
}

fn reason(repair: &Repair) -> String {
    let mut old: Vec<String> = repair.checkpoints.iter().map(|tied| tied.commit.short()).collect();
    old.dedup();
    let old = old.join(", ");
    match repair.reason {
        Reason::Like(likeness) => format!("{likeness} as {old}"),
        Reason::Squashed => format!("all changes of {old} at once"),
    }
}
