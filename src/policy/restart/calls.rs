//! What a call of a tool does, by its name and its input: it writes a text, runs a command, or looks.

use serde_json::Value;

/// Longest piece of an input that is looked at, in bytes.
const LONGEST: usize = 64 << 10;

/// Programs that only look.
const READERS: &[&str] = &[
    "awk", "bat", "cat", "cd", "diff", "fd", "find", "git", "grep", "head", "jq", "less", "ls",
    "nl", "pwd", "rg", "sed", "stat", "tail", "tree", "wc", "which",
];

/// Programs that do not read the files that they are told.
const BLIND: &[&str] = &["chmod", "echo", "mkdir", "mv", "printf", "rm", "touch"];

/// What git does with a file without showing it.
const BLIND_GIT: &[&str] =
    &["add", "checkout", "commit", "mv", "push", "reset", "restore", "rm", "stash", "switch"];

/// Tools that keep a plan.
const PLANS: &[&str] =
    &["ExitPlanMode", "TaskCreate", "TaskUpdate", "TodoWrite", "update_plan", "write_todos"];

/// Words of a command that takes something away.
const REMOVERS: &[&str] = &["remove", "rm", "uninstall", "purge"];

/// What a call does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Puts the first text in the place of the second.
    Write {
        new: String,
        old: String,
    },
    Run {
        command: String,
    },
    /// Looks at what is named here.
    Look {
        at: String,
    },
    /// Neither reads nor changes a file, such as a plan.
    Nothing,
    /// Asks the person.
    Ask {
        question: String,
    },
}

/// What the call of the tool `name` with this input does.
pub(super) fn deed(name: &str, input: &str) -> Deed {
    let value: Option<Value> = serde_json::from_str(input).ok();
    let value = value.unwrap_or_else(|| Value::String(input.to_owned()));
    match name {
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => Deed::Write {
            new: texts(&value, &["new_string", "content", "new_source"]),
            old: texts(&value, &["old_string"]),
        },
        "AskUserQuestion" | "request_user_input" => {
            Deed::Ask { question: texts(&value, &["question"]) }
        }
        _ if PLANS.contains(&name) => Deed::Nothing,
        "apply_patch" => patch(&text(&value)),
        _ => match command(&value) {
            Some(command) if command.contains("*** Begin Patch") => patch(&command),
            Some(command) if only_looks(&command) => Deed::Look { at: looked_at(&command) },
            Some(command) => Deed::Run { command },
            None => Deed::Look { at: input.to_owned() },
        },
    }
}

/// All texts below these keys, one below the other.
fn texts(value: &Value, keys: &[&str]) -> String {
    let mut found = String::new();
    collect(value, keys, &mut found);
    found
}

fn collect(value: &Value, keys: &[&str], found: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if keys.contains(&key.as_str()) => {
                        found.push_str(bounded(text));
                        found.push('\n');
                    }
                    value => collect(value, keys, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, keys, found)),
        _ => {}
    }
}

/// The command in the input of any agent's shell tool.
fn command(value: &Value) -> Option<String> {
    let command = ["command", "cmd"].iter().find_map(|key| value.get(key))?;
    Some(match command {
        Value::Array(words) => bounded(words.last()?.as_str()?).to_owned(),
        other => bounded(other.as_str()?).to_owned(),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => bounded(text).to_owned(),
        other => texts(other, &["input", "patch"]),
    }
}

fn patch(text: &str) -> Deed {
    let side = |mark: char| -> String {
        let lines = text.lines().filter_map(|line| line.strip_prefix(mark));
        lines.collect::<Vec<_>>().join("\n")
    };
    Deed::Write { new: side('+'), old: side('-') }
}

/// Whether all parts of a command line only look at things, or take them away.
fn only_looks(command: &str) -> bool {
    parts(command).all(|part| {
        let mut words = part.split_whitespace();
        words.clone().next().is_some_and(|program| READERS.contains(&program))
            || words.any(|word| REMOVERS.contains(&word))
    })
}

fn parts(command: &str) -> impl Iterator<Item = &str> {
    command.split(['|', ';', '&', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// Those parts of a command line that may read what they name.
pub(super) fn looked_at(command: &str) -> String {
    let reads = |part: &&str| {
        let mut words = part.split_whitespace();
        match (words.next(), words.next()) {
            (Some("git"), Some(verb)) => !BLIND_GIT.contains(&verb),
            (Some(program), _) => !BLIND.contains(&program),
            _ => false,
        }
    };
    parts(command).filter(reads).collect::<Vec<_>>().join("\n")
}

/// A command line without its flags: `--no-hooks` denies nothing.
pub(super) fn without_flags(command: &str) -> String {
    let lines = command.lines().map(|line| {
        let words = line.split_whitespace().filter(|word| !word.starts_with('-'));
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_writes_runs_asks_or_looks() {
        let run = |command: &str| Deed::Run { command: command.into() };
        let look = |at: &str| Deed::Look { at: at.into() };
        let write = |new: &str, old: &str| Deed::Write { new: new.into(), old: old.into() };
        let table = [
            ("Edit", r#"{"file_path":"a","old_string":"x","new_string":"y"}"#, write("y\n", "x\n")),
            ("Write", r#"{"file_path":"a","content":"z"}"#, write("z\n", "")),
            (
                "MultiEdit",
                r#"{"edits":[{"old_string":"x","new_string":"y"}]}"#,
                write("y\n", "x\n"),
            ),
            ("apply_patch", "*** Begin Patch\n-old\n+new", write("new", "old")),
            ("Bash", r#"{"command":"cargo add kafka"}"#, run("cargo add kafka")),
            ("Bash", r#"{"command":"rg kafka | head"}"#, look("rg kafka\nhead")),
            ("Bash", r#"{"command":"cargo remove kafka"}"#, look("cargo remove kafka")),
            ("Bash", r#"{"command":"git add a; git show b"}"#, look("git show b")),
            ("TodoWrite", r#"{"todos":[]}"#, Deed::Nothing),
            ("exec_command", r#"{"cmd":"npm install"}"#, run("npm install")),
            ("shell", r#"{"command":["bash","-lc","make"]}"#, run("make")),
            ("shell", r#"{"command":["apply_patch","*** Begin Patch\n+new"]}"#, write("new", "")),
            ("Read", r#"{"file_path":"a"}"#, look(r#"{"file_path":"a"}"#)),
            ("unheard_of", "not json", look("not json")),
        ];
        for (name, input, expected) in table {
            assert_eq!(deed(name, input), expected, "{name} {input}");
        }
        let asked = deed("AskUserQuestion", r#"{"questions":[{"question":"Redis or not?"}]}"#);
        assert_eq!(asked, Deed::Ask { question: "Redis or not?\n".into() });
    }
}
