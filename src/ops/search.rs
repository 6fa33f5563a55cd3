//! Looking for secrets in streams of bytes, and telling where they stand.
//!
//! What is handed out of a secret is how it begins at the most. Memory does not grow with what is looked through.

use std::convert::Infallible;
use std::io::{self, Write};

use memchr::{memchr, memchr_iter, memrchr};

use crate::model::placeholder::RuleId;
use crate::ops::secrets::Finder;
use crate::policy::masking::masked;
use crate::store::{Run, Sieve};

/// Most bytes that are shown before and after a secret.
const AROUND: usize = 40;

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub rule: RuleId,
    /// Where its first byte lies.
    pub at: u64,
    /// The number of its line, from 1; unknown where reading did not start at the beginning.
    pub line: Option<u64>,
    pub length: u64,
    pub masked: String,
    /// What stands in the same line before it and after it, other secrets as placeholders.
    pub before: String,
    pub after: String,
}

/// Looks through one stream, which is written to it.
pub struct Search<'f, 'e> {
    sieve: Sieve<&'f Finder>,
    watch: Watch<'e>,
}

impl<'f, 'e> Search<'f, 'e> {
    pub fn new(finder: &'f Finder, each: &'e mut dyn FnMut(Hit)) -> Self {
        Self::going_on(finder, 0, &[], each)
    }

    /// Starts at offset `at`; `before` is what lies there before it, and is not looked through again.
    pub fn going_on(
        finder: &'f Finder,
        at: u64,
        before: &[u8],
        each: &'e mut dyn FnMut(Hit),
    ) -> Self {
        let mut search = Self {
            sieve: Sieve::new(Some(finder), at - before.len() as u64, at),
            watch: Watch { line: (at == 0).then_some(1), before: Vec::new(), open: None, each },
        };
        search.take(before);
        search
    }

    pub fn take(&mut self, bytes: &[u8]) {
        let watch = &mut self.watch;
        let Ok(()) = self.sieve.take(bytes, &mut |run| -> Result<(), Infallible> {
            watch.take(run);
            Ok(())
        });
    }

    pub fn finish(self) {
        let mut watch = self.watch;
        let Ok(()) = self.sieve.end(&mut |run| -> Result<(), Infallible> {
            watch.take(run);
            Ok(())
        });
        watch.close(&[]);
    }
}

impl Write for Search<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes hits of what comes out of the sieve.
struct Watch<'e> {
    line: Option<u64>,
    /// The end of what came so far of this line.
    before: Vec<u8>,
    /// What was found last, while it is not known what follows.
    open: Option<Hit>,
    each: &'e mut dyn FnMut(Hit),
}

impl Watch<'_> {
    fn take(&mut self, run: Run) {
        let Some(rule) = run.rule else {
            self.close(run.bytes);
            return self.go_on(run.bytes, run.bytes);
        };
        let placeholder = format!("[REDACTED:{rule}:…]");
        self.close(placeholder.as_bytes());
        self.open = Some(Hit {
            rule: rule.clone(),
            at: run.at,
            line: self.line,
            length: run.bytes.len() as u64,
            masked: masked(run.bytes),
            before: String::from_utf8_lossy(&self.before).into_owned(),
            after: String::new(),
        });
        self.go_on(run.bytes, placeholder.as_bytes());
    }

    /// Hands out what is open, now that it is known what follows.
    fn close(&mut self, after: &[u8]) {
        let Some(mut hit) = self.open.take() else { return };
        let line = &after[..memchr(b'\n', after).unwrap_or(after.len())];
        hit.after = String::from_utf8_lossy(&line[..line.len().min(AROUND)]).into_owned();
        (self.each)(hit);
    }

    /// Keeps count of lines; `shown` stands for `bytes` in what is shown of them.
    fn go_on(&mut self, bytes: &[u8], shown: &[u8]) {
        let ends = memchr_iter(b'\n', bytes).count() as u64;
        self.line = self.line.map(|line| line + ends);
        if ends > 0 {
            self.before.clear();
        }
        let line = memrchr(b'\n', shown).map_or(0, |end| end + 1);
        let line = &shown[line..];
        self.before.extend_from_slice(&line[line.len().saturating_sub(AROUND)..]);
        let surplus = self.before.len().saturating_sub(AROUND);
        self.before.drain(..surplus);
    }
}
