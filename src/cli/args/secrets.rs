//! Arguments of the commands that look for secrets and take them out.

use std::path::PathBuf;

use clap::Args;

/// Look for secrets: in a session, a checkpoint, everything that is stored, or any file
///
/// Without arguments it looks through the live session of this worktree, as `git ckpt save` would choose it: what it
/// finds there is what a save would replace. What is stored is looked through as it is stored, by the rules of today.
/// Of a secret its rule, its place and at the most its first 4 characters are shown. Values of the environment and of
/// the `.env` files here are secrets, too (`ckpt.redact.env=false` leaves them out); `ckpt.redact.literals` names a
/// file of further ones, and `ckpt.redact.allow` a file of values that are none, one a line. Ends with exit code 11
/// where something was found.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").args(["target", "session", "all", "file"]))]
pub struct ScanArguments {
    /// A revision or the beginning of a checkpoint id: its document and its session, as stored
    #[arg(value_name = "REV|CHECKPOINT")]
    pub target: Option<String>,
    /// A session: an id, the beginning of one, or a transcript's path
    #[arg(short, long, value_name = "SESSION")]
    pub session: Option<String>,
    /// Everything that this clone has stored
    #[arg(long)]
    pub all: bool,
    /// With --all: also what was fetched from others
    #[arg(long, requires = "all")]
    pub everybody: bool,
    /// Any file, or standard input with `-`
    #[arg(short = 'F', long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show what redaction would change, values masked
    #[arg(long, group = "how")]
    pub diff: bool,
    /// Print one JSON object a line
    #[arg(long, group = "how")]
    pub json: bool,
    /// Print SARIF 2.1.0, as code scanning services take it
    #[arg(long, group = "how")]
    pub sarif: bool,
}

/// Take secrets out of what this clone has stored
///
/// Rewrites the document and the session of a checkpoint, placeholders in the place of secrets, and with it every other
/// checkpoint of this clone that shares these bytes. Their ids change, their commits do not. The values go to the vault
/// first, so that a restore here still brings back every byte. What would change is shown first. The next push replaces
/// what the remote has of it, if that is still what was last seen there; a secret that was ever sent has to be rotated
/// all the same.
#[derive(Debug, Args)]
pub struct RedactArguments {
    /// Revisions or beginnings of checkpoint ids
    #[arg(value_name = "REV|CHECKPOINT", required = true)]
    pub targets: Vec<String>,
    /// Show the plan and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
