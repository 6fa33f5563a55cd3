//! A draft of the document, out of a session as it is now, without saving anything.

use crate::agent::Found;
use crate::git::ObjectError;
use crate::model::digest::Digest;
use crate::model::time::Timestamp;
use crate::ops::Desk;
use crate::ops::choose_session::{self, ChooseError, SessionChoice};
use crate::ops::drafting::{self, About};
use crate::ops::locate::{self, LocateError};
use crate::ops::save::SaveError;
use crate::ops::transcript::{DigestReader, read_now};
use crate::policy::draft::{Draft, Sources};
use crate::policy::outline;
use crate::policy::tokens;

/// What is to be drafted.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// Any commit-ish: the commit that the document is for.
    pub target: String,
    pub session: SessionChoice,
    /// A checkpoint; what it could tell is worth less. `None` for the last one of the session.
    pub since: Option<String>,
}

/// What was drafted.
#[derive(Clone, Debug)]
pub struct DraftOutcome {
    pub draft: Draft,
    /// The same with more room, for somebody who writes the document out of it.
    pub material: Draft,
    pub session: Option<Found>,
    pub since: Option<Timestamp>,
    /// Most tokens that the document should have.
    pub budget: u64,
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
    let repository = desk.store.repository();
    let commit = repository.resolve_commit(&request.target).map_err(SaveError::from)?;
    let commit = repository.commit(commit).map_err(|error: ObjectError| SaveError::from(error))?;
    let since = request.since.as_deref().map(|target| saved_at(desk, target)).transpose()?;
    let found = choose_session::choose(desk, &request.session)
        .map_err(|error: ChooseError| SaveError::from(error))?;
    let reader = found.as_ref().map(|found| read(desk, found)).transpose()?;
    let since = since.or_else(|| reader.as_ref().and_then(DigestReader::since));
    let digest = reader.map(|reader| reader.digest).unwrap_or_else(Digest::default);
    let budget = 500;
    let about = About { digest: &digest, commit: &commit, since, budget };
    let draft = drafting::draft(desk, &about);
    let material = drafting::draft(desk, &About { budget: budget * ROOM, ..about });
    Ok(DraftOutcome { draft, material, session: found, since, budget })
}

impl DraftOutcome {
    /// The document.
    pub fn text(&self, sources: Sources) -> String {
        let body = outline::write(&self.draft.outline(sources));
        format!("# {}\n\n{body}", self.draft.title)
    }

    /// The sections that the document is to have.
    pub fn sections(&self) -> &str {
        "## Goal\n\n## Decisions\n\n## Progress\n\n## Next steps\n\n## Testing status\n\n## Blockers\n\n## Critical context\n\n## Files in play\n"
    }

    pub fn tokens(&self) -> u64 {
        tokens::count(&self.text(Sources::Hidden))
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
