//! What the beginning of a match has to look like, byte by byte: derived from a rule's expression, so that most places
//! where a keyword stands are dismissed without running the expression.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// How many bytes a shape looks at.
const LONGEST: usize = 40;
/// How many shapes a rule may have; beyond that they are cut short where they part.
const MOST: usize = 24;

/// A set of bytes, a bit each.
pub type Set = [u32; 8];

/// The sets that the first bytes of a match come from.
pub type Shape = Vec<Set>;

/// `pattern` as bytes are matched by it, without Unicode.
pub fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).map_err(Box::new)
}

/// The shapes of what `hir` matches: every match fits one of them.
pub fn of(hir: &Hir) -> Vec<Shape> {
    expand(hir).into_iter().map(|part| part.shape).collect()
}

/// What the capture `number` of `hir` takes.
pub fn capture(hir: &Hir, number: u32) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.index == number => Some(&capture.sub),
        HirKind::Capture(outer) => capture(&outer.sub, number),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(|part| capture(part, number))
        }
        HirKind::Repetition(repetition) => capture(&repetition.sub, number),
        _ => None,
    }
}

pub fn contains(set: &Set, byte: u8) -> bool {
    set[usize::from(byte >> 5)] >> (byte & 31) & 1 == 1
}

#[derive(Clone)]
struct Part {
    shape: Shape,
    /// Nothing of the expression is left behind the shape.
    whole: bool,
}

fn one(set: Set) -> Vec<Part> {
    vec![Part { shape: vec![set], whole: true }]
}

fn nothing(whole: bool) -> Vec<Part> {
    vec![Part { shape: Vec::new(), whole }]
}

fn single(byte: u8) -> Set {
    let mut set = [0; 8];
    set[usize::from(byte >> 5)] |= 1 << (byte & 31);
    set
}

/// The bytes of `class`; none where it has characters of several.
fn members(class: &Class) -> Option<Set> {
    let class = match class {
        Class::Bytes(class) => class.clone(),
        Class::Unicode(class) => class.to_byte_class()?,
    };
    let mut set = [0; 8];
    for byte in class.iter().flat_map(|range| range.start()..=range.end()) {
        set[usize::from(byte >> 5)] |= 1 << (byte & 31);
    }
    Some(set)
}

fn expand(hir: &Hir) -> Vec<Part> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => nothing(true),
        HirKind::Literal(literal) => {
            literal.0.iter().fold(nothing(true), |parts, byte| join(parts, &one(single(*byte))))
        }
        HirKind::Class(class) => members(class).map_or_else(|| nothing(false), one),
        HirKind::Capture(capture) => expand(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().fold(nothing(true), |before, part| join(before, &expand(part)))
        }
        HirKind::Alternation(ways) => limited(ways.iter().flat_map(expand).collect()),
        HirKind::Repetition(repetition) => {
            let once = expand(&repetition.sub);
            let least = usize::try_from(repetition.min).unwrap_or(LONGEST).min(LONGEST + 1);
            if (repetition.min, repetition.max) == (0, Some(1)) {
                let mut parts = nothing(true);
                parts.extend(once);
                return limited(parts);
            }
            let mut parts = (0..least).fold(nothing(true), |parts, _| join(parts, &once));
            if repetition.max != Some(repetition.min) {
                parts.iter_mut().for_each(|part| part.whole = false);
            }
            parts
        }
    }
}

fn join(before: Vec<Part>, after: &[Part]) -> Vec<Part> {
    if before.len() * after.len() > MOST {
        return before.into_iter().map(|part| Part { whole: false, ..part }).collect();
    }
    let mut parts = Vec::new();
    for part in before {
        if !part.whole || part.shape.len() >= LONGEST {
            parts.push(part);
            continue;
        }
        for next in after {
            let mut shape = part.shape.clone();
            shape.extend(next.shape.iter().take(LONGEST - part.shape.len()));
            parts.push(Part { shape, whole: next.whole });
        }
    }
    parts
}

fn limited(parts: Vec<Part>) -> Vec<Part> {
    if parts.len() > MOST { nothing(false) } else { parts }
}
