//! A draft of the document, out of a session as it is now, without saving anything.

use crate::agent::Found;
use crate::git::CommitFacts;
use crate::model::digest::Digest;
use crate::model::template::{Slots, Template};
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::document::{self, Scene};
use crate::ops::drafting::{self, About};
use crate::ops::locate::{self, LocateError};
use crate::ops::save::SaveError;
use crate::ops::secrets::{Guard, Redaction};
use crate::ops::template;
use crate::ops::transcript::{DigestReader, read_now};
use crate::ops::work::{self, Work};
use crate::policy::draft::{Draft, Sources};
use crate::policy::template::{Purpose, fill};

/// What to draft.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// Any commit-ish: the commit that the document is for.
    pub target: String,
    pub session: SessionChoice,
    pub template: Option<String>,
    pub purpose: Purpose,
    pub sources: Sources,
    /// A checkpoint; what it could tell is worth less. `None` for the last capture of the session.
    pub since: Option<String>,
}

impl DraftRequest {
    /// A draft for somebody who goes on with it.
    pub fn new(target: &str, session: SessionChoice, purpose: Purpose) -> Self {
        let target = target.to_owned();
        Self { target, session, template: None, purpose, sources: Sources::Hidden, since: None }
    }
}

/// What was drafted.
#[derive(Clone, Debug)]
pub struct DraftOutcome {
    pub draft: Draft,
    /// With front matter that names its template.
    pub text: String,
    pub session: Option<Found>,
    pub since: Option<Timestamp>,
    pub template: Template,
}

/// What somebody writes the document out of.
#[derive(Clone, Debug)]
pub struct Brief {
    pub template: Template,
    /// A draft with more room than a document has.
    pub material: Draft,
}

/// Why nothing was drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    Save(#[from] SaveError),
    #[error(transparent)]
    Locate(#[from] LocateError),
}

/// How much more room material has than a document.
const ROOM: u64 = 6;

/// Drafts the document.
pub fn draft(desk: &Desk, request: &DraftRequest) -> Result<DraftOutcome, DraftError> {
    let ground = Ground::gather(desk, request)?;
    let repository = desk.store.repository();
    let (template, commit) = (&ground.template, &ground.commit);
    let draft = ground.draft(desk, template.budget);
    let branch = document::branch_at(repository, commit.id).map_err(SaveError::from)?;
    let anchors = document::anchors(commit, branch);
    let stamp = desk.stamp().map_err(SaveError::from)?;
    let scene = Scene { desk, stamp: &stamp, anchors: &anchors, commit, work: &ground.work };
    let text = document::text(&scene, &draft, template, (request.purpose, request.sources));
    let Ground { template, session, since, .. } = ground;
    Ok(DraftOutcome { draft, text, session, since, template })
}

/// Gathers what an agent is told that is to write the document.
pub fn brief(desk: &Desk, request: &DraftRequest) -> Result<Brief, DraftError> {
    let ground = Ground::gather(desk, request)?;
    let material = ground.draft(desk, ground.template.budget.saturating_mul(ROOM));
    Ok(Brief { template: ground.template, material })
}

/// A text that leaves this program for an agent which was not told what stands in it, placeholders in the place of
/// secrets.
pub fn without_secrets(desk: &Desk, text: &str) -> Result<String, SaveError> {
    let guard = Guard::new(desk, Redaction::On)?;
    Ok(guard.redactor().redact(text)?)
}

impl Brief {
    /// The headings of the template, with what is said of each.
    pub fn sections(&self) -> String {
        fill(&self.template, &Slots::new(), Purpose::Editing)
    }
}

/// What a draft is made of.
struct Ground {
    work: Work,
    template: Template,
    commit: CommitFacts,
    session: Option<Found>,
    since: Option<Timestamp>,
    digest: Digest,
}

impl Ground {
    fn gather(desk: &Desk, request: &DraftRequest) -> Result<Self, DraftError> {
        let since = request.since.as_deref().map(|target| saved_at(desk, target)).transpose()?;
        let work = work::gather(desk);
        Ok(Self::gathered(desk, request, since, work)?)
    }

    fn gathered(
        desk: &Desk,
        request: &DraftRequest,
        since: Option<Timestamp>,
        work: Work,
    ) -> Result<Self, SaveError> {
        let kind = work.kind().unwrap_or_default();
        let template = template::choose(desk, request.template.as_deref(), kind)?;
        let repository = desk.store.repository();
        let commit = repository.commit(repository.resolve_commit(&request.target)?)?;
        let session = work.choose_session(desk, &request.session)?;
        let reader = session.as_ref().map(|found| read(desk, found)).transpose()?;
        let since = since.or_else(|| reader.as_ref().and_then(DigestReader::since));
        let digest = reader.map_or_else(Digest::default, |reader| reader.digest);
        Ok(Self { work, template, commit, session, since, digest })
    }

    fn draft(&self, desk: &Desk, budget: u64) -> Draft {
        let Self { commit, since, digest, .. } = self;
        drafting::draft(desk, &About { digest, commit, since: *since, budget })
    }
}

/// When a checkpoint was made.
fn saved_at(desk: &Desk, target: &str) -> Result<Timestamp, LocateError> {
    let located = locate::locate(desk, target)?;
    Ok(locate::understood(&located)?.header.created)
}

fn read(desk: &Desk, found: &Found) -> Result<DigestReader, SaveError> {
    let unread = |source| SaveError::Unread { path: found.transcript.clone(), source };
    read_now(&desk.store, found).map_err(unread)
}
