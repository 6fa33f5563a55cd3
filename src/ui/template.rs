//! The text that a person finds in the editor: a draft, and around it what to do with it.

use std::fmt::Write;

use crate::ops::tokens::SectionTokens;
use crate::policy::fit::Reason;
use crate::policy::outline::guidance_free;
use crate::policy::tokens;
use crate::ui::fitted::largest;
use crate::ui::sanitize::one_line;
use crate::ui::units::count;

pub const START: &str = "<!-- git ckpt:";
pub const END: &str = "-->";

/// How many of the things that could be left out are named.
pub const FIRST_CUTS: usize = 3;

/// Columns that the beginning of such a thing is cut to.
const BEGINNING: usize = 50;

/// What becomes of a draft that is left as it was, or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untouched {
    NotSaved,
    /// The session is saved all the same.
    SavedAsDraft,
}

/// A document that is over its budget.
#[derive(Clone, Debug)]
pub struct Excess {
    pub tokens: u64,
    pub budget: u64,
    pub sections: Vec<SectionTokens>,
    /// What could go first: its first line, what it is, its tokens.
    pub first: Vec<(String, Reason, u64)>,
}

/// A draft with its explanation.
pub fn with_help(draft: &str, budget: Option<u64>, untouched: Untouched) -> String {
    let untouched = match untouched {
        Untouched::NotSaved => "left unchanged or empty, nothing is",
        Untouched::SavedAsDraft => {
            "left unchanged or empty, the session is saved with the\ndraft all the same"
        }
    };
    let gap = if draft.is_empty() || draft.ends_with('\n') { "" } else { "\n" };
    let of = budget.map(|budget| format!(" of {}", count(budget))).unwrap_or_default();
    format!(
        "{draft}{gap}
{START} Say what the next person, or the next session, has to know: decisions and why, what was
ruled out, what is done, the next action, files in play. Keep it short; the conversation itself is
saved beside it. The draft above has {}{of} tokens. Front matter (title, status, phase) may stand on top
between two lines of `---`. This comment is not saved; {untouched}. {END}
",
        count(tokens::count(&guidance_free(body_of(draft))))
    )
}

/// The same with what is too much, where it is seen first: below the front matter.
pub fn with_excess(shown: &str, excess: &Excess) -> String {
    let Excess { tokens, budget, sections, first } = excess;
    let mut remark = format!(
        "{START} {} tokens, {} more than the budget of {}. Most of it: {}.\n",
        count(*tokens),
        count(tokens.saturating_sub(*budget)),
        count(*budget),
        largest(sections)
    );
    for (line, reason, tokens) in first {
        let line = one_line(line, BEGINNING).replace(END, "…");
        let _ =
            writeln!(remark, "Could go: “{line}” ({}, {} tokens)", reason.words(), count(*tokens));
    }
    let _ = writeln!(
        remark,
        "Left unchanged now, it is saved as it is. Never opened again: git config ckpt.reopen false {END}"
    );
    let (front, body) = shown.split_at(shown.len() - body_of(shown).len());
    format!("{front}{remark}{body}")
}

/// The same with what is wrong, at the end: the beginning is what cannot be understood.
pub fn with_trouble(shown: &str, trouble: &str) -> String {
    let trouble = one_line(trouble, usize::MAX).replace(END, "…");
    format!("{shown}\n{START} This cannot be saved: {trouble}. {END}\n")
}

/// The text without the explanation, and without what the template says of its sections.
pub fn without_help(text: &str) -> String {
    format!("{}\n", guidance_free(text).trim_end())
}

/// The text as it is opened again: without explanations, with what the template says of its sections.
pub fn without_remarks(text: &str) -> String {
    let mut free = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once(START) {
        let Some((_, after)) = opened.split_once(END) else { break };
        free.push_str(before);
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    free.push_str(rest);
    format!("{}\n", free.trim_end())
}

/// What stands below the front matter, if that is whole.
fn body_of(text: &str) -> &str {
    let inside = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"));
    let end = |inside: &str| {
        let ends = ["\n---\n", "\n---\r\n"];
        ends.iter().filter_map(|end| Some(inside.find(end)? + end.len())).min()
    };
    inside.and_then(|inside| Some(&inside[end(inside)?..])).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\ntitle: x\n---\n# A\n<!-- ckpt: why -->\n\ntext\n";

    fn shown(text: &str) -> String {
        with_help(text, Some(500), Untouched::NotSaved)
    }

    fn excess() -> Excess {
        Excess {
            tokens: 1012,
            budget: 500,
            sections: vec![SectionTokens {
                heading: "Notes".into(),
                level: 2,
                line: 3,
                tokens: 900,
            }],
            first: vec![("a --> b".into(), Reason::Explanation, 400)],
        }
    }

    #[test]
    fn the_explanation_never_reaches_the_document() {
        assert_eq!(without_help(&shown("# A\n\ntext\n")), "# A\n\ntext\n");
        let nothing = with_help("", None, Untouched::SavedAsDraft);
        assert_eq!(without_help(&nothing).trim(), "");
        let appended = format!("{}after\n", shown("before\n"));
        assert_eq!(without_help(&appended), "before\n\nafter\n");
        let again = with_trouble(&with_excess(&shown(TEXT), &excess()), "line --> 2");
        assert_eq!(without_help(&again), "---\ntitle: x\n---\n# A\n\ntext\n");
        assert_eq!(without_remarks(&again), TEXT);
    }

    #[test]
    fn only_what_is_saved_is_counted() {
        let words = format!("has {} of 500 tokens", tokens::count("# A\n\ntext\n"));
        assert!(shown(TEXT).contains(&words), "{}", shown(TEXT));
    }

    #[test]
    fn what_is_too_much_stands_below_the_front_matter() {
        let again = with_excess(&shown(TEXT), &excess());
        let start = "---\ntitle: x\n---\n<!-- git ckpt: 1,012 tokens, 512 more than the budget of 500. Most of it: `## Notes` (900).\nCould go: “a … b” (explanation, 400 tokens)\n";
        assert!(again.starts_with(start), "{again}");
    }
}
