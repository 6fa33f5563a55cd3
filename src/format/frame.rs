//! Frames: the pieces that a log is stored in.
//!
//! A frame is a zstd skippable frame that holds a small JSON header, followed by one ordinary zstd frame with content
//! size and checksum. The zstd frame may refer to a prefix: the raw bytes of the log right before it. The stock
//! `zstd` program reads both kinds (`zstd -d`, `zstd -d --patch-from=<prefix>`). In a sealed frame the zstd frame is
//! encrypted after it was compressed.

use serde::{Deserialize, Serialize};
use zstd::zstd_safe::{CCtx, CParameter, DCtx};

use crate::format::seal::{LogKey, Place};
use crate::model::key_id::KeyId;

/// Most raw bytes that one frame holds.
pub const FRAME_BYTES: usize = 1 << 20;
/// Most raw bytes before a frame that it may refer to.
pub const PREFIX_BYTES: usize = 1 << 20;
/// Most bytes of a stored frame: its raw bytes, and what its header and a compression that fails may add to them.
pub const LARGEST: u64 = 2 << 20;
/// Up to so many raw bytes, half of that prefix is used: on real sessions the frames of 20 KB steps grow by 0.4 % for
/// it and those of 100 KB steps by 4.6 %, and making one takes two thirds of the time.
const FEW_BYTES: u64 = 128 << 10;
/// The newest frame version that this program reads: that of sealed frames.
pub const VERSION: u32 = 2;
/// The version of frames that anybody can read.
const PLAIN: u32 = 1;

const LEVEL: i32 = 3;
/// Prefix and content together fit in 2 MiB.
const WINDOW_LOG: u32 = 21;
const SKIPPABLE_MAGIC: u32 = 0x184D_2A50;

/// What a frame says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameHeader {
    #[serde(rename = "v")]
    pub version: u32,
    /// Where in the log the frame's bytes start.
    #[serde(rename = "o")]
    pub start: u64,
    /// How many raw bytes it holds.
    #[serde(rename = "n")]
    pub length: u64,
    /// Start and length of the prefix, which ends where the frame starts.
    #[serde(rename = "p")]
    pub prefix: (u64, u64),
    /// The key that the frame is sealed with.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
}

/// What a frame is sealed or opened with, and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    pub key: &'a LogKey,
    pub place: Place<'a>,
}

/// Just enough of a header to tell its version.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "v")]
    version: u32,
}

/// A frame that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the frame has no readable header")]
    NoHeader,
    #[error("the frame was written in version {0}, newer than this program reads")]
    Newer(u32),
    #[error("the frame's header disagrees with its content: {0}")]
    Inconsistent(&'static str),
    #[error("the frame is sealed with key {0}, and was to be read without it")]
    Sealed(KeyId),
    #[error("the frame does not open with its key: it was changed, or belongs somewhere else")]
    Broken,
    #[error("zstd: {0}")]
    Zstd(&'static str),
}

/// Turns zstd's error codes into words, and nothing else.
fn zstd_error(code: usize) -> FrameError {
    FrameError::Zstd(zstd::zstd_safe::get_error_name(code))
}

/// How long a prefix a frame of `raw` bytes should have, where there is as much.
pub fn prefix_for(raw: u64) -> u64 {
    if raw <= FEW_BYTES { PREFIX_BYTES as u64 / 2 } else { PREFIX_BYTES as u64 }
}

/// Encodes `raw`, which starts at `start` of its log and directly follows `prefix`.
///
/// At most [`FRAME_BYTES`] raw bytes and [`PREFIX_BYTES`] of prefix.
pub fn encode(
    start: u64,
    prefix: &[u8],
    raw: &[u8],
    seal: Option<Seal>,
) -> Result<Vec<u8>, FrameError> {
    let header = FrameHeader {
        version: if seal.is_some() { VERSION } else { PLAIN },
        start,
        length: raw.len() as u64,
        prefix: (start - prefix.len() as u64, prefix.len() as u64),
        key: seal.map(|seal| seal.key.id()),
    };
    let json = serde_json::to_vec(&header).map_err(|_| FrameError::NoHeader)?;
    let mut packed = Vec::with_capacity(zstd::zstd_safe::compress_bound(raw.len()));
    compress(prefix, raw, &mut packed).map_err(zstd_error)?;
    if let Some(Seal { key, place }) = seal {
        packed = key.seal(place, &json, &packed);
    }
    let mut frame = Vec::with_capacity(8 + json.len() + packed.len());
    frame.extend_from_slice(&SKIPPABLE_MAGIC.to_le_bytes());
    frame.extend_from_slice(&(json.len() as u32).to_le_bytes());
    frame.extend_from_slice(&json);
    frame.extend_from_slice(&packed);
    Ok(frame)
}

fn compress(prefix: &[u8], raw: &[u8], packed: &mut Vec<u8>) -> Result<usize, usize> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::CompressionLevel(LEVEL))?;
    context.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
    context.set_parameter(CParameter::ChecksumFlag(true))?;
    context.ref_prefix(prefix)?;
    context.compress2(packed, raw)
}

/// Reads the header of a frame.
pub fn header(frame: &[u8]) -> Result<FrameHeader, FrameError> {
    split(frame).map(|parts| parts.header)
}

/// Decodes a frame; `prefix` must be the raw bytes that its header names, and `seal` have the key that it names.
pub fn decode(
    frame: &[u8],
    prefix: &[u8],
    seal: Option<Seal>,
    raw: &mut Vec<u8>,
) -> Result<(), FrameError> {
    let Parts { header, json, packed } = split(frame)?;
    if header.prefix.1 != prefix.len() as u64 {
        return Err(FrameError::Inconsistent("another prefix"));
    }
    if header.length > FRAME_BYTES as u64 {
        return Err(FrameError::Inconsistent("more bytes than a frame may hold"));
    }
    let opened = match (header.key, seal) {
        (None, _) => None,
        (Some(key), None) => return Err(FrameError::Sealed(key)),
        (Some(_), Some(Seal { key, place })) => {
            Some(key.open(place, json, packed).map_err(|_| FrameError::Broken)?)
        }
    };
    let packed = opened.as_deref().unwrap_or(packed);
    raw.clear();
    raw.reserve(header.length as usize);
    let mut context = DCtx::create();
    context.ref_prefix(prefix).map_err(zstd_error)?;
    let length = context.decompress(raw, packed).map_err(zstd_error)?;
    if length as u64 != header.length {
        return Err(FrameError::Inconsistent("another length"));
    }
    Ok(())
}

struct Parts<'a> {
    header: FrameHeader,
    /// The header as it is stored.
    json: &'a [u8],
    packed: &'a [u8],
}

fn split(frame: &[u8]) -> Result<Parts<'_>, FrameError> {
    let word = |at: usize| -> Option<u32> {
        frame.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
    };
    if word(0) != Some(SKIPPABLE_MAGIC) {
        return Err(FrameError::NoHeader);
    }
    let end = word(4).and_then(|length| 8usize.checked_add(length as usize));
    let end = end.filter(|end| *end <= frame.len()).ok_or(FrameError::NoHeader)?;
    let json = &frame[8..end];
    let newer = serde_json::from_slice(json).map(|Version { version }| version);
    if let Some(version) = newer.ok().filter(|version| *version > VERSION) {
        return Err(FrameError::Newer(version));
    }
    let mut header: FrameHeader = serde_json::from_slice(json).map_err(|_| FrameError::NoHeader)?;
    if header.version == PLAIN {
        // What a plain frame says there is not for us.
        header.key = None;
    } else if header.key.is_none() {
        return Err(FrameError::NoHeader);
    }
    Ok(Parts { header, json, packed: &frame[end..] })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_prefix_saves_what_was_said_before() {
        let said: Vec<u8> = (0..400u32)
            .flat_map(|n| {
                format!("{n}: {}\n", "the quick brown fox ".repeat(n as usize % 7)).into_bytes()
            })
            .collect();
        let alone = encode(said.len() as u64, &[], &said, None).unwrap();
        // A copy: zstd ignores a prefix that lies in the very memory it compresses.
        let after = encode(said.len() as u64, &said.clone(), &said, None).unwrap();
        assert!(after.len() * 3 < alone.len(), "{} of {}", after.len(), alone.len());
    }

    #[test]
    fn a_newer_frame_is_named_as_such() {
        let mut frame = encode(0, &[], b"text", None).unwrap();
        let place = frame.windows(4).position(|four| four == b"\"v\":").unwrap() + 4;
        frame[place] = b'9';
        assert!(matches!(header(&frame), Err(FrameError::Newer(9))));
    }

    #[test]
    fn damage_never_reads_as_other_bytes() {
        let raw = b"one line\nanother line\n".repeat(20);
        let frame = encode(0, &[], &raw, None).unwrap();
        for place in 0..frame.len() {
            let mut damaged = frame.clone();
            damaged[place] ^= 0x10;
            let mut read = Vec::new();
            if decode(&damaged, &[], None, &mut read).is_ok() {
                assert_eq!(read, raw, "byte {place}");
            }
        }
    }

    #[test]
    fn a_sealed_frame_keeps_its_prefix_and_tells_its_key_to_everybody() {
        let (key, log) = (LogKey::new([3; 32]), "0123456789abcdef".parse().unwrap());
        let seal = Some(Seal { key: &key, place: Place { log: &log, epoch: 0 } });
        let said = b"one line\nanother line\n".repeat(20);
        let frame = encode(said.len() as u64, &said.clone(), &said, seal).unwrap();
        let plain = encode(said.len() as u64, &said.clone(), &said, None).unwrap();
        // The name of the key, the nonce, and the mark of authenticity.
        assert_eq!(frame.len(), plain.len() + 23 + 24 + 16);
        assert_eq!(header(&frame).unwrap().key, Some(key.id()));
        let mut read = Vec::new();
        decode(&frame, &said, seal, &mut read).unwrap();
        assert_eq!(read, said);
        assert!(matches!(decode(&frame, &said, None, &mut read), Err(FrameError::Sealed(_))));
    }

    proptest! {
        #[test]
        fn a_frame_gives_back_its_bytes(prefix: Vec<u8>, raw: Vec<u8>, before in 0u64..1 << 40) {
            let start = before + prefix.len() as u64;
            let frame = encode(start, &prefix, &raw, None).unwrap();
            let mut read = Vec::new();
            decode(&frame, &prefix, None, &mut read).unwrap();
            prop_assert_eq!(read, raw);
            prop_assert_eq!(header(&frame).unwrap().start, start);
        }
    }
}
