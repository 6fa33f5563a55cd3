//! Getting an attachment back out of the checkpoint that has it.

use std::io::Write;

use crate::git::{HistoryError, HistoryRequest};
use crate::model::checkpoint::{Attachment, CheckpointId};
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::locate::{self, LocateError, Located, Tied};
use crate::ops::log::{self, LogWalkError};
use crate::ops::secrets;
use crate::ops::session_logs::{self, LogsError};
use crate::store::{Filled, ReadError};

/// How far back history is looked through for a name.
const FAR: usize = 1000;

/// An attachment that is not given back.
#[derive(Debug, thiserror::Error)]
pub enum CatError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Walk(#[from] LogWalkError),
    #[error("no checkpoint of {place} has an attachment `{name}`")]
    NoAttachment { name: String, place: String, others: Vec<String> },
    #[error(transparent)]
    Logs(#[from] LogsError),
    #[error("the attachment is damaged")]
    Read(#[from] ReadError),
}

/// An attachment that was found.
#[derive(Clone, Debug)]
pub struct FoundAttachment {
    pub commit: ObjectId,
    pub checkpoint: CheckpointId,
    pub attachment: Attachment,
    tied: Tied,
}

/// Finds an attachment: in the checkpoints of a revision, else in those of HEAD and then of what came before it.
pub fn find(desk: &Desk, name: &str, target: Option<&str>) -> Result<FoundAttachment, CatError> {
    let mut others = Vec::new();
    let found = match target {
        Some(target) => in_located(&locate::locate(desk, target)?, name, &mut others),
        None => in_history(desk, name, &mut others)?,
    };
    others.sort();
    others.dedup();
    let place = target.map_or_else(|| "HEAD and before it".to_owned(), |rev| format!("`{rev}`"));
    found.ok_or_else(|| CatError::NoAttachment { name: name.to_owned(), place, others })
}

/// Writes the bytes of an attachment, secrets in their places as far as the vault has them.
pub fn write_out(
    desk: &Desk,
    found: &FoundAttachment,
    sink: &mut dyn Write,
) -> Result<Filled, CatError> {
    let stored = &found.attachment.stored;
    let files = session_logs::files_with(desk, &found.tied, stored)?;
    Ok(files.write_filled(stored, &secrets::vault(desk), sink)?)
}

/// The checkpoint that is meant where it has it, else the newest one of its commit that does.
fn in_located(located: &Located, name: &str, others: &mut Vec<String>) -> Option<FoundAttachment> {
    let chosen = std::iter::once(located.tied());
    let all = chosen.chain(located.all.iter().rev());
    all.filter_map(|tied| in_tied(tied, name, others)).next()
}

fn in_tied(tied: &Tied, name: &str, others: &mut Vec<String>) -> Option<FoundAttachment> {
    let checkpoint = tied.checkpoint()?;
    let attachments = &checkpoint.header.attachments;
    others.extend(attachments.iter().map(|one| one.name.to_string()));
    let attachment = attachments.iter().find(|one| one.name.as_str() == name)?.clone();
    let (commit, tied) = (tied.commit, tied.clone());
    Some(FoundAttachment { commit, checkpoint: checkpoint.id.clone(), attachment, tied })
}

fn in_history(
    desk: &Desk,
    name: &str,
    others: &mut Vec<String>,
) -> Result<Option<FoundAttachment>, CatError> {
    let mut found = None;
    let request = HistoryRequest { limit: Some(FAR), ..HistoryRequest::default() };
    let walked = log::log(desk, &request, &mut |row| {
        found = row.checkpoints.iter().rev().find_map(|tied| in_tied(tied, name, others));
        if found.is_some() {
            std::ops::ControlFlow::Break(())
        } else {
            std::ops::ControlFlow::Continue(())
        }
    });
    match walked {
        // Where there is no commit yet there is no checkpoint either.
        Err(LogWalkError::History(HistoryError::Program(_))) => Ok(None),
        walked => walked.map(|_| found).map_err(CatError::from),
    }
}
