//! Templates of documents: which sections one has, and where what is known of the work goes.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::model::checkpoint::Kind;

/// The name of a template: small letters, digits and `-`, so that it can be a file's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateName(String);

impl TemplateName {
    /// The template of documents for this kind of work.
    pub fn for_kind(kind: Kind) -> Self {
        let name = match kind {
            Kind::Work | Kind::Safety => "checkpoint",
            Kind::Handoff => "handoff",
            Kind::Debug => "debug",
            Kind::Bulk => "bulk",
            Kind::Task => "task",
        };
        Self(name.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text cannot be the name of a template.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` cannot be the name of a template (small letters, digits and `-`, at most 40)")]
pub struct NotATemplateName(pub String);

impl FromStr for TemplateName {
    type Err = NotATemplateName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if starts_well && text.len() <= 40 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotATemplateName(text.to_owned()))
        }
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub name: TemplateName,
    /// What it is for, in one line.
    pub about: String,
    /// What a checkpoint is made for whose document has this template.
    pub kind: Option<Kind>,
    /// Tokens that a document may have.
    pub budget: u64,
    /// The headings that a document has to have, with something below them.
    pub required: Vec<String>,
    /// Markdown with `{{slot}}` where what is known goes.
    pub body: String,
}

impl Template {
    /// Whether it has a place for something.
    pub fn has(&self, slot: Slot) -> bool {
        let opened = self.body.split("{{").skip(1);
        let mut words = opened.filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
        words.any(|word| word == slot.name())
    }
}

/// A place in a template where something goes that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    Title,
    Goal,
    Decisions,
    RuledOut,
    Deferred,
    Progress,
    NextSteps,
    Files,
    Tests,
    Blockers,
    Questions,
    DontForget,
    Commits,
    LastWords,
    Definition,
    Items,
    Resume,
    Task,
    Branch,
    Commit,
    Subject,
    Author,
    Date,
}

/// What goes into the slots; what is absent is not known.
pub type Slots = BTreeMap<Slot, String>;

impl Slot {
    pub const ALL: [Self; 23] = [
        Self::Title,
        Self::Goal,
        Self::Decisions,
        Self::RuledOut,
        Self::Deferred,
        Self::Progress,
        Self::NextSteps,
        Self::Files,
        Self::Tests,
        Self::Blockers,
        Self::Questions,
        Self::DontForget,
        Self::Commits,
        Self::LastWords,
        Self::Definition,
        Self::Items,
        Self::Resume,
        Self::Task,
        Self::Branch,
        Self::Commit,
        Self::Subject,
        Self::Author,
        Self::Date,
    ];

    /// The word between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Goal => "goal",
            Self::Decisions => "decisions",
            Self::RuledOut => "ruled_out",
            Self::Deferred => "deferred",
            Self::Progress => "progress",
            Self::NextSteps => "next_steps",
            Self::Files => "files",
            Self::Tests => "tests",
            Self::Blockers => "blockers",
            Self::Questions => "questions",
            Self::DontForget => "dont_forget",
            Self::Commits => "commits",
            Self::LastWords => "last_words",
            Self::Definition => "definition",
            Self::Items => "items",
            Self::Resume => "resume",
            Self::Task => "task",
            Self::Branch => "branch",
            Self::Commit => "commit",
            Self::Subject => "subject",
            Self::Author => "author",
            Self::Date => "date",
        }
    }

    /// What goes there.
    pub fn about(self) -> &'static str {
        match self {
            Self::Title => "a name for the work",
            Self::Goal => "what was asked for",
            Self::Decisions => "what was adopted, and why",
            Self::RuledOut => "what was rejected, and why",
            Self::Deferred => "what was put off",
            Self::Progress => "what is done, in progress and not done",
            Self::NextSteps => "what comes next, in order",
            Self::Files => "the files in play",
            Self::Tests => "the tests that ran, and how they ended",
            Self::Blockers => "what stands in the way",
            Self::Questions => "what nobody has answered",
            Self::DontForget => "constraints, and what is easily forgotten",
            Self::Commits => "the commits that the session made",
            Self::LastWords => "the last thing that the agent said",
            Self::Definition => "what the task is, and what shows that it is done",
            Self::Items => "the items of a bulk task",
            Self::Resume => "the command that goes on from here",
            Self::Task => "the name of the task",
            Self::Branch => "the branch",
            Self::Commit => "the commit, abbreviated",
            Self::Subject => "the first line of the commit's message",
            Self::Author => "who saves",
            Self::Date => "the day",
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_templates_can_be_names_of_files() {
        for name in ["checkpoint", "a", "3-way", "x-9"] {
            assert!(name.parse::<TemplateName>().is_ok(), "{name}");
        }
        for name in ["", "-x", "A", "a/b", "..", "a.md", &"a".repeat(41)] {
            assert!(name.parse::<TemplateName>().is_err(), "{name}");
        }
    }

    #[test]
    fn every_slot_is_found_by_its_name() {
        for slot in Slot::ALL {
            assert_eq!(Slot::find(slot.name()), Some(slot));
        }
        assert_eq!(Slot::find("Title"), None);
    }
}
