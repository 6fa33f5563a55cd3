//! Where a worktree stands, for a person: what presses, what to do about it, what nothing holds yet.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::model::time::Timestamp;
use crate::ops::pressure::Pressure;
use crate::ops::status::{
    BareCommits, Draft, Life, Reach, SessionStatus, Status, Unfinished, Unsaved, Waiting,
};
use crate::policy::compactions::{Compaction, Dropped};
use crate::policy::pressure::State;
use crate::policy::window::Source;
use crate::ui::sanitize::one_line;
use crate::ui::units::{age, bytes, percent, plural, tokens};

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COMMIT: Style = AnsiColor::Yellow.on_default();

/// How many commits, and how many things of a kind that a summary dropped, are named.
const NAMED: usize = 5;
/// Columns of what is quoted.
const QUOTED: usize = 100;

pub fn text(status: &Status, now: Timestamp) -> String {
    let mut text = String::new();
    for session in &status.sessions {
        text.push_str(&self::session(session, now, status.sessions.len() > 1));
        text.push('\n');
    }
    if status.sessions.is_empty() {
        text.push_str("no session of an agent was found for this worktree\n\n");
    }
    text.push_str(&bare_commits(&status.bare));
    status.waiting.iter().for_each(|waiting| text.push_str(&self::waiting(waiting, now)));
    text.push_str(&unfinished(&status.unfinished));
    text
}

/// The colour of a state.
pub fn style(state: State) -> Style {
    match state {
        State::Green => AnsiColor::Green.on_default(),
        State::Yellow => AnsiColor::Yellow.on_default(),
        State::Orange => AnsiColor::Yellow.on_default().bold(),
        State::Red => AnsiColor::Red.on_default(),
        State::Critical => AnsiColor::Red.on_default().bold(),
    }
}

fn session(session: &SessionStatus, now: Timestamp, several: bool) -> String {
    let digest = session.digest.as_ref().ok();
    let title = digest.and_then(|digest| digest.title.as_ref().or(digest.first_prompt.as_ref()));
    let title = title.map_or(String::new(), |title| format!(" {}", one_line(title, QUOTED)));
    let agent = session.found.agent.title();
    let mut text = format!("{STRONG}{agent} {}{STRONG:#}{title}\n", session.found.id.short());
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {DIM}{name:<10}{DIM:#}{value}");
    };
    row("session", &life(session, now));
    match (&session.pressure, &session.digest) {
        (Some(pressure), _) => {
            row("context", &context(pressure));
            row("now", &advice(session, pressure.state, several));
        }
        (None, Err(error)) => row("context", &format!("the transcript cannot be read: {error}")),
        (None, Ok(_)) => {}
    }
    row("unsaved", &unsaved(&session.unsaved));
    for compaction in &session.compactions {
        row("compacted", &self::compaction(compaction, now));
    }
    text
}

fn life(session: &SessionStatus, now: Timestamp) -> String {
    let written = age(now.seconds_since(session.modified));
    let digest = session.digest.as_ref().ok();
    let model = digest.and_then(|digest| digest.model.as_ref());
    let model = model.map_or(String::new(), |model| format!("{}, ", one_line(model, QUOTED)));
    match session.life {
        Life::Here => format!("{model}this command was started from it"),
        Life::Recent => format!("{model}live: written to {written}"),
        Life::Idle => format!("{model}not live: last written to {written}"),
    }
}

fn context(pressure: &Pressure) -> String {
    let state = pressure.state;
    let style = style(state);
    let about = if pressure.used.estimated { "~" } else { "" };
    let window = pressure.window;
    let how = match window.source {
        Source::Told => "",
        Source::Set => " (as `ckpt.window` says)",
        Source::Model => " (by its model)",
        Source::Assumed => " (assumed; `ckpt.window` sets it)",
    };
    format!(
        "{style}{}{style:#} {}, {about}{} of {} tokens{how}",
        state.name(),
        percent(pressure.used.tokens, window.tokens),
        tokens(pressure.used.tokens),
        tokens(window.tokens)
    )
}

/// What to do now, with the command that does it.
fn advice(session: &SessionStatus, state: State, several: bool) -> String {
    let which = if several { format!(" --session {}", session.found.id) } else { String::new() };
    let save = format!("git ckpt save{which}");
    let saved = session.unsaved.is_nothing();
    match (state, saved) {
        (State::Green, true) => "go on".to_owned(),
        (State::Green, false) => format!("go on; to keep how things stand: {save}"),
        (State::Yellow | State::Orange, true) => "go on; everything is in a checkpoint".to_owned(),
        (State::Yellow, false) => format!("save when this piece of work is done: {save}"),
        (State::Orange, false) => format!("save now, and begin nothing large: {save}"),
        (State::Red | State::Critical, true) => {
            "go on in a new session, which begins with: git ckpt prompt".to_owned()
        }
        (State::Red, false) => {
            format!("save, and go on in a new session: {save} --edit && git ckpt prompt")
        }
        (State::Critical, false) => {
            format!(
                "save before the agent compacts, and go on in a new session: {save} && git ckpt prompt"
            )
        }
    }
}

fn unsaved(unsaved: &Unsaved) -> String {
    match (unsaved.turns, unsaved.bytes) {
        (_, Some(0)) => "nothing".to_owned(),
        (Some(turns), Some(size)) => format!("{}, {}", plural(turns, "turn"), bytes(size)),
        (None, Some(size)) => bytes(size),
        (_, None) => "unknown: the agent rewrote the transcript since it was captured".to_owned(),
    }
}

fn compaction(compaction: &Compaction, now: Timestamp) -> String {
    let when = compaction.at.map_or(String::new(), |at| age(now.seconds_since(at)) + ", ");
    let tokens_of = |figure: Option<u64>| figure.map_or("?".to_owned(), tokens);
    let mut text = format!(
        "{when}from {} to {} tokens",
        tokens_of(compaction.before),
        tokens_of(compaction.after)
    );
    match &compaction.dropped {
        None => text.push_str("; its summary cannot be read here"),
        Some(dropped) if dropped.is_empty() => {}
        Some(dropped) => text.push_str(&self::dropped(dropped)),
    }
    text
}

fn dropped(dropped: &Dropped) -> String {
    let mut text = "; not in its summary:".to_owned();
    let kinds =
        [("prompt", &dropped.prompts), ("file", &dropped.files), ("open item", &dropped.items)];
    for (kind, all) in kinds {
        for one in all.iter().rev().take(NAMED) {
            let one = one_line(one, QUOTED);
            let quoted = if kind == "file" { one } else { format!("“{one}”") };
            let _ = write!(text, "\n{:12}{kind} {quoted}", "");
        }
        let more = all.len().saturating_sub(NAMED);
        if more > 0 {
            let _ = write!(text, "\n{:12}and {more} more", "");
        }
    }
    text
}

fn bare_commits(bare: &BareCommits) -> String {
    let Some(newest) = bare.commits.first() else {
        return match (bare.looked_at, bare.reach) {
            (0, _) => String::new(),
            (_, Reach::Upstream) => {
                "every commit that is not upstream carries a checkpoint\n".to_owned()
            }
            _ => "the last commit carries a checkpoint\n".to_owned(),
        };
    };
    let all = bare.commits.len();
    let commits = plural(all as u64, "commit");
    let mut text = match bare.reach {
        Reach::Upstream => {
            format!("{STRONG}{commits}{STRONG:#} not upstream and without a checkpoint\n")
        }
        Reach::Checkpoint => format!("{STRONG}{commits}{STRONG:#} since the last checkpoint\n"),
        Reach::Last => format!("{STRONG}{commits}{STRONG:#}, and no checkpoint\n"),
    };
    for commit in bare.commits.iter().take(NAMED) {
        let subject = one_line(&commit.subject, QUOTED);
        let _ = writeln!(text, "  {COMMIT}{}{COMMIT:#} {subject}", commit.id.short());
    }
    if all > NAMED {
        let _ = writeln!(text, "  and {} more", all - NAMED);
    }
    let _ = writeln!(text, "  {DIM}run:{DIM:#} git ckpt save {}", newest.id.short());
    text
}

fn waiting(waiting: &Waiting, now: Timestamp) -> String {
    let (what, run) = match waiting.what {
        Draft::Prepared => ("a document waits for the next commit", None),
        Draft::Edited => ("a document was written and not saved", Some("git ckpt save -F")),
        Draft::Recovered => {
            ("a document could not be read and waits to be mended", Some("git ckpt save -F"))
        }
    };
    let written = age(now.seconds_since(waiting.modified));
    let path = one_line(&waiting.path.display().to_string(), usize::MAX);
    let mut text =
        format!("{STRONG}{what}{STRONG:#}: {}, {written}, in `{path}`\n", bytes(waiting.bytes));
    if let Some(run) = run {
        let _ = writeln!(text, "  {DIM}run:{DIM:#} {run} '{path}'");
    }
    text
}

fn unfinished(unfinished: &Unfinished) -> String {
    let mut text = String::new();
    let kinds = [(unfinished.saves, "save"), (unfinished.rewrites, "rewrite")];
    for (number, noun) in kinds.into_iter().filter(|(number, _)| *number > 0) {
        let what = plural(number as u64, noun);
        let _ = writeln!(text, "{STRONG}{what}{STRONG:#} written down and not finished");
        let _ = writeln!(text, "  {DIM}run:{DIM:#} git ckpt log");
    }
    if !unfinished.put_aside.is_empty() {
        let what = plural(unfinished.put_aside.len() as u64, "save");
        let _ = writeln!(text, "{STRONG}{what}{STRONG:#} given up and put aside");
        let _ = writeln!(text, "  {DIM}run:{DIM:#} git ckpt doctor");
    }
    text
}
