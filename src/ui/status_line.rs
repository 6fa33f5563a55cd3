//! The status of a worktree in one line for a status bar, and in lines for scripts.
//!
//! The lines for scripts are stable: docs/status.md describes them, and new kinds of lines and fields at the end of a
//! line are all that is ever added.

use std::fmt::Write;

use crate::ops::status::{Draft, Life, SessionStatus, Status, Unsaved};
use crate::ops::status_line::Line;
use crate::policy::compactions::Compaction;
use crate::policy::pressure::State;
use crate::ui::sanitize::one_line;
use crate::ui::status::style;
use crate::ui::units::{bytes, percent, plural, tokens};

/// Columns of a model's name.
const MODEL: usize = 40;

/// One line without its end.
pub fn line(line: &Line) -> String {
    let mut parts = Vec::new();
    if let Some(pressure) = &line.pressure {
        let style = style(pressure.state);
        let share = percent(pressure.used.tokens, pressure.window.tokens);
        let figures =
            format!("{} of {}", tokens(pressure.used.tokens), tokens(pressure.window.tokens));
        parts.push(format!("{style}{} {share}{style:#} {figures}", pressure.state.name()));
    }
    parts.extend(line.model.as_ref().map(|model| one_line(model, MODEL)));
    parts.extend(unsaved(&line.unsaved));
    let presses = line.pressure.as_ref().is_some_and(|pressure| pressure.state >= State::Orange);
    if presses {
        let saved = line.unsaved.is_nothing();
        parts.push(if saved { "git ckpt prompt" } else { "git ckpt save" }.to_owned());
    }
    parts.join(" · ")
}

fn unsaved(unsaved: &Unsaved) -> Option<String> {
    match (unsaved.turns, unsaved.bytes) {
        (_, None) => None,
        (_, Some(0)) => Some("saved".to_owned()),
        (Some(turns), Some(_)) if turns > 0 => Some(format!("{} unsaved", plural(turns, "turn"))),
        (_, Some(size)) => Some(format!("{} unsaved", bytes(size))),
    }
}

/// The version of [`porcelain`]'s lines.
const PORCELAIN: u32 = 1;

/// One fact a line, its fields separated by tabs, `-` for what is not known.
pub fn porcelain(status: &Status) -> String {
    let mut text = format!("status\t{PORCELAIN}\n");
    for session in &status.sessions {
        text.push_str(&session_line(session));
        session.compactions.iter().for_each(|one| text.push_str(&compaction_line(session, one)));
    }
    for commit in &status.bare.commits {
        let _ = writeln!(text, "commit\t{}", commit.id);
    }
    for waiting in &status.waiting {
        let path = one_line(&waiting.path.display().to_string(), usize::MAX);
        let _ = writeln!(text, "waiting\t{}\t{}\t{path}", draft(waiting.what), waiting.bytes);
    }
    let unfinished = &status.unfinished;
    let kinds = [
        ("save", unfinished.saves),
        ("rewrite", unfinished.rewrites),
        ("put-aside", unfinished.put_aside.len()),
    ];
    for (kind, number) in kinds.into_iter().filter(|(_, number)| *number > 0) {
        let _ = writeln!(text, "unfinished\t{kind}\t{number}");
    }
    text
}

/// What waits, for scripts.
pub fn draft(what: Draft) -> &'static str {
    match what {
        Draft::Prepared => "prepared",
        Draft::Edited => "edited",
        Draft::Recovered => "recovered",
    }
}

/// By what a session is known to be live, for scripts.
pub fn life(life: Life) -> &'static str {
    match life {
        Life::Here => "here",
        Life::Recent => "recent",
        Life::Idle => "idle",
    }
}

fn session_line(session: &SessionStatus) -> String {
    let pressure = session.pressure.as_ref();
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let model = session.digest.as_ref().ok().and_then(|digest| digest.model.as_ref());
    let fields = [
        "session".to_owned(),
        session.found.agent.name().to_owned(),
        session.found.id.to_string(),
        life(session.life).to_owned(),
        text(pressure.map(|pressure| pressure.state.name().to_lowercase())),
        text(pressure.map(|pressure| pressure.used.tokens.to_string())),
        text(pressure.map(|pressure| pressure.window.tokens.to_string())),
        text(pressure.map(|pressure| pressure.window.source.name().to_owned())),
        figure(session.unsaved.turns),
        figure(session.unsaved.bytes),
        text(model.map(|model| one_line(model, usize::MAX))),
    ];
    fields.join("\t") + "\n"
}

fn compaction_line(session: &SessionStatus, one: &Compaction) -> String {
    let at = one.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let id = &session.found.id;
    format!("compaction\t{id}\t{at}\t{}\t{}\n", figure(one.before), figure(one.after))
}

fn figure(number: Option<u64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}
