//! Text as it reads once the escapes of a JSON string are undone, with every byte's place in the raw text.

use std::ops::Range;

/// How often escapes are undone: a tool's result inside a transcript is a string inside a string, and it may quote one.
pub const DEPTH: usize = 3;

/// A piece of text with the escapes undone.
pub struct View {
    pub bytes: Vec<u8>,
    /// Where each byte begins in the text that was unescaped, and where the last one ends.
    pub at: Vec<u32>,
}

impl View {
    /// What `range` of this view is in the text that was unescaped. No escape is cut in two.
    pub fn raw(&self, range: &Range<usize>) -> Range<usize> {
        self.at[range.start] as usize..self.at[range.end] as usize
    }

    /// The place in this view of the byte at `raw`.
    pub fn place(&self, raw: usize) -> usize {
        self.at.partition_point(|at| (*at as usize) < raw).min(self.bytes.len())
    }
}

/// Undoes the escapes of `text`. What is no escape of JSON stays as it is.
pub fn unescape(text: &[u8]) -> View {
    let mut view = View { bytes: Vec::with_capacity(text.len()), at: Vec::new() };
    view.at.reserve(text.len() + 1);
    let mut at = 0;
    while at < text.len() {
        let (character, len) = unit(&text[at..]);
        let mut buffer = [0; 4];
        let bytes = match character {
            Some(character) => character.encode_utf8(&mut buffer).as_bytes(),
            None => &text[at..at + len],
        };
        for byte in bytes {
            view.bytes.push(*byte);
            view.at.push(at as u32);
        }
        at += len;
    }
    view.at.push(text.len() as u32);
    view
}

/// The first unit of `text`: the character that an escape stands for, or none for a byte that stands for itself; and
/// how many bytes it takes.
fn unit(text: &[u8]) -> (Option<char>, usize) {
    if text[0] != b'\\' {
        return (None, 1);
    }
    let character = match text.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'u') => return unicode(text),
        _ => return (None, 1),
    };
    (Some(character), 2)
}

fn unicode(text: &[u8]) -> (Option<char>, usize) {
    let Some(high) = code_unit(text) else { return (None, 1) };
    if let Some(character) = char::from_u32(high) {
        return (Some(character), 6);
    }
    let low = code_unit(text.get(6..).unwrap_or_default());
    let pair = low.and_then(|low| char::decode_utf16([high as u16, low as u16]).next()?.ok());
    match pair {
        Some(character) => (Some(character), 12),
        None => (Some(char::REPLACEMENT_CHARACTER), 6),
    }
}

fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The parts of `text` where characters of ASCII that can be seen are written as `\\uXXXX`, with what stands round them.
pub fn hiding(text: &[u8]) -> Vec<Range<usize>> {
    const ROUND: usize = 2 << 10;
    let mut parts: Vec<Range<usize>> = Vec::new();
    for at in memchr::memmem::find_iter(text, b"\\u00") {
        if !text.get(at + 4).is_some_and(|digit| (b'2'..=b'7').contains(digit)) {
            continue;
        }
        let end = text.len().min(at + ROUND);
        match parts.last_mut() {
            Some(last) if last.end + ROUND >= at => last.end = end,
            _ => parts.push(at.saturating_sub(ROUND)..end),
        }
    }
    parts
}

/// The part of `text` round `at` that no unescaped quote interrupts: at most one string.
pub fn string_around(text: &[u8], at: usize) -> Range<usize> {
    let is_end = |place: &usize| text[*place] == b'"' && !is_escaped(text, *place);
    let start = (0..at).rev().find(is_end).map_or(0, |quote| quote + 1);
    let end = (at..text.len()).find(is_end).unwrap_or(text.len());
    start..end
}

/// An odd number of backslashes stands before the byte at `at`.
pub fn is_escaped(text: &[u8], at: usize) -> bool {
    backslashes_before(text, at) % 2 == 1
}

pub fn backslashes_before(text: &[u8], at: usize) -> usize {
    text[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// `range`, widened to the left where it would cut an escape in two, and without backslashes at its end that belong to
/// what follows.
pub fn whole_escapes(text: &[u8], range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    if let Some(escape) =
        (start.saturating_sub(5)..start).find(|at| splits_unicode(text, *at, start))
    {
        start = escape;
    }
    if text.get(start).is_some_and(|byte| b"nrtbfu/\\\"".contains(byte)) {
        start -= backslashes_before(text, start);
    }
    if let Some(escape) = (end.saturating_sub(5)..end).find(|at| splits_unicode(text, *at, end)) {
        end = escape + 6;
    }
    end -= backslashes_before(&text[..end], end).min(end - start);
    start..end
}

/// An escape `\uXXXX` begins at `escape` and goes on behind `cut`.
fn splits_unicode(text: &[u8], escape: usize, cut: usize) -> bool {
    cut < escape + 6 && code_unit(&text[escape..]).is_some()
}
