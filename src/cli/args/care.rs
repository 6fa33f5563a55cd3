//! Arguments of the commands that look after what is stored.

use clap::Args;

use crate::policy::retention::{Age, Size};

/// Take away checkpoints that have outlived their use
///
/// Every selector that is given has to fit; copies made for safety go after 30 days even without one, and so does what
/// no checkpoint refers to any more. The plan is shown first, with the bytes that go. What no remote has, and the only
/// copy of a session or an attachment, is held back unless --force is given. The refs of this clone are rewritten: the next push
/// replaces what the remote has of them, if it is still what was last seen there, and then `git gc` frees the space.
#[derive(Debug, Args)]
pub struct PruneArguments {
    /// Only checkpoints older than this: `12h`, `30d`, `6w`, `1y`
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<Age>,
    /// Keep this many of each branch, the newest
    #[arg(long, value_name = "NUMBER")]
    pub keep: Option<usize>,
    /// Take away the oldest until the rest has at most this many bytes: `500m`, `2g`
    #[arg(long, value_name = "BYTES")]
    pub max_size: Option<Size>,
    /// Only checkpoints of commits that are on no branch, tag or other ref any more
    #[arg(long)]
    pub unreachable: bool,
    /// Only checkpoints of an author whose name or address has this in it
    #[arg(long, value_name = "AUTHOR")]
    pub author: Option<String>,
    /// Fold your other clones that were not heard of for this long into one archive
    #[arg(long, value_name = "AGE")]
    pub gone_for: Option<Age>,
    /// Also what no remote has, and the only copies of sessions
    #[arg(long)]
    pub force: bool,
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

/// Find what is wrong, or about to go wrong, and say how to mend it
///
/// Looks at the repository, unfinished saves, this clone's refs, the configuration of git, ties to commits that are
/// gone, sessions that have gone on since they were saved or that their agent is about to delete, clocks, and hooks that
/// are gone, overwritten or passed by. Every finding says what it means and names the command that mends it. `git ckpt
/// verify` checks the stored bytes.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Mend what can be mended without losing anything
    #[arg(long)]
    pub fix: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
