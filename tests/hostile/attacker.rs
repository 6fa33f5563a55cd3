//! Somebody who can push to the repository that we fetch from, and who writes objects with plain git.

use std::fmt::Write as _;
use std::process::Stdio;

use git_ckpt::format::frame;
use sha2::{Digest, Sha256};

use crate::sessions_of::CLAUDE_ID;
use crate::world::{PROGRAM, Run, World};

pub const LOG: &str = "0123456789abcdef";

const TIES: &str = "refs/notes/ckpt-remote/origin/mallory-aaaaaa";
const LOGS: &str = "refs/notes/ckpt-log-remote/origin/mallory-aaaaaa";

/// Most memory and time that a command may take, whatever was fetched: kilobytes of address space, seconds.
const MEMORY: u64 = 600 << 10;
const SECONDS: u64 = 20;
/// Most memory that it may really use, in kilobytes.
const RESIDENT: u64 = 200 << 10;
/// GNU time, which measures that. Where it is not installed nothing is measured.
const TIME: &str = "/usr/bin/time";

/// Runs the program where it can neither fill the memory nor hang, and looks that it ends by itself.
#[track_caller]
pub fn run(world: &World, arguments: &[&str]) -> Run {
    let peak = world.home().join("peak");
    let measured = match std::path::Path::new(TIME).exists() {
        true => format!("{TIME} -q -f %M -o {}", peak.display()),
        false => String::new(),
    };
    let line =
        format!("ulimit -v {MEMORY}; exec {measured} timeout -s KILL {SECONDS} \"$0\" \"$@\"");
    let run = world.call_program("bash", &[&["-c", &line, PROGRAM], arguments].concat()).run();
    assert!((0..=10).contains(&run.code), "{arguments:?}: {}", shortened(&run));
    if let Ok(peak) = std::fs::read_to_string(peak) {
        let kilobytes: u64 = peak.trim().parse().unwrap();
        assert!(kilobytes <= RESIDENT, "{arguments:?} took {kilobytes} KB");
    }
    run
}

/// The same for a command that has to refuse.
#[track_caller]
pub fn refuses(world: &World, arguments: &[&str], code: i32, reason: &str) {
    let run = run(world, arguments);
    assert!(
        run.code == code && run.stderr().contains(reason) | run.stdout().contains(reason),
        "{arguments:?} should say `{reason}`: {}",
        shortened(&run)
    );
}

fn shortened(run: &Run) -> String {
    run.to_string().chars().take(2000).collect()
}

/// What git makes of bytes that are handed to it.
#[track_caller]
pub fn git(world: &World, arguments: &[&str], input: impl Into<Vec<u8>>) -> String {
    let run = world.call_program("git", arguments).input(input).run();
    assert_eq!(run.code, 0, "{arguments:?}: {run}");
    run.stdout().trim_end().to_owned()
}

pub fn blob(world: &World, bytes: impl Into<Vec<u8>>) -> String {
    git(world, &["hash-object", "-w", "--stdin"], bytes)
}

/// A blob of so many zeros, which takes next to nothing in the repository.
pub fn zeros(world: &World, mebibytes: usize) -> String {
    let line = format!(
        "head -c {} /dev/zero | git -c core.bigFileThreshold=10g hash-object -w --stdin",
        mebibytes << 20
    );
    git(world, &["-c", &format!("alias.zeros=!{line}"), "zeros"], "")
}

/// A tree; entries are `(mode, name, id)`.
pub fn tree(world: &World, entries: &[(&str, &str, &str)]) -> String {
    let mut sorted: Vec<_> = entries.to_vec();
    sorted.sort_by_key(|(mode, name, _)| {
        format!("{name}{}", if *mode == "40000" { "/" } else { "" })
    });
    let mut bytes = Vec::new();
    for (mode, name, id) in sorted {
        bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        let digit = |at: usize| u8::from_str_radix(&id[at..at + 2], 16).unwrap();
        bytes.extend((0..id.len()).step_by(2).map(digit));
    }
    git(world, &["hash-object", "-w", "-t", "tree", "--literally", "--stdin"], bytes)
}

fn point(world: &World, reference: &str, tree: &str) {
    let commit = world.git(&["commit-tree", "-m", "x", tree]);
    world.git(&["update-ref", reference, commit.trim_end()]);
}

/// Makes a tree mallory's ties.
pub fn ties_are(world: &World, tree: &str) {
    point(world, TIES, tree);
}

/// Ties a note to HEAD; it is a blob.
pub fn tie_blob(world: &World, blob: &str) {
    let head = world.git(&["rev-parse", "HEAD"]);
    ties_are(world, &tree(world, &[("100644", head.trim_end(), blob)]));
}

/// Ties a note to HEAD.
pub fn tie(world: &World, note: impl Into<Vec<u8>>) {
    tie_blob(world, &blob(world, note));
}

/// Makes a tree of epochs the one log of mallory.
pub fn log_is(world: &World, epochs: &str) {
    let (first, rest) = LOG.split_at(2);
    let below = tree(world, &[("40000", rest, epochs)]);
    point(world, LOGS, &tree(world, &[("40000", first, &below)]));
}

/// A log of one frame.
pub fn log_of(world: &World, frame: impl Into<Vec<u8>>) {
    let frame = blob(world, frame);
    let epoch = tree(world, &[("100644", "000000000000.ckz", &frame)]);
    log_is(world, &tree(world, &[("40000", "0000", &epoch)]));
}

/// A log that holds these bytes.
pub fn log_with(world: &World, raw: &[u8]) {
    let step = 1 << 20;
    let mut entries = Vec::new();
    for (number, bytes) in raw.chunks(step).enumerate() {
        let start = number * step;
        let frame = frame::encode(start as u64, &[], bytes, None).unwrap();
        entries.push((format!("{start:012}.ckz"), blob(world, frame)));
    }
    let lines: Vec<_> = entries.iter().map(|(name, id)| ("100644", &**name, &**id)).collect();
    log_is(world, &tree(world, &[("40000", "0000", &tree(world, &lines))]));
}

/// A frame with any header before any compressed bytes.
pub fn forged_frame(header: &str, packed: &[u8]) -> Vec<u8> {
    let mut frame = 0x184D_2A50_u32.to_le_bytes().to_vec();
    frame.extend((header.len() as u32).to_le_bytes());
    frame.extend(header.bytes());
    frame.extend(packed);
    frame
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// A document as this program would never write it.
pub struct Forged {
    pub title: String,
    pub author: String,
    pub body: String,
    /// More lines of the front matter.
    pub more: String,
    pub snapshot: Option<Claimed>,
}

/// What a document says of a session.
pub struct Claimed {
    pub agent: &'static str,
    pub session: String,
    pub file: String,
    pub bytes: u64,
    pub extents: String,
    pub sha256: String,
    /// Bytes of a list of companion files, which starts behind the transcript in the same log.
    pub companions: Option<(u64, Vec<u8>)>,
}

impl Claimed {
    /// A transcript that is `raw`, at the start of the log.
    pub fn of(raw: &[u8]) -> Self {
        Self {
            agent: "claude-code",
            session: CLAUDE_ID.to_owned(),
            file: "transcript.jsonl".to_owned(),
            bytes: raw.len() as u64,
            extents: format!("[[0, {}]]", raw.len()),
            sha256: sha256(raw),
            companions: None,
        }
    }

    /// A transcript that is said to be so long.
    pub fn extents(bytes: u64, extents: impl Into<String>) -> Self {
        Self { bytes, extents: extents.into(), ..Self::of(b"") }
    }
}

pub fn document() -> Forged {
    Forged {
        title: "\"X\"".to_owned(),
        author: "\"Mallory <m@example.com>\"".to_owned(),
        body: "# X\n".to_owned(),
        more: String::new(),
        snapshot: None,
    }
}

/// A document with a session.
pub fn claiming(claimed: Claimed) -> Forged {
    Forged { snapshot: Some(claimed), ..document() }
}

impl Forged {
    /// The text, with the id that belongs to it.
    pub fn sealed(&self, world: &World) -> String {
        let Self { title, author, body, more, .. } = self;
        let head = world.git(&["rev-parse", "HEAD"]);
        let mut yaml = format!(
            "length: {}\nformat: 1\ntitle: {title}\ncreated: 2026-03-01T00:00:00Z\nauthor: {author}\ntokens: 1\n\
             commit: \"{}\"\ntree: \"{}\"\nauthored: A <a@example.com> 1 +0000\n{more}",
            body.len(),
            head.trim_end(),
            "0".repeat(40)
        );
        if let Some(Claimed { agent, session, file, bytes, extents, sha256: hash, companions }) =
            &self.snapshot
        {
            let _ = write!(
                yaml,
                "snapshots:\n- agent: {agent}\n  session: \"{session}\"\n  turns: 1\n  tokens: 1\n  file: {file}\n  \
                 log: \"{LOG}\"\n  bytes: {bytes}\n  extents: {extents}\n  sha256: \"{hash}\"\n"
            );
            if let Some((start, list)) = companions {
                let length = list.len();
                let _ = write!(
                    yaml,
                    "  companions:\n    log: \"{LOG}\"\n    bytes: {length}\n    extents: [[{start}, {length}]]\n    \
                     sha256: \"{}\"\n",
                    sha256(list)
                );
            }
        }
        let checked = format!("{yaml}---\n{body}");
        format!("---\nid: {}\n{checked}", &sha256(checked.as_bytes())[..40])
    }

    /// Ties it to HEAD.
    pub fn tie(&self, world: &World) {
        tie(world, self.sealed(world));
    }
}

/// A pipe that nobody writes to.
pub fn pipe(world: &World, path: &std::path::Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let made = world
        .call_program("mkfifo", &[path.to_str().unwrap()])
        .streams(Stdio::null(), Stdio::null());
    assert!(made.success());
}
