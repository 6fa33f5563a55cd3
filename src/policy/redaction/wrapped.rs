//! Tokens that a terminal, a diff or a person broke over lines.

use std::ops::Range;

use crate::policy::redaction::place::is_token;
use crate::policy::redaction::views::View;

/// The shortest keyword that says by itself that a token begins.
pub const TELLING: usize = 4;
/// How much of a token has to stand before the first break, behind the keyword.
const BEGUN: usize = 4;
/// How long a token with its breaks may be, and how much may stand at a break.
const LONGEST: usize = 1 << 10;
const BREAK: usize = 24;

/// The token that begins with `keyword`, with its lines joined; none where no line ends in it.
pub fn joined(text: &[u8], keyword: &Range<usize>) -> Option<View> {
    let text = &text[keyword.start..text.len().min(keyword.start + LONGEST)];
    let mut view = View { bytes: Vec::new(), at: Vec::new() };
    let mut at = 0;
    let mut breaks = 0;
    loop {
        let run = text[at..].iter().take_while(|byte| is_token(**byte)).count();
        view.bytes.extend(&text[at..at + run]);
        view.at.extend((at..at + run).map(|place| place as u32));
        at += run;
        if view.bytes.len() < keyword.len() + BEGUN {
            return None;
        }
        let Some(len) = line_break(&text[at..]) else { break };
        breaks += 1;
        at += len;
    }
    let end = view.at.last().map_or(0, |last| last + 1);
    view.at.push(end);
    (breaks > 0).then_some(view)
}

/// The length of a line's end, escaped or not, with the blanks and the mark of the next line, where a token follows.
fn line_break(text: &[u8]) -> Option<usize> {
    let backslashes = text.iter().take_while(|byte| **byte == b'\\').count();
    let ends = match text.get(backslashes)? {
        b'\n' | b'\r' => true,
        b'n' | b'r' => backslashes > 0,
        _ => false,
    };
    let is_blank = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\n' | b'\r' | b'+' | b'>' | b'|');
    let start = backslashes + 1;
    let blanks = text.get(start..)?.iter().take(BREAK).take_while(is_blank).count();
    let follows = text.get(start + blanks).is_some_and(u8::is_ascii_alphanumeric);
    (ends && follows).then_some(start + blanks)
}
