//! Reads and writes git objects.
//!
//! An id is answered with the object, with "not here" or with "here, but damaged", which are never mixed up. Writing
//! touches no ref, so an object is out of reach until one is moved to it. Trees and commits are taken apart in their
//! own files.

use std::fmt;

use crate::git::loose::{self, Flaw, LooseObject, Packing};
use crate::git::program::ProgramError;
use crate::git::promisor::{Delivered, Promisor};
use crate::git::repository::Repository;
use crate::model::object::ObjectId;

/// The four kinds of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    Blob,
    Tree,
    Commit,
    Tag,
}

impl ObjectKind {
    /// Reads a kind as git writes it.
    pub(in crate::git) fn from_name(name: &str) -> Option<Self> {
        match name {
            "blob" => Some(Self::Blob),
            "tree" => Some(Self::Tree),
            "commit" => Some(Self::Commit),
            "tag" => Some(Self::Tag),
            _ => None,
        }
    }

    /// The kind as libgit2 knows it.
    pub(in crate::git) fn raw(self) -> git2::ObjectType {
        match self {
            Self::Blob => git2::ObjectType::Blob,
            Self::Tree => git2::ObjectType::Tree,
            Self::Commit => git2::ObjectType::Commit,
            Self::Tag => git2::ObjectType::Tag,
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        })
    }
}

/// What can be wrong with an object.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    #[error("object `{id}` is missing")]
    Missing { id: ObjectId },
    #[error("object `{id}` is missing here and cannot be fetched")]
    Undelivered { id: ObjectId, source: ProgramError },
    #[error("object `{id}` is damaged: {detail}")]
    Damaged { id: ObjectId, detail: String },
    #[error("object `{id}` is a {found}, not a {expected}")]
    WrongKind { id: ObjectId, expected: ObjectKind, found: ObjectKind },
    #[error("object `{id}` has {size} bytes, and what belongs there has at most {most}")]
    TooLarge { id: ObjectId, size: u64, most: u64 },
    #[error(
        "up to tree `{id}` there are {found} entries, and what belongs there has at most {most}"
    )]
    TooMany { id: ObjectId, found: u64, most: u64 },
    #[error("cannot write a {kind}: {detail}")]
    Unwritable { kind: ObjectKind, detail: String },
    #[error("`{path}` cannot stand in a tree")]
    BadPath { path: String },
}

/// No limit to the size of an object.
pub(in crate::git) const ANY_SIZE: u64 = u64::MAX;

impl Repository {
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>, ObjectError> {
        self.read_object(id, ObjectKind::Blob, ANY_SIZE)
    }

    /// A blob that has at most so many bytes. A larger one is never unpacked: a few kilobytes of a pack can stand for
    /// gigabytes, and whoever made them may mean ill.
    pub fn blob_within(&self, id: ObjectId, most: u64) -> Result<Vec<u8>, ObjectError> {
        self.read_object(id, ObjectKind::Blob, most)
    }

    pub fn write_blob(&self, bytes: &[u8]) -> Result<ObjectId, ObjectError> {
        self.write_object(ObjectKind::Blob, bytes)
    }

    /// Writes a blob that is compressed already, without trying to make it smaller still.
    pub fn write_compressed_blob(&self, bytes: &[u8]) -> Result<ObjectId, ObjectError> {
        self.write_packed(ObjectKind::Blob, bytes, Packing::Stored)
    }

    /// Whether a blob of these bytes has this id; nothing is read or written.
    pub fn is_blob(&self, id: ObjectId, bytes: &[u8]) -> bool {
        loose::hash(self.format(), ObjectKind::Blob, bytes).is_ok_and(|hash| hash == id)
    }

    /// Whether the object is in this repository now; a promised one is not fetched.
    pub fn has_object(&self, id: ObjectId) -> bool {
        self.raw_id(id).is_some_and(|raw| self.raw.odb().is_ok_and(|odb| odb.exists(raw)))
    }

    /// How many bytes an object has that is in this repository now.
    pub fn object_size(&self, id: ObjectId) -> Option<u64> {
        self.object_header(id).map(|(_, size)| size)
    }

    /// The kind of an object that is in this repository now.
    pub fn object_kind(&self, id: ObjectId) -> Option<ObjectKind> {
        self.object_header(id).map(|(kind, _)| kind)
    }

    /// Kind and size of an object that is in this repository now.
    pub(in crate::git) fn object_header(&self, id: ObjectId) -> Option<(ObjectKind, u64)> {
        let raw = self.raw_id(id)?;
        if let Some(header) = self.loose().header(id).ok()? {
            return Some(header);
        }
        let (size, kind) = self.raw.odb().ok()?.read_header(raw).ok()?;
        Some((kind_of(kind)?, size as u64))
    }

    /// The bytes of an object of the expected kind.
    pub(in crate::git) fn read_object(
        &self,
        id: ObjectId,
        expected: ObjectKind,
        most: u64,
    ) -> Result<Vec<u8>, ObjectError> {
        let object = match self.find_object(id, most)? {
            Some(object) => object,
            None if self.offline || !self.is_partial() => return Err(ObjectError::Missing { id }),
            None => self.deliver(id, most)?.ok_or(ObjectError::Missing { id })?,
        };
        let found = object.kind;
        if found != expected {
            return Err(ObjectError::WrongKind { id, expected, found });
        }
        Ok(object.bytes)
    }

    /// An object that is in this repository now and has at most so many bytes, checked against its id.
    ///
    /// libgit2 never reads a file here: it goes on for ever with one that ends early. So it is asked only for an
    /// object that has no file, and git is asked where there is one that cannot be read.
    pub(in crate::git) fn find_object(
        &self,
        id: ObjectId,
        most: u64,
    ) -> Result<Option<LooseObject>, ObjectError> {
        let Some(raw) = self.raw_id(id) else { return Ok(None) };
        let flaw = match self.loose().read(id, most) {
            Ok(Some(object)) => return Ok(Some(object)),
            Ok(None) => return self.read_packed(id, raw, most),
            Err(Flaw::TooLarge { size }) => return Err(ObjectError::TooLarge { id, size, most }),
            Err(flaw) => flaw,
        };
        // A pack may hold a whole copy.
        match self.deliver(id, most) {
            Ok(Some(object)) => Ok(Some(object)),
            Err(error @ ObjectError::TooLarge { .. }) => Err(error),
            _ => Err(ObjectError::Damaged { id, detail: flaw.to_string() }),
        }
    }

    fn read_packed(
        &self,
        id: ObjectId,
        raw: git2::Oid,
        most: u64,
    ) -> Result<Option<LooseObject>, ObjectError> {
        let read = self.raw.odb().and_then(|odb| {
            if most < ANY_SIZE {
                let size = odb.read_header(raw)?.0 as u64;
                if size > most {
                    return Ok(Err(size));
                }
            }
            odb.read(raw).map(|object| Ok((object.kind(), object.data().to_vec())))
        });
        let object = match read {
            Ok(Ok(object)) => object,
            Ok(Err(size)) => return Err(ObjectError::TooLarge { id, size, most }),
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => {
                return Err(ObjectError::Damaged { id, detail: error.message().to_owned() });
            }
        };
        let detail = || "it is of no known kind".to_owned();
        let kind =
            kind_of(object.0).ok_or_else(|| ObjectError::Damaged { id, detail: detail() })?;
        Ok(Some(LooseObject { kind, bytes: object.1 }))
    }

    pub(in crate::git) fn write_object(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
    ) -> Result<ObjectId, ObjectError> {
        let packing = if kind == ObjectKind::Blob { Packing::Usual } else { Packing::Stored };
        self.write_packed(kind, bytes, packing)
    }

    fn write_packed(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
        packing: Packing,
    ) -> Result<ObjectId, ObjectError> {
        let unwritable = |detail: String| ObjectError::Unwritable { kind, detail };
        let id = loose::hash(self.format(), kind, bytes)
            .map_err(|error| unwritable(error.message().to_owned()))?;
        let file = loose::encode(kind, bytes, packing);
        self.loose()
            .write(id, &file, self.manner())
            .map_err(|error| unwritable(error.to_string()))?;
        Ok(id)
    }

    /// An id as libgit2 knows it, or `None` when it is of the other hash function.
    pub(in crate::git) fn raw_id(&self, id: ObjectId) -> Option<git2::Oid> {
        let fits = id.as_bytes().len() == self.format().width();
        fits.then(|| git2::Oid::from_bytes(id.as_bytes()).ok()).flatten()
    }

    /// What git itself has, or is delivered, under an id.
    fn deliver(&self, id: ObjectId, most: u64) -> Result<Option<LooseObject>, ObjectError> {
        let undelivered = |source| ObjectError::Undelivered { id, source };
        let mut kept = self.promisor.borrow_mut();
        let mut promisor = match kept.take() {
            Some(promisor) => promisor,
            None => Promisor::start(&self.program).map_err(undelivered)?,
        };
        let delivered = promisor.deliver(id, most).map_err(undelivered)?;
        *kept = Some(promisor);
        let (kind, bytes) = match delivered {
            Some(Delivered::Whole { kind, bytes }) => (kind, bytes),
            Some(Delivered::TooLarge { size }) => {
                return Err(ObjectError::TooLarge { id, size, most });
            }
            None => return Ok(None),
        };
        let Some(kind) = ObjectKind::from_name(&kind) else { return Ok(None) };
        // What git reads out of a pack it does not check.
        let is_it = loose::hash(self.format(), kind, &bytes).is_ok_and(|hash| hash == id);
        Ok(is_it.then_some(LooseObject { kind, bytes }))
    }
}

/// An id as the rest of the program knows it.
pub(in crate::git) fn object_id(raw: git2::Oid) -> ObjectId {
    ObjectId::from_bytes(raw.as_bytes()).expect("an id of libgit2 has 20 or 32 bytes")
}

fn kind_of(raw: git2::ObjectType) -> Option<ObjectKind> {
    match raw {
        git2::ObjectType::Blob => Some(ObjectKind::Blob),
        git2::ObjectType::Tree => Some(ObjectKind::Tree),
        git2::ObjectType::Commit => Some(ObjectKind::Commit),
        git2::ObjectType::Tag => Some(ObjectKind::Tag),
        git2::ObjectType::Any => None,
    }
}
