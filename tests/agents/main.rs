//! Restored sessions, gone on with by the real agents.
//!
//! Needs the programs `claude` and `codex` in the directory `CKPT_AGENTS_DIR`, and a machine that reaches no network
//! but its own loopback, so that nothing can leave it:
//!
//! ```sh
//! CKPT_AGENTS_DIR=… unshare -rn sh -c 'ip link set lo up && cargo test --offline --test agents'
//! ```
//!
//! Without these the checks are skipped, and say so. The model is a scripted server of our own; what an agent sends
//! to it shows which turns of a conversation it still knows.

#![allow(clippy::unwrap_used)]

mod server;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use server::Server;
use tempfile::TempDir;

#[derive(Clone, Copy, PartialEq)]
enum Agent {
    Claude,
    Codex,
}

impl Agent {
    /// Where its transcripts lie, below the home.
    fn place(self) -> &'static str {
        match self {
            Self::Claude => ".claude/projects",
            Self::Codex => ".codex/sessions",
        }
    }

    /// The words that ask `prompt`, in a new session or after the command that was printed for going on.
    fn words(self, resume: Option<&str>, prompt: &str) -> Vec<String> {
        let resume: Vec<&str> = resume.map(|line| line.split(' ').collect()).unwrap_or_default();
        let words: Vec<&str> = match (self, resume.as_slice()) {
            (Self::Claude, []) => vec!["claude", "-p", prompt],
            (Self::Claude, ["claude", rest @ ..]) => [&["claude"], rest, &["-p", prompt]].concat(),
            (Self::Codex, []) => vec!["codex", "exec", prompt],
            // What a person types opens the agent's screen; `exec` does the same without one.
            (Self::Codex, ["codex", rest @ ..]) => [&["codex", "exec"], rest, &[prompt]].concat(),
            _ => panic!("no command of this agent: {resume:?}"),
        };
        words.into_iter().map(str::to_owned).collect()
    }
}

/// A home directory on a machine with the agents and `git ckpt`.
struct Machine<'s> {
    root: TempDir,
    server: &'s Server,
    agents: PathBuf,
}

impl<'s> Machine<'s> {
    fn new(server: &'s Server, agents: &Path) -> Self {
        let machine =
            Self { root: tempfile::tempdir().unwrap(), server, agents: agents.to_owned() };
        let codex = machine.home().join(".codex");
        fs::create_dir_all(&codex).unwrap();
        let config = format!(
            "model = \"scripted\"\nmodel_provider = \"scripted\"\n\
             [model_providers.scripted]\nname = \"scripted\"\nbase_url = \"{}/v1\"\n\
             wire_api = \"responses\"\nenv_key = \"SCRIPTED_KEY\"\n",
            server.address()
        );
        fs::write(codex.join("config.toml"), config).unwrap();
        fs::write(
            machine.home().join(".gitconfig"),
            "[user]\nname = Ada\nemail = ada@example.com\n",
        )
        .unwrap();
        machine
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// A repository with one commit.
    fn repository(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::create_dir_all(&path).unwrap();
        self.run(&path, &["git", "init", "-q", "-b", "main"]);
        self.run(&path, &["git", "commit", "-q", "--allow-empty", "-m", "first"]);
        path
    }

    /// A clone of a repository of this or another machine, with the checkpoints in it.
    fn clone_of(&self, origin: &Path, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        self.run(self.root.path(), &["git", "clone", "-q", origin.to_str().unwrap(), name]);
        let ties = "refs/notes/ckpt/*:refs/notes/ckpt-remote/origin/*";
        let logs = "refs/notes/ckpt-log/*:refs/notes/ckpt-log-remote/origin/*";
        self.run(&path, &["git", "fetch", "-q", "origin", ties, logs]);
        path
    }

    fn run(&self, directory: &Path, words: &[&str]) -> String {
        let mut path = OsString::from(Path::new(env!("CARGO_BIN_EXE_git-ckpt")).parent().unwrap());
        for more in [self.agents.as_os_str(), &std::env::var_os("PATH").unwrap()] {
            path.push(":");
            path.push(more);
        }
        // `env` looks the program up in the new path.
        let output = Command::new("env")
            .args(words)
            .current_dir(directory)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home())
            .env("ANTHROPIC_BASE_URL", self.server.address())
            .env("ANTHROPIC_API_KEY", "sk-ant-scripted")
            .env("SCRIPTED_KEY", "scripted")
            .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
            .env("DISABLE_AUTOUPDATER", "1")
            .env("DISABLE_TELEMETRY", "1")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{words:?} failed:\n{stdout}\n{stderr}");
        stdout
    }

    fn ask(&self, directory: &Path, agent: Agent, resume: Option<&str>, prompt: &str) {
        let words = agent.words(resume, prompt);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.run(directory, &words);
    }

    /// Restores, and returns the command that was printed for going on.
    fn restore(&self, directory: &Path, more: &[&str]) -> String {
        let words = [&["git", "ckpt", "restore", "--yes"], more].concat();
        self.run(directory, &words).trim_end().to_owned()
    }

    /// The agent's transcripts.
    fn transcripts(&self, agent: Agent) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.home().join(agent.place())];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "jsonl") {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// The one transcript whose name holds the last word of the command for going on.
    fn transcript(&self, agent: Agent, resume: &str) -> PathBuf {
        let id = resume.rsplit(' ').next().unwrap();
        let all = self.transcripts(agent);
        let mut named = all.iter().filter(|path| path.to_string_lossy().contains(id));
        let one = named.next().unwrap_or_else(|| panic!("no transcript of {id} in {all:?}"));
        assert_eq!(named.next(), None);
        one.clone()
    }

    /// Asserts that a request that ends with the last of `turns` carried all of them in this order, and no other.
    fn assert_knows(&self, turns: &[&str]) {
        let question = *turns.last().unwrap();
        let sent = self.server.asked(question);
        let holds = |conversation: &String| {
            let mut rest = conversation.as_str();
            let in_order = turns
                .iter()
                .all(|turn| rest.split_once(turn).map(|(_, after)| rest = after).is_some());
            in_order && !conversation.contains("lost")
        };
        assert!(sent.iter().any(holds), "no request carried {turns:?}; these were sent: {sent:#?}");
    }
}

/// The agents' directory, if the checks can be made here.
fn agents_directory() -> Option<PathBuf> {
    let Some(directory) = std::env::var_os("CKPT_AGENTS_DIR").map(PathBuf::from) else {
        skipped("CKPT_AGENTS_DIR names no directory with `claude` and `codex`");
        return None;
    };
    let routes = fs::read_to_string("/proc/net/route").map(|text| text.lines().count());
    if routes.is_ok_and(|lines| lines <= 1) {
        return Some(directory);
    }
    skipped("real agents are only run where no network can be reached (`unshare -rn`)");
    None
}

/// Says so past the test harness, which keeps what a passing test prints to itself.
fn skipped(why: &str) {
    let _ = std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes());
}

fn a_restored_session_goes_on(agent: Agent) {
    let Some(agents) = agents_directory() else { return };
    let server = Server::start();
    let here = Machine::new(&server, &agents);
    let work = here.repository("work");

    here.ask(&work, agent, None, "QUESTION-one");
    here.run(&work, &["git", "ckpt", "save"]);
    let before = here.transcripts(agent);
    assert_eq!(before.len(), 1, "{before:?}");
    let first = fs::read(&before[0]).unwrap();

    // The session is gone; what is restored is what was saved, and the agent goes on in the same file.
    fs::remove_dir_all(here.home().join(agent.place())).unwrap();
    let resume = here.restore(&work, &[]);
    assert_eq!(here.transcripts(agent), before);
    assert_eq!(fs::read(&before[0]).unwrap(), first);
    here.ask(&work, agent, Some(&resume), "QUESTION-two");
    here.assert_knows(&["QUESTION-one", "ANSWER-one", "QUESTION-two"]);
    let second = fs::read(&before[0]).unwrap();
    assert!(second.starts_with(&first) && second.len() > first.len());

    // Back from a longer session to the saved turns, and to those after them through the safety checkpoint.
    here.run(&work, &["git", "commit", "-q", "--allow-empty", "-m", "second"]);
    here.run(&work, &["git", "ckpt", "save"]);
    here.ask(&work, agent, Some(&resume), "QUESTION-lost");
    let resume = here.restore(&work, &[]);
    assert_eq!(fs::read(&before[0]).unwrap(), second);
    here.ask(&work, agent, Some(&resume), "QUESTION-three");
    let turns = ["QUESTION-one", "ANSWER-one", "QUESTION-two", "ANSWER-two"];
    here.assert_knows(&[&turns[..], &["QUESTION-three"]].concat());

    // Beside the live session, which stays as it is.
    let live = fs::read(&before[0]).unwrap();
    let fork = here.restore(&work, &["--fork"]);
    assert_ne!(fork, resume);
    here.ask(&work, agent, Some(&fork), "QUESTION-fork");
    here.assert_knows(&[&turns[..], &["QUESTION-fork"]].concat());
    assert_eq!(fs::read(&before[0]).unwrap(), live);
    let forked = fs::read_to_string(here.transcript(agent, &fork)).unwrap();
    assert!(forked.contains("ANSWER-fork"), "{forked}");

    // On another machine, in a clone at another path.
    let there = Machine::new(&server, &agents);
    let elsewhere = there.clone_of(&work, "a clone");
    let resume = there.restore(&elsewhere, &[]);
    let transcript = there.transcript(agent, &resume);
    assert_eq!(fs::read(&transcript).unwrap(), second);
    there.ask(&elsewhere, agent, Some(&resume), "QUESTION-elsewhere");
    there.assert_knows(&[&turns[..], &["QUESTION-elsewhere"]].concat());
    let continued = fs::read_to_string(&transcript).unwrap();
    assert!(continued.contains("ANSWER-elsewhere"), "{continued}");
}

#[test]
fn claude_code_goes_on_with_a_restored_session() {
    a_restored_session_goes_on(Agent::Claude);
}

#[test]
fn codex_goes_on_with_a_restored_session() {
    a_restored_session_goes_on(Agent::Codex);
}

#[test]
fn claude_code_goes_on_with_the_session_of_the_demonstration() {
    let Some(agents) = agents_directory() else { return };
    let server = Server::start();
    let machine = Machine::new(&server, &agents);
    let root = machine.root.path().join("demo");
    let text = machine.run(machine.root.path(), &["git", "ckpt", "demo", "--keep", "demo"]);
    let resume = text.lines().find(|line| line.starts_with("claude --resume ")).unwrap();

    let home = format!("CLAUDE_CONFIG_DIR={}", root.join("home/.claude").display());
    let mut words = vec![home];
    words.extend(Agent::Claude.words(Some(resume), "QUESTION-demo"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    machine.run(&root.join("webhooks"), &words);
    let (prompt, result) = ("Make retries safe.", "Posts an event and returns the status");
    machine.assert_knows(&[prompt, result, "Next are the retries.", "QUESTION-demo"]);
}

/// A secret in a signed thought: with a placeholder in it the signature would not fit any more.
#[test]
fn claude_code_goes_on_with_a_session_that_thought_of_a_secret() {
    let Some(agents) = agents_directory() else { return };
    let server = Server::start();
    let machine = Machine::new(&server, &agents);
    let (work, transcript, secret) = thought_of(&machine);
    let before = fs::read(&transcript).unwrap();

    machine.run(&work, &["git", "ckpt", "save"]);
    let stored = machine.run(&work, &["git", "ckpt", "show", "--session", "--full"]);
    assert!(!stored.contains(&secret), "{stored}");
    fs::remove_file(&transcript).unwrap();
    let resume = machine.restore(&work, &[]);
    assert_eq!(fs::read(&transcript).unwrap(), before);
    machine.ask(&work, Agent::Claude, Some(&resume), "QUESTION-two");
    machine.assert_knows(&["QUESTION-one", "ANSWER-one", "QUESTION-two"]);
    let sent = machine.server.asked("QUESTION-two");
    assert!(sent.iter().all(|conversation| !conversation.contains("[REDACTED")), "{sent:#?}");
    let is_whole =
        |conversation: &String| conversation.contains(&secret) && conversation.contains(SIGNATURE);
    assert!(sent.iter().any(is_whole), "{sent:#?}");
}

/// What signs a thought fits it no more, so what a vendor's service says to it is not known here. The agent goes on.
#[test]
fn claude_code_goes_on_without_the_vault_with_a_placeholder_in_what_was_thought() {
    let Some(agents) = agents_directory() else { return };
    let server = Server::start();
    let here = Machine::new(&server, &agents);
    let (work, _, secret) = thought_of(&here);
    here.run(&work, &["git", "ckpt", "save"]);

    let there = Machine::new(&server, &agents);
    let elsewhere = there.clone_of(&work, "elsewhere");
    let resume = there.restore(&elsewhere, &[]);
    let restored = fs::read_to_string(there.transcript(Agent::Claude, &resume)).unwrap();
    assert!(restored.contains("They gave me [REDACTED:github-pat:"), "{restored}");
    assert!(restored.contains(SIGNATURE) && !restored.contains(&secret), "{restored}");
    there.ask(&elsewhere, Agent::Claude, Some(&resume), "QUESTION-elsewhere");
    there.assert_knows(&["QUESTION-one", "ANSWER-one", "QUESTION-elsewhere"]);
    let sent = server.asked("QUESTION-elsewhere");
    assert!(sent.iter().all(|conversation| !conversation.contains(&secret)), "{sent:#?}");
}

const SIGNATURE: &str = "c2lnbmVkIGJ5IG5vYm9keSBidXQgdGhpcyB0ZXN0";

/// A session of Claude Code with a secret in a signed thought: its repository, its transcript, the secret.
fn thought_of(machine: &Machine) -> (PathBuf, PathBuf, String) {
    let work = machine.repository("work");
    machine.ask(&work, Agent::Claude, None, "QUESTION-one");
    let transcript = machine.transcripts(Agent::Claude).remove(0);
    let secret = ["ghp", "_k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa4GfXo6"].concat();
    let told = thinking_of(&secret, &fs::read_to_string(&transcript).unwrap());
    fs::write(&transcript, told).unwrap();
    (work, transcript, secret)
}

/// The transcript with a signed thought before the first answer.
fn thinking_of(secret: &str, transcript: &str) -> String {
    let mut lines: Vec<serde_json::Value> =
        transcript.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answer = lines.iter_mut().find(|line| line["type"] == "assistant").unwrap();
    let thought = serde_json::json!({
        "type": "thinking",
        "thinking": format!("They gave me {secret}; I must not print it."),
        "signature": SIGNATURE,
    });
    answer["message"]["content"].as_array_mut().unwrap().insert(0, thought);
    lines.iter().map(|line| format!("{line}\n")).collect()
}
