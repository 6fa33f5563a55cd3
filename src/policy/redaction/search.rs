//! Looks round every keyword of a fragment for what its rules describe.
//!
//! Keywords stand in the raw text however often it is escaped, so one pass finds them all. Only round those where a
//! match can begin are escapes undone, once, twice and three times, and expressions run.

use std::ops::Range;

use crate::policy::redaction::judge::{entropy, is_stand_in};
use crate::policy::redaction::rules::{self, Keyword, RULES, Trigger};
use crate::policy::redaction::structure::{self, Verdict};
use crate::policy::redaction::views::{self, DEPTH, View, string_around, unescape};
use crate::policy::redaction::{address, assigned, pem, place, wrapped};

/// How much text before and behind a keyword is looked at where a rule does not say where the match begins.
const BEFORE: usize = 1 << 10;
const BEHIND: usize = 4 << 10;
/// How much of a token without a longest length is matched; the run that it begins is taken whole.
const UNBOUNDED: usize = 8 << 10;
/// How much more than the longest match is looked at, for escapes and for what has to follow.
const MARGIN: usize = 64;

/// How much base64 has to stand before a word for it to be a part of that.
const BLOB: usize = 120;

/// Text whose secrets do not depend on what stands round it: a line of JSON, or lines of anything else.
pub struct Search<'t> {
    text: &'t [u8],
    /// The text is JSON: no finding leaves the string it is in.
    is_json: bool,
    found: Vec<(Range<usize>, &'static str)>,
    /// How often escapes were undone before.
    depth: usize,
    /// The last run of token bytes that was measured, and whether it has more than names have.
    run: (Range<usize>, bool),
}

impl<'t> Search<'t> {
    pub fn new(text: &'t [u8], is_json: bool) -> Self {
        Self { text, is_json, found: Vec::new(), depth: 0, run: (0..0, false) }
    }

    pub fn run(mut self) -> Vec<(Range<usize>, &'static str)> {
        rules::each_keyword(self.text, |end, keyword| self.at_keyword(end, keyword));
        self.hidden();
        self.found
    }

    /// Searches where letters, digits or marks are written as `\uXXXX`, which hides keywords, with that undone.
    fn hidden(&mut self) {
        if self.depth == DEPTH {
            return;
        }
        for range in views::hiding(self.text) {
            let start = range.start - views::backslashes_before(self.text, range.start);
            let view = unescape(&self.text[start..range.end]);
            let mut inner = Search::new(&view.bytes, false);
            inner.depth = self.depth + 1;
            for (found, rule) in inner.run() {
                let raw = view.raw(&found);
                self.push(start + raw.start..start + raw.end, rule);
            }
        }
    }

    fn at_keyword(&mut self, end: usize, keyword: &'static Keyword) {
        let start = end - keyword.len;
        for trigger in keyword.triggers {
            match *trigger {
                Trigger::Token(rule) => self.token(rule, start..end),
                Trigger::Assigned(rule) => {
                    if let Some(place) = place::value(self.text, end) {
                        self.value(rule, start, place.start);
                    }
                }
                Trigger::Value(rule) => self.value(rule, start, start),
                Trigger::Near(rule) => self.near(rule, start),
                Trigger::Generic => {
                    if let Some((range, rule)) = assigned::find(self.text, &(start..end)) {
                        self.coded(Some(range), rule);
                    }
                }
                Trigger::Url => self.coded(address::in_url(self.text, end), "url-password"),
                Trigger::Header => self.coded(address::in_header(self.text, end), "auth-header"),
                Trigger::Pem => {
                    let end = self.string_end(start);
                    self.coded(pem::find(&self.text[..end], start), "private-key");
                }
            }
        }
    }

    fn coded(&mut self, found: Option<Range<usize>>, rule: &'static str) {
        if let Some(range) = found {
            let range = self.whole_run(range);
            self.push(range, rule);
        }
    }

    /// Where a key that begins at `at` has to end: with its string, where the text is JSON.
    fn string_end(&self, at: usize) -> usize {
        let end = self.text.len().min(at + 2 * pem::LONGEST);
        if self.is_json { at + string_around(&self.text[at..end], 0).end } else { end }
    }

    fn token(&mut self, number: u16, keyword: Range<usize>) {
        let (rule, start) = (&RULES[usize::from(number)], keyword.start);
        if rule.bounded && !place::begins_word(self.text, start) || self.is_in_blob(&keyword) {
            return;
        }
        let found = self.found.len();
        if rules::fits(rule, &self.text[start..]) {
            let end = self.behind(start, rule.longest);
            self.levels(number, start.saturating_sub(16)..end, start);
        }
        if self.found.len() == found && keyword.len() >= wrapped::TELLING {
            self.wrapped(number, keyword);
        }
    }

    /// The keyword is letters in the middle of base64, as in an image: there every short word comes up some time.
    fn is_in_blob(&self, keyword: &Range<usize>) -> bool {
        let before = &self.text[keyword.start.saturating_sub(BLOB)..keyword.start];
        let joins = ["+", "/", "\\u002f", "\\u002F", "\\u002b", "\\u002B"];
        let is_base64 = |(at, byte): (usize, &u8)| match byte {
            b'\\' => before.get(at + 1).is_some_and(|next| matches!(next, b'/' | b'u' | b'\\')),
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
        };
        before.len() == BLOB
            && joins.iter().any(|join| before.ends_with(join.as_bytes()))
            && before.iter().enumerate().all(is_base64)
            && self.text[keyword.clone()].iter().all(u8::is_ascii_alphanumeric)
    }

    /// Looks for a match that is broken over lines.
    fn wrapped(&mut self, number: u16, keyword: Range<usize>) {
        let Some(view) = wrapped::joined(self.text, &keyword) else { return };
        if rules::fits(&RULES[usize::from(number)], &view.bytes) {
            let levels = Levels { start: keyword.start, views: vec![(0, view)] };
            let joined = levels.views[0].1.bytes.clone();
            self.matches(number, &joined, 0, &levels);
        }
    }

    fn value(&mut self, number: u16, hit: usize, value: usize) {
        let rule = &RULES[usize::from(number)];
        if rules::fits(rule, &self.text[value..]) {
            let behind = self.behind(value, rule.longest);
            self.levels(number, hit.saturating_sub(BEFORE / 8)..behind, hit);
        }
    }

    fn near(&mut self, number: u16, start: usize) {
        let longest = RULES[usize::from(number)].longest;
        let end = self.text.len().min(start + BEHIND.min(longest.saturating_add(BEFORE)));
        self.levels(number, start.saturating_sub(BEFORE)..end, start);
    }

    /// Where to stop looking at a match that begins at `start` and has `longest` bytes at most.
    fn behind(&self, start: usize, longest: usize) -> usize {
        let rest = &self.text[start..];
        let len = if longest < BEHIND {
            longest
        } else {
            let goes_on = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'`".contains(byte);
            rest.iter().take(UNBOUNDED).take_while(goes_on).count().max(BEFORE / 2)
        };
        self.text.len().min(start + len + MARGIN)
    }

    /// Runs the expression over `window` as it is and with its escapes undone.
    fn levels(&mut self, number: u16, window: Range<usize>, hit: usize) {
        let start = window.start - views::backslashes_before(self.text, window.start);
        let raw = &self.text[start..window.end];
        let mut levels = Levels { start, views: Vec::new() };
        let found = self.found.len();
        let (mut at, mut owned) = (hit - start, None::<Vec<u8>>);
        self.matches(number, raw, at, &levels);
        for depth in 0..DEPTH {
            let text = owned.as_deref().unwrap_or(raw);
            // What ends a match may be the end of a string.
            let may_end = self.is_json && depth == 0 && self.found.len() == found;
            if !may_end && memchr::memchr(b'\\', text).is_none() {
                return;
            }
            let string = string_around(text, at);
            let view = unescape(&text[string.clone()]);
            at = view.place(at - string.start);
            owned = Some(view.bytes.clone());
            levels.views.push((string.start, view));
            self.matches(number, owned.as_deref().unwrap_or_default(), at, &levels);
        }
    }

    /// Matches in `text`, where the keyword is at `hit`. Those of a rule for one place end there: the next has a keyword
    /// of its own.
    fn matches(&mut self, number: u16, text: &[u8], hit: usize, levels: &Levels) {
        let rule = &RULES[usize::from(number)];
        let last = if rule.is_token { hit } else { text.len() };
        for captures in rules::regex(number).captures_iter(text) {
            let Some(whole) = captures.get(0).filter(|whole| whole.start() <= last) else { break };
            let group = match rule.group {
                0 => (1..captures.len()).find_map(|group| captures.get(group)),
                group => captures.get(group),
            };
            let secret = group.filter(|group| !group.is_empty()).unwrap_or(whole);
            let bytes = secret.as_bytes();
            let seems_one = || {
                (rule.entropy == 0.0 || entropy(bytes) > rule.entropy)
                    && !is_stand_in(bytes)
                    && !rules::is_allowed(number, bytes, whole.as_bytes())
            };
            let is_secret = match structure::judge(rule.id, bytes, text.get(secret.end())) {
                Verdict::Proven => true,
                Verdict::Open => seems_one(),
                Verdict::Sample => false,
            };
            if is_secret {
                let range = self.whole_run(levels.raw(secret.range()));
                self.push(range, rule.id);
            }
        }
    }

    /// `range` up to the end of the token that it is the beginning of: keys grow longer than their rules know.
    fn whole_run(&mut self, range: Range<usize>) -> Range<usize> {
        let is_wide = self.text[range.clone()].iter().any(|byte| b"+/=".contains(byte));
        let belongs = |byte: &u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'-')
                || is_wide && matches!(byte, b'+' | b'/' | b'=')
        };
        if !self.text[..range.end].last().is_some_and(belongs) {
            return range;
        }
        // One run may hold many tokens: it is measured once.
        if !(self.run.0.contains(&range.end) && self.run.1 == is_wide) {
            let rest = self.text[range.end..].iter();
            let run = range.end..range.end + rest.take_while(|byte| belongs(byte)).count();
            // Dashes that close a key are no part of a token before them.
            let dashes = memchr::memmem::find(&self.text[run.clone()], b"-----");
            self.run = (run.start..dashes.map_or(run.end, |at| run.start + at), is_wide);
        }
        range.start..self.run.0.end
    }

    fn push(&mut self, range: Range<usize>, rule: &'static str) {
        let range = views::whole_escapes(self.text, range);
        let leaves = || {
            let quotes = memchr::memchr_iter(b'"', &self.text[range.clone()]);
            quotes.into_iter().any(|at| !views::is_escaped(self.text, range.start + at))
        };
        let is_whole = !self.is_json || !leaves();
        if is_whole && !range.is_empty() {
            self.found.push((range, rule));
        }
    }
}

/// Views of views, back to the raw text.
struct Levels {
    /// Where the window begins in the raw text.
    start: usize,
    /// Each view, and where what it was made from begins in the one before.
    views: Vec<(usize, View)>,
}

impl Levels {
    fn raw(&self, range: Range<usize>) -> Range<usize> {
        let inner = self.views.iter().rev().fold(range, |range, (start, view)| {
            let range = view.raw(&range);
            start + range.start..start + range.end
        });
        self.start + inner.start..self.start + inner.end
    }
}
