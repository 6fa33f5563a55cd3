//! Stored objects that were damaged: told exactly, and nothing else suffers.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::world::{Random, World, turns};

const SESSION: &str = "5e55101c-0000-4000-8000-000000000004";
const OTHER: &str = "5e55101c-0000-4000-8000-000000000005";

/// What happens to the file of a loose object.
#[derive(Clone, Copy, Debug)]
pub enum Harm {
    FlippedBit,
    Garbage,
    Removed,
}

pub const HARMS: [Harm; 3] = [Harm::FlippedBit, Harm::Garbage, Harm::Removed];

/// A repository whose two commits carry a checkpoint each, of different sessions.
struct Two {
    world: World,
    work: PathBuf,
    older: String,
    newer: String,
}

impl Two {
    fn new() -> Self {
        let (world, work) = World::with_work();
        let save = |session: &str, target: &str, title: &str| {
            fs::write(world.transcript(&work, session), turns(&work, session, 0..4)).unwrap();
            let save = ["save", target, "--session", session, "-m", title, "--json"];
            world.ckpt(&work, &save).succeeds().id()
        };
        let older = save(SESSION, "HEAD~1", "# The older one");
        let newer = save(OTHER, "HEAD", "# The newer one");
        Self { world, work, older, newer }
    }

    fn object(&self, revision: &str) -> PathBuf {
        let id = self.world.git(&self.work, &["rev-parse", revision]);
        self.work.join(".git/objects").join(&id[..2]).join(&id[2..])
    }

    /// The path of a file in a ref's tree whose path contains `part`.
    fn path_in(&self, reference: &str, part: &str) -> String {
        let listed = self.world.git(&self.work, &["ls-tree", "-r", "--name-only", reference]);
        listed.lines().find(|path| path.replace('/', "").contains(part)).unwrap().to_owned()
    }

    fn log_ref(&self) -> String {
        self.world.ties_ref(&self.work).replace("refs/notes/ckpt/", "refs/notes/ckpt-log/")
    }

    /// The log of the older checkpoint's transcript.
    fn log(&self) -> String {
        let text = self.world.ckpt(&self.work, &["show", "--raw", &self.older]).succeeds().out;
        let at = text.find("log: ").unwrap() + 5;
        text[at..].chars().filter(|letter| *letter != '"' && *letter != '\'').take(16).collect()
    }

    /// The other checkpoint is as it was, by its commit and by its id.
    fn newer_is_whole(&self) {
        let expected = turns(&self.work, OTHER, 0..4);
        assert!(self.world.restored(&self.work, "HEAD") == expected);
        assert!(self.world.restored(&self.work, &self.newer) == expected);
        let shown = self.world.ckpt(&self.work, &["show", &self.newer]).succeeds().out;
        assert!(shown.contains("The newer one"), "{shown}");
        let log = self.world.ckpt(&self.work, &["log"]).succeeds().out;
        assert!(log.contains("The newer one"), "{log}");
    }

    fn verify_says(&self, said: &[&str]) {
        let ran = self.world.ckpt(&self.work, &["verify"]);
        assert_eq!(ran.code, Some(5), "{}{}", ran.out, ran.err);
        for words in said {
            assert!(ran.out.contains(words), "`{words}` is not in:\n{}", ran.out);
        }
    }
}

pub fn harm(path: &Path, harm: Harm) {
    let mut bytes = fs::read(path).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    match harm {
        Harm::FlippedBit => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
        }
        Harm::Garbage => {
            let mut random = Random(3);
            bytes.iter_mut().for_each(|byte| *byte = random.next() as u8);
        }
        Harm::Removed => return fs::remove_file(path).unwrap(),
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_frame_is_told_and_the_document_and_other_sessions_are_still_there() {
    for kind in HARMS {
        eprintln!("{kind:?}");
        let two = Two::new();
        let frame = two.path_in(&two.log_ref(), &two.log());
        harm(&two.object(&format!("{}:{frame}", two.log_ref())), kind);
        let restore = ["restore", "HEAD~1", "--yes", "--to", "elsewhere"];
        two.world.ckpt(&two.work, &restore).fails(5, &["damaged", "git ckpt verify"]);
        assert!(!two.work.join("elsewhere").exists());
        two.world
            .ckpt(&two.work, &["show", "--session", &two.older])
            .fails(5, &["git ckpt verify"]);
        two.verify_says(&["damaged", &two.older[..8], "transcript", "still good: the document"]);
        two.world.ckpt(&two.work, &["show", "HEAD~1"]).succeeds();
        two.world.ckpt(&two.work, &["prompt", "HEAD~1"]).succeeds();
        two.newer_is_whole();
    }
}

#[test]
fn a_session_whose_log_is_damaged_can_still_be_saved_after_it_was_rewritten() {
    for kind in HARMS {
        eprintln!("{kind:?}");
        let two = Two::new();
        let frame = two.path_in(&two.log_ref(), &two.log());
        let transcript = two.world.transcript(&two.work, SESSION);
        fs::write(&transcript, turns(&two.work, SESSION, 0..6)).unwrap();
        two.world.ckpt(&two.work, &["save", "--session", SESSION, "-m", "grown"]).succeeds();
        harm(&two.object(&format!("{}:{frame}", two.log_ref())), kind);
        let rewritten = turns(&two.work, SESSION, 3..8);
        fs::write(&transcript, &rewritten).unwrap();
        let save = ["save", "--session", SESSION, "-m", "rewritten", "--json"];
        let id = two.world.ckpt(&two.work, &save).succeeds().id();
        assert!(two.world.restored(&two.work, &id) == rewritten);
        let grown = turns(&two.work, SESSION, 3..9);
        fs::write(&transcript, &grown).unwrap();
        let id = two.world.ckpt(&two.work, &save).succeeds().id();
        assert!(two.world.restored(&two.work, &id) == grown);
        two.verify_says(&["2 problems", &two.older[..8]]);
    }
}

#[test]
fn a_damaged_note_is_told_and_the_others_are_still_there() {
    for kind in HARMS {
        eprintln!("{kind:?}");
        let two = Two::new();
        let commit = two.world.git(&two.work, &["rev-parse", "HEAD~1"]);
        let ties = two.world.ties_ref(&two.work);
        let note = two.path_in(&ties, &commit);
        let blob = two.world.git(&two.work, &["rev-parse", &format!("{ties}:{note}")]);
        harm(&two.object(&blob), kind);
        for reading in ["show", "prompt"] {
            let ran = two.world.ckpt(&two.work, &[reading, "HEAD~1"]);
            assert_eq!(ran.code, Some(5), "{reading}: {}{}", ran.out, ran.err);
        }
        two.world.ckpt(&two.work, &["show", "--raw", "HEAD~1"]).fails(5, &[&blob]);
        let restore = ["restore", "HEAD~1", "--yes"];
        two.world.ckpt(&two.work, &restore).fails(5, &[&blob, "git ckpt verify"]);
        two.world.ckpt(&two.work, &["show", &two.older]).fails(5, &[&blob, "git ckpt verify"]);
        let save = ["save", "HEAD~1", "-m", "one more"];
        let said = [&blob[..], "git ckpt verify", "not lost"];
        two.world.ckpt(&two.work, &save).fails(5, &said);
        two.verify_says(&[&commit[..10], "note", &blob]);
        two.newer_is_whole();
        let later = two.world.ckpt(&two.work, &["log"]).succeeds();
        assert!(!later.err.contains("unfinished"), "it is tried for ever: {}", later.err);
    }
}

/// Two checkpoints in different directories of the notes tree, where a commit lies by how its id begins.
fn two_apart() -> Two {
    loop {
        let two = Two::new();
        let start = |revision| two.world.git(&two.work, &["rev-parse", revision])[..2].to_owned();
        if start("HEAD") != start("HEAD~1") {
            return two;
        }
    }
}

#[test]
fn a_damaged_directory_of_the_notes_tree_is_told_and_the_others_are_still_there() {
    for kind in HARMS {
        eprintln!("{kind:?}");
        let two = two_apart();
        let commit = two.world.git(&two.work, &["rev-parse", "HEAD~1"]);
        let ties = two.world.ties_ref(&two.work);
        let tree = two.world.git(&two.work, &["rev-parse", &format!("{ties}:{}", &commit[..2])]);
        harm(&two.object(&tree), kind);
        two.world.ckpt(&two.work, &["show", "HEAD~1"]).fails(5, &[&tree, "git ckpt verify"]);
        two.verify_says(&["ties of checkpoints to commits", &commit[..2], &tree]);
        two.newer_is_whole();
        let log = two.world.ckpt(&two.work, &["log"]).succeeds();
        assert!(log.err.contains("some checkpoints are not shown"), "{}", log.err);
    }
}

#[test]
fn a_damaged_tip_of_the_ties_is_told_and_verify_still_answers() {
    for kind in HARMS {
        eprintln!("{kind:?}");
        let two = Two::new();
        let ties = two.world.ties_ref(&two.work);
        harm(&two.object(&ties), kind);
        two.world.ckpt(&two.work, &["show"]).fails(5, &[&ties, "git ckpt verify"]);
        two.world.ckpt(&two.work, &["save", "-m", "x"]).fails(5, &[&ties, "not lost"]);
        two.verify_says(&["ties of checkpoints to commits", &ties]);
    }
}
