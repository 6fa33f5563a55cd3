//! Times whole processes side by side with git's own, and measures what saves take up.
//!
//! `cargo bench --bench processes` runs everything; `cargo bench --bench processes -- save show` runs parts. Each
//! figure is the median of runs that alternate between the two programs, so that a busy machine slows both. Set
//! `CKPT_SAMPLES` to a directory of real transcripts for the figures on real sessions.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use git_ckpt::format::document;
use git_ckpt::format::seal::LogKey;
use git_ckpt::format::sealed;
use git_ckpt::model::checkpoint::{Anchors, Draft, FORMAT, Header, Kind, Status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_git-ckpt");
const SESSION: &str = "5f0c1a52-7c1e-4a7e-9d55-0d4f6a1b2c3d";
const RUNS: usize = 21;
const KB: usize = 1000;
const MB: usize = 1_000_000;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let parts: [(&str, fn()); 14] = [
        ("start", start),
        ("save", save),
        ("stored", stored),
        ("show", show),
        ("log", log),
        ("sealed", sealed_documents),
        ("restore", restore),
        ("size", size),
        ("hook", hook),
        ("sync", sync),
        ("wire", wire),
        ("status", status),
        ("draft", draft),
        ("documents", documents),
    ];
    for (name, run) in parts {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n## {name}");
            run();
        }
    }
}

/// `git-ckpt --version` against `git --version`.
fn start() {
    let world = World::new();
    let (ours, git) = alternate(
        || world.timed(Command::new(PROGRAM).arg("--version")),
        || world.timed(Command::new("git").arg("--version")),
    );
    println!("git-ckpt --version {ours:.2} ms, git --version {git:.2} ms");
}

/// Counting and looking through a document of 2 KB, each from the start of the process.
fn documents() {
    let world = World::new();
    let text = include_str!("../tests/fixtures/documents/webhooks.md");
    let file = world.write("state.md", format!("{text}{}", &text[..2048 - text.len()]));
    let file = file.to_str().unwrap();
    for command in ["tokens", "lint"] {
        let (ours, git) = alternate(
            || world.timed(world.command(PROGRAM).args([command, file])),
            || world.timed(Command::new("git").arg("--version")),
        );
        println!("{command} of 2 KB {ours:.2} ms, git --version {git:.2} ms");
    }
}

/// A save of 100 KB at growing transcript sizes.
fn save() {
    for megabytes in [1, 100, 500] {
        let world = World::new();
        let mut session = world.session(megabytes * MB);
        world.ckpt(&["save", "-q", "HEAD~1"]);
        compare_save(&world, &mut session, &format!("{megabytes} MB of transcript"));
    }
}

/// A save of 100 KB with growing numbers of stored checkpoints.
fn stored() {
    for number in [10, 10_000, 100_000] {
        let world = World::new();
        world.fill(number);
        let mut session = world.session(MB);
        world.ckpt(&["save", "-q", "HEAD~1"]);
        compare_save(&world, &mut session, &format!("{number} checkpoints"));
    }
}

fn compare_save(world: &World, session: &mut Session, what: &str) {
    let commits = world.commits(RUNS * 2 + 4);
    let document = world.write("document.md", document_text(7));
    let document = document.to_str().unwrap();
    let mut next = 0;
    let mut next_note = 0;
    let (ours, git) = alternate(
        || {
            session.grow(100 * KB);
            next += 1;
            world.timed(world.command(PROGRAM).args(["save", "-q", "-F", document, &commits[next]]))
        },
        || {
            next_note += 1;
            world.timed(world.command("git").args([
                "notes",
                "--ref=plain",
                "add",
                "-F",
                document,
                &commits[next_note],
            ]))
        },
    );
    println!("{what}: save {ours:.2} ms, git notes add {git:.2} ms, ratio {:.2}", ours / git);
}

/// A draft of a transcript of 4 MB that nothing is remembered of, and of one whose end alone is new; a real one where
/// there are samples.
fn draft() {
    let world = World::new();
    let mut session = world.session(4 * MB);
    let run = |world: &World, path: &Path| {
        let mut draft = world.command(PROGRAM);
        draft.args(["draft", "--print", "--session", path.to_str().unwrap()]);
        world.timed(&mut draft)
    };
    let median = |path: &Path| {
        let mut times: Vec<f64> = (0..RUNS).map(|_| run(&world, path)).collect();
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    };
    println!("4 MB, nothing remembered: {:.2} ms", median(&session.path));
    world.ckpt(&["save", "-q", "HEAD~1"]);
    println!("4 MB, all of it saved: {:.2} ms", median(&session.path));
    session.grow(100 * KB);
    println!("4 MB and 100 KB since: {:.2} ms", median(&session.path));
    let Some(samples) = std::env::var_os("CKPT_SAMPLES") else { return };
    let real = Path::new(&samples).join("claude/2.1.56_87418835_erk.jsonl");
    if let Ok(facts) = fs::metadata(&real) {
        println!("a real one of {} KB: {:.2} ms", facts.len() / 1000, median(&real));
    }
}

/// `show HEAD~3` against `git notes show HEAD~3`.
fn show() {
    for number in [10, 100_000] {
        let world = World::new();
        world.fill(number);
        world.git(&["gc", "-q"]);
        world.session(MB);
        world.ckpt(&["save", "-q", "-m", &document_text(1), "HEAD~3"]);
        let document = world.write("document.md", document_text(1));
        world.git(&["notes", "--ref=plain", "add", "-F", document.to_str().unwrap(), "HEAD~3"]);
        let (ours, git) = alternate(
            || world.timed(world.command(PROGRAM).args(["show", "HEAD~3"])),
            || world.timed(world.command("git").args(["notes", "--ref=plain", "show", "HEAD~3"])),
        );
        println!(
            "{number} checkpoints: show {ours:.2} ms, git notes show {git:.2} ms, ratio {:.2}",
            ours / git
        );
    }
}

/// `log` over 10,000 commits that all carry a checkpoint.
fn log() {
    let world = World::new();
    let commits = world.commits(10_000);
    world.tie(&commits);
    for (state, packed) in [("as imported", false), ("after git gc", true)] {
        if packed {
            world.git(&["gc", "-q"]);
        }
        let (ours, git) = alternate(
            || world.timed(world.command(PROGRAM).args(["log"])),
            || world.timed(world.command("git").args(["log", "--format=%h %s %cr"])),
        );
        println!("10,000 commits, {state}: log {ours:.0} ms, git log {git:.0} ms");
    }
}

/// `log` over 10,000 commits whose checkpoints are sealed, against the same as they are, and what sealing adds to them.
fn sealed_documents() {
    let [plain, sealed] = [None, Some(LogKey::new([7; 32]))].map(|key| {
        let world = World::new();
        let commits = world.commits(10_000);
        world.tie_as(&commits, key.as_ref());
        world.git(&["gc", "-q"]);
        world
    });
    let (open, as_is) = alternate(
        || sealed.timed(sealed.command(PROGRAM).args(["log"])),
        || plain.timed(plain.command(PROGRAM).args(["log"])),
    );
    println!(
        "10,000 commits: log {open:.0} ms with sealed documents, {as_is:.0} ms with plain ones"
    );
    let keys = sealed.repository().join(".git/ckpt/keys");
    fs::rename(&keys, keys.with_extension("away")).unwrap();
    let closed = sealed.timed(sealed.command(PROGRAM).args(["log"]));
    println!("the same where nothing opens them: {closed:.0} ms");
    let documents = |world: &World| {
        let list = world.git(&["ls-tree", "-r", "-l", "refs/notes/ckpt/ada-bench2"]);
        let sizes = String::from_utf8(list).unwrap();
        let sizes = sizes
            .lines()
            .map(|line| line.split_whitespace().nth(3).unwrap().parse::<u64>().unwrap());
        sizes.sum::<u64>() / 10_000
    };
    println!(
        "a document has {} bytes plain and {} sealed; in packs {} and {}",
        documents(&plain),
        documents(&sealed),
        packed_notes(&plain),
        packed_notes(&sealed)
    );
}

/// Bytes that a document takes up in a pack of its own kind.
fn packed_notes(world: &World) -> u64 {
    let script = "git ls-tree -r --full-tree refs/notes/ckpt/ada-bench2 | cut -c13-52 | git pack-objects --stdout -q | wc -c";
    let output = world.command("sh").args(["-c", script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse::<u64>().unwrap() / 10_000
}

/// Restoring 100 MB.
fn restore() {
    let world = World::new();
    let session = world.session(100 * MB);
    world.ckpt(&["save", "-q"]);
    let mut runs: Vec<f64> = (0..7)
        .map(|_| {
            fs::remove_file(&session.path).unwrap();
            world.timed(world.command(PROGRAM).args(["restore", "-q", "--yes"]))
        })
        .collect();
    let time = median(&mut runs);
    let bytes = fs::metadata(&session.path).unwrap().len() as f64;
    println!("{:.0} MB restored in {time:.0} ms: {:.0} MB/s", bytes / 1e6, bytes / 1e3 / time);
}

/// Object bytes after many saves of growing real sessions.
fn size() {
    let Some(samples) = std::env::var_os("CKPT_SAMPLES").map(PathBuf::from) else {
        println!("skipped: CKPT_SAMPLES is not set");
        return;
    };
    let whole = concatenated(&samples.join("claude"), 20 * MB);
    let steps: Vec<Vec<u8>> =
        (1..=50).map(|step| whole[..whole.len() * step / 50].to_vec()).collect();
    grown("20 MB of real sessions, 50 saves", &steps);
    for series in ["claude/series_c6d33f96", "codex/series_4d9d5603"] {
        let mut files: Vec<PathBuf> = fs::read_dir(samples.join(series))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let steps: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        grown(&format!("{series}, {} saves", steps.len()), &steps);
    }
}

fn grown(what: &str, steps: &[Vec<u8>]) {
    let world = World::new();
    let commits = world.commits(steps.len());
    let session = world.session(0);
    let before = world.object_bytes();
    for (step, commit) in steps.iter().zip(&commits) {
        fs::write(&session.path, step).unwrap();
        world.ckpt(&["save", "-q", commit]);
    }
    let ours = world.object_bytes() - before;
    let floor = zstd::bulk::compress(steps.last().unwrap(), 3).unwrap().len() as u64;
    let before = world.object_bytes();
    for step in steps {
        let file = world.write("whole", step);
        world.git(&["hash-object", "-w", file.to_str().unwrap()]);
    }
    let whole = world.object_bytes() - before;
    println!(
        "{what}: {} KB in objects; zstd -3 of the last state {} KB, ratio {:.3}; whole files {} KB, ratio {:.3}",
        ours / 1000,
        floor / 1000,
        ours as f64 / floor as f64,
        whole / 1000,
        ours as f64 / whole as f64,
    );
}

/// `git commit` with our hook and 100 KB of new transcript, against the same commit with a hook of one line that runs
/// `git notes add`.
fn hook() {
    for (commits, checkpoints) in [(50, 10), (10_000, 10), (50, 100_000), (10_000, 100_000)] {
        let world = World::new();
        world.commits(commits);
        world.fill(checkpoints);
        let mut session = world.session(MB);
        world.ckpt(&["save", "-q"]);
        world.ckpt(&["init"]);
        let place = world.repository().join(".git/hooks/post-commit");
        let ours = fs::read_to_string(&place).unwrap();
        let hooks = [
            ("our hook", ours.as_str(), "true"),
            ("git notes add", "#!/bin/sh\ngit notes --ref=plain add -m 'a note'\n", "true"),
            ("empty hook", "#!/bin/sh\n:\n", "true"),
            ("our hook in the foreground", ours.as_str(), "false"),
        ];
        let mut times = vec![Vec::new(); hooks.len()];
        for run in 0..=RUNS {
            for (at, (_, script, background)) in hooks.iter().enumerate() {
                fs::write(&place, script).unwrap();
                world.git(&["config", "ckpt.background", background]);
                session.grow(100 * KB);
                world.write("n", format!("{at} {run}"));
                let mut commit = world.command("git");
                world.git(&["add", "n"]);
                commit.args(["commit", "-q", "-m", "work"]);
                let time = world.timed(&mut commit);
                times[at].extend((run > 0).then_some(time));
                // What one leaves to the background must not slow the next one down.
                world.ckpt(&["log", "-n", "1"]);
            }
        }
        println!("{commits} commits, {checkpoints} checkpoints:");
        for ((name, ..), times) in hooks.iter().zip(&mut times) {
            let (middle, fastest) = (median(times), times[0]);
            println!("  {name}: {middle:.2} ms, fastest {fastest:.2} ms");
        }
    }
}

/// 20 clones that save and sync at once against one bare repository, 20 rounds: what is lost, and how long a sync takes.
fn sync() {
    const CLONES: usize = 20;
    const ROUNDS: usize = 20;
    let world = World::new();
    let server = world.server();
    let places: Vec<PathBuf> =
        (0..CLONES).map(|number| world.clone_of(&server, &format!("clone{number}"))).collect();
    let work = |place: &PathBuf| -> Vec<f64> {
        let each = |round| {
            let text = format!("# Round {round} of {}", place.display());
            let save = ["save", "-q", "--no-session", "-m", text.as_str()];
            world.timed(world.command(PROGRAM).args(save).current_dir(place));
            world.timed(world.command(PROGRAM).arg("sync").current_dir(place))
        };
        (0..ROUNDS).map(each).collect()
    };
    let start = Instant::now();
    let mut times: Vec<f64> = std::thread::scope(|scope| {
        let running: Vec<_> = places.iter().map(|place| scope.spawn(|| work(place))).collect();
        running.into_iter().flat_map(|running| running.join().unwrap()).collect()
    });
    let took = start.elapsed().as_secs_f64();
    let mut readable: Vec<usize> = Vec::new();
    for place in &places {
        world.timed(world.command(PROGRAM).arg("sync").current_dir(place));
        let shown = world.command(PROGRAM).args(["show", "--json"]).current_dir(place).output();
        let shown: serde_json::Value = serde_json::from_slice(&shown.unwrap().stdout).unwrap();
        readable.push(shown["on_this_commit"].as_array().unwrap().len());
    }
    let equal = readable.iter().all(|number| *number == CLONES * ROUNDS);
    assert!(equal, "{readable:?}");
    let middle = median(&mut times);
    println!(
        "{CLONES} clones, {ROUNDS} rounds: all {} checkpoints in every clone after {took:.1} s; a sync {middle:.0} ms, at most {:.0} ms",
        CLONES * ROUNDS,
        times.last().unwrap()
    );
}

/// What a push of one more checkpoint sends, against what is new in it; and a first push of 1,000.
fn wire() {
    let world = World::new();
    let server = world.server();
    let mut session = world.session(MB);
    let commits = world.commits(RUNS + 1);
    world.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    world.ckpt(&["save", "-q", &commits[0]]);
    world.ckpt(&["push", "-q"]);
    let mut ratios = Vec::new();
    for commit in &commits[1..] {
        session.grow(100 * KB);
        let before = world.blob_bytes();
        world.ckpt(&["save", "-q", "-m", &document_text(7), commit]);
        let new = world.blob_bytes() - before;
        let pushed: serde_json::Value =
            serde_json::from_slice(&world.run(PROGRAM, &["push", "--json"])).unwrap();
        ratios.push(pushed["bytes"].as_f64().unwrap() / new as f64);
    }
    let most = ratios.iter().copied().fold(0.0, f64::max);
    println!(
        "one more checkpoint, 100 KB of transcript: {:.3} of new frames and document, at most {most:.3}",
        median(&mut ratios)
    );
    let world = World::new();
    let server = world.server();
    let commits = world.commits(1000);
    world.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    for commit in &commits {
        world.ckpt(&["save", "-q", "--no-session", "-m", &document_text(7), commit]);
    }
    let time = world.timed(world.command(PROGRAM).args(["push", "-q"]));
    println!("1,000 checkpoints to a fresh remote in one push: {time:.0} ms");
}

/// The line for a status bar on 50 MB of transcript, against a process that does nothing.
fn status() {
    let world = World::new();
    let mut session = world.session(50 * MB);
    compare_status(&world, &["status", "--line"], "never saved");
    world.ckpt(&["save", "-q"]);
    compare_status(&world, &["status", "--line"], "all of it saved");
    session.grow(100 * KB);
    compare_status(&world, &["status", "--line"], "100 KB since the last checkpoint");
    compare_status(&world, &["status"], "everything, 100 KB since the last checkpoint");
    world.fill(100_000);
    compare_status(&world, &["status", "--line"], "100,000 checkpoints");
}

fn compare_status(world: &World, arguments: &[&str], what: &str) {
    let (ours, nothing) = alternate(
        || world.timed(world.command(PROGRAM).args(arguments)),
        || world.timed(&mut world.command("true")),
    );
    println!("{what}: {ours:.2} ms, an empty process {nothing:.2} ms, ratio {:.1}", ours / nothing);
}

/// Medians of runs in turn, in milliseconds.
fn alternate(mut ours: impl FnMut() -> f64, mut theirs: impl FnMut() -> f64) -> (f64, f64) {
    ours();
    theirs();
    let (mut a, mut b): (Vec<f64>, Vec<f64>) = (0..RUNS).map(|_| (ours(), theirs())).unzip();
    (median(&mut a), median(&mut b))
}

fn median(runs: &mut [f64]) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

/// A repository of its own with a home of its own.
struct World {
    directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir_all(world.repository()).unwrap();
        world.git(&["init", "-q", "-b", "main"]);
        world.write("file", b"text\n");
        world.git(&["add", "."]);
        world.commits(5);
        world
    }

    fn repository(&self) -> PathBuf {
        self.directory.path().join("repository")
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.repository().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.repository())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.directory.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
            .stdin(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(program).args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        self.run("git", arguments)
    }

    fn ckpt(&self, arguments: &[&str]) {
        self.run(PROGRAM, arguments);
    }

    fn timed(&self, command: &mut Command) -> f64 {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().unwrap();
        let took = start.elapsed();
        assert!(status.success(), "{command:?}");
        took.as_secs_f64() * 1e3
    }

    /// Makes commits and returns them, newest last.
    fn commits(&self, number: usize) -> Vec<String> {
        let head =
            self.command("git").args(["rev-parse", "-q", "--verify", "HEAD"]).output().unwrap();
        let head = String::from_utf8(head.stdout).unwrap();
        let mut stream = String::new();
        for place in 0..number {
            let from =
                if place == 0 && !head.is_empty() { format!("from {head}") } else { String::new() };
            let _ = write!(
                stream,
                "commit refs/heads/main\nmark :{}\ncommitter Ada <ada@example.com> {} +0000\ndata 9\ncommit {}\n{from}\
                 M 100644 inline n\ndata 7\n{:6}\n\n",
                place + 1,
                1_790_000_000 + place,
                place % 10,
                place % 100_000
            );
        }
        let marks = self.directory.path().join("marks");
        self.import(&stream, &[&format!("--export-marks={}", marks.display())]);
        let marks = fs::read_to_string(marks).unwrap();
        let mut commits: Vec<(usize, String)> = marks
            .lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(mark, id)| (mark[1..].parse().unwrap(), id.to_owned()))
            .collect();
        commits.sort();
        commits.into_iter().map(|(_, id)| id).collect()
    }

    fn import(&self, stream: &str, options: &[&str]) {
        let mut child = self
            .command("git")
            .args(["fast-import", "--quiet", "--force"])
            .args(options)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Stores this many checkpoints, and as many plain notes, for commits that are nowhere.
    fn fill(&self, number: usize) {
        let commits: Vec<String> = (0..number).map(|place| scrambled_id(place as u64)).collect();
        self.tie(&commits);
    }

    fn tie(&self, commits: &[String]) {
        self.tie_as(commits, None);
    }

    /// The same with documents that are sealed, where there is a key, which is kept open here.
    fn tie_as(&self, commits: &[String], key: Option<&LogKey>) {
        if let Some(key) = key {
            let secret: String = key.secret().iter().map(|byte| format!("{byte:02x}")).collect();
            let kept = format!("{{\"key\":\"{secret}\",\"recipients\":[]}}");
            fs::create_dir_all(self.repository().join(".git/ckpt/keys")).unwrap();
            let path = self.repository().join(format!(".git/ckpt/keys/{}", key.id()));
            fs::write(path, kept).unwrap();
        }
        fs::create_dir_all(self.repository().join(".git/ckpt")).unwrap();
        fs::write(self.repository().join(".git/ckpt/writer"), "ada-bench2\n").unwrap();
        for reference in ["refs/notes/ckpt/ada-bench2", "refs/notes/plain"] {
            let mut stream = format!(
                "commit {reference}\ncommitter Ada <ada@example.com> 1790000000 +0000\ndata 0\n\n"
            );
            for (place, commit) in commits.iter().enumerate() {
                let text = if reference.ends_with("plain") {
                    document_text(place)
                } else {
                    checkpoint(place, commit, key)
                };
                let path = format!("{}/{}/{}", &commit[..2], &commit[2..4], &commit[4..]);
                let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len());
            }
            self.import(&stream, &[]);
        }
    }

    /// A session whose transcript has this many bytes.
    fn session(&self, bytes: usize) -> Session {
        let slug: String = fs::canonicalize(self.repository())
            .unwrap()
            .to_str()
            .unwrap()
            .chars()
            .map(|char| if char.is_ascii_alphanumeric() { char } else { '-' })
            .collect();
        let directory = self.directory.path().join(".claude/projects").join(slug);
        fs::create_dir_all(&directory).unwrap();
        let mut session = Session { path: directory.join(format!("{SESSION}.jsonl")), records: 0 };
        session.grow(bytes);
        session
    }

    /// An empty bare repository beside this one, with its branch.
    fn server(&self) -> PathBuf {
        let server = self.directory.path().join("server.git");
        self.git(&["init", "-q", "--bare", "-b", "main", server.to_str().unwrap()]);
        self.git(&["push", "-q", server.to_str().unwrap(), "main"]);
        server
    }

    fn clone_of(&self, server: &Path, name: &str) -> PathBuf {
        let place = self.directory.path().join(name);
        self.git(&["clone", "-q", server.to_str().unwrap(), place.to_str().unwrap()]);
        place
    }

    /// The sizes of all blobs, which are frames and notes.
    fn blob_bytes(&self) -> u64 {
        let all = ["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)"];
        let all = String::from_utf8(self.git(&all)).unwrap();
        all.lines().filter_map(|line| line.strip_prefix("blob ")?.parse::<u64>().ok()).sum()
    }

    fn object_bytes(&self) -> u64 {
        file_bytes(&self.repository().join(".git/objects"))
    }
}

fn file_bytes(path: &Path) -> u64 {
    fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => file_bytes(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}

/// A made-up Claude Code transcript.
struct Session {
    path: PathBuf,
    records: u64,
}

impl Session {
    fn grow(&mut self, bytes: usize) {
        let mut text = String::new();
        while text.len() < bytes {
            self.records += 1;
            text.push_str(&record(self.records));
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        // So that no write-back of a huge file runs into the measurement.
        file.sync_all().unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn record(number: u64) -> String {
    let words = pseudo_words(number, 40 + (number % 7) as usize * 60);
    let head = format!(
        "\"uuid\":\"{:08x}-0000-4000-8000-{number:012}\",\"sessionId\":\"{SESSION}\",\"timestamp\":\"2026-06-01T10:00:00Z\",\
         \"version\":\"2.1.178\",\"cwd\":\"/work\",\"isSidechain\":false",
        number.wrapping_mul(0x9e37_79b9)
    );
    match number % 4 {
        1 => format!(
            "{{\"type\":\"user\",\"message\":{{\"role\":\"user\",\"content\":\"{words}\"}},{head}}}\n"
        ),
        _ => format!(
            "{{\"type\":\"assistant\",\"message\":{{\"id\":\"msg_{number}\",\"model\":\"claude-opus-4-6\",\"role\":\"assistant\",\
             \"content\":[{{\"type\":\"text\",\"text\":\"{words}\"}}],\"usage\":{{\"input_tokens\":3,\
             \"cache_read_input_tokens\":{},\"output_tokens\":90}}}},{head}}}\n",
            number * 40
        ),
    }
}

fn pseudo_words(seed: u64, number: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for _ in 0..number {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Few words often and many words rarely, as in speech.
        let word = (state >> 33) as u32 % (1 << (4 + (state >> 60) as u32 % 12));
        let _ = write!(text, "w{word:x} ");
    }
    text
}

fn document_text(number: usize) -> String {
    format!(
        "# Checkpoint {number}\n\n## Decisions\n\n- {}\n- {}\n\n## Next action\n\n1. {}\n",
        pseudo_words(number as u64, 80),
        pseudo_words(number as u64 + 1, 60),
        pseudo_words(number as u64 + 2, 20)
    )
}

fn checkpoint(number: usize, commit: &str, key: Option<&LogKey>) -> String {
    let header = Header {
        format: FORMAT,
        title: format!("Checkpoint {number}"),
        created: "2026-06-01T10:00:00Z".parse().unwrap(),
        author: "Ada <ada@example.com>".to_owned(),
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
        tokens: 200,
        tokenizer: Some("o200k_base".to_owned()),
        supersedes: None,
        anchors: Anchors {
            commit: commit.parse().unwrap(),
            tree: commit.parse().unwrap(),
            patch_id: Some(commit.parse().unwrap()),
            authored: "Ada <ada@example.com> 1790000000 +0000".to_owned(),
            subject: None,
            branch: Some("main".to_owned()),
            dirty: None,
        },
        snapshots: Vec::new(),
        attachments: Vec::new(),
        plan: None,
        unknown: Default::default(),
    };
    let draft = Draft { header, body: document_text(number) };
    let written = match key {
        Some(key) => sealed::write(&draft, key, Default::default()),
        None => document::write(&draft),
    };
    let (_, bytes) = written.unwrap();
    String::from_utf8(bytes).unwrap()
}

fn scrambled_id(number: u64) -> String {
    let part = |salt: u64| (number + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    format!("{:016x}{:016x}{:08x}", part(1), part(1 << 40), part(7) as u32)
}

/// Real transcripts, one after the other, up to `bytes`.
fn concatenated(directory: &Path, bytes: usize) -> Vec<u8> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let mut text: Vec<u8> = files.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    text.truncate(bytes);
    text
}
