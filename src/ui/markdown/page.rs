//! Writes blocks behind their margins: quote bars, hanging list indents and the blank lines between blocks.
//!
//! Margins stop growing at half the width. Without that a document of nothing but `>` would be written in quadratic
//! time, and its text in a column that nobody can read.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

const BAR: &str = "│";
const BAR_COLUMNS: usize = 2;
const BAR_STYLE: Style = Style::new().dimmed();

/// The box in front of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick {
    Open,
    Half,
    Checked,
}

impl Tick {
    fn sign(self) -> &'static str {
        match self {
            Self::Open => "☐ ",
            Self::Half => "◐ ",
            Self::Checked => "☑ ",
        }
    }
}

/// However deep the nesting, text gets at least this many columns.
const LEAST_ROOM: usize = 8;

/// What a line starts with, and the columns that it takes.
#[derive(Clone, Debug, Default)]
struct Margin {
    text: String,
    width: usize,
}

impl Margin {
    fn push(&mut self, text: &str, columns: usize) {
        self.text.push_str(text);
        self.width += columns;
    }
}

/// The page as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    out: String,
    width: usize,
    margin: Margin,
    /// What the next line starts with in place of the margin, while list items wait for their first line.
    marker: Option<Margin>,
    /// The sizes of the margins outside of the containers that are open.
    outer: Vec<(usize, usize)>,
    separate: bool,
}

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// The columns that are left for text.
    pub(super) fn room(&self) -> usize {
        let taken = self.marker.as_ref().map_or(0, |marker| marker.width).max(self.margin.width);
        self.width.saturating_sub(taken).max(LEAST_ROOM)
    }

    /// Says whether a blank line comes before the next block.
    pub(super) fn separate(&mut self, separate: bool) {
        self.separate = separate;
    }

    pub(super) fn open_quote(&mut self) {
        self.open();
        if self.may_widen() {
            let bar = format!("{BAR_STYLE}{BAR}{BAR_STYLE:#} ");
            for margin in self.marker.iter_mut().chain([&mut self.margin]) {
                margin.push(&bar, BAR_COLUMNS);
            }
        }
    }

    pub(super) fn open_item(&mut self, marker: &str) {
        self.open();
        self.mark(marker);
    }

    /// Puts a box at the item that was opened last, in place of the bullet if it has that one.
    pub(super) fn tick(&mut self, tick: Tick, bullet: &str) {
        let ticked = tick.sign();
        match &mut self.marker {
            Some(marker) if marker.text.ends_with(bullet) => {
                marker.text.truncate(marker.text.len() - bullet.len());
                marker.text.push_str(ticked);
            }
            _ => self.mark(ticked),
        }
    }

    /// Whether the next line is the first one of an item.
    pub(super) fn is_at_item(&self) -> bool {
        self.marker.is_some()
    }

    pub(super) fn close(&mut self) {
        if self.marker.is_some() {
            self.line("");
        }
        if let Some((bytes, width)) = self.outer.pop() {
            self.margin.text.truncate(bytes);
            self.margin.width = width;
        }
    }

    /// Writes the lines of one block.
    pub(super) fn block<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        self.gap();
        for line in lines {
            self.line(line.as_ref());
        }
    }

    fn open(&mut self) {
        self.gap();
        self.outer.push((self.margin.text.len(), self.margin.width));
    }

    fn mark(&mut self, marker: &str) {
        let columns = marker.width();
        self.marker.get_or_insert_with(|| self.margin.clone()).push(marker, columns);
        if self.may_widen() {
            self.margin.push(&" ".repeat(columns), columns);
        }
    }

    fn may_widen(&self) -> bool {
        self.margin.width < self.width / 2
    }

    fn gap(&mut self) {
        if std::mem::take(&mut self.separate) {
            self.line("");
        }
    }

    fn line(&mut self, text: &str) {
        let margin = self.marker.take();
        self.out.push_str(&margin.as_ref().unwrap_or(&self.margin).text);
        if text.is_empty() {
            self.out.truncate(self.out.trim_end_matches(' ').len());
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
}
