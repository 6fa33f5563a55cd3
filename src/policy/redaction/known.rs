//! Secrets that are known without any rule: values of the environment and of `.env` files, and literals of the user.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::policy::redaction::judge::{entropy, is_stand_in, is_uuid, looks_random};
use crate::policy::redaction::views::{self, DEPTH};

/// Values that are secrets wherever they stand, each with the name of its rule (`env-NAME`, `literal`). Not `Debug`:
/// nothing prints them.
#[derive(Clone, Default)]
pub struct Known {
    pub values: Vec<(String, Vec<u8>)>,
}

/// Finds the known values, as they are and escaped.
pub struct KnownValues {
    names: Vec<String>,
    /// The value that each pattern is a form of.
    owners: Vec<usize>,
    automaton: Option<AhoCorasick>,
}

impl KnownValues {
    pub fn new(known: &Known) -> Self {
        let mut patterns: Vec<(Vec<u8>, usize)> = Vec::new();
        for (owner, (_, value)) in known.values.iter().enumerate() {
            let forms = forms(value).into_iter().filter(|form| !form.is_empty());
            patterns.extend(forms.map(|form| (form, owner)));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns.iter().map(|(form, _)| form));
        Self {
            names: known.values.iter().map(|(name, _)| rule_id(name)).collect(),
            owners: patterns.iter().map(|(_, owner)| *owner).collect(),
            automaton: automaton.ok().filter(|_| !patterns.is_empty()),
        }
    }

    /// Where the values stand in `text`, each with its rule.
    pub fn find(&self, text: &[u8]) -> Vec<(Range<usize>, &str)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        self.find_with(automaton, text, 0)
    }

    fn find_with(
        &self,
        automaton: &AhoCorasick,
        text: &[u8],
        depth: usize,
    ) -> Vec<(Range<usize>, &str)> {
        let named = |found: aho_corasick::Match| {
            let owner = self.owners[found.pattern().as_usize()];
            (found.range(), self.names[owner].as_str())
        };
        let mut found: Vec<_> = automaton.find_iter(text).map(named).collect();
        let hiding = if depth < DEPTH { views::hiding(text) } else { Vec::new() };
        for range in hiding {
            let start = range.start - views::backslashes_before(text, range.start);
            let view = views::unescape(&text[start..range.end]);
            let inner = self.find_with(automaton, &view.bytes, depth + 1).into_iter();
            found.extend(inner.map(|(range, name)| {
                let raw = view.raw(&range);
                (start + raw.start..start + raw.end, name)
            }));
        }
        found
    }
}

/// `name` as the id of a rule: lower-case letters, digits and `-`.
fn rule_id(name: &str) -> String {
    let id: String = name
        .bytes()
        .take(64)
        .map(|byte| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' })
        .map(char::from)
        .collect();
    if id.is_empty() { "literal".to_owned() } else { id }
}

/// The value and what it looks like in a string, in a string in a string, and once more, by the ways in which JSON is
/// written.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    for escape in [minimal, with_slashes, ascii] {
        let mut form = value.to_vec();
        for _ in 0..3 {
            form = escape(&form);
            if !forms.contains(&form) {
                forms.push(form.clone());
            }
        }
    }
    forms
}

fn minimal(text: &[u8]) -> Vec<u8> {
    escaped(text, |_| None)
}

fn with_slashes(text: &[u8]) -> Vec<u8> {
    escaped(text, |character| (character == '/').then(|| "\\/".to_owned()))
}

fn ascii(text: &[u8]) -> Vec<u8> {
    escaped(text, |character| {
        (!character.is_ascii()).then(|| {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect()
        })
    })
}

fn escaped(text: &[u8], special: impl Fn(char) -> Option<String>) -> Vec<u8> {
    let mut escaped = Vec::new();
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            let plain = match character {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                other => special(other).unwrap_or_else(|| other.to_string()),
            };
            escaped.extend(plain.bytes());
        }
        escaped.extend(chunk.invalid());
    }
    escaped
}

/// The variables of the environment, or of a `.env` file, whose values are secrets: by their name, or because the value
/// looks like nothing that a person wrote.
pub fn known_from_env<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Known {
    let mut values: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in pairs {
        for part in secrets_of(name, value.trim()) {
            if !values.iter().any(|(_, known)| known == part.as_bytes()) {
                values.push((format!("env-{name}"), part.as_bytes().to_vec()));
            }
        }
    }
    Known { values }
}

/// The secrets in the value of `name`: the value, its lines where it has several, the password of an address.
fn secrets_of<'v>(name: &str, value: &'v str) -> Vec<&'v str> {
    if let Some((_, rest)) = value.split_once("://") {
        let password = rest.rsplit_once('@').and_then(|(user, _)| Some(user.split_once(':')?.1));
        return password.filter(|password| is_value(password)).into_iter().collect();
    }
    let sounds_secret = sounds_secret(name);
    let is_secret = |text: &str| {
        is_value(text) && (sounds_secret || text.len() >= 20 && is_random(text.as_bytes()))
    };
    if !value.contains('\n') {
        return Some(value).filter(|value| is_secret(value)).into_iter().collect();
    }
    let lines = value.lines().map(str::trim);
    let long = lines.filter(|line| line.len() >= 16 && !line.starts_with("-----"));
    let mut parts: Vec<&str> = long.filter(|line| is_secret(line)).collect();
    if sounds_secret {
        parts.push(value);
    }
    parts
}

fn sounds_secret(name: &str) -> bool {
    const SECRET: &str =
        "SECRET TOKEN PASSWORD PASSWD PASSPHRASE PWD _PASS CREDENTIAL APIKEY API_KEY _KEY AUTH";
    const OTHER: &str =
        "PATH FILE DIR SOCK URL HOST USER NAME ID TYPE PUBLIC COUNT LIMIT TOKENS OLDPWD";
    let upper = name.to_ascii_uppercase();
    let last = upper.rsplit('_').next().unwrap_or_default();
    upper != "PWD"
        && SECRET
            .split_whitespace()
            .any(|word| upper.contains(word) || upper == word.trim_start_matches('_'))
        && !OTHER.split_whitespace().any(|word| last == word)
}

/// Long enough, and not a path, a number, a word or anything else that stands in many texts.
fn is_value(value: &str) -> bool {
    let is_word = value.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_. ".contains(&byte));
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || b".,:+-/ ".contains(&byte));
    let is_path =
        value.starts_with(['/', '~', '.']) && value.contains('/') || value.get(1..3) == Some(":\\");
    value.len() >= 8
        && !is_word
        && !is_number
        && !is_path
        && !is_stand_in(value.as_bytes())
        && entropy(value.as_bytes()) >= 2.0
}

fn is_random(value: &[u8]) -> bool {
    let is_plain = value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_+/=-".contains(byte));
    is_plain && !is_uuid(value) && looks_random(value) && entropy(value) > 3.5
}
