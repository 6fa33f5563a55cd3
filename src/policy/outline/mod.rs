//! Documents as parts: markdown is read into an [`Outline`], and an outline is written as markdown.
//!
//! Reading is generous, because people write documents and agents do too: `- ADOPTED: …`, `### … (ADOPTED)` and a plain
//! item below `## Decisions` are all decisions. Writing knows one form. What is read, written and read again is the
//! same outline, and no text is lost on the way.

mod blocks;
mod decision;
mod guidance;
mod headings;
mod labels;
mod list;
#[cfg(test)]
mod tests;
mod write;

use std::ops::Range;

use crate::model::outline::{Entry, Outline, Part, Role, Section, Table};
use crate::policy::outline::blocks::{Block, Kind};
use crate::policy::outline::headings::Heading;

pub use guidance::{guidance_blanked, guidance_free};
pub use headings::{meaning_of, role_of};
pub use write::write;

/// The level of a heading that no `#` marks.
const PLAIN: u8 = 2;

/// Longest document that is taken apart, in bytes; a longer one is all prose.
pub const LONGEST: usize = 1 << 20;

/// Takes a document's body apart.
pub fn read(markdown: &str) -> Outline {
    if markdown.len() > LONGEST {
        let mut reader = Reader::default();
        let lines = 0..markdown.lines().count();
        reader.add(Entry { part: Part::Prose { text: markdown.trim_end().to_owned() }, lines });
        return reader.outline;
    }
    let blocks = blocks::blocks(markdown);
    let mut reader = Reader { marks: Marks::of(&blocks), ..Reader::default() };
    for block in blocks {
        reader.take(block);
    }
    reader.outline
}

/// How a document marks its headings.
#[derive(Clone, Copy, Default)]
struct Marks {
    /// None stands below a title, so that a bold line, or one with a colon behind it, is one if its words are known.
    plain: bool,
    /// The first one is the name of a section, as the others on its level are.
    untitled: bool,
}

impl Marks {
    fn of(blocks: &[Block]) -> Self {
        let headings = || {
            blocks.iter().filter_map(|block| match &block.kind {
                Kind::Heading { level, words } => Some((*level, words)),
                _ => None,
            })
        };
        let mut tops = headings().filter(|(level, _)| *level == 1);
        let first = tops.next().filter(|(_, words)| headings::is_known(words));
        Self {
            plain: headings().all(|(level, _)| level == 1) && headings().count() < 2,
            untitled: first.is_some() && tops.next().is_some(),
        }
    }
}

/// The words of `**Next steps**`, or of `Next steps:`, on a line of its own.
fn plain_heading(text: &str) -> Option<&str> {
    const MOST_WORDS: usize = 5;
    let unmarked = text.trim_end_matches(':').trim_end();
    let bold = ["**", "__"].iter().find_map(|mark| unmarked.strip_prefix(mark)?.strip_suffix(mark));
    let words = bold.or(text.strip_suffix(':'))?.trim().trim_end_matches(':').trim_end();
    let plain =
        |letter: char| letter.is_alphanumeric() || " '’&/-".contains(letter) || !letter.is_ascii();
    let few = words.split_whitespace().count() <= MOST_WORDS;
    (few && words.chars().all(plain) && headings::is_known(words)).then_some(words)
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    marks: Marks,
    /// The headings that the next block stands below, outermost first.
    above: Vec<Heading>,
}

impl Reader {
    fn take(&mut self, block: Block) {
        match block.kind {
            Kind::Heading { level, words } => self.heading(level, words, block.lines),
            Kind::List(items) => {
                let heading = self.above.last().copied().unwrap_or_default();
                for item in items {
                    let lines = item.lines.clone();
                    self.add(Entry { part: list::part(item, heading), lines });
                }
            }
            Kind::Table { columns, rows } => {
                let part = Part::Table(Table { columns, rows });
                self.add(Entry { part, lines: block.lines });
            }
            Kind::Other(text) => {
                let words = plain_heading(&text).filter(|_| self.marks.plain).map(str::to_owned);
                match words {
                    Some(words) => self.heading(PLAIN, words, block.lines),
                    None => self.add(Entry { part: Part::Prose { text }, lines: block.lines }),
                }
            }
        }
    }

    fn heading(&mut self, level: u8, words: String, lines: Range<usize>) {
        let untitled = self.outline.title.is_none() && self.outline.sections.is_empty();
        if level == 1 && untitled && !self.marks.untitled && !words.is_empty() {
            self.outline.title = Some(words);
            return;
        }
        self.above.retain(|heading| heading.level < level);
        let heading = Heading::new(level, &words, self.above.last());
        self.above.push(heading);
        let section =
            Section { heading: words, level, role: heading.role, lines, ..Section::default() };
        self.outline.sections.push(section);
    }

    fn add(&mut self, entry: Entry) {
        if self.outline.sections.is_empty() {
            let lines = entry.lines.start..entry.lines.start;
            self.outline.sections.push(Section { lines, role: Role::Other, ..Section::default() });
        }
        if let Some(section) = self.outline.sections.last_mut() {
            section.lines.end = entry.lines.end;
            section.entries.push(entry);
        }
    }
}
