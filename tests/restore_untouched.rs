//! Between the plan of a restore and its doing a person is asked, and the agent may go on meanwhile.

#![allow(clippy::unwrap_used)]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use git_ckpt::agent::{Surroundings, adapter};
use git_ckpt::git::Repository;
use git_ckpt::model::agent::Agent;
use git_ckpt::model::time::Timestamp;
use git_ckpt::ops::Desk;
use git_ckpt::ops::choose_session::SessionChoice;
use git_ckpt::ops::restore::{self, Destination, Existing, RestoreError, RestoreRequest};
use git_ckpt::ops::save::{self, SaveRequest};
use git_ckpt::ops::secrets::{Redaction, SecretSettings};
use git_ckpt::store::Store;
use tempfile::TempDir;

const SESSION: &str = "5f0c1a52-7c1e-4a7e-9d55-0d4f6a1b2c3d";
const LINES: &str = concat!(
    r#"{"type":"user","sessionId":"5f0c1a52-7c1e-4a7e-9d55-0d4f6a1b2c3d","cwd":"/work","#,
    r#""message":{"role":"user","content":"paint it"}}"#,
    "\n",
    r#"{"type":"assistant","sessionId":"5f0c1a52-7c1e-4a7e-9d55-0d4f6a1b2c3d","cwd":"/work","#,
    r#""message":{"role":"assistant","content":[{"type":"text","text":"red"}]}}"#,
    "\n",
);

/// A repository with one commit, and a session that is saved with it.
struct World {
    desk: Desk,
    transcript: PathBuf,
    _home: TempDir,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().canonicalize().unwrap().join("work");
        fs::create_dir(&directory).unwrap();
        git(&directory, &["init", "-q"]);
        git(&directory, &["config", "user.name", "Ada"]);
        git(&directory, &["config", "user.email", "ada@example.com"]);
        git(&directory, &["commit", "-q", "--allow-empty", "-m", "first"]);
        let around = Surroundings {
            claude_home: home.path().join("claude"),
            claude_project: None,
            codex_home: home.path().join("codex"),
            claude_session: None,
            codex_session: None,
        };
        let (id, name) = (SESSION.parse().unwrap(), "transcript.jsonl".parse().unwrap());
        let claude = adapter(Agent::ClaudeCode);
        let transcript = claude.place(&around, &directory, &id, &name).unwrap();
        fs::create_dir_all(transcript.parent().unwrap()).unwrap();
        fs::write(&transcript, LINES).unwrap();
        let desk = Desk {
            store: Store::new(Repository::discover(&directory).unwrap()),
            around,
            directory,
            now: Timestamp::from_seconds(1_790_000_000),
            clock: SystemTime::UNIX_EPOCH,
            offset: 0,
            device: None,
            secrets: SecretSettings {
                vault: home.path().join("vault"),
                ..SecretSettings::default()
            },
        };
        let session = SessionChoice::Named(transcript.to_str().unwrap().to_owned());
        let request = SaveRequest {
            target: "HEAD".into(),
            document: None,
            session,
            kind: None,
            template: None,
            redaction: Redaction::On,
        };
        save::save(&desk, request).unwrap();
        Self { desk, transcript, _home: home }
    }

    fn plan(&self) -> restore::RestorePlan {
        let destination = Destination::Agent;
        let request = RestoreRequest { target: "HEAD".into(), session: None, destination };
        restore::plan(&self.desk, &request).unwrap()
    }

    fn write(&self, text: &str) {
        let file = OpenOptions::new().create(true).append(true).open(&self.transcript);
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn live(&self) -> String {
        fs::read_to_string(&self.transcript).unwrap()
    }
}

fn git(directory: &Path, arguments: &[&str]) {
    let status = Command::new("git").current_dir(directory).args(arguments).status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

#[test]
fn what_an_agent_writes_while_the_plan_is_shown_is_not_replaced() {
    let world = World::new();
    let beginnings = [
        (None, Existing::Nothing),
        (Some(&LINES[..20]), Existing::Beginning),
        (Some(LINES), Existing::Same),
    ];
    for (live, existing) in beginnings {
        fs::remove_file(&world.transcript).unwrap();
        live.into_iter().for_each(|text| world.write(text));
        let plan = world.plan();
        assert_eq!(plan.transcript.existing, existing);
        world.write("something new\n");
        let refused = restore::carry_out(&world.desk, &plan);
        assert!(matches!(refused, Err(RestoreError::Touched { .. })), "{existing:?}");
        assert_eq!(world.live(), format!("{}something new\n", live.unwrap_or_default()));
    }
}

#[test]
fn a_plan_that_is_still_true_is_carried_out() {
    let world = World::new();
    fs::write(&world.transcript, &LINES[..20]).unwrap();
    let outcome = restore::carry_out(&world.desk, &world.plan()).unwrap();
    assert!(outcome.safety.is_none());
    assert_eq!(world.live(), LINES);
}

#[test]
fn what_would_be_lost_is_captured_as_it_is_when_the_restore_begins() {
    let world = World::new();
    world.write("one\n");
    let plan = world.plan();
    world.write("two\n");
    let outcome = restore::carry_out(&world.desk, &plan).unwrap();
    assert_eq!(world.live(), LINES);
    let safety = outcome.safety.unwrap().session.unwrap();
    assert_eq!(safety.total_bytes, LINES.len() as u64 + 8);
}
