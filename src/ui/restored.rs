//! What a person is told before and after a session is put back.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::model::snapshot::FileName;
use crate::ops::locate::Located;
use crate::ops::restore::{Destination, Existing, Filled, Placement, RestoreOutcome, RestorePlan};
use crate::ui::sanitize::one_line;
use crate::ui::saved::token_words;
use crate::ui::units::{age, bytes, percent, plural, suspicion_words};

/// More bytes than this are told before they are written.
const WORTH_TELLING: u64 = 256 << 20;

const LABEL: Style = Style::new().dimmed();
const ID: Style = AnsiColor::Yellow.on_default();
const CARE: Style = AnsiColor::Yellow.on_default().bold();

/// The gate: everything worth knowing before a yes.
pub fn gate(plan: &RestorePlan, now: crate::model::time::Timestamp, width: usize) -> String {
    let mut text = String::new();
    let header = plan.located.tied().checkpoint().map(|checkpoint| &checkpoint.header);
    let snapshot = &plan.snapshot;
    if let (Some(header), Some(id)) = (header, plan.located.tied().id()) {
        let title = one_line(&header.title, width);
        let _ = writeln!(text, "restore from checkpoint {ID}{}{ID:#}  {title}", id.short());
        let who = one_line(&header.author, usize::MAX);
        line(&mut text, "saved", &format!("{} by {who}", age(now.seconds_since(header.created))));
    }
    if let Some(tie) = inferred(&plan.located) {
        line(&mut text, "tie", &tie);
    }
    let tokens = token_words(snapshot.tokens, snapshot.tokens_estimated);
    let share = snapshot
        .window
        .map(|window| format!(" ({} of the window)", percent(snapshot.tokens, window)));
    let turns = plural(snapshot.turns, "turn");
    let session = format!("{} {}, {turns}, {tokens}", plan.agent.title(), snapshot.session,);
    line(&mut text, "session", &format!("{session}{}", share.unwrap_or_default()));
    let room = width.saturating_sub(16);
    if let Some(prompt) = &plan.last_words.prompt {
        line(&mut text, "asked", &format!("“{}”", one_line(prompt, room)));
    }
    if let Some(reply) = &plan.last_words.reply {
        line(&mut text, "answered", &format!("“{}”", one_line(reply, room)));
    }
    if let Some(secrets) = secrets(plan) {
        line(&mut text, "secrets", &secrets);
    }
    line(&mut text, "to", &path_words(&plan.transcript.path));
    if !plan.companions.is_empty() {
        line(&mut text, "with", &plural(plan.companions.len() as u64, "companion file"));
    }
    if plan.bytes() > WORTH_TELLING {
        line(&mut text, "size", &bytes(plan.bytes()));
    }
    line(&mut text, "replaces", &replaces(plan));
    if let Some(staying) = staying(&plan.staying) {
        line(&mut text, "keeps", &staying);
    }
    if let Some(wake) = &plan.wake {
        let wake = command_words(wake);
        line(&mut text, "archived", &format!("it stays so: `{wake}` before going on"));
    }
    if let Some(found) = &plan.suspicion {
        let _ = writeln!(text, "  {CARE}careful   {}{CARE:#}", suspicion_words(found));
    }
    if plan.inside {
        let _ = writeln!(
            text,
            "{CARE}this command runs inside that very session: end it before going on{CARE:#}"
        );
    }
    text
}

/// What was done.
pub fn done(outcome: &RestoreOutcome) -> String {
    let mut text = String::new();
    if let Some(safety) = &outcome.safety {
        let _ = writeln!(
            text,
            "what was there is safe in checkpoint {ID}{}{ID:#} (undo: git ckpt restore {})",
            safety.id.short(),
            safety.id.short()
        );
    }
    if outcome.unchanged && outcome.files == 0 {
        let _ = writeln!(text, "the session was there already, byte for byte");
    } else {
        let _ = writeln!(
            text,
            "restored {}, {}, to {}",
            plural(outcome.files as u64, "file"),
            bytes(outcome.bytes),
            path_words(&outcome.transcript)
        );
    }
    text
}

/// Why a checkpoint counts as the commit's that is not tied to it.
pub fn inferred(located: &Located) -> Option<String> {
    let (by, checkpoint) = (located.inferred?, located.tied().checkpoint()?);
    let old = checkpoint.header.anchors.commit.short();
    Some(format!("inferred: {by} as {old} (`git ckpt repair` makes it permanent)"))
}

/// What is said of a session that has to be woken before its agent goes on with it.
pub fn to_wake(wake: &[String]) -> String {
    format!("it is archived: first {}", command_words(wake))
}

/// A command as it can be typed.
pub fn command_words(command: &[String]) -> String {
    command.join(" ")
}

fn replaces(plan: &RestorePlan) -> String {
    match plan.transcript.existing {
        Existing::Nothing if plan.destination == Destination::Fork => {
            "nothing (a new session id)".to_owned()
        }
        Existing::Nothing => "nothing".to_owned(),
        Existing::Same if differing(plan) > 0 => format!(
            "{} that differ from the checkpoint's, which are captured first",
            plural(differing(plan), "companion file")
        ),
        Existing::Same => "nothing: the same bytes are there".to_owned(),
        Existing::Beginning => "an earlier state of the same session".to_owned(),
        Existing::Other { bytes: size } => format!(
            "the live session ({} where the checkpoint has {}), which is {}",
            bytes(size),
            bytes(plan.transcript.stored.bytes),
            if plan.at_risk.is_some() { "captured first" } else { "kept already" }
        ),
    }
}

/// The live files that nothing is put in the place of; the first few by name.
fn staying(files: &[FileName]) -> Option<String> {
    const NAMED: usize = 3;
    let (named, others) = files.split_at(files.len().min(NAMED));
    let names: Vec<&str> = named.iter().map(FileName::as_str).collect();
    let and_more = match others.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let stay = if files.len() == 1 { "which stays as it is" } else { "which stay as they are" };
    let names = names.join(", ");
    (!files.is_empty()).then(|| format!("{names}{and_more}: not in the checkpoint, {stay}"))
}

/// What becomes of the secrets that placeholders stand for.
fn secrets(plan: &RestorePlan) -> Option<String> {
    const NAMED: usize = 3;
    let replaced = plural(plan.replaced(), "place");
    Some(match plan.filled() {
        _ if plan.replaced() == 0 => return None,
        Filled::Exact => format!("{replaced} filled from the vault, to the byte"),
        Filled::Unproven => {
            format!("{replaced} filled from the vault; whether to the byte cannot be told here")
        }
        Filled::Gaps(gaps) => {
            let named: Vec<String> = gaps.iter().take(NAMED).map(ToString::to_string).collect();
            let more = match gaps.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("not in this vault, so placeholders stay: {}{more}", named.join(", "))
        }
    })
}

/// How many companion files would lose something.
fn differing(plan: &RestorePlan) -> u64 {
    let differs = |placement: &&Placement| matches!(placement.existing, Existing::Other { .. });
    plan.companions.iter().filter(differs).count() as u64
}

fn path_words(path: &Path) -> String {
    one_line(&path.to_string_lossy(), usize::MAX)
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {LABEL}{label:<9}{LABEL:#} {value}");
}
