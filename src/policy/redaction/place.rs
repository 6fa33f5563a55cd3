//! Where a value begins behind a name: `NAME=value`, `"name": "value"`, `name => 'value'`, and the same with the quotes
//! escaped, on the next line, in colours, or behind the marks of a diff; also `--name value`.

use std::ops::Range;

use crate::policy::redaction::views::backslashes_before;

/// How much of a name may follow a keyword.
const NAME: usize = 24;
/// How much may stand between the name and the operator, and between the operator and the value.
const GAP: usize = 40;

/// The line between two cells of a table.
const LINE: &[u8] = "│".as_bytes();

/// The place of a value, and how it was led to.
pub struct Place {
    pub start: usize,
    pub operator: u8,
    /// Where the operator stands.
    pub operator_at: usize,
    /// The quote before the value and how many backslashes escape it.
    pub quote: Option<(u8, usize)>,
    /// Something parts the name or the value from the operator.
    pub is_apart: bool,
}

pub fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

pub fn is_token(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b'+' | b'/' | b'=' | b'~')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The place of the value whose name goes on at `end`.
pub fn value(text: &[u8], end: usize) -> Option<Place> {
    let in_name = |byte: &&u8| is_name(**byte) || matches!(**byte, b' ' | b'\t');
    let name = text[end..].iter().take(NAME).take_while(in_name).count();
    let operator = past_quotes(text, end + name)?;
    let start = past_operator(text, operator);
    let quote = start.checked_sub(1).map(|at| text[at]).filter(|byte| is_quote(*byte));
    let quote = quote.map(|quote| (quote, backslashes_before(text, start - 1)));
    let is_apart = operator != end + name || start != operator + 1 + usize::from(quote.is_some());
    let sign = if text[operator].is_ascii() { text[operator] } else { b'|' };
    Some(Place { start, operator: sign, operator_at: operator, quote, is_apart })
}

/// The place of the value of a command's option, where the name `--token` has a blank behind it.
pub fn of_option(text: &[u8], name: &Range<usize>) -> Option<Place> {
    text[name.clone()].starts_with(b"--").then(|| behind_blanks(text, name.end)).flatten()
}

/// The place of a value that nothing but blanks part from its name.
pub fn behind_blanks(text: &[u8], end: usize) -> Option<Place> {
    let is_blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
    let blanks = text[end..].iter().take(GAP).take_while(is_blank).count();
    let at = end + blanks;
    let backslashes = text[at..].iter().take(8).take_while(|byte| **byte == b'\\').count();
    let quote = text.get(at + backslashes).copied().filter(|byte| is_quote(*byte));
    let start = if quote.is_some() { at + backslashes + 1 } else { at };
    (blanks > 0).then_some(Place {
        start,
        operator: b' ',
        operator_at: end,
        quote: quote.map(|quote| (quote, backslashes)),
        is_apart: false,
    })
}

/// The length of what sets a colour at the beginning of `text`, as terminals read it or escaped.
pub fn colour(text: &[u8]) -> usize {
    const ESCAPES: [&[u8]; 5] = [b"u001b", b"u001B", b"x1b", b"033", b"e"];
    let backslashes = text.iter().take(8).take_while(|byte| **byte == b'\\').count();
    let behind = &text[backslashes..];
    let behind = match backslashes {
        0 => behind.strip_prefix(b"\x1b"),
        _ => ESCAPES.iter().find_map(|escape| behind.strip_prefix(*escape)),
    };
    let Some(codes) = behind.and_then(|behind| behind.strip_prefix(b"[")) else { return 0 };
    let is_code = |byte: &&u8| byte.is_ascii_digit() || **byte == b';';
    let codes = &codes[codes.iter().take(16).take_while(is_code).count()..];
    if codes.first() == Some(&b'm') { text.len() - codes.len() + 1 } else { 0 }
}

/// The place of the operator, past closing quotes and brackets.
fn past_quotes(text: &[u8], from: usize) -> Option<usize> {
    let closes = |byte: u8| is_quote(byte) || matches!(byte, b'\\' | b']' | b')' | b' ' | b'\t');
    let mut at = from;
    for _ in 0..12 {
        match colour(&text[at..]) {
            0 if text.get(at).is_some_and(|byte| closes(*byte)) => at += 1,
            0 => break,
            length => at += length,
        }
    }
    if text[at..].starts_with(LINE) {
        return Some(at);
    }
    text.get(at).is_some_and(|byte| b"=>:|?,".contains(byte)).then_some(at)
}

/// The first byte behind the operator at `operator` that may belong to a value.
fn past_operator(text: &[u8], operator: usize) -> usize {
    let limit = text.len().min(operator + GAP);
    let mut at = operator + 1;
    if text[operator..].starts_with(LINE) {
        at = operator + LINE.len();
    }
    while at < limit {
        let coloured = colour(&text[at..]);
        if coloured > 0 {
            at += coloured;
            continue;
        }
        match text[at] {
            b'=' | b'>' | b':' | b'|' | b'?' | b' ' | b'\t' | b'"' | b'\'' | b'`' => at += 1,
            b'\r' | b'\n' => at = past_mark(text, at + 1),
            b'\\' => match text.get(at + 1) {
                Some(b'\\' | b'"' | b'\'' | b'\r' | b'\n') => at += 1,
                Some(b't' | b'r') => at += 2,
                Some(b'n') => at = past_mark(text, at + 2),
                _ => break,
            },
            _ => break,
        }
    }
    at
}

/// Past the mark of a diff at the beginning of a line.
fn past_mark(text: &[u8], line: usize) -> usize {
    line + usize::from(text.get(line).is_some_and(|byte| matches!(byte, b'+' | b'-')))
}

/// A word may begin at `at`, also behind an escape that ends in a letter.
pub fn begins_word(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let byte = text[before];
    if !(byte.is_ascii_alphanumeric() || byte == b'_') {
        return true;
    }
    b"nrtbf".contains(&byte) && before > 0 && text[before - 1] == b'\\'
        || byte.is_ascii_hexdigit() && at >= 6 && text[at - 6..at - 4] == *b"\\u"
}
