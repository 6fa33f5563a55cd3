//! Arguments of the commands that look at documents.

use clap::Args;

/// Look through a document for what the next session would stumble over
///
/// Looks at a file, at what comes through a pipe (`-`), or at the document of a checkpoint, and tells what is amiss: what
/// is too much, what is missing, what cannot be acted on. Each finding has its line, the reason and how to mend it. How
/// much each rule matters can be set below `lint:` in the file `.ckpt.yaml`, as `<rule>: error`, `warning`, `note` or
/// `off`. The exit code is 13 where anything found is an error. A name that is both a file and a revision is the
/// revision; `./<NAME>` is the file.
#[derive(Debug, Args)]
pub struct LintArguments {
    /// A file, `-`, a revision or the beginning of a checkpoint id
    #[arg(default_value = "HEAD", value_name = "FILE|REV|CHECKPOINT")]
    pub target: String,
    /// Take warnings for errors
    #[arg(long)]
    pub strict: bool,
    /// List the rules, how much each matters here, and why
    #[arg(long, conflicts_with_all = ["target", "strict"])]
    pub rules: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Count the tokens of a document against its budget
///
/// Counts what a new session would read, section by section, as o200k_base has it. With `--fit`, says what to leave out of
/// a document that is over its budget, as a diff: long explanations first, then what is done, then files and remarks;
/// never decisions, constraints, blockers, questions and next steps. A file is written after a yes. Of a checkpoint,
/// which never changes, the shorter document is printed, ready to be saved in its place. A name that is both a file and a
/// revision is the revision; `./<NAME>` is the file.
#[derive(Debug, Args)]
pub struct TokensArguments {
    /// A file, `-`, a revision or the beginning of a checkpoint id
    #[arg(default_value = "HEAD", value_name = "FILE|REV|CHECKPOINT")]
    pub target: String,
    /// Say as well what it comes to for this model, such as claude-opus-4-6
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Propose what to leave out
    #[arg(long)]
    pub fit: bool,
    /// With --fit: write the file without asking
    #[arg(short, long, requires = "fit")]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Show what changed from one checkpoint to another
///
/// Decisions that were added, reversed or dropped, work that was done, steps, blockers and questions that are new or
/// settled, files, and what was asked between the two where one session leads from one to the other. Entries that say
/// the same in other words are the same.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The earlier one: a revision or the beginning of a checkpoint id
    #[arg(value_name = "REV|CHECKPOINT")]
    pub before: String,
    /// The later one
    #[arg(default_value = "HEAD", value_name = "REV|CHECKPOINT")]
    pub now: String,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
