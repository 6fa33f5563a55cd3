//! Putting together what a checkpoint says: what was handed in, what the transcript tells, what the commit is.

use crate::git::{CommitFacts, Head, Opener, RefError, Repository, Stamp};
use crate::model::checkpoint::{Anchors, Attachment, Draft, FORMAT, Header, Kind, Progress};
use crate::model::digest::Digest;
use crate::model::object::ObjectId;
use crate::model::session::PlanState;
use crate::model::snapshot::Snapshot;
use crate::model::task::Task;
use crate::model::template::{Slot, Slots, Template};
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::drafting::{self, About};
use crate::ops::work::Work;
use crate::policy::draft::{self, Sources};
use crate::policy::outline::guidance_free;
use crate::policy::template::{Purpose, fill};
use crate::store::{Front, Given};

/// What a document is put together from.
pub struct Parts<'a> {
    pub given: Option<Given>,
    pub digest: Option<&'a Digest>,
    pub snapshots: Vec<Snapshot>,
    pub anchors: Anchors,
    pub commit: &'a CommitFacts,
    /// What an earlier capture had seen of the session.
    pub since: Option<Timestamp>,
    /// What a draft is put into, and what a document that was handed in keeps to, if it is known.
    pub template: &'a Template,
    pub kind: Option<Kind>,
    pub left: bool,
    pub unredacted: bool,
    pub work: &'a Work,
    pub attachments: Vec<Attachment>,
}

/// What is known besides the session.
pub struct Scene<'a> {
    pub desk: &'a Desk,
    pub stamp: &'a Stamp,
    pub anchors: &'a Anchors,
    pub commit: &'a CommitFacts,
    /// What was written down since the last checkpoint.
    pub work: &'a Work,
}

/// Makes a checkpoint out of its parts.
pub fn put_together(desk: &Desk, stamp: &Stamp, created: Timestamp, mut parts: Parts) -> Draft {
    let is_draft = parts.given.is_none();
    let (front, body) = match parts.given.take() {
        Some(Given { front, body }) => handed_in(desk, &parts, front, &body),
        None => drafted(desk, stamp, &parts),
    };
    let kind = is_draft.then_some(parts.template.kind).flatten();
    let task = parts.work.task.as_ref();
    let plan = parts.work.plan(front.task.as_deref());
    // What a document says of itself counts; it may be about another task than the one that is open here.
    let task = task.filter(|_| plan.is_some());
    let header = Header {
        format: FORMAT,
        title: front.title.unwrap_or_default(),
        created,
        author: format!("{} <{}>", stamp.name, stamp.email),
        device: desk.device.clone(),
        kind: front.kind.or(parts.kind).or(task.map(Task::kind)).or(kind).unwrap_or_default(),
        status: front.status.or(task.map(Task::status)).unwrap_or_default(),
        draft: is_draft,
        left: parts.left,
        unredacted: parts.unredacted,
        phase: front.phase,
        objective: front.objective,
        task: front.task.or(task.map(|task| task.title.clone())),
        progress: front.progress.or(task.and_then(Task::progress)),
        template: front.template,
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

/// A draft in its template, below front matter that names it.
pub fn text(
    scene: &Scene,
    draft: &draft::Draft,
    template: &Template,
    (purpose, sources): (Purpose, Sources),
) -> String {
    let mut slots = slots(scene, draft, sources);
    let rest = scene.work.fill(&mut slots, template);
    let text = draft::with_marked_sources(&fill(template, &slots, purpose));
    let text = match text.split_once('\n') {
        Some((title, body)) if title.starts_with("# ") => {
            format!("{title}\n\n{}", in_front_of(&rest, body.trim_start()))
        }
        _ => in_front_of(&rest, &text),
    };
    let kind = template.kind.filter(|kind| *kind != Kind::Work);
    let kind = kind.map(|kind| format!("kind: {}\n", kind.name())).unwrap_or_default();
    let (name, budget) = (&template.name, template.budget);
    format!("---\n{kind}template: {name}\nbudget: {budget}\n---\n{text}")
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

fn slots(scene: &Scene, draft: &draft::Draft, sources: Sources) -> Slots {
    let mut slots = draft.slots(sources);
    slots.extend([
        (Slot::Commit, scene.anchors.commit.short().to_string()),
        (Slot::Subject, scene.commit.subject.clone()),
        (Slot::Author, scene.stamp.name.clone()),
        (Slot::Date, scene.desk.now.to_string().chars().take(10).collect()),
        (Slot::Resume, "git ckpt restore".to_owned()),
    ]);
    slots.extend(scene.anchors.branch.clone().map(|branch| (Slot::Branch, branch)));
    slots
}

/// What somebody wrote. Where it has no title of its own, it gets that of a draft.
fn handed_in(desk: &Desk, parts: &Parts, front: Front, body: &str) -> (Front, String) {
    let body = guidance_free(body);
    let own = front.title.or_else(|| draft::title_of(&body));
    let title = own.unwrap_or_else(|| draft_of(desk, parts).title);
    (Front { title: Some(title), ..front }, body)
}

/// A draft: its title stands in the front matter, so not on top of it again.
fn drafted(desk: &Desk, stamp: &Stamp, parts: &Parts) -> (Front, String) {
    let scene =
        Scene { desk, stamp, anchors: &parts.anchors, commit: parts.commit, work: parts.work };
    let draft = draft_of(desk, parts);
    let mut slots = slots(&scene, &draft, Sources::Hidden);
    let rest = parts.work.fill(&mut slots, parts.template);
    let text = fill(parts.template, &slots, Purpose::Document);
    let title = format!("# {}\n", draft.title);
    let body = text.strip_prefix(&title).unwrap_or(&text).trim_start();
    let task = parts.work.task.as_ref();
    let front = Front {
        title: Some(draft.title),
        progress: task.and_then(Task::progress).or(progress(parts.digest)),
        template: Some(parts.template.name.to_string()),
        budget: Some(parts.template.budget),
        ..Front::default()
    };
    (front, in_front_of(&rest, body))
}

fn draft_of(desk: &Desk, parts: &Parts) -> draft::Draft {
    let empty = Digest::default();
    let digest = parts.digest.unwrap_or(&empty);
    let (commit, since, budget) = (parts.commit, parts.since, parts.template.budget);
    drafting::draft(desk, &About { digest, commit, since, budget })
}

/// Sections, and the text that they stand in front of.
fn in_front_of(sections: &str, text: &str) -> String {
    let gap = if sections.is_empty() || text.is_empty() { "" } else { "\n" };
    format!("{sections}{gap}{text}")
}

fn progress(digest: Option<&Digest>) -> Option<Progress> {
    let plan = &digest?.plan;
    let done = plan.iter().filter(|item| item.state == PlanState::Completed).count() as u64;
    (!plan.is_empty()).then_some(Progress { done, total: plan.len() as u64 })
}
