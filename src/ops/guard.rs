//! What keeps a restore of somebody else's checkpoint from doing harm, and what a person should know before a yes.

use std::collections::HashSet;
use std::path::Path;

use crate::agent::{Found, adapter};
use crate::model::checkpoint::Checkpoint;
use crate::ops::Desk;
use crate::ops::existing::Existing;
use crate::ops::locate::Located;
use crate::ops::restore::{Placement, RestoreError, RestorePlan};
use crate::ops::session_text::LastWords;
use crate::policy::suspicion::suspicion_in;

impl RestorePlan {
    /// How many bytes the files have that are put back.
    pub fn bytes(&self) -> u64 {
        self.placements().map(|placement| placement.stored.bytes).fold(0, u64::saturating_add)
    }
}

/// A piece of a document, or of a session's last words, that reads like an instruction to an agent.
pub(super) fn suspicion_of(located: &Located, last_words: &LastWords) -> Option<String> {
    let document = located.tied().checkpoint().into_iter().flat_map(Checkpoint::texts);
    let LastWords { prompt, reply } = last_words;
    suspicion_in(document.chain(prompt.as_deref()).chain(reply.as_deref()))
}

/// Makes sure that no file of another session is replaced: a capture of this one would not keep it.
pub(super) fn spares_others(
    desk: &Desk,
    live: &Found,
    companions: &[Placement],
) -> Result<(), RestoreError> {
    let stays =
        |placement: &&Placement| matches!(placement.existing, Existing::Nothing | Existing::Same);
    let replaced: Vec<&Placement> =
        companions.iter().filter(|placement| !stays(placement)).collect();
    if replaced.is_empty() {
        return Ok(());
    }
    let own = adapter(live.agent).companions(&desk.around, live)?;
    let own: HashSet<&Path> = own.iter().map(|file| file.path.as_path()).collect();
    match replaced.iter().find(|placement| !own.contains(placement.path.as_path())) {
        Some(other) => Err(RestoreError::Another { path: other.path.clone() }),
        None => Ok(()),
    }
}
