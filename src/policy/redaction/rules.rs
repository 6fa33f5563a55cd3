//! The rules as tables that `build/main.rs` makes of `rules/*.json`, and their expressions, each compiled when first needed.
//!
//! Text is matched as bytes and without Unicode classes: that is what the public rules are written for, and it makes
//! compiling them a hundred times cheaper.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// What one kind of secret looks like.
pub struct Rule {
    pub id: &'static str,
    pub pattern: &'static str,
    /// The group that is the secret; 0 is the first that takes part, or all where there is none.
    pub group: usize,
    /// Bits per byte that the secret has to exceed; 0 where that is not asked.
    pub entropy: f64,
    /// A match begins at the beginning of a word.
    pub bounded: bool,
    /// Every match begins with a keyword.
    pub is_token: bool,
    /// The length of the longest match.
    pub longest: usize,
    /// What the secret (of a rule with a name before it) or the match begins like, one of these.
    pub shapes: &'static [&'static [u16]],
    pub allow: &'static [Allow],
}

/// What a rule finds, but is none of its secrets.
pub struct Allow {
    pub target: Target,
    pub regexes: &'static [&'static str],
    pub stopwords: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Secret,
    Match,
}

pub struct Keyword {
    pub len: usize,
    pub triggers: &'static [Trigger],
}

/// What is looked for where a keyword stands. Numbers are indices of [`RULES`].
#[derive(Clone, Copy, Debug)]
pub enum Trigger {
    /// A match that begins with the keyword.
    Token(u16),
    /// A value behind the keyword.
    Assigned(u16),
    /// A value that begins with the keyword.
    Value(u16),
    /// A match somewhere round the keyword.
    Near(u16),
    /// A value behind a name that sounds secret.
    Generic,
    Url,
    Header,
    Pem,
}

struct Compiled {
    regex: Regex,
    allow: Vec<(Target, Regex)>,
}

static COMPILED: [OnceLock<Compiled>; RULES.len()] = [const { OnceLock::new() }; RULES.len()];

fn compiled(number: u16) -> &'static Compiled {
    let number = usize::from(number);
    COMPILED[number].get_or_init(|| {
        let rule = &RULES[number];
        let allow = rule
            .allow
            .iter()
            .flat_map(|allow| allow.regexes.iter().map(|pattern| (allow.target, compile(pattern))));
        Compiled { regex: compile(rule.pattern), allow: allow.collect() }
    })
}

fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .expect("the expressions are data that a test compiles")
}

pub fn regex(number: u16) -> &'static Regex {
    &compiled(number).regex
}

/// The rule's own lists say that this is none of its secrets.
pub fn is_allowed(number: u16, secret: &[u8], matched: &[u8]) -> bool {
    let listed = |target: Target| if target == Target::Secret { secret } else { matched };
    let rule = &RULES[usize::from(number)];
    rule.allow.iter().any(|allow| has_any(secret, allow.stopwords))
        || compiled(number).allow.iter().any(|(target, regex)| regex.is_match(listed(*target)))
}

fn has_any(secret: &[u8], words: &[&str]) -> bool {
    let lower = secret.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// `text` begins with something that fits a shape of the rule. A backslash fits everywhere: behind it the bytes mean
/// something else, which the expression will tell.
pub fn fits(rule: &Rule, text: &[u8]) -> bool {
    rule.shapes.iter().any(|shape| {
        let fits = |(set, byte): (&u16, &u8)| contains(usize::from(*set), *byte);
        match shape.iter().zip(text).position(|pair| !fits(pair)) {
            Some(at) => text[at] == b'\\',
            None => shape.len() <= text.len(),
        }
    })
}

fn contains(set: usize, byte: u8) -> bool {
    SETS[set][usize::from(byte >> 5)] >> (byte & 31) & 1 == 1
}

/// Calls `emit` for every keyword in `text`, upper or lower case, with the place behind it.
pub fn each_keyword(text: &[u8], mut emit: impl FnMut(usize, &'static Keyword)) {
    let mut state = 0usize;
    for (at, byte) in text.iter().enumerate() {
        let class = CLASSES[usize::from(*byte)];
        state = usize::from(NEXT[state << SHIFT | usize::from(class)]);
        if state >= FIRST_MATCH {
            for keyword in ENDS[state - FIRST_MATCH] {
                emit(at + 1, &KEYWORDS[usize::from(*keyword)]);
            }
        }
    }
}
