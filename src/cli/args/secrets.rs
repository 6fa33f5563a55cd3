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
