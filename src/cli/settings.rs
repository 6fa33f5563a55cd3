//! What the environment says. The only place that reads it.

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use crate::agent::Surroundings;
use crate::git::{ConfigSource, ObjectPlaces};
use crate::ops::secrets::SecretSettings;

/// The name of this program's file.
pub const NAME: &str = "git-ckpt";

/// Where the user's own files are.
pub fn home() -> PathBuf {
    env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

pub fn current_directory() -> std::io::Result<PathBuf> {
    env::current_dir()
}

/// The file that this program was started from.
pub fn this_program() -> std::io::Result<PathBuf> {
    env::current_exe()
}

/// This program by the name that leads to it from the search path, which an upgrade leaves as it is; else its file.
pub fn lasting_program() -> std::io::Result<PathBuf> {
    let file = this_program()?;
    let is_this =
        |path: &PathBuf| path.is_absolute() && path.canonicalize().is_ok_and(|path| path == file);
    Ok(places_of(NAME).into_iter().find(is_this).unwrap_or(file))
}

/// Where programs are looked for.
pub fn search_path() -> OsString {
    env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}

/// Where a program of this name may lie, in the order in which it is looked for.
pub fn places_of(name: &str) -> Vec<PathBuf> {
    env::split_paths(&search_path()).map(|directory| directory.join(name)).collect()
}

/// What the agents' adapters may know.
pub fn surroundings() -> Surroundings {
    let home = home();
    let directory = |name: &str, usual: &str| path(name).unwrap_or_else(|| home.join(usual));
    Surroundings {
        claude_home: directory("CLAUDE_CONFIG_DIR", ".claude"),
        claude_project: path("CLAUDE_CONFIG_DIR")
            .and_then(|_| text("CLAUDE_CODE_PROJECT_DIR_NAME")),
        codex_home: directory("CODEX_HOME", ".codex"),
        claude_session: text("CLAUDE_CODE_SESSION_ID"),
        codex_session: text("CODEX_THREAD_ID").or_else(|| text("CODEX_SESSION_ID")),
    }
}

/// The agent whose shell this command was started from, by the variables that agents set for their tools.
pub fn agent_shell() -> Option<&'static str> {
    const MARKS: &[(&str, &str)] = &[
        ("CLAUDECODE", "Claude Code"),
        ("CLAUDE_CODE_SESSION_ID", "Claude Code"),
        ("CODEX_THREAD_ID", "Codex"),
        ("CODEX_SESSION_ID", "Codex"),
        ("CODEX_CI", "Codex"),
        ("COPILOT_CLI", "Copilot"),
        ("COPILOT_AGENT_SESSION_ID", "Copilot"),
        ("PI_CODING_AGENT", "Pi"),
        ("QWEN_CODE", "Qwen Code"),
        ("GEMINI_CLI", "Gemini"),
        ("OPENCODE", "OpenCode"),
        ("AI_AGENT", "an agent"),
    ];
    MARKS.iter().find(|(variable, _)| text(variable).is_some()).map(|(_, agent)| *agent)
}

/// Says that no hook of ours is to do anything.
pub const SKIP_HOOKS: &str = "GIT_CKPT_SKIP";

/// What an agent sets for its tools and must not find when it is started anew: it would refuse, or take its session for
/// the one that it was started from.
pub const AGENT_SHELL_VARIABLES: &[&str] = &[
    "CLAUDECODE",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_ENTRYPOINT",
    "CODEX_THREAD_ID",
    "CODEX_SESSION_ID",
    "CODEX_CI",
    "GEMINI_CLI",
    "AI_AGENT",
];

/// The user wants no hook of ours to do anything for one command.
pub fn skips_hooks() -> bool {
    text(SKIP_HOOKS).is_some_and(|value| value != "0")
}

/// What is known of secrets, and where they are kept.
pub fn secrets() -> SecretSettings {
    SecretSettings { vault: vault_directory(), home: home(), environment: variables() }
}

/// All variables that are text.
fn variables() -> Vec<(String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    env::vars_os().filter_map(text).collect()
}

/// Where the user's configuration of programs lies.
pub fn config_home() -> PathBuf {
    path("XDG_CONFIG_HOME").unwrap_or_else(|| home().join(".config"))
}

/// Where the user's vault lies: where `CKPT_VAULT` says, else with the data of other programs.
///
/// What is no absolute path starts at home: a hook works in the repository, where no secret is to end up.
pub fn vault_directory() -> PathBuf {
    let data = if cfg!(windows) {
        path("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(PathBuf::from("Library/Application Support"))
    } else {
        path("XDG_DATA_HOME").filter(|directory| directory.is_absolute())
    };
    let usual = || data.unwrap_or_else(|| ".local/share".into()).join("git-ckpt");
    home().join(path("CKPT_VAULT").unwrap_or_else(usual))
}

/// The time that git was told to use for what it writes: `GIT_COMMITTER_DATE` as seconds and offset.
///
/// Other forms of that variable are for people; there the clock counts.
pub fn given_time() -> Option<(i64, i32)> {
    let text = text("GIT_COMMITTER_DATE")?;
    let mut words = text.trim_start_matches('@').split_whitespace();
    let seconds = words.next()?.parse().ok()?;
    let zone: i32 = words.next().unwrap_or("+0000").parse().ok()?;
    Some((seconds, zone / 100 * 60 + zone % 100))
}

/// Who can read git's configuration: only git itself sees the part of it that comes in the environment.
pub fn config_source() -> ConfigSource {
    let counted = text("GIT_CONFIG_COUNT").is_some_and(|count| count != "0");
    if counted || text("GIT_CONFIG_PARAMETERS").is_some() {
        ConfigSource::Program
    } else {
        ConfigSource::Library
    }
}

/// Where git was told to look for objects.
pub fn object_places() -> ObjectPlaces {
    let borrowed = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
    ObjectPlaces {
        own: path("GIT_OBJECT_DIRECTORY"),
        borrowed: env::split_paths(&borrowed)
            .filter(|directory| !directory.as_os_str().is_empty())
            .collect(),
    }
}

/// The user does not want colours.
pub fn no_color() -> bool {
    text("NO_COLOR").is_some() || text("TERM").as_deref() == Some("dumb")
}

/// The pager of the environment: what git's own variable says, and what the general one says.
pub fn pagers() -> (Option<String>, Option<String>) {
    (env::var("GIT_PAGER").ok(), env::var("PAGER").ok())
}

/// Whether a variable is set at all.
pub fn is_set(name: &str) -> bool {
    env::var_os(name).is_some()
}

/// The editor where git cannot tell one.
pub fn usual_editor() -> String {
    text("VISUAL").or_else(|| text("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}

/// Which of the standard streams are terminals: input, output, errors.
pub fn terminals() -> [bool; 3] {
    [
        std::io::stdin().is_terminal(),
        std::io::stdout().is_terminal(),
        std::io::stderr().is_terminal(),
    ]
}

/// Whether standard input is something that can be handed over, and no terminal or other device such as `/dev/null`.
pub fn input_is_handed_over() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let facts = std::fs::metadata("/dev/stdin");
    facts.is_ok_and(|facts| !facts.file_type().is_char_device())
}

fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from)
}
