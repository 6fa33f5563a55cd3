//! What a check of all stored bytes found.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::ops::verify::{Damage, Problem, VerifyOutcome};
use crate::ui::sanitize::one_line;
use crate::ui::units::{bytes, plural};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The report.
pub fn text(outcome: &VerifyOutcome) -> String {
    let mut text = String::new();
    for problem in &outcome.problems {
        let title = problem.title.as_deref().map(|title| format!("  {}", one_line(title, 60)));
        let _ =
            writeln!(text, "{BAD}damaged{BAD:#} {}{}", subject(problem), title.unwrap_or_default());
        let _ =
            writeln!(text, "  {}: {}", part(problem.what), one_line(&problem.detail, usize::MAX));
        let _ = writeln!(text, "  {}", still_good(problem));
    }
    let checked = format!(
        "{}, {}, {}, {} checked",
        plural(outcome.checkpoints as u64, "checkpoint"),
        plural(outcome.sessions.len() as u64, "session"),
        plural(outcome.files as u64, "file"),
        bytes(outcome.bytes)
    );
    let verdict = match outcome.problems.len() {
        0 => format!("{GOOD}all good{GOOD:#}"),
        number => format!("{BAD}{}{BAD:#}", plural(number as u64, "problem")),
    };
    let _ = writeln!(text, "{checked}: {verdict}");
    if outcome.newer > 0 {
        let _ = writeln!(
            text,
            "{} of a newer format not checked",
            plural(outcome.newer as u64, "checkpoint")
        );
    }
    if outcome.not_fetched > 0 {
        let number = plural(outcome.not_fetched as u64, "checkpoint");
        let _ = writeln!(
            text,
            "{number} whose session logs are not in this repository, documents checked"
        );
    }
    if outcome.sealed > 0 {
        let _ = writeln!(
            text,
            "{} sealed to others: all frames are there, what they hold was not checked",
            plural(outcome.sealed as u64, "file")
        );
    }
    if outcome.sealed_documents > 0 {
        let _ = writeln!(
            text,
            "{} sealed to others: documents are what their ids say, what they and their sessions hold was not checked",
            plural(outcome.sealed_documents as u64, "checkpoint")
        );
    }
    text
}

fn subject(problem: &Problem) -> String {
    match (&problem.checkpoint, problem.commit) {
        (Some(id), Some(commit)) => {
            format!("checkpoint {} of commit {}", id.short(), commit.short())
        }
        (None, Some(commit)) => format!("checkpoint of commit {}", commit.short()),
        _ => "ties of checkpoints to commits".to_owned(),
    }
}

pub fn part(damage: Damage) -> &'static str {
    match damage {
        Damage::Ties => "notes tree",
        Damage::Note => "note",
        Damage::Document => "document",
        Damage::Transcript => "transcript",
        Damage::CompanionList => "list of companion files",
        Damage::Companion => "companion file",
        Damage::Attachment => "attachment",
    }
}

fn still_good(problem: &Problem) -> String {
    let commit = problem.commit.map(|commit| commit.short()).unwrap_or_default();
    let id = problem.checkpoint.as_ref().map_or_else(|| commit.clone(), |id| id.short().to_owned());
    match problem.what {
        Damage::Ties => {
            "what it held is not known here; a clone or remote that has this ref still has it: \
             git fetch that ref from there"
                .to_owned()
        }
        Damage::Note => {
            "nothing of this commit's checkpoints can be read; all others are listed by \
             `git ckpt log --carried`"
                .to_owned()
        }
        Damage::Document => {
            format!("still there: the text as it is, `git ckpt show --raw {commit}`")
        }
        Damage::Transcript => {
            format!("still good: the document, `git ckpt show {id}` and `git ckpt prompt {id}`")
        }
        Damage::Attachment => {
            format!(
                "still good: the document and the session, `git ckpt show {id}`; attach the file anew to store it again"
            )
        }
        Damage::CompanionList | Damage::Companion => {
            format!("still good: the document and the transcript, `git ckpt show --session {id}`")
        }
    }
}
