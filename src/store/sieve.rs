//! Taking the secrets out of a stream of bytes on its way into a log.
//!
//! A file is looked at in parts that end with a line, so that a secret is seen whole wherever reads and saves cut it.
//! What may go on behind the end of the file is handed out as *unsettled*: the next capture looks at it once more,
//! together with what has come since, and replaces what it stored of it.

use crate::model::finding::Finding;
use crate::model::placeholder::RuleId;

/// Bytes before a part that are looked at again with it.
const CONTEXT: usize = 4 << 10;
/// Bytes behind a cut inside a line that are looked at before it is made.
const AHEAD: usize = 64 << 10;
/// Longest line that is looked at in one go.
const LONGEST: usize = 2 << 20;
/// Longest escape sequence of a JSON string, escaped three times over.
const ESCAPE: usize = 64;

/// The rule by which what may be the beginning of a secret is held back.
const UNFINISHED: &str = "unfinished";

/// Finds secrets in a text.
pub trait FindSecrets {
    /// The secrets of a text that consists of whole lines, in order, none of which overlap.
    fn find(&self, text: &[u8]) -> Vec<Finding>;

    /// The offset from which a secret may go on behind the end of the text, so that it has to be seen with what follows.
    fn open_at_end(&self, text: &[u8]) -> Option<usize>;

    /// The offset of what may be the first half of a secret, where nothing follows for now.
    fn begun_at_end(&self, text: &[u8]) -> Option<usize>;
}

impl<T: FindSecrets + ?Sized> FindSecrets for &T {
    fn find(&self, text: &[u8]) -> Vec<Finding> {
        (**self).find(text)
    }

    fn open_at_end(&self, text: &[u8]) -> Option<usize> {
        (**self).open_at_end(text)
    }

    fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
        (**self).begun_at_end(text)
    }
}

/// Bytes of the stream that are handed on.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Where they start in the stream.
    pub at: u64,
    pub bytes: &'a [u8],
    /// The rule by which they are a secret.
    pub rule: Option<&'a RuleId>,
    pub settled: bool,
}

/// Where to start reading a file of which everything before `settled` was handed on.
pub fn start(settled: u64) -> u64 {
    settled.saturating_sub(CONTEXT as u64)
}

/// Cuts a stream into secrets and the rest.
pub struct Sieve<F> {
    finder: Option<F>,
    pending: Vec<u8>,
    /// How much at the beginning of `pending` was handed on before.
    done: usize,
    /// Where `pending` starts in the stream.
    at: u64,
}

impl<F: FindSecrets> Sieve<F> {
    /// Starts at offset `at` of a stream of which everything before `settled` was handed on earlier. Without a finder
    /// everything is handed on as it is.
    pub fn new(finder: Option<F>, at: u64, settled: u64) -> Self {
        Self { finder, pending: Vec::new(), done: settled.saturating_sub(at) as usize, at }
    }

    /// Takes the next bytes and hands on what is settled by them.
    pub fn take<E>(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(Run) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(finder) = &self.finder else { return self.pass(bytes, each) };
        self.pending.extend_from_slice(bytes);
        let Some((cut, seen)) = self.cut(finder) else { return Ok(()) };
        let findings = finder.find(&self.pending[..seen]);
        // What a secret may go on behind stays whole.
        let across = findings.iter().find(|one| one.range.start < cut && one.range.end > cut);
        let cut = across.map_or(cut, |one| one.range.start).max(self.done);
        self.hand_on(&findings, cut, true, each)?;
        let surplus = cut.saturating_sub(CONTEXT);
        self.pending.drain(..surplus);
        self.at += surplus as u64;
        self.done = cut - surplus;
        Ok(())
    }

    /// Hands on what is left, unsettled; returns up to where everything is settled.
    pub fn finish<E>(self, each: &mut dyn FnMut(Run) -> Result<(), E>) -> Result<u64, E> {
        let settled = self.at + self.done as u64;
        if let Some(finder) = &self.finder
            && self.done < self.pending.len()
        {
            let mut findings = finder.find(&self.pending);
            if let Some(open) = finder.begun_at_end(&self.pending) {
                findings.retain(|one| one.range.start < open);
                let open = findings.last().map_or(open, |last| open.max(last.range.end));
                let rule = RuleId::from_static(UNFINISHED);
                findings.push(Finding { range: open..self.pending.len(), rule });
            }
            let end = self.pending.len();
            self.hand_on(&findings, end, false, each)?;
        }
        Ok(settled)
    }

    /// Hands on what is left of a stream that nothing follows.
    pub fn end<E>(self, each: &mut dyn FnMut(Run) -> Result<(), E>) -> Result<(), E> {
        let Some(finder) = &self.finder else { return Ok(()) };
        let findings = finder.find(&self.pending);
        self.hand_on(&findings, self.pending.len(), true, each)
    }

    /// Without a finder: bytes that were handed on earlier are left out, the rest goes as it comes.
    fn pass<E>(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(Run) -> Result<(), E>,
    ) -> Result<(), E> {
        let known = self.done.min(bytes.len());
        let (at, bytes) = (self.at + known as u64, &bytes[known..]);
        self.done -= known;
        self.at = at + bytes.len() as u64;
        if bytes.is_empty() {
            return Ok(());
        }
        each(Run { at, bytes, rule: None, settled: true })
    }

    /// Up to where what is pending can be handed on, and how much of it has to be looked at for that.
    fn cut(&self, finder: &F) -> Option<(usize, usize)> {
        let new = self.pending.get(self.done..).unwrap_or_default();
        let line = memchr::memrchr(b'\n', new).map(|end| self.done + end + 1);
        if let Some(line) = line {
            let open =
                finder.open_at_end(&self.pending[..line]).filter(|open| line - open <= AHEAD);
            let cut = open.unwrap_or(line);
            if cut > self.done {
                return Some((cut, line));
            }
        }
        let length = self.pending.len();
        (new.len() >= LONGEST).then(|| (self.cut_in_line(length - AHEAD), length))
    }

    /// The last place at or before `at` that no escape sequence spans.
    fn cut_in_line(&self, at: usize) -> usize {
        let before = &self.pending[at - ESCAPE..at];
        at - memchr::memchr(b'\\', before).map_or(0, |found| ESCAPE - found)
    }

    fn hand_on<E>(
        &self,
        findings: &[Finding],
        end: usize,
        settled: bool,
        each: &mut dyn FnMut(Run) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut from = self.done;
        let mut run = |range: std::ops::Range<usize>, rule| {
            if range.is_empty() {
                return Ok(());
            }
            let at = self.at + range.start as u64;
            each(Run { at, bytes: &self.pending[range], rule, settled })
        };
        for Finding { range, rule } in findings {
            let (start, stop) = (range.start.max(from), range.end.min(end));
            if start >= stop {
                continue;
            }
            run(from..start, None)?;
            run(start..stop, Some(rule))?;
            from = stop;
        }
        run(from..end, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything between `<` and `>` is a secret.
    struct Brackets;

    impl FindSecrets for Brackets {
        fn find(&self, text: &[u8]) -> Vec<Finding> {
            let mut findings = Vec::new();
            let mut from = 0;
            while let Some(start) = memchr::memchr(b'<', &text[from..]).map(|start| from + start)
                && let Some(length) = memchr::memchr(b'>', &text[start..])
            {
                from = start + length + 1;
                findings.push(Finding { range: start..from, rule: RuleId::from_static("bracket") });
            }
            findings
        }

        fn open_at_end(&self, text: &[u8]) -> Option<usize> {
            let open = memchr::memrchr(b'<', text)?;
            (!text[open..].contains(&b'>')).then_some(open)
        }

        fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
            self.open_at_end(text)
        }
    }

    /// What comes out, secrets as `*`, and where everything is settled.
    fn sieved(text: &[u8], chunk: usize) -> (String, u64) {
        let mut out = String::new();
        let mut each = |run: Run| -> Result<(), ()> {
            match run.rule {
                Some(_) => out.push('*'),
                None => out.push_str(&String::from_utf8_lossy(run.bytes)),
            }
            Ok(())
        };
        let mut sieve = Sieve::new(Some(Brackets), 0, 0);
        for bytes in text.chunks(chunk) {
            sieve.take(bytes, &mut each).unwrap();
        }
        let settled = sieve.finish(&mut each).unwrap();
        (out, settled)
    }

    #[test]
    fn a_secret_is_seen_whole_wherever_reads_cut_it() {
        let text = b"one <secret> here\nand <one\nover two lines> there\nthe end";
        for chunk in 1..text.len() {
            let (out, settled) = sieved(text, chunk);
            assert_eq!(out, "one * here\nand * there\nthe end", "in chunks of {chunk}");
            assert_eq!(settled, text.len() as u64 - 7);
        }
    }

    #[test]
    fn what_may_be_half_a_secret_at_the_end_is_taken_for_one_and_stays_unsettled() {
        assert_eq!(sieved(b"a line\nhalf <a sec", 4), ("a line\nhalf *".to_owned(), 7));
    }

    #[test]
    fn a_line_without_an_end_is_handed_on_in_parts() {
        let mut text = vec![b'x'; LONGEST + AHEAD - 3];
        text.extend_from_slice(b"<secret>");
        text.resize(4 * LONGEST, b'y');
        let (out, settled) = sieved(&text, 100_000);
        assert_eq!(out.len(), text.len() - 7);
        assert!(settled >= 3 * LONGEST as u64);
    }

    #[test]
    fn what_was_handed_on_earlier_is_context_only() {
        let mut out = Vec::new();
        let mut sieve = Sieve::new(Some(Brackets), 0, 4);
        let each = &mut |run: Run| -> Result<(), ()> {
            out.push((run.at, run.bytes.to_vec(), run.rule.is_some()));
            Ok(())
        };
        sieve.take(b"ab <secret> c\n", each).unwrap();
        assert_eq!(sieve.finish(each), Ok(14));
        assert_eq!(out, [(4, b"secret>".to_vec(), true), (11, b" c\n".to_vec(), false)]);
    }

    #[test]
    fn a_cut_in_a_line_splits_no_escape() {
        let mut text = vec![b'x'; LONGEST + AHEAD];
        let at = text.len() - AHEAD;
        text[at - 3..at + 3].copy_from_slice(br"\u00e9");
        let mut cuts = Vec::new();
        let mut sieve = Sieve::new(Some(Brackets), 0, 0);
        let each = &mut |run: Run| -> Result<(), ()> {
            cuts.push(run.at as usize);
            Ok(())
        };
        sieve.take(&text, each).unwrap();
        sieve.finish(each).unwrap();
        assert_eq!(cuts, [0, at - 3]);
    }
}
