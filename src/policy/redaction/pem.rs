//! Private keys in PEM, whole or cut off, with their lines as they are, escaped, quoted one by one, or in a diff.

use std::ops::Range;

use memchr::memmem;

/// How far the end of a key is looked for; escapes and marks at each line included.
pub const LONGEST: usize = 128 << 10;
/// The length of a run that only the body of a key has.
const RUN: usize = 40;
/// How much may stand between two lines of a body.
const GAP: usize = 32;

/// The key whose `-----BEGIN` starts at `start`; `text` ends where the key has to end.
pub fn find(text: &[u8], start: usize) -> Option<Range<usize>> {
    let body = header(text, start)?;
    let rest = &text[body..text.len().min(body + LONGEST)];
    let rest = &rest[..memmem::find(rest, b"-----BEGIN").unwrap_or(rest.len())];
    let closed = footer(rest).filter(|footer| longest_run(&rest[..footer.start]) >= RUN);
    let end = closed.map(|footer| footer.end).or_else(|| cut_off(rest))?;
    Some(start..body + end)
}

/// The key that begins at `start` may go on behind the end of `text`.
pub fn is_open(text: &[u8], start: usize) -> bool {
    let rest = &text[start..];
    rest.len() < LONGEST && footer(rest).is_none()
}

/// The line that closes a key.
fn footer(text: &[u8]) -> Option<Range<usize>> {
    let start = memmem::find(text, b"-----END")?;
    let line = &text[start..text.len().min(start + 100)];
    let label = b"-----END".len();
    let key = label + memmem::find(&line[label..], b"KEY")?;
    let dashes = key + memmem::find(&line[key..], b"-----")?;
    Some(start..start + dashes + 5)
}

/// Where the body begins, when a header of a private key starts at `start`.
fn header(text: &[u8], start: usize) -> Option<usize> {
    const KEY: &[u8] = b"PRIVATE KEY";
    let label = start + b"-----BEGIN".len();
    let line = &text[label..text.len().min(label + 100)];
    let close = memmem::find(line, b"-----")?;
    let label_text = line[..close].to_ascii_uppercase();
    memmem::find(&label_text, KEY)?;
    Some(label + close + 5)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn longest_run(text: &[u8]) -> usize {
    text.split(|byte| !is_base64(*byte)).map(<[u8]>::len).max().unwrap_or(0)
}

/// The length of the lines of a body that is never closed.
fn cut_off(text: &[u8]) -> Option<usize> {
    let (mut end, mut at) = (0, 0);
    loop {
        let gap = text[at..].iter().take(GAP);
        let skipped = gap.take_while(|byte| !is_base64(**byte) && **byte != b'{').count();
        let run = text[at + skipped..].iter().take_while(|byte| is_base64(**byte)).count();
        if run < RUN {
            break;
        }
        at += skipped + run;
        end = at;
    }
    (end > 0).then_some(end)
}
