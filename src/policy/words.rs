//! The words of a text that tell what it is about, for finding out whether one text speaks of another.
//!
//! Plain matching, the same every time: stems of words, and no synonyms. What it finds looks like a mention; what it
//! does not find may have been said in other words.

use std::collections::HashSet;

use crate::policy::wording::{stem, words};

/// Shortest word that counts, in characters.
const SHORTEST: usize = 4;

/// Words that tell nothing of a subject where people talk, and yet something in a decision.
const TALK: &[&str] = &[
    "above",
    "actually",
    "against",
    "always",
    "another",
    "anything",
    "because",
    "being",
    "below",
    "between",
    "both",
    "cannot",
    "didn",
    "doesn",
    "doing",
    "dont",
    "else",
    "even",
    "everything",
    "further",
    "going",
    "gone",
    "good",
    "having",
    "here",
    "however",
    "instead",
    "itself",
    "know",
    "last",
    "later",
    "least",
    "less",
    "like",
    "look",
    "made",
    "makes",
    "many",
    "maybe",
    "might",
    "most",
    "much",
    "never",
    "nothing",
    "once",
    "other",
    "others",
    "please",
    "rather",
    "really",
    "shall",
    "since",
    "something",
    "such",
    "sure",
    "take",
    "thanks",
    "thing",
    "things",
    "think",
    "those",
    "through",
    "under",
    "until",
    "upon",
    "very",
    "want",
    "wants",
    "well",
    "whether",
    "within",
    "without",
    "yours",
];

/// The words of a text that tell what it is about, as stems in lower case, each once and in order.
pub fn telling(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    words(text)
        .filter(|word| word.chars().count() >= SHORTEST)
        .filter(|word| !TALK.contains(&word.as_str()))
        .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|word| stem(&word))
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

/// The telling words of a text, to be asked for.
#[derive(Clone, Debug, Default)]
pub struct Words(HashSet<String>);

impl Words {
    pub fn of(text: &str) -> Self {
        Self(telling(text).into_iter().collect())
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
        assert_eq!(telling(text), ["redi", "queu", "durabl"]);
        assert!(telling("ok, go on with that").is_empty());
    }

    #[test]
    fn endings_do_not_tell_words_apart() {
        assert_eq!(telling("water watered watering waters"), ["water"]);
        assert_eq!(telling("cache cached caches caching"), ["cach"]);
        assert_eq!(telling("retry retries retried retrying"), ["retry"]);
        assert_eq!(telling("deploy deploys deployed"), ["deploy"]);
        assert_eq!(telling("trees of a tree"), ["tre"]);
    }

    #[test]
    fn shared_words_are_counted_whatever_their_case() {
        let words = Words::of("A REDIS queue was ruled out");
        assert_eq!(words.shared(&telling("redis, kafka or a queue")), 2);
    }

    #[test]
    fn the_beginning_of_a_text_says_whether_there_is_more() {
        assert_eq!(first_words(" a\n b  c ", 3), "a b c");
        assert_eq!(first_words("a b c d", 3), "a b c …");
    }
}
