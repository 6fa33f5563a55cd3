//! Arguments of the commands for the time between two checkpoints.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::journal::NoteKind;

/// Note something down for the next checkpoint of this worktree
///
/// A note is private: it lies in the git directory of this worktree and is never pushed. The next save takes the open
/// notes along: a drafted document tells them, decisions and what was ruled out first; where you write the document
/// yourself they count as told, and the save says so. Secrets are replaced when a note enters a document. No note is ever
/// deleted: `--all` lists those that were taken along or dropped, too. Without a text the open notes are listed.
#[derive(Debug, Args)]
pub struct NoteArguments {
    /// The note; `-` reads it from standard input
    #[arg(conflicts_with_all = ["list", "drop", "all", "edit"])]
    pub text: Option<String>,
    /// What it is about: decision, ruled-out, constraint, question, dont-forget, progress or note
    #[arg(
        short,
        long,
        value_name = "KIND",
        default_value = "note",
        requires = "text",
        hide_default_value = true
    )]
    pub kind: NoteKind,
    /// List the open notes
    #[arg(short, long)]
    pub list: bool,
    /// List those that were taken along or dropped, too
    #[arg(short, long)]
    pub all: bool,
    /// Take back the note with this number
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["list", "all"])]
    pub drop: Option<u64>,
    /// Change the note with this number in your editor; left empty or as it is, nothing changes
    #[arg(short, long, value_name = "NUMBER", conflicts_with_all = ["list", "all", "drop"])]
    pub edit: Option<u64>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Keep the state of a task: steps, or a long list of items
///
/// The task belongs to this worktree and is private until a save takes its state along. A checkpoint then carries the
/// whole task, so `git ckpt resume` goes on with it in another clone, too. What is put away with `clear` is kept.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub struct TaskArguments {
    #[command(subcommand)]
    pub command: TaskCommand,
}

#[derive(Debug, Subcommand)]
pub enum TaskCommand {
    Start(TaskStartArguments),
    Status(TaskStatusArguments),
    Step(TaskStepArguments),
    Done(TaskDoneArguments),
    Block(TaskBlockArguments),
    Clear(TaskClearArguments),
}

/// Start a task
///
/// With `--items` it is bulk work: every item has a state of its own, and the steps are those of each item. Where a task
/// is open, or a checkpoint has one that is not finished, nothing is started: `git ckpt resume` goes on with it.
#[derive(Debug, Args)]
pub struct TaskStartArguments {
    /// What it is called
    pub title: String,
    /// A step that is expected; may be given several times
    #[arg(short, long, value_name = "TEXT")]
    pub step: Vec<String>,
    /// What has to hold in the end; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub success: Vec<String>,
    /// The items, one a line, out of a file or from standard input with `-`
    #[arg(short, long, value_name = "FILE")]
    pub items: Option<PathBuf>,
    /// What it is about, in more words
    #[arg(short, long, value_name = "TEXT")]
    pub definition: Option<String>,
    /// Put away a task that is not finished
    #[arg(long)]
    pub anew: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Show how far the task has come
#[derive(Debug, Args)]
pub struct TaskStatusArguments {
    /// Show every step and item
    #[arg(short, long)]
    pub all: bool,
    /// List the tasks that were put away
    #[arg(long, conflicts_with = "all")]
    pub archived: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Say what is being worked on now
#[derive(Debug, Args)]
pub struct TaskStepArguments {
    /// A step or item by number, name or the beginning of one; any other text becomes a new one at the end
    #[arg(value_name = "TEXT")]
    pub name: String,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Say that steps or items are done, or what else became of them
#[derive(Debug, Args)]
pub struct TaskDoneArguments {
    /// Numbers, ranges of numbers (`3-7`), names or beginnings of names; else what is in progress, or next
    #[arg(value_name = "NUMBER|NAME")]
    pub names: Vec<String>,
    /// What is worth knowing of them
    #[arg(short, long, value_name = "TEXT")]
    pub note: Option<String>,
    /// What came of them
    #[arg(short, long, value_name = "TEXT")]
    pub result: Option<String>,
    /// They failed, and are tried again after all others
    #[arg(long)]
    pub failed: bool,
    /// They will not be done, and nothing is missing by it
    #[arg(long, conflicts_with = "failed")]
    pub skipped: bool,
    /// They have to be done after all
    #[arg(long, conflicts_with_all = ["failed", "skipped"])]
    pub undo: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Say what the task waits for; the next `step` or `done` goes on
#[derive(Debug, Args)]
pub struct TaskBlockArguments {
    /// What it waits for
    pub reason: String,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Put the task away, finished or not
///
/// The next checkpoint tells how far it came. `git ckpt task status --archived` lists what was put away.
#[derive(Debug, Args)]
pub struct TaskClearArguments {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Go on with the work that was under way
///
/// Says what the task is, which item or step comes next, what it waits for, and which commands go on. A task that is open
/// nowhere here is taken up out of the newest checkpoint that carries it. Without a task it is the checkpoint's next step.
#[derive(Debug, Args)]
pub struct ResumeArguments {
    /// A revision or the beginning of a checkpoint id; else the newest checkpoint of HEAD and what came before it
    #[arg(value_name = "REV|CHECKPOINT")]
    pub target: Option<String>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Attach a file to the next checkpoint of this worktree
///
/// The file is kept as it is now. The next save stores it with the checkpoint, once, however often the same bytes are
/// attached; secrets in it are replaced as in a session, and it is sealed where sessions are. `git ckpt cat` gets it back.
/// Without a file the attachments that wait are listed.
#[derive(Debug, Args)]
pub struct AttachArguments {
    /// The file
    #[arg(conflicts_with_all = ["list", "drop"])]
    pub file: Option<PathBuf>,
    /// What it is called in the checkpoint; else as the file is
    #[arg(long = "as", value_name = "NAME", requires = "file")]
    pub name: Option<String>,
    /// List what waits for the next checkpoint
    #[arg(short, long)]
    pub list: bool,
    /// Take back an attachment that waits
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    pub drop: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Print an attachment of a checkpoint
#[derive(Debug, Args)]
pub struct CatArguments {
    /// The name of the attachment
    pub name: String,
    /// A revision or the beginning of a checkpoint id; else HEAD and what came before it
    #[arg(value_name = "REV|CHECKPOINT")]
    pub target: Option<String>,
    /// Write to this file, which must not be there yet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
