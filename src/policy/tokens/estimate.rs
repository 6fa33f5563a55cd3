//! What a count of o200k_base tokens comes to for the model that will read the text.
//!
//! Anthropic's tokenizers since Claude 3 are not public, so theirs is a factor and is always called an estimate. A
//! transcript's own usage figures come from the model's provider and are better than anything here.

/// A number of tokens, and whether it was counted or estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub tokens: u64,
    pub estimated: bool,
}

/// How the counts of one family of models follow from o200k_base counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub family: &'static str,
    /// The family's tokens for every 100 of o200k_base.
    pub percent: u64,
    /// The month the percentage was measured, nothing where it was not.
    pub measured: Option<&'static str>,
    /// Whether the family reads o200k_base itself.
    pub exact: bool,
}

const O200K: Estimate =
    Estimate { family: "o200k_base", percent: 100, measured: None, exact: true };
const CLAUDE_3: Estimate =
    Estimate { family: "Claude up to 4.6", percent: 120, measured: Some("2026-11"), exact: false };
const CLAUDE_4_7: Estimate =
    Estimate { family: "Claude from 4.7", percent: 146, measured: Some("2026-11"), exact: false };
const UNKNOWN: Estimate =
    Estimate { family: "other models", percent: 100, measured: None, exact: false };

impl Estimate {
    /// The tokens that `o200k` tokens of o200k_base are for `model`; exactly those when no model is named.
    pub fn for_model(model: Option<&str>, o200k: u64) -> Count {
        model.map_or(O200K, Self::of).apply(o200k)
    }

    /// The family that a model belongs to, by its name.
    pub fn of(model: &str) -> Self {
        if let Some(name) = model.strip_prefix("claude-") {
            return if version(name).is_some_and(|version| version < (4, 7)) {
                CLAUDE_3
            } else {
                CLAUDE_4_7
            };
        }
        if reads_o200k(model) { O200K } else { UNKNOWN }
    }

    fn apply(self, o200k: u64) -> Count {
        let tokens = o200k.saturating_mul(self.percent).saturating_add(50) / 100;
        Count { tokens, estimated: !self.exact }
    }
}

/// OpenAI's models, but those up to GPT-4 Turbo, which read cl100k_base.
fn reads_o200k(model: &str) -> bool {
    let older =
        model == "gpt-4" || ["gpt-3", "gpt-4-"].iter().any(|prefix| model.starts_with(prefix));
    let reasoning = |name: &str| {
        model.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    (model.starts_with("gpt-") && !older)
        || model.starts_with("codex")
        || ["o1", "o3", "o4"].into_iter().any(reasoning)
}

/// The version of a Claude model, by its name; `None` where the name tells none.
pub fn claude_version(model: &str) -> Option<(u32, u32)> {
    version(model.strip_prefix("claude-")?)
}

/// The version in a Claude model's name, which may be followed by a date; a name without one is taken for a new model's,
/// because it is safer to expect too many tokens than too few.
fn version(name: &str) -> Option<(u32, u32)> {
    let mut parts =
        name.split(|c: char| !c.is_ascii_alphanumeric()).skip_while(|part| number(part).is_none());
    let major = parts.next().and_then(number)?;
    Some((major, parts.next().and_then(number).unwrap_or(0)))
}

fn number(part: &str) -> Option<u32> {
    if part.len() <= 2 { part.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{CLAUDE_3, CLAUDE_4_7, Count, Estimate, O200K, UNKNOWN};

    #[test]
    fn no_model_and_openai_models_get_the_count_itself() {
        let exact = Count { tokens: 1234, estimated: false };
        let models = [
            "gpt-5.4",
            "gpt-5.3-codex-spark",
            "gpt-4o",
            "gpt-4.1-mini",
            "o1",
            "o3-mini",
            "codex-mini-latest",
        ];
        assert_eq!(Estimate::for_model(None, 1234), exact);
        for model in models {
            assert_eq!(Estimate::for_model(Some(model), 1234), exact, "{model}");
        }
    }

    #[test]
    fn claude_models_are_estimated_by_their_version() {
        let older = [
            "3-opus-20240229",
            "3-5-sonnet-20241022",
            "opus-4-20250514",
            "sonnet-4@20250514",
            "opus-4-6",
        ];
        let newer = [
            "opus-4-7",
            "opus-4.8",
            "opus-4-7[1m]",
            "sonnet-5",
            "fable-5",
            "opus-12-20300101",
            "latest",
        ];
        for name in older.into_iter().chain(["haiku-4-5-20251001", "instant-1.2", "opus-4.6[1m]"]) {
            assert_eq!(Estimate::of(&format!("claude-{name}")), CLAUDE_3, "{name}");
        }
        for name in newer {
            assert_eq!(Estimate::of(&format!("claude-{name}")), CLAUDE_4_7, "{name}");
        }
        assert_eq!(
            Estimate::for_model(Some("claude-opus-4-6"), 1000),
            Count { tokens: 1200, estimated: true }
        );
        assert_eq!(
            Estimate::for_model(Some("claude-opus-4-7"), 1000),
            Count { tokens: 1460, estimated: true }
        );
    }

    #[test]
    fn what_is_not_known_is_called_an_estimate() {
        for model in
            ["gemini-2.5-flash", "gpt-4", "gpt-4-turbo", "gpt-3.5-turbo", "o1mega", "haiku", ""]
        {
            assert_eq!(Estimate::of(model), UNKNOWN, "{model}");
            assert_eq!(Estimate::for_model(Some(model), 7), Count { tokens: 7, estimated: true });
        }
        assert_ne!(O200K, UNKNOWN);
    }

    #[test]
    fn no_count_is_too_large_to_estimate() {
        assert!(Estimate::for_model(Some("claude-opus-4-7"), u64::MAX).tokens > 0);
    }
}
