//! The short help: what is used every day, in groups, and the names of the rest.

use std::fmt::Write;

use clap::{ArgMatches, CommandFactory, Error, FromArgMatches};

use crate::cli::args::Arguments;

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
pub fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Arguments, Error> {
    let mut matches: ArgMatches = command().try_get_matches_from(arguments)?;
    Arguments::from_arg_matches_mut(&mut matches)
}

fn command() -> clap::Command {
    let command = Arguments::command();
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
    use super::*;

    #[test]
    fn every_command_of_a_group_exists() {
        let command = Arguments::command();
        for name in GROUPS.iter().flat_map(|(_, names)| *names) {
            assert!(command.find_subcommand(name).is_some(), "{name}");
        }
    }
}
