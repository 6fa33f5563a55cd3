//! Finding out what is wrong, or about to go wrong, before somebody misses a checkpoint.
//!
//! Each check is a function of its own in a file of its own, and a line in `CHECKS`. It finds and explains; what it
//! proposes to mend by itself throws nothing away. A check that fails says so and keeps none of the others from
//! running.

mod behind;
mod clocks;
mod hooks;
mod leftovers;
mod lost_ties;
mod own_refs;
mod place;
mod refspecs;
mod retention;
mod unfinished;
mod writers;

use std::cell::OnceCell;
use std::error::Error;
use std::path::PathBuf;

use crate::model::causes::with_causes;
use crate::ops::Desk;
use crate::ops::init;
use crate::ops::install::HookScript;
use crate::store::{CommitError, Tied};

/// All checks, in the order in which they are told, each with its name.
const CHECKS: &[(&str, Check)] = &[
    ("place", place::check),
    ("unfinished", unfinished::check),
    ("own-refs", own_refs::check),
    ("writers", writers::check),
    ("refspecs", refspecs::check),
    ("ties", lost_ties::check),
    ("behind", behind::check),
    ("retention", retention::check),
    ("clocks", clocks::check),
    ("hooks", hooks::check),
    ("leftovers", leftovers::check),
];

type Check = fn(&Patient) -> Result<Vec<Finding>, Box<dyn Error>>;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Something may get lost, or does not do what it looks like.
    Warning,
    /// Something does not work, or gets lost soon.
    Problem,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    pub what: String,
    /// What it means for who works here, in one line.
    pub means: String,
    /// The command that mends it.
    pub mend: Option<String>,
    pub fix: Option<Fix>,
}

impl Finding {
    fn new(severity: Severity, what: impl Into<String>, means: impl Into<String>) -> Self {
        Self { severity, what: what.into(), means: means.into(), mend: None, fix: None }
    }

    fn mend(self, command: impl Into<String>) -> Self {
        Self { mend: Some(command.into()), ..self }
    }

    fn fix(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }
}

/// What can be mended without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Takes the right to write here from others.
    Protect(PathBuf),
    /// Adds a value to the configuration of this repository.
    Configure { key: String, value: String },
    /// Removes the lock that a dead process left on a ref.
    Unlock { reference: String },
    /// Writes this clone's name down again.
    Name { writer: String },
    /// Lets go of what a push has replaced at the remotes.
    Settle,
    /// Puts hooks in place again, as `init` does.
    Hooks(Vec<&'static str>),
    /// Removes a file that nothing reads any more.
    Remove(PathBuf),
}

/// The hooks of this version of the program.
pub struct Scripts {
    /// Those that are installed unless somebody says otherwise.
    pub usual: Vec<HookScript>,
    pub all: Vec<HookScript>,
    /// This program, by the path under which hooks find it.
    pub program: PathBuf,
}

/// What is examined, and what more than one check wants to know of it.
pub struct Patient<'d> {
    desk: &'d Desk,
    scripts: &'d Scripts,
    checkpoints: OnceCell<Vec<Tied>>,
}

impl Patient<'_> {
    /// All checkpoints of everybody.
    fn checkpoints(&self) -> Result<&[Tied], CommitError> {
        if self.checkpoints.get().is_none() {
            let notes = self.desk.store.notes()?;
            let mut commits: Vec<_> = notes.commits().collect();
            commits.sort_unstable();
            let all = self.desk.store.read_notes_of(&notes, &commits);
            // Nobody else can have set it: the cell is this thread's own.
            let _ = self.checkpoints.set(all.into_iter().flatten().collect());
        }
        Ok(self.checkpoints.get().map_or(&[], Vec::as_slice))
    }
}

/// What a check found.
#[derive(Debug)]
pub struct Examined {
    pub check: &'static str,
    pub findings: Vec<Finding>,
}

/// Runs all checks and changes nothing.
pub fn examine(desk: &Desk, scripts: &Scripts) -> Vec<Examined> {
    let patient = Patient { desk, scripts, checkpoints: OnceCell::new() };
    let examined = CHECKS.iter().map(|(check, examine)| {
        let findings = examine(&patient).unwrap_or_else(|error| vec![failed(check, &*error)]);
        Examined { check, findings }
    });
    examined.collect()
}

fn failed(check: &str, error: &dyn Error) -> Finding {
    let what = format!("the check `{check}` failed: {}", with_causes(error));
    Finding::new(Severity::Problem, what, "what it looks for may be there and was not seen")
        .mend("git ckpt verify")
}

/// Carries out a fix.
pub fn mend(desk: &Desk, scripts: &Scripts, fix: &Fix) -> Result<(), Box<dyn Error>> {
    match fix {
        Fix::Protect(path) => place::protect(path)?,
        Fix::Configure { key, value } => {
            desk.store.repository().config_file().add(key, value)?;
        }
        Fix::Unlock { reference } => own_refs::unlock(desk, reference)?,
        Fix::Name { writer } => desk.store.name_writer(&writer.parse()?)?,
        Fix::Settle => desk.store.settle()?,
        Fix::Hooks(names) => {
            let meant = scripts.all.iter().filter(|hook| names.contains(&hook.name));
            init::put_back(desk, meant.copied(), &scripts.program)?;
        }
        Fix::Remove(path) => std::fs::remove_file(path)?,
    }
    Ok(())
}
