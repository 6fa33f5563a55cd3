//! Arguments of `git ckpt vault`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::placeholder::{RuleId, Tag};

/// Look after the secrets that placeholders stand for
///
/// A secret in what is saved never enters git: a placeholder stands there in its place, `[REDACTED:<rule>:<tag>]`, and
/// the value itself stays in the vault, by which a restore on this machine brings back every byte. There is one vault
/// for all repositories, in `~/.local/share/git-ckpt` (or below `$XDG_DATA_HOME`, or where `CKPT_VAULT` points to) and
/// readable by nobody but you. Values are never printed.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub struct VaultArguments {
    #[command(subcommand)]
    pub command: VaultCommand,
}

#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    List(VaultListArguments),
    Forget(VaultForgetArguments),
    Export(VaultExportArguments),
    Import(VaultImportArguments),
}

/// List what is kept: tag, rule, how it begins and how long it is, since when, for which repository
///
/// Of a value of more than 20 bytes the first 4 characters are shown, which tell a token's kind; of a shorter one
/// nothing but its length.
#[derive(Debug, Args)]
pub struct VaultListArguments {
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Take values out of the vault for good
///
/// Sessions that had them come back with placeholders in their places from then on, here as everywhere else. Nothing
/// in git changes. The key stays, so that a value that is saved again gets the same placeholder.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["tags", "rule", "all"]))]
pub struct VaultForgetArguments {
    /// Tags of values, as placeholders and `git ckpt vault list` show them
    #[arg(value_name = "TAG")]
    pub tags: Vec<Tag>,
    /// All that this rule found
    #[arg(long, value_name = "RULE")]
    pub rule: Option<RuleId>,
    /// Everything
    #[arg(long)]
    pub all: bool,
    /// Show what would be forgotten and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Write the vault to a file, for another machine of yours
///
/// The file holds secrets in the clear, and the key. Only you can read it; it is made where nothing has that name yet.
/// Keep it out of repositories, and remove it when it was imported.
#[derive(Debug, Args)]
pub struct VaultExportArguments {
    /// A file that does not exist yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Take in the vault of another machine of yours
///
/// Adds the values that are not here yet. What is saved here goes on with the key of this machine; where it has none
/// yet, that of the file becomes its own. Import only what you exported yourself: what a placeholder stands for is
/// what a restore writes.
#[derive(Debug, Args)]
pub struct VaultImportArguments {
    /// A file of `git ckpt vault export`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
