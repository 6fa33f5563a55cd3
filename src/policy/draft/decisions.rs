//! What was adopted, rejected and put off, and what has to hold.

use crate::model::digest::{Digest, Gist, Saying, Speaker};
use crate::model::outline::{Decision, Part, Point, Verdict};
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};

/// Most entries of each kind.
const EACH: usize = 8;

/// The kinds, with what a person's words are worth and what an agent's.
const KINDS: &[(Gist, Slot, [u32; 2])] = &[
    (Gist::Adopted, Slot::Decisions, [900, 720]),
    (Gist::Rejected, Slot::RuledOut, [880, 700]),
    (Gist::Deferred, Slot::Deferred, [680, 600]),
    (Gist::Constraint, Slot::DontForget, [930, 500]),
];

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    KINDS.iter().flat_map(|kind| of_kind(digest, occasion, kind)).collect()
}

fn of_kind(
    digest: &Digest,
    occasion: &Occasion,
    (gist, slot, values): &(Gist, Slot, [u32; 2]),
) -> Vec<Drafted> {
    let mut newest: Vec<Drafted> = Vec::new();
    for saying in digest.sayings.of(*gist).rev() {
        let value = values[usize::from(saying.speaker == Speaker::Agent)];
        let value = worth(value, newest.len(), &saying.when, occasion);
        let entry =
            Drafted { slot: *slot, part: part(*gist, saying), source: Source::of(saying), value };
        newest.push(entry);
    }
    newest.sort_by_key(|entry| std::cmp::Reverse(entry.value));
    newest.truncate(EACH);
    newest.sort_by_key(|entry| turn(&entry.source));
    newest
}

fn turn(source: &Source) -> u64 {
    match source {
        Source::Said { turn, .. } => *turn,
        _ => 0,
    }
}

fn part(gist: Gist, saying: &Saying) -> Part {
    let verdict = match gist {
        Gist::Rejected => Verdict::Rejected,
        Gist::Deferred => Verdict::Deferred,
        Gist::Adopted => Verdict::Adopted,
        _ => return Part::Point(Point { text: constraint(saying), details: Vec::new() }),
    };
    Part::Decision(Decision {
        verdict,
        decision: saying.text.clone(),
        evaluated: saying.among.clone(),
        rationale: saying.why.clone(),
        constraint: None,
        location: None,
        details: Vec::new(),
    })
}

fn constraint(saying: &Saying) -> String {
    match &saying.why {
        Some(why) => format!("{} (because {why})", saying.text),
        None => saying.text.clone(),
    }
}
