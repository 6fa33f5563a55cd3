//! Putting together what a checkpoint says: what was handed in, what the transcript tells, what the commit is.

use crate::git::{CommitFacts, Head, RefError, Repository, Stamp};
use crate::model::checkpoint::{Anchors, Draft, FORMAT, Header, Kind, Progress};
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::model::session::PlanState;
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::drafting::{self, About};
use crate::policy::draft::{self, Sources};
use crate::policy::outline;
use crate::store::{Front, Given};

/// What a document is put together from.
pub struct Parts<'a> {
    pub given: Option<Given>,
    pub digest: Option<&'a Digest>,
    pub snapshots: Vec<Snapshot>,
    pub anchors: Anchors,
    pub since: Option<Timestamp>,
    pub commit: &'a CommitFacts,
    pub kind: Option<Kind>,
    pub left: bool,
    pub unredacted: bool,
}

/// Makes a checkpoint out of its parts.
pub fn put_together(desk: &Desk, stamp: &Stamp, created: Timestamp, parts: Parts) -> Draft {
    let drafted = draft(desk, parts.digest, parts.since, parts.commit);
    let is_draft = parts.given.is_none();
    let (front, body) = match parts.given {
        Some(Given { front, body }) => (front, body),
        None => {
            let body = outline::write(&drafted.outline(Sources::Hidden));
            (Front { progress: progress(parts.digest), ..Front::default() }, body)
        }
    };
    let header = Header {
        format: FORMAT,
        title: title(&front, is_draft, &body, &drafted),
        created,
        author: format!("{} <{}>", stamp.name, stamp.email),
        device: desk.device.clone(),
        kind: front.kind.or(parts.kind).unwrap_or_default(),
        status: front.status.unwrap_or_default(),
        draft: is_draft,
        left: parts.left,
        unredacted: parts.unredacted,
        phase: front.phase,
        objective: front.objective,
        task: front.task,
        progress: front.progress,
        budget: front.budget,
        tokens: 0,
        tokenizer: Some("o200k_base".to_owned()),
        supersedes: front.supersedes,
        anchors: parts.anchors,
        snapshots: parts.snapshots,
        unknown: front.unknown,
    };
    Draft { header, body }
}

/// What the session tells.
pub fn draft(
    desk: &Desk,
    digest: Option<&Digest>,
    since: Option<Timestamp>,
    commit: &CommitFacts,
) -> draft::Draft {
    let empty = Digest::default();
    let digest = digest.unwrap_or(&empty);
    drafting::draft(desk, &About { digest, commit, since, budget: 500 })
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

/// The branch that is checked out, if it leads to this commit.
pub fn branch_at(repository: &Repository, commit: ObjectId) -> Result<Option<String>, RefError> {
    Ok(match repository.head()? {
        Head::Branch { name, commit: tip } if tip == commit => Some(name),
        _ => None,
    })
}

fn title(front: &Front, is_draft: bool, body: &str, drafted: &draft::Draft) -> String {
    let own = || if is_draft { None } else { draft::title_of(body) };
    front.title.clone().or_else(own).unwrap_or_else(|| drafted.title.clone())
}

fn progress(digest: Option<&Digest>) -> Option<Progress> {
    let plan = &digest?.plan;
    let done = plan.iter().filter(|item| item.state == PlanState::Completed).count() as u64;
    (!plan.is_empty()).then_some(Progress { done, total: plan.len() as u64 })
}
