//! Hooks that `init` has put in place and that do not run any more, or not as this version wants them to.
//!
//! What was never installed is not missing. A hook counts as installed where that is written down, or where one of ours
//! lies, as in a copy of a template.

use std::error::Error;
use std::path::{Path, PathBuf};

use crate::ops::doctor::{Finding, Fix, Patient, Severity};
use crate::ops::hook_owner::{self, Owner};
use crate::ops::init;
use crate::ops::install::{self, Change, HookScript, InstallError, Step};

/// What is the matter with a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Gone,
    /// Another hook stands in its place, which `init` would keep and run.
    Overwritten,
    OverwrittenBy(Owner),
    /// A hook that was there before ours, which nothing runs since ours is gone.
    Waiting(PathBuf),
    /// Git looks for hooks in another directory than the one of this path, and has none of ours there.
    Bypassed {
        was: PathBuf,
        by_us_to_fill: bool,
    },
    NotExecutable,
    Older,
    /// The program that it names is not there.
    Astray(String),
    Altered,
    /// Others of ours are there.
    NotInstalled,
}

/// Where a hook was put, as it is written down.
enum Was {
    Here,
    /// In a directory of hooks that git does not look into.
    Elsewhere(PathBuf),
    Nowhere,
}

pub fn check(patient: &Patient) -> Result<Vec<Finding>, Box<dyn Error>> {
    let repository = patient.desk.store.repository();
    let place = repository.hooks_path().directory;
    // A record that cannot be read is another check's.
    let recorded = init::installation(patient.desk).recorded_hooks().unwrap_or_default();
    let mut troubles: Vec<(Trouble, Vec<&'static str>)> = Vec::new();
    let mut installed = false;
    for hook in &patient.scripts.all {
        let step = init::hook_step(repository, *hook, &patient.scripts.program);
        let was = was(&recorded, &place, hook);
        installed |= !matches!((&was, change(&step)), (Was::Nowhere, Some(Change::New) | None));
        let Some(trouble) = trouble(step, was)? else { continue };
        if trouble == Trouble::NotInstalled && !is_usual(patient, hook) {
            continue;
        }
        match troubles.iter_mut().find(|(same, _)| *same == trouble) {
            Some((_, names)) => names.push(hook.name),
            None => troubles.push((trouble, vec![hook.name])),
        }
    }
    troubles.retain(|(trouble, _)| *trouble != Trouble::NotInstalled || installed);
    Ok(troubles.into_iter().map(|(trouble, names)| finding(&place, &trouble, names)).collect())
}

fn is_usual(patient: &Patient, hook: &HookScript) -> bool {
    patient.scripts.usual.iter().any(|usual| usual.name == hook.name)
}

fn was(recorded: &[PathBuf], place: &Path, hook: &HookScript) -> Was {
    let path = place.join(hook.name);
    let elsewhere = || recorded.iter().find(|path| path.ends_with(hook.name));
    match elsewhere() {
        _ if recorded.contains(&path) => Was::Here,
        Some(path) => Was::Elsewhere(path.parent().unwrap_or(path).to_owned()),
        None => Was::Nowhere,
    }
}

fn change(step: &Result<Step, InstallError>) -> Option<Change> {
    match step {
        Ok(Step::Hook { change, .. } | Step::Line { change, .. }) => Some(*change),
        _ => None,
    }
}

fn trouble(step: Result<Step, InstallError>, was: Was) -> Result<Option<Trouble>, Box<dyn Error>> {
    let trouble = match (step, was) {
        (Err(InstallError::BothThere { path, .. }), _) => Trouble::Waiting(path),
        (Err(error), _) => return Err(error.into()),
        (Ok(Step::Hook { change: Change::Renewed, path, text, .. }), _) => renewed(&path, &text)?,
        (Ok(Step::Hook { change: Change::New, .. }), Was::Elsewhere(was)) => {
            Trouble::Bypassed { was, by_us_to_fill: true }
        }
        (Ok(Step::Hook { change: Change::New, path, .. }), Was::Here) if path.exists() => {
            Trouble::Overwritten
        }
        (Ok(Step::Hook { change: Change::New, .. }), Was::Here) => Trouble::Gone,
        (Ok(Step::Hook { change: Change::New, path, .. }), Was::Nowhere)
            if install::before(&path).exists() =>
        {
            Trouble::Waiting(path)
        }
        (Ok(Step::Line { change: Change::New, .. }), Was::Elsewhere(was)) => {
            Trouble::Bypassed { was, by_us_to_fill: false }
        }
        (Ok(Step::Line { change: Change::New, owner, .. }), Was::Here) => {
            Trouble::OverwrittenBy(owner)
        }
        (Ok(Step::Hook { change: Change::New, .. }), Was::Nowhere) => Trouble::NotInstalled,
        _ => return Ok(None),
    };
    Ok(Some(trouble))
}

/// Why a hook of ours is to be written again, which is `text` then.
fn renewed(path: &Path, text: &str) -> std::io::Result<Trouble> {
    if !install::is_executable(path) {
        return Ok(Trouble::NotExecutable);
    }
    let there = std::fs::read(path)?;
    if hook_owner::version(&there) < hook_owner::version(text.as_bytes()) {
        return Ok(Trouble::Older);
    }
    let there = String::from_utf8_lossy(&there);
    let program = install::program_of(&there);
    if let Some(program) = program.filter(|program| !Path::new(program).exists()) {
        return Ok(Trouble::Astray(program));
    }
    Ok(Trouble::Altered)
}

fn finding(place: &Path, trouble: &Trouble, names: Vec<&'static str>) -> Finding {
    let (severity, what, means) = words(place, trouble);
    let what = match trouble {
        Trouble::Waiting(_) => what,
        _ => format!("{what}: {}", names.join(", ")),
    };
    let finding = Finding::new(severity, what, means).mend(mend(trouble));
    match trouble {
        Trouble::Waiting(_) | Trouble::Altered | Trouble::OverwrittenBy(_) => finding,
        Trouble::Bypassed { by_us_to_fill: false, .. } => finding,
        _ => finding.fix(Fix::Hooks(names)),
    }
}

fn words(place: &Path, trouble: &Trouble) -> (Severity, String, &'static str) {
    use Severity::{Note, Problem, Warning};
    let unseen = "what git does there goes by unseen: nothing is saved, nothing follows";
    let place = place.display();
    match trouble {
        Trouble::Gone => (Problem, format!("hooks are gone from `{place}`"), unseen),
        Trouble::Overwritten => {
            (Problem, format!("other hooks stand in the place of ours in `{place}`"), unseen)
        }
        Trouble::OverwrittenBy(owner) => {
            (Problem, format!("{} has written over hooks in `{place}`", owner.words()), unseen)
        }
        Trouble::Waiting(path) => (
            Warning,
            format!("`{}` is a hook that does not run", install::before(path).display()),
            "it was there before the hook of `init`, which ran it and is gone",
        ),
        Trouble::Bypassed { was, .. } => (
            Problem,
            format!("`core.hooksPath` leads to `{place}`, past hooks in `{}`", was.display()),
            unseen,
        ),
        Trouble::NotExecutable => {
            (Problem, format!("hooks in `{place}` are not executable, and git skips them"), unseen)
        }
        Trouble::Older => (
            Warning,
            format!("hooks in `{place}` are of an older version"),
            "they lack what this version does in them",
        ),
        Trouble::Astray(program) => (
            Warning,
            format!("hooks in `{place}` name `{program}`, which is gone"),
            "they do nothing where git is started without a search path that leads to git-ckpt",
        ),
        Trouble::Altered => (
            Note,
            format!("hooks in `{place}` are not as this version writes them"),
            "the next `git ckpt init` writes them again",
        ),
        Trouble::NotInstalled => {
            (Warning, format!("hooks that are not in `{place}`, where others of ours are"), unseen)
        }
    }
}

fn mend(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Waiting(path) if path.exists() => {
            format!("diff '{}' '{}'", path.display(), install::before(path).display())
        }
        Trouble::Waiting(path) => {
            format!("mv '{}' '{}'", install::before(path).display(), path.display())
        }
        _ => "git ckpt init".to_owned(),
    }
}
