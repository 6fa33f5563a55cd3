//! Text with styles, and breaking it into lines by the columns it takes.
//!
//! Whatever is pushed is cleaned first: a character reference can smuggle an escape past the cleaning of its source.

use std::ops::Range;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::ui::sanitize;

/// A text in which every stretch has a style; a newline in it is a line break that has to stay.
#[derive(Clone, Debug, Default)]
pub(super) struct Styled {
    text: String,
    /// Where each stretch ends, and its style.
    stretches: Vec<(usize, Style)>,
}

impl Styled {
    pub(super) fn push(&mut self, text: &str, style: Style) {
        self.text.push_str(&sanitize::clean(text));
        match self.stretches.last_mut() {
            Some((end, last)) if *last == style => *end = self.text.len(),
            _ => self.stretches.push((self.text.len(), style)),
        }
    }

    /// Takes `start` away where the text starts with it.
    pub(super) fn take_start(&mut self, start: &str) -> bool {
        let starts = self.text.starts_with(start);
        if starts {
            self.text.drain(..start.len());
            for (end, _) in &mut self.stretches {
                *end = end.saturating_sub(start.len());
            }
        }
        starts
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The columns that the text takes when no line is broken, and those of its longest word.
    pub(super) fn widths(&self) -> (usize, usize) {
        let whole = self.lines(usize::MAX).iter().map(|line| line.width).max();
        let word = self.text.split(is_gap).map(UnicodeWidthStr::width).max();
        (whole.unwrap_or(0), word.unwrap_or(0))
    }

    /// Breaks at blanks into lines of at most `width` columns, where no word is wider than that.
    pub(super) fn lines(&self, width: usize) -> Vec<Line> {
        self.filled(width, |_| None)
    }

    /// Like [`Styled::lines`], and breaks words that are wider than a line.
    pub(super) fn lines_breaking_words(&self, width: usize) -> Vec<Line> {
        self.filled(width, |word| {
            let first = word.chars().next().map_or(0, char::len_utf8);
            let kept = sanitize::prefix(word, width).len().max(first);
            (kept < word.len()).then_some(kept)
        })
    }

    /// Fills lines; `split` says where a word has to be broken, if it has to.
    fn filled(&self, width: usize, split: impl Fn(&str) -> Option<usize>) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut at = 0;
        for row in self.text.split_inclusive('\n') {
            let mut line = Line::default();
            for chunk in row.split_inclusive(is_gap) {
                let mut word = chunk.trim_end_matches(is_gap);
                let mut start = at;
                while let Some(kept) = split(word) {
                    lines.extend(self.place(start..start + kept, &mut line, width));
                    start += kept;
                    word = &word[kept..];
                }
                lines.extend(self.place(start..start + word.len(), &mut line, width));
                at += chunk.len();
            }
            lines.push(line.finish());
        }
        lines
    }

    /// Appends a word to the line; one that does not fit starts a new line, and the old one is returned.
    fn place(&self, word: Range<usize>, line: &mut Line, width: usize) -> Option<Line> {
        let columns = self.text[word.clone()].width();
        let mut full = None;
        if word.is_empty() {
            return None;
        }
        if !line.text.is_empty() {
            if line.width + 1 + columns > width {
                full = Some(std::mem::take(line).finish());
            } else {
                line.push(" ", self.style_at(word.start - 1));
                line.width += 1;
            }
        }
        line.width += columns;
        self.style(word, line);
        full
    }

    fn style(&self, word: Range<usize>, line: &mut Line) {
        let mut start = word.start;
        let first = self.stretch_at(start);
        for (end, style) in &self.stretches[first..] {
            let end = word.end.min(*end);
            line.push(&self.text[start..end], *style);
            start = end;
            if start == word.end {
                break;
            }
        }
    }

    fn style_at(&self, at: usize) -> Style {
        self.stretches[self.stretch_at(at)].1
    }

    fn stretch_at(&self, at: usize) -> usize {
        self.stretches.partition_point(|(end, _)| *end <= at)
    }
}

/// A blank that a line may be broken at; a no-break space is part of its word.
fn is_gap(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n')
}

/// One line, ready to print, and the columns it takes.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) width: usize,
    style: Style,
}

impl Line {
    fn push(&mut self, text: &str, style: Style) {
        self.switch(style);
        self.text.push_str(text);
    }

    fn finish(mut self) -> Self {
        self.switch(Style::new());
        self
    }

    fn switch(&mut self, style: Style) {
        if style != self.style {
            self.text += &format!("{:#}{style}", self.style);
            self.style = style;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::visible;

    const BOLD: Style = Style::new().bold();

    fn shown(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| visible(&line.text)).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_never_inside_a_word() {
        let mut text = Styled::default();
        text.push("one two  incomprehensibilities  three\nfour no\u{a0}break", Style::new());
        assert_eq!(
            shown(&text.lines(9)),
            ["one two", "incomprehensibilities", "three", "four", "no\u{a0}break"]
        );
        assert_eq!(text.widths(), (35, 21));
    }

    #[test]
    fn a_word_may_be_made_of_several_styles() {
        let mut text = Styled::default();
        text.push("plain ", Style::new());
        text.push("bold words", BOLD);
        text.push("tail and more", Style::new());
        assert_eq!(shown(&text.lines(15)), ["plain ‹b›bold‹/›", "‹b›words‹/›tail and", "more"]);
        assert_eq!(shown(&text.lines(80)), ["plain ‹b›bold words‹/›tail and more"]);
    }

    #[test]
    fn long_words_break_where_that_is_asked_for() {
        let mut text = Styled::default();
        text.push("a日本語の題名 ", Style::new());
        text.push("bold", BOLD);
        assert_eq!(
            shown(&text.lines_breaking_words(3)),
            ["a日", "本", "語", "の", "題", "名", "‹b›bol‹/›", "‹b›d‹/›"]
        );
        assert_eq!(
            shown(&text.lines_breaking_words(1)).concat(),
            "a日本語の題名‹b›b‹/›‹b›o‹/›‹b›l‹/›‹b›d‹/›"
        );
    }

    #[test]
    fn what_a_character_reference_smuggles_in_is_cleaned() {
        let mut text = Styled::default();
        text.push("\u{1b}", Style::new());
        text.push("[31mred", Style::new());
        assert_eq!(text.text(), "[31mred");
    }
}
