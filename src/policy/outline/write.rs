//! An outline as markdown, in the one form that this program writes.

use std::fmt::Write;

use crate::model::outline::{
    Decision, FileNote, Item, ItemState, Outline, Part, Point, Section, Step, Table,
};

/// The document's body; ends with a line end unless it is empty.
pub fn write(outline: &Outline) -> String {
    let mut page = Page::default();
    if let Some(title) = &outline.title {
        page.apart();
        page.line(&format!("# {}", on_one_line(title)));
    }
    for section in &outline.sections {
        page.section(section);
    }
    page.text
}

/// What a tool wrote over several lines where a document has one.
fn on_one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(&on_one_line(text))).collect();
    format!("| {} |", cells.join(" | "))
}

/// A cell in which no bar ends it.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    let mut escaped = false;
    for letter in text.chars() {
        if letter == '|' && !escaped {
            cell.push('\\');
        }
        cell.push(letter);
        escaped = letter == '\\' && !escaped;
    }
    cell
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn section(&mut self, section: &Section) {
        if section.level > 0 {
            self.apart();
            let marks = "#".repeat(usize::from(section.level.min(6)));
            self.line(format!("{marks} {}", on_one_line(&section.heading)).trim_end());
        }
        let mut listed = false;
        let mut number = 0;
        for entry in &section.entries {
            let lists = !matches!(entry.part, Part::Table(_) | Part::Prose { .. });
            if !(lists && listed) {
                self.apart();
                number = 0;
            }
            listed = lists;
            if matches!(entry.part, Part::Step(_)) {
                number += 1;
            }
            self.part(&entry.part, number);
        }
    }

    fn part(&mut self, part: &Part, number: usize) {
        match part {
            Part::Decision(decision) => self.decision(decision),
            Part::Item(item) => self.item(item, ""),
            Part::Step(step) => self.step(step, number),
            Part::File(file) => self.file(file),
            Part::Point(Point { text, details }) => {
                self.listed("- ", text);
                self.details(details);
            }
            Part::Table(table) => self.table(table),
            Part::Prose { text } => self.line(text),
        }
    }

    fn decision(&mut self, decision: &Decision) {
        let text = format!("{}: {}", decision.verdict.word(), decision.decision);
        self.listed("- ", &text);
        let fields = [
            ("Evaluated", &decision.evaluated),
            ("Why", &decision.rationale),
            ("Constraint", &decision.constraint),
            ("Where", &decision.location),
        ];
        self.fields("  ", &fields);
        self.details(&decision.details);
    }

    fn item(&mut self, item: &Item, indent: &str) {
        let mark = match item.state {
            ItemState::Done => "[x]",
            ItemState::InProgress => "[~]",
            ItemState::NotDone => "[ ]",
        };
        let share = item.percent.map(|share| format!(" ({share} %)")).unwrap_or_default();
        self.listed(&format!("{indent}- "), &format!("{mark} {}{share}", item.text));
        self.fields(&format!("{indent}  "), &[("Missing", &item.missing)]);
        for detail in &item.details {
            self.listed(&format!("{indent}  - "), detail);
        }
    }

    fn step(&mut self, step: &Step, number: usize) {
        self.listed(&format!("{number}. "), &step.text);
        for subtask in &step.subtasks {
            self.item(subtask, "   ");
        }
        let fields = [
            ("Estimate", &step.estimate),
            ("After", &step.depends_on),
            ("Done when", &step.success),
        ];
        self.fields("   ", &fields);
    }

    fn file(&mut self, file: &FileNote) {
        let state = file.state.map(|state| format!(" ({})", state.words())).unwrap_or_default();
        let note = file.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        self.listed("- ", &format!("`{}`{state}{note}", file.path));
        self.details(&file.details);
    }

    fn table(&mut self, table: &Table) {
        self.line(&row(&table.columns));
        self.line(&format!("|{}", "---|".repeat(table.columns.len())));
        for cells in &table.rows {
            self.line(&row(cells));
        }
    }

    fn fields(&mut self, indent: &str, fields: &[(&str, &Option<String>)]) {
        for (name, value) in fields {
            if let Some(value) = value {
                self.listed(&format!("{indent}- "), &format!("{name}: {value}"));
            }
        }
    }

    fn details(&mut self, details: &[String]) {
        for detail in details {
            self.listed("  - ", detail);
        }
    }

    /// An item; its further lines stand below its first word.
    fn listed(&mut self, marker: &str, text: &str) {
        let indent = " ".repeat(marker.len());
        let mut lines = text.lines();
        self.line(format!("{marker}{}", lines.next().unwrap_or_default()).trim_end());
        for line in lines {
            self.line(format!("{indent}{line}").trim_end());
        }
    }

    /// An empty line before what comes next.
    fn apart(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }
}
