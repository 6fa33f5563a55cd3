//! Handing the lines of a transcript to whoever understands them, chunk by chunk.

use serde_json::value::RawValue;

/// Longest line that is handed over; a longer one is stored but not read, which bounds memory.
const LONGEST: usize = 16 << 20;

/// Understands lines, and can go on later from where it stood.
pub trait LineReader {
    /// Goes on from what an earlier capture kept, or starts anew. Returns false where it cannot use what was kept.
    fn resume(&mut self, kept: Option<&RawValue>) -> bool;
    fn line(&mut self, line: &[u8]);
    /// What the next capture should go on from.
    fn keep(&self) -> Option<Box<RawValue>>;
}

/// For files whose lines nobody reads.
pub struct Unread;

impl LineReader for Unread {
    fn resume(&mut self, _kept: Option<&RawValue>) -> bool {
        true
    }

    fn line(&mut self, _line: &[u8]) {}

    fn keep(&self) -> Option<Box<RawValue>> {
        None
    }
}

/// Cuts chunks into lines. A last line without an end is left for the next time.
pub struct LineFeed<'l> {
    reader: &'l mut dyn LineReader,
    begun: Vec<u8>,
    /// Bytes of the line under way, also where they are not kept.
    begun_length: u64,
}

impl<'l> LineFeed<'l> {
    pub fn new(reader: &'l mut dyn LineReader) -> Self {
        Self { reader, begun: Vec::new(), begun_length: 0 }
    }

    pub fn take(&mut self, mut bytes: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, later) = bytes.split_at(end + 1);
            self.end_line(&line[..end]);
            bytes = later;
        }
        self.begun_length += bytes.len() as u64;
        if self.begun.len() + bytes.len() <= LONGEST {
            self.begun.extend_from_slice(bytes);
        }
    }

    /// Hands over a last line that has no end.
    pub fn finish_line(&mut self) {
        if self.begun_length > 0 {
            self.end_line(b"");
        }
    }

    /// What the reader wants kept of the lines that were handed over.
    pub fn keep(&self) -> Option<Box<RawValue>> {
        self.reader.keep()
    }

    fn end_line(&mut self, rest: &[u8]) {
        let length = self.begun_length + rest.len() as u64;
        if self.begun_length == 0 && rest.len() <= LONGEST {
            self.reader.line(rest);
        } else if length <= LONGEST as u64 {
            self.begun.extend_from_slice(rest);
            self.reader.line(&self.begun);
        }
        self.begun.clear();
        self.begun_length = 0;
    }
}
