//! Whether something that looks like a secret may be one: entropy, stand-ins, ids and digests.

use crate::model::placeholder::{LONGEST_PLACEHOLDER, find_placeholders};

/// Bits per byte, by how often each byte occurs.
pub fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    text.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = text.len() as f64;
    let bits = |count: &u32| {
        let share = f64::from(*count) / all;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

/// Text that stands where a secret would: a variable, a template, a run of one character, an example.
pub fn is_stand_in(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let words: [&[u8]; 6] = [b"true", b"false", b"null", b"none", b"undefined", b"redacted"];
    is_variable(text)
        || is_one_character(text)
        || words.contains(&lower.as_slice())
        || is_path(text)
        || memchr::memmem::find(&lower, b"abcdefghijklmnopqrstuvwxyz").is_some()
        || text.ends_with(b"EXAMPLE")
        || text.ends_with(b"EXAMPLEKEY")
}

/// `$NAME`, `${NAME}`, `{{ … }}`, `%NAME%`, `@NAME@`, `<…>`.
fn is_variable(text: &[u8]) -> bool {
    let within = |open: &[u8], close: &[u8]| {
        text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
    };
    let is_name = |name: &[u8]| {
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let inner = || &text[1..text.len() - 1];
    text.strip_prefix(b"$").is_some_and(is_name)
        || within(b"${", b"}")
        || within(b"$(", b")")
        || within(b"{", b"}")
        || within(b"<", b">")
        || within(b"[", b"]")
        || (within(b"%", b"%") || within(b"@", b"@")) && is_name(inner())
}

fn is_one_character(text: &[u8]) -> bool {
    text.first().is_some_and(|first| text.iter().all(|byte| byte.eq_ignore_ascii_case(first)))
}

fn is_path(text: &[u8]) -> bool {
    let roots: [&[u8]; 8] =
        [b"/Users/", b"/home/", b"/bin/", b"/etc/", b"/opt/", b"/tmp/", b"/usr/", b"/var/"];
    roots.iter().any(|root| text.starts_with(root))
}

/// Something that names a thing instead of opening one: a commit, a digest, a UUID, an id of an agent's record.
pub fn is_id(text: &[u8]) -> bool {
    let prefixes: [&[u8]; 12] = [
        b"toolu_",
        b"call_",
        b"msg_",
        b"req_",
        b"resp_",
        b"chatcmpl-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sha1-",
        b"rs_",
        b"fc_",
    ];
    is_hex_digest(text) || is_uuid(text) || prefixes.iter().any(|prefix| text.starts_with(prefix))
}

/// As long as a digest or an object id, and nothing but lower-case hexadecimal digits.
fn is_hex_digest(text: &[u8]) -> bool {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    matches!(text.len(), 40 | 56 | 64 | 96 | 128) && text.iter().all(is_hex)
}

pub fn is_uuid(text: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(fits)
}

/// Characters change their kind as often as they do where nobody chose them to be read.
pub fn looks_random(text: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = text.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    let is_hex = text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if text.len() >= 24 && is_hex {
        return changes * 8 >= text.len();
    }
    // Without a digit it takes more than the capitals of a name made of words.
    let capitals = text.iter().filter(|byte| byte.is_ascii_uppercase()).count() * 10 / text.len();
    let is_no_name = text.len() >= 20 && (3..=6).contains(&capitals) && changes * 3 >= text.len();
    is_no_name || text.iter().any(u8::is_ascii_digit) && changes * 4 >= text.len()
}

/// A placeholder of this program stands somewhere in or round `range`.
pub fn is_placeholder(text: &[u8], range: &std::ops::Range<usize>) -> bool {
    let from = range.start.saturating_sub(LONGEST_PLACEHOLDER);
    let to = text.len().min(range.end + LONGEST_PLACEHOLDER);
    find_placeholders(&text[from..to])
        .any(|(found, _)| from + found.start < range.end && from + found.end > range.start)
}
