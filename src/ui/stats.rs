//! The measures of a restart, for a person and for a script.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::ops::stats::{Later, START_SHARE, Saved, Start, Stats, WentOn};
use crate::policy::restart::Passage;
use crate::policy::tokens::Count;
use crate::policy::window::Source;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::units::{percent, plural, tokens};

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// Columns of what is quoted.
const QUOTED: usize = 160;

pub fn text(stats: &Stats) -> String {
    let title = one_line(&stats.title, QUOTED);
    let id = stats.id.short();
    let mut text = format!("{STRONG}{id}{STRONG:#} {title}, of commit {}\n", stats.commit.short());
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {DIM}{name:<10}{DIM:#}{value}");
    };
    let document = tokens(stats.document_tokens);
    match &stats.session {
        Some(session) => row("saved", &saved(session, &document)),
        None => row("document", &format!("{document} tokens, and no session")),
    }
    row("start", &start(&stats.start));
    match &stats.later {
        None => row("went on", "no session that went on from it was found on this machine"),
        Some(later) => self::later(later, &mut row),
    }
    text
}

fn saved(saved: &Saved, document: &str) -> String {
    match saved.compression {
        Some(share) => format!(
            "{:.1}%: the document's {document} tokens stand for {}, which reclaims {}",
            (share * 10.0).floor() / 10.0,
            figure(saved.tokens),
            tokens(saved.reclaimed)
        ),
        None => {
            format!("nothing: the session's {} are less than the document", figure(saved.tokens))
        }
    }
}

fn figure(count: Count) -> String {
    format!("{}{} tokens", if count.estimated { "~" } else { "" }, tokens(count.tokens))
}

fn start(start: &Start) -> String {
    let (style, words) = match start.is_within_target() {
        true => (GOOD, format!("within the {START_SHARE}% to aim for")),
        false => (BAD, format!("more than the {START_SHARE}% to aim for; name fewer files")),
    };
    let assumed = if start.window.source == Source::Assumed { " (assumed)" } else { "" };
    let left_out = match start.left_out {
        0 => String::new(),
        number => format!("; {} left out", plural(number as u64, "file")),
    };
    format!(
        "{} of the window: {} of {}{assumed} for opening, document and files in play{left_out}; {style}{words}{style:#}",
        percent(start.tokens.tokens, start.window.tokens),
        figure(start.tokens),
        tokens(start.window.tokens)
    )
}

fn later(later: &Later, row: &mut dyn FnMut(&str, &str)) {
    let restart = &later.restart;
    let turns = plural(restart.turns, "turn");
    let agent = later.agent.title();
    row("went on", &format!("{agent} {}, {turns}: {}", later.id.short(), words(later.how)));
    row("files", &reread(later));
    row("asked", &passages(later.settled, "settled", "asking again", &restart.asked_again));
    row("drift", &passages(later.rejected, "rejected", "bringing it back", &restart.drift));
    row("next", &next(later));
}

fn words(how: WentOn) -> &'static str {
    match how {
        WentOn::Opened => "it began with this checkpoint's opening message",
        WentOn::Same => "the session that the checkpoint holds, since then",
        WentOn::Next => {
            "the next session of this worktree, which may have begun without the checkpoint"
        }
    }
}

fn reread(later: &Later) -> String {
    let read = &later.restart.reread;
    match (later.files, read.len()) {
        (0, _) => "the document names none".to_owned(),
        (named, 0) => format!("{named} named, none of them read again"),
        (named, again) => {
            format!("{named} named, {again} read again: {}", one_line(&read.join(", "), QUOTED))
        }
    }
}

/// How many there are of what, and the passages that look like one of them.
fn passages(all: usize, what: &str, like: &str, passages: &[Passage]) -> String {
    if all == 0 {
        return format!("the document names nothing {what}");
    }
    let number = passages.len() as u64;
    let mut text = match number {
        0 => return format!("{all} {what}, nothing that looks like {like}"),
        1 => format!("{all} {what}, 1 passage looks like {like}"),
        _ => format!("{all} {what}, {number} passages look like {like}"),
    };
    for one in passages {
        let (quote, about) = (one_line(&one.quote, QUOTED), one_line(&one.about, QUOTED));
        let _ = write!(text, "\n{:12}turn {}: “{quote}”\n{:14}about “{about}”", "", one.turn, "");
    }
    text
}

fn next(later: &Later) -> String {
    let Some(next) = &later.next else { return "the document states no next action".to_owned() };
    match &later.restart.next_taken {
        Some(taken) => {
            format!("looks taken in turn {}: “{}”", taken.turn, one_line(&taken.quote, QUOTED))
        }
        None => format!("not seen: “{}”", one_line(next, QUOTED)),
    }
}

pub fn json(stats: &Stats) -> Value {
    json!({
        "schema": SCHEMA,
        "checkpoint": stats.id,
        "title": stats.title,
        "commit": stats.commit,
        "document_tokens": stats.document_tokens,
        "session": stats.session.as_ref().map(|saved| json!({
            "tokens": saved.tokens.tokens,
            "tokens_estimated": saved.tokens.estimated,
            "reclaimed": saved.reclaimed,
            "compression": saved.compression,
        })),
        "start": {
            "tokens": stats.start.tokens.tokens,
            "tokens_estimated": stats.start.tokens.estimated,
            "window": stats.start.window.tokens,
            "window_source": stats.start.window.source.name(),
            "left_out": stats.start.left_out,
            "within_target": stats.start.is_within_target(),
        },
        "later": stats.later.as_ref().map(json_later),
    })
}

fn json_later(later: &Later) -> Value {
    let restart = &later.restart;
    let passages = |all: &[Passage]| all.iter().map(passage).collect::<Vec<_>>();
    json!({
        "agent": later.agent.name(),
        "id": later.id,
        "how": match later.how {
            WentOn::Opened => "opened",
            WentOn::Same => "same",
            WentOn::Next => "next",
        },
        "turns": restart.turns,
        "files_named": later.files,
        "files_read_again": restart.reread,
        "settled": later.settled,
        "asked_again": passages(&restart.asked_again),
        "rejected": later.rejected,
        "drift": passages(&restart.drift),
        "next_action": later.next,
        "next_action_taken": restart.next_taken.as_ref().map(passage),
    })
}

fn passage(one: &Passage) -> Value {
    json!({ "about": one.about, "turn": one.turn, "quote": one.quote })
}
