//! YAML that a person wrote, and what is wrong with it in words that a person can use.

use serde::de::DeserializeOwned;

/// Reads it; nothing is the usual.
pub fn read<T: DeserializeOwned + Default>(text: &str) -> Result<T, String> {
    if text.trim().is_empty() {
        return Ok(T::default());
    }
    serde_saphyr::from_str(text).map_err(|error| told(&error))
}

/// The same below the fence that opens front matter, whose line counts: a place in an error is one in the document.
pub fn read_front<T: DeserializeOwned + Default>(text: &str) -> Result<T, String> {
    read(&format!("\n{text}"))
}

/// An error of the parser, with its place, without the parser's own words for things.
fn told(error: &serde_saphyr::Error) -> String {
    let told = error.without_snippet().to_string();
    WORDS.iter().fold(told, |told, (theirs, ours)| told.replace(theirs, ours))
}

/// What the parser calls things, and what they are.
const WORDS: &[(&str, &str)] = &[
    ("invalid u64", "expected a whole number, 0 or more,"),
    ("expected mapping start", "expected `key: value`"),
    ("expected sequence start", "expected a list, as `[a, b]`,"),
    ("expected string scalar", "expected a text"),
    (", set DuplicateKeyPolicy in Options if acceptable", ""),
    ("duplicate mapping key: ", "there twice: "),
    (" rejected by the configured policy", " is no number that can be kept"),
    ("non-finite float ", ""),
    (
        "mapping values are not allowed in this context",
        "a second `: ` on one line needs quotes around the value",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Form {
        number: Option<u64>,
        list: Option<Vec<String>>,
        text: Option<String>,
        map: Option<std::collections::BTreeMap<String, u64>>,
    }

    #[test]
    fn what_was_expected_is_said_in_plain_words() {
        let told = |text: &str| told(&serde_saphyr::from_str::<Form>(text).unwrap_err());
        let cases = [
            ("number: -1\n", "expected a whole number, 0 or more, at line 1, column 9"),
            ("list: a\n", "expected a list, as `[a, b]`, at line 1, column 7"),
            ("text: [a]\n", "expected a text at line 1, column 7"),
            ("map: 5\n", "expected `key: value` at line 1, column 6"),
            ("text: a\ntext: b\n", "there twice: text at line 2, column 1"),
            (
                "text: a: b\n",
                "a second `: ` on one line needs quotes around the value at line 1, column 8",
            ),
            (
                "txet: a\n",
                "unknown field `txet`, expected one of number, list, text, map at line 1, column 1",
            ),
        ];
        for (text, words) in cases {
            assert_eq!(told(text), words);
        }
    }
}
