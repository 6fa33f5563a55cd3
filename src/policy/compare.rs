//! What changed from one document to another: entries are the same where they speak of the same, however worded.

use std::collections::BTreeSet;

use crate::model::outline::{
    Decision, FileNote, Item, ItemState, Outline, Part, Role, Step, Verdict,
};
use crate::policy::lint::is_nothing;
use crate::policy::wording::{Words, core, covered, figures, head, likeness, significant};

/// From how much on two texts are taken for one thing, in percent.
const SAME: usize = 50;

/// Most entries of one kind that are matched by their words; more are no document that somebody wrote.
const MOST: usize = 1000;

/// A decision whose verdict is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    pub before: Verdict,
    pub now: Decision,
}

/// A decision that stands with other figures than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amended {
    pub before: Decision,
    pub now: Decision,
}

/// A piece of work that has come further, or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub before: Item,
    pub now: Item,
}

/// What is there now and was not, and what was there and is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub new: Vec<String>,
    pub gone: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub decisions_added: Vec<Decision>,
    pub decisions_reversed: Vec<Reversal>,
    pub decisions_amended: Vec<Amended>,
    pub decisions_dropped: Vec<Decision>,
    /// Items that are done now and were not, or were not there.
    pub items_done: Vec<Item>,
    pub items_new: Vec<Item>,
    /// Items that are neither new nor newly done, in another state.
    pub items_moved: Vec<Moved>,
    pub items_gone: Vec<Item>,
    pub steps_new: Vec<String>,
    /// Steps that are an item now which is done.
    pub steps_done: Vec<String>,
    pub steps_gone: Vec<String>,
    pub blockers: Change,
    pub questions: Change,
    pub files: Change,
}

impl Comparison {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two documents, the earlier one first.
pub fn compare(before: &Outline, now: &Outline) -> Comparison {
    let mut comparison = Comparison {
        blockers: change(texts(before, Role::Blockers), texts(now, Role::Blockers)),
        questions: change(texts(before, Role::Questions), texts(now, Role::Questions)),
        files: files(before, now),
        ..Comparison::default()
    };
    decisions(&mut comparison, before, now);
    items(&mut comparison, before, now);
    steps(&mut comparison, before, now);
    comparison
}

/// For each of `now` the place of what it was before, each of those at most once; the likest pairs first.
fn matched(before: &[Words], now: &[Words]) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (place, own) in now.iter().enumerate().take(MOST) {
        let alike = before
            .iter()
            .enumerate()
            .take(MOST)
            .map(|(other, words)| (likeness(words, own), place, other));
        pairs.extend(alike.filter(|(share, ..)| *share >= SAME));
    }
    pairs.sort_by_key(|(share, place, other)| (usize::MAX - share, *place, *other));
    let mut found = vec![None; now.len()];
    let mut taken = vec![false; before.len()];
    for (_, place, other) in pairs {
        if found[place].is_none() && !taken[other] {
            found[place] = Some(other);
            taken[other] = true;
        }
    }
    found
}

/// Those of `all` that nothing was matched with.
fn unmatched<'a, T>(all: &'a [T], found: &[Option<usize>]) -> impl Iterator<Item = &'a T> {
    let taken: BTreeSet<usize> = found.iter().flatten().copied().collect();
    all.iter().enumerate().filter(move |(place, _)| !taken.contains(place)).map(|(_, one)| one)
}

fn words_of<T>(all: &[T], text: fn(&T) -> &str) -> Vec<Words> {
    all.iter().map(|one| significant(text(one))).collect()
}

fn decisions(comparison: &mut Comparison, before: &Outline, now: &Outline) {
    let [before, now] =
        [before, now].map(|outline| outline.decisions().cloned().collect::<Vec<_>>());
    let words = |of: &[Decision]| of.iter().map(|one| core(&one.decision)).collect::<Vec<_>>();
    let found = matched(&words(&before), &words(&now));
    for (decision, earlier) in now.iter().zip(&found) {
        let now = decision.clone();
        match earlier.map(|place| &before[place]) {
            None => comparison.decisions_added.push(now),
            Some(earlier) if earlier.verdict != now.verdict => {
                comparison.decisions_reversed.push(Reversal { before: earlier.verdict, now });
            }
            Some(earlier) if has_other_figures(earlier, &now) => {
                comparison.decisions_amended.push(Amended { before: earlier.clone(), now });
            }
            Some(_) => {}
        }
    }
    comparison.decisions_dropped = unmatched(&before, &found).cloned().collect();
}

/// Words alone do not tell three times from five.
fn has_other_figures(before: &Decision, now: &Decision) -> bool {
    let [before, now] = [before, now].map(|one| figures(head(&one.decision)));
    !before.is_empty() && !now.is_empty() && before != now
}

fn items(comparison: &mut Comparison, before: &Outline, now: &Outline) {
    let [before, now] = [before, now].map(|outline| outline.items().cloned().collect::<Vec<_>>());
    let text: fn(&Item) -> &str = |item| &item.text;
    let found = matched(&words_of(&before, text), &words_of(&now, text));
    for (item, earlier) in now.iter().zip(&found) {
        let (earlier, now) = (earlier.map(|place| &before[place]), item.clone());
        match (earlier, item.state) {
            (Some(before), state) if before.state == state && before.percent == item.percent => {}
            (Some(Item { state: ItemState::Done, .. }), ItemState::Done) => {}
            (_, ItemState::Done) => comparison.items_done.push(now),
            (None, _) => comparison.items_new.push(now),
            (Some(before), _) => {
                comparison.items_moved.push(Moved { before: before.clone(), now });
            }
        }
    }
    comparison.items_gone = unmatched(&before, &found).cloned().collect();
}

fn steps(comparison: &mut Comparison, before: &Outline, now: &Outline) {
    let done: Vec<Words> = now
        .items()
        .filter(|item| item.state == ItemState::Done)
        .map(|item| significant(&item.text))
        .collect();
    let [before, now] = [before, now].map(|outline| outline.steps().cloned().collect::<Vec<_>>());
    let text: fn(&Step) -> &str = |step| &step.text;
    let found = matched(&words_of(&before, text), &words_of(&now, text));
    let new = now.iter().zip(&found).filter(|(_, earlier)| earlier.is_none());
    comparison.steps_new = new.map(|(step, _)| step.text.clone()).collect();
    for step in unmatched(&before, &found) {
        let words = significant(&step.text);
        let tells_it = |item: &Words| covered(item, &words) == 100 && 2 * item.len() >= words.len();
        let is_done = done.iter().any(|item| likeness(item, &words) >= SAME || tells_it(item));
        let list = if is_done { &mut comparison.steps_done } else { &mut comparison.steps_gone };
        list.push(step.text.clone());
    }
}

fn change(before: Vec<String>, now: Vec<String>) -> Change {
    let text: fn(&String) -> &str = |text| text;
    let found = matched(&words_of(&before, text), &words_of(&now, text));
    let new = now.iter().zip(&found).filter(|(_, earlier)| earlier.is_none());
    Change {
        new: new.map(|(text, _)| text.clone()).collect(),
        gone: unmatched(&before, &found).cloned().collect(),
    }
}

/// What the sections of a role say, one text an entry; that there is nothing is no text.
fn texts(outline: &Outline, role: Role) -> Vec<String> {
    let parts = outline.parts().filter(|(section, _)| section.role == role);
    parts
        .filter_map(|(_, entry)| match &entry.part {
            Part::Point(point) => Some(point.text.clone()),
            Part::Item(item) => Some(item.text.clone()),
            Part::Prose { text } => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            _ => None,
        })
        .filter(|text| !is_nothing(text))
        .collect()
}

fn files(before: &Outline, now: &Outline) -> Change {
    let listed = |outline: &Outline| {
        outline.files().map(|file: &FileNote| file.path.clone()).collect::<BTreeSet<String>>()
    };
    let (before, now) = (listed(before), listed(now));
    let only = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect();
    Change { new: only(&now, &before), gone: only(&before, &now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::outline::read;

    const BEFORE: &str = "# A\n\n## Decisions\n\n- ADOPTED: poll the provider\n- REJECTED: Redis\n- DEFERRED: sharding\n\n## Progress\n\n- [x] the table\n- [ ] the worker\n- [ ] the docs\n- [ ] metrics\n\n## Next steps\n\n1. write the worker\n2. cap the backoff\n3. tell support\n\n## Blockers\n\n- Dana has the staging key\n\n## Open questions\n\n- who pays?\n\n## Files in play\n\n- `a.rs`\n- `b.rs`\n";
    const NOW: &str = "# B\n\n## Decisions\n\n- REJECTED: polling the provider (it bans us)\n- REJECTED: Redis\n- ADOPTED: a queue in Postgres\n\n## Progress\n\n- [x] The table\n- [x] the worker\n- [~] docs\n- [ ] alerts\n\n## Next steps\n\n1. Cap the backoff\n2. add alerts\n\n## Blockers\n\nnone\n\n## Open questions\n\n- Who pays?\n- how long do we keep rows?\n\n## Files in play\n\n- `b.rs`\n- `c.rs`\n";

    #[test]
    fn what_changed_is_told_apart_from_what_is_only_worded_otherwise() {
        let found = compare(&read(BEFORE), &read(NOW));
        let decision = |decision: &Decision| decision.decision.clone();
        assert_eq!(
            found.decisions_added.iter().map(decision).collect::<Vec<_>>(),
            ["a queue in Postgres"]
        );
        assert_eq!(found.decisions_dropped.iter().map(decision).collect::<Vec<_>>(), ["sharding"]);
        assert_eq!(found.decisions_reversed.len(), 1);
        assert_eq!(found.decisions_reversed[0].before, Verdict::Adopted);
        let text = |items: &[Item]| items.iter().map(|item| item.text.clone()).collect::<Vec<_>>();
        assert_eq!(text(&found.items_done), ["the worker"]);
        assert_eq!(text(&found.items_new), ["alerts"]);
        assert_eq!(text(&found.items_gone), ["metrics"]);
        assert_eq!(found.items_moved.len(), 1);
        assert_eq!(found.steps_new, ["add alerts"]);
        assert_eq!(found.steps_gone, ["tell support"]);
        assert_eq!(found.steps_done, ["write the worker"]);
        assert_eq!(
            found.blockers,
            Change { new: vec![], gone: vec!["Dana has the staging key".into()] }
        );
        assert_eq!(found.questions.new, ["how long do we keep rows?"]);
        assert_eq!(found.files, Change { new: vec!["c.rs".into()], gone: vec!["a.rs".into()] });
    }

    #[test]
    fn other_figures_are_a_change_and_other_words_are_none() {
        let of = |decision: &str| read(&format!("## Decisions\n\n- ADOPTED: {decision}\n"));
        let amended = |before, now| {
            let found = compare(&of(before), &of(now));
            assert!(found.decisions_added.is_empty() && found.decisions_dropped.is_empty());
            found.decisions_amended.len()
        };
        assert_eq!(amended("retry three times", "retry five times"), 1);
        assert_eq!(amended("cap the backoff at 1 hour", "cap the backoff at 2 hours"), 1);
        assert_eq!(amended("Postgres 15 as the store", "the store is Postgres 15"), 0);
        assert_eq!(amended("the one queue in Postgres", "a queue in Postgres"), 0);
        assert_eq!(amended("a queue (since 2 outages)", "a queue (since 3 outages)"), 0);
    }

    #[test]
    fn a_share_that_changed_is_told() {
        let of = |share| read(&format!("## Progress\n\n- [~] the worker ({share} %)\n"));
        let found = compare(&of(40), &of(80));
        let shares: Vec<_> =
            found.items_moved.iter().map(|one| (one.before.percent, one.now.percent)).collect();
        assert_eq!(shares, [(Some(40), Some(80))]);
        assert!(compare(&of(40), &of(40)).is_empty());
    }

    #[test]
    fn nothing_changed_from_a_document_to_itself() {
        assert!(compare(&read(BEFORE), &read(BEFORE)).is_empty());
        assert!(compare(&read(""), &read("")).is_empty());
    }
}
