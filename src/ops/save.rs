//! Saving a checkpoint: what is about to be done is written down, then done, then struck off.

use std::panic::resume_unwind;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::agent::{AgentError, Found};
use crate::git::{IdentityError, ObjectError, RefError, Repository, RevisionError, Stamp};
use crate::model::checkpoint::{Anchors, CheckpointId, Kind};
use crate::model::object::ObjectId;
use crate::model::snapshot::Snapshot;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session::{self, ChooseError, SessionChoice};
use crate::ops::document::{self, Parts};
use crate::ops::save_retry::{may_pass, worth_another_try};
use crate::ops::save_session::{self, SavedSession};
use crate::ops::sealing::{self, SealingError};
use crate::ops::secrets::{self, Guard, Places, Redaction, SecretsError};
use crate::ops::template::{self, TemplateError};
use crate::ops::transcript::DigestReader;
use crate::ops::work::{self, TakenAlong, Work};
use crate::policy::outline::guidance_free;
use crate::policy::tokens;
use crate::store::vault::VaultError;
use crate::store::{
    CommitError, GivenError, Intent, LocalError, Redactor, SessionSource, Transaction, read_given,
};

/// How often a save starts over when another program moves the log ref under it.
const ATTEMPTS: usize = 5;

/// What to save.
#[derive(Clone, Debug)]
pub struct SaveRequest {
    /// Any commit-ish.
    pub target: String,
    /// The document, or `None` to have one drafted.
    pub document: Option<Vec<u8>>,
    pub session: SessionChoice,
    pub kind: Option<Kind>,
    /// The template of the document, where one is named.
    pub template: Option<String>,
    pub redaction: Redaction,
}

/// What was saved.
#[derive(Clone, Debug)]
pub struct SaveOutcome {
    pub id: CheckpointId,
    pub title: String,
    pub commit: ObjectId,
    pub subject: String,
    pub document_tokens: u64,
    pub drafted: bool,
    pub session: Option<SavedSession>,
    /// Secrets that placeholders were put in the place of, the document's among them.
    pub redacted: Places,
    /// They were left in it.
    pub unredacted: bool,
    /// Notes, task and attachments.
    pub work: TakenAlong,
    /// To how many recipients the document is sealed, if it is.
    pub document_sealed_to: Option<usize>,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error("cannot read `{path}`")]
    Unread { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Given(#[from] GivenError),
    #[error("the document is empty")]
    EmptyDocument,
    #[error("there is neither a document nor a session to save")]
    NothingToSave,
    #[error("the commit cannot be read")]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Ref(#[from] RefError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Sealing(#[from] SealingError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("the save was put aside in `{}`", aside.display())]
    PutAside { aside: PathBuf, source: Box<SaveError> },
    #[error("an unfinished save cannot be read; it was put aside in `{}`", aside.display())]
    Unreadable { aside: PathBuf },
    #[error(
        "the save is not finished; it is written down and the next `git ckpt` command tries again"
    )]
    Postponed { source: Box<SaveError> },
}

/// A save as it is written down before it is done: enough for another process to finish it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SaveEntry {
    version: u32,
    pub commit: ObjectId,
    created: Timestamp,
    document: Option<String>,
    session: Option<SessionSource>,
    kind: Option<Kind>,
    /// The branch that led to the commit when the save was announced.
    #[serde(default)]
    branch: Option<String>,
    /// A process in the background was to carry it out.
    #[serde(default)]
    background: bool,
    /// The session is that of a commit that is being left.
    #[serde(default)]
    left: bool,
    /// Secrets stay in it.
    #[serde(default)]
    unredacted: bool,
    /// What was written down since the last checkpoint of the worktree.
    #[serde(default)]
    work: Work,
    #[serde(default)]
    template: Option<String>,
}

/// Why a live session is captured that nobody asked to save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Its files are about to be replaced.
    Replaced,
    /// This commit is being left, and going back to it should bring the session back.
    Leaving(ObjectId),
}

/// Saves a checkpoint.
pub fn save(desk: &Desk, request: SaveRequest) -> Result<SaveOutcome, SaveError> {
    let (entry, intent) = announce(desk, request, Place::Foreground)?;
    finish(desk, &entry, intent)
}

/// Where an announced save is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Foreground,
    Background,
}

/// Writes down what is to be saved, as it is now. From here on the save survives this process.
pub fn announce(
    desk: &Desk,
    request: SaveRequest,
    place: Place,
) -> Result<(SaveEntry, Intent), SaveError> {
    let commit = desk.store.repository().resolve_commit(&request.target)?;
    desk.stamp()?;
    let document = request.document.map(checked).transpose()?;
    if request.template.is_some() {
        template::choose(desk, request.template.as_deref(), Kind::Work)?;
    }
    let work = work::gather(desk);
    let found = match document {
        Some(_) => choose_session::choose(desk, &request.session)?,
        None => work.choose_session(desk, &request.session)?,
    };
    if document.is_none() && found.is_none() && work.is_empty() {
        return Err(SaveError::NothingToSave);
    }
    let session = found.map(|found| save_session::source(desk, &found)).transpose()?;
    let entry = SaveEntry {
        version: 1,
        commit,
        created: desk.now,
        document,
        session,
        kind: request.kind,
        branch: document::branch_at(desk.store.repository(), commit)?,
        background: place == Place::Background,
        left: false,
        unredacted: request.redaction == Redaction::Off,
        work,
        template: request.template,
    };
    let intent = desk.store.announce(&entry)?;
    Ok((entry, intent))
}

/// Captures a session as it is now, so that replacing its files loses nothing.
pub fn save_safety(desk: &Desk, found: &Found, why: Safety) -> Result<SaveOutcome, SaveError> {
    let commit = match why {
        Safety::Replaced => desk.store.repository().resolve_commit("HEAD")?,
        Safety::Leaving(commit) => commit,
    };
    let entry = SaveEntry {
        version: 1,
        commit,
        created: desk.now,
        document: None,
        session: Some(save_session::source(desk, found)?),
        kind: Some(Kind::Safety),
        branch: document::branch_at(desk.store.repository(), commit)?,
        background: false,
        left: why != Safety::Replaced,
        unredacted: false,
        work: Work::default(),
        template: None,
    };
    let intent = desk.store.announce(&entry)?;
    finish(desk, &entry, intent)
}

/// Does what an entry says, and strikes it off; an entry that can still succeed later stays.
pub fn finish(desk: &Desk, entry: &SaveEntry, intent: Intent) -> Result<SaveOutcome, SaveError> {
    settle(entry, intent, carry_out(desk, entry))
}

/// Strikes an entry off, or keeps what it holds, by how its save ended.
pub fn settle(
    entry: &SaveEntry,
    intent: Intent,
    result: Result<SaveOutcome, SaveError>,
) -> Result<SaveOutcome, SaveError> {
    match result {
        Ok(outcome) => {
            intent.done()?;
            Ok(outcome)
        }
        Err(source) if may_pass(&source) => Err(SaveError::Postponed { source: source.into() }),
        Err(source) if entry.document.is_some() => {
            let aside = intent.set_aside()?;
            Err(SaveError::PutAside { aside, source: source.into() })
        }
        Err(source) => {
            intent.done()?;
            Err(source)
        }
    }
}

/// Does what an entry says.
pub fn carry_out(desk: &Desk, entry: &SaveEntry) -> Result<SaveOutcome, SaveError> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match attempt(desk, entry) {
            Err(SaveError::Commit(error)) if worth_another_try(&error) => last = Some(error),
            Ok(outcome) => {
                // What cannot be marked now is told once more by the next draft.
                let _ = work::used(&entry.work, &outcome.id);
                return Ok(outcome);
            }
            other => return other,
        }
    }
    Err(last.map_or(SaveError::NothingToSave, SaveError::Commit))
}

fn attempt(desk: &Desk, entry: &SaveEntry) -> Result<SaveOutcome, SaveError> {
    let opener = desk.store.repository().opener();
    let guard = Guard::new(desk, if entry.unredacted { Redaction::Off } else { Redaction::On })?;
    std::thread::scope(|scope| {
        // The patch id takes as long as the capture, so they are worked out side by side.
        let patch = scope.spawn(|| document::patch_id(&opener, entry.commit));
        let begun = begin(desk, entry, guard.redactor())?;
        let (spare, patch_id) = patch.join().unwrap_or_else(|panic| resume_unwind(panic));
        tie(desk, entry, begun, (spare, patch_id))
    })
}

/// A save whose session is captured.
struct Begun<'d> {
    transaction: Transaction<'d>,
    stamp: Stamp,
    session: Option<(DigestReader, Snapshot, SavedSession)>,
    work: TakenAlong,
    redactor: Redactor<'d>,
}

fn begin<'d>(
    desk: &'d Desk,
    entry: &SaveEntry,
    mut redactor: Redactor<'d>,
) -> Result<Begun<'d>, SaveError> {
    let mut stamp = desk.stamp()?;
    stamp.seconds = entry.created.seconds();
    let recipients = sealing::recipients(desk)?;
    let mut transaction = desk.store.begin(&stamp.name)?;
    if let Some((recipients, scope)) = recipients {
        transaction.seal_to(recipients, scope)?;
    }
    let session = match &entry.session {
        Some(source) => Some(save_session::capture(desk, &mut transaction, source, &mut redactor)?),
        None => None,
    };
    let work = work::store(&mut transaction, &entry.work, &mut redactor)?;
    Ok(Begun { transaction, stamp, session, work, redactor })
}

/// Puts the document together and makes everything visible.
fn tie(
    desk: &Desk,
    entry: &SaveEntry,
    begun: Begun,
    (spare, patch_id): (Option<Repository>, Option<ObjectId>),
) -> Result<SaveOutcome, SaveError> {
    let Begun { mut transaction, stamp, session, work, mut redactor } = begun;
    let repository = desk.store.repository();
    let facts = repository.commit(entry.commit)?;
    let anchors = Anchors { patch_id, ..document::anchors(&facts, entry.branch.clone()) };
    let given = entry.document.as_ref().map(|text| read_given(text.as_bytes())).transpose()?;
    let kind = entry.kind.or(entry.work.kind()).unwrap_or_default();
    let template = template::choose_in_any_case(desk, entry.template.as_deref(), kind)?;
    let parts = Parts {
        template: &template,
        given,
        digest: session.as_ref().map(|(reader, ..)| &reader.digest),
        snapshots: session.iter().map(|(_, snapshot, _)| snapshot.clone()).collect(),
        anchors,
        commit: &facts,
        since: session.as_ref().and_then(|(reader, ..)| reader.since()),
        kind: entry.kind,
        left: entry.left,
        unredacted: entry.unredacted,
        work: &entry.work,
        attachments: work.attachments.clone(),
    };
    let mut draft = document::put_together(desk, &stamp, entry.created, parts);
    draft.header.template = draft.header.template.take().or_else(|| entry.template.clone());
    secrets::redact(&mut redactor, &mut draft)?;
    draft.header.tokens = tokens::count(&draft.body);
    // From here on a placeholder may become visible.
    secrets::keep(desk, &redactor)?;
    transaction.lend(spare);
    let document_sealed_to = transaction.document_sealed_to();
    let committed = transaction.commit(entry.commit, &draft, &stamp)?;
    let session = session.map(|(_, _, session)| SavedSession {
        stored_bytes: session.stored_bytes + committed.last_bytes,
        ..session
    });
    Ok(SaveOutcome {
        id: committed.id,
        title: draft.header.title,
        commit: entry.commit,
        subject: facts.subject,
        document_tokens: draft.header.tokens,
        drafted: draft.header.draft,
        session,
        redacted: redactor.places().clone(),
        unredacted: entry.unredacted,
        work,
        document_sealed_to,
    })
}

/// A document that was handed in, if it is one.
pub(super) fn checked(document: Vec<u8>) -> Result<String, SaveError> {
    let given = read_given(&document)?;
    if guidance_free(&given.body).trim().is_empty() {
        return Err(SaveError::EmptyDocument);
    }
    String::from_utf8(document)
        .map_err(|error| GivenError::NotUtf8(error.utf8_error().valid_up_to()).into())
}

impl SaveEntry {
    /// Whether a process in the background is, or was, to carry it out.
    pub fn is_background(&self) -> bool {
        self.background
    }

    /// Whether its document is put together out of its session.
    pub fn is_drafted(&self) -> bool {
        self.document.is_none() && self.session.is_some()
    }

    /// The session that it captures.
    pub fn session(&self) -> Option<&SessionSource> {
        self.session.as_ref()
    }

    /// The same save without its session, when that can no longer be captured.
    pub fn without_session(&self) -> Option<Self> {
        let says_something = self.document.is_some() || !self.work.is_empty();
        says_something.then(|| Self { session: None, ..self.clone() })
    }
}
