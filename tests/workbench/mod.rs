//! A throw-away repository with a store in it, for tests that save through the library and read back what they like.

#![allow(dead_code, clippy::unwrap_used)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git_ckpt::git::{NewCommit, Repository, Stamp};
use git_ckpt::model::agent::Agent;
use git_ckpt::model::checkpoint::{
    Anchors, Attachment, CheckpointId, Draft, FORMAT, Header, Kind, Status,
};
use git_ckpt::model::object::ObjectId;
use git_ckpt::model::snapshot::{Snapshot, StoredFile};
use git_ckpt::model::time::Timestamp;
use git_ckpt::store::{LineReader, Redactor, SessionSource, Store, Transaction, Writer};
use serde_json::value::RawValue;

/// A repository of its own, with a store and a place for files.
pub struct Workbench {
    home: tempfile::TempDir,
    pub store: Store,
    saves: Cell<i64>,
}

/// What one save left behind.
pub struct Saved {
    pub id: CheckpointId,
    pub transcript: StoredFile,
    pub companions: Option<StoredFile>,
    pub new_bytes: u64,
    pub stored_bytes: u64,
}

impl Workbench {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With more arguments to `git init`.
    pub fn with(init: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let top = home.path().join("project");
        std::fs::create_dir(&top).unwrap();
        run(git_in(home.path(), &top).arg("init").arg("--quiet").args(init), b"");
        let store = Store::new(Repository::discover(&top).unwrap());
        Self { home, store, saves: Cell::new(0) }
    }

    pub fn top(&self) -> PathBuf {
        self.home.path().join("project")
    }

    /// A path outside the repository.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The path of a file that now holds `bytes`: another file than before.
    pub fn replaced(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        let mut file = tempfile::NamedTempFile::new_in(self.home.path()).unwrap();
        file.write_all(bytes).unwrap();
        file.persist(&path).unwrap();
        path
    }

    /// The path of a file that now holds `bytes`: the same file as before, when there was one.
    pub fn rewritten(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The `git` program, ready to take arguments.
    pub fn command(&self) -> Command {
        git_in(self.home.path(), &self.top())
    }

    /// A program in some directory, ready to take arguments.
    pub fn hermetic(&self, program: &str, directory: &Path) -> Command {
        hermetic(program, self.home.path(), directory)
    }

    /// What git prints; it must succeed.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Vec<u8> {
        run(self.command().args(arguments), b"")
    }

    pub fn git_with_input<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8]) -> Vec<u8> {
        run(self.command().args(arguments), input)
    }

    pub fn git_text<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        String::from_utf8(self.git(arguments)).unwrap()
    }

    /// A commit of an empty tree that no ref points at.
    pub fn commit(&self, number: i64) -> ObjectId {
        let repository = self.store.repository();
        let tree = repository.write_tree(Vec::new()).unwrap();
        let stamp = Self::stamp(number);
        let message = format!("commit {number}\n");
        let commit =
            NewCommit { tree, parents: vec![], author: stamp.clone(), committer: stamp, message };
        repository.write_commit(&commit).unwrap()
    }

    pub fn stamp(number: i64) -> Stamp {
        Stamp {
            name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            seconds: 1_790_000_000 + number,
            offset: 60,
        }
    }

    /// Forgets everything that is only kept to be quick.
    pub fn forget_caches(&self) {
        let state = self.store.repository().common_dir().join("ckpt/state");
        std::fs::remove_dir_all(state).unwrap();
    }

    /// Saves a transcript and ties it to a commit of its own.
    pub fn save(&self, session: &str, transcript: &Path) -> Saved {
        self.save_source(&source(session, transcript), &mut LengthReader::default())
    }

    pub fn save_source(&self, source: &SessionSource, reader: &mut dyn LineReader) -> Saved {
        let number = self.next();
        self.save_at(self.commit(number), source, reader)
    }

    pub fn save_at(
        &self,
        commit: ObjectId,
        source: &SessionSource,
        reader: &mut dyn LineReader,
    ) -> Saved {
        self.save_through(commit, source, reader, &mut Redactor::off())
    }

    /// Saves with secrets replaced; what was replaced is the redactor's to tell.
    pub fn save_through(
        &self,
        commit: ObjectId,
        source: &SessionSource,
        reader: &mut dyn LineReader,
        redactor: &mut Redactor,
    ) -> Saved {
        let number = self.next();
        let mut transaction = self.store.begin("Ada Lovelace").unwrap();
        let captured = transaction.capture(source, reader, redactor).unwrap();
        let snapshot = snapshot(source, captured.transcript.clone(), captured.companions.clone());
        let (new_bytes, stored_bytes) = (captured.new_bytes, captured.stored_bytes);
        let (transcript, companions) = (captured.transcript.clone(), captured.companions.clone());
        let draft = self.draft(commit, number, vec![snapshot]);
        let committed = transaction.commit(commit, &draft, &Self::stamp(number)).unwrap();
        let stored_bytes = stored_bytes + committed.last_bytes;
        Saved { id: committed.id, transcript, companions, new_bytes, stored_bytes }
    }

    /// Saves a document without a session.
    pub fn save_document(&self, commit: ObjectId) -> CheckpointId {
        let number = self.next();
        let draft = self.draft(commit, number, Vec::new());
        let transaction = self.store.begin("Ada Lovelace").unwrap();
        transaction.commit(commit, &draft, &Self::stamp(number)).unwrap().id
    }

    /// Ends a transaction with a document that has these attachments.
    pub fn save_with(
        &self,
        transaction: Transaction,
        commit: ObjectId,
        attachments: Vec<Attachment>,
    ) -> CheckpointId {
        let number = self.next();
        let mut draft = self.draft(commit, number, Vec::new());
        draft.header.attachments = attachments;
        transaction.commit(commit, &draft, &Self::stamp(number)).unwrap().id
    }

    /// This clone's own writer.
    pub fn writer(&self) -> Writer {
        let own = |writer: &Writer| !writer.fetched;
        self.store.writers().unwrap().into_iter().find(own).unwrap()
    }

    /// The bytes of a stored file, checked against its hash.
    pub fn read(&self, stored: &StoredFile) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.store.files(&self.writer()).unwrap().write_out(stored, &mut bytes).unwrap();
        bytes
    }

    /// Reads a stored file back, which must have exactly these bytes.
    #[track_caller]
    pub fn assert_reads(&self, stored: &StoredFile, wanted: &[u8], what: &str) {
        let mut expected = Expected { wanted, at: 0 };
        let read = self.store.files(&self.writer()).unwrap().write_out(stored, &mut expected);
        let at = expected.at;
        assert!(read.is_ok(), "{what}: {read:?} after {at} of {} good bytes", wanted.len());
        assert_eq!(at, wanted.len(), "{what}: too few bytes");
    }

    /// The frames of a log: epoch, start, and bytes of the stored frame, in the order of the log.
    pub fn frames(&self, stored: &StoredFile) -> Vec<(u64, u64, u64)> {
        let (first, rest) = stored.log.as_str().split_at(2);
        let directory = format!("{first}/{rest}/");
        let tree = self.writer().log_ref;
        let listed = self.git_text(&["ls-tree", "-r", "-l", &tree, "--", &directory]);
        let frame = |line: &str| {
            let (facts, path) = line.split_once('\t').unwrap();
            let size = facts.split_whitespace().last().unwrap().parse().unwrap();
            let (epoch, start) = path[directory.len()..].split_once('/').unwrap();
            let start = start.strip_suffix(".ckz").unwrap().parse().unwrap();
            (epoch.parse().unwrap(), start, size)
        };
        listed.lines().map(frame).collect()
    }

    fn next(&self) -> i64 {
        self.saves.set(self.saves.get() + 1);
        self.saves.get()
    }

    fn draft(&self, commit: ObjectId, number: i64, snapshots: Vec<Snapshot>) -> Draft {
        let repository = self.store.repository();
        let anchors = Anchors {
            commit,
            tree: repository.commit(commit).unwrap().tree,
            patch_id: None,
            authored: "Ada Lovelace <ada@example.com> 1790000000 +0100".into(),
            subject: Some("Count from one".into()),
            branch: Some("main".into()),
            dirty: None,
        };
        let header = Header {
            format: FORMAT,
            title: format!("save {number}"),
            created: Timestamp::from_seconds(1_790_000_000 + number),
            author: "Ada Lovelace <ada@example.com>".into(),
            device: None,
            kind: Kind::Work,
            status: Status::InProgress,
            draft: false,
            left: false,
            unredacted: false,
            phase: None,
            objective: None,
            task: None,
            progress: None,
            template: None,
            budget: None,
            tokens: 12,
            tokenizer: Some("o200k_base".into()),
            supersedes: None,
            anchors,
            snapshots,
            attachments: Vec::new(),
            plan: None,
            unknown: BTreeMap::new(),
        };
        Draft { header, body: format!("# Goal\n\nSave number {number}.\n") }
    }
}

/// Takes only the bytes that it expects.
struct Expected<'w> {
    wanted: &'w [u8],
    at: usize,
}

impl Write for Expected<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let rest = &self.wanted[self.at..];
        if rest.starts_with(bytes) {
            self.at += bytes.len();
            return Ok(bytes.len());
        }
        self.at += bytes.iter().zip(rest).take_while(|(a, b)| a == b).count();
        Err(std::io::Error::other("another byte follows"))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A session of one transcript.
pub fn source(session: &str, transcript: &Path) -> SessionSource {
    SessionSource {
        agent: Agent::ClaudeCode,
        id: session.parse().unwrap(),
        transcript: transcript.to_owned(),
        up_to: None,
        companions: Vec::new(),
    }
}

fn snapshot(
    source: &SessionSource,
    transcript: StoredFile,
    companions: Option<StoredFile>,
) -> Snapshot {
    Snapshot {
        agent: source.agent.name().to_owned(),
        session: source.id.clone(),
        title: Some("a session".into()),
        model: None,
        version: None,
        turns: 1,
        tokens: 1,
        tokens_estimated: false,
        window: None,
        file: "transcript.jsonl".parse().unwrap(),
        transcript,
        companions,
    }
}

fn git_in(home: &Path, directory: &Path) -> Command {
    let mut command = hermetic("git", home, directory);
    command.arg("--no-pager");
    command
}

/// A program that sees nothing of the person who runs the tests.
fn hermetic(program: &str, home: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", home).env("LC_ALL", "C");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "Ada")
            .env(format!("GIT_{role}_EMAIL"), "ada@x.org");
    }
    command.current_dir(directory);
    command
}

/// What a child prints; it must succeed.
pub fn run(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A child that does not read all of its input is none of our business: its status tells.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    output.stdout
}

/// Adds up the lengths of the lines it is handed, over all captures.
#[derive(Default)]
pub struct LengthReader {
    pub lines: u64,
    pub bytes: u64,
}

impl LengthReader {
    /// What is read of a whole file: also a last line without an end.
    pub fn of(file: &[u8]) -> Self {
        let ends = file.iter().filter(|byte| **byte == b'\n').count();
        let begun = file.last().is_some_and(|byte| *byte != b'\n');
        Self { lines: ends as u64 + u64::from(begun), bytes: (file.len() - ends) as u64 }
    }
}

impl LineReader for LengthReader {
    fn resume(&mut self, kept: Option<&RawValue>) -> bool {
        (self.lines, self.bytes) =
            kept.map_or((0, 0), |kept| serde_json::from_str(kept.get()).unwrap());
        true
    }

    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        self.bytes += line.len() as u64;
    }

    fn keep(&self) -> Option<Box<RawValue>> {
        serde_json::value::to_raw_value(&(self.lines, self.bytes)).ok()
    }
}

/// Bytes that look random and are the same in every run.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (0..length).map(|_| next() as u8).collect()
}

/// Lines as a transcript has them, numbered, at least `length` bytes of them; hardly compressible.
pub fn lines(seed: u64, length: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(length + 256);
    let mut number = 0;
    while text.len() < length {
        let hash: String = noise(seed.wrapping_mul(1_000_003) + number, 60)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        writeln!(text, "{{\"uuid\":\"{seed}-{number}\",\"text\":\"{hash}\"}}").unwrap();
        number += 1;
    }
    text
}
