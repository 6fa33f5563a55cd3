//! The text that a person finds in the editor: a draft, and below it what to do with it.

use crate::policy::outline::guidance_free;
use crate::policy::tokens;
use crate::ui::units::count;

const START: &str = "<!-- git ckpt:";
const END: &str = "-->";

/// What becomes of a draft that is left as it was, or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untouched {
    NotSaved,
    /// The session is saved all the same.
    SavedAsDraft,
}

/// A draft with its explanation.
pub fn with_help(draft: &str, untouched: Untouched) -> String {
    let untouched = match untouched {
        Untouched::NotSaved => "left unchanged or empty, nothing is",
        Untouched::SavedAsDraft => {
            "left unchanged or empty, the session is saved with the\ndraft all the same"
        }
    };
    let gap = if draft.is_empty() || draft.ends_with('\n') { "" } else { "\n" };
    format!(
        "{draft}{gap}
{START} Say what the next person, or the next session, has to know: decisions and why, what was
ruled out, what is done, the next action, files in play. Keep it short; the conversation itself is
saved beside it. The draft above has {} tokens. Front matter (title, status, phase) may stand on top
between two lines of `---`. This comment is not saved; {untouched}. {END}
",
        count(tokens::count(&guidance_free(draft)))
    )
}

/// The text without the explanation, and without what the template says of its sections.
pub fn without_help(text: &str) -> String {
    format!("{}\n", guidance_free(text).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explanation_never_reaches_the_document() {
        assert_eq!(without_help(&with_help("# A\n\ntext\n", Untouched::NotSaved)), "# A\n\ntext\n");
        assert_eq!(without_help(&with_help("", Untouched::SavedAsDraft)).trim(), "");
        let appended = format!("{}after\n", with_help("before\n", Untouched::NotSaved));
        assert_eq!(without_help(&appended), "before\n\nafter\n");
    }
}
