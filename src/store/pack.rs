//! Putting a checkpoint into a bundle, with the frames that its files need and nothing else.

use std::collections::BTreeMap;

use crate::format::bundle::{self, Bundle, BundledDocument, BundledFrame};
use crate::format::document::{self, Document};
use crate::format::frame;
use crate::model::checkpoint::Part;
use crate::model::snapshot::{Extent, LogId, StoredFile};
use crate::store::Store;
use crate::store::keys::wrapped;
use crate::store::reading::{Files, ReadError};
use crate::store::tied::Tied;
use crate::store::transaction::CommitError;

/// A checkpoint that does not get into a bundle.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error("the stored session is damaged")]
    Read(#[from] ReadError),
    #[error("the document is damaged")]
    Document(#[from] document::DocumentError),
    #[error("the contents of the bundle cannot be written")]
    Contents(#[source] serde_json::Error),
    #[error("the bundle would be larger than {} MiB", bundle::LARGEST >> 20)]
    TooLarge,
}

impl Store {
    /// A checkpoint as one file.
    pub fn pack(&self, tied: &Tied) -> Result<Vec<u8>, PackError> {
        let document = document::read(&tied.document)?;
        let id = document.id().clone();
        let files = self.files(&tied.writer)?;
        let mut frames = Vec::new();
        let mut keys = BTreeMap::new();
        if let Document::Sealed(sealed) = &document {
            keys.insert(sealed.key, wrapped(self.repository(), sealed.key));
        }
        for (log, range) in ranges(&files, tied)? {
            let reader = files.reader(&range.file)?;
            let found = reader.frames_for(&range.extents).map_err(ReadError::Log)?;
            for (.., bytes) in &found {
                if let Some(key) = frame::header(bytes).ok().and_then(|header| header.key) {
                    keys.entry(key).or_insert_with(|| wrapped(self.repository(), key));
                }
            }
            let frame =
                |(epoch, start, bytes)| BundledFrame { log: log.clone(), epoch, start, bytes };
            frames.extend(found.into_iter().map(frame));
        }
        // Those who got a checkpoint from somebody else hand on whose it is.
        let writer = tied.writer.name.rsplit('/').next().unwrap_or_default().to_owned();
        let document = BundledDocument { id, commit: tied.commit, bytes: tied.document.clone() };
        let keys =
            keys.into_iter().filter_map(|(key, wrapped)| Some((key, wrapped.into_iter().next()?)));
        let keys = keys.collect();
        let bundle = Bundle { writer, documents: vec![document], frames, keys };
        let bytes = bundle::write(&bundle).map_err(PackError::Contents)?;
        if bytes.len() as u64 > bundle::LARGEST {
            return Err(PackError::TooLarge);
        }
        Ok(bytes)
    }
}

/// What is needed of one log.
struct Range {
    /// A file that is stored there, by which the right log is known where several have its name.
    file: StoredFile,
    extents: Vec<Extent>,
}

/// What the sessions and attachments of a checkpoint are made of.
fn ranges(files: &Files, tied: &Tied) -> Result<BTreeMap<LogId, Range>, PackError> {
    let mut ranges: BTreeMap<LogId, Range> = BTreeMap::new();
    let mut add = |file: &StoredFile| {
        if !file.extents.is_empty() {
            let empty = || Range { file: file.clone(), extents: Vec::new() };
            ranges.entry(file.log.clone()).or_insert_with(empty).extents.extend(&file.extents);
        }
    };
    for part in tied.checkpoint().iter().flat_map(|known| known.header.parts()) {
        add(part.stored());
        if let Part::CompanionList(_, list) = part {
            files.companions(list)?.iter().for_each(|companion| add(&companion.stored));
        }
    }
    Ok(ranges)
}
