//! What a sentence is about: its significant words, by which two wordings of one thing are found to be the same.

use std::collections::BTreeSet;

/// Words that say nothing of what a sentence is about.
const IDLE: &[&str] = &[
    "a", "about", "after", "again", "all", "also", "an", "and", "any", "are", "as", "at", "be",
    "been", "before", "but", "by", "can", "could", "do", "does", "done", "down", "each", "every",
    "first", "for", "from", "get", "go", "had", "has", "have", "how", "if", "in", "into", "is",
    "it", "its", "just", "let", "make", "may", "more", "must", "need", "needs", "new", "next",
    "no", "not", "now", "of", "off", "on", "one", "only", "or", "our", "out", "over", "own", "per",
    "put", "same", "set", "should", "so", "some", "still", "than", "that", "the", "their", "them",
    "then", "there", "these", "they", "this", "to", "too", "up", "use", "used", "uses", "using",
    "via", "was", "way", "we", "were", "what", "when", "where", "which", "while", "who", "why",
    "will", "with", "would", "yet", "you", "your",
];

/// What begins a remark or a reason.
const ASIDES: &[&str] = &[
    " — ",
    " – ",
    " - ",
    "; ",
    ": ",
    " (",
    ". ",
    ", ",
    " because ",
    " since ",
    " so that ",
    " instead of ",
    " rather than ",
    " due to ",
    " as it ",
];

/// Numbers that are rather written as words.
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "once", "twice",
];

/// Endings that a word may have for what its stem says, and what stands there instead.
const ENDINGS: &[(&str, &str)] =
    &[("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")];

const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'y'];

pub type Words = BTreeSet<String>;

/// The stems of the words that say what `text` is about.
pub fn significant(text: &str) -> Words {
    words(text).map(|word| stem(&word)).collect()
}

/// The words of a text in lower case and in order, without single letters and what says nothing.
pub(in crate::policy) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 1 && !IDLE.contains(&word.as_str()))
}

/// What a decision is about, without the reasons for it.
pub fn core(decision: &str) -> Words {
    let words = significant(head(decision));
    if words.is_empty() { significant(decision) } else { words }
}

/// The beginning of a decision, up to the first remark or reason.
pub fn head(decision: &str) -> &str {
    let end = ASIDES.iter().filter_map(|mark| decision.find(mark)).min();
    &decision[..end.unwrap_or(decision.len())]
}

/// The numbers in a text, in digits or as words, and what has digits in it.
pub fn figures(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    let is_one = |word: &String| {
        word.bytes().any(|byte| byte.is_ascii_digit()) || NUMBERS.contains(&word.as_str())
    };
    words.filter(is_one).collect()
}

/// How much of what either says both say, in percent.
pub fn likeness(one: &Words, other: &Words) -> usize {
    let shared = one.intersection(other).count();
    (shared * 100).checked_div(one.len() + other.len() - shared).unwrap_or(0)
}

/// How much of `said` stands in `text`, in percent.
pub fn covered(said: &Words, text: &Words) -> usize {
    (said.intersection(text).count() * 100).checked_div(said.len()).unwrap_or(0)
}

/// Lower-case words of a text in order, for phrases to be looked up in: ` ends `, with a blank on either side.
pub fn phrase(text: &str) -> String {
    let text = text.replace('’', "'");
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    let words: Vec<String> = words
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    format!(" {} ", words.join(" "))
}

/// Whether one of `phrases`, each of whole words in lower case, stands in what [`phrase`] made.
pub fn says(phrase: &str, phrases: &[&str]) -> bool {
    let apart =
        |place: Option<usize>| place.and_then(|place| phrase.as_bytes().get(place)) == Some(&b' ');
    let stands = |words: &str| {
        let mut places = phrase.match_indices(words).map(|(place, _)| place);
        places.any(|at| apart(at.checked_sub(1)) && apart(Some(at + words.len())))
    };
    phrases.iter().any(|words| stands(words))
}

/// A word without the endings that English puts to it: those of `endings` are two.
pub(in crate::policy) fn stem(word: &str) -> String {
    let mut stem = without_ending(&without_ending(word));
    // `cache` and `caching`, `tree` and `trees`, `run` and `running` have one stem each.
    while stem.ends_with('e') && stem.chars().count() > 3 {
        stem.pop();
    }
    let mut last = stem.chars().rev();
    if let (Some(one), Some(two)) = (last.next(), last.next())
        && stem.chars().count() > 3
        && one == two
        && one.is_alphabetic()
    {
        stem.pop();
    }
    stem
}

fn without_ending(word: &str) -> String {
    let rest = ENDINGS.iter().find_map(|(end, instead)| {
        let base = word.strip_suffix(end)?;
        let is_ending = match *end {
            "s" => !base.ends_with('s'),
            // Not that of `string`, nor that of `speed`.
            "ing" => base.contains(VOWELS),
            "ed" => base.contains(VOWELS) && !base.ends_with('e'),
            _ => true,
        };
        (is_ending && base.chars().count() >= 3).then(|| format!("{base}{instead}"))
    });
    rest.unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        significant(one) == significant(other)
    }

    #[test]
    fn wordings_of_one_thing_have_the_same_words() {
        assert!(same("Polling the provider", "poll providers"));
        assert!(same("use a retry queue", "retries in queues"));
        assert!(same("Caching tokens", "cache the token"));
        assert!(same("run it", "running"));
        for (one, many) in [
            ("process", "processes"),
            ("string", "strings"),
            ("worktree", "worktrees"),
            ("speed", "speeds"),
            ("ending", "endings"),
            ("bias", "biases"),
        ] {
            assert!(same(one, many), "{one}");
        }
        assert!(!same("retry in the client", "retry in the server"));
        assert!(significant("it is on the way to be done").is_empty());
    }

    #[test]
    fn a_decision_is_about_what_stands_before_its_reason() {
        let about = significant("use a queue");
        for text in
            ["use a queue, because of bursts", "use a queue (Postgres)", "queues", "a queue — x"]
        {
            assert_eq!(core(text), about, "{text}");
        }
        assert_eq!(core("(Postgres)"), significant("Postgres"));
    }

    #[test]
    fn likeness_is_of_both_and_cover_of_one() {
        let words = significant;
        assert_eq!(likeness(&words("red green"), &words("green blue")), 33);
        assert_eq!(covered(&words("red green"), &words("green blue red")), 100);
        assert_eq!((likeness(&words(""), &words("")), covered(&words(""), &words("x1"))), (0, 0));
    }

    #[test]
    fn phrases_are_of_whole_words() {
        let said = phrase("So that NO-one waits; it isn't 'lost'.");
        assert!(says(&said, &["so that"]) && says(&said, &["isn't"]));
        assert!(!says(&said, &["wait"]) && !says(&phrase(""), &["x"]));
    }
}
