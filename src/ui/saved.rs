//! What a person is told after a save.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::model::agent::Agent;
use crate::model::causes::with_causes;
use crate::model::checkpoint::Attachment;
use crate::model::placeholder::RuleId;
use crate::ops::hook_save::Announced;
use crate::ops::recover::Recovered;
use crate::ops::save::SaveOutcome;
use crate::ops::save_session::SavedSession;
use crate::ops::work::TakenAlong;
use crate::policy::ratio;
use crate::policy::tasked::standing;
use crate::ui::sanitize::one_line;
use crate::ui::units::{bytes, count, percent, plural, tokens};

const ID: Style = AnsiColor::Yellow.on_default();
const LABEL: Style = Style::new().dimmed();
const TITLE: Style = Style::new().bold();
const CARE: Style = AnsiColor::Yellow.on_default().bold();

/// The lines that describe a save.
pub fn text(outcome: &SaveOutcome) -> String {
    let mut text = String::new();
    let drafted = match outcome.session {
        Some(_) if outcome.drafted => " (drafted from the transcript)",
        None if outcome.drafted => " (drafted)",
        _ => "",
    };
    let title = one_line(&outcome.title, usize::MAX);
    let _ = writeln!(
        text,
        "checkpoint {ID}{}{ID:#}  {TITLE}{title}{TITLE:#}{drafted}",
        outcome.id.short()
    );
    let subject = one_line(&outcome.subject, usize::MAX);
    line(&mut text, "commit", &format!("{} {subject}", outcome.commit.short()));
    if let Some(session) = &outcome.session {
        line(&mut text, "session", &session_line(session));
        line(&mut text, "stored", &stored_line(session));
    }
    line(&mut text, "document", &document_line(outcome));
    work_lines(&mut text, outcome);
    if let Some(secrets) = secrets_line(outcome) {
        line(&mut text, "secrets", &secrets);
    }
    text
}

/// What is said of a save that another process left behind.
pub fn recovered(recovered: &Recovered) -> String {
    let saved = |outcome: &SaveOutcome| {
        format!("checkpoint {} for commit {}", outcome.id.short(), outcome.commit.short())
    };
    match recovered {
        Recovered::Finished(outcome) => format!("finished an interrupted save: {}", saved(outcome)),
        Recovered::WithoutSession(outcome, error) => {
            format!(
                "finished an interrupted save without its session ({error}): {}",
                saved(outcome)
            )
        }
        Recovered::Failed(error) => {
            format!("an interrupted save is still unfinished: {}", with_causes(error))
        }
    }
}

/// The one line of a hook that saved.
pub fn by_hook(outcome: &SaveOutcome) -> String {
    let new =
        outcome.session.as_ref().map(|session| format!(" ({} new)", bytes(session.new_bytes)));
    let kept_back = match outcome.redacted.values().sum() {
        0 => String::new(),
        places => format!(", {} kept back", plural(places, "secret")),
    };
    let new = new.unwrap_or_default();
    format!("ckpt: saved {}{new}{}{kept_back}", outcome.id.short(), taken_along(&outcome.work))
}

/// What a checkpoint took along, for the end of a line.
fn taken_along(work: &TakenAlong) -> String {
    let mut text = String::new();
    let numbers = [(work.notes, "note"), (work.attachments.len(), "attachment")];
    for (number, noun) in numbers.into_iter().filter(|(number, _)| *number > 0) {
        let _ = write!(text, ", {}", plural(number as u64, noun));
    }
    if let Some(task) = &work.task {
        let _ = write!(text, ", task {}", standing(task));
    }
    text
}

/// Notes, task and attachments.
fn work_lines(text: &mut String, outcome: &SaveOutcome) {
    let TakenAlong { notes, task, attachments, .. } = &outcome.work;
    if let Some(task) = task {
        let title = one_line(&task.title, 120);
        line(text, "task", &format!("{title}, {}", standing(task)));
    }
    if *notes > 0 {
        let number = plural(*notes as u64, "note");
        let what = if outcome.drafted {
            "in the document"
        } else {
            "left to your document, which counts for them; `git ckpt note --all` lists them"
        };
        line(text, "notes", &format!("{number} {what}"));
    }
    for Attachment { name, stored } in attachments {
        line(text, "attached", &format!("{name}, {}", bytes(stored.bytes)));
    }
}

/// The same where the save goes on when the hook has ended.
pub fn left_to_background(announced: &Announced) -> String {
    let what = match &announced.session {
        Some((agent, id)) => format!("{} {}", agent.title(), id.short()),
        None => "the document".to_owned(),
    };
    format!("ckpt: saving {what} with {}", announced.commit.short())
}

/// The same where the time was up.
pub fn late(announced: Option<&Announced>, limit: Duration) -> String {
    let limit = format!("after {} s", limit.as_secs());
    match announced {
        Some(_) => format!("ckpt: not saved yet {limit}; the next `git ckpt` command finishes it"),
        None => format!("ckpt: not saved: no session was found {limit}; try `git ckpt save`"),
    }
}

/// What an agent is told after its commit.
pub const FOR_THE_AGENT: &str = "ckpt: the document is a draft; to write it yourself, pipe markdown (decisions and why, progress, next action) to: git ckpt save -F -";

/// The agent's name for people; one that is unknown here as it is stored.
pub fn agent_words(name: &str) -> String {
    name.parse::<Agent>().map_or_else(|_| one_line(name, 40), |agent| agent.title().to_owned())
}

/// Tokens, marked where they are an estimate.
pub fn token_words(number: u64, estimated: bool) -> String {
    let mark = if estimated { "~" } else { "" };
    format!("{mark}{} tokens", tokens(number))
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {LABEL}{label:<9}{LABEL:#} {value}");
}

fn session_line(session: &SavedSession) -> String {
    let SavedSession { agent, id, turns, tokens, window, .. } = session;
    let turns = plural(*turns, "turn");
    let tokens_said = token_words(tokens.tokens, tokens.estimated);
    let share = window.map(|window| format!(" ({} of the window)", percent(tokens.tokens, window)));
    format!("{} {}, {turns}, {tokens_said}{}", agent.title(), id.short(), share.unwrap_or_default())
}

fn stored_line(session: &SavedSession) -> String {
    let mut text = format!(
        "{} new of {}, {} compressed",
        bytes(session.new_bytes),
        bytes(session.total_bytes),
        bytes(session.stored_bytes)
    );
    if session.companions > 0 {
        let _ = write!(text, ", with {}", plural(session.companions as u64, "companion file"));
    }
    if let Some(recipients) = session.sealed_to {
        let _ = write!(text, ", sealed to {}", plural(recipients as u64, "recipient"));
    }
    text
}

/// What was found in this save; what earlier ones found has its placeholders already.
fn secrets_line(outcome: &SaveOutcome) -> Option<String> {
    if outcome.unredacted {
        return Some(format!("{CARE}left in{CARE:#}: whoever gets this checkpoint can read them"));
    }
    let places: u64 = outcome.redacted.values().sum();
    let rule = |(rule, places): (&RuleId, &u64)| match places {
        1 => rule.to_string(),
        several => format!("{several} {rule}"),
    };
    let rules: Vec<String> = outcome.redacted.iter().map(rule).collect();
    let replaced = plural(places, "placeholder");
    (places > 0)
        .then(|| format!("{replaced} in their place ({}), values in the vault", rules.join(", ")))
}

/// What is said once where a document says in plain what is sealed of its session.
pub const QUOTES_IN_PLAIN: &str = "the session is sealed; its document, drafted out of it, quotes it in plain. To seal documents as well: git config ckpt.encrypt all";

fn document_line(outcome: &SaveOutcome) -> String {
    let sealed = outcome.document_sealed_to.map_or_else(String::new, |recipients| {
        format!(", sealed to {}", plural(recipients as u64, "recipient"))
    });
    format!("{}{sealed}", document_size(outcome))
}

fn document_size(outcome: &SaveOutcome) -> String {
    let own = format!("{} tokens", count(outcome.document_tokens));
    match &outcome.session {
        Some(session) => match ratio::compression(session.tokens.tokens, outcome.document_tokens) {
            Some(share) => {
                let share = (share * 10.0).floor() / 10.0;
                format!("{own}, {share:.1}% smaller than the session")
            }
            None => format!("{own}, longer than the session"),
        },
        None => own,
    }
}
