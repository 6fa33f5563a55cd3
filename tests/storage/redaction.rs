//! Files with secrets in them: none of these reaches a log, however saves cut the file, and every byte comes back.
//!
//! Here a secret is whatever stands between `<` and `>`; the rules that find real ones have tests of their own.

use std::collections::BTreeMap;
use std::path::Path;

use git_ckpt::model::finding::Finding;
use git_ckpt::model::placeholder::{Placeholder, RuleId};
use git_ckpt::model::snapshot::{Extent, StoredFile};
use git_ckpt::model::time::Timestamp;
use git_ckpt::store::vault::{Entry, Secret, Vault};
use git_ckpt::store::{Filled, FindSecrets, Redactor};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::workbench::{LengthReader, Workbench, source};

/// What every secret has in it and nothing else.
const MARK: &str = "hush";

struct Brackets;

impl FindSecrets for Brackets {
    fn find(&self, text: &[u8]) -> Vec<Finding> {
        brackets(text).0
    }

    fn open_at_end(&self, text: &[u8]) -> Option<usize> {
        brackets(text).1
    }

    fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
        brackets(text).1
    }
}

/// The secrets of a text, and where one begins that has no end.
fn brackets(text: &[u8]) -> (Vec<Finding>, Option<usize>) {
    let mut findings = Vec::new();
    let mut open = None;
    for (at, byte) in text.iter().enumerate() {
        match (byte, open) {
            (b'<', None) => open = Some(at),
            (b'>', Some(start)) => {
                let rule = RuleId::from_static("bracket");
                findings.push(Finding { range: start..at + 1, rule });
                open = None;
            }
            _ => {}
        }
    }
    (findings, open)
}

/// A workbench with a vault.
struct Bench {
    workbench: Workbench,
    saves: i64,
}

impl Bench {
    fn new() -> Self {
        Self { workbench: Workbench::new(), saves: 0 }
    }

    fn vault(&self) -> Vault {
        Vault::open(&self.workbench.path("vault"))
    }

    fn save(&mut self, path: &Path) -> (StoredFile, u64) {
        let vault = self.vault();
        let mut redactor = Redactor::new(&Brackets, &vault);
        self.save_with(path, &mut redactor)
    }

    fn save_with(&mut self, path: &Path, redactor: &mut Redactor) -> (StoredFile, u64) {
        self.saves += 1;
        let commit = self.workbench.commit(self.saves);
        let source = source("session", path);
        let mut reader = LengthReader::default();
        let saved = self.workbench.save_through(commit, &source, &mut reader, redactor);
        self.keep(redactor.secrets());
        (saved.transcript, saved.new_bytes)
    }

    fn keep(&self, secrets: &BTreeMap<Placeholder, Secret>) {
        let entry = |(placeholder, value): (&Placeholder, &Secret)| Entry {
            tag: placeholder.tag,
            rule: placeholder.rule.clone(),
            value: value.clone(),
            first_seen: Timestamp::from_seconds(1_790_000_000),
            repository: "here".into(),
        };
        let entries: Vec<Entry> = secrets.iter().map(entry).collect();
        self.vault().keep(&entries).unwrap();
    }

    fn filled(&self, stored: &StoredFile, vault: &Vault) -> (Vec<u8>, Filled) {
        let mut bytes = Vec::new();
        let files = self.workbench.store.files(&self.workbench.writer()).unwrap();
        let filled = files.write_filled(stored, vault, &mut bytes).unwrap();
        (bytes, filled)
    }

    /// Every byte of a log, also those that no snapshot refers to.
    fn whole_log(&self, stored: &StoredFile) -> Vec<u8> {
        let end = stored.extents.iter().map(|extent| extent.end()).max().unwrap_or(0);
        let extents = vec![Extent { start: 0, length: end }];
        let everything = StoredFile { extents, bytes: end, redacted: None, ..stored.clone() };
        let mut bytes = Vec::new();
        let files = self.workbench.store.files(&self.workbench.writer()).unwrap();
        // Its hash is another one: what counts are the bytes.
        let _ = files.write_out(&everything, &mut bytes);
        bytes
    }

    #[track_caller]
    fn assert_clean(&self, stored: &StoredFile) {
        let log = self.whole_log(stored);
        assert_eq!(memchr::memmem::find(&log, MARK.as_bytes()), None, "a secret is in the log");
    }
}

fn lines(count: usize) -> String {
    (0..count).map(|line| format!("line {line} says <{MARK} {}> twice\n", line % 7)).collect()
}

#[test]
fn a_file_with_secrets_comes_back_to_the_byte_and_none_is_stored() {
    let mut bench = Bench::new();
    let text = lines(500);
    let path = bench.workbench.rewritten("transcript", text.as_bytes());
    let (stored, _) = bench.save(&path);
    assert_eq!(stored.redacted.as_ref().unwrap().places, 500);
    assert_ne!(stored.bytes, text.len() as u64);
    bench.assert_clean(&stored);
    assert_eq!(bench.filled(&stored, &bench.vault()), (text.clone().into_bytes(), Filled::Exact));
    let empty = Vault::open(&bench.workbench.path("another vault"));
    let (bytes, filled) = bench.filled(&stored, &empty);
    assert!(String::from_utf8(bytes).unwrap().starts_with("line 0 says [REDACTED:bracket:"));
    assert!(matches!(filled, Filled::Gaps(gaps) if gaps.len() == 7));
}

#[test]
fn a_secret_that_two_saves_cut_is_never_stored_by_half() {
    let text = format!("first line\nand here <{MARK} and {MARK}> ends\nlast line\n");
    for cut in 1..text.len() {
        let mut bench = Bench::new();
        for part in [&text[..cut], &text] {
            let path = bench.workbench.rewritten("transcript", part.as_bytes());
            let (stored, _) = bench.save(&path);
            bench.assert_clean(&stored);
            let (bytes, filled) = bench.filled(&stored, &bench.vault());
            assert_eq!((String::from_utf8(bytes).unwrap(), filled), (part.into(), Filled::Exact));
        }
    }
}

#[test]
fn a_save_of_what_did_not_change_stores_nothing() {
    let mut bench = Bench::new();
    for text in [lines(40), format!("{}and <{MARK} half", lines(40))] {
        let path = bench.workbench.rewritten("transcript", text.as_bytes());
        let (first, _) = bench.save(&path);
        let (second, new_bytes) = bench.save(&path);
        assert_eq!((first, new_bytes), (second, 0));
    }
}

#[test]
fn only_what_is_new_is_looked_at() {
    struct Counting(std::cell::Cell<usize>);
    impl FindSecrets for Counting {
        fn find(&self, text: &[u8]) -> Vec<Finding> {
            self.0.set(self.0.get() + text.len());
            Brackets.find(text)
        }
        fn open_at_end(&self, text: &[u8]) -> Option<usize> {
            Brackets.open_at_end(text)
        }
        fn begun_at_end(&self, text: &[u8]) -> Option<usize> {
            Brackets.begun_at_end(text)
        }
    }
    let mut bench = Bench::new();
    let counting = Counting(std::cell::Cell::new(0));
    let mut text = lines(100_000);
    for new in [100_000, 10, 0, 1_000] {
        text.push_str(&lines(new));
        let path = bench.workbench.rewritten("transcript", text.as_bytes());
        let vault = bench.vault();
        counting.0.set(0);
        bench.save_with(&path, &mut Redactor::new(&counting, &vault));
        let most = if new == 100_000 { 2 * text.len() } else { lines(new).len() + 10_000 };
        assert!(counting.0.get() <= most, "{} bytes for {new} lines", counting.0.get());
    }
}

#[test]
fn text_that_looks_like_a_placeholder_of_the_own_vault_comes_back_as_it_was() {
    let mut bench = Bench::new();
    let path = bench.workbench.rewritten("transcript", format!("a <{MARK}> b\n").as_bytes());
    let (stored, _) = bench.save(&path);
    let (shown, _) = bench.filled(&stored, &Vault::open(&bench.workbench.path("another vault")));
    let quoted = format!("a <{MARK}> b\nstored as {}", String::from_utf8(shown).unwrap());
    let path = bench.workbench.rewritten("transcript", quoted.as_bytes());
    let (stored, _) = bench.save(&path);
    assert_eq!(stored.redacted.as_ref().unwrap().places, 2);
    assert_eq!(bench.filled(&stored, &bench.vault()), (quoted.into_bytes(), Filled::Exact));
}

#[test]
fn a_placeholder_that_is_not_ours_stays_as_it_is() {
    let mut bench = Bench::new();
    let text = format!("[REDACTED:jwt:abcdefghijkl] and <{MARK}>\n");
    let path = bench.workbench.rewritten("transcript", text.as_bytes());
    let (stored, _) = bench.save(&path);
    assert_eq!(stored.redacted.as_ref().unwrap().places, 1);
    assert_eq!(bench.filled(&stored, &bench.vault()), (text.into_bytes(), Filled::Exact));
}

#[test]
fn a_session_that_was_saved_with_its_secrets_is_looked_at_anew() {
    let mut bench = Bench::new();
    let text = lines(300);
    let path = bench.workbench.rewritten("transcript", text.as_bytes());
    let (open, _) = bench.save_with(&path, &mut Redactor::off());
    assert_eq!((open.bytes, open.redacted), (text.len() as u64, None));
    let (closed, new_bytes) = bench.save(&path);
    assert_eq!(closed.redacted.as_ref().unwrap().places, 300);
    assert!(new_bytes > 0);
    let (again, _) = bench.save_with(&path, &mut Redactor::off());
    assert_eq!((again.bytes, again.redacted, again.sha256), (open.bytes, None, open.sha256));
}

#[test]
fn a_line_as_long_as_a_file_is_looked_at_in_parts() {
    let mut bench = Bench::new();
    let mut text = "x".repeat(5 << 20);
    for at in [100, 2 << 20, (2 << 20) + (64 << 10) - 2, 4 << 20] {
        text.replace_range(at..at + MARK.len() + 2, &format!("<{MARK}>"));
    }
    let path = bench.workbench.rewritten("transcript", text.as_bytes());
    let (stored, _) = bench.save(&path);
    bench.assert_clean(&stored);
    let (bytes, filled) = bench.filled(&stored, &bench.vault());
    assert_eq!((bytes == text.as_bytes(), filled), (true, Filled::Exact));
}

#[test]
fn a_line_that_goes_on_from_save_to_save_is_looked_at_where_it_grew() {
    let mut bench = Bench::new();
    let mut text = String::from("one line\n");
    for length in [5 << 20, 100, 300 << 10, 4100, 3 << 20, 0] {
        text.push_str(&"x".repeat(length));
        text.push_str(&format!("<{MARK}>yy"));
        let path = bench.workbench.rewritten("transcript", text.as_bytes());
        let (stored, new_bytes) = bench.save(&path);
        bench.assert_clean(&stored);
        assert!(new_bytes < length as u64 + (3 << 20), "{new_bytes} for {length}");
        let (bytes, filled) = bench.filled(&stored, &bench.vault());
        assert_eq!((bytes == text.as_bytes(), filled), (true, Filled::Exact));
    }
}

/// How a file goes on.
#[derive(Clone, Debug)]
enum Step {
    Grow(String),
    /// Everything from some place on becomes something else.
    Rewrite(Index, String),
    Forget,
}

fn text() -> impl Strategy<Value = String> {
    let secret = "[a-z\n]{0,9}".prop_map(|rest| format!("<{MARK}{rest}{MARK}>"));
    let plain = "[a-z\n\\[]{0,80}";
    let half = Just(format!("<{MARK}"));
    prop::collection::vec(
        prop_oneof![6 => plain.boxed(), 3 => secret.boxed(), 1 => half.boxed()],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => text().prop_map(Step::Grow),
        2 => (any::<Index>(), text()).prop_map(|(at, text)| Step::Rewrite(at, text)),
        1 => Just(Step::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_becomes_of_a_file_it_comes_back_and_no_secret_is_stored(
        first in text(),
        steps in prop::collection::vec(step(), 1..8),
    ) {
        let mut bench = Bench::new();
        let mut file = format!("begin\n{first}");
        for step in [Step::Grow(String::new())].into_iter().chain(steps) {
            match step {
                Step::Grow(text) => file.push_str(&text),
                Step::Rewrite(at, text) => {
                    file.truncate(at.index(file.len() + 1).max(1));
                    file.push_str(&text);
                }
                Step::Forget => bench.workbench.forget_caches(),
            }
            let path = bench.workbench.rewritten("transcript", file.as_bytes());
            let (stored, _) = bench.save(&path);
            let log = String::from_utf8_lossy(&bench.whole_log(&stored)).into_owned();
            // What a rewrite leaves behind a `<` that was cut off is no secret.
            prop_assert!(!log.contains(&format!("<{MARK}")), "{log}");
            let (bytes, filled) = bench.filled(&stored, &bench.vault());
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), file.clone());
            prop_assert_eq!(filled, Filled::Exact);
        }
    }
}
