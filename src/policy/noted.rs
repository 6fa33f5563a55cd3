//! Notes of the journal in a document.

use std::fmt::Write;

use crate::model::journal::{Note, NoteKind};
use crate::model::template::Slot;
use crate::policy::ear::without_mark;
use crate::policy::marks::numbered;

/// Something that a document is to tell, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub slot: Slot,
    /// What it stands below where a template has no such slot.
    pub heading: &'static str,
    pub text: String,
}

/// What the notes tell, in the order of [`NoteKind::ALL`].
pub fn told(notes: &[Note]) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for kind in NoteKind::ALL {
        let (slot, heading, mark) = place(kind);
        for note in notes.iter().filter(|note| note.kind == kind) {
            let item = item(mark, without_own(mark, &note.text));
            match told.last_mut() {
                Some(last) if last.slot == slot => last.text.push_str(&item),
                _ => told.push(Told { slot, heading, text: item }),
            }
        }
    }
    told
}

/// Where notes of a kind belong, and what stands before each.
fn place(kind: NoteKind) -> (Slot, &'static str, &'static str) {
    match kind {
        NoteKind::Decision => (Slot::Decisions, "Decisions", "ADOPTED: "),
        NoteKind::RuledOut => (Slot::RuledOut, "Ruled out", "REJECTED: "),
        NoteKind::Question => (Slot::Questions, "Open questions", ""),
        NoteKind::Progress => (Slot::Progress, "Done", "[x] "),
        NoteKind::Constraint => (Slot::DontForget, "Don't forget", "Constraint: "),
        NoteKind::DontForget | NoteKind::Note => (Slot::DontForget, "Don't forget", ""),
    }
}

/// The note without what is put before it anyway: some write `ADOPTED: …` themselves.
fn without_own<'a>(mark: &str, text: &'a str) -> &'a str {
    let own = text.get(..mark.len()).filter(|own| own.eq_ignore_ascii_case(mark));
    own.map_or(text, |own| text[own.len()..].trim_start())
}

/// One item of a list; further lines of the note are set in, so that they stay in it.
fn item(mark: &str, text: &str) -> String {
    let mut item = String::new();
    let mut lines = text.lines().map(str::trim_end);
    let _ = writeln!(item, "- {mark}{}", lines.next().unwrap_or_default());
    for line in lines.filter(|line| !line.is_empty()) {
        let _ = writeln!(item, "  {line}");
    }
    item
}

/// What was written down in front of what a draft found by itself, which says nothing twice. Steps are numbered anew.
pub fn in_front_of(told: &str, drafted: &str) -> String {
    let said: Vec<String> = told.lines().filter(|line| opens(line)).map(bare).collect();
    let mut text = told.to_owned();
    let mut repeated = false;
    for line in drafted.lines() {
        repeated = if opens(line) { said.contains(&bare(line)) } else { repeated };
        if !repeated {
            let _ = writeln!(text, "{line}");
        }
    }
    renumbered(&text)
}

/// Whether an item begins with this line.
fn opens(line: &str) -> bool {
    !line.is_empty() && !line.starts_with(' ')
}

/// What an item says, without its marker, its box and where it comes from.
fn bare(line: &str) -> String {
    let line = line.split(" <!-- ").next().unwrap_or_default();
    without_mark(line).trim().to_lowercase()
}

/// Items with numbers in their order.
fn renumbered(text: &str) -> String {
    let mut number = 0;
    let mut anew = String::with_capacity(text.len());
    for line in text.lines() {
        let _ = match numbered(line) {
            Some((_, rest)) => {
                number += 1;
                writeln!(anew, "{number}. {rest}")
            }
            None => writeln!(anew, "{line}"),
        };
    }
    anew
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    #[test]
    fn what_was_written_down_is_not_said_twice_and_steps_are_counted_on() {
        let told = "1. Switch over\n   - Done when: it runs\n";
        let drafted = "1. switch over <!-- from the to-do list -->\n   - with this\n2. Tell them\n";
        assert_eq!(
            in_front_of(told, drafted),
            "1. Switch over\n   - Done when: it runs\n2. Tell them\n"
        );
        assert_eq!(in_front_of("- [x] a\n", "- [ ] A\n- [ ] b\n"), "- [x] a\n- [ ] b\n");
    }

    fn note(kind: NoteKind, text: &str) -> Note {
        let written = Timestamp::from_seconds(0);
        Note { number: 1, kind, text: text.to_owned(), written, ended: None }
    }

    #[test]
    fn notes_stand_by_kind_whatever_order_they_were_written_in() {
        let notes = [
            note(NoteKind::Question, "how long?"),
            note(NoteKind::Note, "plain"),
            note(NoteKind::Decision, "a queue\n\nWhy: retries are late"),
            note(NoteKind::Constraint, "no network"),
            note(NoteKind::Question, "who?"),
        ];
        let told: Vec<(Slot, String)> =
            told(&notes).into_iter().map(|told| (told.slot, told.text)).collect();
        assert_eq!(
            told,
            [
                (Slot::Decisions, "- ADOPTED: a queue\n  Why: retries are late\n".to_owned()),
                (Slot::Questions, "- how long?\n- who?\n".to_owned()),
                (Slot::DontForget, "- Constraint: no network\n- plain\n".to_owned()),
            ]
        );
    }

    #[test]
    fn a_note_that_begins_with_its_mark_has_it_once() {
        let text = |kind, text| told(&[note(kind, text)])[0].text.clone();
        assert_eq!(text(NoteKind::Decision, "adopted: a queue"), "- ADOPTED: a queue\n");
        assert_eq!(text(NoteKind::Constraint, "Constraint: dry"), "- Constraint: dry\n");
        assert_eq!(text(NoteKind::Decision, "REJECTED: x"), "- ADOPTED: REJECTED: x\n");
        assert_eq!(text(NoteKind::Question, "ü?"), "- ü?\n");
    }

    #[test]
    fn a_noted_decision_is_read_as_one() {
        let notes = [note(NoteKind::RuledOut, "a timer: rain is not known to it")];
        let body = format!("## Decisions\n\n{}", told(&notes)[0].text);
        let outline = crate::policy::outline::read(&body);
        let decision = outline.decisions().next().unwrap();
        assert_eq!(decision.verdict, crate::model::outline::Verdict::Rejected);
    }
}
