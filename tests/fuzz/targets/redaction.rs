//! Any text: findings are in order, inside the text and apart; what replaces them leaves JSON JSON and nothing to find.

#![no_main]

use git_ckpt::policy::redaction::{Known, Scanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let known = Known { values: vec![("env-pump".to_owned(), b"lettuce\"9\\x".to_vec())] };
    let scanner = Scanner::new(&known);
    let mut clean = Vec::new();
    let mut from = 0;
    for finding in scanner.scan(text) {
        assert!(finding.range.start >= from && finding.range.end > finding.range.start);
        clean.extend_from_slice(&text[from..finding.range.start]);
        clean.extend_from_slice(b"[REDACTED:rule:abcdefghijkl]");
        from = finding.range.end;
    }
    clean.extend_from_slice(&text[from..]);
    let lines = |text: &[u8]| text.split(|byte| *byte == b'\n').map(is_json).collect::<Vec<_>>();
    if lines(text).iter().all(|json| *json) {
        assert!(lines(&clean).iter().all(|json| *json), "{}", String::from_utf8_lossy(&clean));
    }
    if let Some(open) = scanner.open_at_end(text) {
        assert!(open <= text.len());
    }
});

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(line).is_ok()
}
