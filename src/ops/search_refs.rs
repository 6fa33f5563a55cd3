//! Looking for secrets in what refs hold: documents, and the bytes of session logs, each once however many checkpoints
//! refer to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memmem;

use crate::model::checkpoint::{CheckpointId, Part};
use crate::model::snapshot::{LogId, StoredFile};
use crate::ops::Desk;
use crate::ops::search::{Hit, Search};
use crate::ops::secrets::{Finder, SecretsError};
use crate::store::{CommitError, LogError, Tied, UnseenError, UnseenLog, UnseenText, Writer};

/// What a document is called where files are named.
pub const DOCUMENT: &str = "document";

/// The lines of the front matter that say no more than the commit, and whose the objects are.
const REPEATED: [&[u8]; 4] = [b"author: ", b"commit: ", b"tree: ", b"authored: "];
/// Those whose names say nothing of what follows, which is looked at without them.
const ALONE: [&[u8]; 3] = [b"device: ", b"subject: ", b"branch: "];

/// Where something was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The oldest checkpoint that has it; `None` of what is no checkpoint's.
    pub checkpoint: Option<CheckpointId>,
    pub file: String,
}

/// A secret, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub place: Place,
    pub hit: Hit,
}

/// How much was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Documents and files of sessions.
    pub files: u64,
    pub bytes: u64,
    /// Stretches of logs that are damaged, so that nobody can read what they hold.
    pub damaged: u64,
    /// Documents that are sealed and open to nobody here.
    pub sealed: u64,
}

/// Refs that cannot be looked through.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Unseen(#[from] UnseenError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Looks through texts out of notes.
pub fn texts(
    finder: &Finder,
    texts: &[UnseenText],
    looked: &mut Looked,
    each: &mut dyn FnMut(Found),
) {
    for text in texts {
        let file = match text.id {
            Some(_) => DOCUMENT.to_owned(),
            None => format!("note of commit {}", text.commit.short()),
        };
        let place = Place { checkpoint: text.id.clone(), file };
        match text.id {
            Some(_) => document(finder, &place, &text.bytes, each),
            None => bytes(finder, &place, &text.bytes, each),
        }
        looked.files += 1;
        looked.bytes += text.bytes.len() as u64;
        looked.sealed += u64::from(text.closed);
    }
}

/// Looks through a document, but for what it only repeats of its commit: that is in the history of the code as well.
pub fn document(finder: &Finder, place: &Place, text: &[u8], each: &mut dyn FnMut(Found)) {
    let end = memmem::find(text, b"\n---\n").unwrap_or(0);
    let mut apart = Vec::new();
    let (mut at, mut number) = (0, 0);
    for line in text[..end].split_inclusive(|byte| *byte == b'\n') {
        let (start, next) = (at as u64, at + line.len());
        (at, number) = (next, number + 1);
        let alone = ALONE.iter().find_map(|key| line.strip_prefix(*key));
        if alone.is_some() || REPEATED.iter().any(|key| line.starts_with(key)) {
            apart.push(start..next as u64);
        }
        if let Some(value) = alone {
            bytes(finder, place, value, &mut |mut found| {
                found.hit.at += (next - value.len()) as u64;
                found.hit.line = Some(number);
                each(found);
            });
        }
    }
    bytes(finder, place, text, &mut |found| {
        if !apart.iter().any(|line| line.contains(&found.hit.at)) {
            each(found);
        }
    });
}

/// Looks through a text that is at hand.
pub fn bytes(finder: &Finder, place: &Place, bytes: &[u8], each: &mut dyn FnMut(Found)) {
    let mut hit = |hit| each(Found { place: place.clone(), hit });
    let mut search = Search::new(finder, &mut hit);
    search.take(bytes);
    search.finish();
}

/// What was found in logs, by log; offsets are those in the log.
pub type InLogs = BTreeMap<LogId, Vec<Hit>>;

/// Looks through what is new in logs.
pub fn logs(
    finder: &Finder,
    unseen: &mut [UnseenLog],
    looked: &mut Looked,
) -> Result<InLogs, LogError> {
    let mut found = InLogs::new();
    for log in unseen {
        looked.files += 1;
        let mut hits = Vec::new();
        look_through(finder, log, looked, &mut |hit| hits.push(hit))?;
        if !hits.is_empty() {
            found.insert(log.log.clone(), hits);
        }
    }
    Ok(found)
}

fn look_through(
    finder: &Finder,
    log: &mut UnseenLog,
    looked: &mut Looked,
    each: &mut dyn FnMut(Hit),
) -> Result<(), LogError> {
    let mut ranges = log.ranges.clone().into_iter().peekable();
    while let Some(mut range) = ranges.next() {
        let before = log.before(range.start);
        let mut search = Search::going_on(finder, range.start, &before, each);
        loop {
            let read = log.read(range, &mut |bytes| {
                search.take(bytes);
                Ok(())
            });
            match read {
                Ok(()) => looked.bytes += range.length,
                // What nobody here can open says nothing to those who get it either.
                Err(error) if error.is_damage() || error.is_sealed() => {
                    looked.damaged += 1;
                    break;
                }
                Err(error) => return Err(error),
            }
            match ranges.next_if(|next| next.start == range.end()) {
                Some(next) => range = next,
                None => break,
            }
        }
        search.finish();
    }
    Ok(())
}

/// Which files of which checkpoints the bytes of logs belong to.
#[derive(Default)]
pub struct Owners {
    uses: Vec<Use>,
}

struct Use {
    place: Place,
    stored: StoredFile,
}

impl Owners {
    /// Those of a writer's checkpoints, the oldest first.
    pub fn of(desk: &Desk, writer: &Arc<Writer>) -> Result<Self, CommitError> {
        let mut documents = desk.store.all_documents(writer)?;
        documents.sort_by_key(Tied::created);
        let files = desk.store.files(writer)?;
        let mut uses = Vec::new();
        for checkpoint in documents.iter().filter_map(Tied::checkpoint) {
            let mut add = |file: String, stored: &StoredFile| {
                let place = Place { checkpoint: Some(checkpoint.id.clone()), file };
                uses.push(Use { place, stored: stored.clone() });
            };
            for part in checkpoint.header.parts() {
                let name = match part {
                    Part::Transcript(snapshot) => snapshot.file.to_string(),
                    Part::Attachment(attachment) => attachment.name.to_string(),
                    Part::CompanionList(..) => "list of companion files".to_owned(),
                };
                add(name, part.stored());
                let Part::CompanionList(_, list) = part else { continue };
                // What cannot be read names nobody.
                for companion in files.companions(list).unwrap_or_default() {
                    add(companion.file.to_string(), &companion.stored);
                }
            }
        }
        Ok(Self { uses })
    }

    /// What was found at an offset of a log, as the first file that has it tells the place.
    pub fn placed(&self, log: &LogId, mut hit: Hit) -> Found {
        let of_log = self.uses.iter().filter(|one| one.stored.log == *log);
        for Use { place, stored } in of_log {
            let mut before = 0;
            for extent in &stored.extents {
                if (extent.start..extent.end()).contains(&hit.at) {
                    let at = before + (hit.at - extent.start);
                    // Lines are counted in the log, which starts as most files do.
                    hit.line = hit.line.filter(|_| at == hit.at);
                    hit.at = at;
                    return Found { place: place.clone(), hit };
                }
                before += extent.length;
            }
        }
        hit.line = None;
        Found { place: Place { checkpoint: None, file: format!("log {log}") }, hit }
    }
}
