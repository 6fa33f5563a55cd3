//! `init`: the hooks, the refspec and the settings of one repository.

use std::path::{Path, PathBuf};

use crate::git::{HooksPath, Repository};
use crate::model::writer::{REMOTE_TIES_PREFIX, TIES_PREFIX};
use crate::ops::Desk;
use crate::ops::hook_owner::{self, Owner};
use crate::ops::install::{self, Change, HookScript, InstallError, Installation, Step, Undone};
use crate::ops::remotes;
use crate::policy::sharing::{self, NotAPushMode, PushMode};
use crate::store::Part;

/// Below these git shows notes: the documents of this clone, and those of others.
const SHOWN: [&str; 2] = [TIES_PREFIX, REMOTE_TIES_PREFIX];

/// What to set up.
#[derive(Clone, Debug)]
pub struct InitRequest {
    pub hooks: Vec<HookScript>,
    /// This program, by the path under which it will be found again.
    pub program: PathBuf,
    pub remote: Remote,
    /// `ckpt.push`, where somebody has said so.
    pub push: Option<PushMode>,
    pub show_notes: bool,
}

/// Which remote's checkpoints are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// The one that `ckpt.remote` names, else `origin`, else the only one.
    Usual,
    Named(String),
    None,
}

/// Something to know that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    NoRemote,
    /// The remote is not fetched from by name alone: a refspec would change what `git fetch` does.
    NotFetched {
        remote: String,
    },
    /// What is sent there may be read by everybody.
    Public {
        remote: String,
        url: String,
    },
    /// The value of `ckpt.push` that counts.
    Push {
        when: String,
    },
    /// Plain `git log` does not show the documents.
    NotShown,
    /// What a template does.
    Template {
        directory: PathBuf,
    },
    /// What one directory of hooks for all repositories does.
    HooksPath {
        directory: PathBuf,
    },
}

/// What is about to be done.
#[derive(Debug)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub remarks: Vec<Remark>,
}

/// Why nothing can be set up.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("there is no remote `{name}`")]
    NoRemote { name: String, known: Vec<String> },
}

/// Works out what is to be done, and does nothing.
pub fn plan(desk: &Desk, request: &InitRequest) -> Result<Plan, InitError> {
    let repository = desk.store.repository();
    let mut plan = Plan { steps: hook_steps(repository, request)?, remarks: Vec::new() };
    let remote = chosen_remote(desk, &request.remote)?;
    match &remote {
        Some(remote) => refspec(repository, remote, &mut plan),
        None if request.remote == Remote::Usual => plan.remarks.push(Remark::NoRemote),
        None => {}
    }
    if request.show_notes {
        for shown in SHOWN {
            plan.steps.push(added(repository, "notes.displayRef", &format!("{shown}*")));
        }
    }
    let shown = repository.config_entries("notes.displayref");
    let others = format!("{REMOTE_TIES_PREFIX}*");
    if !request.show_notes && !shown.iter().any(|(_, value)| *value == others) {
        plan.remarks.push(Remark::NotShown);
    }
    let mode = request.push.map_or_else(|| remotes::push_mode(desk), Ok);
    push(repository, request.push, &mode, &mut plan);
    if let Some(remote) = remote.filter(|_| !matches!(mode, Ok(PushMode::Never)))
        && let Some(url) = public_url(repository, &remote)
    {
        plan.remarks.push(Remark::Public { remote, url });
    }
    Ok(plan)
}

/// Does what was planned.
pub fn carry_out(desk: &Desk, plan: &Plan) -> Result<(), InitError> {
    Ok(installation(desk).carry_out(&plan.steps)?)
}

/// What was ever set up here, to be taken back.
pub fn plan_back(desk: &Desk, hooks: &[HookScript]) -> Vec<Undone> {
    let repository = desk.store.repository();
    let place = repository.hooks_path();
    let ours = hook_owner::of_directory(repository, &place).is_none();
    let paths: Vec<PathBuf> = if ours {
        hooks.iter().map(|hook| place.directory.join(hook.name)).collect()
    } else {
        Vec::new()
    };
    installation(desk).to_take_back(&paths)
}

/// Takes it back.
pub fn take_back(desk: &Desk, undone: &[Undone]) -> Result<(), InitError> {
    Ok(installation(desk).take_back(undone)?)
}

/// The remote that would be set up, and whether everybody may be able to read what is sent there.
pub fn public_remote(desk: &Desk, remote: &Remote) -> Option<(String, String)> {
    let remote = chosen_remote(desk, remote).ok()??;
    let url = public_url(desk.store.repository(), &remote)?;
    Some((remote, url))
}

/// Whether somebody has said when checkpoints are sent.
pub fn push_is_settled(desk: &Desk) -> bool {
    desk.store.repository().config("ckpt.push").is_some()
}

/// What has become of one hook, as the step that would put it right.
pub fn hook_step(
    repository: &Repository,
    hook: HookScript,
    program: &Path,
) -> Result<Step, InstallError> {
    let place = repository.hooks_path();
    let owner = hook_owner::of_directory(repository, &place);
    hook_step_at(repository, &place, owner, hook, program)
}

/// Puts hooks in place again, as [`carry_out`] does, and nothing else.
pub fn put_back(
    desk: &Desk,
    hooks: impl IntoIterator<Item = HookScript>,
    program: &Path,
) -> Result<(), InitError> {
    let step = |hook| hook_step(desk.store.repository(), hook, program);
    let steps: Vec<Step> = hooks.into_iter().map(step).collect::<Result<_, _>>()?;
    Ok(installation(desk).carry_out(&steps)?)
}

/// Where what was set up here is written down.
pub fn installation(desk: &Desk) -> Installation<'_> {
    Installation {
        record: desk.store.installed_path(),
        config: desk.store.repository().config_file(),
        config_path: Some(desk.store.repository().config_path()),
    }
}

fn hook_steps(repository: &Repository, request: &InitRequest) -> Result<Vec<Step>, InitError> {
    let place = repository.hooks_path();
    let owner = hook_owner::of_directory(repository, &place);
    let step = |hook: &HookScript| hook_step_at(repository, &place, owner, *hook, &request.program);
    Ok(request.hooks.iter().map(step).collect::<Result<_, _>>()?)
}

fn hook_step_at(
    repository: &Repository,
    place: &HooksPath,
    owner: Option<Owner>,
    hook: HookScript,
    program: &Path,
) -> Result<Step, InstallError> {
    let step = match owner {
        Some(owner) => Err(owner),
        None => install::hook_step(hook, &place.directory, program)?,
    };
    Ok(step.unwrap_or_else(|owner| line_step(repository, place, owner, hook.name)))
}

/// What somebody else has to be told to do for a hook.
fn line_step(repository: &Repository, place: &HooksPath, owner: Owner, name: &'static str) -> Step {
    let top = repository.worktree().unwrap_or(repository.git_dir());
    let (file, text) = hook_owner::line_to_add(owner, top, &place.directory, name);
    let there = std::fs::read(&file).is_ok_and(|there| {
        hook_owner::is_ours(&there) || hook_owner::calls_us(&String::from_utf8_lossy(&there), name)
    });
    let change = if there { Change::Same } else { Change::New };
    Step::Line { name, owner, file, text, change }
}

fn chosen_remote(desk: &Desk, remote: &Remote) -> Result<Option<String>, InitError> {
    let known = remotes::names(desk);
    match remote {
        Remote::None => Ok(None),
        Remote::Named(name) if known.contains(name) => Ok(Some(name.clone())),
        Remote::Named(name) => Err(InitError::NoRemote { name: name.clone(), known }),
        Remote::Usual => {
            let named = desk.store.repository().config("ckpt.remote");
            let named = named.filter(|name| known.contains(name));
            let origin = || known.iter().find(|name| *name == "origin").cloned();
            let only = || known.first().filter(|_| known.len() == 1).cloned();
            Ok(named.or_else(origin).or_else(only))
        }
    }
}

fn refspec(repository: &Repository, remote: &str, plan: &mut Plan) {
    let key = format!("remote.{remote}.fetch");
    if repository.config_file().values(&key).is_empty() {
        plan.remarks.push(Remark::NotFetched { remote: remote.to_owned() });
        return;
    }
    // Logs are fetched when they are wanted.
    plan.steps.push(added(repository, &key, &Part::Documents.refspec(remote, "*")));
}

/// A value that stands beside others of its key.
fn added(repository: &Repository, key: &str, value: &str) -> Step {
    let there = repository.config_file().values(key).iter().any(|known| known == value);
    let change = if there { Change::Same } else { Change::New };
    Step::Config { key: key.to_owned(), value: value.to_owned(), replaces: None, change }
}

fn push(
    repository: &Repository,
    asked: Option<PushMode>,
    mode: &Result<PushMode, NotAPushMode>,
    plan: &mut Plan,
) {
    if let Some(when) = asked {
        let there = repository.config_file().values("ckpt.push");
        let change = if there == [when.as_str()] { Change::Same } else { Change::New };
        plan.steps.push(Step::Config {
            key: "ckpt.push".to_owned(),
            value: when.to_string(),
            replaces: Some(there),
            change,
        });
        return;
    }
    let when = match mode {
        Ok(mode) => mode.to_string(),
        Err(NotAPushMode(text)) => text.clone(),
    };
    plan.remarks.push(Remark::Push { when });
}

/// The address of a remote on a host that serves everybody.
fn public_url(repository: &Repository, remote: &str) -> Option<String> {
    let url = repository.config(&format!("remote.{remote}.url"))?;
    sharing::maybe_public(&url).is_some().then_some(url)
}
