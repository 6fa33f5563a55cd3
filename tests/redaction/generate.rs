//! Texts that an expression matches, from a seed, and random tokens.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A small generator of numbers (SplitMix64): the same seed, the same texts.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    /// `len` characters of `alphabet`.
    pub fn token(&mut self, alphabet: &str, len: usize) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        (0..len).map(|_| *self.pick(&characters)).collect()
    }
}

pub const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What `pattern` says, and what its group says that is the secret.
pub fn parse(pattern: &str, number: u32) -> (Hir, Option<Hir>) {
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap();
    let secret = group(&hir, number.max(1)).cloned();
    (hir, secret)
}

fn group(hir: &Hir, number: u32) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.index == number => Some(&capture.sub),
        HirKind::Capture(capture) => group(&capture.sub, number),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(|part| group(part, number))
        }
        HirKind::Repetition(repetition) => group(&repetition.sub, number),
        _ => None,
    }
}

/// Some text that `hir` matches.
pub fn matching(hir: &Hir, random: &mut Random) -> String {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).unwrap(),
        HirKind::Class(class) => member(class, random).to_string(),
        HirKind::Capture(capture) => matching(&capture.sub, random),
        HirKind::Concat(parts) => parts.iter().map(|part| matching(part, random)).collect(),
        HirKind::Alternation(ways) => matching(random.pick(ways), random),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 6).min(repetition.min + 6);
            let times = repetition.min + random.below((most - repetition.min) as usize + 1) as u32;
            (0..times).map(|_| matching(&repetition.sub, random)).collect()
        }
    }
}

/// A letter or digit of the class where it has any.
fn member(class: &Class, random: &mut Random) -> char {
    let class = match class {
        Class::Bytes(class) => class.clone(),
        Class::Unicode(class) => class.to_byte_class().unwrap(),
    };
    let bytes = class.iter().flat_map(|range| range.start()..=range.end());
    let printable: Vec<u8> = bytes.filter(|byte| (b' '..=b'~').contains(byte)).collect();
    let plain: Vec<u8> =
        printable.iter().copied().filter(|byte| byte.is_ascii_alphanumeric()).collect();
    char::from(*random.pick(if plain.is_empty() { &printable } else { &plain }))
}
