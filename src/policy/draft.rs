//! The document that is put together when nobody wrote one: what the transcript itself says, and where it says it.
//!
//! Deterministic: the same digest on the same occasion gives the same text. It quotes and lists; it never guesses at
//! reasons. What is worth most comes first: entries are taken whole, by value, until the budget is used up.

mod cuts;
mod decisions;
mod files;
mod goal;
mod progress;
mod questions;
mod source;
mod tests_run;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::digest::{Digest, Moment};
use crate::model::outline::{Entry, FileState, Outline, Part, Section};
use crate::model::template::{Slot, Slots};
use crate::model::time::Timestamp;
use crate::policy::ear::cut;
use crate::policy::outline;
use crate::policy::tokens;

pub use cuts::{Cuts, missing_lines};
pub use files::{Candidates, candidates};
pub(in crate::policy) use questions::NOT_ANSWERED;
pub use source::{Source, with_marked_sources, without_sources};

/// Longest title, in characters.
const TITLE: usize = 72;

/// What a heading and the lines around it cost, in tokens.
const HEADING: u64 = 6;

/// How much less is worth what an earlier checkpoint already told.
const TOLD: u32 = 250;

/// What a draft is made from besides the digest.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    /// Directory of the worktree, which is cut off file names.
    pub worktree: Option<&'a str>,
    /// First line of the commit's message.
    pub subject: &'a str,
    /// The end of what the last checkpoint of the session told; without one everything is new.
    pub since: Option<Timestamp>,
    /// How the files of [`candidates`] stand.
    pub states: &'a BTreeMap<String, FileState>,
    /// First lines of messages by the id that the transcript gives a commit.
    pub subjects: &'a BTreeMap<String, String>,
    /// Lines that are not to be drafted again.
    pub cuts: &'a Cuts,
    /// Most tokens of all entries with their headings.
    pub budget: u64,
}

/// One thing that a draft says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// Where in a template it goes.
    pub slot: Slot,
    pub part: Part,
    pub source: Source,
    /// The more the sooner it is taken.
    value: u32,
}

/// A title, and what there is to say, in the order in which it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub title: String,
    pub entries: Vec<Drafted>,
}

/// Whether a text tells where its lines come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    Hidden,
    Shown,
}

/// Puts a draft together.
pub fn draft(digest: &Digest, occasion: &Occasion) -> Draft {
    let mut entries = goal::entries(digest, occasion);
    entries.extend(decisions::entries(digest, occasion));
    entries.extend(progress::entries(digest, occasion));
    entries.extend(tests_run::entries(digest, occasion));
    entries.extend(questions::entries(digest, occasion));
    entries.extend(files::entries(digest, occasion));
    goal::leave_what_is_said_elsewhere(&mut entries);
    entries.retain_mut(|entry| occasion.cuts.leave(&mut entry.part));
    Draft { title: title(digest, occasion.subject), entries: fitting(entries, occasion.budget) }
}

/// Headings for what a draft says, where no template gives them.
const HEADINGS: &[(&str, &[Slot])] = &[
    ("Goal", &[Slot::Goal]),
    ("Decisions", &[Slot::Decisions, Slot::RuledOut, Slot::Deferred]),
    ("Progress", &[Slot::Progress, Slot::Commits]),
    ("Next steps", &[Slot::NextSteps]),
    ("Testing status", &[Slot::Tests]),
    ("Blockers and open questions", &[Slot::Blockers, Slot::Questions]),
    ("Constraints", &[Slot::DontForget]),
    ("Files in play", &[Slot::Files]),
    ("Last words", &[Slot::LastWords]),
];

impl Draft {
    /// The text of each place in a template.
    pub fn slots(&self, sources: Sources) -> Slots {
        let mut slots = Slots::from([(Slot::Title, self.title.clone())]);
        for slot in Slot::ALL {
            let entries: Vec<&Drafted> =
                self.entries.iter().filter(|entry| entry.slot == slot).collect();
            if !entries.is_empty() {
                slots.insert(slot, text_of(&entries, sources));
            }
        }
        slots
    }

    /// Everything that it says, below headings of its own.
    pub fn whole(&self, sources: Sources) -> String {
        let slots = self.slots(sources);
        let mut text = format!("Working title: {}\n", self.title);
        for (heading, places) in HEADINGS {
            let told: Vec<&str> =
                places.iter().filter_map(|slot| slots.get(slot)).map(String::as_str).collect();
            if !told.is_empty() {
                let _ = write!(text, "\n## {heading}\n\n{}", told.concat());
            }
        }
        text
    }
}

impl Drafted {
    /// The entry as it stands in the document.
    pub fn text(&self) -> String {
        written(vec![self.part.clone().into()])
    }
}

/// Entries one below the other; the source of each stands at the end of its first line.
fn text_of(entries: &[&Drafted], sources: Sources) -> String {
    let text = written(entries.iter().map(|entry| entry.part.clone().into()).collect());
    if sources == Sources::Hidden {
        return text;
    }
    let mut told = String::new();
    let mut lines = text.lines().peekable();
    for entry in entries {
        while lines.next_if(|line| line.is_empty()).is_some() {
            told.push('\n');
        }
        let own = entry.text().lines().count();
        for (place, line) in lines.by_ref().take(own).enumerate() {
            told.push_str(line);
            if place == 0 {
                let _ = write!(told, " {}", entry.source.comment());
            }
            told.push('\n');
        }
    }
    told
}

/// The first line of a text that can serve as a title: a heading's words, or the line itself.
pub fn title_of(markdown: &str) -> Option<String> {
    let line = markdown.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.trim_start_matches('#').trim();
    (!line.is_empty()).then(|| cut(line, TITLE))
}

fn title(digest: &Digest, subject: &str) -> String {
    let own = digest.title.as_deref().and_then(title_of);
    own.or_else(|| title_of(subject))
        .or_else(|| digest.first_prompt.as_deref().and_then(title_of))
        .unwrap_or_else(|| "Untitled".to_owned())
}

fn written(entries: Vec<Entry>) -> String {
    outline::write(&Outline {
        title: None,
        sections: vec![Section { entries, ..Section::default() }],
    })
}

/// The entries that the budget has room for, the most valuable first, in the order in which they were.
fn fitting(entries: Vec<Drafted>, budget: u64) -> Vec<Drafted> {
    let mut by_value: Vec<usize> = (0..entries.len()).collect();
    by_value.sort_by_key(|place| std::cmp::Reverse(entries[*place].value));
    let mut taken: Vec<usize> = Vec::new();
    let mut left = budget;
    for place in by_value {
        let opens = taken.iter().all(|other: &usize| entries[*other].slot != entries[place].slot);
        let cost = tokens::count(&entries[place].text()) + if opens { HEADING } else { 0 };
        if cost <= left {
            left -= cost;
            taken.push(place);
        }
    }
    let mut places = 0..;
    entries
        .into_iter()
        .filter(|_| places.next().is_some_and(|place| taken.contains(&place)))
        .collect()
}

/// What an entry is worth: `base`, less what was told before, less its place among its like.
fn worth(base: u32, place: usize, when: &Moment, occasion: &Occasion) -> u32 {
    let told = if when.is_after(occasion.since) { 0 } else { TOLD };
    let place = u32::try_from(place).unwrap_or(u32::MAX).saturating_mul(6);
    base.saturating_sub(told).saturating_sub(place)
}

#[cfg(test)]
mod tests;
