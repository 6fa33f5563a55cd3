//! Capturing a session: its transcript, its companion files, and the list of these.
//!
//! A companion that looks untouched since the last capture (same inode, size and modification time) is not read
//! again. One that vanishes or cannot be read is left out and reported; the transcript must be readable.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::format::companions;
use crate::format::identity::log_id;
use crate::git::{ObjectError, Repository, TreeEdit};
use crate::model::agent::Agent;
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::model::snapshot::{Companion, FileName, LogId, StoredFile};
use crate::store::appender::FrameJob;
use crate::store::capture::{CaptureError, Captured, Capturer, Source};
use crate::store::keys::Sealing;
use crate::store::lines::{LineReader, Unread};
use crate::store::local::{self, LocalError};
use crate::store::log;
use crate::store::redactor::Redactor;

/// A session on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionSource {
    pub agent: Agent,
    pub id: SessionId,
    pub transcript: PathBuf,
    /// Capture no more than this much of the transcript.
    pub up_to: Option<u64>,
    pub companions: Vec<(FileName, PathBuf)>,
}

impl SessionSource {
    pub fn transcript_log(&self) -> LogId {
        self.log("transcript")
    }

    /// The log of the list of companion files.
    pub fn list_log(&self) -> LogId {
        self.log("companions")
    }

    pub fn companion_log(&self, name: &FileName) -> LogId {
        self.log(&format!("file/{name}"))
    }

    fn log(&self, role: &str) -> LogId {
        log_id(self.agent.name(), &self.id, role)
    }
}

/// A session that cannot be captured.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Capture(#[from] CaptureError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error("the list of companion files cannot be written")]
    List(#[from] serde_json::Error),
}

/// What the capture of a session stored.
#[derive(Debug)]
pub struct CapturedSession {
    pub transcript: StoredFile,
    pub companions: Option<StoredFile>,
    /// How many companion files there are.
    pub files: usize,
    /// Bytes of transcript and companions.
    pub total_bytes: u64,
    pub new_bytes: u64,
    pub stored_bytes: u64,
    /// Companions that could not be read.
    pub left_out: Vec<CaptureError>,
    pub edits: Vec<TreeEdit>,
    /// Frames still to be made.
    pub jobs: Vec<FrameJob>,
    captures: Vec<Captured>,
    untouched: Untouched,
}

impl CapturedSession {
    /// Remembers what was captured; `root` is the log ref's tree now.
    pub fn remember(
        self,
        repository: &Repository,
        directory: &Path,
        root: ObjectId,
    ) -> Result<(), SessionError> {
        for captured in self.captures {
            let path = log::directory(&captured.stored.log);
            if let Some(entry) = repository.entry_at(root, &path)? {
                captured.remember(directory, entry.id)?;
            }
        }
        self.untouched.store(directory, &self.transcript.log)?;
        Ok(())
    }
}

/// Companions as they were when last captured.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Untouched {
    files: BTreeMap<FileName, (FileMark, StoredFile)>,
    list: Option<StoredFile>,
    /// Whether secrets were looked for in them.
    #[serde(default)]
    redacts: bool,
    /// The key that they were sealed with.
    #[serde(default)]
    key: Option<KeyId>,
}

/// Forgets which companions of a session were untouched.
pub fn forget(directory: &Path, log: &LogId) -> Result<(), LocalError> {
    local::remove(&Untouched::path(directory, log))
}

/// What tells that a file was not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileMark {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl FileMark {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl Untouched {
    fn load(directory: &Path, log: &LogId) -> Self {
        let text = local::read_checked(&Self::path(directory, log));
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    fn store(&self, directory: &Path, log: &LogId) -> Result<(), SessionError> {
        if self.files.is_empty() {
            return Ok(());
        }
        local::write_checked(&Self::path(directory, log), &serde_json::to_vec(self)?)?;
        Ok(())
    }

    fn path(directory: &Path, log: &LogId) -> PathBuf {
        directory.join("state").join(format!("{log}.files.json"))
    }
}

/// Captures sessions on top of one state of the log ref.
pub struct SessionCapturer<'r, 'a> {
    pub repository: &'r Repository,
    pub directory: &'r Path,
    /// The log ref's tree.
    pub root: Option<ObjectId>,
    pub redactor: &'r mut Redactor<'a>,
    pub sealing: Sealing<'r>,
}

impl SessionCapturer<'_, '_> {
    pub fn capture(
        &mut self,
        source: &SessionSource,
        reader: &mut dyn LineReader,
    ) -> Result<CapturedSession, SessionError> {
        let log = source.transcript_log();
        let file = Source { log: &log, path: &source.transcript, up_to: source.up_to };
        let transcript = self.capture_file(file, reader)?;
        if transcript.stored.bytes == 0 {
            return Err(CaptureError::Empty { path: source.transcript.clone() }.into());
        }
        let mut session = CapturedSession {
            transcript: transcript.stored.clone(),
            companions: None,
            files: 0,
            total_bytes: 0,
            new_bytes: 0,
            stored_bytes: 0,
            left_out: Vec::new(),
            edits: Vec::new(),
            jobs: Vec::new(),
            captures: Vec::new(),
            untouched: Untouched::default(),
        };
        session.total_bytes = transcript.stored.bytes;
        session.add(transcript);
        if !source.companions.is_empty() {
            self.capture_companions(source, &mut session)?;
        }
        Ok(session)
    }

    fn capture_companions(
        &mut self,
        source: &SessionSource,
        session: &mut CapturedSession,
    ) -> Result<(), SessionError> {
        let known = Untouched::load(self.directory, &session.transcript.log);
        let is_as_today =
            (known.redacts || self.redactor.is_off()) && known.key == self.sealing.id();
        let known = if is_as_today { known } else { Untouched::default() };
        session.untouched.redacts = !self.redactor.is_off();
        session.untouched.key = self.sealing.id();
        let mut list = Vec::new();
        let names: Vec<&str> = source.companions.iter().map(|(name, _)| name.as_str()).collect();
        let are_harmless = !self.redactor.finds_in(&names.join("\n"));
        for (name, path) in &source.companions {
            // It could not be put back under a name with a placeholder in it.
            if !are_harmless && self.redactor.finds_in(name.as_str()) {
                session.left_out.push(CaptureError::SecretName { path: path.clone() });
                continue;
            }
            match self.capture_companion(source, name, path, &known, session) {
                Ok(stored) => list.push(Companion { file: name.clone(), stored }),
                Err(SessionError::Capture(error)) => session.left_out.push(error),
                Err(error) => return Err(error),
            }
        }
        session.files = list.len();
        session.total_bytes += list.iter().map(|companion| companion.stored.bytes).sum::<u64>();
        if session.untouched.files == known.files && self.holds(known.list.as_ref())? {
            session.companions = known.list;
        } else {
            session.companions = Some(self.capture_list(source, &list, session)?);
        }
        session.untouched.list = session.companions.clone();
        Ok(())
    }

    fn capture_companion(
        &mut self,
        source: &SessionSource,
        name: &FileName,
        path: &Path,
        known: &Untouched,
        session: &mut CapturedSession,
    ) -> Result<StoredFile, SessionError> {
        let metadata = std::fs::metadata(path)
            .map_err(|source| CaptureError::Unreadable { path: path.into(), source })?;
        let mark = FileMark::of(&metadata);
        if let Some((earlier, stored)) = known.files.get(name)
            && *earlier == mark
            && self.holds(Some(stored))?
        {
            session.untouched.files.insert(name.clone(), (mark, stored.clone()));
            return Ok(stored.clone());
        }
        let log = source.companion_log(name);
        let file = Source { log: &log, path, up_to: Some(metadata.len()) };
        let captured = self.capture_file(file, &mut Unread)?;
        let stored = captured.stored.clone();
        session.untouched.files.insert(name.clone(), (mark, stored.clone()));
        session.add_companion(captured, self.repository)?;
        Ok(stored)
    }

    fn capture_list(
        &mut self,
        source: &SessionSource,
        list: &[Companion],
        session: &mut CapturedSession,
    ) -> Result<StoredFile, SessionError> {
        let log = source.list_log();
        let file = local::temporary(self.directory, &companions::write(list)?)?;
        let listed = Source { log: &log, path: file.path(), up_to: None };
        // No name in it holds a secret, and one changed byte would make the list unreadable.
        let mut off = Redactor::off();
        let mut captured = self.with(&mut off).capture_file(listed, &mut Unread)?;
        let stored = captured.stored.clone();
        // The list is ours: no byte of the session is new by it.
        captured.new_bytes = 0;
        session.add_companion(captured, self.repository)?;
        Ok(stored)
    }

    /// The same with another redactor.
    fn with<'o, 'n>(&'o self, redactor: &'o mut Redactor<'n>) -> SessionCapturer<'o, 'n> {
        let Self { repository, directory, root, sealing, .. } = *self;
        SessionCapturer { repository, directory, root, redactor, sealing }
    }

    fn capture_file(
        &mut self,
        source: Source,
        reader: &mut dyn LineReader,
    ) -> Result<Captured, SessionError> {
        let tree = self.tree_of(source.log)?;
        let (repository, directory) = (self.repository, self.directory);
        let sealing = self.sealing;
        let mut capturer = Capturer { repository, directory, redactor: self.redactor, sealing };
        Ok(capturer.capture(source, tree, reader)?)
    }

    /// Whether the log ref still has the log of a stored file.
    fn holds(&self, stored: Option<&StoredFile>) -> Result<bool, ObjectError> {
        match stored {
            Some(stored) => Ok(stored.bytes == 0 || self.tree_of(&stored.log)?.is_some()),
            None => Ok(false),
        }
    }

    fn tree_of(&self, log: &LogId) -> Result<Option<ObjectId>, ObjectError> {
        let Some(root) = self.root else { return Ok(None) };
        let entry = self.repository.entry_at(root, &log::directory(log))?;
        Ok(entry.map(|entry| entry.id))
    }
}

impl CapturedSession {
    /// Takes in what one capture stored; its last frame is made later.
    fn add(&mut self, mut captured: Captured) {
        self.new_bytes += captured.new_bytes;
        self.stored_bytes += captured.stored_bytes;
        self.edits.append(&mut captured.edits);
        self.jobs.extend(captured.last.take());
        self.captures.push(captured);
    }

    /// The same for a companion, whose last frame is made at once: there may be very many.
    fn add_companion(
        &mut self,
        mut captured: Captured,
        repository: &Repository,
    ) -> Result<(), CaptureError> {
        if let Some(job) = captured.last.take() {
            let (edit, bytes) = job.run(repository)?;
            captured.edits.push(edit);
            captured.stored_bytes += bytes;
        }
        self.add(captured);
        Ok(())
    }
}
