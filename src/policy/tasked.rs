//! A task as sections of a document: what it is, how far it has come, what is next.

use std::fmt::Write;

use crate::model::task::{State, Task, Unit};

/// Most steps that are listed.
const STEPS: usize = 30;
/// How many items are told before and behind the one that is next.
const AROUND: usize = 3;
/// Most items that are told because they failed.
const FAILURES: usize = 10;

/// The sections that tell a task.
pub fn sections(task: &Task) -> String {
    let mut body = format!("## Task\n\n{}\n", task.title);
    if let Some(definition) = &task.definition {
        let _ = writeln!(body, "\n{definition}");
    }
    list(&mut body, "Success criteria", &task.success);
    if let Some(reason) = task.blocked.as_ref().filter(|_| !task.is_closed()) {
        let _ = writeln!(body, "\n## Blockers\n\n- {reason}");
    }
    steps(&mut body, task);
    items(&mut body, task);
    if let Some(place) = task.next().filter(|_| task.is_unfinished()) {
        let _ = writeln!(body, "\n## Next {}\n\n{}", task.noun(), numbered(task, place));
    }
    body
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

/// A unit by number and name.
pub fn numbered(task: &Task, place: usize) -> String {
    format!("{}. {}", place + 1, task.units()[place].name)
}

fn list(body: &mut String, heading: &str, texts: &[String]) {
    if !texts.is_empty() {
        let _ = writeln!(body, "\n## {heading}\n");
        for text in texts {
            let _ = writeln!(body, "- {text}");
        }
    }
}

fn steps(body: &mut String, task: &Task) {
    if task.steps.is_empty() {
        return;
    }
    let heading = if task.is_bulk() { "Steps for each item" } else { "Steps" };
    let _ = writeln!(body, "\n## {heading}\n");
    if !task.is_bulk() {
        let _ = writeln!(body, "{}\n", standing(task));
    }
    for unit in task.steps.iter().take(STEPS) {
        let line = if task.is_bulk() { format!("- {}", unit.name) } else { boxed(unit) };
        let _ = writeln!(body, "{line}");
    }
    if task.steps.len() > STEPS {
        let _ = writeln!(body, "- and {} more", task.steps.len() - STEPS);
    }
}

fn boxed(unit: &Unit) -> String {
    let mark = if unit.state.is_settled() { 'x' } else { ' ' };
    let mut line = format!("- [{mark}] {}", unit.name);
    if !matches!(unit.state, State::Pending | State::Done) {
        let _ = write!(line, " ({})", unit.state.title());
    }
    let told = told(unit);
    if !told.is_empty() {
        let _ = write!(line, ": {told}");
    }
    line
}

fn items(body: &mut String, task: &Task) {
    if !task.is_bulk() {
        return;
    }
    let _ = writeln!(body, "\n## Items\n\n{}\n", standing(task));
    let _ = writeln!(body, "| # | item | state | note |\n|---|---|---|---|");
    for place in shown(task) {
        let unit = &task.items[place];
        let cells = [unit.name.as_str(), unit.state.title(), &told(unit)].map(cell);
        let _ = writeln!(body, "| {} | {} |", place + 1, cells.join(" | "));
    }
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
pub fn told(unit: &Unit) -> String {
    let texts: Vec<&str> =
        [&unit.note, &unit.result].into_iter().flatten().map(String::as_str).collect();
    texts.join("; ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
