//! Having the user's own agent write the document.

use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::ops::Desk;
use crate::policy::asking::document_in;
use crate::ui::programs::{self, Errand};

/// Agents that are known by name, and how each reads a prompt from its input and prints nothing but its answer. They run
/// in an empty directory, so that what they write there is no session of this worktree.
const AGENTS: &[(&str, &[&str])] = &[
    ("claude", &["claude", "-p"]),
    ("codex", &["codex", "exec", "--skip-git-repo-check", "--sandbox", "read-only", "-"]),
    ("gemini", &["gemini", "-p", "Do what the text on the standard input asks for."]),
];

/// The document that the agent writes.
pub fn written(
    context: &mut Context,
    desk: &Desk,
    agent: &str,
    prompt: &str,
    seconds: u64,
) -> Result<String, CliError> {
    let known = AGENTS.iter().find(|(name, _)| *name == agent);
    let empty = tempfile::tempdir()?;
    let shell = ["sh", "-c", agent];
    let (words, directory) = match known {
        Some((_, words)) => (*words, empty.path()),
        None => (&shell[..], desk.directory.as_path()),
    };
    context.screen.talk(&format!("`{agent}` is writing the document (at most {seconds} s)"));
    let errand = Errand {
        name: agent,
        words,
        directory,
        input: prompt,
        set: &[(settings::SKIP_HOOKS, "1")],
        unset: settings::AGENT_SHELL_VARIABLES,
        limit: Duration::from_secs(seconds),
    };
    let answer = programs::answer_of(&errand)?;
    Ok(format!("{}\n", document_in(&answer)))
}
