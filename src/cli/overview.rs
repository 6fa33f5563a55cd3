//! The short help: what is used every day, in groups, and the names of the rest.

use std::ffi::OsString;
use std::fmt::Write;

use clap::{ArgMatches, CommandFactory, Error, FromArgMatches};

use crate::cli::args::{Arguments, Command, GlobalArguments, HookArguments};
use crate::cli::passthrough;

/// What is used every day. Every other command is named below.
const GROUPS: [(&str, &[&str]); 4] = [
    ("With every commit", &["save", "show", "log", "sessions", "status"]),
    ("Between commits", &["note", "task", "attach"]),
    ("To go on from a commit", &["resume", "restore", "prompt", "reset", "switch", "checkout"]),
    ("With others, and after history has changed", &["init", "push", "fetch", "sync", "repair"]),
];

/// Widest line of names.
const WIDTH: usize = 76;

/// Reads the command line.
pub fn parse(words: &[OsString]) -> Result<Arguments, Error> {
    if let Some(arguments) = hook_call(words) {
        return Ok(arguments);
    }
    let command = match passthrough::command_at(words) {
        Some(at) if words[at] != "help" => Arguments::command(),
        _ => with_overview(Arguments::command()),
    };
    let mut matches: ArgMatches = command.try_get_matches_from(words)?;
    Arguments::from_arg_matches_mut(&mut matches)
}

/// What the scripts in `hooks/` call, read without the half millisecond that setting up all commands takes: it is part of
/// every commit.
fn hook_call(words: &[OsString]) -> Option<Arguments> {
    let words: Vec<&str> = words.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
    let (quiet, name, rest) = match words.as_slice() {
        ["hook", name, rest @ ..] => (false, *name, rest),
        ["--quiet", "hook", name, rest @ ..] => (true, *name, rest),
        _ => return None,
    };
    if name.starts_with('-') {
        return None;
    }
    let arguments = rest.iter().map(|&word| word.to_owned()).collect();
    Some(Arguments {
        global: GlobalArguments { quiet, ..GlobalArguments::default() },
        command: Command::Hook(HookArguments { name: name.to_owned(), arguments }),
    })
}

fn with_overview(command: clap::Command) -> clap::Command {
    let overview = overview(&command);
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{overview}\n{{options}}"
    ))
}

fn overview(command: &clap::Command) -> String {
    let mut text = String::new();
    let widest = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max();
    let widest = widest.unwrap_or_default();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "{heading}:");
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {name:widest$}  {about}");
        }
        text.push('\n');
    }
    let rest = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(clap::Command::get_name)
        .filter(|name| !GROUPS.iter().any(|(_, names)| names.contains(name)));
    text.push_str("More, each told of by `git ckpt help <command>`:\n");
    for line in lines(rest) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Names, filled into lines.
fn lines<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + 2 + name.len() <= WIDTH => {
                line.push_str(", ");
                line.push_str(name);
            }
            _ => lines.push(name.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn what_hooks_call_means_what_it_means_to_the_parser() {
        for line in [
            "git-ckpt hook post-commit",
            "git-ckpt hook post-checkout 1234 5678 1",
            "git-ckpt hook pre-push origin -x --help",
            "git-ckpt --quiet hook finish",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let parsed = Arguments::try_parse_from(&words).unwrap();
            assert_eq!(
                format!("{:?}", hook_call(&words).unwrap()),
                format!("{parsed:?}"),
                "{line}"
            );
        }
        let others =
            ["git-ckpt hook", "git-ckpt hook --help", "git-ckpt -q hook x", "git-ckpt save"];
        for line in others {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(hook_call(&words).is_none(), "{line}");
        }
    }

    #[test]
    fn every_command_of_a_group_exists() {
        let command = Arguments::command();
        for name in GROUPS.iter().flat_map(|(_, names)| *names) {
            assert!(command.find_subcommand(name).is_some(), "{name}");
        }
    }
}
