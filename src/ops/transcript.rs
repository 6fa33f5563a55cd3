//! Reading a transcript into its digest, from the start or from where the last capture stood.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use serde_json::value::RawValue;

use crate::agent::{Adapter, Found, adapter};
use crate::model::agent::Agent;
use crate::model::digest::Digest;
use crate::model::session::Record;
use crate::policy::tokens::{self, Count, Estimate};
use crate::store::{LineFeed, LineReader, Store};

const CHUNK: usize = 256 << 10;

/// Folds lines into a digest.
pub struct DigestReader {
    adapter: &'static dyn Adapter,
    pub digest: Digest,
}

impl DigestReader {
    pub fn new(agent: Agent) -> Self {
        Self { adapter: adapter(agent), digest: Digest::default() }
    }
}

impl LineReader for DigestReader {
    fn resume(&mut self, kept: Option<&RawValue>) -> bool {
        let digest = match kept {
            Some(kept) => serde_json::from_str(kept.get()).ok(),
            None => Some(Digest::default()),
        };
        digest.map(|digest| self.digest = digest).is_some()
    }

    fn line(&mut self, line: &[u8]) {
        if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
            self.digest.take(self.adapter.read(line), &mut |text| tokens::count(text));
        }
    }

    fn keep(&self) -> Option<Box<RawValue>> {
        serde_json::value::to_raw_value(&self.digest).ok()
    }
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
    let mut reader = DigestReader::new(found.agent);
    let mut from = 0;
    if let Some(kept) = store.kept(found.agent, &found.id)
        && kept.size == found.bytes
        && reader.resume(Some(&kept.kept))
    {
        from = kept.read_up_to;
    }
    read_lines(found, from..u64::MAX, &mut reader)?;
    Ok(reader.digest)
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
