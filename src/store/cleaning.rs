//! What a capture works out of the bytes of a file on their way into its log: hashes, what the lines tell, and what
//! was replaced.

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use crate::model::hash;
use crate::model::snapshot::Redacted;
use crate::store::capture::CaptureError;
use crate::store::fingerprint::Fingerprint;
use crate::store::lines::{LineFeed, LineReader};
use crate::store::redactor::{Redactor, Tools};
use crate::store::sieve::{self, Run, Sieve};

/// Takes clean bytes.
pub type Sink<'s> = dyn FnMut(&[u8]) -> Result<(), CaptureError> + 's;

/// How far a capture is certain: nothing that comes later changes what was made of the bytes before.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// Offset in the file.
    pub at: u64,
    /// How many bytes are stored of what lies before it.
    pub stored: u64,
    /// Hash of these.
    pub hash: Sha256,
    /// Hash of the file's own bytes, where some were replaced.
    pub original: Option<Sha256>,
    /// How many places were replaced.
    pub places: u64,
}

/// Where a cleaning goes on.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    pub settled: Settled,
    /// How much of the file the fingerprint covers, and what of it follows the last whole block.
    pub size: u64,
    pub rest: Vec<u8>,
    /// Offset of the first line that was not read.
    pub read_up_to: u64,
    pub verbatim_from: u64,
}

impl Earlier {
    /// Where to start reading.
    pub fn start(&self) -> u64 {
        sieve::start(self.settled.at).min(self.read_up_to)
    }
}

/// What is known of a file that was read to its end.
#[derive(Debug)]
pub struct Clean {
    pub settled: Settled,
    /// Hash of what is stored behind what is settled.
    pub unsettled: u64,
    /// How many bytes are stored of the whole file.
    pub bytes: u64,
    pub sha256: hash::Sha256,
    pub redacted: Option<Redacted>,
    /// From this offset on the file is stored as it is.
    pub verbatim_from: u64,
    pub fingerprint: Fingerprint,
    pub lines: Lines,
}

/// What the lines that are settled have told.
#[derive(Debug)]
pub struct Lines {
    /// Offset of the first line that does not count for it.
    pub read_up_to: u64,
    pub kept: Option<Box<RawValue>>,
}

/// Cleans one file.
pub struct Cleaning<'c, 'a> {
    sieve: Sieve<Tools<'a>>,
    sieve_from: u64,
    work: Work<'c, 'a>,
    fingerprint: Fingerprint,
    fingerprint_from: u64,
    read_from: u64,
}

impl<'c, 'a> Cleaning<'c, 'a> {
    pub fn new(
        redactor: &'c mut Redactor<'a>,
        earlier: Earlier,
        reader: &'c mut dyn LineReader,
    ) -> Self {
        let sieve_from = sieve::start(earlier.settled.at);
        Self {
            sieve_from,
            sieve: Sieve::new(redactor.tools(), sieve_from, earlier.settled.at),
            work: Work {
                redactor,
                feed: LineFeed::new(reader),
                known: earlier.settled.at,
                now: earlier.settled,
                settled: None,
                unsettled: Vec::new(),
                read_up_to: earlier.read_up_to,
                verbatim_from: earlier.verbatim_from,
            },
            fingerprint: Fingerprint::going_on(&earlier.rest),
            fingerprint_from: earlier.size,
            read_from: earlier.read_up_to,
        }
    }

    /// Takes the next bytes of the file, which lie at offset `at`, and hands clean ones on.
    pub fn take(&mut self, at: u64, chunk: &[u8], sink: &mut Sink) -> Result<(), CaptureError> {
        self.fingerprint.take(from(chunk, at, self.fingerprint_from));
        let known = (self.work.known.saturating_sub(at) as usize).min(chunk.len());
        self.work.feed.take(from(&chunk[..known], at, self.read_from));
        let chunk = from(chunk, at, self.sieve_from);
        self.sieve.take(chunk, &mut |run| self.work.take(run, sink))
    }

    pub fn finish(mut self, sink: &mut Sink) -> Result<Clean, CaptureError> {
        let settled_at = self.sieve.finish(&mut |run| self.work.take(run, sink))?;
        let (settled, lines) = match self.work.settled.take() {
            Some(settled) => settled,
            None => self.work.settle(),
        };
        let Work { redactor, mut feed, now, unsettled, verbatim_from, .. } = self.work;
        // A last line without an end counts for what is known now.
        feed.finish_line();
        let redacted = match &now.original {
            Some(original) => redactor.redacted(now.places, original)?,
            None => None,
        };
        let sha256 = hash::Sha256(now.hash.clone().finalize().into());
        Ok(Clean {
            bytes: now.stored,
            sha256,
            redacted,
            settled: Settled { at: settled_at, ..settled },
            unsettled: xxh3_64(&unsettled),
            verbatim_from,
            fingerprint: self.fingerprint,
            lines,
        })
    }
}

/// What happens to each run of bytes.
struct Work<'c, 'a> {
    redactor: &'c mut Redactor<'a>,
    feed: LineFeed<'c>,
    /// Everything before this offset was handed on earlier.
    known: u64,
    now: Settled,
    settled: Option<(Settled, Lines)>,
    unsettled: Vec<u8>,
    read_up_to: u64,
    verbatim_from: u64,
}

impl Work<'_, '_> {
    fn settle(&self) -> (Settled, Lines) {
        (self.now.clone(), Lines { read_up_to: self.read_up_to, kept: self.feed.keep() })
    }

    fn take(&mut self, run: Run, sink: &mut Sink) -> Result<(), CaptureError> {
        if !run.settled && self.settled.is_none() {
            self.settled = Some(self.settle());
        }
        let Some(rule) = run.rule else {
            if let Some(end) = memchr::memrchr(b'\n', run.bytes) {
                self.read_up_to = self.read_up_to.max(run.at + end as u64 + 1);
            }
            return self.hand_on(run, run.bytes, sink);
        };
        let placeholder = self.redactor.placeholder(rule, run.bytes)?;
        self.now.original.get_or_insert_with(|| self.now.hash.clone());
        self.now.places += 1;
        self.verbatim_from = run.at + run.bytes.len() as u64;
        self.hand_on(run, placeholder.as_bytes(), sink)
    }

    fn hand_on(&mut self, run: Run, clean: &[u8], sink: &mut Sink) -> Result<(), CaptureError> {
        self.now.hash.update(clean);
        self.now.stored += clean.len() as u64;
        if let Some(original) = &mut self.now.original {
            original.update(run.bytes);
        }
        if !run.settled {
            self.unsettled.extend_from_slice(clean);
        }
        self.feed.take(clean);
        sink(clean)
    }
}

/// The part of `chunk`, which lies at offset `at`, that does not lie before `threshold`.
fn from(chunk: &[u8], at: u64, threshold: u64) -> &[u8] {
    &chunk[(threshold.saturating_sub(at) as usize).min(chunk.len())..]
}
