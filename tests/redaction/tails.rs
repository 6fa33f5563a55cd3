//! What a reader holds back because a secret may go on behind it.

use crate::generate::{ALPHANUMERIC, Random};
use crate::scanner;

fn open(text: &str) -> Option<&str> {
    scanner().open_at_end(text.as_bytes()).map(|at| &text[at..])
}

#[test]
fn whole_lines_are_not_held_back() {
    assert_eq!(open(""), None);
    assert_eq!(open("{\"a\":\"b\"}\n{\"c\":1}\n"), None);
}

#[test]
fn a_line_that_is_not_ended_is_held_back() {
    assert_eq!(open("one\npassword=abc"), Some("password=abc"));
    let long = format!("{{\"a\":\"{}\",\"token\":\"abc", " ".repeat(100_000));
    let held = open(&long).unwrap();
    assert!(held.ends_with("\"token\":\"abc") && held.len() < 10_000);
}

#[test]
fn a_key_that_is_not_closed_is_held_back_from_its_line_on() {
    let begin = format!("{} PRIVATE KEY-----", "-----BEGIN");
    let body = Random::new(3).token(ALPHANUMERIC, 64);
    let text = format!("cat key\n+{begin}\n+{body}\n");
    assert_eq!(open(&text), Some(&text["cat key\n".len()..]));
    let closed = format!("{text}+{} PRIVATE KEY-----\n", "-----END");
    assert_eq!(open(&closed), None);
}

#[test]
fn what_may_be_half_a_secret_at_the_end_of_a_file_is_told_from_words_and_whole_records() {
    let begun =
        |text: &str| scanner().begun_at_end(text.as_bytes()).map(|at| text[at..].to_owned());
    for whole in [
        "",
        "one\n",
        "all is done",
        "it ends. (Really)",
        "{\"a\":\"TOKEN=abcdef\"}",
        "one\n{\"b\":1}",
    ] {
        assert_eq!(begun(whole), None, "{whole}");
    }
    let token = ["ghp", "_k3Jd82hL"].concat();
    for (text, half) in [
        (format!("use {token}"), token.as_str()),
        (format!("{{\"content\":\"use {token}"), &token),
        ("password=hunt".to_owned(), "password=hunt"),
        ("a\nwhisperingwillows".to_owned(), "whisperingwillows"),
    ] {
        assert_eq!(begun(&text).as_deref(), Some(half), "{text}");
    }
}

#[test]
fn a_command_that_goes_on_is_held_back() {
    assert_eq!(open("ls\ncurl -s \\\n  -H x \\\n"), Some("curl -s \\\n  -H x \\\n"));
}

#[test]
fn reading_in_any_pieces_finds_the_same() {
    let mut random = Random::new(4);
    let body: Vec<String> = (0..4).map(|_| random.token(ALPHANUMERIC, 64)).collect();
    let key = format!(
        "{0} PRIVATE KEY-----\n{1}\n{2} PRIVATE KEY-----",
        "-----BEGIN",
        body.join("\n"),
        "-----END"
    );
    let text = format!("a\nAPI_KEY={}\n{key}\nend\n", random.token(ALPHANUMERIC, 40));
    let scanner = scanner();
    let whole: Vec<_> =
        scanner.scan(text.as_bytes()).into_iter().map(|found| found.range).collect();
    assert_eq!(whole.len(), 2);
    for size in 1..text.len() {
        let (mut found, mut from, mut read) = (Vec::new(), 0, 0);
        while read < text.len() {
            read = text.len().min(read + size);
            let so_far = &text.as_bytes()[from..read];
            let is_last = read == text.len();
            let to = if is_last {
                so_far.len()
            } else {
                scanner.open_at_end(so_far).unwrap_or(so_far.len())
            };
            let pieces = scanner.scan(&so_far[..to]).into_iter();
            found.extend(pieces.map(|piece| from + piece.range.start..from + piece.range.end));
            from += to;
        }
        assert_eq!(found, whole, "in pieces of {size}");
    }
}
