//! Cuts text into what is searched by itself: each line of JSON, and the lines between them together.

use std::ops::Range;

/// A part of the text, and whether it is a line of JSON.
pub struct Fragment {
    pub range: Range<usize>,
    pub is_json: bool,
}

pub fn fragments(text: &[u8]) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |len| start + len + 1);
        let is_json = is_json(&text[start..end]);
        match fragments.last_mut() {
            Some(last) if !last.is_json && !is_json => last.range.end = end,
            _ => fragments.push(Fragment { range: start..end, is_json }),
        }
        start = end;
    }
    fragments
}

/// The line is an object or an array by itself, as far as it goes.
fn is_json(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let opens = line.strip_prefix(b"[").map_or(line, |rest| rest.trim_ascii_start());
    let is_object = opens.strip_prefix(b"{").is_some_and(|rest| {
        let rest = rest.trim_ascii_start();
        rest.is_empty() || rest[0] == b'"' || rest[0] == b'}'
    });
    is_object && line.len() > 1 || line.starts_with(b"[\"")
}
