//! The file of a loose object: `kind size\0` and the content, as one zlib stream.
//!
//! Whatever is wrong with such a file is told by name. No damage makes reading go on for ever, or take more memory
//! than the file can unfold to. Where the files lie is not known here.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use sha2::{Digest, Sha256};
use zlib_rs::adler32::adler32;

use crate::git::object::{ObjectKind, object_id};
use crate::git::repository::ObjectFormat;
use crate::model::object::ObjectId;

/// What is unpacked before the size of an object is known; most objects are done with then.
const START_BYTES: usize = 1024;

/// A header is at most a kind, a space, twenty digits and a zero.
const HEADER_BYTES: usize = 32;

/// No byte of a zlib stream stands for more than this many.
const MOST_UNFOLDED: u64 = 1032;

/// What can be wrong with the file of an object.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::git) enum Flaw {
    #[error("its file is empty")]
    Empty,
    #[error("its file cannot be read: {detail}")]
    Unreadable { detail: String },
    #[error("its file cannot be unpacked")]
    Garbled,
    #[error("its file ends early")]
    CutOff,
    #[error("its file does not begin with a kind and a size")]
    Header,
    #[error("its file does not hold as many bytes as it says")]
    Length,
    #[error("its file goes on after its end")]
    Surplus,
    #[error("its file holds another object")]
    Content,
    #[error("it has {size} bytes, which is more than asked for")]
    TooLarge { size: u64 },
}

/// How small an object is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Packing {
    /// At git's own level for loose objects.
    Usual,
    /// Not at all: the content is compressed already, or little but hashes.
    Stored,
}

/// A kind and a content.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::git) struct LooseObject {
    pub kind: ObjectKind,
    pub bytes: Vec<u8>,
}

/// The id of an object.
pub(in crate::git) fn hash(
    format: ObjectFormat,
    kind: ObjectKind,
    bytes: &[u8],
) -> Result<ObjectId, git2::Error> {
    if format == ObjectFormat::Sha256 {
        let digest = Sha256::new().chain_update(header(kind, bytes.len())).chain_update(bytes);
        let digest = digest.finalize();
        return Ok(ObjectId::from_bytes(&digest).expect("a SHA-256 digest has 32 bytes"));
    }
    git2::Oid::hash_object(kind.raw(), bytes).map(object_id)
}

/// The file of an object.
pub(in crate::git) fn encode(kind: ObjectKind, bytes: &[u8], packing: Packing) -> Vec<u8> {
    let header = header(kind, bytes.len());
    match packing {
        Packing::Usual => deflated(header.as_bytes(), bytes),
        Packing::Stored => stored(&[header.as_bytes(), bytes].concat()),
    }
}

fn deflated(header: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut deflate = Compress::new(Compression::new(1), true);
    let mut file = Vec::with_capacity(HEADER_BYTES + bytes.len() + bytes.len() / 256 + 64);
    let parts = [(header, FlushCompress::None), (bytes, FlushCompress::Finish)];
    for (part, flush) in parts {
        let start = deflate.total_in();
        loop {
            let done = (deflate.total_in() - start) as usize;
            let status = deflate.compress_vec(&part[done..], &mut file, flush);
            let status = status.expect("deflating from memory into memory cannot fail");
            let all_taken = (deflate.total_in() - start) as usize == part.len();
            if status == Status::StreamEnd || (all_taken && flush == FlushCompress::None) {
                break;
            }
            file.reserve(bytes.len() / 8 + 64);
        }
    }
    file
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4). Setting up a deflater costs more than writing this.
fn stored(content: &[u8]) -> Vec<u8> {
    let blocks = content.chunks(usize::from(u16::MAX));
    let last = blocks.len() - 1;
    let mut file = Vec::with_capacity(content.len() + 5 * blocks.len() + 6);
    file.extend([0x78, 0x01]);
    for (number, block) in blocks.enumerate() {
        let length = block.len() as u16;
        file.push(u8::from(number == last));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend_from_slice(block);
    }
    file.extend(adler32(1, content).to_be_bytes());
    file
}

/// How long the file of an object of so many bytes can be, however badly it is packed.
pub(in crate::git) fn longest_file(size: u64) -> u64 {
    size.saturating_add(size / 1000).saturating_add(START_BYTES as u64)
}

/// Reads the file of an object that has at most so many bytes, whatever its id.
pub(in crate::git) fn decode(file: &[u8], most: u64) -> Result<LooseObject, Flaw> {
    let mut stream = Stream::new(file)?;
    let mut start = Vec::with_capacity(START_BYTES);
    stream.fill(&mut start)?;
    let (kind, size, offset) = read_header(&start).ok_or(Flaw::Header)?;
    if size > most {
        return Err(Flaw::TooLarge { size });
    }
    if size > MOST_UNFOLDED * file.len() as u64 {
        return Err(Flaw::Length);
    }
    // One byte more than there should be shows that there are too many.
    let mut bytes = Vec::with_capacity(size as usize + 1);
    bytes.extend_from_slice(&start[offset..]);
    stream.fill(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(Flaw::Length);
    }
    if !stream.rest.is_empty() {
        return Err(Flaw::Surplus);
    }
    Ok(LooseObject { kind, bytes })
}

/// The kind and the size that a file begins with, out of its first bytes.
pub(in crate::git) fn decode_header(file: &[u8]) -> Result<(ObjectKind, u64), Flaw> {
    let mut start = Vec::with_capacity(HEADER_BYTES);
    // That the content is not there is no flaw of the header.
    let filled = Stream::new(file)?.fill(&mut start);
    match (read_header(&start), filled) {
        (Some((kind, size, _)), _) => Ok((kind, size)),
        (None, Err(flaw)) => Err(flaw),
        (None, Ok(())) => Err(Flaw::Header),
    }
}

fn header(kind: ObjectKind, size: usize) -> String {
    format!("{kind} {size}\0")
}

/// Reads `kind size\0`; gives the offset of what follows, too.
fn read_header(start: &[u8]) -> Option<(ObjectKind, u64, usize)> {
    let end = start.iter().take(HEADER_BYTES).position(|&byte| byte == 0)?;
    let (kind, size) = std::str::from_utf8(&start[..end]).ok()?.split_once(' ')?;
    let canonical =
        size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
    let size = canonical.then(|| size.parse().ok()).flatten()?;
    Some((ObjectKind::from_name(kind)?, size, end + 1))
}

/// A zlib stream that is read step by step.
struct Stream<'a> {
    inflate: Decompress,
    rest: &'a [u8],
    ended: bool,
}

impl<'a> Stream<'a> {
    fn new(file: &'a [u8]) -> Result<Self, Flaw> {
        if file.is_empty() {
            return Err(Flaw::Empty);
        }
        Ok(Self { inflate: Decompress::new(true), rest: file, ended: false })
    }

    /// Unpacks until `bytes` is full or the stream ends.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<(), Flaw> {
        while !self.ended && bytes.len() < bytes.capacity() {
            let (before, length) = (self.inflate.total_in(), bytes.len());
            let status = self
                .inflate
                .decompress_vec(self.rest, bytes, FlushDecompress::Finish)
                .map_err(|_| Flaw::Garbled)?;
            let taken = (self.inflate.total_in() - before) as usize;
            self.rest = &self.rest[taken..];
            self.ended = status == Status::StreamEnd;
            if !self.ended && taken == 0 && bytes.len() == length {
                return Err(Flaw::CutOff);
            }
        }
        Ok(())
    }
}
