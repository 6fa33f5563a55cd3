//! What a document says to whoever goes on with its work: what it waits for, what is open, what is next.

use crate::model::outline::{Entry, ItemState, Outline, Part, Role, Table};
use crate::model::task::Task;
use crate::policy::draft::NOT_ANSWERED;
use crate::policy::lint::is_nothing;
use crate::policy::outline;
use crate::policy::tasked;

/// Most lines of each kind.
const MOST: usize = 5;
/// How a cell says that its row is done.
const DONE: [&str; 9] = ["done", "x", "[x]", "✓", "✔", "✅", "yes", "ok", "completed"];
/// How the column is called that says so.
const STATE: [&str; 3] = ["state", "status", "done"];

/// What was found in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resumption {
    pub blockers: Vec<String>,
    pub questions: Vec<String>,
    pub next: Vec<String>,
    pub table: Option<TableProgress>,
}

/// How far a table of items has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProgress {
    pub done: usize,
    pub total: usize,
    pub last_done: Option<String>,
    pub next: Option<String>,
}

impl Resumption {
    /// Leaves out the table of a task, which tells of its items only those around the next one.
    pub fn without_table_of(&mut self, task: &Task) {
        self.table.take_if(|_| task.is_bulk());
    }

    /// Leaves out what a document says of a task that is not gone on with.
    pub fn without(&mut self, task: &Task) {
        self.blockers.retain(|reason| Some(reason) != task.blocked.as_ref());
        let next = task.next().map(|place| tasked::next(task, place));
        self.next.retain(|step| Some(step) != next.as_ref());
    }
}

/// Reads a document for what is left to do.
pub fn read(markdown: &str) -> Resumption {
    let outline = outline::read(markdown);
    // A section that says that there is nothing has nothing to say.
    let said = |role| texts(&outline, role).filter(|text| !is_nothing(text) && text != "-");
    // A template may have one section for what is open and for what stands in the way.
    let (open, mut blockers): (Vec<String>, Vec<String>) =
        said(Role::Blockers).partition(|text| text.starts_with(NOT_ANSWERED));
    blockers.truncate(MOST);
    Resumption {
        blockers,
        questions: open.into_iter().chain(said(Role::Questions)).take(MOST).collect(),
        next: texts(&outline, Role::NextSteps).take(MOST).collect(),
        table: outline.parts().find_map(|(section, entry)| match &entry.part {
            Part::Table(table) if section.role == Role::Items => progress(table),
            _ => None,
        }),
    }
}

/// What is to be done next: the first step that is not done.
pub fn next_action(outline: &Outline) -> Option<String> {
    texts(outline, Role::NextSteps).next()
}

fn texts(outline: &Outline, role: Role) -> impl Iterator<Item = String> {
    let sections = outline.sections.iter().filter(move |section| section.role == role);
    let texts = sections.flat_map(|section| &section.entries).filter_map(text);
    texts.filter(|text| !text.is_empty())
}

fn text(entry: &Entry) -> Option<String> {
    let text = match &entry.part {
        Part::Step(step) if !step.is_done() => &step.text,
        Part::Point(point) => &point.text,
        Part::Item(item) if item.state != ItemState::Done => &item.text,
        Part::Prose { text } => text,
        Part::Decision(decision) => &decision.decision,
        Part::Table(table) => return Some(table.rows.first()?.join(" ")),
        _ => return None,
    };
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn progress(table: &Table) -> Option<TableProgress> {
    let column = |names: &[&str]| {
        let is_it = |column: &String| names.contains(&column.trim().to_lowercase().as_str());
        table.columns.iter().position(is_it)
    };
    let state = column(&STATE)?;
    let number = column(&["#", "no", "nr", "number"]);
    let name = (0..table.columns.len()).find(|at| Some(*at) != number && *at != state)?;
    let is_done = |row: &&Vec<String>| DONE.contains(&row[state].trim().to_lowercase().as_str());
    let words = |row: &Vec<String>| row[name].clone();
    Some(TableProgress {
        done: table.rows.iter().filter(is_done).count(),
        total: table.rows.len(),
        last_done: table.rows.iter().rev().find(is_done).map(words),
        next: table.rows.iter().find(|row| !is_done(row)).map(words),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_do_is_read_out_of_a_document() {
        let document = "# Pages\n\n## Items\n\n| # | page | status |\n|---|---|---|\n| 1 | intro | done |\n| 2 | setup | ✓ |\n| 3 | usage | in progress |\n\n## Blockers\n\nNone.\n\n## Open questions\n\n- who signs?\n\n## Next steps\n\n1. Write usage\n2. Publish\n";
        let found = read(document);
        assert_eq!(found.blockers, Vec::<String>::new());
        assert_eq!(found.questions, ["who signs?"]);
        assert_eq!(found.next, ["Write usage", "Publish"]);
        let ticked = read("## 3. 📋 Next steps\n\n1. [x] Wash\n2. ~~Rinse~~\n3. [ ] Dry\n");
        assert_eq!(ticked.next, ["Dry"]);
        let table = found.table.unwrap();
        assert_eq!((table.done, table.total), (2, 3));
        assert_eq!(
            (table.last_done.as_deref(), table.next.as_deref()),
            (Some("setup"), Some("usage"))
        );
    }

    #[test]
    fn an_unanswered_question_stands_in_nobodys_way() {
        let questions = "- not answered yet: now?\n".repeat(6);
        let found =
            read(&format!("## Blockers and questions\n\n{questions}- the key is missing\n"));
        assert_eq!(found.blockers, ["the key is missing"]);
        assert_eq!(found.questions, ["not answered yet: now?"; MOST]);
    }
}
