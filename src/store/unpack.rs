//! Taking a bundle apart: nothing of it is believed before it is checked, and nothing is written here.
//!
//! Ids of documents are recomputed, every frame is decoded, and every file of every session is put together and
//! compared with its hash. The work that a bundle can cause is bounded, whatever it claims.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest, Sha256};

use crate::format::bundle::{self, BundleError, BundledDocument, BundledFrame};
use crate::format::companions::{self, CompanionsError};
use crate::format::document::{self, Document, DocumentError};
use crate::format::frame::{self, FrameError, FrameHeader, Seal};
use crate::format::seal::Place;
use crate::model::checkpoint::{Checkpoint, CheckpointId, Part};
use crate::model::key_id::KeyId;
use crate::model::object::ObjectId;
use crate::model::snapshot::{Companion, LogId, StoredFile};
use crate::model::writer::{NotAWriterId, WriterId};
use crate::store::Store;
use crate::store::keys::SealedError;
use crate::store::log::EPOCH_BYTES;
use crate::store::reading::{self, FindKey, ReadError};

/// Most bytes that are decoded or put together for one bundle.
const MOST_WORK: u64 = 8 << 30;
/// Most bytes of a list of companion files.
const LONGEST_LIST: u64 = 64 << 20;

/// A bundle that is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error("the bundle names an impossible writer")]
    Writer(#[from] NotAWriterId),
    #[error("checkpoint {id} of the bundle is not what its id says")]
    Document { id: CheckpointId, source: DocumentError },
    #[error("the bundle announces checkpoint {wanted} and holds {found}")]
    OtherDocument { wanted: CheckpointId, found: CheckpointId },
    #[error("checkpoint {id} has format {format}, newer than this version understands")]
    Newer { id: CheckpointId, format: u32 },
    #[error("the bundle comes from a repository with other object ids")]
    OtherObjects { commit: ObjectId },
    #[error("the frame at byte {start} of log {log} is damaged")]
    Frame { log: LogId, start: u64, source: FrameError },
    #[error("log {log} of the bundle is sealed")]
    Sealed { log: LogId, source: SealedError },
    #[error("checkpoint {id} of the bundle is sealed")]
    SealedDocument { id: CheckpointId, source: SealedError },
    #[error("log {log} lacks bytes from {from} on")]
    Gap { log: LogId, from: u64 },
    #[error("log {log} belongs to no session or attachment of the bundle")]
    Stray { log: LogId },
    #[error("a file of checkpoint {id} is not what its hash says")]
    Session { id: CheckpointId, source: ReadError },
    #[error("the companion files of checkpoint {id} cannot be listed")]
    Companions { id: CheckpointId, source: CompanionsError },
    #[error("the bundle asks for more work than any session needs")]
    TooMuch,
}

/// One checkpoint of a parcel.
#[derive(Clone, Debug)]
pub struct Parcelled {
    pub commit: ObjectId,
    pub checkpoint: Checkpoint,
    pub(super) document: Vec<u8>,
    /// Transcripts, companion files and attachments.
    pub files: u64,
    pub bytes: u64,
}

/// What a bundle holds, checked to the last byte.
#[derive(Debug)]
pub struct Parcel {
    pub writer: WriterId,
    pub checkpoints: Vec<Parcelled>,
    pub(super) frames: Vec<BundledFrame>,
    pub(super) keys: Vec<(KeyId, Vec<u8>)>,
}

impl Store {
    /// Takes a bundle apart and checks all of it.
    pub fn unpack(&self, bytes: &[u8]) -> Result<Parcel, UnpackError> {
        let bundle = bundle::read(bytes)?;
        let writer = bundle.writer.parse()?;
        let find = |id: KeyId| {
            let wrapped = bundle.keys.iter().find(|(key, _)| *key == id);
            let wrapped = wrapped.map(|(_, wrapped)| wrapped.as_slice());
            self.keys.find_in(self.repository(), id, wrapped)
        };
        let mut checker = Checker::new(&bundle.frames, &find);
        checker.decode_all()?;
        let mut checkpoints = Vec::new();
        for one in &bundle.documents {
            if one.commit.as_bytes().len() != self.repository().format().width() {
                return Err(UnpackError::OtherObjects { commit: one.commit });
            }
            checkpoints.push(checker.checkpoint(one)?);
        }
        let named = |log: &&LogId| checker.named.contains(*log);
        if let Some(log) = checker.logs.keys().copied().find(|log| !named(log)) {
            return Err(UnpackError::Stray { log: log.clone() });
        }
        Ok(Parcel { writer, checkpoints, frames: bundle.frames, keys: bundle.keys })
    }
}

/// The frames of each log, by epoch.
type Logs<'b> = BTreeMap<&'b LogId, BTreeMap<u64, Vec<&'b BundledFrame>>>;

/// Reads sessions out of frames in memory.
struct Checker<'b> {
    logs: Logs<'b>,
    named: HashSet<LogId>,
    find: &'b FindKey<'b>,
    /// The epoch that was decoded last.
    decoded: Option<(LogId, u64, Vec<u8>)>,
    work: u64,
}

impl<'b> Checker<'b> {
    fn new(frames: &'b [BundledFrame], find: &'b FindKey<'b>) -> Self {
        let mut logs: Logs = BTreeMap::new();
        for frame in frames {
            logs.entry(&frame.log).or_default().entry(frame.epoch).or_default().push(frame);
        }
        for frames in logs.values_mut().flat_map(BTreeMap::values_mut) {
            frames.sort_by_key(|frame| frame.start);
        }
        Self { logs, named: HashSet::new(), find, decoded: None, work: 0 }
    }

    fn decode_all(&mut self) -> Result<(), UnpackError> {
        let epochs = |(log, epochs): (&&'b LogId, &BTreeMap<u64, _>)| {
            epochs.keys().map(|epoch| (*log, *epoch)).collect::<Vec<_>>()
        };
        let all: Vec<(&LogId, u64)> = self.logs.iter().flat_map(epochs).collect();
        all.into_iter().try_for_each(|(log, epoch)| self.decode(log, epoch))
    }

    fn spend(&mut self, bytes: u64) -> Result<(), UnpackError> {
        self.work = self.work.saturating_add(bytes);
        if self.work > MOST_WORK { Err(UnpackError::TooMuch) } else { Ok(()) }
    }

    fn checkpoint(&mut self, one: &BundledDocument) -> Result<Parcelled, UnpackError> {
        let wanted = one.id.clone();
        let failed = |source| UnpackError::Document { id: wanted.clone(), source };
        let mut document = document::read(&one.bytes).map_err(failed)?;
        if let Document::Sealed(sealed) = &document {
            let closed = |source| UnpackError::SealedDocument { id: wanted.clone(), source };
            let key = (self.find)(sealed.key).map_err(closed)?;
            document = sealed.open(&key).map_err(failed)?.document;
        }
        let checkpoint = match document {
            Document::Known(checkpoint) => *checkpoint,
            Document::Newer { id, format, .. } => return Err(UnpackError::Newer { id, format }),
            Document::Sealed(_) => {
                let source = DocumentError::NotUnderstood("it is sealed twice".to_owned());
                return Err(UnpackError::Document { id: wanted, source });
            }
        };
        if checkpoint.id != wanted {
            return Err(UnpackError::OtherDocument { wanted, found: checkpoint.id });
        }
        let document = one.bytes.clone();
        let mut parcelled =
            Parcelled { commit: one.commit, checkpoint, document, files: 0, bytes: 0 };
        let header = parcelled.checkpoint.header.clone();
        header.parts().try_for_each(|part| self.part(part, &mut parcelled))?;
        Ok(parcelled)
    }

    fn part(&mut self, part: Part, into: &mut Parcelled) -> Result<(), UnpackError> {
        let id = into.checkpoint.id.clone();
        let mut count = |stored: &StoredFile| {
            into.files += 1;
            into.bytes = into.bytes.saturating_add(stored.bytes);
        };
        let Part::CompanionList(_, list) = part else {
            self.file(&id, part.stored(), &mut |_| {})?;
            count(part.stored());
            return Ok(());
        };
        for companion in self.companions(&id, list)? {
            self.file(&id, &companion.stored, &mut |_| {})?;
            count(&companion.stored);
        }
        Ok(())
    }

    fn companions(
        &mut self,
        id: &CheckpointId,
        list: &StoredFile,
    ) -> Result<Vec<Companion>, UnpackError> {
        if list.bytes > LONGEST_LIST {
            return Err(UnpackError::TooMuch);
        }
        let mut text = Vec::new();
        self.file(id, list, &mut |bytes| text.extend_from_slice(bytes))?;
        companions::read(&text).map_err(|source| UnpackError::Companions { id: id.clone(), source })
    }

    /// Puts a file together and compares it with its hash.
    fn file(
        &mut self,
        id: &CheckpointId,
        stored: &StoredFile,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), UnpackError> {
        // What is claimed is an upper limit of what is put together.
        self.spend(stored.bytes)?;
        let mut hash = Sha256::new();
        let mut length = 0;
        for extent in &stored.extents {
            let mut at = extent.start;
            while at < extent.end() {
                let bytes = self.bytes_at(&stored.log, at, extent.end(), stored.bytes - length)?;
                hash.update(bytes);
                sink(bytes);
                let taken = bytes.len() as u64;
                at += taken;
                length += taken;
            }
        }
        self.named.insert(stored.log.clone());
        reading::check(stored, length, &hash, self.find)
            .map_err(|source| UnpackError::Session { id: id.clone(), source })
    }

    /// Bytes of a log from `at` on: not beyond `end`, at most `most`, and at least one.
    fn bytes_at(
        &mut self,
        log: &LogId,
        at: u64,
        end: u64,
        most: u64,
    ) -> Result<&[u8], UnpackError> {
        let gap = || UnpackError::Gap { log: log.clone(), from: at };
        let epochs = self.logs.get(log).ok_or_else(gap)?;
        let mut starts = epochs.iter().map(|(number, frames)| (*number, frames[0].start));
        let (epoch, start) = starts.rfind(|(_, start)| *start <= at).ok_or_else(gap)?;
        self.decode(log, epoch)?;
        let raw = self.decoded.as_ref().map_or(&[][..], |(.., raw)| raw);
        let from = (at - start).min(raw.len() as u64) as usize;
        let to =
            (end - start).min(raw.len() as u64).min((from as u64).saturating_add(most)) as usize;
        if from >= to { Err(gap()) } else { Ok(&raw[from..to]) }
    }

    /// Decodes all frames of an epoch.
    fn decode(&mut self, log: &LogId, epoch: u64) -> Result<(), UnpackError> {
        if self.decoded.as_ref().is_some_and(|(of, number, _)| of == log && *number == epoch) {
            return Ok(());
        }
        let frames = self.logs.get(log).and_then(|epochs| epochs.get(&epoch));
        let frames = frames.cloned().unwrap_or_default();
        let mut raw = Vec::new();
        let mut one = Vec::new();
        for frame in &frames {
            self.decode_frame(frame, frames[0].start, &raw, &mut one)?;
            raw.extend_from_slice(&one);
        }
        self.spend(raw.len() as u64)?;
        self.decoded = Some((log.clone(), epoch, raw));
        Ok(())
    }

    fn decode_frame(
        &self,
        at: &BundledFrame,
        epoch_start: u64,
        before: &[u8],
        raw: &mut Vec<u8>,
    ) -> Result<(), UnpackError> {
        let (log, start) = (at.log.clone(), at.start);
        let damaged = |source| UnpackError::Frame { log: log.clone(), start, source };
        let header = frame::header(&at.bytes).map_err(damaged)?;
        let prefix = prefix_of(&header, at, epoch_start, before).map_err(damaged)?;
        let key = header.key.map(self.find).transpose();
        let key = key.map_err(|source| UnpackError::Sealed { log: log.clone(), source })?;
        let place = Place { log: &at.log, epoch: at.epoch };
        let seal = key.as_ref().map(|key| Seal { key, place });
        frame::decode(&at.bytes, prefix, seal, raw).map_err(damaged)
    }
}

/// The bytes that a frame builds on, if it lies where it says.
fn prefix_of<'p>(
    header: &FrameHeader,
    at: &BundledFrame,
    epoch_start: u64,
    before: &'p [u8],
) -> Result<&'p [u8], FrameError> {
    let follows = epoch_start.checked_add(before.len() as u64) == Some(at.start);
    if !follows || header.start != at.start {
        return Err(FrameError::Inconsistent("it belongs somewhere else"));
    }
    if before.len() as u64 >= EPOCH_BYTES {
        return Err(FrameError::Inconsistent("its epoch was full before it"));
    }
    let prefix =
        usize::try_from(header.prefix.1).ok().and_then(|length| before.len().checked_sub(length));
    let prefix = prefix.ok_or(FrameError::Inconsistent("its prefix begins before its epoch"))?;
    Ok(&before[prefix..])
}
