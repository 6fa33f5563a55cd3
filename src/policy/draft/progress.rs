//! What is done and what comes next: the agent's to-do list, its own list of next steps, and the commits it made.

use crate::model::digest::{Digest, Gist};
use crate::model::outline::{Item, ItemState, Part, Step};
use crate::model::session::{PlanItem, PlanState};
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};
use crate::policy::ear::{cut, one_line};

/// Longest item, in characters.
const ITEM: usize = 160;

/// Most items that are done, steps, and commits.
const DONE: usize = 8;
const STEPS: usize = 6;
const COMMITS: usize = 6;

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let mut entries = items(digest);
    entries.extend(commits(digest, occasion));
    entries.extend(steps(digest, occasion));
    entries
}

fn items(digest: &Digest) -> Vec<Drafted> {
    let of = |state| digest.plan.iter().filter(move |item: &&PlanItem| item.state == state);
    let done: Vec<&PlanItem> = of(PlanState::Completed).collect();
    let last = done.len().saturating_sub(DONE);
    let under_way = of(PlanState::InProgress).enumerate().map(|(place, item)| (item, 860, place));
    let done = done[last..].iter().rev().enumerate().map(|(place, item)| (*item, 580, place));
    let mut told: Vec<(&PlanItem, u32, usize)> = done.collect();
    told.reverse();
    told.extend(under_way);
    told.into_iter()
        .map(|(item, base, place)| {
            let state = if base > 600 { ItemState::InProgress } else { ItemState::Done };
            let part = Part::Item(Item { text: words(&item.text), state, ..Item::default() });
            let value = base - u32::try_from(place).unwrap_or(0) * 12;
            Drafted { slot: Slot::Progress, part, source: Source::Todo, value }
        })
        .collect()
}

fn commits(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let new = digest.commits.iter().filter(|made| made.when.is_after(occasion.since));
    let mut newest: Vec<Drafted> = new
        .rev()
        .take(COMMITS)
        .enumerate()
        .map(|(place, made)| {
            let subject = occasion.subjects.get(&made.id);
            let text = match subject {
                Some(subject) => format!("`{}` {}", short(&made.id), cut(subject, ITEM / 2)),
                None => format!("commit `{}`", short(&made.id)),
            };
            let part = Part::Item(Item { text, state: ItemState::Done, ..Item::default() });
            let source = Source::Commit { turn: made.when.turn };
            Drafted {
                slot: Slot::Commits,
                part,
                source,
                value: worth(640, place * 4, &made.when, occasion),
            }
        })
        .collect();
    newest.reverse();
    newest
}

/// What the agent last said comes next, then what is open on the to-do list.
fn steps(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let of = |state| digest.plan.iter().filter(move |item: &&PlanItem| item.state == state);
    let listed: Vec<(String, Source)> = of(PlanState::InProgress)
        .chain(of(PlanState::Pending))
        .map(|item| (words(&item.text), Source::Todo))
        .collect();
    // A list that is older than the last two turns has been worked off by now, or given up.
    let said = digest
        .sayings
        .of(Gist::Step)
        .filter(|step| step.when.is_after(occasion.since) && step.when.turn + 1 >= digest.turns);
    let mut open: Vec<(String, Source)> =
        said.map(|step| (words(&step.text), Source::of(step))).collect();
    for (text, source) in listed {
        if open.iter().all(|(other, _)| !other.eq_ignore_ascii_case(&text)) {
            open.push((text, source));
        }
    }
    open.into_iter()
        .take(STEPS)
        .enumerate()
        .map(|(place, (text, source))| {
            let part = Part::Step(Step { text, ..Step::default() });
            let value = 850 - u32::try_from(place).unwrap_or(0) * 40;
            Drafted { slot: Slot::NextSteps, part, source, value }
        })
        .collect()
}

fn words(text: &str) -> String {
    cut(&one_line(text), ITEM)
}

fn short(id: &str) -> &str {
    id.get(..id.len().min(9)).unwrap_or(id)
}
