//! A task in a document: what it is, how far it has come, what is next.

use std::fmt::Write;

use crate::model::task::{State, Task, Unit};
use crate::model::template::Slot;
use crate::policy::noted::Told;

/// Most steps that are listed.
const STEPS: usize = 30;
/// How many items are told before and behind the one that is next.
const AROUND: usize = 3;
/// Most items that are told because they failed.
const FAILURES: usize = 10;

/// What a document tells of a task.
pub fn told(task: &Task) -> Vec<Told> {
    let mut told = vec![Told { slot: Slot::Definition, heading: "Task", text: definition(task) }];
    let mut add = |slot, heading, text: String| {
        if !text.is_empty() {
            told.push(Told { slot, heading, text });
        }
    };
    if task.is_bulk() {
        add(Slot::Items, "Items", items(task));
    } else {
        add(Slot::Progress, "Steps", steps(task));
    }
    if let Some(place) = task.next().filter(|_| task.is_unfinished()) {
        add(Slot::NextSteps, "Next", format!("1. {}\n", next(task, place)));
    }
    if let Some(reason) = task.blocked.as_ref().filter(|_| !task.is_closed()) {
        add(Slot::Blockers, "Blockers", format!("- {reason}\n"));
    }
    told
}

/// What the task is, and what shows that it is done.
fn definition(task: &Task) -> String {
    let mut text = format!("{}\n", task.title);
    if let Some(definition) = &task.definition {
        let _ = writeln!(text, "\n{definition}");
    }
    let each = task.steps.iter().filter(|_| task.is_bulk());
    let lines = each.map(|step| format!("- For each item: {}", step.name));
    let done = task.success.iter().map(|success| format!("- Done when: {success}"));
    let lines: Vec<String> = lines.take(STEPS).chain(done).collect();
    if !lines.is_empty() {
        let _ = writeln!(text, "\n{}", lines.join("\n"));
    }
    text
}

/// What is next, as a document tells it.
pub fn next(task: &Task, place: usize) -> String {
    let name = &task.units()[place].name;
    if task.is_bulk() {
        format!("{name} (item {} of {})", place + 1, task.items.len())
    } else {
        name.clone()
    }
}

/// How far a task has come, in one line.
pub fn standing(task: &Task) -> String {
    let Some(progress) = task.progress() else {
        return if task.is_finished() { "done" } else { "in progress" }.to_owned();
    };
    let mut line = format!("{} of {} done", progress.done, progress.total);
    if task.count(State::Skipped) > 0 {
        let _ = write!(line, " ({} skipped)", task.count(State::Skipped));
    }
    match task.count(State::Failed) {
        0 => line,
        failed => format!("{line}, {failed} failed"),
    }
}

fn steps(task: &Task) -> String {
    let mut text = String::new();
    for unit in task.steps.iter().take(STEPS) {
        let _ = writeln!(text, "{}", boxed(unit));
    }
    if task.steps.len() > STEPS {
        let _ = writeln!(text, "- and {} more", task.steps.len() - STEPS);
    }
    text
}

fn boxed(unit: &Unit) -> String {
    let mark = match unit.state {
        State::Done | State::Skipped => 'x',
        State::InProgress => '~',
        State::Pending | State::Failed => ' ',
    };
    let mut line = format!("- [{mark}] {}", unit.name);
    if matches!(unit.state, State::Skipped | State::Failed) {
        let _ = write!(line, " ({})", unit.state.title());
    }
    let known = known_of(unit);
    if !known.is_empty() {
        let _ = write!(line, ": {known}");
    }
    line
}

fn items(task: &Task) -> String {
    let mut text = format!("{}\n\n", standing(task));
    let _ = writeln!(text, "| # | item | state | note |\n|---|---|---|---|");
    for place in shown(task) {
        let unit = &task.items[place];
        let cells = [unit.name.as_str(), unit.state.title(), &known_of(unit)].map(cell);
        let _ = writeln!(text, "| {} | {} |", place + 1, cells.join(" | "));
    }
    text
}

/// The items that are told: those that failed, and those around the next one.
pub fn shown(task: &Task) -> Vec<usize> {
    let units = task.units();
    let middle = task.next().unwrap_or(units.len());
    let around = middle.saturating_sub(AROUND)..=middle + AROUND;
    let failures = (0..units.len()).filter(|place| units[*place].state == State::Failed);
    let failures: Vec<usize> = failures.take(FAILURES).collect();
    (0..units.len()).filter(|place| around.contains(place) || failures.contains(place)).collect()
}

/// What is known of a unit besides its state.
pub fn known_of(unit: &Unit) -> String {
    let texts: Vec<&str> =
        [&unit.note, &unit.result].into_iter().flatten().map(String::as_str).collect();
    texts.join("; ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
