//! What is said to whoever goes on with work.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::checkpoint::Attachment;
use crate::model::task::{State, Task};
use crate::model::time::Timestamp;
use crate::ops::resume::{ResumeOutcome, ResumedTask};
use crate::policy::tasked::{known_of, standing};
use crate::ui::json::{SCHEMA, attachment};
use crate::ui::sanitize::one_line;
use crate::ui::tasked;
use crate::ui::units::{age, bytes, shell_word, suspicion_words};

/// Most attachments that are told how to get back.
const ATTACHED: usize = 10;

const TITLE: Style = Style::new().bold();
const LABEL: Style = Style::new().dimmed();
const ID: Style = AnsiColor::Yellow.on_default();
const CARE: Style = AnsiColor::Yellow.on_default().bold();

/// The report: the task, what it waits for, what is next, the commands to go on with.
pub fn text(outcome: &ResumeOutcome, now: Timestamp) -> String {
    let mut text = String::new();
    match &outcome.task {
        Some(task) => resumed(&mut text, task),
        None => text.push_str("no task is open\n"),
    }
    if let Some(away) = &outcome.put_away {
        let title = one_line(&away.title, 120);
        line(&mut text, "put away", &format!("{title}, {}", standing(away)));
    }
    if let (None, Some(table)) = (&outcome.task, &outcome.left.table) {
        line(&mut text, "items", &format!("{} of {} done", table.done, table.total));
        lines(&mut text, "last done", table.last_done.as_slice());
        lines(&mut text, "next item", table.next.as_slice());
    }
    let known = outcome.task.as_ref().and_then(|task| task.task().blocked.as_ref());
    let blockers = outcome.left.blockers.iter().filter(|reason| Some(*reason) != known);
    lines(&mut text, "waits for", &blockers.cloned().collect::<Vec<_>>());
    lines(&mut text, "question", &outcome.left.questions);
    if outcome.task.as_ref().is_none_or(|task| task.task().next().is_none()) {
        lines(&mut text, "next step", outcome.left.next.get(..1).unwrap_or_default());
    }
    if let Some((_, checkpoint)) = &outcome.checkpoint {
        let header = &checkpoint.header;
        let title = one_line(&header.title, 120);
        let age = age(now.seconds_since(header.created));
        let author = one_line(&header.author, 120);
        let id = checkpoint.id.short();
        line(&mut text, "checkpoint", &format!("{ID}{id}{ID:#} {title}, {age} by {author}"));
    }
    if let Some(found) = &outcome.suspicion {
        line(&mut text, "careful", &format!("{CARE}{}{CARE:#}", suspicion_words(found)));
    }
    if let Some(other) = &outcome.other {
        let _ = writeln!(
            text,
            "what is open here stays as it is: {}, {}; to go on from that checkpoint instead: git ckpt task clear, then this again",
            one_line(&other.title, 120),
            standing(other)
        );
    }
    go_on(&mut text, outcome);
    text
}

fn resumed(text: &mut String, resumed: &ResumedTask) {
    let task = resumed.task();
    let what = match resumed {
        ResumedTask::Told(_) if task.is_finished() => "finished",
        ResumedTask::Told(_) => "the checkpoint has",
        _ if task.is_finished() => "finished",
        _ => "resuming",
    };
    let place = position(task).map(|place| format!("{place}; ")).unwrap_or_default();
    let title = one_line(&task.title, 200);
    let _ = writeln!(text, "{what} {TITLE}{title}{TITLE:#}: {place}{}", standing(task));
    if let Some(place) = task.last_done() {
        line(text, "last done", &with_note(task, place));
    }
    if let Some(place) = task.next() {
        line(text, "next", &with_note(task, place));
    }
    if let Some(reason) = &task.blocked {
        line(text, "waits for", &format!("{CARE}{}{CARE:#}", one_line(reason, 200)));
    }
    for success in &task.success {
        line(text, "success", &one_line(success, 200));
    }
    if let ResumedTask::TakenUp(carried) = resumed {
        let author = one_line(&carried.author, 120);
        line(
            text,
            "taken up",
            &format!("out of checkpoint {} of {author}", carried.checkpoint.short()),
        );
    }
}

/// `item 13 of 20`.
fn position(task: &Task) -> Option<String> {
    let place = task.next()?;
    Some(format!("{} {} of {}", task.noun(), place + 1, task.units().len()))
}

fn with_note(task: &Task, place: usize) -> String {
    let unit = &task.units()[place];
    let mut text = tasked::numbered(task, place);
    if matches!(unit.state, State::InProgress | State::Failed) {
        let _ = write!(text, " ({})", unit.state.title());
    }
    let known = known_of(unit);
    if !known.is_empty() {
        let _ = write!(text, ": {}", one_line(&known, 120));
    }
    text
}

/// The commands that go on.
fn go_on(text: &mut String, outcome: &ResumeOutcome) {
    let commands = commands(outcome);
    if !commands.is_empty() {
        text.push_str("go on with:\n");
    }
    for (command, what) in commands {
        let command = one_line(&command, usize::MAX);
        let _ = writeln!(text, "  {command}  {LABEL}{what}{LABEL:#}");
    }
}

/// What gets an attachment back, and what that is.
fn getting_back(Attachment { name, stored }: &Attachment, checkpoint: &str) -> (String, String) {
    let command = format!("git ckpt cat {} {checkpoint}", shell_word(name.as_str()));
    (command, format!("what is attached, {}", bytes(stored.bytes)))
}

fn commands(outcome: &ResumeOutcome) -> Vec<(String, String)> {
    let mut commands = Vec::new();
    if let Some(command) = &outcome.live {
        commands.push((command.join(" "), "the session as it is here".into()));
    }
    if let Some((_, checkpoint)) = &outcome.checkpoint {
        let id = checkpoint.id.short();
        if !checkpoint.header.snapshots.is_empty() {
            commands.push((format!("git ckpt restore {id}"), "the session as it was saved".into()));
        }
        commands
            .push((format!("git ckpt prompt {id}"), "a new session out of the document".into()));
        let attachments = checkpoint.header.attachments.iter();
        commands.extend(attachments.take(ATTACHED).map(|one| getting_back(one, id)));
        if outcome.put_away.as_ref().is_some_and(Task::is_unfinished) {
            commands.push((format!("git ckpt resume {id}"), "the task that was put away".into()));
        }
    }
    match &outcome.task {
        None | Some(ResumedTask::Told(_)) => {}
        Some(task) if task.task().is_finished() => commands
            .push(("git ckpt task clear".to_owned(), "puts it away, after a last save".into())),
        Some(_) => {
            commands.push(("git ckpt task done".to_owned(), "when what is next is done".into()));
        }
    }
    commands
}

fn lines(text: &mut String, label: &str, values: &[String]) {
    values.iter().for_each(|value| line(text, label, &one_line(value, 200)));
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {LABEL}{label:<10}{LABEL:#} {value}");
}

pub fn json(outcome: &ResumeOutcome) -> Value {
    let source = outcome.task.as_ref().map(|task| match task {
        ResumedTask::Here(_) => "here",
        ResumedTask::TakenUp(_) => "taken_up",
        ResumedTask::Told(_) => "checkpoint",
    });
    let table = outcome.left.table.as_ref().map(|table| {
        json!({ "done": table.done, "total": table.total, "last_done": table.last_done, "next": table.next })
    });
    let attachments = outcome.checkpoint.iter().flat_map(|(_, one)| &one.header.attachments);
    let attachments: Vec<Value> = attachments.map(attachment).collect();
    json!({
        "schema": SCHEMA,
        "task": outcome.task.as_ref().map(|task| tasked::fields(task.task())),
        "source": source,
        "open_here": outcome.other.as_ref().map(|task| &task.id),
        "checkpoint": outcome.checkpoint.as_ref().map(|(_, checkpoint)| &checkpoint.id),
        "commit": outcome.checkpoint.as_ref().map(|(commit, _)| commit),
        "put_away": outcome.put_away.as_ref().map(|task| &task.id),
        "attachments": attachments,
        "blockers": outcome.left.blockers,
        "questions": outcome.left.questions,
        "next_steps": outcome.left.next,
        "items": table,
        "commands": commands(outcome).into_iter().map(|(command, _)| command).collect::<Vec<_>>(),
        "suspicion": outcome.suspicion,
    })
}
