//! Looking for secrets: in a session, a checkpoint, everything that is stored, or any text.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::agent::AgentError;
use crate::git::RefError;
use crate::model::agent::Agent;
use crate::model::checkpoint::{CheckpointId, Part};
use crate::model::object::ObjectId;
use crate::model::session::SessionId;
use crate::model::snapshot::StoredFile;
use crate::ops::Desk;
use crate::ops::choose_session::{self, ChooseError, SessionChoice};
use crate::ops::locate::{self, Content, LocateError};
use crate::ops::save_session;
use crate::ops::search::Search;
use crate::ops::search_refs::{self, DOCUMENT, Looked, Owners, Place, SearchError};
use crate::ops::secrets::{Finder, Places, SecretsError};
use crate::ops::session_logs::{self, LogsError};
use crate::store::{CommitError, Files, ReadError};

pub use crate::ops::search::Hit;
pub use crate::ops::search_refs::Found;

const CHUNK: usize = 256 << 10;

/// What to look through.
pub enum What {
    /// A session as it is on disk.
    Session(SessionChoice),
    /// A checkpoint as it is stored.
    Checkpoint(String),
    /// All that this clone has stored.
    Own,
    /// All that is stored here, whoever wrote it.
    Everybody,
    /// A text and what it is called.
    Text(String, Box<dyn Read>),
}

/// What was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Session { agent: Agent, id: SessionId },
    Checkpoint { id: Option<CheckpointId>, commit: ObjectId },
    Own,
    Everybody,
    Text(String),
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct ScanOutcome {
    pub subject: Subject,
    pub looked: Looked,
    /// How many secrets were found, by rule.
    pub places: Places,
}

/// What cannot be looked through.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Logs(#[from] LogsError),
    #[error("the stored session is damaged")]
    Read(#[from] ReadError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error("cannot read `{name}`")]
    Unreadable { name: String, source: io::Error },
}

impl From<CommitError> for ScanError {
    fn from(error: CommitError) -> Self {
        Self::Search(error.into())
    }
}

impl From<RefError> for ScanError {
    fn from(error: RefError) -> Self {
        CommitError::from(error).into()
    }
}

/// Looks through what is asked for, and hands out what is found.
pub fn scan(
    desk: &Desk,
    what: What,
    each: &mut dyn FnMut(Found),
) -> Result<ScanOutcome, ScanError> {
    let finder = Finder::new(desk)?;
    let mut places = Places::new();
    let mut count = |found: Found| {
        *places.entry(found.hit.rule.clone()).or_default() += 1;
        each(found);
    };
    let mut scan = Scan { desk, finder: &finder, looked: Looked::default(), each: &mut count };
    let subject = match what {
        What::Session(choice) => scan.session(&choice)?,
        What::Checkpoint(target) => scan.checkpoint(&target)?,
        What::Own => scan.everything(Subject::Own)?,
        What::Everybody => scan.everything(Subject::Everybody)?,
        What::Text(name, text) => scan.text(name, text)?,
    };
    let looked = scan.looked;
    Ok(ScanOutcome { subject, looked, places })
}

struct Scan<'s> {
    desk: &'s Desk,
    finder: &'s Finder,
    looked: Looked,
    each: &'s mut dyn FnMut(Found),
}

impl Scan<'_> {
    fn session(&mut self, choice: &SessionChoice) -> Result<Subject, ScanError> {
        let found = choose_session::choose(self.desk, choice)?;
        let nothing = || ChooseError::Nothing {
            directory: self.desk.directory.clone(),
            looked: choose_session::places(self.desk),
        };
        let found = found.ok_or_else(nothing)?;
        let source = save_session::source(self.desk, &found)?;
        let called = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        self.file(called(&source.transcript), &source.transcript)?;
        for (name, path) in &source.companions {
            self.file(name.to_string(), path)?;
        }
        Ok(Subject::Session { agent: found.agent, id: found.id })
    }

    fn file(&mut self, name: String, path: &PathBuf) -> Result<(), ScanError> {
        let shown = || path.display().to_string();
        let file =
            File::open(path).map_err(|source| ScanError::Unreadable { name: shown(), source })?;
        self.read(name, file).map_err(|source| ScanError::Unreadable { name: shown(), source })
    }

    fn text(&mut self, name: String, text: Box<dyn Read>) -> Result<Subject, ScanError> {
        let read = self.read(name.clone(), text);
        read.map_err(|source| ScanError::Unreadable { name: name.clone(), source })?;
        Ok(Subject::Text(name))
    }

    fn read(&mut self, file: String, mut text: impl Read) -> io::Result<()> {
        let place = Place { checkpoint: None, file };
        let mut each = |hit| (self.each)(Found { place: place.clone(), hit });
        let mut search = Search::new(self.finder, &mut each);
        let mut chunk = vec![0; CHUNK];
        self.looked.files += 1;
        loop {
            match text.read(&mut chunk)? {
                0 => break,
                length => {
                    search.take(&chunk[..length]);
                    self.looked.bytes += length as u64;
                }
            }
        }
        search.finish();
        Ok(())
    }

    fn checkpoint(&mut self, target: &str) -> Result<Subject, ScanError> {
        let located = locate::locate(self.desk, target)?;
        let tied = located.tied();
        let id = tied.id().cloned();
        let place = |file: String| Place { checkpoint: id.clone(), file };
        if let Content::Sealed(_) = tied.content {
            locate::understood(&located)?;
        }
        let text = tied.text();
        self.looked.files += 1;
        self.looked.bytes += text.len() as u64;
        search_refs::document(self.finder, &place(DOCUMENT.into()), &text, self.each);
        for part in tied.checkpoint().into_iter().flat_map(|known| known.header.parts()) {
            let files = session_logs::files_with(self.desk, tied, part.stored())?;
            let name = match part {
                Part::Transcript(snapshot) => &snapshot.file,
                Part::Attachment(attachment) => &attachment.name,
                Part::CompanionList(_, list) => {
                    for companion in files.companions(list)? {
                        self.stored(&files, place(companion.file.to_string()), &companion.stored)?;
                    }
                    continue;
                }
            };
            self.stored(&files, place(name.to_string()), part.stored())?;
        }
        Ok(Subject::Checkpoint { id, commit: located.commit })
    }

    fn stored(
        &mut self,
        files: &Files,
        place: Place,
        stored: &StoredFile,
    ) -> Result<(), ScanError> {
        let mut each = |hit| (self.each)(Found { place: place.clone(), hit });
        let mut search = Search::new(self.finder, &mut each);
        files.write_out(stored, &mut search)?;
        search.finish();
        self.looked.files += 1;
        self.looked.bytes += stored.bytes;
        Ok(())
    }

    fn everything(&mut self, subject: Subject) -> Result<Subject, ScanError> {
        let writers = self.desk.store.current_writers()?;
        let meant = |fetched: bool| !fetched || subject == Subject::Everybody;
        let mut seen: Vec<ObjectId> = Vec::new();
        for writer in writers.into_iter().filter(|writer| meant(writer.fetched)) {
            let texts = self.desk.store.unseen_texts(writer.ties, &seen)?;
            search_refs::texts(self.finder, &texts, &mut self.looked, self.each);
            seen.push(writer.ties);
            let Some(logs) = self.desk.store.repository().reference(&writer.log_ref)? else {
                continue;
            };
            let unseen = self.desk.store.unseen_logs(logs, &seen).map_err(SearchError::from);
            let found = search_refs::logs(self.finder, &mut unseen?, &mut self.looked);
            seen.push(logs);
            let found = found.map_err(SearchError::from)?;
            if found.is_empty() {
                continue;
            }
            let owners = Owners::of(self.desk, &Arc::new(writer))?;
            for (log, hits) in found {
                hits.into_iter().for_each(|hit| (self.each)(owners.placed(&log, hit)));
            }
        }
        Ok(subject)
    }
}
