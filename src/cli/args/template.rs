//! Arguments of `git ckpt template`.

use clap::{Args, Subcommand};

/// Look at the templates of documents, and make your own
///
/// A template says which sections a document has, which of them it cannot do without, and how many tokens it may
/// have. Those of a repository are in `.ckpt/templates`, one file each, and come before the ones of the program.
/// Documents have the template `checkpoint` unless `--template`, `ckpt.template` in git's configuration, or `template:`
/// in the file `.ckpt.yaml` name another one; documents for debugging, handing over, bulk work and tasks have their own.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub struct TemplateArguments {
    #[command(subcommand)]
    pub command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    List(TemplateListArguments),
    Show(TemplateShowArguments),
    New(TemplateNewArguments),
}

/// List the templates: name, budget in tokens, what it is for
#[derive(Debug, Args)]
pub struct TemplateListArguments {
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Print a template as it is written
#[derive(Debug, Args)]
pub struct TemplateShowArguments {
    /// Its name
    #[arg(default_value = "checkpoint")]
    pub name: String,
}

/// Make a template of this repository's own, starting from another one
///
/// Writes `.ckpt/templates/<NAME>.md`, to be edited and committed. With the name of one of the program's, yours comes
/// before it from then on. Words in double braces are filled in with what the session tells:
/// title, goal, decisions, ruled_out, deferred, progress, next_steps, files, tests, blockers, questions, dont_forget,
/// commits, last_words, definition, items, resume, task, branch, commit, subject, author, date.
/// Comments that start with `<!-- ckpt:` tell the writer what belongs where; they are never saved.
#[derive(Debug, Args)]
pub struct TemplateNewArguments {
    /// Its name: small letters, digits and `-`
    pub name: String,
    /// The template to start from
    #[arg(long, value_name = "NAME", default_value = "checkpoint")]
    pub from: String,
}
