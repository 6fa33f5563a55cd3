//! Where a secret may go on behind the end of what was read so far.

use memchr::memmem;
use serde::de::IgnoredAny;

use crate::policy::redaction::pem;

/// A line longer than this is not held back whole: at its end, only as much as a name and its value take.
const WHOLE_LINE: usize = 64 << 10;
const TAIL: usize = 4 << 10;
/// Half a secret that is shorter tells nothing.
const SHORTEST: usize = 5;
const LONGEST_WORD: usize = 16;
/// How many lines a command goes on over.
const CONTINUED: usize = 8;

/// The offset from which a secret may go on behind the end of `text`: the first line of a private key that is not
/// closed, a command that goes on, or the end of a line that is not ended. Nothing before it depends on what follows.
pub fn open_at_end(text: &[u8]) -> Option<usize> {
    let line = memchr::memrchr(b'\n', text).map_or(0, |newline| newline + 1);
    let unended = (line < text.len()).then(|| unended(text, line));
    let opens = continued(text, line).into_iter().chain(unended).min();
    open_key(&text[..opens.unwrap_or(text.len())]).or(opens)
}

/// The offset of what may be the first half of a secret, at the end of a text that nothing follows for now: the last run
/// of characters of a line that is not ended, unless it reads as a word.
pub fn begun_at_end(text: &[u8]) -> Option<usize> {
    let line = memchr::memrchr(b'\n', text).map_or(0, |newline| newline + 1);
    let last = &text[line..];
    if last.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(last).is_ok() {
        return None;
    }
    let parts = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;(){}[]<>".contains(byte);
    let start = last.iter().rposition(parts).map_or(0, |at| at + 1);
    may_be_half(&last[start..]).then_some(line + start)
}

fn may_be_half(run: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| run.iter().any(is);
    let mixed = has(u8::is_ascii_lowercase) && run.iter().skip(1).any(u8::is_ascii_uppercase);
    let odd = has(|byte| b"=:_-+/\\".contains(byte)) || has(u8::is_ascii_digit);
    run.len() >= SHORTEST && (mixed || odd || run.len() >= LONGEST_WORD)
}

/// The beginning of the line of the last key that is not closed.
fn open_key(text: &[u8]) -> Option<usize> {
    let from = text.len().saturating_sub(pem::LONGEST);
    let start = from + memmem::rfind(&text[from..], b"-----BEGIN")?;
    pem::is_open(text, start).then(|| line_before(text, start).max(from))
}

/// The first of the lines that a backslash, an operator or a bracket joins to what follows.
fn continued(text: &[u8], line: usize) -> Option<usize> {
    let mut start = line;
    for _ in 0..CONTINUED {
        let before = text[..start].trim_ascii_end();
        if !before.ends_with(b"\\") && !before.ends_with(b"=") && !before.ends_with(b":") {
            break;
        }
        start = line_before(text, before.len());
    }
    (start < line && line - start <= WHOLE_LINE).then_some(start)
}

fn unended(text: &[u8], line: usize) -> usize {
    if text.len() - line <= WHOLE_LINE {
        return line;
    }
    let parts = |byte: &u8| byte.is_ascii_whitespace() || matches!(*byte, b'"' | b'\'' | b'`');
    let run = text[line..].iter().rposition(parts).map_or(line, |at| line + at + 1);
    run.saturating_sub(TAIL).max(line)
}

fn line_before(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}
