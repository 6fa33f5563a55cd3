//! What a text speaks for and what it speaks against, by its words.

use crate::policy::marks::{behind_bullet, numbered};
use crate::policy::wording::phrase;

/// Words of a sentence that speaks against something.
const AGAINST: &[&str] = &[
    "abandon",
    "abandoned",
    "against",
    "avoid",
    "avoids",
    "banned",
    "cannot",
    "declined",
    "delete",
    "deleted",
    "discard",
    "discarded",
    "dismissed",
    "drop",
    "dropped",
    "dropping",
    "exclude",
    "excluded",
    "excludes",
    "forbidden",
    "goodbye",
    "neither",
    "never",
    "no",
    "nobody",
    "none",
    "nor",
    "not",
    "overkill",
    "refuse",
    "refused",
    "reject",
    "rejected",
    "rejecting",
    "rejects",
    "remove",
    "removed",
    "removes",
    "removing",
    "ruled",
    "ruling",
    "unlike",
    "unsuitable",
    "without",
];

/// Phrases that do the same.
const AGAINST_PHRASES: &[&str] = &[
    "are out",
    "away from",
    "is out",
    "off the table",
    "out of the question",
    "turned down",
    "was considered",
    "was out",
    "were considered",
    "would have",
];

/// Behind these stands what the sentence does not want, up to the next comma.
const OTHER_SIDE: &[&str] = &[" instead of ", " rather than ", " than ", " beats "];

pub(super) fn speaks_against(sentence: &str) -> bool {
    let phrase = phrase(sentence);
    let mut words = phrase.split_whitespace();
    sentence.contains("~~")
        || words.any(|word| AGAINST.contains(&word) || word.ends_with("n't"))
        || AGAINST_PHRASES.iter().any(|against| phrase.contains(&format!(" {against} ")))
}

/// A sentence without what it holds something else to be better than.
pub(super) fn wanted(sentence: &str) -> String {
    let mut rest = format!(" {} ", sentence.to_lowercase());
    for mark in OTHER_SIDE {
        while let Some((before, after)) = rest.split_once(mark) {
            let behind = after.split_once(',').map_or("", |(_, behind)| behind);
            rest = format!("{before} {behind}");
        }
    }
    rest
}

/// The statements of a text that do not speak against something.
pub(super) fn for_it(text: &str) -> String {
    let all = statements(text).into_iter().filter(|one| !speaks_against(one));
    all.map(wanted).collect::<Vec<_>>().join("\n")
}

/// The sentences of a text, without the entries of a list whose heading speaks against them.
pub(super) fn statements(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut is_against = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_entry(line) {
            all.extend(sentences(line).filter(|_| !is_against));
            continue;
        }
        let heads = line.starts_with('#') || line.ends_with(':') || line.ends_with("**");
        is_against = heads && speaks_against(line);
        all.extend(sentences(line));
    }
    all
}

fn is_entry(line: &str) -> bool {
    line.starts_with('|') || behind_bullet(line).is_some() || numbered(line).is_some()
}

/// The sentences of a text; a line ends one too.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines();
    let parts = lines.flat_map(|line| {
        line.split_inclusive(['?', '!']).flat_map(|part| part.split_inclusive(". "))
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}
