//! Where the files of a session belong, and what lies there now.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::agent::{Adapter, AgentError, Found};
use crate::model::session::SessionId;
use crate::model::snapshot::{FileName, StoredFile};
use crate::ops::Desk;
use crate::ops::existing::{self, CompareError, Existing, Mark};
use crate::ops::restore::{Destination, RestoreError};
use crate::store::vault::Vault;
use crate::store::{Files, Filled};

/// A file to be put back.
#[derive(Clone, Debug)]
pub struct Placement {
    pub path: PathBuf,
    pub stored: StoredFile,
    pub existing: Existing,
    /// What is back of the secrets that were replaced.
    pub filled: Filled,
    /// How the file was when it was compared.
    pub(super) mark: Mark,
}

/// Works out where files go and what lies there.
pub(super) struct Placer<'a> {
    pub desk: &'a Desk,
    pub adapter: &'static dyn Adapter,
    pub files: &'a Files<'a>,
    pub vault: Vault,
    pub destination: &'a Destination,
    pub id: &'a SessionId,
}

impl Placer<'_> {
    pub fn transcript_name(&self, name: &FileName) -> Result<FileName, AgentError> {
        match self.destination {
            Destination::Fork => self.adapter.forked(name, self.id),
            _ => Ok(name.clone()),
        }
    }

    pub fn placement(
        &self,
        name: &FileName,
        stored: &StoredFile,
    ) -> Result<Placement, RestoreError> {
        // Names that no session has lead nowhere, also not into a directory that may be anything, such as a worktree.
        let usual = self.adapter.place(&self.desk.around, &self.desk.directory, self.id, name)?;
        let path = match self.destination {
            Destination::Directory(directory) => {
                name.parts().fold(directory.clone(), |path, part| path.join(part))
            }
            _ => usual,
        };
        let compared = existing::compare(self.files, &self.vault, &path, stored);
        let (existing, mark) = compared.map_err(|error| match error {
            CompareError::Unreadable(source) => {
                RestoreError::Unreadable { path: path.clone(), source }
            }
            CompareError::NotAFile => RestoreError::NotAFile { path: path.clone() },
            CompareError::Damaged(source) => RestoreError::Damaged(source),
        })?;
        let filled = match stored.redacted {
            Some(_) => self.files.write_filled(stored, &self.vault, &mut std::io::sink())?,
            None => Filled::Exact,
        };
        Ok(Placement { path, stored: stored.clone(), existing, filled, mark })
    }

    /// The session as it is on disk, whether or not it has a transcript there.
    pub fn live(&self, transcript: &Placement) -> Found {
        Found {
            agent: self.adapter.agent(),
            id: self.id.clone(),
            transcript: transcript.path.clone(),
            bytes: 0,
            modified: self.desk.clock,
        }
    }

    /// The files of the live session that nothing is put in the place of. Where they cannot be listed nothing is lost.
    pub fn staying(&self, transcript: &Placement, companions: &[Placement]) -> Vec<FileName> {
        if *self.destination != Destination::Agent {
            return Vec::new();
        }
        let live = self.live(transcript);
        let replaced: HashSet<&Path> =
            companions.iter().map(|placement| placement.path.as_path()).collect();
        let files = self.adapter.companions(&self.desk.around, &live).unwrap_or_default();
        let stay = files.into_iter().filter(|file| !replaced.contains(file.path.as_path()));
        stay.map(|file| file.name).collect()
    }

    /// The live session that would lose something; an error where what would be lost is not a session.
    pub fn at_risk(
        &self,
        transcript: &Placement,
        companions: &[Placement],
    ) -> Result<Option<Found>, RestoreError> {
        let mut others = companions
            .iter()
            .chain([transcript])
            .filter(|placement| matches!(placement.existing, Existing::Other { .. }));
        let Some(lost) = others.next() else { return Ok(None) };
        let exists = || RestoreError::Exists { path: lost.path.clone() };
        if matches!(self.destination, Destination::Directory(_)) {
            return Err(exists());
        }
        let found = self.adapter.session_at(&transcript.path);
        Ok(Some(found.ok_or_else(exists)?))
    }
}
