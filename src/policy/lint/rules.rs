//! The rules: what each is called, how much it matters unless a repository says otherwise, and why.

use crate::model::conventions::Level;
use crate::policy::lint::{Material, Seen, decisions, files, pasted, shape, style, work};

/// One thing that documents are looked through for.
pub struct Rule {
    pub name: &'static str,
    /// How much it matters unless `.ckpt.yaml` says otherwise.
    pub level: Level,
    /// What it costs the next session.
    pub why: &'static str,
    pub(super) check: fn(&Material) -> Vec<Seen>,
}

/// The one that holds for a document of any length stands first.
pub static RULES: [Rule; 14] = [
    Rule {
        name: "over-budget",
        level: Level::Warning,
        why: "every token of it is paid for in each session that starts with it",
        check: shape::over_budget,
    },
    Rule {
        name: "missing-section",
        level: Level::Error,
        why: "the next session looks for it, and asks for it",
        check: shape::missing_section,
    },
    Rule {
        name: "empty-section",
        level: Level::Error,
        why: "a heading alone does not tell whether there is nothing, or nobody wrote it down",
        check: shape::empty_section,
    },
    Rule {
        name: "decision-without-reason",
        level: Level::Warning,
        why: "what has no reason is decided again, perhaps otherwise",
        check: decisions::without_reason,
    },
    Rule {
        name: "in-progress-without-missing",
        level: Level::Warning,
        why: "who goes on has to find out first what is not there yet",
        check: work::in_progress_without_missing,
    },
    Rule {
        name: "vague-next-step",
        level: Level::Warning,
        why: "an agent that is told to go on begins by looking where",
        check: work::vague_next_step,
    },
    Rule {
        name: "blockers-unstated",
        level: Level::Warning,
        why: "the next session runs into the same wall",
        check: work::blockers_unstated,
    },
    Rule {
        name: "pasted-transcript",
        level: Level::Warning,
        why: "the conversation is saved beside the document; here it only takes up room",
        check: pasted::transcript,
    },
    Rule {
        name: "file-tree",
        level: Level::Warning,
        why: "`git ls-files` tells it at any time, and tells what is true then",
        check: pasted::file_tree,
    },
    Rule {
        name: "deep-nesting",
        level: Level::Note,
        why: "what is three levels down is read as an aside",
        check: shape::deep_nesting,
    },
    Rule {
        name: "style-preference",
        level: Level::Note,
        why: "it holds for all sessions, and this document is for the next one",
        check: style::preference,
    },
    Rule {
        name: "unknown-file",
        level: Level::Warning,
        why: "a session that is sent to a file that is not there searches for it",
        check: files::unknown,
    },
    Rule {
        name: "rejected-next-step",
        level: Level::Error,
        why: "a session that is told both does what the step says",
        check: decisions::rejected_next_step,
    },
    Rule {
        name: "contradiction",
        level: Level::Warning,
        why: "who knows the earlier document cannot tell a change of mind from a mistake",
        check: decisions::contradiction,
    },
];

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}
