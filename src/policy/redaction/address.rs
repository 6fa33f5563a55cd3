//! Passwords in addresses (`scheme://user:password@host`) and credentials in headers (`Authorization: Bearer …`).

use std::ops::Range;

use crate::policy::redaction::judge::{entropy, is_stand_in, looks_random};
use crate::policy::redaction::place;

/// What examples write instead of a password.
const EXAMPLES: &str = "password passwd pass pwd pw secret token changeme change-me example test user username \
    root admin guest postgres mysql xxx xxxx your-password your_password mypassword redacted";

/// How much of the credentials in a header is judged. They may be longer.
const WORD: usize = 512;

/// The password of the address whose `://` ends at `from`, or the token that stands alone before its `@`.
pub fn in_url(text: &[u8], from: usize) -> Option<Range<usize>> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'`<>\\,;()|".contains(byte);
    let len = text[from..].iter().position(ends).unwrap_or(text.len() - from);
    let authority = &text[from..from + len];
    let at = memchr::memrchr(b'@', authority)?;
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"[${%_".contains(byte);
    authority.get(at + 1).filter(|byte| is_host(byte))?;
    let start = memchr::memchr(b':', &authority[..at]).map(|colon| colon + 1);
    let secret = &authority[start.unwrap_or(0)..at];
    let is_secret = match start {
        Some(start) => is_password(secret, &authority[..start - 1]),
        None => secret.len() >= 20 && looks_random(secret),
    };
    is_secret.then_some(from + start.unwrap_or(0)..from + at)
}

fn is_password(password: &[u8], user: &[u8]) -> bool {
    let lower = password.to_ascii_lowercase();
    let is_word = EXAMPLES.split_whitespace().any(|word| word.as_bytes() == lower);
    let is_template = password.iter().any(|byte| b"${}*[]".contains(byte))
        && !password.iter().any(u8::is_ascii_digit)
        || password.starts_with(b"$")
        || password.starts_with(b"%");
    password.len() >= 3
        && password != user
        && !is_word
        && !is_template
        && !password.starts_with(b"...")
        && !is_stand_in(password)
}

/// The credentials behind `Authorization` or `Bearer`, where `end` is the end of that word.
pub fn in_header(text: &[u8], end: usize) -> Option<Range<usize>> {
    const BEARER: &[u8] = b"bearer";
    const WHOLE: &[u8] = b"authorization";
    let word = &text[end.saturating_sub(BEARER.len())..end];
    let is_bearer = word.eq_ignore_ascii_case(BEARER);
    if !is_bearer && text.get(end).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let start = if is_bearer { past_blanks(text, end)? } else { place::value(text, end)?.start };
    let word = self::word(text, start);
    let (scheme, start) = match scheme(&text[word.clone()]) {
        Some(scheme) => (scheme, past_blanks(text, word.end)?),
        None => (if is_bearer { Scheme::Bearer } else { Scheme::Unknown }, start),
    };
    // The end of a longer name, as in `EndpointAuthorization`, is no header.
    let is_header = end < WHOLE.len() + 1 || !text[end - WHOLE.len() - 1].is_ascii_alphabetic();
    if matches!(scheme, Scheme::Unknown) && !is_header {
        return None;
    }
    let token = self::word(text, start);
    scheme.is_secret(&text[token.clone()]).then_some(token)
}

#[derive(Clone, Copy)]
enum Scheme {
    Basic,
    Bearer,
    Unknown,
}

impl Scheme {
    fn is_secret(self, token: &[u8]) -> bool {
        let has_digit = token.iter().any(u8::is_ascii_digit);
        if is_stand_in(token) {
            return false;
        }
        match self {
            Self::Basic => token.len() >= 8 && is_base64_of_pair(token),
            Self::Bearer => token.len() >= 10 && has_digit && entropy(token) >= 2.75,
            Self::Unknown => token.len() >= 16 && looks_random(token) && entropy(token) >= 3.0,
        }
    }
}

fn scheme(word: &[u8]) -> Option<Scheme> {
    let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
    if is(b"basic") {
        Some(Scheme::Basic)
    } else if is(b"bearer") || is(b"token") || is(b"apikey") || is(b"key") {
        Some(Scheme::Bearer)
    } else {
        None
    }
}

fn past_blanks(text: &[u8], from: usize) -> Option<usize> {
    let blanks = text[from..].iter().take_while(|byte| matches!(**byte, b' ' | b'\t')).count();
    (blanks > 0).then_some(from + blanks)
}

fn word(text: &[u8], start: usize) -> Range<usize> {
    let belongs = |byte: &&u8| place::is_token(**byte) || matches!(**byte, b'@' | b':');
    let mut end = start + text[start..].iter().take(WORD).take_while(belongs).count();
    while end > start && matches!(text[end - 1], b'.' | b':') {
        end -= 1;
    }
    start..end
}

/// `user:password` in base64.
fn is_base64_of_pair(token: &[u8]) -> bool {
    decode(token).is_some_and(|pair| {
        pair.contains(&b':') && pair.iter().all(|byte| *byte >= b' ' && *byte != 0x7f)
    })
}

/// The bytes that `token` is the base64 of, of either alphabet.
pub fn decode(token: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(token.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in token.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}
