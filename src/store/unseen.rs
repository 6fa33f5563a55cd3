//! What a ref of checkpoints holds that earlier states of it, or those of other refs, did not.
//!
//! A state that is not here any more is as good as none. Where a log is damaged, what can be decoded is handed out.

use std::io;

use crate::format::document::{self, Document};
use crate::format::note::{self, Piece};
use crate::format::sealed::Opened;
use crate::git::Repository;
use crate::model::checkpoint::CheckpointId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Extent, LogId};
use crate::store::Store;
use crate::store::holdings::logs_below;
use crate::store::keys::DocumentKeys;
use crate::store::log::{LogError, LogReader};
use crate::store::sieve;
use crate::store::ties::{self, Found};
use crate::store::transaction::CommitError;

/// A document, or text of somebody's in the same note.
#[derive(Clone, Debug)]
pub struct UnseenText {
    pub commit: ObjectId,
    pub id: Option<CheckpointId>,
    /// Its author wanted secrets to stay.
    pub unredacted: bool,
    /// What can be read of it.
    pub bytes: Vec<u8>,
    /// The rest of it is sealed, and open to nobody here.
    pub closed: bool,
}

/// A log with bytes that are new.
pub struct UnseenLog<'r> {
    pub log: LogId,
    /// Where they lie, in order.
    pub ranges: Vec<Extent>,
    reader: LogReader<'r>,
}

impl UnseenLog<'_> {
    /// The bytes before an offset, as many as it takes to see a secret whole that begins there; none where they are
    /// not here.
    pub fn before(&mut self, at: u64) -> Vec<u8> {
        let start = sieve::start(at);
        let mut bytes = Vec::new();
        let read = self.reader.read(Extent { start, length: at - start }, &mut |more| {
            bytes.extend_from_slice(more);
            Ok(())
        });
        if read.is_ok() { bytes } else { Vec::new() }
    }

    pub fn read(
        &mut self,
        range: Extent,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), LogError> {
        self.reader.read(range, sink)
    }
}

impl Store {
    /// The texts in the notes of the ties at `tip` that those at `known` do not have.
    pub fn unseen_texts(
        &self,
        tip: ObjectId,
        known: &[ObjectId],
    ) -> Result<Vec<UnseenText>, CommitError> {
        let repository = self.repository();
        let roots = roots(repository, known);
        let mut notes = Vec::new();
        let mut trouble = None;
        let root = repository.commit(tip)?.tree;
        ties::each_new_note(repository, roots.first().copied(), root, &mut |found| match found {
            Found::Note(at) => notes.push(at),
            Found::Unreadable { source, .. } => trouble = Some(source),
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        let mut texts = Vec::new();
        for at in notes {
            let mut earlier = Vec::new();
            for root in &roots {
                if let Some(there) = ties::find(repository, *root, at.commit)? {
                    earlier.push(repository.blob(there.blob)?);
                }
            }
            let note = repository.blob(at.blob)?;
            let new = |piece: &Piece| {
                let was_in = |note: &Vec<u8>| memchr::memmem::find(note, piece.bytes()).is_some();
                !earlier.iter().any(was_in)
            };
            let keys = self.keys_of(Some(note.as_slice()));
            let pieces = note::read(&note);
            let new = pieces.iter().filter(|piece| new(piece));
            texts.extend(new.map(|piece| text(at.commit, piece, &keys)));
        }
        Ok(texts)
    }

    /// The logs at `tip` with bytes that those at `known` do not have.
    pub fn unseen_logs(
        &self,
        tip: ObjectId,
        known: &[ObjectId],
    ) -> Result<Vec<UnseenLog<'_>>, UnseenError> {
        let repository = self.repository();
        let roots = roots(repository, known);
        let mut logs = Vec::new();
        let root = repository.commit(tip).map_err(CommitError::from)?.tree;
        if roots.contains(&root) {
            return Ok(logs);
        }
        for (log, path, tree) in logs_below(repository, root).map_err(CommitError::from)? {
            let mut earlier = Vec::new();
            for root in &roots {
                let entry = repository.entry_at(*root, &path).map_err(CommitError::from)?;
                earlier.extend(entry.map(|entry| entry.id));
            }
            if earlier.contains(&tree) {
                continue;
            }
            let known =
                earlier.iter().map(|tree| LogReader::open((repository, &self.keys), &log, *tree));
            let known = known.collect::<Result<Vec<_>, _>>()?;
            let reader = LogReader::open((repository, &self.keys), &log, tree)?;
            let ranges = reader.ranges_beyond(&known);
            if !ranges.is_empty() {
                logs.push(UnseenLog { log, ranges, reader });
            }
        }
        Ok(logs)
    }
}

/// What of a ref cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum UnseenError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What a piece of a note says.
fn text(commit: ObjectId, piece: &Piece, keys: &DocumentKeys) -> UnseenText {
    let mut text = UnseenText {
        commit,
        id: None,
        unredacted: false,
        bytes: piece.bytes().to_vec(),
        closed: false,
    };
    let Piece::Document(bytes, document) = piece else { return text };
    text.id = Some(document.id().clone());
    match document {
        Document::Known(checkpoint) => text.unredacted = checkpoint.header.unredacted,
        Document::Sealed(sealed) => {
            let opened = keys.key(sealed.key).ok().and_then(|key| sealed.open(key).ok());
            text.closed = opened.is_none();
            text.bytes = match opened {
                Some(Opened { document, text: opened }) => {
                    text.unredacted =
                        matches!(&document, Document::Known(known) if known.header.unredacted);
                    opened
                }
                None => document::front(bytes).to_vec(),
            };
        }
        Document::Newer { .. } => {}
    }
    text
}

fn roots(repository: &Repository, tips: &[ObjectId]) -> Vec<ObjectId> {
    tips.iter().filter_map(|tip| Some(repository.commit(*tip).ok()?.tree)).collect()
}
