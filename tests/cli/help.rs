//! `git ckpt help` and `-h`, and what is said to a command line that is not understood.

use insta::assert_snapshot;

use crate::world::World;

#[test]
fn the_short_help_fits_a_screen() {
    let world = World::new();
    let run = world.ckpt(&["-h"]);
    assert_snapshot!(run, @"
    Your coding agent's memory, versioned with your code

    Usage: git ckpt [OPTIONS] <COMMAND>

    With every commit:
      save      Save a checkpoint of the agent's state with a commit
      show      Show the checkpoint of a commit
      log       Show history with what each commit carries
      sessions  List the agent sessions of this worktree
      status    Show how full the context of live sessions is, and what no checkpoint holds yet

    Between commits:
      note      Note something down for the next checkpoint of this worktree
      task      Keep the state of a task: steps, or a long list of items
      attach    Attach a file to the next checkpoint of this worktree

    To go on from a commit:
      resume    Go on with the work that was under way
      restore   Put a session back where its agent can go on from it
      prompt    Print the first message for a new session, out of a checkpoint
      reset     Reset as git does, then bring back the session that the commit carries
      switch    Switch as git does, then bring back the session that the commit carries
      checkout  Check out as git does, then bring back the session that the commit carries

    With others, and after history has changed:
      init      Install the hooks that save with every commit
      push      Send this clone's checkpoints to a remote
      fetch     Get the checkpoints of others from a remote
      sync      Fetch, then push
      repair    Tie checkpoints to the commits that history was rewritten to

    More, each told of by `git ckpt help <command>`:
      export, import, template, verify, prune, doctor, demo, setup, completions
      vault, scan, redact, recipients, stats, draft, cat, lint, tokens, diff

      -C <DIR>       Work as if started in this directory
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version
    ");
    assert!(run.stdout().lines().count() < 40);
}

#[test]
fn help_of_a_command_is_the_same_both_ways() {
    let world = World::new();
    assert_eq!(
        world.ckpt(&["help", "save"]).to_string(),
        world.ckpt(&["save", "--help"]).to_string()
    );
    assert_snapshot!(world.ckpt(&["save", "-h"]), @"
    Save a checkpoint of the agent's state with a commit

    Usage: git ckpt save [OPTIONS] [COMMIT]

    Arguments:
      [COMMIT]  The commit to tie the checkpoint to [default: HEAD]

    Options:
      -m, --message <TEXT>     Use this text as the document; several are joined by blank lines
      -F, --file <FILE>        Read the document from a file, or from standard input with `-`
      -e, --edit               Write the document in your editor, starting from the draft
      -t, --template <NAME>    The template of the document (see `git ckpt template list`)
      -s, --session <SESSION>  The session: an id, the beginning of one, or a transcript's path
          --no-session         Save the document only
          --no-redact          Leave secrets in what is saved, in git and for everybody whom it is
                               shared with
      -y, --yes                Do not ask before secrets are left in
          --prepare            Keep the document for the next commit, where the hook saves it, instead
                               of saving now
          --json               Print the result as JSON
      -h, --help               Print help (see more with '--help')

    Everywhere:
      -C <DIR>  Work as if started in this directory
    ");
    assert_snapshot!(world.ckpt(&["restore", "-h"]), @"
    Put a session back where its agent can go on from it

    Usage: git ckpt restore [OPTIONS] [REV|CHECKPOINT]

    Arguments:
      [REV|CHECKPOINT]  A revision or the beginning of a checkpoint id, 4 digits or more [default: HEAD]

    Options:
      -y, --yes                Do not ask
          --fork               Restore under a new session id, beside the live session
          --to <DIR>           Write the files below this directory instead
      -s, --session <SESSION>  Which session, where the checkpoint holds several
          --exec               Start the agent on the restored session
          --json               Print the result as JSON
      -h, --help               Print help (see more with '--help')

    Everywhere:
      -C <DIR>  Work as if started in this directory
    ");
}

#[test]
fn the_version_is_one_line() {
    assert_snapshot!(World::new().ckpt(&["--version"]), @"git-ckpt 0.1.0");
}

#[test]
fn a_command_line_that_is_not_understood_has_its_own_code() {
    let world = World::new();
    let short = world.ckpt(&["-h"]).stdout();
    assert_eq!(world.ckpt(&[]).to_string(), format!("--- stderr\n{short}--- exit 2\n"));
    assert_snapshot!(world.ckpt(&["sav"]), @"
    --- stderr
    error: unrecognized subcommand 'sav'

      tip: some similar subcommands exist: 'scan', 'save'

    Usage: git ckpt [OPTIONS] <COMMAND>

    For more information, try '--help'.
    --- exit 2
    ");
    assert_snapshot!(world.ckpt(&["log", "--limit", "many"]), @"
    --- stderr
    error: invalid value 'many' for '--limit <NUMBER>': invalid digit found in string

    For more information, try '--help'.
    --- exit 2
    ");
}
