//! Arguments that belong to git: `git ckpt switch -C topic` hands `-C topic` on instead of reading it itself, and
//! `git ckpt log -5` is what `git log -5` is. And a private key, which no error may show.

use std::ffi::{OsStr, OsString};

/// The commands whose arguments are git's.
const HANDED_ON: [&str; 3] = ["reset", "switch", "checkout"];
/// Our own options that take a value in the next word.
const WITH_VALUE: [&str; 2] = ["-C", "--color"];

/// How the first line of a private key ends.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// The arguments with a `--` before those that are git's. `--yes` stays ours, unless it stands behind git's own `--`.
pub fn prepared(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = arguments.into_iter().collect();
    let Some(command) = command_at(&words) else { return words };
    match words[command].to_str() {
        Some("log") => spell_limits_out(&mut words[command + 1..]),
        Some("recipients") => words[command + 1..].iter_mut().for_each(take_key_out),
        _ => {}
    }
    let asks_for_help = |word: &OsString| word == "-h" || word == "--help";
    if !is_in(&HANDED_ON, &words[command]) || words.get(command + 1).is_some_and(asks_for_help) {
        return words;
    }
    let mut rest = words.split_off(command + 1);
    let end = rest.iter().position(|word| word == "--").unwrap_or(rest.len());
    if let Some(yes) = rest[..end].iter().position(|word| word == "--yes" || word == "-y") {
        words.push(rest.remove(yes));
    }
    words.push("--".into());
    words.append(&mut rest);
    words
}

/// `-5` as `-n5`.
fn spell_limits_out(words: &mut [OsString]) {
    let mut is_value = false;
    for word in words.iter_mut().take_while(|word| *word != "--") {
        let digits = word.to_str().and_then(|word| word.strip_prefix('-')).unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !is_value {
            *word = format!("-n{digits}").into();
        }
        is_value = word == "-n" || word == "--limit";
    }
}

/// Leaves of a pasted private key only what tells that it is one. It begins with hyphens and would be told as an option
/// that is not known.
fn take_key_out(word: &mut OsString) {
    let text = word.to_string_lossy();
    if text.starts_with("-----BEGIN") && text.contains(PRIVATE_KEY) {
        *word = PRIVATE_KEY.into();
    }
}

/// Where the command stands, behind our own options.
pub fn command_at(words: &[OsString]) -> Option<usize> {
    let mut at = 1;
    while let Some(word) = words.get(at) {
        if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
        at += if is_in(&WITH_VALUE, word) { 2 } else { 1 };
    }
    None
}

fn is_in(names: &[&str], word: &OsStr) -> bool {
    names.iter().any(|name| word == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> String {
        let words = prepared(line.split_whitespace().map(OsString::from));
        let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap()).collect();
        words.join(" ")
    }

    #[test]
    fn what_follows_the_command_is_gits() {
        let table = [
            ("x reset --hard HEAD~1", "x reset -- --hard HEAD~1"),
            ("x switch -C topic -q", "x switch -- -C topic -q"),
            ("x checkout -- file", "x checkout -- -- file"),
            ("x -C dir --color never switch main", "x -C dir --color never switch -- main"),
            ("x switch main --yes", "x switch --yes -- main"),
            ("x checkout -- --yes", "x checkout -- -- --yes"),
            ("x switch", "x switch --"),
        ];
        for (given, expected) in table {
            assert_eq!(words(given), expected);
        }
    }

    #[test]
    fn a_number_is_a_limit_of_the_log() {
        assert_eq!(words("x log -12 main -- -3"), "x log -n12 main -- -3");
        assert_eq!(words("x log - -1a -n -5"), "x log - -1a -n -5");
        assert_eq!(words("x show -1"), "x show -1");
    }

    #[test]
    fn other_commands_and_questions_for_help_stay_as_they_are() {
        for line in
            ["x", "x -C dir", "x show reset", "x log --all", "x reset -h", "x -q save -m switch"]
        {
            assert_eq!(words(line), line);
        }
    }
}
