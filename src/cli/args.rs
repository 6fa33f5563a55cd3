//! The command line. Help, man pages and shell completions all come from these definitions.

mod care;
mod documents;
mod draft;
mod exchange;
mod hooks;
mod recipients;
mod secrets;
mod status;
mod template;
mod vault;
mod work;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use care::{DoctorArguments, PruneArguments};
pub use documents::{DiffArguments, LintArguments, TokensArguments};
pub use draft::DraftArguments;
pub use exchange::{
    ExportArguments, ExportFormat, FetchArguments, ImportArguments, PushArguments, SyncArguments,
};
pub use hooks::{GlobalWay, HookArguments, InitArguments};
pub use recipients::{
    RecipientsAddArguments, RecipientsArguments, RecipientsCommand, RecipientsListArguments,
    RecipientsRemoveArguments,
};
pub use secrets::{RedactArguments, ScanArguments};
pub use status::{StatsArguments, StatusArguments};
pub use template::{
    TemplateArguments, TemplateCommand, TemplateListArguments, TemplateNewArguments,
    TemplateShowArguments,
};
pub use vault::{
    VaultArguments, VaultCommand, VaultExportArguments, VaultForgetArguments, VaultImportArguments,
    VaultListArguments,
};
pub use work::{
    AttachArguments, CatArguments, NoteArguments, ResumeArguments, TaskArguments, TaskCommand,
    TaskDoneArguments, TaskStartArguments, TaskStatusArguments,
};

/// Your coding agent's memory, versioned with your code
///
/// `git ckpt` stores the state of a coding agent with the commit it belongs to: a checkpoint, which is a short
/// document (decisions, progress, next step), and the session, which is the agent's conversation byte for byte. Both
/// live in git, on refs outside your branches. Nothing is sent anywhere unless you ask for it.
#[derive(Debug, Parser)]
#[command(name = "git-ckpt", bin_name = "git ckpt", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: GlobalArguments,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Debug, Default, Args)]
pub struct GlobalArguments {
    /// Work as if started in this directory
    #[arg(short = 'C', global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub directory: Option<PathBuf>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        hide_short_help = true,
        help_heading = "Everywhere"
    )]
    pub color: Option<When>,
    /// Never start a pager
    #[arg(long, global = true, hide_short_help = true, help_heading = "Everywhere")]
    pub no_pager: bool,
    /// Say nothing but answers, warnings and errors
    #[arg(short, long, global = true, hide_short_help = true, help_heading = "Everywhere")]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Save(SaveArguments),
    Sessions(SessionsArguments),
    Show(ShowArguments),
    Log(LogArguments),
    Restore(RestoreArguments),
    Prompt(PromptArguments),
    /// Reset as git does, then bring back the session that the commit carries
    ///
    /// Runs `git reset` with the arguments given. When that moved HEAD to another commit, the session that this commit
    /// carries is brought back: what would be restored is shown and asked for, as `git ckpt restore` does. Before git
    /// runs, the session as it is now is kept with the commit that is left, so that going back brings it back.
    Reset(NavigateArguments),
    /// Switch as git does, then bring back the session that the commit carries
    ///
    /// Runs `git switch` with the arguments given. When that moved HEAD to another commit, the session that this commit
    /// carries is brought back: what would be restored is shown and asked for, as `git ckpt restore` does. Before git
    /// runs, the session as it is now is kept with the commit that is left, so that going back brings it back.
    Switch(NavigateArguments),
    /// Check out as git does, then bring back the session that the commit carries
    ///
    /// Runs `git checkout` with the arguments given. When that moved HEAD to another commit, the session that this commit
    /// carries is brought back: what would be restored is shown and asked for, as `git ckpt restore` does. Before git
    /// runs, the session as it is now is kept with the commit that is left, so that going back brings it back.
    Checkout(NavigateArguments),
    Export(ExportArguments),
    Import(ImportArguments),
    Init(InitArguments),
    Push(PushArguments),
    Fetch(FetchArguments),
    Sync(SyncArguments),
    Template(TemplateArguments),
    Repair(RepairArguments),
    Verify(VerifyArguments),
    Prune(PruneArguments),
    Doctor(DoctorArguments),
    Demo(DemoArguments),
    Setup(SetupArguments),
    Completions(CompletionsArguments),
    Vault(VaultArguments),
    Scan(ScanArguments),
    Redact(RedactArguments),
    Recipients(RecipientsArguments),
    Status(StatusArguments),
    Stats(StatsArguments),
    Draft(DraftArguments),
    Note(NoteArguments),
    Task(TaskArguments),
    Resume(ResumeArguments),
    Attach(AttachArguments),
    Cat(CatArguments),
    Lint(LintArguments),
    Tokens(TokensArguments),
    Diff(DiffArguments),
    #[command(hide = true)]
    Hook(HookArguments),
}

#[derive(Debug, Args)]
pub struct NavigateArguments {
    /// Do not ask before the session is brought back
    #[arg(short, long)]
    pub yes: bool,
    /// Arguments of git's own command
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// Save a checkpoint of the agent's state with a commit
///
/// Captures the agent's session and ties it, with a document, to a commit. The document is what you hand in, or is
/// put together from the transcript. The session is the one this command was started from, else the newest of this
/// worktree.
#[derive(Debug, Args)]
pub struct SaveArguments {
    /// The commit to tie the checkpoint to
    #[arg(default_value = "HEAD")]
    pub commit: String,
    /// Use this text as the document; several are joined by blank lines
    #[arg(short, long, value_name = "TEXT", group = "document")]
    pub message: Vec<String>,
    /// Read the document from a file, or from standard input with `-`
    #[arg(short = 'F', long, value_name = "FILE", group = "document")]
    pub file: Option<PathBuf>,
    /// Write the document in your editor, starting from the draft
    #[arg(short, long)]
    pub edit: bool,
    /// Read the document as the JSON that `show --json` gives as `outline`, from a file or with `-`
    #[arg(long, value_name = "FILE", group = "document", hide_short_help = true)]
    pub outline: Option<PathBuf>,
    /// The template of the document (see `git ckpt template list`)
    #[arg(short, long, value_name = "NAME")]
    pub template: Option<String>,
    /// The session: an id, the beginning of one, or a transcript's path
    #[arg(short, long, value_name = "SESSION", conflicts_with = "no_session")]
    pub session: Option<String>,
    /// Save the document only
    #[arg(long)]
    pub no_session: bool,
    /// Leave secrets in what is saved, in git and for everybody whom it is shared with
    #[arg(long)]
    pub no_redact: bool,
    /// Do not ask before secrets are left in
    #[arg(short, long, requires = "no_redact")]
    pub yes: bool,
    /// Keep the document for the next commit, where the hook saves it, instead of saving now
    #[arg(long, conflicts_with_all = ["commit", "session", "no_session", "no_redact", "edit", "json"], requires = "document")]
    pub prepare: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// List the agent sessions of this worktree
#[derive(Debug, Args)]
pub struct SessionsArguments {
    /// List at most this many
    #[arg(short = 'n', long, default_value_t = 20, value_name = "NUMBER")]
    pub limit: usize,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Show the checkpoint of a commit
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// A revision (`HEAD~3`, a branch, a tag) or the beginning of a checkpoint id, 4 digits or more
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub target: String,
    /// Print the document exactly as it was saved
    #[arg(long, group = "how")]
    pub raw: bool,
    /// Print as JSON
    #[arg(long, group = "how")]
    pub json: bool,
    /// Show the conversation, tool calls folded
    #[arg(long, group = "how")]
    pub session: bool,
    /// Show the figures only
    #[arg(long, group = "how")]
    pub stat: bool,
    /// With --session: show tool calls, results and thoughts in full
    #[arg(long, requires = "session")]
    pub full: bool,
}

/// Show history with what each commit carries
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Revisions or ranges, as `git log` takes them
    #[arg(value_name = "REVISION RANGE")]
    pub range: Vec<String>,
    /// Start from all branches and tags
    #[arg(long)]
    pub all: bool,
    /// Show at most this many commits; `-5` is `-n 5`
    #[arg(short = 'n', long, value_name = "NUMBER", overrides_with = "limit")]
    pub limit: Option<usize>,
    /// Show only commits that carry a checkpoint
    #[arg(long)]
    pub carried: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Put a session back where its agent can go on from it
///
/// Shows first what would be restored and what would be replaced, and asks. A live session that holds anything the
/// checkpoint does not is captured as a checkpoint of its own before it is replaced. Files of the live session that the
/// checkpoint does not have stay as they are. A thread that is archived in Codex is replaced where it lies and stays
/// archived: `codex unarchive` comes before `codex resume`.
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// A revision or the beginning of a checkpoint id, 4 digits or more
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub target: String,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Restore under a new session id, beside the live session
    #[arg(long, conflicts_with = "to")]
    pub fork: bool,
    /// Write the files below this directory instead
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Which session, where the checkpoint holds several
    #[arg(short, long, value_name = "SESSION")]
    pub session: Option<String>,
    /// Start the agent on the restored session
    #[arg(long, conflicts_with_all = ["to", "json"])]
    pub exec: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Print the first message for a new session, out of a checkpoint
#[derive(Debug, Args)]
pub struct PromptArguments {
    /// A revision or the beginning of a checkpoint id, 4 digits or more
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub target: String,
    /// Add the contents of the files in play, as they are in the commit
    #[arg(long)]
    pub with_files: bool,
    /// Most tokens that file contents may take
    #[arg(long, default_value_t = 8000, value_name = "TOKENS")]
    pub file_budget: u64,
    /// Put it on the clipboard instead of printing it
    #[arg(long, conflicts_with = "json")]
    pub copy: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Tie checkpoints to the commits that history was rewritten to
///
/// A checkpoint stays with the commit it was saved for. When that commit was rewritten and no hook saw it, its author
/// line, its files and its change tell which commit it has become: `show` and `log` say so, and this command makes it
/// permanent. Commits that a server has squashed into one are found by their changes. The plan is shown first.
#[derive(Debug, Args)]
pub struct RepairArguments {
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

/// Check every stored byte against its hashes
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Show what this program does, in a throw-away repository
///
/// Makes a small repository with an example session of an agent, and walks through save, show, log, reset, restore and
/// prompt with real commands and their real output. Needs no repository, no agent and no configuration, and touches
/// nothing of yours.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Make it in this directory and leave it there
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Put man pages and shell completions in place
#[derive(Debug, Args)]
pub struct SetupArguments {
    /// Install below this directory
    #[arg(long, value_name = "DIR")]
    pub prefix: Option<PathBuf>,
}

/// Print the completion script of a shell
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}
