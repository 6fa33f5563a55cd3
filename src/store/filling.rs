//! Putting secrets back in the place of their placeholders, as far as the vault has them.

use std::collections::BTreeSet;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::model::hash;
use crate::model::placeholder::{LONGEST_PLACEHOLDER, Placeholder, find_placeholders};
use crate::model::snapshot::Redacted;
use crate::store::vault::{Vault, VaultError};

/// Whether a file is again as it was before its secrets were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// To the byte.
    Exact,
    /// All but these.
    Gaps(BTreeSet<Placeholder>),
    /// Every placeholder was filled, and nobody here can tell whether that is all.
    Unproven,
}

/// Fills what is written to it and hands it on.
pub struct Filling<'f> {
    vault: &'f Vault,
    sink: &'f mut dyn Write,
    /// The end of what was written, while it may be the beginning of a placeholder.
    pending: Vec<u8>,
    gaps: BTreeSet<Placeholder>,
    hash: Sha256,
}

impl<'f> Filling<'f> {
    pub fn new(vault: &'f Vault, sink: &'f mut dyn Write) -> Self {
        let (pending, gaps) = (Vec::new(), BTreeSet::new());
        Self { vault, sink, pending, gaps, hash: Sha256::new() }
    }

    /// Hands on what is left, and compares the whole with what was remembered of it.
    pub fn finish(mut self, redacted: &Redacted) -> Result<io::Result<Filled>, VaultError> {
        let end = self.pending.len();
        if let Err(error) = self.hand_on(end) {
            return Ok(Err(error));
        }
        let original = hash::Sha256(self.hash.finalize().into());
        Ok(Ok(if self.vault.vouches_for(&original, &redacted.original)? {
            Filled::Exact
        } else if self.gaps.is_empty() {
            Filled::Unproven
        } else {
            Filled::Gaps(self.gaps)
        }))
    }

    /// Fills and hands on the first bytes of what is pending; no placeholder goes on behind them.
    fn hand_on(&mut self, end: usize) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let mut from = 0;
        for (range, placeholder) in find_placeholders(&pending[..end]) {
            let Some(value) = self.vault.value(&placeholder.tag).map_err(io::Error::other)? else {
                self.gaps.insert(placeholder);
                continue;
            };
            self.put(&pending[from..range.start])?;
            self.put(value)?;
            from = range.end;
        }
        self.put(&pending[from..end])?;
        self.pending = pending;
        self.pending.drain(..end);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.sink.write_all(bytes)
    }
}

impl Write for Filling<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        let last = self.pending.len().saturating_sub(LONGEST_PLACEHOLDER);
        let end = memchr::memchr(b'[', &self.pending[last..]);
        self.hand_on(end.map_or(self.pending.len(), |open| last + open))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
