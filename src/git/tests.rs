//! Tests of the git layer against real repositories made by the real `git`.
//!
//! Every world has its own home and sees nobody's configuration: neither the commands run here nor the library.

mod ancestry;
mod clones;
mod contract;
mod damage;
mod histories;
mod loose;
mod objects;
mod patches;
mod refs;
mod repositories;
mod revisions;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;

use tempfile::TempDir;

use crate::git::commit::{NewCommit, Stamp};
use crate::git::repository::Repository;
use crate::model::object::ObjectId;

/// A directory with a repository in it, and a clock that ticks with every command.
struct World {
    directory: TempDir,
    place: PathBuf,
    clock: Cell<i64>,
}

impl World {
    /// A repository made by `git init` with these options.
    fn new(options: &[&str]) -> Self {
        let directory = TempDir::new().unwrap();
        let place = directory.path().join("work");
        std::fs::create_dir(directory.path().join("home")).unwrap();
        std::fs::create_dir(&place).unwrap();
        let world = Self { directory, place, clock: Cell::new(1_700_000_000) };
        let init = ["init", "--quiet", "--initial-branch=main"];
        world.git(&[&init[..], options].concat());
        world
    }

    fn plain() -> Self {
        Self::new(&[])
    }

    /// The same world seen from another place in it.
    fn at(self, place: &str) -> Self {
        let place = self.path(place);
        Self { place, ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        self.clock.set(self.clock.get() + 1);
        let date = format!("{} +0130", self.clock.get());
        vec![
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", self.path("home").display().to_string()),
            ("GIT_CONFIG_GLOBAL", self.path("home/config").display().to_string()),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("GIT_AUTHOR_NAME", "Ada".to_owned()),
            ("GIT_AUTHOR_EMAIL", "ada@example.com".to_owned()),
            ("GIT_AUTHOR_DATE", date.clone()),
            ("GIT_COMMITTER_NAME", "Ada".to_owned()),
            ("GIT_COMMITTER_EMAIL", "ada@example.com".to_owned()),
            ("GIT_COMMITTER_DATE", date),
            ("LC_ALL", "C".to_owned()),
        ]
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.env_clear().envs(self.variables()).current_dir(&self.place).args(arguments);
        command.output().unwrap()
    }

    /// Runs git, which must succeed, and gives what it printed without the last line end.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {complaint}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.place.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits all that is in the worktree.
    fn commit(&self, subject: &str) -> ObjectId {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
        self.id("HEAD")
    }

    fn id(&self, revision: &str) -> ObjectId {
        self.git(&["rev-parse", "--verify", revision]).parse().unwrap()
    }

    fn open(&self) -> Repository {
        self.open_at(&self.place)
    }

    fn open_at(&self, place: &Path) -> Repository {
        isolate_library();
        let mut repository = Repository::discover(place).unwrap();
        for (name, value) in self.variables() {
            repository.program.set_variable(name, value);
        }
        repository
    }
}

/// Takes the user's and the machine's configuration out of libgit2's sight.
fn isolate_library() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        use git2::ConfigLevel::{Global, ProgramData, System, XDG};
        let nowhere = std::env::temp_dir().join("no-such-home-of-anybody");
        for level in [Global, ProgramData, System, XDG] {
            // SAFETY: `Once` orders this before every opening in these tests, and nothing sets it again.
            unsafe { git2::opts::set_search_path(level, &nowhere).unwrap() };
        }
    });
}

fn stamp() -> Stamp {
    let (name, email) = ("Ada".to_owned(), "ada@example.com".to_owned());
    Stamp { name, email, seconds: 1_700_000_000, offset: -210 }
}

fn new_commit(tree: ObjectId, parents: Vec<ObjectId>, message: &str) -> NewCommit {
    let message = message.to_owned();
    NewCommit { tree, parents, author: stamp(), committer: stamp(), message }
}
