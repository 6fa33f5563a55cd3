//! A document on its way to a terminal: no control character comes out but those of the page itself.

#![no_main]

use git_ckpt::policy::sanitize;
use git_ckpt::ui::markdown;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let safe = sanitize::clean(text);
    assert!(safe.chars().all(|letter| !letter.is_control() || "\n\t".contains(letter)));
    assert_eq!(sanitize::clean(&safe), safe);
    assert!(!sanitize::one_line(text, 40).contains(&['\n', '\u{1b}'][..]));
    let page = markdown::render(text, 60);
    for (at, _) in page.match_indices(&['\u{1b}', '\u{9b}'][..]) {
        assert!(page[at..].starts_with("\u{1b}[") && page[at..].contains("m"), "{page:?}");
    }
});
