//! What is said of a task.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::task::{State, Task, Unit};
use crate::model::time::Timestamp;
use crate::ops::task::{Archived, Marked, Started};
use crate::policy::tasked::{known_of, shown, standing};
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::units::{age, plural};

const TITLE: Style = Style::new().bold();
const LABEL: Style = Style::new().dimmed();
const CARE: Style = AnsiColor::Yellow.on_default().bold();
const DONE: Style = AnsiColor::Green.on_default();
const FAILED: Style = AnsiColor::Red.on_default();

/// How much of a task is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What failed, and what stands around the next one.
    Around,
    All,
}

pub fn started(started: &Started) -> String {
    let mut text = String::new();
    if let Some(archived) = &started.archived {
        text.push_str(&cleared(archived));
    }
    let task = &started.task;
    let _ = writeln!(text, "started {TITLE}{}{TITLE:#}{}", one_line(&task.title, 200), size(task));
    next(&mut text, task);
    text
}

fn size(task: &Task) -> String {
    match task.units().len() as u64 {
        0 => String::new(),
        number => format!(", {}", plural(number, task.noun())),
    }
}

/// What was marked, how far the task has come, and what is next.
pub fn marked(marked: &Marked) -> String {
    const SHOWN: usize = 10;
    let Marked { task, places } = marked;
    let mut text = String::new();
    for place in places.iter().take(SHOWN) {
        let unit = &task.units()[*place];
        let _ = writeln!(text, "{:<11} {}", unit.state.title(), numbered(task, *place));
    }
    if places.len() > SHOWN {
        let _ = writeln!(text, "and {} more", places.len() - SHOWN);
    }
    let _ = writeln!(text, "{}: {}", one_line(&task.title, 200), standing(task));
    if places.iter().all(|place| task.units()[*place].state != State::InProgress) {
        next(&mut text, task);
    }
    text
}

fn next(text: &mut String, task: &Task) {
    match task.next() {
        Some(place) => {
            let _ = writeln!(text, "next        {}", numbered(task, place));
        }
        None if task.is_finished() => {
            text.push_str("all of it is done: git ckpt save, then git ckpt task clear\n");
        }
        None => text.push_str("no steps yet: git ckpt task step <text>, or git ckpt task done\n"),
    }
}

pub fn numbered(task: &Task, place: usize) -> String {
    format!("{}. {}", place + 1, one_line(&task.units()[place].name, 120))
}

pub fn blocked(task: &Task) -> String {
    let reason = task.blocked.as_deref().unwrap_or_default();
    format!("{} waits for: {}\n", one_line(&task.title, 200), one_line(reason, 200))
}

pub fn cleared(archived: &Archived) -> String {
    let Archived { task, path } = archived;
    format!("put away {}, {}: {}\n", one_line(&task.title, 200), standing(task), path.display())
}

/// The task as a page.
pub fn page(task: &Task, detail: Detail, now: Timestamp, limit: Option<usize>) -> String {
    let mut text = format!("{TITLE}{}{TITLE:#}  {}\n", one_line(&task.title, 200), standing(task));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {LABEL}{label:<10}{LABEL:#} {value}");
    };
    line("started", &age(now.seconds_since(task.started)));
    if let Some(definition) = &task.definition {
        line("definition", &one_line(definition, 400));
    }
    for success in &task.success {
        line("success", &one_line(success, 200));
    }
    if let Some(reason) = &task.blocked {
        line("waits for", &format!("{CARE}{}{CARE:#}", one_line(reason, 200)));
    }
    if task.is_bulk() {
        for step in &task.steps {
            line("each", &one_line(&step.name, 200));
        }
    }
    let all = 0..task.units().len();
    let places = if detail == Detail::All { all.collect() } else { shown(task) };
    if !places.is_empty() {
        let _ = write!(text, "\n{}", table(task, &places).render(limit));
    }
    let hidden = task.units().len() - places.len();
    if hidden > 0 {
        let more = plural(hidden as u64, task.noun());
        let _ = writeln!(text, "{LABEL}and {more} (`--all` shows them){LABEL:#}");
    }
    text
}

fn table(task: &Task, places: &[usize]) -> Table<4> {
    let name = if task.is_bulk() { "ITEM" } else { "STEP" };
    let columns =
        [("#", Align::Right), ("STATE", Align::Left), (name, Align::Left), ("NOTE", Align::Left)];
    let mut table = Table::new(columns);
    for place in places {
        let unit = &task.units()[*place];
        table.row([
            (place + 1).to_string().into(),
            state(unit),
            unit.name.as_str().into(),
            known_of(unit).into(),
        ]);
    }
    table
}

fn state(unit: &Unit) -> Cell {
    let style = match unit.state {
        State::Done | State::Skipped => DONE,
        State::InProgress => CARE,
        State::Failed => FAILED,
        State::Pending => Style::new(),
    };
    Cell::styled(unit.state.title(), style)
}

/// Tasks that were put away.
pub fn archived(tasks: &[Task], now: Timestamp, limit: Option<usize>) -> String {
    let columns = [
        ("TASK", Align::Left),
        ("STARTED", Align::Left),
        ("CAME TO", Align::Left),
        ("TITLE", Align::Left),
    ];
    let mut table = Table::new(columns);
    for task in tasks {
        table.row([
            task.id.as_str().into(),
            age(now.seconds_since(task.started)).into(),
            standing(task).into(),
            task.title.as_str().into(),
        ]);
    }
    table.render(limit)
}

pub fn json(task: &Task) -> Value {
    let mut value = fields(task);
    value["schema"] = json!(SCHEMA);
    value
}

/// A task within another value.
pub fn fields(task: &Task) -> Value {
    let units = |units: &[Unit]| units.iter().map(unit_json).collect::<Vec<_>>();
    json!({
        "id": task.id,
        "title": task.title,
        "kind": task.kind(),
        "status": task.status(),
        "started": task.started,
        "closed": task.closed,
        "definition": task.definition,
        "success": task.success,
        "blocked": task.blocked,
        "progress": task.progress(),
        "next": task.next().map(|place| place + 1),
        "last_done": task.last_done().map(|place| place + 1),
        "steps": units(&task.steps),
        "items": units(&task.items),
    })
}

fn unit_json(unit: &Unit) -> Value {
    json!({ "name": unit.name, "state": unit.state, "note": unit.note, "result": unit.result })
}
