//! What the report of a finished tool call (`toolUseResult`) says: edits, plan items, commits, answers.
//!
//! Only successful calls have a report with these fields; a failed one has a sentence in its place.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::claude::records;
use crate::agent::json;
use crate::agent::json::Field;
use crate::agent::text;
use crate::model::session::EditKind;
use crate::model::session::Event;
use crate::model::session::PlanItem;
use crate::model::session::PlanState;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(borrow, rename = "type")]
    kind: Field<'a>,
    #[serde(borrow)]
    file_path: Field<'a>,
    #[serde(borrow)]
    structured_patch: Field<'a>,
    #[serde(borrow)]
    old_string: Field<'a>,
    #[serde(borrow, rename = "notebook_path")]
    notebook_path: Field<'a>,
    #[serde(borrow, rename = "new_source")]
    new_source: Field<'a>,
    #[serde(borrow)]
    error: Field<'a>,
    #[serde(borrow)]
    task: Field<'a>,
    #[serde(borrow)]
    task_id: Field<'a>,
    #[serde(borrow)]
    status_change: Field<'a>,
    #[serde(borrow)]
    stdout: Field<'a>,
    #[serde(borrow)]
    git_operation: Field<'a>,
    #[serde(borrow)]
    questions: Field<'a>,
    #[serde(borrow)]
    answers: Field<'a>,
}

#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    question: Field<'a>,
    #[serde(borrow)]
    options: Field<'a>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    label: Field<'a>,
}

#[derive(Deserialize)]
struct Task<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    #[serde(borrow)]
    subject: Field<'a>,
}

#[derive(Deserialize)]
struct StatusChange<'a> {
    #[serde(borrow)]
    to: Field<'a>,
}

#[derive(Deserialize)]
struct GitOperation<'a> {
    #[serde(borrow)]
    commit: Field<'a>,
}

#[derive(Deserialize)]
struct Commit<'a> {
    #[serde(borrow)]
    sha: Field<'a>,
}

pub(super) fn take(report: Field<'_>, events: &mut Vec<Event>) {
    let object = report.filter(|raw| raw.get().starts_with('{'));
    let Some(report) = json::parsed::<Report<'_>>(object) else { return };
    events.extend(edit(&report));
    events.extend(plan_change(&report));
    commits(&report, events);
    answers(&report, events);
}

/// What the person chose in the form that a tool put before them.
fn answers(report: &Report<'_>, events: &mut Vec<Event>) {
    let asked: Vec<Question<'_>> = json::parsed(report.questions).unwrap_or_default();
    let Some(answers) = json::parsed::<BTreeMap<String, Field<'_>>>(report.answers) else { return };
    for question in asked {
        let Some(words) = json::full_text(question.question) else { continue };
        let Some(answer) = answers.get(&words).and_then(|answer| json::full_text(*answer)) else {
            continue;
        };
        let choices: Vec<Choice<'_>> = json::parsed(question.options).unwrap_or_default();
        let options = choices.iter().filter_map(|choice| json::full_text(choice.label)).collect();
        events.push(Event::Answered { question: words, answer, options });
    }
}

fn edit(report: &Report<'_>) -> Option<Event> {
    if report.new_source.is_some() {
        let path =
            json::text(report.notebook_path).filter(|_| json::full_text(report.error).is_none())?;
        return Some(Event::Edit { path, kind: EditKind::Updated });
    }
    report.structured_patch?;
    let from_nothing = report.old_string.map(RawValue::get) == Some(r#""""#);
    let kind = match json::word(report.kind) {
        Some("create") => EditKind::Created,
        None if from_nothing => EditKind::Created,
        _ => EditKind::Updated,
    };
    Some(Event::Edit { path: json::text(report.file_path)?, kind })
}

fn plan_change(report: &Report<'_>) -> Option<Event> {
    if let Some(task) = json::parsed::<Task<'_>>(report.task) {
        let (id, text) = (json::text(task.id)?, json::full_text(task.subject)?);
        return Some(Event::PlanItemAdded(PlanItem { id, text, state: PlanState::Pending }));
    }
    let change: StatusChange<'_> = json::parsed(report.status_change)?;
    let state = json::word(change.to).and_then(records::plan_state);
    Some(Event::PlanItemChanged { id: json::text(report.task_id)?, text: None, state })
}

/// The commit that the report names, else those that the printed text shows.
fn commits(report: &Report<'_>, events: &mut Vec<Event>) {
    let operation = json::parsed::<GitOperation<'_>>(report.git_operation);
    let commit = operation.and_then(|operation| json::parsed::<Commit<'_>>(operation.commit));
    if let Some(id) = commit.and_then(|commit| json::text(commit.sha)) {
        events.push(Event::Commit(id));
    } else if let Some(printed) = json::text(report.stdout) {
        events.extend(text::commits(&printed).map(|id| Event::Commit(id.to_owned())));
    }
}
