//! Decisions: their verdict, and why.

use crate::model::outline::{Decision, Verdict};
use crate::policy::outline::labels::{first_label, labelled};

const WHY: &[&str] = &["why", "rationale", "reason", "because"];
const CONSTRAINT: &[&str] = &["constraint", "constraints"];
const EVALUATED: &[&str] = &["evaluated", "considered", "options", "alternatives"];
const LOCATION: &[&str] = &["where", "location", "file", "files"];

/// The decision that a text and what is listed below it make.
pub fn decision(verdict: Verdict, text: &str, below: Vec<String>) -> Decision {
    let mut decision = Decision {
        verdict,
        decision: String::new(),
        evaluated: None,
        rationale: None,
        constraint: None,
        location: None,
        details: Vec::new(),
    };
    let mut pieces = pieces(text).into_iter();
    pieces.next().unwrap_or_default().clone_into(&mut decision.decision);
    for piece in pieces {
        take(&mut decision, piece);
    }
    for line in below {
        take(&mut decision, &line);
    }
    decision
}

/// The verdict that a text bears on its sleeve, and the text without it.
pub fn verdict_of(text: &str) -> Option<(Verdict, String)> {
    Verdict::ALL.iter().find_map(|verdict| {
        let word = verdict.word();
        leading(text, word).or_else(|| trailing(text, word)).map(|rest| (*verdict, rest))
    })
}

/// Puts one line where its label says.
fn take(decision: &mut Decision, line: &str) {
    let fields: [(&[&str], &mut Option<String>); 4] = [
        (WHY, &mut decision.rationale),
        (CONSTRAINT, &mut decision.constraint),
        (EVALUATED, &mut decision.evaluated),
        (LOCATION, &mut decision.location),
    ];
    for (names, field) in fields {
        if let Some(value) = labelled(line, names).filter(|value| !value.is_empty())
            && field.is_none()
        {
            *field = Some(value.to_owned());
            return;
        }
    }
    decision.details.push(line.to_owned());
}

/// A text cut before each label that stands in it.
fn pieces(text: &str) -> Vec<&str> {
    let names: Vec<&str> = [WHY, CONSTRAINT, EVALUATED, LOCATION].concat();
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(place) = first_label(&rest[from..], &names).map(|place| place + from) {
        pieces.push(rest[..place].trim().trim_end_matches(['—', '–', ';']).trim_end());
        rest = rest[place..].trim_start_matches(['*', '_']);
        // Its own label is behind it, so that the next one is looked for.
        from = rest.find(':').map_or(rest.len(), |colon| colon + 1);
    }
    pieces.push(rest.trim());
    pieces
}

/// `ADOPTED: x`, `**ADOPTED** x`, `**ADOPTED: x**`, `[ADOPTED] x`, `ADOPTED — x`
fn leading(text: &str, word: &str) -> Option<String> {
    let open = text.trim_start_matches(['*', '_', '[', '(']);
    let rest = open.strip_prefix(word)?;
    let after = rest.trim_start_matches(['*', '_', ']', ')', ' ']);
    let stripped = after.strip_prefix([':', '—', '–', '-']).unwrap_or(after);
    if rest.starts_with(|letter: char| letter.is_alphanumeric()) {
        return None;
    }
    let bold = text.starts_with("**") && !rest.starts_with("**");
    let rest = stripped.trim_start_matches('*').trim();
    Some(if bold { rest.replacen("**", "", 1) } else { rest.to_owned() })
}

/// `x — ADOPTED`, `x (ADOPTED)`, `x [ADOPTED]`
fn trailing(text: &str, word: &str) -> Option<String> {
    let close = text.trim_end_matches(['*', '_', ']', ')', '.']);
    let rest = close.strip_suffix(word)?;
    let marked = rest.trim_end_matches(['*', '_', ' ']);
    let bare = marked.strip_suffix(['—', '–', '-', ':', '(', '['])?;
    Some(bare.trim_end().to_owned())
}
