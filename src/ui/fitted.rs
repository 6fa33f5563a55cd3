//! What could be left out of a document, as a diff.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::ops::reading::Stored;
use crate::ops::tokens::{FitOutcome, SectionTokens};
use crate::policy::fit::{Cut, Reason};
use crate::ui::measured::{heading, tokens};
use crate::ui::sanitize::{clean, one_line};
use crate::ui::units::count;

const GONE: Style = AnsiColor::Red.on_default();
const HUNK: Style = AnsiColor::Cyan.on_default();
const HEAD: Style = Style::new().bold();

/// Lines that are shown around those that go.
const AROUND: usize = 3;

/// Most sections that are named.
const NAMED: usize = 3;

/// The proposal in unified form; empty where nothing goes.
pub fn diff(outcome: &FitOutcome) -> String {
    let lines: Vec<&str> = outcome.text.split_inclusive('\n').collect();
    let gone = |line: usize| {
        line.checked_sub(outcome.above).is_some_and(|line| outcome.fit.gone.contains(&line))
    };
    let name = one_line(&outcome.name, usize::MAX);
    let mut text = String::new();
    let mut removed = 0;
    for hunk in hunks(outcome, lines.len()) {
        if text.is_empty() {
            let _ = writeln!(text, "{HEAD}--- a/{name}{HEAD:#}\n{HEAD}+++ b/{name}{HEAD:#}");
        }
        let (start, end) = hunk;
        let going = (start..end).filter(|line| gone(*line)).count();
        let now = end - start - going;
        let (from, to) = (start + 1, start + 1 - removed - usize::from(now == 0));
        let _ = writeln!(text, "{HUNK}@@ -{from},{} +{to},{now} @@{HUNK:#}", end - start);
        removed += going;
        for (place, line) in lines.iter().enumerate().take(end).skip(start) {
            let shown = clean(line.trim_end_matches(['\n', '\r']));
            if gone(place) {
                let _ = writeln!(text, "{GONE}-{shown}{GONE:#}");
            } else {
                let _ = writeln!(text, " {shown}");
            }
        }
    }
    text
}

/// Ranges of lines that are shown together.
fn hunks(outcome: &FitOutcome, lines: usize) -> Vec<(usize, usize)> {
    let mut hunks: Vec<(usize, usize)> = Vec::new();
    for line in outcome.fit.gone.iter().map(|line| line + outcome.above) {
        let (start, end) = (line.saturating_sub(AROUND), (line + AROUND + 1).min(lines));
        match hunks.last_mut() {
            Some((_, last)) if start <= *last => *last = end,
            _ => hunks.push((start, end)),
        }
    }
    hunks
}

/// One line on what came of it.
pub fn summary(outcome: &FitOutcome) -> String {
    let FitOutcome { fit, budget, .. } = outcome;
    if fit.before <= *budget {
        return format!("it fits: {} of {}", tokens(fit.before), count(*budget));
    }
    let pieces = if fit.cuts.is_empty() {
        "there is nothing to leave out".to_owned()
    } else {
        format!("{} without {}", count(fit.after), pieces(&fit.cuts))
    };
    if outcome.fits() {
        return format!("{}, {pieces}; the budget is {}", tokens(fit.before), count(*budget));
    }
    format!(
        "{}, {pieces}: still {} over the budget of {}; most of it is in {}. Say it shorter, split the work, or raise the budget",
        tokens(fit.before),
        count(fit.after - budget),
        count(*budget),
        largest(&outcome.kept)
    )
}

/// `2 explanations (120 tokens), 3 done (40)`
fn pieces(cuts: &[Cut]) -> String {
    let mut kinds: BTreeMap<_, (usize, u64)> = BTreeMap::new();
    for cut in cuts {
        let (number, tokens) = kinds.entry(cut.reason).or_default();
        *number += 1;
        *tokens += cut.tokens;
    }
    let kind = |(reason, (number, tokens)): (Reason, (usize, u64))| {
        format!("{number} × {} ({})", reason.words(), count(tokens))
    };
    kinds.into_iter().map(kind).collect::<Vec<_>>().join(", ")
}

/// The sections with the most tokens, the largest first.
pub fn largest(sections: &[SectionTokens]) -> String {
    let mut sections: Vec<&SectionTokens> = sections.iter().collect();
    sections.sort_by_key(|section| u64::MAX - section.tokens);
    let named =
        |section: &&SectionTokens| format!("`{}` ({})", heading(section), count(section.tokens));
    sections.iter().take(NAMED).map(named).collect::<Vec<_>>().join(", ")
}

/// How a shorter document takes the place of a stored one.
pub fn how_to_save(stored: &Stored) -> String {
    format!(
        "what is saved never changes; to save this as a checkpoint that supersedes it: git ckpt tokens {} --fit | git ckpt save -F - {}",
        stored.id.short(),
        stored.commit.short()
    )
}
