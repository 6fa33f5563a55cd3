//! Makes stored text safe to show: it may be a teammate's, or whatever a tool printed into a transcript.
//!
//! After [`clean`] no control character is left but newline and tab, so that the text cannot move the cursor, retitle
//! the window, write the clipboard or hide what stands before it. Characters go that nobody sees and an agent reads,
//! and marks that are heaped up on one letter. Look-alike letters are left alone.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const ESCAPE: char = '\u{1b}';
const TERMINATORS: [&str; 3] = ["\u{7}", "\u{9c}", "\u{1b}\\"];
const EMOJI_PRESENTATION: char = '\u{fe0f}';

/// Most marks without a width that one letter keeps; no script needs as many.
const MARKS: usize = 8;

/// Strips terminal escape sequences (7-bit and 8-bit), control characters, bidirectional overrides and hidden text.
///
/// CRLF becomes LF. A control string that nothing terminates loses its introducer only, so that text is never
/// swallowed by a stray escape.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|byte| is_unsafe(char::from(byte))) {
        return Cow::Borrowed(text);
    }
    match without_controls(text) {
        Cow::Borrowed(text) => without_heaps(text),
        Cow::Owned(text) => match without_heaps(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(safe) => Cow::Owned(safe),
        },
    }
}

/// JSON in which whatever would act on a terminal, or cannot be seen, is written as an escape. It means the same.
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if !is_unsafe(letter) {
            safe.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    Cow::Owned(safe)
}

fn without_controls(text: &str) -> Cow<'_, str> {
    let Some(start) = text.find(is_unsafe) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = Some(start);
    while let Some(at) = next {
        safe.push_str(&rest[..at]);
        rest = skip_unsafe(&rest[at..]);
        next = rest.find(is_unsafe);
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

/// Takes away the marks that a letter has too many of, and variation selectors behind another one: both can carry any
/// amount of text that is not seen.
fn without_heaps(text: &str) -> Cow<'_, str> {
    let mut heap = Heap::default();
    if text.is_ascii() || text.chars().all(|letter| heap.takes(letter)) {
        return Cow::Borrowed(text);
    }
    let mut heap = Heap::default();
    Cow::Owned(text.chars().filter(|letter| heap.takes(*letter)).collect())
}

/// What lies on the letter that was last seen.
#[derive(Default)]
struct Heap {
    marks: usize,
    selected: bool,
}

impl Heap {
    /// Whether a character may stay where it stands.
    fn takes(&mut self, letter: char) -> bool {
        let selects = matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
        let repeated = selects && self.selected;
        self.selected = selects;
        let is_mark = !letter.is_ascii() && letter.width() == Some(0);
        self.marks = if is_mark { self.marks + 1 } else { 0 };
        self.marks <= MARKS && !repeated
    }
}

/// Puts a text on one line of at most `width` columns: cleaned, whitespace folded, cut with `…` where it is too long.
pub fn one_line(text: &str, width: usize) -> String {
    let safe = clean(text);
    let mut words = safe.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    // The rest of a text may be megabytes, and a column is hardly ever more than a few bytes.
    while line.len() <= width.saturating_mul(16)
        && let Some(word) = words.next()
    {
        line.push(' ');
        line.push_str(word);
    }
    if words.next().is_none() && line.width() <= width {
        return line;
    }
    let kept = prefix(&line, width.saturating_sub(1)).trim_end();
    if width == 0 { String::new() } else { format!("{kept}…") }
}

/// The longest beginning of `text` that takes at most `width` columns.
pub(crate) fn prefix(text: &str, width: usize) -> &str {
    let mut taken = 0;
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        if letter != EMOJI_PRESENTATION {
            start = at;
        }
        taken += columns(letter);
        if taken > width {
            return &text[..start];
        }
    }
    text
}

/// The emoji selector makes the narrow letter before it a wide one; counted by itself it would pass for nothing.
fn columns(letter: char) -> usize {
    if letter == EMOJI_PRESENTATION { 1 } else { letter.width().unwrap_or(0) }
}

fn is_unsafe(letter: char) -> bool {
    is_control(letter)
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || is_hidden(letter)
}

/// Characters without a width that no text needs: a blank that is none, joiners of words, soft hyphens, deprecated
/// formats, annotations, and the tags that mirror all of ASCII.
fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

fn is_control(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

/// What follows the unsafe character that `text` starts with, and the sequence that it introduces.
fn skip_unsafe(text: &str) -> &str {
    let mut letters = text.chars();
    match letters.next() {
        Some(ESCAPE) => skip_escape(letters.as_str()),
        Some('\u{9b}') => skip_control_sequence(letters.as_str()),
        Some('\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}') => {
            skip_control_string(letters.as_str())
        }
        _ => letters.as_str(),
    }
}

/// ECMA-35: intermediates, then one final character; `[`, `]`, `P`, `X`, `^` and `_` introduce longer ones.
fn skip_escape(after: &str) -> &str {
    let mut letters = after.chars();
    match letters.next() {
        Some('[') => skip_control_sequence(letters.as_str()),
        Some('P' | 'X' | ']' | '^' | '_') => skip_control_string(letters.as_str()),
        _ => skip_final(after.trim_start_matches(is_intermediate), '0'),
    }
}

/// ECMA-48: parameters, intermediates and one final character.
fn skip_control_sequence(after: &str) -> &str {
    let after = after.trim_start_matches(|letter| matches!(letter, '0'..='?'));
    skip_final(after.trim_start_matches(is_intermediate), '@')
}

fn is_intermediate(letter: char) -> bool {
    matches!(letter, ' '..='/')
}

fn skip_final(after: &str, lowest: char) -> &str {
    after.strip_prefix(|letter| (lowest..='~').contains(&letter)).unwrap_or(after)
}

/// An operating system command, a device control string and their like, which end in BEL or a string terminator.
fn skip_control_string(after: &str) -> &str {
    let Some(end) = after.find(|letter| is_control(letter) || letter == '\n') else {
        return after;
    };
    let tail = &after[end..];
    TERMINATORS.iter().find_map(|end| tail.strip_prefix(end)).unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_text_loses_its_controls_and_keeps_its_words() {
        let table = [
            ("plain", "plain"),
            ("a\tb\nc", "a\tb\nc"),
            ("colour \x1b[1;31mred\x1b[0m", "colour red"),
            ("clear\x1b[2J\x1b[Hscreen", "clearscreen"),
            ("\x1b[?1049hother screen\x1b[?1049l", "other screen"),
            ("\x1b[!pintermediate", "intermediate"),
            ("title \x1b]0;pwned\x07after", "title after"),
            ("title \x1b]2;pwned\x1b\\after", "title after"),
            ("clipboard \x1b]52;c;cm0gLXJm\x07after", "clipboard after"),
            ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x1bP1$r0m\x1b\\dcs", "dcs"),
            ("\x1b_Gf=24;AAAA\x1b\\apc", "apc"),
            ("\x1b^pm\x1b\\\x1bXsos\x1b\\strings", "strings"),
            ("\u{9b}31m8-bit\u{9d}0;title\u{9c} C1", "8-bit C1"),
            ("\x1bcreset\x1b(B\x1b=\x1b7", "reset"),
            ("\x1b]0;never ended", "0;never ended"),
            ("\x1b]0;line\nnext", "0;line\nnext"),
            ("\x1b]a\x1b]b\x07c", "ac"),
            ("cut off \x1b[31", "cut off "),
            ("\x1b[31\nnext", "\nnext"),
            ("\x1b", ""),
            ("\x1b\x1b[31mtwice", "twice"),
            ("\x1bé", "é"),
            ("back\x08\x08\x08\x08space, bell\x07, del\x7f, nul\0", "backspace, bell, del, nul"),
            ("safe\rover", "safeover"),
            ("dos\r\nlines\r\n", "dos\nlines\n"),
            ("\u{202e}gpj.exe\u{202c} \u{2066}x\u{2069}", "gpj.exe x"),
            ("naïve 日本語 👩‍💻 ❤️ می‌خواهم", "naïve 日本語 👩‍💻 ❤️ می‌خواهم"),
            ("pay\u{200b}load\u{2060}\u{feff}\u{ad}", "payload"),
            ("a\u{e0069}\u{e0067}\u{e006e}b", "ab"),
            ("x\u{fe01}\u{e0101}\u{e0102}y", "x\u{fe01}y"),
        ];
        for (hostile, safe) in table {
            assert_eq!(clean(hostile), safe, "{hostile:?}");
        }
    }

    #[test]
    fn marks_that_are_heaped_up_are_taken_off() {
        let heap = format!("z{}y", "\u{301}".repeat(10_000));
        assert_eq!(clean(&heap), format!("z{}y", "\u{301}".repeat(MARKS)));
    }

    #[test]
    fn json_with_escapes_means_the_same() {
        let text = "\u{9b}31m \u{7f} \u{202e}x \u{e0041} é \u{1b}";
        let value = serde_json::json!({ "text": text }).to_string();
        let safe = json(&value);
        assert!(safe.is_ascii() || !safe.contains(is_unsafe), "{safe}");
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(read["text"], text);
    }

    #[test]
    fn harmless_text_is_borrowed() {
        assert!(matches!(clean("one\ttwo\nthree"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_is_folded_and_cut_to_its_columns() {
        let table = [
            ("short", 10, "short"),
            ("  two\n\tlines  ", 10, "two lines"),
            ("exactly ten", 11, "exactly ten"),
            ("exactly ten", 10, "exactly t…"),
            ("no blank before it", 9, "no blank…"),
            ("日本語の題名", 7, "日本語…"),
            ("日本語の題名", 8, "日本語…"),
            ("❤️❤️❤️", 4, "❤️…"),
            ("x", 0, ""),
            ("xy", 1, "…"),
            ("\x1b[31mred\x1b[0m", 3, "red"),
        ];
        for (text, width, line) in table {
            assert_eq!(one_line(text, width), line, "{text:?}");
        }
    }

    /// Text in which what matters here is likely, which it is not in arbitrary text.
    fn hostile() -> impl Strategy<Value = String> {
        let atom = prop_oneof![
            any::<char>().prop_map(String::from),
            "[\\x00-\\x9f]",
            "\x1b[\\[\\]PX^_(c\\\\]?",
            "[\u{202a}-\u{202e}\u{2066}-\u{2069}日\u{fe0f}\u{200d}👩\u{301}]",
        ];
        prop::collection::vec(atom, 0..40).prop_map(|atoms| atoms.concat())
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left_and_cleaning_again_changes_nothing(text in hostile()) {
            let safe = clean(&text).into_owned();
            let controls = safe.chars().filter(|letter| letter.is_control() && !"\n\t".contains(*letter));
            prop_assert_eq!(controls.count(), 0);
            prop_assert_eq!(clean(&safe), safe.as_str());
        }

        #[test]
        fn a_line_is_never_wider_than_asked(text in hostile(), width in 0_usize..30) {
            let line = one_line(&text, width);
            prop_assert!(line.width() <= width, "{:?}", line);
            prop_assert!(!line.contains('\n'));
        }
    }
}
