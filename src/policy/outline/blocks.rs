//! The blocks of a document, as CommonMark sees them: headings, lists, tables, and the rest as it is written.

use std::iter::Peekable;
use std::ops::Range;

use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd,
};

/// Lists that are nested deeper than this are text of the item that they stand in.
const DEEPEST: usize = 16;

/// Most cells of a table that is taken apart.
const MOST_CELLS: usize = 20_000;

/// A block at the top of the document.
#[derive(Debug)]
pub struct Block {
    pub kind: Kind,
    /// Counted from 0.
    pub lines: Range<usize>,
}

#[derive(Debug)]
pub enum Kind {
    Heading { level: u8, words: String },
    List(Vec<ListItem>),
    Table { columns: Vec<String>, rows: Vec<Vec<String>> },
    Other(String),
}

/// An item of a list, with what is listed below it.
#[derive(Debug)]
pub struct ListItem {
    /// Without its marker; the lines of a paragraph are joined.
    pub text: String,
    pub items: Vec<ListItem>,
    pub lines: Range<usize>,
}

/// The blocks of `markdown`, in order.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    Walk {
        events: parser.into_offset_iter().peekable(),
        source: markdown,
        starts: starts(markdown),
    }
    .blocks()
}

struct Walk<'a> {
    events: Peekable<OffsetIter<'a>>,
    source: &'a str,
    /// Where each line starts.
    starts: Vec<usize>,
}

impl Walk<'_> {
    fn blocks(mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some((event, range)) = self.events.next() {
            let kind = match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    self.skip();
                    Kind::Heading {
                        level: depth(level),
                        words: heading_words(&self.source[range.clone()]),
                    }
                }
                Event::Start(Tag::List(_)) => Kind::List(self.items(0)),
                Event::Start(Tag::Table(_)) => self.table(&range),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Kind::Other(self.code()),
                Event::Start(_) => {
                    self.skip();
                    Kind::Other(self.written(&range))
                }
                _ => Kind::Other(self.written(&range)),
            };
            blocks.push(Block { kind, lines: self.lines(&range) });
        }
        blocks
    }

    /// Passes over everything up to the end of what has just started.
    fn skip(&mut self) {
        let mut open = 1_usize;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    fn items(&mut self, depth: usize) -> Vec<ListItem> {
        let mut items = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => items.push(self.item(depth, range)),
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn item(&mut self, depth: usize, range: Range<usize>) -> ListItem {
        let mut items = Vec::new();
        let mut own = Vec::new();
        let mut from = range.start;
        while let Some((event, inner)) = self.events.next() {
            match event {
                Event::Start(Tag::List(_)) if depth < DEEPEST => {
                    own.push(from..inner.start);
                    items.extend(self.items(depth + 1));
                    from = inner.end;
                }
                Event::Start(_) => self.skip(),
                Event::End(TagEnd::Item) => break,
                _ => {}
            }
        }
        own.push(from.min(range.end)..range.end);
        let text = own.into_iter().map(|part| &self.source[part]).collect::<Vec<_>>().join("\n");
        ListItem { text: item_text(&text), items, lines: self.lines(&range) }
    }

    /// A table; one with more cells than anybody reads stays as it is written: each row is filled up to all columns.
    fn table(&mut self, whole: &Range<usize>) -> Kind {
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        let mut row = Vec::new();
        let mut cells = 0;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) if cells == MOST_CELLS => {
                    // The cell, its row, and the table.
                    (0..3).for_each(|_| self.skip());
                    return Kind::Other(self.written(whole));
                }
                Event::Start(Tag::TableCell) => {
                    cells += 1;
                    self.skip();
                    row.push(self.source[range].trim_matches(['|', ' ', '\t']).to_owned());
                }
                Event::End(TagEnd::TableHead) => columns = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Kind::Table { columns, rows }
    }

    /// A block of code that is marked by its indentation, marked by fences: behind a list it would become part of it.
    fn code(&mut self) -> String {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(_) => break,
                _ => {}
            }
        }
        let fence = fence_for(&code);
        format!("{fence}\n{}\n{fence}", code.trim_end_matches('\n'))
    }

    /// A block as it is written, from the beginning of its first line.
    fn written(&self, range: &Range<usize>) -> String {
        let start = self.starts[self.line_of(range.start)];
        let lead = &self.source[start..range.start];
        let start = if lead.trim().is_empty() { start } else { range.start };
        self.source[start..range.end].trim_end().to_owned()
    }

    fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.source[range.clone()].trim_end();
        let last = range.start + text.len().saturating_sub(1);
        self.line_of(range.start)..self.line_of(last) + 1
    }

    fn line_of(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place).saturating_sub(1)
    }
}

/// A fence that nothing in `code` closes.
fn fence_for(code: &str) -> String {
    let ticks = |line: &str| line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
    "`".repeat(code.lines().map(ticks).max().unwrap_or(0).max(2) + 1)
}

fn starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1))
        .collect()
}

fn depth(level: HeadingLevel) -> u8 {
    level as u8
}

/// The words of a heading, be it marked by `#` or underlined.
fn heading_words(written: &str) -> String {
    let written = written.trim();
    let marked = written.trim_start_matches('#');
    if marked.len() == written.len() {
        let words = written.rsplit_once('\n').map_or(written, |(words, _)| words);
        return words.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let words = marked.trim();
    let bare = words.trim_end_matches('#');
    let closed = bare.is_empty() || bare.ends_with(char::is_whitespace);
    if closed { bare.trim_end().to_owned() } else { words.to_owned() }
}

/// What an item says, without its marker. Lines are joined, but where a block of code is among them.
fn item_text(written: &str) -> String {
    let text = without_marker(written.trim());
    let fenced = text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("```") || line.starts_with("~~~")
    });
    if fenced {
        return flush(text);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text whose lines behind the first start where the leftmost of them does: how far an item is indented is no part of it.
fn flush(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let filled = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let left = filled.map(indent).min().unwrap_or(0);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + "\n" + line.get(left..).unwrap_or_default())
}

/// What is left when all markers in front are gone: an item may start with another item.
fn without_marker(mut text: &str) -> &str {
    while let Some(rest) = behind_marker(text) {
        text = rest;
    }
    text
}

fn behind_marker(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = match text.strip_prefix(['-', '*', '+']) {
        None if (1..10).contains(&digits) => text[digits..].strip_prefix(['.', ')']),
        behind => behind,
    }?;
    let apart = behind.is_empty() || behind.starts_with(char::is_whitespace);
    apart.then(|| behind.trim_start())
}
