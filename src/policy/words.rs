//! The words of a text that tell what it is about, for finding out whether one text speaks of another.
//!
//! Plain matching, the same every time: words without their commonest endings, and no synonyms. What it finds looks like a mention; what it does not find
//! may have been said in other words.

use std::collections::HashSet;

/// Shortest word that counts, in characters.
const SHORTEST: usize = 4;

/// Endings that are taken off, the first that fits.
const ENDINGS: &[&str] = &["ies", "ied", "ing", "ed", "es", "s", "e"];

/// Longer words that tell nothing of a subject. Shorter ones do not count anyway.
const COMMON: &[&str] = &[
    "about",
    "above",
    "actually",
    "after",
    "again",
    "against",
    "also",
    "always",
    "another",
    "anything",
    "because",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "cannot",
    "could",
    "didn",
    "does",
    "doesn",
    "doing",
    "done",
    "dont",
    "down",
    "each",
    "else",
    "even",
    "every",
    "everything",
    "first",
    "from",
    "further",
    "going",
    "gone",
    "good",
    "have",
    "having",
    "here",
    "however",
    "instead",
    "into",
    "itself",
    "just",
    "know",
    "last",
    "later",
    "least",
    "less",
    "like",
    "look",
    "made",
    "make",
    "makes",
    "many",
    "maybe",
    "might",
    "more",
    "most",
    "much",
    "must",
    "need",
    "needs",
    "never",
    "next",
    "nothing",
    "once",
    "only",
    "other",
    "others",
    "over",
    "please",
    "rather",
    "really",
    "same",
    "shall",
    "should",
    "since",
    "some",
    "something",
    "still",
    "such",
    "sure",
    "take",
    "than",
    "thanks",
    "that",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "things",
    "think",
    "this",
    "those",
    "through",
    "under",
    "until",
    "upon",
    "used",
    "uses",
    "using",
    "very",
    "want",
    "wants",
    "well",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "will",
    "with",
    "within",
    "without",
    "would",
    "your",
    "yours",
];

/// The words of a text that tell what it is about, in lower case and without endings, each once and in order.
pub fn significant(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| word.chars().count() >= SHORTEST)
        .map(str::to_lowercase)
        .filter(|word| !COMMON.contains(&word.as_str()))
        .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|word| without_ending(&word).to_owned())
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

/// A word without an ending that English puts to it, where enough of it is left.
fn without_ending(word: &str) -> &str {
    let is_enough = |rest: &&str| rest.chars().count() >= SHORTEST;
    let rest = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    let rest = rest.filter(is_enough).unwrap_or(word);
    // `retry` goes with `retries` and `retried`.
    let bare = rest.strip_suffix('y').filter(|bare| !bare.ends_with(['a', 'e', 'i', 'o', 'u']));
    bare.filter(is_enough).unwrap_or(rest)
}

/// The significant words of a text, to be asked for.
#[derive(Clone, Debug, Default)]
pub struct Words(HashSet<String>);

impl Words {
    pub fn of(text: &str) -> Self {
        Self(significant(text).into_iter().collect())
    }

    /// How many of `words` are among these.
    pub fn shared(&self, words: &[String]) -> usize {
        words.iter().filter(|word| self.0.contains(*word)).count()
    }
}

impl FromIterator<String> for Words {
    fn from_iter<T: IntoIterator<Item = String>>(words: T) -> Self {
        Self(words.into_iter().collect())
    }
}

/// The beginning of a text, at most `most` words on one line.
pub fn first_words(text: &str, most: usize) -> String {
    let mut words = text.split_whitespace();
    let start: Vec<&str> = words.by_ref().take(most).collect();
    let more = if words.next().is_some() { " …" } else { "" };
    start.join(" ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_tell_nothing_are_left_out() {
        let text = "Should we then use the Redis queue, and 2026 more? The queue would be durable.";
        assert_eq!(significant(text), ["redi", "queu", "durabl"]);
        assert!(significant("ok, go on with that").is_empty());
    }

    #[test]
    fn endings_do_not_tell_words_apart() {
        assert_eq!(significant("water watered watering waters"), ["water"]);
        assert_eq!(significant("cache cached caches caching"), ["cach"]);
        assert_eq!(significant("retry retries retried retrying"), ["retr"]);
        assert_eq!(significant("deploy deploys deployed"), ["deploy"]);
        assert_eq!(significant("used bees"), ["bees"]);
    }

    #[test]
    fn shared_words_are_counted_whatever_their_case() {
        let words = Words::of("A REDIS queue was ruled out");
        assert_eq!(words.shared(&significant("redis, kafka or a queue")), 2);
    }

    #[test]
    fn the_beginning_of_a_text_says_whether_there_is_more() {
        assert_eq!(first_words(" a\n b  c ", 3), "a b c");
        assert_eq!(first_words("a b c d", 3), "a b c …");
    }
}
