//! What is told of two checkpoints side by side.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::outline::{Decision, Item, ItemState};
use crate::model::task::{State, Task};
use crate::ops::diff::{Between, DiffOutcome, Side};
use crate::policy::compare::{Amended, Change, Comparison, Moved, Reversal};
use crate::policy::task_change::{TaskChange, UnitChange};
use crate::policy::tasked::standing;
use crate::policy::wording::head;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::units::{count, plural};

const ID: Style = AnsiColor::Yellow.on_default();
const TITLE: Style = Style::new().bold();
const LABEL: Style = Style::new().bold();
const NEW: Style = AnsiColor::Green.on_default();
const GONE: Style = AnsiColor::Red.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();

/// Most turns that are listed.
const TURNS: usize = 40;
/// Most steps or items of a task that are listed.
const UNITS: usize = 20;

pub fn text(outcome: &DiffOutcome, width: usize) -> String {
    let mut page = Page { text: String::new(), width };
    page.head("from", &outcome.before);
    page.head("to", &outcome.now);
    let found = &outcome.comparison;
    decisions(&mut page, found);
    outcome.tasks.iter().for_each(|change| task(&mut page, change, found));
    progress(&mut page, found);
    let steps = |list: &[String]| list.to_vec();
    page.part("Next steps", |lines| {
        lines.add(&steps(&found.steps_new), '+', "");
        lines.add(&steps(&found.steps_done), 'x', "");
        lines.add(&steps(&found.steps_gone), '-', "");
    });
    page.change("Blockers", &found.blockers);
    page.change("Questions", &found.questions);
    page.change("Files", &found.files);
    if found.is_empty() && outcome.tasks.is_empty() {
        page.text.push_str("\nthe documents say the same\n");
    }
    between(&mut page, &outcome.between);
    page.text
}

struct Page {
    text: String,
    width: usize,
}

/// Lines of one part, each with its mark.
#[derive(Default)]
struct Lines(Vec<(char, String)>);

impl Lines {
    fn add(&mut self, texts: &[String], mark: char, before: &str) {
        self.0.extend(texts.iter().map(|text| (mark, format!("{before}{text}"))));
    }
}

impl Page {
    fn head(&mut self, label: &str, side: &Side) {
        let Side { id, title, tokens, commit, .. } = side;
        let title = one_line(title, usize::MAX);
        let tokens = plural(*tokens, "token");
        let _ = writeln!(
            self.text,
            "{label:<5} {ID}{}{ID:#}  {TITLE}{title}{TITLE:#}  (commit {}, {tokens})",
            id.short(),
            commit.short()
        );
    }

    fn part(&mut self, label: &str, fill: impl FnOnce(&mut Lines)) {
        let mut lines = Lines::default();
        fill(&mut lines);
        if lines.0.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "\n{LABEL}{label}{LABEL:#}");
        for (mark, line) in lines.0 {
            let style = match mark {
                '+' | 'x' => NEW,
                '-' => GONE,
                _ => CHANGED,
            };
            let line = one_line(&line, self.width.saturating_sub(4).max(20));
            let _ = writeln!(self.text, "  {style}{mark}{style:#} {line}");
        }
    }

    fn change(&mut self, label: &str, change: &Change) {
        self.part(label, |lines| {
            lines.add(&change.new, '+', "");
            lines.add(&change.gone, '-', "");
        });
    }
}

fn decisions(page: &mut Page, found: &Comparison) {
    let words = |decision: &Decision| format!("{}: {}", decision.verdict.word(), decision.decision);
    let of = |list: &[Decision]| list.iter().map(words).collect::<Vec<_>>();
    let reversed = |one: &Reversal| {
        let now = one.now.verdict.word();
        format!("{now}, was {}: {}", one.before.word(), one.now.decision)
    };
    let reversed: Vec<String> = found.decisions_reversed.iter().map(reversed).collect();
    let amended = |one: &Amended| {
        let Amended { before, now } = one;
        format!("{}: {} (was: {})", now.verdict.word(), now.decision, head(&before.decision))
    };
    let amended: Vec<String> = found.decisions_amended.iter().map(amended).collect();
    page.part("Decisions", |lines| {
        lines.add(&of(&found.decisions_added), '+', "");
        lines.add(&reversed, '~', "");
        lines.add(&amended, '~', "");
        lines.add(&of(&found.decisions_dropped), '-', "");
    });
}

fn task(page: &mut Page, change: &TaskChange, found: &Comparison) {
    let standing = |task: &Task| {
        let away = if task.is_closed() { ", put away" } else { "" };
        format!("{}{away}", standing(task))
    };
    let title = |task: &Task| format!("{}: {}", task.title, standing(task));
    page.part("Task", |lines| {
        match (&change.before, &change.now) {
            (Some(before), Some(now)) => {
                lines.add(&[format!("{}, was {}", title(now), standing(before))], '~', "");
            }
            (Some(before), None) => lines.add(&[title(before)], '-', ""),
            (None, Some(now)) => lines.add(&[title(now)], '+', ""),
            (None, None) => {}
        }
        // What the document tells as done stands below.
        let told = |unit: &&UnitChange| found.items_done.iter().any(|one| one.text == unit.name);
        let units: Vec<&UnitChange> = change.units.iter().filter(|unit| !told(unit)).collect();
        for unit in units.iter().take(UNITS) {
            let (mark, text) = moved_unit(unit);
            lines.add(&[text], mark, "");
        }
        if units.len() > UNITS {
            let more = count((units.len() - UNITS) as u64);
            lines.add(&[format!("and {more} more")], '~', "");
        }
    });
}

fn moved_unit(unit: &UnitChange) -> (char, String) {
    let name = format!("{}. {}", unit.number, unit.name);
    match (unit.before, unit.now) {
        (_, State::Done) => ('x', name),
        (None, State::Pending) => ('+', name),
        (None, now) => ('+', format!("{}: {name}", now.title())),
        (Some(before), now) => ('~', format!("{} (was {}): {name}", now.title(), before.title())),
    }
}

fn progress(page: &mut Page, found: &Comparison) {
    let of = |list: &[Item]| list.iter().map(|item| item.text.clone()).collect::<Vec<_>>();
    let moved =
        |one: &Moved| format!("{} (was {}): {}", state(&one.now), state(&one.before), one.now.text);
    let moved: Vec<String> = found.items_moved.iter().map(moved).collect();
    page.part("Progress", |lines| {
        lines.add(&of(&found.items_done), 'x', "");
        lines.add(&moved, '~', "");
        lines.add(&of(&found.items_new), '+', "");
        lines.add(&of(&found.items_gone), '-', "");
    });
}

fn state(item: &Item) -> String {
    let state = match item.state {
        ItemState::Done => "done",
        ItemState::InProgress => "in progress",
        ItemState::NotDone => "not done",
    };
    item.percent.map_or(state.to_owned(), |share| format!("{state}, {share}%"))
}

fn between(page: &mut Page, between: &Between) {
    let text = match between {
        Between::NoSession => return,
        Between::OtherSession => "\nno session leads from one to the other\n".to_owned(),
        Between::Unread(reason) => {
            format!("\nthe turns between them cannot be read: {}\n", one_line(reason, usize::MAX))
        }
        Between::Turns { turns, .. } if turns.is_empty() => {
            "\nnothing was asked between them\n".to_owned()
        }
        Between::Turns { session, turns } => {
            let session = one_line(session, 40);
            let mut text = format!(
                "\n{LABEL}Between them{LABEL:#}, {} of session {session}:\n",
                plural(turns.len() as u64, "turn")
            );
            for turn in turns.iter().take(TURNS) {
                let room = page.width.saturating_sub(9).max(20);
                let _ =
                    writeln!(text, "{:>5}  {}", count(turn.number), one_line(&turn.prompt, room));
            }
            if turns.len() > TURNS {
                let _ = writeln!(text, "       and {} more", count((turns.len() - TURNS) as u64));
            }
            text
        }
    };
    page.text.push_str(&text);
}

pub fn json(outcome: &DiffOutcome) -> Value {
    let found = &outcome.comparison;
    let decision = |one: &Decision| json!({ "verdict": one.verdict, "decision": one.decision });
    let all = |list: &[Decision]| list.iter().map(decision).collect::<Vec<_>>();
    let reversed = found.decisions_reversed.iter().map(|one| {
        json!({ "was": one.before, "verdict": one.now.verdict, "decision": one.now.decision })
    });
    let moved = found.items_moved.iter().map(|Moved { before, now }| {
        json!({
            "was": before.state,
            "was_percent": before.percent,
            "state": now.state,
            "percent": now.percent,
            "text": now.text,
        })
    });
    let amended = found.decisions_amended.iter().map(|Amended { before, now }| {
        json!({ "was": before.decision, "verdict": now.verdict, "decision": now.decision })
    });
    let texts = |list: &[Item]| list.iter().map(|item| item.text.clone()).collect::<Vec<_>>();
    json!({
        "schema": SCHEMA,
        "before": side(&outcome.before),
        "now": side(&outcome.now),
        "decisions": {
            "added": all(&found.decisions_added),
            "reversed": reversed.collect::<Vec<_>>(),
            "amended": amended.collect::<Vec<_>>(),
            "dropped": all(&found.decisions_dropped),
        },
        "tasks": outcome.tasks.iter().map(task_json).collect::<Vec<_>>(),
        "items": {
            "done": texts(&found.items_done),
            "new": texts(&found.items_new),
            "moved": moved.collect::<Vec<_>>(),
            "gone": texts(&found.items_gone),
        },
        "steps": { "new": found.steps_new, "done": found.steps_done, "gone": found.steps_gone },
        "blockers": change(&found.blockers),
        "questions": change(&found.questions),
        "files": change(&found.files),
        "between": turns(&outcome.between),
    })
}

fn task_json(change: &TaskChange) -> Value {
    let TaskChange { before, now, units } = change;
    let standing = |task: &Task| json!({ "status": task.status(), "closed": task.closed, "progress": task.progress() });
    let unit = |unit: &UnitChange| json!({ "number": unit.number, "name": unit.name, "was": unit.before, "state": unit.now });
    let task = now.as_ref().or(before.as_ref());
    json!({
        "id": task.map(|task| &task.id),
        "title": task.map(|task| &task.title),
        "was": before.as_ref().map(standing),
        "now": now.as_ref().map(standing),
        "changed": units.iter().map(unit).collect::<Vec<_>>(),
    })
}

fn side(side: &Side) -> Value {
    json!({
        "checkpoint": side.id,
        "commit": side.commit,
        "title": side.title,
        "created": side.created,
        "tokens": side.tokens,
    })
}

fn change(change: &Change) -> Value {
    json!({ "new": change.new, "gone": change.gone })
}

fn turns(between: &Between) -> Value {
    let (state, session, turns, problem) = match between {
        Between::NoSession => ("no_session", None, None, None),
        Between::OtherSession => ("other_session", None, None, None),
        Between::Turns { session, turns } => ("turns", Some(session), Some(turns), None),
        Between::Unread(problem) => ("unread", None, None, Some(problem)),
    };
    let turns = turns.map(|turns| {
        let turn = turns.iter().map(|turn| json!({ "number": turn.number, "prompt": turn.prompt }));
        turn.collect::<Vec<_>>()
    });
    json!({ "state": state, "session": session, "turns": turns, "problem": problem })
}
