//! Notes of the journal as sections of a document.

use std::fmt::Write;

use crate::model::journal::{Note, NoteKind};

/// The sections that tell the notes, a kind each, in the order of [`NoteKind::ALL`]; nothing where there are none.
pub fn sections(notes: &[Note]) -> String {
    let mut body = String::new();
    for kind in NoteKind::ALL {
        let of_kind: Vec<&Note> = notes.iter().filter(|note| note.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let gap = if body.is_empty() { "" } else { "\n" };
        let _ = writeln!(body, "{gap}## {}\n", heading(kind));
        of_kind.into_iter().for_each(|note| item(&mut body, &note.text));
    }
    body
}

fn heading(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Decision => "Decisions",
        NoteKind::RuledOut => "Ruled out",
        NoteKind::Constraint => "Constraints",
        NoteKind::Question => "Open questions",
        NoteKind::DontForget => "Don't forget",
        NoteKind::Progress => "Done since the last checkpoint",
        NoteKind::Note => "Notes",
    }
}

/// One item of a list; further lines of the note are set in, so that they stay in it.
fn item(body: &mut String, text: &str) {
    let mut lines = text.lines().map(str::trim_end);
    let _ = writeln!(body, "- {}", lines.next().unwrap_or_default());
    for line in lines {
        let _ = writeln!(body, "{}", format!("  {line}").trim_end());
    }
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
            note(NoteKind::Decision, "a queue\n\nbecause retries are late"),
            note(NoteKind::Question, "who?"),
        ];
        assert_eq!(
            sections(&notes),
            "## Decisions\n\n- a queue\n\n  because retries are late\n\n## Open questions\n\n- how long?\n- who?\n"
        );
        assert_eq!(sections(&[]), "");
    }
}
