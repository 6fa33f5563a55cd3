//! Putting together what a checkpoint says: what was handed in, what the transcript tells, what the commit is.

use crate::git::{CommitFacts, Head, Opener, RefError, Repository, Stamp};
use crate::model::checkpoint::{Anchors, Attachment, Draft, FORMAT, Header, Kind, Progress};
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::model::session::PlanState;
use crate::model::snapshot::Snapshot;
use crate::model::task::Task;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::work::Work;
use crate::policy::draft::{self, Drafted, Occasion};
use crate::store::{Front, Given};

/// What a document is put together from.
pub struct Parts<'a> {
    pub given: Option<Given>,
    pub digest: Option<&'a Digest>,
    pub snapshots: Vec<Snapshot>,
    pub anchors: Anchors,
    pub subject: &'a str,
    pub kind: Option<Kind>,
    pub left: bool,
    pub unredacted: bool,
    pub work: &'a Work,
    pub attachments: Vec<Attachment>,
}

/// Makes a checkpoint out of its parts.
pub fn put_together(desk: &Desk, stamp: &Stamp, created: Timestamp, parts: Parts) -> Draft {
    let worktree = desk.directory.to_string_lossy();
    let occasion = Occasion { worktree: Some(&worktree), subject: parts.subject };
    let empty = Digest::default();
    let drafted = draft::document(parts.digest.unwrap_or(&empty), occasion);
    let is_draft = parts.given.is_none();
    let task = parts.work.task.as_ref();
    let (front, body) = match parts.given {
        Some(Given { front, body }) => (front, body),
        None => {
            let progress = task.and_then(Task::progress).or_else(|| progress(parts.digest));
            (Front { progress, ..Front::default() }, parts.work.in_front_of(&drafted.body))
        }
    };
    let plan = parts.work.plan(front.task.as_deref());
    // What a document says of itself counts; it may be about another task than the one that is open here.
    let task = task.filter(|_| plan.is_some());
    let header = Header {
        format: FORMAT,
        title: title(&front, is_draft, &body, &drafted),
        created,
        author: format!("{} <{}>", stamp.name, stamp.email),
        device: desk.device.clone(),
        kind: front.kind.or(parts.kind).or(task.map(Task::kind)).unwrap_or_default(),
        status: front.status.or(task.map(Task::status)).unwrap_or_default(),
        draft: is_draft,
        left: parts.left,
        unredacted: parts.unredacted,
        phase: front.phase,
        objective: front.objective,
        task: front.task.or(task.map(|task| task.title.clone())),
        progress: front.progress.or(task.and_then(Task::progress)),
        budget: front.budget,
        tokens: 0,
        tokenizer: Some("o200k_base".to_owned()),
        supersedes: front.supersedes,
        anchors: parts.anchors,
        snapshots: parts.snapshots,
        attachments: parts.attachments,
        plan: plan.or(front.plan),
        unknown: front.unknown,
    };
    Draft { header, body }
}

/// What a commit is found again by, but its patch id, which costs more than all the rest.
pub fn anchors(commit: &CommitFacts, branch: Option<String>) -> Anchors {
    Anchors {
        commit: commit.id,
        tree: commit.tree,
        patch_id: None,
        authored: commit.author.to_string(),
        subject: Some(commit.subject.clone()),
        branch,
        dirty: None,
    }
}

/// The patch id of a commit, and the handle that it was worked out with.
pub fn patch_id(opener: &Opener, commit: ObjectId) -> (Option<Repository>, Option<ObjectId>) {
    let Ok(mut repository) = opener.open() else { return (None, None) };
    if repository.is_partial() {
        // An anchor is not worth a fetch.
        repository.stay_offline();
        return (None, repository.patch_id(commit));
    }
    let patch_id = repository.patch_id(commit);
    (Some(repository), patch_id)
}

/// The branch that is checked out, if it leads to this commit.
pub fn branch_at(repository: &Repository, commit: ObjectId) -> Result<Option<String>, RefError> {
    Ok(match repository.head()? {
        Head::Branch { name, commit: tip } if tip == commit => Some(name),
        _ => None,
    })
}

fn title(front: &Front, is_draft: bool, body: &str, drafted: &Drafted) -> String {
    let own = || if is_draft { None } else { draft::title_of(body) };
    front.title.clone().or_else(own).unwrap_or_else(|| drafted.title.clone())
}

fn progress(digest: Option<&Digest>) -> Option<Progress> {
    let plan = &digest?.plan;
    let done = plan.iter().filter(|item| item.state == PlanState::Completed).count() as u64;
    (!plan.is_empty()).then_some(Progress { done, total: plan.len() as u64 })
}
