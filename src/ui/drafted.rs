//! A draft, as a script is told of it and as a prompt for an agent.

use serde_json::{Value, json};

use crate::ops::draft::{Brief, DraftOutcome};
use crate::policy::asking::{self, Asking};
use crate::policy::draft::Sources;
use crate::policy::tokens;
use crate::ui::json::SCHEMA;

pub fn json(outcome: &DraftOutcome) -> Value {
    let entries: Vec<Value> = outcome
        .draft
        .entries
        .iter()
        .map(|entry| {
            json!({
                "slot": entry.slot.name(),
                "text": entry.text().trim_end(),
                "part": entry.part,
                "source": entry.source,
                "from": entry.source.to_string(),
            })
        })
        .collect();
    let session = outcome.session.as_ref();
    json!({
        "schema": SCHEMA,
        "title": outcome.draft.title,
        "session": session.map(|found| json!({ "agent": found.agent.name(), "id": found.id })),
        "since": outcome.since,
        "template": outcome.template.name.as_str(),
        "budget": outcome.template.budget,
        "tokens": tokens::count(&outcome.text),
        "document": outcome.text,
        "entries": entries,
    })
}

/// What an agent is told that is to write the document.
pub fn prompt(brief: &Brief) -> String {
    asking::prompt(&Asking {
        template: &brief.sections(),
        budget: brief.template.budget,
        material: &brief.material.whole(Sources::Shown),
    })
}
