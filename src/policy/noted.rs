//! Notes of the journal in a document.

use std::fmt::Write;

use crate::model::journal::{Note, NoteKind};
use crate::model::template::Slot;

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
            let item = item(mark, &note.text);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

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
    fn a_noted_decision_is_read_as_one() {
        let notes = [note(NoteKind::RuledOut, "a timer: rain is not known to it")];
        let body = format!("## Decisions\n\n{}", told(&notes)[0].text);
        let outline = crate::policy::outline::read(&body);
        let decision = outline.decisions().next().unwrap();
        assert_eq!(decision.verdict, crate::model::outline::Verdict::Rejected);
    }
}
