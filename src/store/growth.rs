//! What a file has gained since it was captured last.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::snapshot::{Extent, cut_extents, push_extent};
use crate::store::appender::{Appended, Appender};
use crate::store::capture::CaptureError;
use crate::store::state::State;

/// Adds what a file has gained to its log, and puts anew what was stored of a part that was not settled.
pub struct Growth<'r> {
    appender: Appender<'r>,
    extents: Vec<Extent>,
    /// How many bytes are stored of what is settled.
    settled: u64,
    /// How many bytes are stored behind that, and their hash.
    unsettled: (usize, u64),
    /// What stands in their place now, until there is enough to compare.
    instead: Vec<u8>,
}

impl<'r> Growth<'r> {
    pub fn new(appender: Appender<'r>, state: &State, settled: u64) -> Self {
        let extents = state.extents.clone();
        let stored: u64 = extents.iter().map(|extent| extent.length).sum();
        let unsettled = ((stored - settled) as usize, state.unsettled);
        Self { appender, extents, settled, unsettled, instead: Vec::new() }
    }

    pub fn push(&mut self, clean: &[u8]) -> Result<(), CaptureError> {
        if self.unsettled.0 == 0 {
            return self.append(clean);
        }
        self.instead.extend_from_slice(clean);
        if self.instead.len() >= self.unsettled.0 { self.settle() } else { Ok(()) }
    }

    /// Decides whether what was stored still stands.
    fn settle(&mut self) -> Result<(), CaptureError> {
        let (length, hash) = std::mem::take(&mut self.unsettled);
        let instead = std::mem::take(&mut self.instead);
        if instead.len() >= length && xxh3_64(&instead[..length]) == hash {
            return self.append(&instead[length..]);
        }
        cut_extents(&mut self.extents, self.settled);
        self.append(&instead)
    }

    fn append(&mut self, clean: &[u8]) -> Result<(), CaptureError> {
        let added = self.appender.push(clean)?;
        push_extent(&mut self.extents, added);
        Ok(())
    }

    pub fn finish(mut self) -> Result<(Appended, Vec<Extent>), CaptureError> {
        if self.unsettled.0 > 0 {
            self.settle()?;
        }
        Ok((self.appender.finish(), self.extents))
    }
}
