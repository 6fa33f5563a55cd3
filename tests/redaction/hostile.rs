//! Text that is made to be slow or large to scan.

use std::time::Instant;

use crate::generate::{ALPHANUMERIC, Random};
use crate::{covers, scanner};

#[test]
fn a_key_of_any_length_is_taken_whole() {
    let mut random = Random::new(5);
    for len in [108, 4_000, 100_000] {
        let key = random.token(ALPHANUMERIC, len);
        for text in [
            format!("API_KEY={key}\n"),
            format!("{{\"api_key\":\"{key}\"}}\n"),
            format!("Authorization: Bearer {key}\n"),
            format!("x {}{key} y\n", format_args!("{}-ant-api03-", "sk")),
        ] {
            assert!(
                covers(&scanner().scan(text.as_bytes()), text.as_bytes(), key.as_bytes()),
                "{len}"
            );
        }
    }
}

#[test]
fn a_secret_at_the_end_of_a_very_long_line_is_found() {
    let secret = Random::new(6).token(ALPHANUMERIC, 40);
    let blob = Random::new(7).token(ALPHANUMERIC, 1 << 20).repeat(20);
    let text = format!("{{\"data\":\"{blob}\",\"text\":\"API_KEY={secret}\"}}\n");
    let scanner = scanner();
    let found = scanner.scan(text.as_bytes());
    assert_eq!(found.len(), 1);
    assert!(covers(&found, text.as_bytes(), secret.as_bytes()));
}

/// Pieces that make a scanner look far, again and again.
#[test]
fn no_text_takes_time_that_grows_with_its_square() {
    let token = format!("{}_{}", "ghp", Random::new(8).token(ALPHANUMERIC, 36));
    let key = format!("{} PRIVATE KEY-----", "-----BEGIN");
    let pieces = [
        "key=",
        "key='",
        "token: \"",
        "authorization=",
        "bearer ",
        "://a:",
        "\\",
        "\\\"",
        "\\u0041",
        "eyAAAAAAAAAAAAAAAAAAA.",
        "curl -u ",
        "kind: secret\ndata:\n",
        "{\"",
        "[\"",
        &token,
        &key,
        "password=\\\\\\\\",
        "facebook",
        "=",
        "\n{\n",
        "-----END",
    ];
    let scanner = scanner();
    for piece in pieces {
        let text = piece.repeat((1 << 18) / piece.len());
        let line = format!("{{\"a\":\"{text}\"}}");
        let start = Instant::now();
        scanner.scan(text.as_bytes());
        scanner.scan(line.as_bytes());
        scanner.open_at_end(text.as_bytes());
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{piece:.24}: {seconds:.2} s");
        assert!(seconds < 20.0, "{piece}: {seconds} s");
    }
}
