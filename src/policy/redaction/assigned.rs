//! Values behind names that sound secret: `API_KEY=…`, `"password": "…"`.
//!
//! This stands for the public rule `generic-api-key`, whose keywords are on nearly every line of a transcript: code
//! looks for an operator and a value before anything else is done. Beyond that rule, values have no longest length, and
//! where the name leaves no doubt they may be shorter, hold punctuation, or look like a digest.

use std::borrow::Cow;
use std::ops::Range;

use crate::policy::redaction::judge::{entropy, is_id, is_stand_in, looks_random};
use crate::policy::redaction::place::{self, Place, is_name, is_token};
use crate::policy::redaction::rules::{GENERIC, is_allowed};
use crate::policy::redaction::views::backslashes_before;

/// How much of a name may stand before a keyword.
const NAME: usize = 50;
/// How much of a value is judged. Values may be longer.
const VALUE: usize = 256;

/// Parts of names that only secrets have.
const SECRET: &str = "passw passphrase pwd _pass secret credential creds apikey api_key api-key accesskey access_key \
    access-key privatekey private_key authtoken auth_token auth-token accesstoken access_token refresh_token \
    encryption_key signing_key master_key _token";
/// What a name goes on with that says something about a secret, and is not the secret.
const OTHER: &str = "id name file path url uri type length size count limit ttl expir algorithm alias arn version hash \
    policy prefix endpoint header field digest public checksum";

/// How much a name says about its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Nothing else than a secret has it.
    Secret,
    /// Secrets have it, and much else.
    Perhaps,
    /// A name that secrets have, and a further word.
    Further,
    Other,
}

/// The secret behind the keyword at `keyword`, or as much of it as is judged, and the rule that says so.
pub fn find(text: &[u8], keyword: &Range<usize>) -> Option<(Range<usize>, &'static str)> {
    let name = name(text, keyword);
    let place = place(text, &name, keyword.end)?;
    let value = value(text, &place)?;
    let value = longer(text, &place, &value)
        .filter(|_| kind(&text[name.clone()], keyword.end - name.start) == Name::Secret)
        .unwrap_or(value);
    let secret = &*plain_slashes(&text[value.clone()]);
    if secret.len() < 8 || is_word(secret) {
        return None;
    }
    if !leads_on(&text[name.end..place.operator_at]) {
        return None;
    }
    let kind = kind(&text[name.clone()], keyword.end - name.start);
    if kind == Name::Other
        || is_type(text, &name)
        || is_stand_in(secret)
        || is_reference(secret, &place)
        || is_code(secret, &place, &text[value.end..])
        || is_next_name(secret, &text[place.operator_at..place.start])
        || place.operator == b' ' && kind != Name::Secret && !names_token(&text[name.clone()])
    {
        return None;
    }
    let matched = &text[name.start..value.end];
    let may_be = kind == Name::Further && looks_random(secret) || ends_with_keyword(&name, keyword);
    let rule = if kind == Name::Secret && is_secret(secret, &place) {
        "assigned-secret"
    } else if may_be && is_random(secret, &place) && !is_allowed(GENERIC as u16, secret, matched) {
        "generic-api-key"
    } else {
        return None;
    };
    (!is_resource(text, &name, secret)).then_some((value, rule))
}

/// Where the value is: of an option, behind an operator, or where a `.netrc` has it.
fn place(text: &[u8], name: &Range<usize>, keyword_end: usize) -> Option<Place> {
    let of_option = place::of_option(text, name);
    let given = of_option.or_else(|| place::value(text, keyword_end));
    given.or_else(|| is_netrc(text, name).then(|| place::behind_blanks(text, name.end)).flatten())
}

/// `machine … login … password`, on one line or on three.
fn is_netrc(text: &[u8], name: &Range<usize>) -> bool {
    let before = &text[name.start.saturating_sub(VALUE)..name.start];
    let has = |word: &[u8]| memchr::memmem::find(before, word).is_some();
    text[name.clone()].eq_ignore_ascii_case(b"password") && has(b"machine ") && has(b"login ")
}

/// An option that takes a token, and not the key of something.
fn names_token(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    memchr::memmem::find(&lower, b"token").is_some()
        || memchr::memmem::find(&lower, b"secret").is_some()
}

/// The name is that of a type, as in `AWS::AppSync::ApiKey`.
fn is_type(text: &[u8], name: &Range<usize>) -> bool {
    text[..name.start].ends_with(b"::") && text[name.clone()].iter().any(u8::is_ascii_lowercase)
}

/// The name or the value is a part of what names a thing at AWS: `arn:aws:secretsmanager:…:secret:…`.
fn is_resource(text: &[u8], name: &Range<usize>, value: &[u8]) -> bool {
    const ARN: &[u8] = b"arn:aws";
    let belongs = |byte: &&u8| is_token(**byte) || **byte == b':';
    let before = text[..name.start].iter().rev().take(VALUE).take_while(belongs).count();
    value.starts_with(ARN)
        || memchr::memmem::find(&text[name.start - before..name.start], ARN).is_some()
}

/// A name of code, by what follows it: a call, a path, a statement that goes on.
fn is_code(value: &[u8], place: &Place, rest: &[u8]) -> bool {
    let is_name = value.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let behind = &rest[blanks..];
    let goes_on = || {
        behind.first().is_some_and(|byte| b"(:=;,)".contains(byte))
            || behind.starts_with(b"\\u003d")
    };
    place.quote.is_none()
        && is_name
        && (rest.starts_with(b"::") || is_snake_case(value) && goes_on())
}

/// Words with `_` between them, in small letters or in capitals, with at the most one number each.
fn is_snake_case(name: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        let digit = word.iter().position(u8::is_ascii_digit).unwrap_or(word.len());
        let behind = word[digit..].iter().position(|byte| !byte.is_ascii_digit());
        let letters = behind.map_or(&[][..], |at| &word[digit + at..]);
        letters.len() <= 2 && letters.iter().all(u8::is_ascii_alphabetic)
    };
    let has = |kind: fn(&u8) -> bool| name.iter().any(kind);
    has(|byte| *byte == b'_')
        && !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
        && name.split(|byte| *byte == b'_').all(is_word)
}

/// What stands between a name and its operator says nothing else than what type the value has.
fn leads_on(between: &[u8]) -> bool {
    const TYPES: [&[u8]; 4] = [b"string", b"String", b"str", b"."];
    let start = between.iter().position(|byte| is_name(*byte));
    let Some(start) = start else { return true };
    if memchr::memchr(b'[', between).is_some() {
        return without_colours(between).iter().all(|byte| !is_name(*byte));
    }
    let end = between.iter().rposition(|byte| is_name(*byte)).unwrap_or(start);
    TYPES.contains(&&between[start..=end])
}

fn without_colours(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match place::colour(&text[at..]) {
            0 => {
                plain.push(text[at]);
                at += 1;
            }
            length => at += length,
        }
    }
    plain
}

/// The variable has no value, and this is the name of the one on the next line.
fn is_next_name(value: &[u8], led_by: &[u8]) -> bool {
    let is_below = led_by.contains(&b'\n') || memchr::memmem::find(led_by, b"\\n").is_some();
    let name = value.split(|byte| *byte == b'=').next().unwrap_or_default();
    is_below
        && name.len() < value.len()
        && name.iter().all(|byte| is_name(*byte))
        && !looks_random(name)
}

/// Nothing but letters, as words have them.
fn is_word(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_alphabetic) && !looks_random(value)
}

/// The value with `\\/` read as the slash that it stands for.
fn plain_slashes(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(value, b"\\/").is_none() {
        return Cow::Borrowed(value);
    }
    let mut plain: Vec<u8> = Vec::with_capacity(value.len());
    for byte in value {
        while *byte == b'/' && plain.last() == Some(&b'\\') {
            plain.pop();
        }
        plain.push(*byte);
    }
    Cow::Owned(plain)
}

/// Code that says where the value is, as in `settings.api_key`.
fn is_reference(value: &[u8], place: &Place) -> bool {
    let is_name = |part: &[u8]| {
        part.first().is_some_and(|first| !first.is_ascii_digit())
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let mut parts = value.split(|byte| *byte == b'.');
    let is_word = |part: &[u8]| part.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
    place.quote.is_none()
        && parts.next().is_some_and(|first| is_name(first) && is_word(first))
        && value.contains(&b'.')
        && parts.all(is_name)
}

fn ends_with_keyword(name: &Range<usize>, keyword: &Range<usize>) -> bool {
    name.end == keyword.end
}

/// The whole name round the keyword.
fn name(text: &[u8], keyword: &Range<usize>) -> Range<usize> {
    let before = text[..keyword.start].iter().rev().take(NAME);
    let mut start = keyword.start - before.take_while(|byte| is_name(**byte)).count();
    if start < keyword.start && backslashes_before(text, start) > 0 {
        start += 1;
    }
    let after = text[keyword.end..].iter().take(NAME).take_while(|byte| is_name(**byte)).count();
    start..keyword.end + after
}

/// What is assigned: up to the quote that closes it, or as far as a token goes.
fn value(text: &[u8], place: &Place) -> Option<Range<usize>> {
    let rest = &text[place.start..text.len().min(place.start + VALUE)];
    let len = match place.quote {
        Some(quote) => quoted(rest, quote)?,
        None => unquoted(rest, place),
    };
    let mut end = place.start + len;
    while end > place.start && matches!(text[end - 1], b'.' | b',' | b':' | b'\\') {
        end -= 1;
    }
    Some(place.start..end)
}

/// The length of what the quote closes; none where there is white space, which secrets do not have.
fn quoted(text: &[u8], (quote, depth): (u8, usize)) -> Option<usize> {
    let mut backslashes = 0;
    for (at, byte) in text.iter().enumerate() {
        match *byte {
            b'\\' => backslashes += 1,
            byte if byte == quote && backslashes <= depth => return Some(at - backslashes),
            b'n' | b'r' | b't' if backslashes > depth && backslashes % 2 == 1 => return None,
            b' ' | b'\t' | b'\r' | b'\n' => return None,
            b'"' if backslashes < depth => return None,
            _ => backslashes = 0,
        }
    }
    Some(text.len())
}

/// The value with the punctuation that it goes on with up to the end of its line, cell or element, as passwords have it.
fn longer(text: &[u8], place: &Place, value: &Range<usize>) -> Option<Range<usize>> {
    let is_mark = |byte: &u8| b"!@#$%^*?".contains(byte);
    if place.quote.is_some() || value.is_empty() || !text.get(value.end).is_some_and(is_mark) {
        return None;
    }
    let rest = &text[value.start..text.len().min(value.start + VALUE)];
    let more = rest[value.len()..].iter().take_while(|byte| is_token(**byte) || is_mark(byte));
    let len = value.len() + more.count();
    let behind = &rest[len..];
    let blanks = behind.iter().take_while(|byte| **byte == b' ').count();
    let ends = match behind.get(blanks) {
        None => true,
        Some(b'#' | b'|') => blanks > 0,
        Some(byte) => {
            b"\r\n\\\"<\x1b".contains(byte) || behind[blanks..].starts_with("│".as_bytes())
        }
    };
    let more = &rest[value.len()..len];
    let is_more = more.iter().any(u8::is_ascii_alphanumeric);
    let has_digit = rest[..len].iter().any(u8::is_ascii_digit);
    (ends && is_more && has_digit).then_some(value.start..value.start + len)
}

fn unquoted(text: &[u8], place: &Place) -> usize {
    let is_line = matches!(place.operator, b'=' | b' ') && !place.is_apart;
    let belongs = |byte: u8| is_token(byte) || is_line && b"!@#$%^*?:".contains(&byte);
    let mut at = 0;
    while at < text.len() {
        if belongs(text[at]) {
            at += 1;
        } else if text[at..].starts_with(b"\\/") {
            at += 2;
        } else {
            break;
        }
    }
    at
}

/// What the keyword that ends `keyword_end` bytes into `name` makes of it.
fn kind(name: &[u8], keyword_end: usize) -> Name {
    let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
    let (before, after) = lower.split_at(keyword_end.min(lower.len()));
    let is_upper = !name.iter().any(u8::is_ascii_lowercase);
    if OTHER.split_whitespace().any(|word| after.contains(word)) || before.contains("public") {
        return Name::Other;
    }
    let is_secret =
        SECRET.split_whitespace().any(|word| before.contains(word)) || is_upper && name.len() > 3;
    // `credentials`, and one of several.
    let number = if before.ends_with("credential") { after.trim_start_matches('s') } else { after };
    let is_end = number.bytes().all(|byte| !byte.is_ascii_alphabetic()) || is_upper;
    match (is_secret, is_end) {
        (true, true) => Name::Secret,
        (false, true) => Name::Perhaps,
        (true, false) => Name::Further,
        (false, false) => Name::Other,
    }
}

/// What the public rule takes for a secret.
fn is_random(secret: &[u8], place: &Place) -> bool {
    secret.len() >= 10
        && secret.iter().all(|byte| is_token(*byte))
        && secret.iter().any(|byte| !(byte.is_ascii_alphabetic() || b"_.-".contains(byte)))
        && (place.operator != b',' || place.quote.is_some() && !is_listed_name(secret))
        && entropy(secret) > 3.5
        && !is_id(secret)
}

/// One of a list of names or of paths, and the name before it was another.
fn is_listed_name(value: &[u8]) -> bool {
    is_snake_case(value)
        || value.starts_with(b"/")
            && value.iter().all(|byte| byte.is_ascii_alphabetic() || b"/_-".contains(byte))
}

/// What is a secret where the name says that one follows.
fn is_secret(secret: &[u8], place: &Place) -> bool {
    let is_plain = secret.iter().all(|byte| is_token(*byte));
    let least = if secret.len() < 16 { 2.5 } else { 3.0 };
    let is_mixed = if is_plain { looks_random(secret) } else { is_punctuated(secret) };
    place.operator != b',' && is_mixed && entropy(secret) >= least
}

/// Holds punctuation as passwords do, not as code does.
fn is_punctuated(secret: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| secret.iter().any(kind);
    let is_code = secret.iter().any(|byte| b"()[]{}<>;,\\ `\"'".contains(byte));
    let is_reference = secret.contains(&b'$') && !has(u8::is_ascii_digit)
        || memchr::memmem::find(secret, b"://").is_some()
        || memchr::memmem::find(secret, b"${").is_some();
    !is_code
        && !is_reference
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
}
