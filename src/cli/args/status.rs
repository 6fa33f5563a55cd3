//! Arguments of the commands that tell where one stands.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;

/// Show how full the context of live sessions is, and what no checkpoint holds yet
///
/// Tells of every live session of this worktree (the one that this command was started from, and those whose
/// transcripts were written to in the last 30 minutes; else the last one): agent, model, how much of the context window
/// is used, what to do now, turns and bytes that no checkpoint holds, and what compactions dropped. Then commits without a
/// checkpoint, documents that wait, and saves that are unfinished. Reads only, and changes nothing.
///
/// The context is GREEN below 25 % of the window, then YELLOW, from 50 % ORANGE, from 75 % RED and from 85 % CRITICAL;
/// `ckpt.pressure` sets these four percentages. Where the agent does not tell the size of the window and its model does
/// not decide it, 200,000 tokens are assumed; `ckpt.window` sets another size.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Print one line for a status bar, and nothing where no session is live
    #[arg(long, conflicts_with = "porcelain")]
    pub line: bool,
    /// Print stable lines for scripts
    #[arg(long, conflicts_with = "json")]
    pub porcelain: bool,
    /// Tell again every 2 seconds, or as often as given, until ctrl-c
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2")]
    pub watch: Option<Interval>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// A time between two looks.
#[derive(Clone, Copy, Debug)]
pub struct Interval(pub Duration);

/// The text is no number of seconds that makes sense to wait.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no number of seconds from 0.1 to 86400")]
pub struct NotAnInterval(String);

impl FromStr for Interval {
    type Err = NotAnInterval;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse::<f64>().ok().filter(|seconds| (0.1..=86_400.0).contains(seconds));
        let seconds = seconds.ok_or_else(|| NotAnInterval(text.to_owned()))?;
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

/// Measure what a checkpoint saves, and what became of it in the session that went on
///
/// Tells how much shorter the document is than the session, and how much of the window a start takes with the opening
/// message, the document and the files in play. Where a session on this machine went on from the checkpoint (one that
/// began with its opening message, else the same session, else the next one of this worktree), tells which files it read
/// again that the document names, whether it asked again what was settled, whether a rejected option came back, and
/// whether the next action was taken. This compares words: what it finds looks like it, and is quoted.
#[derive(Debug, Args)]
pub struct StatsArguments {
    /// A revision or the beginning of a checkpoint id, 4 digits or more
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub target: String,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}
