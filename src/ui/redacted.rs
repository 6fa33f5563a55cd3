//! What would be taken out of checkpoints, what was, and what is left to do.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ops::redact::{RedactOutcome, RedactPlan};
use crate::ui::found;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::units::plural;

/// The plan, as it is shown before anything is changed.
pub fn plan(plan: &RedactPlan) -> String {
    let mut text: String = plan.found.iter().map(found::line).collect();
    for id in &plan.unredacted {
        let _ = writeln!(text, "checkpoint {} was saved with `--no-redact`", id.short());
    }
    if plan.unfinished {
        text.push_str("an earlier run was interrupted; this one finishes it\n");
    }
    if plan.is_empty() {
        text.push_str("nothing to take out\n");
    } else if !plan.found.is_empty() || !plan.unredacted.is_empty() {
        let secrets = found::secrets(plan.found.len() as u64);
        let _ =
            writeln!(text, "{secrets} to take out; checkpoints that share these bytes get new ids");
    }
    text
}

/// What was done, and what only a person can do.
pub fn done(outcome: &RedactOutcome) -> String {
    let number = plural(outcome.renamed.len() as u64, "checkpoint");
    let mut text = match outcome.renamed.is_empty() {
        true => "what the earlier run had left is gone".to_owned(),
        false => format!("{number} written anew"),
    };
    for (old, new) in &outcome.renamed {
        let _ = write!(text, "\n  {} is {} now", old.short(), new.short());
    }
    if !outcome.secrets.is_empty() {
        text.push_str("\nrotate what anybody else may have seen:");
        for (rule, masked) in &outcome.secrets {
            let _ = write!(text, "\n  {rule}  {masked}");
        }
    }
    if !outcome.remotes.is_empty() {
        let remotes: Vec<String> =
            outcome.remotes.iter().map(|remote| one_line(remote, 80)).collect();
        let _ = write!(
            text,
            "\n{} still has it: `git ckpt push` replaces it there; when the server lets go of the objects is up to its own gc",
            remotes.join(", ")
        );
    }
    text.push_str("\nhere the objects go with `git gc --prune=now`");
    if !outcome.remotes.is_empty() {
        text.push_str(" after that push");
    }
    text
}

pub fn json(plan: &RedactPlan, outcome: &RedactOutcome) -> Value {
    let renamed = outcome.renamed.iter().map(|(old, new)| json!({ "old": old, "new": new }));
    let secrets = outcome.secrets.iter();
    let secrets = secrets.map(|(rule, masked)| json!({ "rule": rule, "masked": masked }));
    json!({
        "schema": SCHEMA,
        "found": plan.found.len(),
        "unfinished": plan.unfinished,
        "renamed": renamed.collect::<Vec<_>>(),
        "rotate": secrets.collect::<Vec<_>>(),
        "remotes": outcome.remotes,
    })
}
