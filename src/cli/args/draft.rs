//! Arguments of `git ckpt draft`.

use clap::Args;

/// Draft the document out of the session
///
/// Puts together what the transcript itself says since the session's last checkpoint: what was asked for, what was
/// decided and ruled out in plain words, the to-do list, files by state, tests and how they ended, commits, open
/// questions. It quotes, and makes up no reasons. At a terminal the draft opens in your editor, and what you leave in it
/// is kept for the next commit; elsewhere it is printed. Lines that you take out are not drafted again in this worktree.
///
/// With `--with` your own agent writes the document out of the same material, without tools of this repository and
/// without a session that would be saved.
#[derive(Debug, Args)]
pub struct DraftArguments {
    /// The commit that the document is for
    #[arg(default_value = "HEAD")]
    pub commit: String,
    /// The session: an id, the beginning of one, or a transcript's path
    #[arg(short, long, value_name = "SESSION")]
    pub session: Option<String>,
    /// Put it into this template
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// Count as new what came after this checkpoint, instead of after the session's last one
    #[arg(long, value_name = "REV|CHECKPOINT")]
    pub since: Option<String>,
    /// Show where each line comes from; these comments are not saved
    #[arg(long)]
    pub sources: bool,
    /// Print the draft and keep nothing
    #[arg(long, group = "how")]
    pub print: bool,
    /// Open the draft in your editor
    #[arg(short, long, conflicts_with = "how")]
    pub edit: bool,
    /// Keep the document for the next commit, where the hook saves it
    #[arg(long, conflicts_with_all = ["how", "save"])]
    pub prepare: bool,
    /// Save a checkpoint with the document now
    #[arg(long, conflicts_with = "how")]
    pub save: bool,
    /// Print a prompt that has an agent write the document, the material included
    #[arg(long, group = "how", conflicts_with = "with")]
    pub prompt: bool,
    /// Have an agent write it: `claude`, `codex`, `gemini`, or a command that reads the prompt and prints the document
    #[arg(long, value_name = "AGENT|COMMAND")]
    pub with: Option<String>,
    /// Most seconds that the agent may take
    #[arg(long, default_value_t = 300, value_name = "SECONDS", requires = "with")]
    pub timeout: u64,
    /// Let lines be drafted again that were taken out of drafts in this worktree
    #[arg(long, exclusive = true)]
    pub forget_cuts: bool,
    /// Print the draft as JSON, each line with where it comes from
    #[arg(long, group = "how", conflicts_with = "with")]
    pub json: bool,
}
