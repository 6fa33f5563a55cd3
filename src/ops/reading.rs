//! A document that is to be looked at: a file, what comes through a pipe, or what is stored with a commit.

use std::path::{Path, PathBuf};

use crate::git::RevisionError;
use crate::model::checkpoint::{Checkpoint, CheckpointId, Kind, Status};
use crate::model::object::ObjectId;
use crate::model::outline::Outline;
use crate::model::template::Template;
use crate::ops::Desk;
use crate::ops::locate::{self, Content, LocateError, Tied};
use crate::ops::template::{self, TemplateError};
use crate::policy::outline;
use crate::store::{Front, GivenError, handed_back, read_given};

/// Most commits that are looked at for an earlier checkpoint.
const LOOKED_AT: usize = 200;

/// What a name on the command line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Input,
    File(PathBuf),
    /// A revision, or the beginning of a checkpoint's id.
    Stored(String),
}

/// A document, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What it goes by in messages.
    pub name: String,
    /// All of it, as it is.
    pub text: String,
    /// Lines of it that stand above the body.
    pub above: usize,
    pub body: String,
    pub status: Status,
    /// With the budget that counts for it.
    pub template: Template,
    /// Its template was named: by itself, or by whoever looks at it.
    pub keeps_to_template: bool,
    /// Nobody wrote it: it was put together out of a session.
    pub drafted: bool,
    pub stored: Option<Stored>,
    /// What it is held against; `None` where there is no such commit.
    pub base: Option<Base>,
}

/// Where a stored document comes from.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: CheckpointId,
    pub commit: ObjectId,
}

/// The commit of a document: its files, and the documents before this one.
#[derive(Clone, Debug)]
pub struct Base {
    commit: ObjectId,
    pub tree: Option<ObjectId>,
    before: Before,
}

/// What stands before a document on its own commit.
#[derive(Clone, Debug)]
enum Before {
    /// It is not stored yet: everything there.
    Everything,
    Stored(Option<Outline>),
}

/// A document that cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    #[error("there is no file, revision or checkpoint `{name}`")]
    Nowhere { name: String },
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Given(#[from] GivenError),
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// What `name` means: a revision before a file of the same name, unless it is written as a path.
pub fn named(desk: &Desk, directory: &Path, name: &str) -> Named {
    let path = directory.join(name);
    let is_path = ["./", "../", "/"].iter().any(|start| name.starts_with(start));
    let is_revision = || desk.store.repository().resolve_commit(name).is_ok();
    if name == "-" {
        Named::Input
    } else if is_path || (path.is_file() && !is_revision()) {
        Named::File(path)
    } else {
        Named::Stored(name.to_owned())
    }
}

/// A document that is handed in: `target` is the commit that it is for.
pub fn handed_in(
    desk: &Desk,
    name: &str,
    document: &[u8],
    target: &str,
) -> Result<Reading, ReadingError> {
    let given = read_given(document)?;
    let text = String::from_utf8_lossy(document).into_owned();
    let template = asked_of(desk, &given.front)?;
    let ended = usize::from(!text.is_empty() && !text.ends_with('\n'));
    let end = text.len() - given.body.len().saturating_sub(ended).min(text.len());
    Ok(Reading {
        name: name.to_owned(),
        above: text[..end].matches('\n').count(),
        body: given.body,
        status: given.front.status.unwrap_or_default(),
        template,
        keeps_to_template: given.front.template.is_some(),
        drafted: false,
        stored: None,
        base: base_at(desk, target),
        text,
    })
}

/// The document that a revision or the beginning of an id names.
pub fn stored(desk: &Desk, target: &str) -> Result<Reading, ReadingError> {
    let located = locate::locate(desk, target).map_err(|error| match error {
        LocateError::Revision(RevisionError::Unknown { revision: name }) => {
            ReadingError::Nowhere { name }
        }
        other => other.into(),
    })?;
    let checkpoint = locate::understood(&located)?;
    let header = &checkpoint.header;
    let mut template = template::choose_in_any_case(desk, header.template.as_deref(), header.kind)?;
    template.budget = header.budget.unwrap_or(template.budget);
    let text = String::from_utf8_lossy(&located.tied().document).into_owned();
    let lines = |text: &str| text.matches('\n').count();
    Ok(Reading {
        name: checkpoint.id.short().to_owned(),
        above: lines(&text).saturating_sub(lines(&checkpoint.body)),
        body: checkpoint.body.clone(),
        status: header.status,
        template,
        keeps_to_template: header.template.is_some(),
        drafted: header.draft,
        stored: Some(Stored { id: checkpoint.id.clone(), commit: located.commit }),
        base: Some(Base {
            commit: located.commit,
            tree: tree_of(desk, located.commit),
            before: Before::Stored(newest_work(&located.all[..located.chosen])),
        }),
        text,
    })
}

/// The template of a document, with the budget that counts for it.
pub fn asked_of(desk: &Desk, front: &Front) -> Result<Template, TemplateError> {
    let kind = front.kind.unwrap_or_default();
    let mut template = template::choose(desk, front.template.as_deref(), kind)?;
    template.budget = front.budget.unwrap_or(template.budget);
    Ok(template)
}

/// A stored document with another body, in the form in which it can be handed in to supersede itself.
pub fn superseding(reading: &Reading, body: &str) -> String {
    match &reading.stored {
        Some(stored) => handed_back(&reading.text, &stored.id) + body,
        None => {
            let above: String = reading.text.split_inclusive('\n').take(reading.above).collect();
            above + body
        }
    }
}

impl Base {
    /// The document before: an earlier one of the same commit, else that of the nearest commit before it. What cannot be
    /// read is none.
    pub fn previous(&self, desk: &Desk) -> Option<Outline> {
        let own = match &self.before {
            Before::Stored(earlier) => earlier.clone(),
            Before::Everything => of_commit(desk, self.commit),
        };
        own.or_else(|| before_commit(desk, self.commit))
    }
}

fn base_at(desk: &Desk, target: &str) -> Option<Base> {
    let commit = desk.store.repository().resolve_commit(target).ok()?;
    Some(Base { commit, tree: tree_of(desk, commit), before: Before::Everything })
}

fn tree_of(desk: &Desk, commit: ObjectId) -> Option<ObjectId> {
    desk.store.repository().commit(commit).ok().map(|facts| facts.tree)
}

fn before_commit(desk: &Desk, commit: ObjectId) -> Option<Outline> {
    let parent = |commit| {
        desk.store.repository().commit(commit).ok().and_then(|facts| facts.parents.first().copied())
    };
    std::iter::successors(parent(commit), |commit| parent(*commit))
        .take(LOOKED_AT)
        .find_map(|commit| of_commit(desk, commit))
}

fn of_commit(desk: &Desk, commit: ObjectId) -> Option<Outline> {
    newest_work(&desk.store.tied_to(commit).ok()?)
}

/// The newest document of work; those of safety say nothing that was decided.
fn newest_work(all: &[Tied]) -> Option<Outline> {
    let work = |tied: &&Tied| match &tied.content {
        Content::Known(checkpoint) => checkpoint.header.kind != Kind::Safety,
        _ => false,
    };
    let newest = all.iter().rev().find(work)?;
    newest.checkpoint().map(|Checkpoint { body, .. }| outline::read(body))
}
