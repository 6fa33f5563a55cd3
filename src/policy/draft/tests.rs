//! What a draft says, and what it leaves out.

use super::*;
use crate::model::digest::{Gist, Heard, Speaker};
use crate::model::session::{EditKind, Event, PlanItem, PlanState, Record};
use crate::policy::ear;

/// A digest of events, one record each, a minute apart.
fn digest(events: Vec<Event>) -> Digest {
    let mut digest = Digest::default();
    for (minute, event) in events.into_iter().enumerate() {
        let at = Some(Timestamp::from_seconds(60 * minute as i64));
        let record = Record { at, events: vec![event], ..Record::default() };
        let heard = ear::hear(&record);
        digest.take(record, &mut |_| 0);
        digest.note(heard);
    }
    digest
}

/// What a test says of the occasion.
struct Setting {
    since: Option<Timestamp>,
    states: BTreeMap<String, FileState>,
    cuts: Cuts,
    budget: u64,
}

fn drafted(digest: &Digest, change: impl FnOnce(&mut Setting)) -> Draft {
    let (states, cuts) = (BTreeMap::new(), Cuts::default());
    let mut setting = Setting { since: None, states, cuts, budget: 500 };
    change(&mut setting);
    let occasion = Occasion {
        worktree: Some("/w"),
        subject: "Start",
        since: setting.since,
        states: &setting.states,
        subjects: &BTreeMap::new(),
        cuts: &setting.cuts,
        budget: setting.budget,
    };
    draft(digest, &occasion)
}

fn prompt(text: &str) -> Event {
    Event::Prompt(text.to_owned())
}

fn edit(path: &str) -> Event {
    Event::Edit { path: path.to_owned(), kind: EditKind::Updated }
}

fn plan(items: &[(&str, PlanState)]) -> Event {
    let item = |(text, state): &(&str, PlanState)| PlanItem {
        id: (*text).to_owned(),
        text: (*text).to_owned(),
        state: *state,
    };
    Event::PlanReplaced(items.iter().map(item).collect())
}

#[test]
fn no_draft_is_longer_than_its_budget_and_no_entry_is_cut() {
    let mut events: Vec<Event> = (0..40)
        .map(|n| {
            prompt(&format!(
                "Always keep rule {n} of the long list of rules that this project has come to have"
            ))
        })
        .collect();
    events.extend((0..40).map(|n| edit(&format!("/w/src/a/rather/long/path/to/file_{n}.rs"))));
    events.push(plan(&[("one", PlanState::InProgress), ("two", PlanState::Pending)]));
    let digest = digest(events);
    let all: Vec<Drafted> = drafted(&digest, |setting| setting.budget = 1_000_000).entries;
    for budget in [0, 20, 100, 300, 500] {
        let draft = drafted(&digest, |setting| setting.budget = budget);
        let told: String = draft
            .slots(Sources::Hidden)
            .into_iter()
            .filter(|(slot, _)| *slot != Slot::Title)
            .map(|(_, text)| text)
            .collect();
        assert!(tokens::count(&told) <= budget, "{budget}: {told}");
        assert!(draft.entries.iter().all(|entry| all.contains(entry)));
    }
    let small = drafted(&digest, |setting| setting.budget = 120);
    assert!(small.entries.iter().any(|entry| entry.slot == Slot::Goal));
    assert!(small.entries.iter().any(|entry| entry.slot == Slot::DontForget));
}

#[test]
fn what_came_since_the_last_checkpoint_is_worth_more() {
    let digest = digest(vec![
        prompt("Build the importer for the old invoices"),
        prompt("Never write to the old database."),
        prompt("Never drop the audit trail."),
    ]);
    let value = |draft: &Draft, words: &str| {
        let entry = draft.entries.iter().find(|entry| entry.text().contains(words));
        entry.map(|entry| entry.value).unwrap()
    };
    let since = Some(Timestamp::from_seconds(60));
    let draft = drafted(&digest, |setting| setting.since = since);
    assert!(value(&draft, "audit trail") > value(&draft, "old database") + TOLD / 2);
    let draft = drafted(&digest, |_| {});
    assert!(value(&draft, "audit trail") <= value(&draft, "old database") + 10);
}

#[test]
fn files_are_told_by_their_state() {
    let digest = digest(vec![
        prompt("See `src/c.rs` and src/gone.rs"),
        edit("/w/src/a.rs"),
        edit("/w/src/b.rs"),
        edit("/tmp/x.rs"),
    ]);
    let candidates = candidates(&digest, Some("/w"));
    assert_eq!(candidates.edited, ["src/b.rs", "src/a.rs"]);
    assert_eq!(candidates.named, ["src/gone.rs", "src/c.rs"]);
    let states = BTreeMap::from([
        ("src/a.rs".to_owned(), FileState::InProgress),
        ("src/b.rs".to_owned(), FileState::Done),
        ("src/c.rs".to_owned(), FileState::Untouched),
    ]);
    let draft = drafted(&digest, |setting| setting.states = states);
    assert_eq!(
        draft.slots(Sources::Hidden)[&Slot::Files],
        "- `src/a.rs` (in progress)\n- `src/b.rs` (done)\n- `src/c.rs` (untouched)\n"
    );
}

#[test]
fn a_source_stands_behind_the_first_line_of_its_entry() {
    let digest = digest(vec![
        prompt("Use a queue instead of polling because polling hits the limit."),
        plan(&[("one", PlanState::Completed)]),
    ]);
    let slots = drafted(&digest, |_| {}).slots(Sources::Shown);
    assert_eq!(
        slots[&Slot::Decisions],
        "- ADOPTED: Use a queue instead of polling <!-- from turn 1, you -->\n  - Why: polling hits the limit\n"
    );
    assert_eq!(slots[&Slot::Progress], "- [x] one <!-- from the to-do list -->\n");
    let marked = with_marked_sources(&slots[&Slot::Decisions]);
    assert_eq!(
        without_sources(&marked),
        "- ADOPTED: Use a queue instead of polling\n  - Why: polling hits the limit\n"
    );
}

#[test]
fn what_was_cut_is_left_out_whatever_its_state_has_become() {
    let before = "## Progress\n\n- [ ] one\n- [~] two\n\n1. three\n\n- ADOPTED: a\n  - Why: b\n";
    let gone = missing_lines(before, "## Other\n\n- [x] One!\n- ADOPTED: a\n");
    assert_eq!(gone, ["- [~] two", "1. three", "  - Why: b"]);
    let mut cuts = Cuts::default();
    cuts.add(&gone, "");
    let digest = digest(vec![plan(&[
        ("One", PlanState::Completed),
        ("Two", PlanState::Completed),
        ("three", PlanState::Pending),
    ])]);
    let draft = drafted(&digest, |setting| setting.cuts = cuts.clone());
    let told: Vec<String> = draft.entries.iter().map(Drafted::text).collect();
    assert_eq!(told, ["- [x] One\n"]);
    // Written again by hand, it is wanted.
    cuts.add(&[], "- two\n");
    let draft = drafted(&digest, |setting| setting.cuts = cuts.clone());
    assert_eq!(draft.entries.len(), 2);
}

#[test]
fn a_reason_that_was_cut_is_left_out_alone() {
    let digest = digest(vec![prompt("Use a queue because polling hits the limit.")]);
    let mut cuts = Cuts::default();
    cuts.add(&["  - Why: polling hits the limit".to_owned()], "");
    let draft = drafted(&digest, |setting| setting.cuts = cuts.clone());
    assert_eq!(draft.slots(Sources::Hidden)[&Slot::Decisions], "- ADOPTED: Use a queue\n");
}

#[test]
fn cuts_are_bounded() {
    let mut cuts = Cuts::default();
    for n in 0..2000 {
        cuts.add(&[format!("line {n}")], "");
    }
    let text = serde_json::to_string(&cuts).unwrap();
    assert!(serde_json::from_str::<Vec<u64>>(&text).unwrap().len() <= 500);
}

#[test]
fn a_wish_is_not_told_again_where_it_is_a_decision() {
    let digest = digest(vec![
        prompt("Build the importer. Refunds are out of scope."),
        prompt("Never write to the old database."),
    ]);
    let slots = drafted(&digest, |_| {}).slots(Sources::Hidden);
    assert_eq!(slots[&Slot::Goal], "> Build the importer.\n");
    assert!(slots[&Slot::Deferred].contains("Refunds are out of scope"));
    assert!(slots[&Slot::DontForget].contains("Never write to the old database"));
}

#[test]
fn a_test_run_that_a_later_one_repeats_is_not_told() {
    let run = |id: &str, command: &str| Event::ToolCall {
        id: id.into(),
        name: "Bash".into(),
        input: format!(r#"{{"command":"{command}"}}"#),
    };
    let ended = |id: &str, text: &str| Event::ToolResult {
        id: id.into(),
        text: text.into(),
        failed: false,
    };
    let digest = digest(vec![
        run("1", "cargo test -q parser"),
        ended("1", "test a ... FAILED\ntest result: FAILED. 0 passed; 1 failed"),
        run("2", "cargo test"),
        ended("2", "test result: ok. 9 passed; 0 failed"),
        edit("/w/a.rs"),
    ]);
    assert_eq!(
        drafted(&digest, |_| {}).slots(Sources::Hidden)[&Slot::Tests],
        "- `cargo test` ran: test result: ok. 9 passed; 0 failed; one file was edited since\n"
    );
}

#[test]
fn the_last_prompt_is_open_until_the_agent_says_something() {
    let mut events =
        vec![prompt("Fix the parser"), Event::Reply("Done.".into()), prompt("and the printer?")];
    let open = |events: &[Event]| {
        let draft = drafted(&digest(events.to_vec()), |_| {});
        draft.slots(Sources::Hidden).get(&Slot::Questions).cloned().unwrap_or_default()
    };
    assert_eq!(open(&events), "- not answered yet: and the printer?\n");
    events.push(Event::Reply("That too. Shall I commit it?".into()));
    assert_eq!(open(&events), "- not answered yet: Shall I commit it?\n");
}

#[test]
fn the_same_digest_gives_the_same_draft() {
    let heard = Heard {
        gist: Gist::Adopted,
        speaker: Speaker::Agent,
        text: "a".into(),
        why: None,
        among: None,
    };
    let mut one = digest(vec![prompt("Build it all anew"), edit("/w/a")]);
    one.note(vec![heard]);
    let text = serde_json::to_string(&one).unwrap();
    let two: Digest = serde_json::from_str(&text).unwrap();
    assert_eq!(drafted(&one, |_| {}), drafted(&two, |_| {}));
}
