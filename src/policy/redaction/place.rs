//! Where a value begins behind a name: `NAME=value`, `"name": "value"`, `name => 'value'`, and the same with the quotes
//! escaped, on the next line, or behind the marks of a diff.

use crate::policy::redaction::views::backslashes_before;

/// How much of a name may follow a keyword.
const NAME: usize = 24;
/// How much may stand between the name and the operator, and between the operator and the value.
const GAP: usize = 40;

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
    Some(Place { start, operator: text[operator], operator_at: operator, quote, is_apart })
}

/// The place of the operator, past closing quotes and brackets.
fn past_quotes(text: &[u8], from: usize) -> Option<usize> {
    let closes = |byte: u8| is_quote(byte) || matches!(byte, b'\\' | b']' | b')' | b' ' | b'\t');
    let gap = text[from..].iter().take(12).take_while(|byte| closes(**byte)).count();
    let at = from + gap;
    text.get(at).is_some_and(|byte| b"=>:|?,".contains(byte)).then_some(at)
}

/// The first byte behind the operator at `operator` that may belong to a value.
fn past_operator(text: &[u8], operator: usize) -> usize {
    let limit = text.len().min(operator + GAP);
    let mut at = operator + 1;
    while at < limit {
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
