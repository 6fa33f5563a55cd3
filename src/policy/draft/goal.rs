//! What was asked for: first of all, and since the last checkpoint.

use crate::model::digest::{Digest, Gist, Saying, Speaker};
use crate::model::outline::{Part, Point};
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};
use crate::policy::ear::{cut, one_line, sentences};

/// Longest quotation of the first wish, and of a later one, in characters.
const FIRST: usize = 240;
const LATER: usize = 140;

/// What stands before a later wish.
const THEN: &str = "then: ";

/// Most later wishes.
const WISHES: usize = 4;

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let mut wishes: Vec<&Saying> = Vec::new();
    for wish in digest.sayings.of(Gist::Ask) {
        if wishes.iter().all(|other| other.text != wish.text) {
            wishes.push(wish);
        }
    }
    let Some((first, later)) = wishes.split_first() else { return fallback(digest) };
    let quoted = Part::Prose { text: format!("> {}", cut(&first.text, FIRST)) };
    let goal = Drafted { slot: Slot::Goal, part: quoted, source: Source::of(first), value: 1000 };
    let new: Vec<&&Saying> =
        later.iter().filter(|wish| wish.when.is_after(occasion.since)).collect();
    // Where nothing was asked since, the last wish is what is being worked on.
    let new = if new.is_empty() { later.iter().rev().take(1).collect() } else { new };
    let newest = new.len().saturating_sub(WISHES);
    let later = new[newest..].iter().enumerate().map(|(place, wish)| {
        let text = format!("{THEN}{}", cut(&wish.text, LATER));
        let older = new.len() - newest - 1 - place;
        Drafted {
            slot: Slot::Goal,
            part: Part::Point(Point { text, details: Vec::new() }),
            source: Source::of(wish),
            value: worth(if older == 0 { 960 } else { 560 }, older, &wish.when, occasion),
        }
    });
    std::iter::once(goal).chain(later).collect()
}

/// Takes out of the wishes what stands elsewhere as a decision, a constraint or a question: it is told once.
pub(super) fn leave_what_is_said_elsewhere(entries: &mut Vec<Drafted>) {
    let elsewhere =
        |entry: &&Drafted| !matches!(entry.slot, Slot::Goal | Slot::LastWords | Slot::Files);
    let told: Vec<Vec<String>> =
        entries.iter().filter(elsewhere).map(|entry| words(&entry.text())).collect();
    entries.retain_mut(|entry| match (&mut entry.part, entry.slot) {
        (Part::Prose { text }, Slot::Goal) => {
            let own = text.trim_start_matches("> ").to_owned();
            *text = format!("> {}", new_of(&own, &told).unwrap_or(own));
            true
        }
        (Part::Point(point), Slot::Goal) => {
            let own = point.text.strip_prefix(THEN).unwrap_or(&point.text);
            let new = new_of(own, &told).map(|new| format!("{THEN}{new}"));
            new.map(|new| point.text = new).is_some()
        }
        _ => true,
    });
}

/// The sentences of a wish that stand nowhere else.
fn new_of(wish: &str, told: &[Vec<String>]) -> Option<String> {
    let is_new = |sentence: &String| {
        let own = words(sentence);
        let within = |other: &Vec<String>| {
            own.iter().filter(|word| other.contains(word)).count() * 10 >= own.len() * 7
        };
        !told.iter().any(within)
    };
    let new: Vec<String> = sentences(wish).into_iter().filter(is_new).collect();
    let new = new.join(" ");
    (words(&new).len() > 2).then_some(new)
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Where no prompt says what is wanted, the first one has to do.
fn fallback(digest: &Digest) -> Vec<Drafted> {
    let Some(first) = &digest.first_prompt else { return Vec::new() };
    let part = Part::Prose { text: format!("> {}", cut(&one_line(first), FIRST)) };
    let source = Source::Said { turn: 1, speaker: Speaker::Person };
    vec![Drafted { slot: Slot::Goal, part, source, value: 1000 }]
}
