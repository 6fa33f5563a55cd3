//! Laws that hold for any text.

use git_ckpt::policy::redaction::Match;
use proptest::prelude::*;

use crate::forms::forms;
use crate::generate::{ALPHANUMERIC, Random};
use crate::{is_json, replaced, scanner};

/// Text that is full of what the rules look for.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("password".to_owned()),
        Just("API_KEY".to_owned()),
        Just("Authorization: Bearer ".to_owned()),
        Just("postgres://user:".to_owned()),
        Just("curl -u \"bob:".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----".to_owned()),
        Just("-----END PRIVATE KEY-----".to_owned()),
        Just("discord_token".to_owned()),
        Just("<add key=\"Password\" value=\"".to_owned()),
        Just("[REDACTED:jwt:abcdefghij27]".to_owned()),
        any::<u64>().prop_map(|seed| Random::new(seed).token(ALPHANUMERIC, 32)),
        any::<u64>().prop_map(|seed| format!("ghp_{}", Random::new(seed).token(ALPHANUMERIC, 36))),
        any::<u64>().prop_map(|seed| Random::new(seed).token(ALPHANUMERIC, 64)),
        any::<u64>().prop_map(|seed| Random::new(seed).token("0123456789", 18)),
        "[\\\\\"'`=:,;@/ \n\t{}$%+-]{1,4}",
        "[\\\\\"nrtu=: ]{1,6}",
        "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 1..24).prop_map(|pieces| pieces.concat())
}

fn spans(found: Vec<Match<'_>>, from: usize) -> Vec<(usize, usize, String)> {
    let span = |found: Match<'_>| {
        (from + found.range.start, from + found.range.end, found.rule.to_owned())
    };
    found.into_iter().map(span).collect()
}

#[test]
fn a_key_with_a_placeholder_in_it_is_still_one_key() {
    let body = Random::new(7).token(ALPHANUMERIC, 64);
    let token = format!("ghp_{}", Random::new(8).token(ALPHANUMERIC, 36));
    let key = format!(
        "{0} PRIVATE KEY-----{body}[REDACTED:jwt:abcdefghij27]{token}{1} PRIVATE KEY-----",
        "-----BEGIN", "-----END"
    );
    let scanner = scanner();
    let found = scanner.scan(key.as_bytes());
    assert_eq!((found.len(), &found[0].range), (1, &(0..key.len())));
}

#[test]
fn a_finding_does_not_cut_an_escaped_backslash_in_two() {
    let value = Random::new(9).token(ALPHANUMERIC, 32);
    let text = format!(r#"{{"c":"{0} PRIVATE KEY-----=\\/{value}","t":1}}"#, "-----BEGIN");
    let out = replaced(text.as_bytes(), &scanner().scan(text.as_bytes()));
    assert!(is_json(text.as_bytes()) && is_json(&out), "{}", String::from_utf8_lossy(&out));
}

#[test]
fn a_token_ends_before_the_line_that_closes_a_key() {
    let token = format!("ghp_{}", Random::new(9).token(ALPHANUMERIC, 36));
    let text = format!("{token}{} PRIVATE KEY-----", "-----END");
    let scanner = scanner();
    let found = scanner.scan(text.as_bytes());
    assert_eq!((found.len(), &found[0].range), (1, &(0..token.len())));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn json_stays_json_and_nothing_is_found_twice(text in text()) {
        let scanner = scanner();
        for (form, written) in forms(&text) {
            let found = scanner.scan(written.as_bytes());
            let out = replaced(written.as_bytes(), &found);
            prop_assert!(!is_json(written.as_bytes()) || is_json(&out), "{form}: {written}");
            let again = scanner.scan(&out);
            prop_assert!(again.is_empty(), "{form}: {:?} {}", again, String::from_utf8_lossy(&out));
            for pair in found.windows(2) {
                prop_assert!(pair[0].range.end <= pair[1].range.start);
            }
        }
    }

    #[test]
    fn lines_of_json_are_scanned_alike_in_any_cut(texts in prop::collection::vec(text(), 1..6), cut in 0usize..6) {
        let scanner = scanner();
        let lines: Vec<String> = texts.iter().map(|text| crate::forms::line(text)).collect();
        let cut = cut.min(lines.len());
        let (first, second) = (lines[..cut].concat(), lines[cut..].concat());
        let whole = spans(scanner.scan(lines.concat().as_bytes()), 0);
        let mut parts = spans(scanner.scan(first.as_bytes()), 0);
        parts.extend(spans(scanner.scan(second.as_bytes()), first.len()));
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn any_bytes_can_be_scanned(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        scanner().scan(&bytes);
        scanner().open_at_end(&bytes);
    }
}
