//! Arguments of `git ckpt recipients`.

use clap::{Args, Subcommand};

/// Look after those who can read what is sealed
///
/// With `git config ckpt.encrypt sessions` the sessions of an agent are sealed before they are stored: in git, and on
/// every remote, nobody can read them but the recipients. Documents stay readable, unless it is `all`: then nothing of
/// them does but who saved them, when, and for which commit. A recipient is a public key, as the program `age` takes it:
/// `age1…`, `ssh-ed25519 …` or `ssh-rsa …`. They stand one a line in the file that `ckpt.recipients` names, which may be a file of the repository; else they are this clone's own affair.
///
/// Saving needs public keys only. Reading needs an identity: the file that `ckpt.identity` names, or
/// `~/.config/git-ckpt/identity` (made by `age-keygen`), `~/.ssh/id_ed25519` or `~/.ssh/id_rsa`. Be a recipient
/// yourself: what this clone saved it can read as it is, but no other one could.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub struct RecipientsArguments {
    #[command(subcommand)]
    pub command: RecipientsCommand,
}

#[derive(Debug, Subcommand)]
pub enum RecipientsCommand {
    List(RecipientsListArguments),
    Add(RecipientsAddArguments),
    Remove(RecipientsRemoveArguments),
}

/// List the recipients
#[derive(Debug, Args)]
pub struct RecipientsListArguments {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Add a recipient, who can also read what this clone has saved so far
///
/// The keys of what this clone has sealed are wrapped for all recipients once more. They reach others with the next
/// `git ckpt push`. What other clones saved is shared by the same command there.
#[derive(Debug, Args)]
pub struct RecipientsAddArguments {
    /// The public key, quoted: `"$(cat ada.pub)"`
    #[arg(value_name = "KEY", required = true, num_args = 1..)]
    pub key: Vec<String>,
}

/// Leave a recipient out of what is saved from now on
///
/// The next save takes a new key, which is not wrapped for them. What was shared before stays readable to them.
#[derive(Debug, Args)]
pub struct RecipientsRemoveArguments {
    /// The public key as `git ckpt recipients list` shows it, quoted
    #[arg(value_name = "KEY", required = true, num_args = 1..)]
    pub key: Vec<String>,
}
