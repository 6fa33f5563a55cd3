//! A document taken apart: its sections, and in them the decisions, items, steps and files that tools read and write.
//!
//! Nothing that a document says is lost in it: what is none of these stays as prose, in its place.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The parts of a document's body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outline {
    /// The words of the heading that stands on top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub sections: Vec<Section>,
}

/// A heading and what stands below it, up to the next heading of any level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Section {
    /// Empty for what stands before the first heading.
    pub heading: String,
    /// Of the heading; `##` is 2.
    pub level: u8,
    pub role: Role,
    pub entries: Vec<Entry>,
    /// The lines of the body that this was read from, counted from 0, the heading included.
    #[serde(skip)]
    pub lines: Range<usize>,
}

/// What a section is about, by the words of its heading or of the one above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Goal,
    /// Decisions; `Decisions deferred` and `Ruled out` are of this role too.
    Decisions,
    Progress,
    Tests,
    NextSteps,
    Blockers,
    Questions,
    /// What must not be forgotten: critical context, constraints, warnings, signals.
    Context,
    Files,
    Hypothesis,
    /// What the work is, and what makes it done.
    Definition,
    /// Where the work stands now.
    State,
    /// A table of many items of one kind.
    Items,
    Commits,
    Resume,
    #[default]
    Other,
}

/// One thing that a section says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    #[serde(flatten)]
    pub part: Part,
    /// The lines of the body that this was read from, counted from 0.
    #[serde(skip)]
    pub lines: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    Decision(Decision),
    Item(Item),
    Step(Step),
    File(FileNote),
    /// An item of a list that is none of these.
    Point(Point),
    Table(Table),
    /// Markdown as it is written.
    Prose {
        text: String,
    },
}

impl Part {
    /// All that a part says, its details included.
    pub fn text(&self) -> String {
        let mut texts: Vec<&str> = Vec::new();
        match self {
            Self::Decision(decision) => return decision.text(),
            Self::Item(item) => {
                texts.push(&item.text);
                texts.extend(item.missing.as_deref());
                texts.extend(item.details.iter().map(String::as_str));
            }
            Self::Step(step) => {
                texts.push(&step.text);
                texts.extend(step.subtasks.iter().map(|item| item.text.as_str()));
                texts.extend(step.depends_on.as_deref());
                texts.extend(step.success.as_deref());
            }
            Self::File(file) => {
                texts.push(&file.path);
                texts.extend(file.note.as_deref());
                texts.extend(file.details.iter().map(String::as_str));
            }
            Self::Point(point) => {
                texts.push(&point.text);
                texts.extend(point.details.iter().map(String::as_str));
            }
            Self::Table(table) => {
                texts.extend(
                    table.columns.iter().chain(table.rows.iter().flatten()).map(String::as_str),
                );
            }
            Self::Prose { text } => texts.push(text),
        }
        texts.join("\n")
    }
}

/// What became of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    Adopted,
    Rejected,
    Deferred,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Adopted, Self::Rejected, Self::Deferred];

    /// The word that stands in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Adopted => "ADOPTED",
            Self::Rejected => "REJECTED",
            Self::Deferred => "DEFERRED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub verdict: Verdict,
    /// What was decided, ruled out or put off.
    pub decision: String,
    /// The options that were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// What it binds the work to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// Where in the code it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Decision {
    /// All that it says.
    pub fn text(&self) -> String {
        let fields = [&self.evaluated, &self.rationale, &self.constraint, &self.location];
        let mut texts = vec![self.decision.as_str()];
        texts.extend(fields.into_iter().flatten().map(String::as_str));
        texts.extend(self.details.iter().map(String::as_str));
        texts.join("\n")
    }
}

/// How far one piece of work has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Done,
    InProgress,
    #[default]
    NotDone,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub text: String,
    #[serde(default)]
    pub state: ItemState,
    /// Of 100, where it is in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What an item in progress still lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

/// A step that comes next; its place in the list is its priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtasks: Vec<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<String>,
    /// What has to come before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<String>,
    /// What shows that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<String>,
}

impl Step {
    /// It stands there only to tell that it was done: ticked, or struck out.
    pub fn is_done(&self) -> bool {
        ["[x]", "[X]", "✅", "☑", "~~"].iter().any(|mark| self.text.starts_with(mark))
    }
}

/// Whether a file in play has been seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    Done,
    InProgress,
    Untouched,
}

impl FileState {
    /// The words that stand in documents.
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::InProgress => "in progress",
            Self::Untouched => "untouched",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<FileState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

/// A table; every row has as many cells as there are columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Outline {
    pub fn parts(&self) -> impl Iterator<Item = (&Section, &Entry)> {
        self.sections
            .iter()
            .flat_map(|section| section.entries.iter().map(move |entry| (section, entry)))
    }

    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.parts().filter_map(|(_, entry)| match &entry.part {
            Part::Decision(decision) => Some(decision),
            _ => None,
        })
    }

    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.parts().filter_map(|(_, entry)| match &entry.part {
            Part::Item(item) => Some(item),
            _ => None,
        })
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.parts().filter_map(|(_, entry)| match &entry.part {
            Part::Step(step) => Some(step),
            _ => None,
        })
    }

    pub fn files(&self) -> impl Iterator<Item = &FileNote> {
        self.parts().filter_map(|(_, entry)| match &entry.part {
            Part::File(file) => Some(file),
            _ => None,
        })
    }

    /// The first section of this role.
    pub fn section(&self, role: Role) -> Option<&Section> {
        self.sections.iter().find(|section| section.role == role)
    }
}

impl From<Part> for Entry {
    fn from(part: Part) -> Self {
        Self { part, lines: 0..0 }
    }
}
