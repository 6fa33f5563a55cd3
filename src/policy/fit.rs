//! What to leave out of a document that is over its budget, the least valuable first.
//!
//! Explanations go before what is done, what is done before files, files before remarks. Decisions, constraints,
//! blockers, tests that fail, questions and next steps are never proposed. What stays is byte for byte what it was: only
//! whole lines go, and one of two blank lines that meet.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::model::outline::{Entry, FileState, ItemState, Outline, Part, Role, Section};
use crate::policy::lint::fails;
use crate::policy::outline;
use crate::policy::tokens;
use crate::policy::wording::{phrase, says};

/// Files that are named in any case, if they are in progress or stand first.
const FILES_KEPT: usize = 5;

/// What makes an explanation a constraint.
const BINDING: &[&str] = &["must", "never", "only", "constraint", "always", "not", "don't"];

/// Why something can be left out; in the order in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A paragraph, a quotation or a block of code.
    Explanation,
    /// What stands below an item.
    Detail,
    Done,
    FurtherFile,
    /// A paragraph of the goal or of the context.
    Background,
    /// An item of a list that is none of the document's own kinds.
    Remark,
}

impl Reason {
    /// What is left out, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Explanation => "explanation",
            Self::Detail => "details",
            Self::Done => "done",
            Self::FurtherFile => "further file",
            Self::Background => "background",
            Self::Remark => "remark",
        }
    }
}

/// Lines that can be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Of the body, counted from 0.
    pub lines: Range<usize>,
    pub reason: Reason,
    /// About what they have.
    pub tokens: u64,
    section: usize,
    /// It is all that there is of an entry.
    whole: bool,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    pub before: u64,
    pub after: u64,
    /// What is left out, in the order in which it was chosen.
    pub cuts: Vec<Cut>,
    /// The lines that go: those of the cuts, headings that nothing is left below, and blank lines that would meet.
    pub gone: BTreeSet<usize>,
    /// The body without them.
    pub body: String,
}

/// Proposes what to leave out of `body`, so that it has at most `budget` tokens. Comments of a template do not count.
pub fn fit(body: &str, budget: u64) -> Fit {
    let blanked = outline::guidance_blanked(body);
    let read = outline::read(&blanked);
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let count =
        |gone: &BTreeSet<usize>| tokens::count(&outline::guidance_free(&kept(&lines, gone)));
    let before = count(&BTreeSet::new());
    let nothing = Fit {
        before,
        after: before,
        cuts: Vec::new(),
        gone: BTreeSet::new(),
        body: body.to_owned(),
    };
    if before <= budget {
        return nothing;
    }
    let mut rest = candidates(&read, &lines);
    rest.reverse();
    let mut cuts = Vec::new();
    let mut after = before;
    while after > budget && !rest.is_empty() {
        // Counted anew only when the sum of the parts says that it may be enough.
        let mut left = after;
        while left > budget
            && let Some(cut) = rest.pop()
        {
            left = left.saturating_sub(cut.tokens);
            cuts.push(cut);
        }
        after = count(&lines_gone(&read, &lines, &cuts));
    }
    let cuts = put_back(cuts, budget.saturating_sub(after));
    let gone = lines_gone(&read, &lines, &cuts);
    let fitted = kept(&lines, &gone);
    if !keeps_what_matters(&read, &outline::read(&outline::guidance_blanked(&fitted))) {
        return nothing;
    }
    Fit { before, after: count(&gone), cuts, gone, body: fitted }
}

/// Takes back what there is room for after all, the most valuable first.
fn put_back(cuts: Vec<Cut>, mut room: u64) -> Vec<Cut> {
    let mut left: Vec<Cut> = Vec::with_capacity(cuts.len());
    for cut in cuts.into_iter().rev() {
        // One more for what a line has in common with its neighbours.
        let needs = cut.tokens + 1;
        if needs <= room {
            room -= needs;
        } else {
            left.push(cut);
        }
    }
    left.reverse();
    left
}

fn kept(lines: &[&str], gone: &BTreeSet<usize>) -> String {
    let stays = |(place, line): (usize, &&str)| (!gone.contains(&place)).then(|| line.to_string());
    lines.iter().enumerate().filter_map(stays).collect()
}

/// Everything that may go, in the order in which it should.
fn candidates(outline: &Outline, lines: &[&str]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for (place, section) in outline.sections.iter().enumerate() {
        let mut files = 0;
        for (nth, entry) in section.entries.iter().enumerate() {
            if let Part::File(file) = &entry.part
                && file.state != Some(FileState::InProgress)
            {
                files += 1;
            }
            let cut = |lines: Range<usize>, reason, whole, text: &[&str]| Cut {
                tokens: tokens::count(&text[lines.clone()].concat()),
                lines,
                reason,
                section: place,
                whole,
            };
            if let Some(reason) = reason(section, nth, entry, files) {
                cuts.push(cut(entry.lines.clone(), reason, true, lines));
            }
            cuts.extend(
                details(section, entry, lines)
                    .map(|range| cut(range, Reason::Detail, false, lines)),
            );
        }
    }
    // The long ones first; of files, and of what is equally long, the last.
    let order = |cut: &Cut| match cut.reason {
        Reason::FurtherFile => (cut.reason, 0, usize::MAX - cut.lines.start),
        _ => (cut.reason, u64::MAX - cut.tokens, usize::MAX - cut.lines.start),
    };
    cuts.sort_by_key(order);
    cuts
}

/// Why an entry can go, if it can.
fn reason(section: &Section, nth: usize, entry: &Entry, files: usize) -> Option<Reason> {
    let kept = [Role::Decisions, Role::NextSteps, Role::Blockers, Role::Questions, Role::Resume];
    if kept.contains(&section.role) || section.heading.to_lowercase().contains("constraint") {
        return None;
    }
    if section.role == Role::Tests && fails(&phrase(&entry.part.text())) {
        return None;
    }
    match (&entry.part, section.role) {
        (
            Part::Prose { text },
            Role::Goal | Role::Context | Role::Definition | Role::Hypothesis,
        ) => {
            let first = nth == 0 && section.role != Role::Context;
            (!first && !says(&phrase(text), BINDING)).then_some(Reason::Background)
        }
        (Part::Prose { .. }, _) => Some(Reason::Explanation),
        (Part::Item(item), _) if item.state == ItemState::Done => Some(Reason::Done),
        (Part::File(file), _) if file.state != Some(FileState::InProgress) => {
            (files > FILES_KEPT).then_some(Reason::FurtherFile)
        }
        (Part::Point(_), Role::Context | Role::Definition) => None,
        (Part::Point(point), _) => (!says(&phrase(&point.text), BINDING)).then_some(Reason::Remark),
        _ => None,
    }
}

/// The lines below the first item of an entry, where none of them says anything that is to stay.
fn details(section: &Section, entry: &Entry, lines: &[&str]) -> Option<Range<usize>> {
    let trims = match &entry.part {
        Part::Item(item) => item.state == ItemState::Done && item.missing.is_none(),
        Part::File(file) => !file.details.is_empty(),
        Part::Point(point) => section.role == Role::Other && !point.details.is_empty(),
        _ => false,
    };
    let own = &lines[entry.lines.clone()];
    let fenced = own.iter().any(|line| line.contains("```") || line.contains("~~~"));
    if !trims || fenced || says(&phrase(&own.concat()), BINDING) {
        return None;
    }
    let is_item = |line: &&str| {
        line.starts_with([' ', '\t']) && line.trim_start().starts_with(['-', '*', '+'])
    };
    let first = own.iter().skip(1).position(is_item)? + 1;
    Some(entry.lines.start + first..entry.lines.end)
}

/// The lines that go with these cuts.
fn lines_gone(outline: &Outline, lines: &[&str], cuts: &[Cut]) -> BTreeSet<usize> {
    let mut gone: BTreeSet<usize> = cuts.iter().flat_map(|cut| cut.lines.clone()).collect();
    for place in bare_sections(outline, cuts) {
        let next = outline.sections.get(place + 1).map_or(lines.len(), |next| next.lines.start);
        gone.extend(outline.sections[place].lines.start..next);
    }
    let (mut after_blank, mut after_gap) = (true, false);
    for (place, line) in lines.iter().enumerate() {
        let blank = line.trim().is_empty();
        if gone.contains(&place) {
            after_gap = true;
        } else if blank && after_blank && after_gap {
            gone.insert(place);
        } else {
            (after_blank, after_gap) = (blank, false);
        }
    }
    gone
}

/// The sections that lose everything that stood in them, unless there are others below.
fn bare_sections(outline: &Outline, cuts: &[Cut]) -> Vec<usize> {
    let mut lost: BTreeMap<usize, usize> = BTreeMap::new();
    for cut in cuts.iter().filter(|cut| cut.whole) {
        *lost.entry(cut.section).or_default() += 1;
    }
    let sections = &outline.sections;
    let bare = |(place, lost): (&usize, &usize)| {
        let section = &sections[*place];
        let parent = sections.get(place + 1).is_some_and(|next| next.level > section.level);
        (*lost == section.entries.len() && section.level > 0 && !parent).then_some(*place)
    };
    lost.iter().filter_map(bare).collect()
}

/// Whether all decisions and steps are still there.
fn keeps_what_matters(before: &Outline, after: &Outline) -> bool {
    before.decisions().eq(after.decisions()) && before.steps().eq(after.steps())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENT: &str = "# Retries\n\n## Goal\n\nRetries must be safe.\n\nThe provider sends a webhook for every payment and sends it again when we are slow, which is how we came to charge twice in the first place.\n\n## Decisions\n\n- ADOPTED: one row for each event\n  - Why: a second insert fails\n\n## Progress\n\n- [x] table\n- [x] worker\n  - with four threads, each of which takes one row at a time\n- [~] backoff\n  - Missing: the cap\n\n## Next steps\n\n1. cap the backoff in `src/retry.rs`\n\n## Notes\n\nA long story of how this came about, who asked for it, what was said in the meeting on Monday, and again on Tuesday, and what everybody thought of it, none of which matters to who goes on.\n\n- a remark\n";

    fn reasons(fit: &Fit) -> Vec<Reason> {
        fit.cuts.iter().map(|cut| cut.reason).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let fit = fit(DOCUMENT, 5000);
        assert_eq!((fit.body.as_str(), fit.cuts.len(), fit.before), (DOCUMENT, 0, fit.after));
    }

    #[test]
    fn the_long_explanation_goes_first() {
        let fit = fit(DOCUMENT, tokens::count(DOCUMENT) - 5);
        assert_eq!(reasons(&fit), [Reason::Explanation]);
        assert_eq!(
            fit.body,
            DOCUMENT.replace(
                &DOCUMENT[DOCUMENT.find("A long").unwrap()..DOCUMENT.find("- a remark").unwrap()],
                ""
            )
        );
        assert!(fit.after <= fit.before - 5 && fit.after == tokens::count(&fit.body));
    }

    #[test]
    fn what_must_not_be_lost_is_never_proposed() {
        let fit = fit(DOCUMENT, 1);
        assert_eq!(
            reasons(&fit),
            [
                Reason::Explanation,
                Reason::Detail,
                Reason::Done,
                Reason::Done,
                Reason::Background,
                Reason::Remark
            ]
        );
        assert_eq!(
            fit.body,
            "# Retries\n\n## Goal\n\nRetries must be safe.\n\n## Decisions\n\n- ADOPTED: one row for each event\n  - Why: a second insert fails\n\n## Progress\n\n- [~] backoff\n  - Missing: the cap\n\n## Next steps\n\n1. cap the backoff in `src/retry.rs`\n\n"
        );
        assert!(fit.after > 1);
    }

    #[test]
    fn a_test_that_fails_stays_and_one_that_passes_may_go() {
        let text = "## Symptom\n\nTwo orders take the last item.\n\n## Testing status\n\n- `cargo test a` failed: 1 failed\n  - failing: `a::b`\n- `cargo test c` ran: 4 passed\n";
        let fit = fit(text, 1);
        assert_eq!(fit.body, text.replace("- `cargo test c` ran: 4 passed\n", ""));
    }

    #[test]
    fn what_there_is_room_for_comes_back() {
        let text = "## Notes\n\n- short\n\n## Story\n\nOne two three four five six seven eight nine ten eleven twelve thirteen.\n\nA b.\n";
        let fit = fit(text, tokens::count(text) - 4);
        assert_eq!(fit.cuts.len(), 1);
        assert!(
            fit.body.contains("- short")
                && fit.body.contains("A b.")
                && !fit.body.contains("twelve")
        );
    }

    #[test]
    fn of_many_files_the_last_ones_go_unless_they_are_in_progress() {
        let mut text = "## Files in play\n\n".to_owned();
        for number in 0..12 {
            let state = if number == 11 { " (in progress)" } else { " (done)" };
            text.push_str(&format!("- `src/file_{number}.rs`{state}\n"));
        }
        let fit = fit(&text, 1);
        assert_eq!(fit.cuts.len(), 6);
        assert!(
            fit.body.contains("file_4.rs")
                && !fit.body.contains("file_5.rs")
                && fit.body.contains("file_11.rs")
        );
    }

    #[test]
    fn line_ends_and_comments_of_a_template_stay() {
        let text = "# T\r\n<!-- ckpt: say\r\nwhy -->\r\n\r\n## Notes\r\n\r\nMuch ado about nothing at all.\r\n\r\n- kept, and must be\r\n";
        let fit = fit(text, 12);
        assert_eq!(
            fit.body,
            "# T\r\n<!-- ckpt: say\r\nwhy -->\r\n\r\n## Notes\r\n\r\n- kept, and must be\r\n"
        );
    }

    fn block() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(vec![
                "## Decisions",
                "## Progress",
                "## Next steps",
                "## Files",
                "## Notes",
                "### Done",
                "## Goal",
                "```",
                "---",
                "> q",
                "    code"
            ])
            .prop_map(str::to_owned),
            "( {0,4})(-|1\\.) (\\[[ x~]\\] )?(ADOPTED: |REJECTED: )?[a-z `]{0,30}",
            "( {0,4})[a-z ,.]{0,60}",
            Just(String::new()),
        ]
    }

    proptest! {
        #[test]
        fn decisions_and_steps_survive_any_fit(blocks in prop::collection::vec(block(), 0..30), budget in 0_u64..60) {
            let text = blocks.join("\n");
            let fit = fit(&text, budget);
            let (before, after) = (outline::read(&text), outline::read(&fit.body));
            prop_assert!(keeps_what_matters(&before, &after));
            prop_assert!(fit.after <= fit.before);
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            prop_assert_eq!(fit.body, kept(&lines, &fit.gone));
        }
    }
}
