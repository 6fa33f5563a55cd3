//! Whether a document has the length and the sections that its template asks for, and is flat.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::model::outline::{Entry, Outline, Part, Role, Section, Verdict};
use crate::policy::lint::said::is_placeholder;
use crate::policy::lint::{Material, Seen};
use crate::policy::outline::meaning_of;

/// Lists within lists, and headings below `##`, that a document may have.
const DEEPEST: usize = 2;

pub fn over_budget(material: &Material) -> Vec<Seen> {
    let Material { name, tokens, budget, .. } = material;
    let Some(over) = tokens.checked_sub(*budget).filter(|over| *over > 0) else {
        return Vec::new();
    };
    vec![Seen {
        line: None,
        message: format!("{tokens} tokens, {over} more than the budget of {budget}"),
        fix: format!("leave out what can be found again: git ckpt tokens {name} --fit"),
    }]
}

pub fn missing_section(material: &Material) -> Vec<Seen> {
    let missing = material.required.iter().filter(|heading| fitting(material, heading).is_empty());
    missing
        .filter(|heading| !says_it_elsewhere(material.outline, heading))
        .map(|heading| Seen {
            line: None,
            message: format!("there is no section `{heading}`"),
            fix: format!("add `## {heading}`; \"none\" is an answer where there is nothing"),
        })
        .collect()
}

pub fn empty_section(material: &Material) -> Vec<Seen> {
    let empty = |heading: &String| {
        let places = fitting(material, heading);
        let first = *places.first()?;
        let filled = places.iter().any(|place| says_something(&material.outline.sections, *place));
        let section = &material.outline.sections[first];
        (!filled).then(|| Seen {
            line: Some(section.lines.start),
            message: format!("nothing stands below `{}`", section.heading),
            fix: "fill it in; \"none\" is an answer where there is nothing".to_owned(),
        })
    };
    let mut seen: Vec<Seen> = material.required.iter().filter_map(empty).collect();
    seen.dedup_by_key(|seen| seen.line);
    seen
}

/// The sections that are what a heading asks for: by its words, else by what they mean.
fn fitting(material: &Material, heading: &str) -> Vec<usize> {
    let sections = &material.outline.sections;
    let wanted = heading.to_lowercase();
    let (role, verdict) = meaning_of(heading);
    let fits = |section: &Section| {
        let words = section.heading.to_lowercase();
        let (_, other) = meaning_of(&section.heading);
        let agree = verdict.is_none() || verdict == other;
        words.contains(&wanted) || (role != Role::Other && role == section.role && agree)
    };
    (0..sections.len()).filter(|place| fits(&sections[*place])).collect()
}

/// Decisions tell by themselves what they are, under whatever heading.
fn says_it_elsewhere(outline: &Outline, heading: &str) -> bool {
    let (role, verdict) = meaning_of(heading);
    let fits = |own: Verdict| verdict.is_none_or(|verdict| verdict == own);
    role == Role::Decisions && outline.decisions().any(|decision| fits(decision.verdict))
}

/// Whether a section, or one below it, says anything.
fn says_something(sections: &[Section], place: usize) -> bool {
    let (section, rest) = (&sections[place], &sections[place + 1..]);
    let below = rest.iter().take_while(|other| other.level > section.level);
    std::iter::once(section).chain(below).flat_map(|section| &section.entries).any(tells)
}

fn tells(entry: &Entry) -> bool {
    !is_placeholder(&entry.part.text()) || matches!(entry.part, Part::Table(_))
}

pub fn deep_nesting(material: &Material) -> Vec<Seen> {
    let mut seen: Vec<Seen> = lists_too_deep(material.body).into_iter().map(too_deep).collect();
    let headings = material.outline.sections.iter();
    let deep = headings.filter(|section| usize::from(section.level) > DEEPEST + 1);
    seen.extend(deep.map(|section| too_deep(section.lines.start)));
    seen
}

fn too_deep(line: usize) -> Seen {
    Seen {
        line: Some(line),
        message: format!("this is nested more than {DEEPEST} levels deep"),
        fix: "put it one level up, or say it in the line above".to_owned(),
    }
}

/// The first line that is too deep, of each list that has one.
fn lists_too_deep(body: &str) -> Vec<usize> {
    let (mut depth, mut told) = (0, false);
    let mut lines = Lines::new(body);
    let mut found = Vec::new();
    for (event, range) in Parser::new(body).into_offset_iter() {
        match event {
            Event::Start(Tag::List(_)) => {
                depth += 1;
                told &= depth > 1;
                if depth > DEEPEST && !told {
                    told = true;
                    found.push(lines.of(range.start));
                }
            }
            Event::End(TagEnd::List(_)) => depth -= 1,
            _ => {}
        }
    }
    found
}

/// Blocks of code that are fenced: the line of the fence, and the lines inside.
pub(super) fn fenced(body: &str) -> Vec<(usize, &str)> {
    let mut lines = Lines::new(body);
    let parser = Parser::new_ext(body, Options::ENABLE_TABLES);
    let blocks = parser.into_offset_iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(_)) => Some(range),
        _ => None,
    });
    blocks.map(|range| (lines.of(range.start), &body[range])).collect()
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    body: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(body: &'a str) -> Self {
        Self { body, at: 0, line: 0 }
    }

    /// The line of a place behind the last one that was asked for.
    fn of(&mut self, place: usize) -> usize {
        let passed = self.body.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = self.at.max(place);
        self.line
    }
}
