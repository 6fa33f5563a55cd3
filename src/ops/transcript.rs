//! Reading a transcript into its digest, from the start or from where the last capture stood.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::agent::{Adapter, Found, adapter};
use crate::model::agent::Agent;
use crate::model::digest::Digest;
use crate::model::session::Record;
use crate::model::time::Timestamp;
use crate::policy::ear;
use crate::policy::tokens::{self, Count, Estimate};
use crate::store::{LineFeed, LineReader, Store};

const CHUNK: usize = 256 << 10;

/// How many captures are remembered.
const MARKS: usize = 8;

/// Folds lines into a digest.
pub struct DigestReader {
    adapter: &'static dyn Adapter,
    pub digest: Digest,
    /// The last moments that earlier captures had seen.
    marks: Vec<Timestamp>,
}

/// What the reader keeps from capture to capture.
#[derive(Serialize, Deserialize)]
struct Reading<'a> {
    digest: Cow<'a, Digest>,
    marks: Vec<Timestamp>,
}

impl DigestReader {
    pub fn new(agent: Agent) -> Self {
        Self { adapter: adapter(agent), digest: Digest::default(), marks: Vec::new() }
    }

    /// The last moment that the capture before this one had seen. A capture that is done again, because nobody knows
    /// whether it was finished, has the same.
    pub fn since(&self) -> Option<Timestamp> {
        self.marks.iter().rev().copied().find(|mark| Some(*mark) < self.digest.last)
    }
}

impl LineReader for DigestReader {
    fn resume(&mut self, kept: Option<&RawValue>) -> bool {
        let Some(kept) = kept else {
            self.digest = Digest::default();
            return true;
        };
        let reading: Option<Reading> = serde_json::from_str(kept.get()).ok();
        let known = reading.is_some();
        if let Some(Reading { digest, marks }) = reading {
            (self.digest, self.marks) = (digest.into_owned(), marks);
        }
        known
    }

    fn line(&mut self, line: &[u8]) {
        if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
            let record = self.adapter.read(line);
            let heard = ear::hear(&record);
            self.digest.take(record, &mut |text| tokens::count(text));
            self.digest.note(heard);
        }
    }

    fn keep(&self) -> Option<Box<RawValue>> {
        let mut marks = self.marks.clone();
        if let Some(last) = self.digest.last.filter(|last| marks.last() != Some(last)) {
            marks.push(last);
            let surplus = marks.len().saturating_sub(MARKS);
            marks.drain(..surplus);
        }
        let reading = Reading { digest: Cow::Borrowed(&self.digest), marks };
        serde_json::value::to_raw_value(&reading).ok()
    }
}

/// The digest in what a capture has kept.
pub fn kept_digest(kept: &RawValue) -> Option<Digest> {
    let reading: Reading = serde_json::from_str(kept.get()).ok()?;
    Some(reading.digest.into_owned())
}

/// Tokens in the context window of a session: the provider's figure, else a count of its text.
pub fn session_tokens(digest: &Digest) -> Count {
    match &digest.usage {
        Some(usage) => Count { tokens: usage.context, estimated: false },
        None => {
            let count = Estimate::for_model(digest.model.as_deref(), digest.estimated_tokens);
            Count { estimated: true, ..count }
        }
    }
}

/// The digest of a session as it is on disk now; what the last capture kept is used where nothing was added since.
pub fn digest_now(store: &Store, found: &Found) -> std::io::Result<Digest> {
    read_now(store, found).map(|reader| reader.digest)
}

/// The same with what earlier captures had seen of it.
pub fn read_now(store: &Store, found: &Found) -> std::io::Result<DigestReader> {
    let mut reader = DigestReader::new(found.agent);
    let mut from = 0;
    if let Some(kept) = store.kept(found.agent, &found.id)
        && reader.resume(Some(&kept.kept))
    {
        if kept.size == found.bytes {
            from = kept.read_up_to;
        } else {
            reader.digest = Digest::default();
        }
    }
    read_lines(found, from..u64::MAX, &mut reader)?;
    Ok(reader)
}

/// Hands over the lines of a part of a transcript, the last one even without an end.
fn read_lines(found: &Found, part: Range<u64>, reader: &mut dyn LineReader) -> std::io::Result<()> {
    let mut file = File::open(&found.transcript)?;
    file.seek(SeekFrom::Start(part.start))?;
    let mut file = file.take(part.end - part.start);
    let mut feed = LineFeed::new(reader);
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            length => feed.take(&chunk[..length]),
        }
    }
    feed.finish_line();
    Ok(())
}

/// Hands every record of a part of a transcript to `each`.
pub fn each_record(
    found: &Found,
    part: Range<u64>,
    each: &mut dyn FnMut(Record),
) -> std::io::Result<()> {
    read_lines(found, part, &mut Records { adapter: adapter(found.agent), each })
}

/// Understands lines and remembers nothing.
struct Records<'r> {
    adapter: &'static dyn Adapter,
    each: &'r mut dyn FnMut(Record),
}

impl LineReader for Records<'_> {
    fn resume(&mut self, _kept: Option<&RawValue>) -> bool {
        false
    }

    fn line(&mut self, line: &[u8]) {
        (self.each)(self.adapter.read(line));
    }

    fn keep(&self) -> Option<Box<RawValue>> {
        None
    }
}
