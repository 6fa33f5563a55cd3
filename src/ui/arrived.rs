//! What a person is told on the way from one commit to another.

use anstyle::{AnsiColor, Style};

use crate::model::object::ObjectId;
use crate::ops::arrive::Arrival;
use crate::ops::leave::Left;
use crate::ops::locate::Located;
use crate::ui::sanitize::one_line;

const ID: Style = AnsiColor::Yellow.on_default();

/// The session was captured before one left.
pub fn left(left: &Left) -> Option<String> {
    let captured = left.captured.as_ref()?;
    let (id, commit) = (captured.id.short(), left.commit.short());
    Some(format!("the session as it was is kept in checkpoint {ID}{id}{ID:#} of commit {commit}\n"))
}

pub fn nothing(commit: ObjectId) -> String {
    format!("commit {} carries no checkpoint; the session stays as it is", commit.short())
}

/// The session is in place already.
pub fn there(arrival: &Arrival) -> String {
    format!("the session of checkpoint {} is in place", id(&arrival.plan.located))
}

pub fn hint(arrival: &Arrival) -> String {
    let located = &arrival.plan.located;
    format!("{}: git ckpt restore {}", carries(located), id(located))
}

/// What it says is not known here.
pub fn sealed(located: &Located) -> String {
    let seems = if located.inferred.is_some() { "seems to carry" } else { "carries" };
    let id = id(located);
    format!(
        "this commit {seems} checkpoint {id}, which is sealed and closed here: git ckpt show {id}"
    )
}

pub fn document(located: &Located) -> String {
    format!("{}, a document without a session: git ckpt prompt {}", carries(located), id(located))
}

/// How to get what was not brought back.
pub fn declined(arrival: &Arrival) -> String {
    let id = id(&arrival.plan.located);
    format!("the session stays as it is; to bring it back later: git ckpt restore {id}")
}

fn carries(located: &Located) -> String {
    let title = located.tied().checkpoint().map_or("", |checkpoint| &checkpoint.header.title);
    let seems = if located.inferred.is_some() { "seems to carry" } else { "carries" };
    format!("this commit {seems} checkpoint {} ({})", id(located), one_line(title, 50))
}

fn id(located: &Located) -> &str {
    located.tied().id().map_or("", |id| id.short())
}
