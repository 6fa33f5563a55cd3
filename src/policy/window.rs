//! How large the context window of a session is.
//!
//! An agent that tells it is believed, and so is the user. Else the model's name decides, and where that does not, a size
//! is assumed and called so: the same model can have a small and a large window, by version of the agent and by plan.

use crate::policy::tokens::claude_version;

/// What is assumed where nothing is known.
const USUAL: u64 = 200_000;
const LARGE: u64 = 1_000_000;

/// What Codex tells of the models that it has been seen with, for lines that do not tell it.
const CODEX: &[(&str, u64)] =
    &[("gpt-5.3-codex-spark", 121_600), ("gpt-5.4", 258_400), ("gpt-5.5", 258_400)];

/// How the size is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The agent says so.
    Told,
    /// The user says so: `ckpt.window`.
    Set,
    /// The model has only this one.
    Model,
    Assumed,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Set => "set",
            Self::Model => "model",
            Self::Assumed => "assumed",
        }
    }
}

/// The size of a context window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub tokens: u64,
    pub source: Source,
}

/// What is known of a session that tells the size of its window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    pub told: Option<u64>,
    pub set: Option<u64>,
    pub model: Option<&'a str>,
    /// Tokens that are in it.
    pub used: u64,
}

/// The size of a session's context window.
pub fn window(known: Known<'_>) -> Window {
    let positive = |size: Option<u64>| size.filter(|size| *size > 0);
    if let Some(tokens) = positive(known.told) {
        return Window { tokens, source: Source::Told };
    }
    if let Some(tokens) = positive(known.set) {
        return Window { tokens, source: Source::Set };
    }
    let by_model = known.model.map_or(assumed(), of_model);
    // More than fits cannot be in it, so it is another one.
    if known.used <= by_model.tokens {
        return by_model;
    }
    Window { tokens: known.used.max(LARGE), source: Source::Assumed }
}

fn assumed() -> Window {
    Window { tokens: USUAL, source: Source::Assumed }
}

fn of_model(model: &str) -> Window {
    let known = |tokens| Window { tokens, source: Source::Model };
    if let Some((_, tokens)) = CODEX.iter().find(|(name, _)| *name == model) {
        return known(*tokens);
    }
    if !model.starts_with("claude-") {
        return assumed();
    }
    match claude_version(model) {
        // Of 4.6 there are sessions that were compacted at 167,000 tokens, and others that go on to a million.
        Some((4, 6)) | None => assumed(),
        Some(version) if version < (4, 6) => known(USUAL),
        Some(version) if model.contains("haiku") && version < (5, 5) => assumed(),
        Some(_) => known(LARGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(model: &str, used: u64) -> (u64, Source) {
        let window = window(Known { model: Some(model), used, ..Known::default() });
        (window.tokens, window.source)
    }

    #[test]
    fn models_with_one_window_are_known_and_others_assumed() {
        let table = [
            ("claude-sonnet-4-20250514", USUAL, Source::Model),
            ("claude-opus-4-5-20251101", USUAL, Source::Model),
            ("claude-haiku-4-5-20251001", USUAL, Source::Model),
            ("claude-opus-4-6", USUAL, Source::Assumed),
            ("claude-opus-4-7", LARGE, Source::Model),
            ("claude-opus-4.8", LARGE, Source::Model),
            ("claude-fable-5", LARGE, Source::Model),
            ("claude-haiku-5", USUAL, Source::Assumed),
            ("claude-next", USUAL, Source::Assumed),
            ("gpt-5.4", 258_400, Source::Model),
            ("gpt-5.4-mini", USUAL, Source::Assumed),
            ("llama", USUAL, Source::Assumed),
        ];
        for (model, tokens, source) in table {
            assert_eq!(of(model, 1000), (tokens, source), "{model}");
        }
    }

    #[test]
    fn what_the_agent_tells_comes_before_what_the_user_says_and_both_before_the_model() {
        let model = Some("claude-opus-4-7");
        let told = Known { told: Some(7), set: Some(8), model, used: 9 };
        assert_eq!(window(told), Window { tokens: 7, source: Source::Told });
        let set = Known { told: Some(0), ..told };
        assert_eq!(window(set), Window { tokens: 8, source: Source::Set });
    }

    #[test]
    fn a_window_that_holds_more_than_fits_is_a_larger_one() {
        assert_eq!(of("claude-opus-4-6", 200_000), (USUAL, Source::Assumed));
        assert_eq!(of("claude-opus-4-5", 200_001), (LARGE, Source::Assumed));
        assert_eq!(of("claude-opus-4-7", 1_000_001), (1_000_001, Source::Assumed));
    }
}
