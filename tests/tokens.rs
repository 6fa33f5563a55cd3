//! The token counter against tiktoken-rs, id by id: real transcripts, random text and runs that hurt.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod samples;

use std::sync::LazyLock;

use git_ckpt::policy::tokens;
use proptest::prelude::*;
use tiktoken_rs::CoreBPE;

use samples::{files_below, samples};

/// Enough of a transcript to hold every kind of its records, and quick without optimization.
const SAMPLE: usize = 300 << 10;

static REFERENCE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::o200k_base().unwrap());

#[track_caller]
fn assert_same(text: &str, what: &str) {
    let (ours, theirs) = (tokens::encode(text), REFERENCE.encode_ordinary(text));
    if let Some(at) = (0..ours.len().max(theirs.len())).find(|&at| ours.get(at) != theirs.get(at)) {
        let before = String::from_utf8_lossy(&REFERENCE.decode_bytes(&theirs[..at]).unwrap()).len();
        let around: String = text.chars().skip(before.saturating_sub(20)).take(60).collect();
        panic!(
            "{what}: token {at} is {:?}, not {:?}, near {around:?}",
            ours.get(at),
            theirs.get(at)
        );
    }
    assert_eq!(tokens::count(text), theirs.len() as u64, "{what}");
}

#[test]
fn real_transcripts_have_the_reference_s_ids() {
    let Some(samples) = samples() else { return };
    let agents = ["claude", "codex", "specstory"];
    let files: Vec<_> = agents.iter().flat_map(|agent| files_below(&samples.join(agent))).collect();
    assert!(!files.is_empty(), "no transcript below {samples:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SAMPLE)]);
        assert_same(&text, &file.display().to_string());
    }
}

#[test]
fn runs_have_the_reference_s_ids() {
    let blank = [" ", "\t", "\n", "\r\n", " \n", "\n ", "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}"];
    let words = "a A aA ª Aª ªA ǅ 漢 \u{301} \u{301}A a\u{301} abcdefghijklmnopqrstuvwxyz 's x'LL";
    let symbols = "= ' / /\u{301} -_ <|endoftext|> 🏳️‍🌈 👩‍👩‍👧 👍🏽 \u{200b} \u{0} \u{10ffff} 7 ٣ Ⅷ 0x7f";
    for unit in blank.into_iter().chain(words.split(' ')).chain(symbols.split(' ')) {
        for length in [1, 2, 3, 98, 99, 100, 101, 127, 128, 129, 20_000] {
            let run = unit.repeat(length / unit.len() + 1);
            assert_same(&run, &format!("{length} bytes of {unit:?}"));
            assert_same(
                &format!("x{run}\u{301}"),
                &format!("{length} bytes of {unit:?} in a word"),
            );
            assert_same(&format!(" {run}y"), &format!("{length} bytes of {unit:?} between words"));
        }
        assert_same(&unit.repeat(100_000 / unit.len()), &format!("100 KB of {unit:?}"));
    }
}

#[test]
fn a_long_s_makes_a_contraction_as_case_blindness_has_it() {
    // Of the words before it only ` I` makes a token with the apostrophe, and so shows the difference.
    for text in [" I'ſ", "it'ſ", "IT'ſx", "'ſ", "a'ſ's", "K's", "x'RE'Ve'lL'lx'D'M'T'"] {
        assert_same(text, text);
    }
}

#[test]
fn every_character_is_of_the_reference_s_class() {
    let characters: Vec<char> = ('\0'..=char::MAX).collect();
    // In every neighbourhood that tells one class from another; chunked, because the reference works through a regex.
    for chunk in characters.chunks(4096) {
        let text: String =
            chunk.iter().flat_map(|c| [*c, 'a', ' ', *c, 'B', *c, *c, '!', '\n']).collect();
        assert_same(&text, &format!("from {:?}", chunk[0]));
    }
}

#[test]
fn a_megabyte_without_a_break_is_counted() {
    for unit in ["a", " ", "=", "漢", "q7"] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(tokens::count(&text) > 0);
    }
    let beyond_one_cut = " ".repeat(5 << 20);
    assert!(tokens::count(&beyond_one_cut).abs_diff((5 << 20) / 128) < 10);
}

#[test]
fn an_empty_text_has_no_tokens() {
    assert_eq!(tokens::count(""), 0);
    assert_eq!(tokens::encode(""), Vec::<u32>::new());
}

fn fragment() -> impl Strategy<Value = String> {
    let choices =
        |choices: &'static [&'static str]| prop::sample::select(choices).prop_map(str::to_owned);
    prop_oneof![
        "[ \\t]{1,9}",
        "[\\r\\n \u{a0}\u{3000}\u{85}]{1,6}",
        "[a-z]{1,12}",
        "[A-Z]{1,6}[a-z]{0,4}",
        "[0-9٠-٩Ⅰ-Ⅿ]{1,8}",
        "[一-龥ぁ-んァ-ヶ가-힣]{1,6}",
        "[\u{300}-\u{36f}ªºʰ-ʸ]{1,3}",
        "[ǅǈǋǲᾈ]{1,2}",
        "[А-Яа-яα-ωΑ-Ωא-תا-ي]{1,8}",
        "[!-/:-@\\[-`{-~]{1,6}",
        choices(&[
            "'s", "'S", "'t", "'LL", "'ll", "'Re", "'VE", "'m", "'D", "'ſ", "'x", "'l", "'r", "'"
        ]),
        choices(&[
            "👩‍👩‍👧‍👦",
            "🏳️‍🌈",
            "👍🏽",
            "🇩🇪",
            "e\u{301}",
            "नमस्ते",
            "ก็",
            "<|endoftext|>",
            "//\n",
            "ﬁ",
            "ß",
            "İ"
        ]),
        any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn any_text_has_the_reference_s_ids(text in any::<String>()) {
        assert_same(&text, "any text");
    }

    #[test]
    fn any_mix_of_fragments_has_the_reference_s_ids(parts in prop::collection::vec(fragment(), 0..40)) {
        assert_same(&parts.concat(), "fragments");
    }

    #[test]
    fn a_long_word_has_the_reference_s_ids(word in "[a-zA-Zéß漢]{60,400}", other in "[=#*-]{60,400}") {
        assert_same(&word, "word");
        assert_same(&other, "symbols");
    }
}
