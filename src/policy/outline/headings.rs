//! What a section is about, by the words of its heading.

use crate::model::outline::{FileState, ItemState, Role, Verdict};

/// A heading, and what it says of the entries below it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heading {
    pub level: u8,
    pub role: Role,
    pub verdict: Option<Verdict>,
    pub item: Option<ItemState>,
    pub file: Option<FileState>,
}

/// The beginnings of headings, each with what it means. The first that fits counts, so the longer ones stand first.
const ROLES: &[(&str, Role, Option<Verdict>)] = &[
    ("decisions deferred", Role::Decisions, Some(Verdict::Deferred)),
    ("deferred", Role::Decisions, Some(Verdict::Deferred)),
    ("ruled out", Role::Decisions, Some(Verdict::Rejected)),
    ("rejected", Role::Decisions, Some(Verdict::Rejected)),
    ("eliminated", Role::Decisions, Some(Verdict::Rejected)),
    ("what was ruled out", Role::Decisions, Some(Verdict::Rejected)),
    ("decision", Role::Decisions, None),
    ("key decision", Role::Decisions, None),
    ("architecture decision", Role::Decisions, None),
    ("what we decided", Role::Decisions, None),
    ("what was decided", Role::Decisions, None),
    ("locked in", Role::Decisions, Some(Verdict::Adopted)),
    ("progress", Role::Progress, None),
    ("implementation status", Role::Progress, None),
    ("status", Role::Progress, None),
    ("where we are", Role::Progress, None),
    ("testing", Role::Tests, None),
    ("tests", Role::Tests, None),
    ("test status", Role::Tests, None),
    ("next", Role::NextSteps, None),
    ("what's next", Role::NextSteps, None),
    ("what’s next", Role::NextSteps, None),
    ("what is next", Role::NextSteps, None),
    ("what comes next", Role::NextSteps, None),
    ("immediate next", Role::NextSteps, None),
    ("blocker", Role::Blockers, None),
    ("blocked", Role::Blockers, None),
    ("open question", Role::Questions, None),
    ("question", Role::Questions, None),
    ("critical context", Role::Context, None),
    ("context", Role::Context, None),
    ("constraint", Role::Context, None),
    ("don't forget", Role::Context, None),
    ("don’t forget", Role::Context, None),
    ("do not forget", Role::Context, None),
    ("warning", Role::Context, None),
    ("signals", Role::Context, None),
    ("key data", Role::Context, None),
    ("files", Role::Files, None),
    ("active hypothesis", Role::Hypothesis, None),
    ("hypothesis", Role::Hypothesis, None),
    ("definition", Role::Definition, None),
    ("task definition", Role::Definition, None),
    ("success criteria", Role::Definition, None),
    ("expected steps", Role::Definition, None),
    ("current state", Role::State, None),
    ("state", Role::State, None),
    ("last words", Role::State, None),
    ("current goal", Role::Goal, None),
    ("goal", Role::Goal, None),
    ("objective", Role::Goal, None),
    ("symptom", Role::Goal, None),
    ("problem", Role::Goal, None),
    ("items", Role::Items, None),
    ("commits", Role::Commits, None),
    ("resume", Role::Resume, None),
];

/// Headings that say only how far the entries below them have come.
const STATES: &[(&str, ItemState, FileState)] = &[
    ("done", ItemState::Done, FileState::Done),
    ("completed", ItemState::Done, FileState::Done),
    ("what's done", ItemState::Done, FileState::Done),
    ("what’s done", ItemState::Done, FileState::Done),
    ("what is done", ItemState::Done, FileState::Done),
    ("in progress", ItemState::InProgress, FileState::InProgress),
    ("not done", ItemState::NotDone, FileState::Untouched),
    ("not started", ItemState::NotDone, FileState::Untouched),
    ("to do", ItemState::NotDone, FileState::Untouched),
    ("todo", ItemState::NotDone, FileState::Untouched),
    ("remaining", ItemState::NotDone, FileState::Untouched),
    ("what's left", ItemState::NotDone, FileState::Untouched),
    ("what’s left", ItemState::NotDone, FileState::Untouched),
    ("what is left", ItemState::NotDone, FileState::Untouched),
    ("untouched", ItemState::NotDone, FileState::Untouched),
];

/// What a section with this heading is about.
pub fn role_of(words: &str) -> Role {
    known(&bare(words)).map_or(Role::Other, |(role, _)| role)
}

/// Whether this is the heading of a section that documents have, whatever marks it.
pub fn is_known(words: &str) -> bool {
    let words = bare(words);
    known(&words).is_some() || STATES.iter().any(|(name, ..)| words.starts_with(name))
}

/// The same, with what it says of the decisions below it.
pub fn meaning_of(words: &str) -> (Role, Option<Verdict>) {
    known(&bare(words)).unwrap_or_default()
}

impl Heading {
    /// What `words` mean below `above`, the heading that they are part of.
    pub fn new(level: u8, words: &str, above: Option<&Self>) -> Self {
        let words = bare(words);
        if let Some((role, verdict)) = known(&words) {
            return Self { level, role, verdict, ..Self::default() };
        }
        let state = STATES.iter().find(|(name, ..)| words.starts_with(name));
        match (above, state) {
            (Some(above), Some((_, item, file))) => {
                Self { level, item: Some(*item), file: Some(*file), ..*above }
            }
            (Some(above), None) => Self { level, ..*above },
            (None, Some((_, item, _))) => {
                Self { level, role: Role::Progress, item: Some(*item), ..Self::default() }
            }
            (None, None) => Self { level, ..Self::default() },
        }
    }
}

fn known(words: &str) -> Option<(Role, Option<Verdict>)> {
    ROLES
        .iter()
        .find(|(name, ..)| words.starts_with(name))
        .map(|(_, role, verdict)| (*role, *verdict))
}

/// The words in lower case, without a number or a sign in front.
fn bare(words: &str) -> String {
    words.trim_start_matches(|letter: char| !letter.is_alphabetic()).to_lowercase()
}
