//! Storing files that are attached to a checkpoint: each once, whatever it is called.
//!
//! The log of an attachment follows from its bytes as they are stored, that is after secrets were replaced, so the same
//! bytes find the log that has them and cost nothing. Where that log is damaged they are stored behind the damage.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::format::identity::attachment_log_id;
use crate::git::TreeEdit;
use crate::model::checkpoint::Attachment;
use crate::model::snapshot::{FileName, StoredFile};
use crate::store::appender::AppendError;
use crate::store::capture::{CaptureError, Captured, Capturer, Source};
use crate::store::cleaning::{Clean, Cleaning, Earlier};
use crate::store::keys::Sealing;
use crate::store::lines::Unread;
use crate::store::local::{self, LocalError};
use crate::store::log;
use crate::store::redactor::Redactor;
use crate::store::session::SessionError;
use crate::store::transaction::{CommitError, Transaction};

const CHUNK: usize = 256 << 10;

/// What a transaction has stored of attachments.
#[derive(Debug, Default)]
pub struct Attached {
    pub edits: Vec<TreeEdit>,
    stored: Vec<StoredFile>,
}

/// An attachment, and what it cost.
#[derive(Clone, Debug)]
pub struct Stored {
    pub attachment: Attachment,
    /// What its new bytes take up, compressed; nothing where they were stored before.
    pub stored_bytes: u64,
}

impl Transaction<'_> {
    /// Stores the file at `path` under a name. It becomes visible with [`Transaction::commit`].
    pub fn attach(
        &mut self,
        name: &FileName,
        path: &Path,
        redactor: &mut Redactor,
    ) -> Result<Stored, CommitError> {
        let (cleaned, clean) = self.cleaned(path, redactor).map_err(SessionError::from)?;
        let hash = match &self.seal {
            Some(seal) => seal.key.keyed(&clean.sha256),
            None => clean.sha256,
        };
        let known = |stored: &&StoredFile| {
            stored.sha256 == hash && stored.redacted.is_some() == clean.redacted.is_some()
        };
        if let Some(stored) = self.attached.stored.iter().find(known) {
            let attachment = Attachment { name: name.clone(), stored: stored.clone() };
            return Ok(Stored { attachment, stored_bytes: 0 });
        }
        let log = attachment_log_id(&hash);
        let source = Source { log: &log, path: cleaned.path(), up_to: None };
        let mut captured = self.capture_attachment(source).map_err(SessionError::from)?;
        if let Some(job) = captured.last.take() {
            let made = job.run(self.repository).map_err(CaptureError::from);
            let (edit, bytes) = made.map_err(SessionError::from)?;
            captured.edits.push(edit);
            captured.stored_bytes += bytes;
        }
        self.attached.edits.append(&mut captured.edits);
        let stored = StoredFile { redacted: clean.redacted, ..captured.stored };
        self.attached.stored.push(stored.clone());
        let attachment = Attachment { name: name.clone(), stored };
        Ok(Stored { attachment, stored_bytes: captured.stored_bytes })
    }

    /// The file with placeholders in the place of its secrets, and what was found out on the way.
    fn cleaned(
        &self,
        path: &Path,
        redactor: &mut Redactor,
    ) -> Result<(NamedTempFile, Clean), CaptureError> {
        let unreadable = |source| CaptureError::Unreadable { path: path.to_owned(), source };
        let unwritable = |source| LocalError { path: self.directory.to_owned(), source };
        let cleaned = local::temporary(self.directory, b"")?;
        let mut sink = |bytes: &[u8]| Ok(cleaned.as_file().write_all(bytes).map_err(unwritable)?);
        let mut reader = Unread;
        let mut cleaning = Cleaning::new(redactor, Earlier::default(), &mut reader);
        let mut file = File::open(path).map_err(unreadable)?;
        let mut chunk = vec![0; CHUNK];
        let mut at = 0;
        loop {
            let length = file.read(&mut chunk).map_err(unreadable)?;
            if length == 0 {
                break;
            }
            cleaning.take(at, &chunk[..length], &mut sink)?;
            at += length as u64;
        }
        let clean = cleaning.finish(&mut sink)?;
        Ok((cleaned, clean))
    }

    fn capture_attachment(&self, source: Source) -> Result<Captured, CaptureError> {
        let path = log::directory(source.log);
        let entry = self.logs.tree.map(|root| self.repository.entry_at(root, &path)).transpose();
        let tree = entry.map_err(AppendError::from)?.flatten();
        let mut off = Redactor::off();
        let mut capturer = Capturer {
            repository: self.repository,
            directory: self.directory,
            redactor: &mut off,
            sealing: Sealing { keys: self.keys, key: self.seal.as_ref().map(|seal| &seal.key) },
        };
        capturer.capture(source, tree.map(|entry| entry.id), &mut Unread)
    }
}
