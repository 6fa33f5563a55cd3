//! Arguments of the commands around hooks.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::policy::sharing::PushMode;

/// Install the hooks that save with every commit
///
/// Puts a hook beside the commit command: every `git commit` then saves the agent's session with the new commit. A hook
/// that is already there is kept and runs first. Where husky, lefthook, pre-commit, prek or hk manage the hooks, or the
/// hooks directory belongs to more than this repository, nothing is written there; it is said which line to add.
///
/// Also lets `git fetch` bring the documents of teammates, by a refspec into refs of their own. Says what it did, can be
/// run again at any time, and takes everything back with --uninstall.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// For all repositories: `template` puts the hooks into every new one, `hooks-path` has git look for hooks in one
    /// place
    #[arg(long, value_enum, value_name = "WAY", num_args = 0..=1, require_equals = true)]
    pub global: Option<Option<GlobalWay>>,
    /// Take back all that was installed
    #[arg(long)]
    pub uninstall: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The remote whose checkpoints are fetched
    #[arg(long, value_name = "REMOTE", conflicts_with_all = ["no_refspec", "global", "uninstall"])]
    pub remote: Option<String>,
    /// Leave out the refspec
    #[arg(long, conflicts_with_all = ["global", "uninstall"])]
    pub no_refspec: bool,
    /// When checkpoints are sent to the remote (asked at a terminal)
    #[arg(long, value_enum, value_name = "WHEN", conflicts_with_all = ["global", "uninstall"])]
    pub push: Option<PushMode>,
    /// Also notice plain `git reset`, by a hook that every command calls which moves a ref
    #[arg(long)]
    pub reset_hook: bool,
    /// Let plain `git log` show the documents
    #[arg(long, conflicts_with_all = ["global", "uninstall"])]
    pub show_notes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum GlobalWay {
    Template,
    HooksPath,
}

impl ValueEnum for PushMode {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

/// Do what a hook of git is there for
#[derive(Debug, Args)]
pub struct HookArguments {
    /// The hook's name
    pub name: String,
    /// What git called the hook with
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}
