//! A stored document and the commit it is tied to: what it turned out to be, and whether it is open here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::format::document::{self, Document, DocumentError};
use crate::format::note::{self, Piece};
use crate::format::sealed::{Opened, Outline, Sealed};
use crate::git::ObjectError;
use crate::model::checkpoint::{Anchors, Checkpoint, CheckpointId};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::time::Timestamp;
use crate::store::Store;
use crate::store::keys::{DocumentKeys, SealedError};
use crate::store::writers::Writer;

/// A checkpoint and the commit it is tied to.
#[derive(Clone, Debug)]
pub struct Tied {
    pub commit: ObjectId,
    pub writer: Arc<Writer>,
    /// The document exactly as stored.
    pub document: Vec<u8>,
    pub content: Content,
    /// The key that it is sealed with, and what it is without that seal, where it could be opened.
    pub opened: Option<(KeyId, Vec<u8>)>,
}

/// What a stored document turned out to be.
#[derive(Clone, Debug)]
pub enum Content {
    Known(Box<Checkpoint>),
    /// Written by a newer version; readable as text.
    Newer {
        id: CheckpointId,
        format: u32,
        title: Option<String>,
    },
    /// Whole as far as that can be told, and open to nobody here.
    Sealed(Box<Closed>),
    /// Not what its id says it is, or not to be read at all; then there is no document.
    Damaged {
        problem: String,
        /// The ids that it may have had: what it says, and what its content comes to. None where neither is known.
        ids: Vec<CheckpointId>,
    },
}

/// What is known of a sealed document without its key.
#[derive(Clone, Debug)]
pub struct Closed {
    pub id: CheckpointId,
    pub key: KeyId,
    pub created: Timestamp,
    pub author: String,
    /// Those that follow from the commit.
    pub anchors: Anchors,
    pub why: SealedError,
}

impl Tied {
    pub fn id(&self) -> Option<&CheckpointId> {
        match &self.content {
            Content::Known(checkpoint) => Some(&checkpoint.id),
            Content::Newer { id, .. } => Some(id),
            Content::Sealed(closed) => Some(&closed.id),
            Content::Damaged { .. } => None,
        }
    }

    /// Whether this is a damaged document whose id may have started with `prefix`.
    pub fn may_have_id(&self, prefix: &str) -> bool {
        match &self.content {
            Content::Damaged { ids, .. } => ids.iter().any(|id| id.as_str().starts_with(prefix)),
            _ => false,
        }
    }

    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        match &self.content {
            Content::Known(checkpoint) => Some(checkpoint),
            _ => None,
        }
    }

    pub fn created(&self) -> Option<Timestamp> {
        match &self.content {
            Content::Sealed(closed) => Some(closed.created),
            _ => self.checkpoint().map(|checkpoint| checkpoint.header.created),
        }
    }

    pub fn anchors(&self) -> Option<&Anchors> {
        match &self.content {
            Content::Sealed(closed) => Some(&closed.anchors),
            _ => self.checkpoint().map(|checkpoint| &checkpoint.header.anchors),
        }
    }

    /// What can be read of the document: all of it, or what is open of one that nobody here can open.
    pub fn text(&self) -> Cow<'_, [u8]> {
        match (&self.opened, &self.content) {
            (Some((_, text)), _) => text.into(),
            (None, Content::Sealed(_)) => document::front(&self.document).into(),
            (None, _) => (&self.document).into(),
        }
    }
}

impl Store {
    /// Opens one of the documents of a commit that is closed only until somebody is asked for a passphrase, and all
    /// that open with the same key.
    pub fn open_closed(&self, all: &mut [Tied], wanted: usize) {
        if let Content::Sealed(closed) = &all[wanted].content
            && let SealedError::Locked { .. } = closed.why
        {
            // Where it stays closed the reason may be another one by now.
            let _ = self.keys.find(self.repository(), closed.key);
        }
        for tied in all.iter_mut().filter(|tied| matches!(tied.content, Content::Sealed(_))) {
            let mut again = Vec::new();
            let keys = self.keys_of(Some(tied.document.as_slice()));
            take_note(&tied.writer, tied.commit, &tied.document, (&keys, &mut again));
            if let Some(again) = again.pop() {
                *tied = again;
            }
        }
    }
}

pub(super) fn take_read(
    writer: &Arc<Writer>,
    commit: ObjectId,
    note: &Result<Vec<u8>, ObjectError>,
    (keys, found): (&DocumentKeys, &mut Vec<Tied>),
) {
    match note {
        Ok(note) => take_note(writer, commit, note, (keys, found)),
        Err(error) => found.push(Tied {
            commit,
            writer: writer.clone(),
            document: Vec::new(),
            content: Content::Damaged { problem: error.to_string(), ids: Vec::new() },
            opened: None,
        }),
    }
}

pub(super) fn take_note(
    writer: &Arc<Writer>,
    commit: ObjectId,
    note: &[u8],
    (keys, found): (&DocumentKeys, &mut Vec<Tied>),
) {
    for piece in note::read(note) {
        let document = piece.bytes().to_vec();
        let (content, opened) = match piece {
            Piece::Document(_, Document::Sealed(sealed)) => open(&sealed, keys),
            Piece::Document(_, document) => (content(document), None),
            Piece::Damaged(bytes, error) => (damaged(bytes, &error), None),
            Piece::Foreign(_) => continue,
        };
        found.push(Tied { commit, writer: writer.clone(), document, content, opened });
    }
}

fn content(document: Document) -> Content {
    match document {
        Document::Known(checkpoint) => Content::Known(checkpoint),
        Document::Newer { id, format, title, .. } => Content::Newer { id, format, title },
        Document::Sealed(sealed) => {
            let error = DocumentError::NotUnderstood("it is sealed twice".to_owned());
            Content::Damaged { problem: error.to_string(), ids: vec![sealed.id] }
        }
    }
}

fn damaged(bytes: &[u8], error: &DocumentError) -> Content {
    let ids = document::possible_ids(bytes, error);
    Content::Damaged { problem: error.to_string(), ids }
}

/// A sealed document as far as it opens with these keys.
fn open(sealed: &Sealed, keys: &DocumentKeys) -> (Content, Option<(KeyId, Vec<u8>)>) {
    let read = match keys.key(sealed.key) {
        Ok(key) => sealed
            .open(key)
            .map(|Opened { document, text }| (content(document), Some((sealed.key, text)))),
        Err(why) => sealed.outline().map(|Outline { created, author, anchors, .. }| {
            let (id, key) = (sealed.id.clone(), sealed.key);
            (Content::Sealed(Box::new(Closed { id, key, created, author, anchors, why })), None)
        }),
    };
    read.unwrap_or_else(|error| {
        let ids = vec![sealed.id.clone()];
        (Content::Damaged { problem: error.to_string(), ids }, None)
    })
}

/// By time, each checkpoint once; one's own copy is preferred to a fetched one.
pub(super) fn sorted(mut found: Vec<Tied>) -> Vec<Tied> {
    let mut seen = HashSet::new();
    found.retain(|tied| tied.id().is_none_or(|id| seen.insert((tied.commit, id.clone()))));
    found.sort_by_key(Tied::created);
    found
}
