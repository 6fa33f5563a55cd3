//! What a script is told of where a worktree stands, as docs/JSON.md describes.

use serde_json::{Value, json};

use crate::ops::pressure::Pressure;
use crate::ops::status::{Reach, SessionStatus, Status};
use crate::ops::status_line::Line;
use crate::policy::compactions::Compaction;
use crate::ui::json::SCHEMA;
use crate::ui::status_line::{draft, life};

pub fn status(status: &Status) -> Value {
    let commits = status.bare.commits.iter();
    let waiting = status.waiting.iter().map(|waiting| {
        json!({
            "what": draft(waiting.what),
            "path": waiting.path,
            "bytes": waiting.bytes,
            "modified": waiting.modified,
        })
    });
    json!({
        "schema": SCHEMA,
        "sessions": status.sessions.iter().map(session).collect::<Vec<_>>(),
        "commits_back_to": reach(status.bare.reach),
        "commits_looked_at": status.bare.looked_at,
        "commits_without": commits
            .map(|commit| json!({ "commit": commit.id, "subject": commit.subject }))
            .collect::<Vec<_>>(),
        "waiting": waiting.collect::<Vec<_>>(),
        "unfinished": {
            "saves": status.unfinished.saves,
            "rewrites": status.unfinished.rewrites,
            "put_aside": status.unfinished.put_aside,
        },
    })
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Upstream => "upstream",
        Reach::Checkpoint => "checkpoint",
        Reach::Last => "last",
    }
}

fn session(session: &SessionStatus) -> Value {
    let digest = session.digest.as_ref().ok();
    json!({
        "agent": session.found.agent.name(),
        "id": session.found.id,
        "live": life(session.life),
        "title": digest.and_then(|digest| digest.title.clone()),
        "model": digest.and_then(|digest| digest.model.clone()),
        "turns": digest.map(|digest| digest.turns),
        "context": session.pressure.as_ref().map(context),
        "unsaved_turns": session.unsaved.turns,
        "unsaved_bytes": session.unsaved.bytes,
        "compactions": session.compactions.iter().map(compaction).collect::<Vec<_>>(),
        "modified": session.modified,
        "transcript": session.found.transcript,
    })
}

fn context(pressure: &Pressure) -> Value {
    json!({
        "state": pressure.state.name(),
        "tokens": pressure.used.tokens,
        "tokens_estimated": pressure.used.estimated,
        "window": pressure.window.tokens,
        "window_source": pressure.window.source.name(),
    })
}

fn compaction(one: &Compaction) -> Value {
    let dropped = one.dropped.as_ref().map(|dropped| {
        json!({
            "prompts": dropped.prompts,
            "files": dropped.files,
            "items": dropped.items,
        })
    });
    json!({
        "at": one.at,
        "tokens_before": one.before,
        "tokens_after": one.after,
        "dropped": dropped,
    })
}

/// What `--line` shows, in fields.
pub fn line(line: &Line) -> Value {
    json!({
        "schema": SCHEMA,
        "model": line.model,
        "context": line.pressure.as_ref().map(context),
        "unsaved_turns": line.unsaved.turns,
        "unsaved_bytes": line.unsaved.bytes,
    })
}
