//! Arguments of the commands by which checkpoints come and go.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Send this clone's checkpoints to a remote
///
/// Sends what was saved in this clone and nothing else, and never replaces what somebody else has sent. The remote is
/// the one named, else `ckpt.remote`, else that of the branch, else `origin`. Session logs go along, to
/// `ckpt.logRemote` where that is set. Whoever can read the remote can read what is sent: documents and transcripts.
/// Everything that is about to leave is looked through for secrets first; where any is found nothing is sent, and the
/// command ends with exit code 11.
#[derive(Debug, Args)]
pub struct PushArguments {
    /// A remote's name, or an address
    pub remote: Option<String>,
    /// Send documents only
    #[arg(long)]
    pub no_logs: bool,
    /// Only tell what would be sent
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Replace what the remote has of this clone, unless it changed since it was last seen
    #[arg(long)]
    pub force: bool,
    /// Send secrets that are found in what is to be sent, after a yes
    #[arg(long)]
    pub allow_secrets: bool,
    /// Do not ask before sending to a host where others may read it, or with --allow-secrets
    #[arg(short, long)]
    pub yes: bool,
    /// Never ask for a password
    #[arg(long)]
    pub no_prompt: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Get the checkpoints of others from a remote
///
/// Gets the documents, and with `--logs` the sessions too. They are kept apart from what was saved here: no branch, no
/// tag and nothing of this clone is touched. The remote is chosen as `git ckpt push` chooses it.
#[derive(Debug, Args)]
pub struct FetchArguments {
    /// A remote's name, or an address
    pub remote: Option<String>,
    /// Get session logs as well, so that sessions can be shown and restored
    #[arg(long)]
    pub logs: bool,
    /// Only from writers whose name starts with this word; may be given again
    #[arg(long, value_name = "NAME")]
    pub author: Vec<String>,
    /// Leave out the history of the refs, which nothing needs
    #[arg(long)]
    pub shallow: bool,
    /// Forget what the remote has no more
    #[arg(long)]
    pub prune: bool,
    /// Never ask for a password
    #[arg(long)]
    pub no_prompt: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Fetch, then push
#[derive(Debug, Args)]
pub struct SyncArguments {
    /// A remote's name, or an address
    pub remote: Option<String>,
    /// Get session logs of others as well
    #[arg(long)]
    pub logs: bool,
    /// Send documents only
    #[arg(long)]
    pub no_logs: bool,
    /// Do not ask before sending to a host where others may read it
    #[arg(short, long)]
    pub yes: bool,
    /// Never ask for a password
    #[arg(long)]
    pub no_prompt: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Write a checkpoint to a file
///
/// A bundle holds the document, the commit it is tied to and the stored session: one file to mail, that `git ckpt
/// import` takes in elsewhere. The other formats are for reading and for other programs: the transcript as its agent
/// wrote it, the conversation as messages for an API call or as a trajectory (ATIF 1.7), and markdown. What is written
/// holds what was said in the session, secrets included.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// A revision or the beginning of a checkpoint id, 4 digits or more
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub target: String,
    /// What to write
    #[arg(short, long, value_enum, default_value_t = ExportFormat::Bundle, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "to")]
    pub output: Option<PathBuf>,
    /// With a transcript: write it and its companion files below this directory
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Which session, where the checkpoint holds several
    #[arg(short, long, value_name = "SESSION")]
    pub session: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Document, tie and session in one file, for `git ckpt import`
    Bundle,
    /// The agent's own transcript, byte for byte
    Transcript,
    /// JSON: role and content of each message
    Messages,
    /// JSON: the Agent Trajectory Interchange Format, version 1.7
    Atif,
    /// The document and the conversation, readable
    Markdown,
}

/// Take in a checkpoint that was exported as a bundle
///
/// Checks every hash, shows what is inside, and asks. What is taken in is tied to the same commits under a writer of its
/// own, as what is fetched from a remote: your own checkpoints and sessions stay as they are. `git ckpt restore` puts
/// the session back like any other.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The bundle, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
