//! What is told of secrets that were found: rule, place, and at the most how each begins.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::ops::gate::Held;
use crate::ops::scan::{Found, Hit, ScanOutcome, Subject};
use crate::ops::secrets::Places;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::{clean, one_line};
use crate::ui::units::{bytes, plural};

const PLACE: Style = AnsiColor::Green.on_default();
const RULE: Style = AnsiColor::Yellow.on_default();
const OUT: Style = AnsiColor::Red.on_default();
const IN: Style = AnsiColor::Green.on_default();
const FRAME: Style = AnsiColor::Cyan.on_default();

/// Where SARIF is described, and what its files are checked against.
const SARIF: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One finding, on one line.
pub fn line(found: &Found) -> String {
    let Hit { rule, masked, .. } = &found.hit;
    format!("{PLACE}{}{PLACE:#}  {RULE}{rule}{RULE:#}  {masked}\n", place(found))
}

/// One finding as a change: what stands there, masked, and what redaction would put in its place.
pub fn diff(found: &Found) -> String {
    let Hit { rule, masked, before, after, .. } = &found.hit;
    let [before, after] = [before, after].map(|text| clean(text));
    format!(
        "{FRAME}@@ {} @@{FRAME:#}\n{OUT}-{before}{masked}{after}{OUT:#}\n{IN}+{before}[REDACTED:{rule}:…]{after}{IN:#}\n",
        place(found)
    )
}

/// How many of each kind.
pub fn counted(outcome: &ScanOutcome) -> String {
    let number: u64 = outcome.places.values().sum();
    if number == 0 {
        return format!("nothing found in {}\n", subject(outcome));
    }
    format!("{} in {}: {}\n", secrets(number), subject(outcome), by_rule(&outcome.places))
}

/// What was damaged, and so was not looked through.
pub fn damaged(outcome: &ScanOutcome) -> Option<String> {
    let number = outcome.looked.damaged;
    (number > 0).then(|| {
        format!(
            "{} of session logs cannot be read and so were not looked through",
            plural(number, "part")
        )
    })
}

/// What is sealed to others, and so was not looked through.
pub fn sealed(outcome: &ScanOutcome) -> Option<String> {
    let number = outcome.looked.sealed;
    (number > 0).then(|| {
        let documents = plural(number, "document");
        format!("{documents} sealed to others, and so not looked through")
    })
}

/// What keeps a push back.
pub fn held(held: &Held) -> String {
    let mut text = String::new();
    for found in &held.found {
        text += &line(found);
    }
    let more = held.number() - held.found.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "… and {more} more, which `git ckpt scan --all` names");
    }
    if held.number() > 0 {
        let _ = writeln!(text, "{}: {}", secrets(held.number()), by_rule(&held.places));
    }
    for id in &held.unredacted {
        let _ = writeln!(text, "checkpoint {} was saved with `--no-redact`", id.short());
    }
    text
}

/// The same in a few words.
pub fn held_briefly(held: &Held) -> String {
    let mut parts = Vec::new();
    if held.number() > 0 {
        parts.push(format!("{} ({})", secrets(held.number()), by_rule(&held.places)));
    }
    if !held.unredacted.is_empty() {
        let saved = plural(held.unredacted.len() as u64, "checkpoint");
        parts.push(format!("{saved} saved with `--no-redact`"));
    }
    format!(
        "checkpoints were not sent: {}; `git ckpt push` shows where, and the way out",
        parts.join(", ")
    )
}

pub fn by_rule(places: &Places) -> String {
    let rule = |(rule, number): (_, &u64)| format!("{number} {rule}");
    places.iter().map(rule).collect::<Vec<_>>().join(", ")
}

pub fn secrets(number: u64) -> String {
    plural(number, "secret")
}

/// One finding as JSON.
pub fn json(found: &Found) -> Value {
    let Found { place, hit } = found;
    json!({
        "schema": SCHEMA,
        "rule": hit.rule,
        "checkpoint": place.checkpoint,
        "file": place.file,
        "line": hit.line,
        "offset": hit.at,
        "length": hit.length,
        "masked": hit.masked,
    })
}

/// All findings as SARIF 2.1.0.
pub fn sarif(outcome: &ScanOutcome, found: &[Found]) -> Value {
    let rules = outcome.places.keys().map(|rule| {
        json!({ "id": rule, "shortDescription": { "text": format!("secret found by {rule}") } })
    });
    json!({
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "git-ckpt",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(Found { place, hit }: &Found) -> Value {
    let within = place.checkpoint.as_ref().map(|id| format!("checkpoint/{id}/"));
    let uri = uri(&format!("{}{}", within.unwrap_or_default(), place.file));
    let mut region = json!({ "byteOffset": hit.at, "byteLength": hit.length });
    if let Some(line) = hit.line {
        region["startLine"] = line.into();
    }
    json!({
        "ruleId": hit.rule,
        "level": "error",
        "message": { "text": format!("a secret: {}", hit.masked) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": region,
        } }],
    })
}

/// A path as a relative reference of RFC 3986.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@".contains(&byte) {
            uri.push(byte.into());
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn place(Found { place, hit }: &Found) -> String {
    let id = place.checkpoint.as_ref().map(|id| format!("{} ", id.short())).unwrap_or_default();
    let line = hit.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{id}{}{line} (byte {})", one_line(&place.file, usize::MAX), hit.at)
}

fn subject(outcome: &ScanOutcome) -> String {
    let files = plural(outcome.looked.files, "file");
    let size = bytes(outcome.looked.bytes);
    match &outcome.subject {
        Subject::Session { agent, id } => {
            format!("{} session {} ({files}, {size})", agent.title(), id.short())
        }
        Subject::Checkpoint { id: Some(id), .. } => {
            format!("checkpoint {} ({files}, {size})", id.short())
        }
        Subject::Checkpoint { id: None, commit } => {
            format!("what is left of the checkpoint of commit {} ({size})", commit.short())
        }
        Subject::Own => format!("what this clone has stored ({files}, {size})"),
        Subject::Everybody => format!("what is stored here ({files}, {size})"),
        Subject::Text(name) => format!("`{}` ({size})", one_line(name, usize::MAX)),
    }
}
