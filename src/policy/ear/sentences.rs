//! Prose, sentence by sentence: without code, tables, headings and quotations.

use crate::policy::marks::{behind_bullet, numbered};

/// How much of a text is listened to: its beginning and its end. What is longer was pasted.
const BEGINNING: usize = 6000;
const END: usize = 2000;

/// Longest sentence that is listened to, in characters.
const LONGEST: usize = 400;

/// The sentences of a text, in order.
pub fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in heard_parts(text) {
        for words in joined(part) {
            let whole = split(&words).into_iter().map(str::trim);
            let fitting = whole.filter(|text| !text.is_empty() && text.chars().count() <= LONGEST);
            found.extend(fitting.map(str::to_owned));
        }
    }
    found
}

/// The lines of prose, those put together again that were broken at the edge of a page.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in prose(text) {
        let (words, listed) = without_bullet(line);
        match lines.last_mut() {
            Some(last) if !listed && is_broken(last) => {
                last.push(' ');
                last.push_str(words);
            }
            _ => lines.push(words.to_owned()),
        }
    }
    lines
}

/// Whether a line is as long as a page is wide, and its last sentence goes on.
fn is_broken(line: &str) -> bool {
    const PAGE: usize = 56;
    let length = line.chars().count();
    (PAGE..LONGEST).contains(&length) && !line.ends_with(['.', '!', '?', ':', ';'])
}

/// The lines of a text that are prose, trimmed.
pub fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().map(str::trim).filter(move |line| {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
            return false;
        }
        !(fenced
            || line.is_empty()
            || line.starts_with(['>', '|', '#', '<', '{', '$'])
            || looks_pasted(line))
    })
}

/// A line without the mark of a list or the signs of emphasis around it, and whether it had a mark.
pub fn without_bullet(line: &str) -> (&str, bool) {
    // Four digits are a year at the end of a sentence.
    let listed = || numbered(line).filter(|(digits, _)| digits.len() <= 3).map(|(_, rest)| rest);
    let Some(rest) = behind_bullet(line).or_else(listed) else { return (line, false) };
    let boxes = ["[ ] ", "[x] ", "[X] ", "[~] "];
    (boxes.iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest), true)
}

/// On one line, single blanks between words.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `limit` characters, cut at the end of a sentence where that keeps half, else of a word.
pub fn cut(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let head = &text[..end];
    let stop = ['.', '!', '?'].iter().filter_map(|mark| head.rfind(&format!("{mark} "))).max();
    if let Some(stop) = stop.filter(|stop| *stop >= end / 2) {
        return head[..=stop].to_owned();
    }
    let before = head.rfind(char::is_whitespace).unwrap_or(end);
    // One very long word is better kept than all of the text lost.
    let next = text[end..].find(char::is_whitespace).map_or(text.len(), |at| end + at);
    let word = if before < end / 3 && next <= end * 2 { next } else { before };
    format!("{}…", text[..word].trim_end_matches([' ', ',', ';', ':', '—', '–', '(']))
}

fn heard_parts(text: &str) -> Vec<&str> {
    if text.len() <= BEGINNING + END {
        return vec![text];
    }
    let (mut first, mut last) = (BEGINNING, text.len() - END);
    while !text.is_char_boundary(first) {
        first -= 1;
    }
    while !text.is_char_boundary(last) {
        last += 1;
    }
    // What is cut in two says nothing.
    let first = text[..first].rfind('\n').unwrap_or(0);
    let last = text[last..].find('\n').map_or(text.len(), |end| last + end);
    vec![&text[..first], &text[last..]]
}

/// Output of programs that somebody pasted: times, levels, stack frames, paths with a place.
fn looks_pasted(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "at ",
        "File \"",
        "Traceback",
        "error[",
        "error:",
        "warning:",
        "INFO",
        "WARN",
        "ERROR",
        "DEBUG",
        "FAIL",
        "PASS",
        "diff --git",
        "@@ ",
        "+++ ",
        "--- ",
        "commit ",
        "Author:",
        "Date:",
        "http://",
        "https://",
        "test ",
        "import ",
        "const ",
        "fn ",
        "func ",
        "def ",
        "class ",
        "//",
        "/*",
        "*/",
        "};",
        "}",
    ];
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    STARTS.iter().any(|start| line.starts_with(start))
        || digits * 3 > line.len()
        || line.ends_with(['{', ';', '}'])
}

/// Cuts a line behind the marks that end a sentence, where a new one starts.
fn split(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut parts = Vec::new();
    let mut from = 0;
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate() {
        quoted ^= *byte == b'`';
        let blank = bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace);
        if !quoted && blank && ends_sentence(line, at) {
            parts.push(&line[from..=at]);
            from = at + 1;
        }
    }
    parts.push(&line[from..]);
    parts
}

/// Whether the mark at `at` ends a sentence and not an abbreviation or a number of a list.
fn ends_sentence(line: &str, at: usize) -> bool {
    const SHORT: &[&str] = &["e.g", "i.e", "etc", "vs", "cf", "approx", "incl", "resp", "no", "ca"];
    match line.as_bytes()[at] {
        b'!' | b'?' | b';' => true,
        b'.' => {
            let before = line[..at].rsplit([' ', '(']).next().unwrap_or_default();
            let number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
            !(SHORT.contains(&before.to_lowercase().as_str()) || number)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        sentences(text)
    }

    #[test]
    fn a_text_is_cut_where_sentences_end() {
        assert_eq!(
            texts("Use a queue, e.g. ours. Why? `a. b` stays; go on! v1.2 too"),
            ["Use a queue, e.g. ours.", "Why?", "`a. b` stays;", "go on!", "v1.2 too"]
        );
        assert_eq!(texts("1. first\n- [ ] second. Third"), ["first", "second.", "Third"]);
    }

    #[test]
    fn only_prose_is_listened_to() {
        let text = "Say.\n```\nUse x.\n```\n> quoted\n| a |\n# Title\nerror: no\n  at f (x.js:1)\nlet x = {\nEnd.";
        assert_eq!(texts(text), ["Say.", "End."]);
    }

    #[test]
    fn of_a_long_text_the_beginning_and_the_end_count() {
        let text = format!("First.\n{}Last.\n", "some words in the middle of it\n".repeat(2000));
        let all = texts(&text);
        assert!(all.len() < 400 && all[0] == "First." && all[all.len() - 1] == "Last.");
        let umlauts = "ä".repeat(20_000);
        assert!(texts(&umlauts).is_empty());
    }

    #[test]
    fn no_word_is_cut_in_two() {
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("One two. Three four five", 14), "One two.");
        assert_eq!(cut("short", 9), "short");
        assert_eq!(cut("see https://example.com/x and more", 18), "see https://example.com/x…");
    }

    #[test]
    fn lines_that_were_broken_at_the_edge_of_a_page_are_one() {
        let text = "We keep the old endpoint for as long as the mobile clients of\nlast year are in use, and never longer. Then it goes.\n- a";
        assert_eq!(texts(text).len(), 3);
        assert!(texts(text)[0].ends_with("never longer."));
    }
}
