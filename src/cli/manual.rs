//! Man pages and completion scripts, made from the definitions of the command line.

use clap::Command as CommandLine;
use clap::CommandFactory;
use clap_complete::aot::{Bash, Fish, Generator, Zsh};

use crate::cli::args::Arguments;
use crate::cli::exit::Exit;

/// The file name under which git and shells know the program.
const PROGRAM: &str = "git-ckpt";

/// The name that the generator for bash is given: a `-` it would spell in two ways, and then not find its commands.
const BASH_PROGRAM: &str = "gitckpt";

/// A man page: its file name and its text.
pub struct Page {
    pub name: String,
    pub text: Vec<u8>,
}

/// The page of the program and one for each command.
pub fn pages() -> std::io::Result<Vec<Page>> {
    let mut command = Arguments::command();
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, PROGRAM, "git ckpt", &mut pages)?;
    Ok(pages)
}

/// Adds the page of a command and those of its own commands.
fn add_pages(
    command: &CommandLine,
    name: &str,
    typed: &str,
    pages: &mut Vec<Page>,
) -> std::io::Result<()> {
    pages.push(page(command, name, typed)?);
    // Clap gives its `help` every other command once more.
    if command.get_name() == "help" {
        return Ok(());
    }
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        let word = subcommand.get_name();
        add_pages(subcommand, &format!("{name}-{word}"), &format!("{typed} {word}"), pages)?;
    }
    Ok(())
}

/// Completes `git-ckpt` and, where git's own completion is loaded, `git ckpt`.
pub fn bash() -> Vec<u8> {
    let script = String::from_utf8_lossy(&generated(Bash, BASH_PROGRAM)).into_owned();
    let end = |name: &str| format!(" {name}\n");
    let mut script = script.replace(&end(BASH_PROGRAM), &end(PROGRAM)).into_bytes();
    script.extend_from_slice(BASH_GIT.as_bytes());
    script
}

pub fn zsh() -> Vec<u8> {
    generated(Zsh, PROGRAM)
}

/// Completes `git-ckpt` and `git ckpt`.
pub fn fish() -> Vec<u8> {
    let mut script = generated(Fish, PROGRAM);
    script
        .extend_from_slice(b"complete -c git -n '__fish_seen_subcommand_from ckpt' -w git-ckpt\n");
    script
}

/// Git's completion calls `_git_<command>` and tells at which word the subcommand stands; the words from there on are
/// handed over as if the program itself was typed, to the function that the generated script defines.
const BASH_GIT: &str = r#"
_git_ckpt() {
    local at=${__git_cmd_idx:-1}
    COMP_WORDS=(git-ckpt "${COMP_WORDS[@]:at+1}")
    COMP_CWORD=$((COMP_CWORD - at))
    _gitckpt git-ckpt "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
}
"#;

fn generated(shell: impl Generator, program: &str) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut for_people(), program, &mut script);
    script
}

/// The command line without what only scripts call: the generators take no notice of what is hidden.
fn for_people() -> CommandLine {
    let all = Arguments::command();
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set());
    CommandLine::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .args(all.get_arguments().cloned())
        .subcommands(shown.cloned())
}

fn page(command: &CommandLine, name: &str, typed: &str) -> std::io::Result<Page> {
    let command = command.clone().name(name.to_owned()).bin_name(typed);
    let man = clap_mangen::Man::new(command).manual("Git Manual");
    let mut text = Vec::new();
    man.render(&mut text)?;
    if name == PROGRAM {
        exit_codes(&mut text);
    }
    Ok(Page { name: format!("{name}.1"), text })
}

fn exit_codes(text: &mut Vec<u8>) {
    text.extend_from_slice(b".SH \"EXIT STATUS\"\n");
    for exit in Exit::ALL {
        text.extend_from_slice(format!(".TP\n{}\n{}\n", exit.code(), exit.meaning()).as_bytes());
    }
}
