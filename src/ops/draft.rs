//! The document that would be drafted for a session as it is now, without saving anything.

use crate::model::digest::Digest;
use crate::ops::Desk;
use crate::ops::choose_session::SessionChoice;
use crate::ops::document::{self, Scene};
use crate::ops::save::SaveError;
use crate::ops::template;
use crate::ops::transcript::digest_now;
use crate::ops::work;
use crate::policy::template::Purpose;

/// What to draft.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// Any commit-ish.
    pub target: String,
    pub session: SessionChoice,
    pub template: Option<String>,
    pub purpose: Purpose,
}

/// Drafts a document, with front matter that names its template.
pub fn draft(desk: &Desk, request: &DraftRequest) -> Result<String, SaveError> {
    let work = work::gather(desk);
    let kind = work.kind().unwrap_or_default();
    let template = template::choose(desk, request.template.as_deref(), kind)?;
    let commit = desk.store.repository().resolve_commit(&request.target)?;
    let facts = desk.store.repository().commit(commit)?;
    let digest = match work.choose_session(desk, &request.session)? {
        Some(found) => digest_now(&desk.store, &found)
            .map_err(|source| SaveError::Unread { path: found.transcript, source })?,
        None => Digest::default(),
    };
    let branch = document::branch_at(desk.store.repository(), commit)?;
    let anchors = document::anchors(&facts, branch);
    let stamp = desk.stamp()?;
    let scene =
        Scene { desk, stamp: &stamp, anchors: &anchors, subject: &facts.subject, work: &work };
    Ok(document::to_edit(&scene, &digest, &template, request.purpose))
}
