//! What a script is told: one JSON value a command, or one a line for lists, as docs/JSON.md describes.
//!
//! Every top-level value says its `schema`. Fields are only ever added within one schema.

use serde_json::{Value, json};

use crate::model::checkpoint::Attachment;
use crate::model::snapshot::Snapshot;
use crate::ops::carry::Carried;
use crate::ops::fetch::{Change, FetchOutcome};
use crate::ops::import::{Admitted, ImportPlan};
use crate::ops::locate::{Content, Tied};
use crate::ops::log::LogRow;
use crate::ops::prompt::PromptOutcome;
use crate::ops::push::{Arrival, Delivery, PushOutcome};
use crate::ops::repair::{Reason, RepairPlan};
use crate::ops::restore::{Filled, RestoreOutcome};
use crate::ops::save::SaveOutcome;
use crate::ops::secrets::Places;
use crate::ops::sessions::SessionRow;
use crate::ops::show::ShowOutcome;
use crate::ops::sync::SyncOutcome;
use crate::ops::verify::VerifyOutcome;
use crate::policy::outline;
use crate::policy::ratio;
use crate::policy::remap::Likeness;
use crate::ui::shared::part_name;
use crate::ui::verified::part;

/// The version of what is printed here.
pub const SCHEMA: u32 = 1;

pub fn saved(outcome: &SaveOutcome) -> Value {
    let session = outcome.session.as_ref().map(|session| {
        json!({
            "agent": session.agent.name(),
            "id": session.id,
            "title": session.title,
            "turns": session.turns,
            "tokens": session.tokens.tokens,
            "tokens_estimated": session.tokens.estimated,
            "window": session.window,
            "total_bytes": session.total_bytes,
            "new_bytes": session.new_bytes,
            "stored_bytes": session.stored_bytes,
            "companions": session.companions,
            "left_out": session.left_out,
            "sealed_to": session.sealed_to,
            "compression": ratio::compression(session.tokens.tokens, outcome.document_tokens),
        })
    });
    json!({
        "schema": SCHEMA,
        "checkpoint": outcome.id,
        "title": outcome.title,
        "commit": outcome.commit,
        "subject": outcome.subject,
        "draft": outcome.drafted,
        "document_tokens": outcome.document_tokens,
        "session": session,
        "redacted": places(&outcome.redacted),
        "unredacted": outcome.unredacted,
        "notes": outcome.work.notes,
        "task": outcome.work.task.as_ref().map(|task| &task.title),
        "attachments": outcome.work.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "left_out": outcome.work.left_out,
        "document_sealed_to": outcome.document_sealed_to,
    })
}

/// How many places were replaced, by rule.
fn places(places: &Places) -> Value {
    places.iter().map(|(rule, places)| (rule.to_string(), json!(places))).collect()
}

pub fn shown(outcome: &ShowOutcome) -> Value {
    let mut value = checkpoint(outcome.located.tied());
    value["schema"] = json!(SCHEMA);
    value["commit"] = commit(outcome);
    value["inferred"] = json!(outcome.located.inferred.map(Likeness::name));
    value["body"] = json!(outcome.located.tied().checkpoint().map(|checkpoint| &checkpoint.body));
    // A second copy of a long one would take as much memory again.
    let body = outcome.located.tied().checkpoint().map(|checkpoint| checkpoint.body.as_str());
    let parts = body.filter(|body| body.len() <= outline::LONGEST).map(outline::read);
    value["outline"] = json!(parts);
    let others: Vec<Value> =
        outcome.located.all.iter().rev().map(|tied| json!(tied.id())).collect();
    value["on_this_commit"] = json!(others);
    value
}

fn commit(outcome: &ShowOutcome) -> Value {
    match &outcome.commit {
        Some(facts) => json!({ "id": facts.id, "subject": facts.subject, "tree": facts.tree }),
        None => json!({ "id": outcome.located.commit }),
    }
}

pub fn log_row(row: &LogRow) -> Value {
    json!({
        "schema": SCHEMA,
        "commit": row.commit.commit,
        "subject": row.commit.subject,
        "author": row.commit.author.name,
        "committed": row.commit.committed,
        "inferred": row.inferred.map(Likeness::name),
        "checkpoints": row.checkpoints.iter().rev().map(checkpoint).collect::<Vec<_>>(),
    })
}

fn checkpoint(tied: &Tied) -> Value {
    match &tied.content {
        Content::Known(checkpoint) => {
            let header = &checkpoint.header;
            json!({
                "checkpoint": checkpoint.id,
                "state": "ok",
                "writer": tied.writer.name,
                "sealed": tied.opened.as_ref().map(|(key, _)| key),
                "title": header.title,
                "created": header.created,
                "author": header.author,
                "kind": header.kind,
                "status": header.status,
                "draft": header.draft,
                "left": header.left,
                "unredacted": header.unredacted,
                "phase": header.phase,
                "objective": header.objective,
                "task": header.task,
                "progress": header.progress,
                "template": header.template,
                "budget": header.budget,
                "tokens": header.tokens,
                "tokenizer": header.tokenizer,
                "device": header.device,
                "supersedes": header.supersedes,
                "anchors": header.anchors,
                "sessions": header.snapshots.iter().map(snapshot).collect::<Vec<_>>(),
                "attachments": header.attachments.iter().map(attachment).collect::<Vec<_>>(),
                "plan": header.plan,
                "unknown": header.unknown,
            })
        }
        Content::Newer { id, format, title } => {
            json!({ "checkpoint": id, "state": "newer", "format": format, "title": title, "writer": tied.writer.name })
        }
        Content::Sealed(closed) => {
            json!({
                "checkpoint": closed.id,
                "state": "sealed",
                "writer": tied.writer.name,
                "sealed": closed.key,
                "problem": closed.why.to_string(),
                "created": closed.created,
                "author": closed.author,
                "anchors": closed.anchors,
            })
        }
        Content::Damaged { problem, .. } => {
            json!({ "checkpoint": null, "state": "damaged", "problem": problem, "writer": tied.writer.name })
        }
    }
}

fn snapshot(snapshot: &Snapshot) -> Value {
    json!({
        "agent": snapshot.agent,
        "id": snapshot.session,
        "title": snapshot.title,
        "model": snapshot.model,
        "version": snapshot.version,
        "turns": snapshot.turns,
        "tokens": snapshot.tokens,
        "tokens_estimated": snapshot.tokens_estimated,
        "window": snapshot.window,
        "bytes": snapshot.transcript.bytes,
        "redacted": snapshot.transcript.redacted.as_ref().map_or(0, |redacted| redacted.places),
        "sha256": snapshot.transcript.sha256,
        "sealed": snapshot.transcript.key,
        "log": snapshot.transcript.log,
    })
}

/// A file that a checkpoint has.
pub fn attachment(attachment: &Attachment) -> Value {
    let stored = &attachment.stored;
    json!({
        "name": attachment.name,
        "bytes": stored.bytes,
        "redacted": stored.redacted.as_ref().map_or(0, |redacted| redacted.places),
        "sha256": stored.sha256,
        "sealed": stored.key,
        "log": stored.log,
    })
}

pub fn session(row: &SessionRow) -> Value {
    let digest = row.digest.as_ref().ok();
    let tokens = row.tokens();
    json!({
        "schema": SCHEMA,
        "agent": row.found.agent.name(),
        "id": row.found.id,
        "title": digest.and_then(|digest| digest.title.clone()),
        "turns": digest.map(|digest| digest.turns),
        "tokens": tokens.map(|count| count.tokens),
        "tokens_estimated": tokens.map(|count| count.estimated),
        "bytes": row.found.bytes,
        "stored_bytes": row.stored_bytes,
        "modified": row.modified,
        "live": row.live,
        "transcript": row.found.transcript,
    })
}

/// The placeholders that stay.
fn missing(filled: &Filled) -> Vec<String> {
    match filled {
        Filled::Gaps(gaps) => gaps.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

pub fn restored(outcome: &RestoreOutcome) -> Value {
    json!({
        "schema": SCHEMA,
        "session": outcome.id,
        "transcript": outcome.transcript,
        "files": outcome.files,
        "bytes": outcome.bytes,
        "unchanged": outcome.unchanged,
        "exact": match &outcome.filled {
            Filled::Exact => json!(true),
            Filled::Gaps(_) => json!(false),
            Filled::Unproven => json!(null),
        },
        "missing_secrets": missing(&outcome.filled),
        "safety": outcome.safety.as_ref().map(|safety| &safety.id),
        "resume": outcome.resume,
    })
}

pub fn prompt(outcome: &PromptOutcome) -> Value {
    json!({
        "schema": SCHEMA,
        "text": outcome.message.text,
        "tokens": outcome.tokens,
        "left_out": outcome.message.left_out,
        "not_shown": outcome.not_shown,
        "suspicion": outcome.suspicion,
    })
}

pub fn verified(outcome: &VerifyOutcome) -> Value {
    let problems: Vec<Value> = outcome
        .problems
        .iter()
        .map(|problem| {
            json!({
                "commit": problem.commit,
                "checkpoint": problem.checkpoint,
                "part": part(problem.what),
                "detail": problem.detail,
            })
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "checkpoints": outcome.checkpoints,
        "sessions": outcome.sessions.len(),
        "files": outcome.files,
        "bytes": outcome.bytes,
        "newer": outcome.newer,
        "not_fetched": outcome.not_fetched,
        "sealed": outcome.sealed,
        "sealed_documents": outcome.sealed_documents,
        "problems": problems,
    })
}

pub fn repair(plan: &RepairPlan, carried: &Carried) -> Value {
    let repairs: Vec<Value> = plan
        .repairs
        .iter()
        .map(|repair| {
            let reason = match repair.reason {
                Reason::Like(likeness) => likeness.name(),
                Reason::Squashed => "squashed",
            };
            let checkpoints = repair
                .checkpoints
                .iter()
                .map(|tied| json!({ "checkpoint": tied.id(), "saved_for": tied.commit }));
            json!({
                "commit": repair.commit.commit,
                "subject": repair.commit.subject,
                "reason": reason,
                "checkpoints": checkpoints.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "repairs": repairs,
        "unmatched": plan.unmatched,
        "new_ties": carried.new,
        "newer": carried.newer,
    })
}

pub fn pushed(outcome: &PushOutcome) -> Value {
    let refs = outcome.deliveries.iter().flat_map(|delivery| {
        let remote = delivery.remote.shown();
        delivery.refs.iter().map(move |delivered| {
            let (state, saves) = match delivered.what {
                Arrival::Sent { saves } => ("sent", saves),
                Arrival::UpToDate => ("up_to_date", 0),
                Arrival::Ahead => ("ahead", 0),
                Arrival::Taken => ("taken", 0),
            };
            json!({ "remote": remote, "part": part_name(delivered.part), "state": state, "saves": saves })
        })
    });
    let total = |of: fn(&Delivery) -> u64| outcome.deliveries.iter().map(of).sum::<u64>();
    json!({
        "schema": SCHEMA,
        "writer": outcome.writer.as_ref().map(|writer| writer.as_str()),
        "renamed_from": outcome.renamed.as_ref().map(|renamed| renamed.old.as_str()),
        "dry_run": outcome.dry_run,
        "refs": refs.collect::<Vec<_>>(),
        "objects": total(|delivery| delivery.traffic.objects),
        "bytes": total(|delivery| delivery.traffic.bytes),
    })
}

pub fn fetched(outcome: &FetchOutcome) -> Value {
    let news = outcome.news.iter().map(|news| {
        let (change, saves) = match news.what {
            Change::First { saves } => ("new", Some(saves)),
            Change::More { saves } => ("more", Some(saves)),
            Change::Replaced => ("replaced", None),
            Change::Gone => ("gone", None),
        };
        json!({ "writer": news.writer, "part": part_name(news.part), "change": change, "saves": saves })
    });
    json!({
        "schema": SCHEMA,
        "remote": outcome.remote.shown(),
        "news": news.collect::<Vec<_>>(),
        "ignored": outcome.ignored,
        "renamed_from": outcome.renamed.as_ref().map(|renamed| renamed.old.as_str()),
        "writers": outcome.writers,
        "objects": outcome.traffic.objects,
        "bytes": outcome.traffic.bytes,
    })
}

pub fn synced(outcome: &SyncOutcome) -> Value {
    json!({
        "schema": SCHEMA,
        "fetched": fetched(&outcome.fetched),
        "pushed": pushed(&outcome.pushed),
    })
}

pub fn imported(plan: &ImportPlan, admitted: &Admitted) -> Value {
    let rows = plan.parcel.checkpoints.iter().zip(&plan.rows).map(|(one, row)| {
        json!({
            "checkpoint": one.checkpoint.id,
            "title": one.checkpoint.header.title,
            "author": one.checkpoint.header.author,
            "created": one.checkpoint.header.created,
            "commit": one.commit,
            "subject": row.commit.as_ref().map(|facts| &facts.subject),
            "sessions": one.checkpoint.header.snapshots.iter().map(snapshot).collect::<Vec<_>>(),
            "files": one.files,
            "bytes": one.bytes,
            "new": admitted.new.contains(&one.checkpoint.id),
        })
    });
    json!({
        "schema": SCHEMA,
        "writer": plan.parcel.writer.as_str(),
        "ref": admitted.ties_ref,
        "checkpoints": rows.collect::<Vec<_>>(),
    })
}
