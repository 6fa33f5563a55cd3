//! A document in the first message of a session: it cannot end the markers that it stands between.

#![no_main]

use git_ckpt::policy::opening::{self, Opening};
use git_ckpt::policy::suspicion;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = suspicion::suspicion(text);
    let message = opening::message(&Opening {
        facts: vec![("Work", text.to_owned())],
        document: text,
        author: text,
        suspicion: Some(text),
        files: Vec::new(),
        not_shown: &[text.to_owned()],
        file_budget: 0,
    });
    let lower = message.text.to_ascii_lowercase();
    assert_eq!(lower.matches("<checkpoint-document").count(), 1);
    assert_eq!(lower.matches("</checkpoint-document").count(), 1);
});
