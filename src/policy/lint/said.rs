//! The words of a part, whatever kind of part it is.

use crate::model::outline::{Decision, Part};

/// All that a part says, its details included.
pub fn all(part: &Part) -> String {
    let mut texts: Vec<&str> = Vec::new();
    match part {
        Part::Decision(one) => return decision(one),
        Part::Item(item) => {
            texts.push(&item.text);
            texts.extend(item.missing.as_deref());
            texts.extend(item.details.iter().map(String::as_str));
        }
        Part::Step(step) => {
            texts.push(&step.text);
            texts.extend(step.subtasks.iter().map(|item| item.text.as_str()));
            texts.extend(step.depends_on.as_deref());
            texts.extend(step.success.as_deref());
        }
        Part::File(file) => {
            texts.push(&file.path);
            texts.extend(file.note.as_deref());
            texts.extend(file.details.iter().map(String::as_str));
        }
        Part::Point(point) => {
            texts.push(&point.text);
            texts.extend(point.details.iter().map(String::as_str));
        }
        Part::Table(table) => {
            texts.extend(
                table.columns.iter().chain(table.rows.iter().flatten()).map(String::as_str),
            );
        }
        Part::Prose { text } => texts.push(text),
    }
    texts.join("\n")
}

/// All that a decision says.
pub fn decision(decision: &Decision) -> String {
    let fields =
        [&decision.evaluated, &decision.rationale, &decision.constraint, &decision.location];
    let mut texts = vec![decision.decision.as_str()];
    texts.extend(fields.into_iter().flatten().map(String::as_str));
    texts.extend(decision.details.iter().map(String::as_str));
    texts.join("\n")
}

/// Whether a text only says that there is nothing.
pub fn is_nothing(text: &str) -> bool {
    let bare = text.trim().trim_end_matches('.').trim_matches(['*', '_', '(', ')']);
    let words = bare.to_lowercase();
    [
        "none",
        "nothing",
        "no",
        "n/a",
        "none yet",
        "none known",
        "none so far",
        "nothing yet",
        "nothing left",
    ]
    .contains(&words.as_str())
}

/// Whether a text only holds a place for what is to be written.
pub fn is_placeholder(text: &str) -> bool {
    let bare = text.trim().trim_matches(|letter: char| !letter.is_alphanumeric());
    ["", "tbd", "todo", "tba", "fill in", "xxx"].contains(&bare.to_lowercase().as_str())
}

/// Whether something is set apart in a text that can be the reason for the rest, or what is left of it.
pub fn has_remark(text: &str) -> bool {
    let marks = [" — ", " – ", " - ", ": ", "; ", " (", ". "];
    let enough = |rest: &str| rest.split_whitespace().count() >= 3;
    marks.iter().any(|mark| text.split_once(mark).is_some_and(|(_, rest)| enough(rest)))
}

/// A text short enough to stand in a message.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}
