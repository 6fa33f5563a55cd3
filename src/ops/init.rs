//! `init`: the hooks, the refspec and the settings of one repository.

use std::path::{Path, PathBuf};

use crate::git::{HooksPath, Repository};
use crate::ops::Desk;
use crate::ops::hook_owner::{self, Owner};
use crate::ops::install::{self, Change, HookScript, InstallError, Installation, Step, Undone};

/// The refs of all writers, as a remote has them and as they are kept here. Logs are fetched when they are wanted.
const DOCUMENTS: &str = "refs/notes/ckpt/*";
/// Where git shows notes from.
const SHOWN: [&str; 2] = [DOCUMENTS, "refs/notes/ckpt-remote/*"];

/// Hosts where many repositories are open to everybody.
const PUBLIC: &[&str] = &[
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "sr.ht",
    "gitee.com",
    "sourceforge.net",
    "huggingface.co",
    "salsa.debian.org",
];

/// What to set up.
#[derive(Clone, Debug)]
pub struct InitRequest {
    pub hooks: Vec<HookScript>,
    /// This program, by the path under which it will be found again.
    pub program: PathBuf,
    pub remote: Remote,
    /// `ckpt.push`, where somebody has said so.
    pub push: Option<&'static str>,
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
    let remote = chosen_remote(repository, &request.remote)?;
    match &remote {
        Some(remote) => refspec(repository, remote, &mut plan),
        None if request.remote == Remote::Usual => plan.remarks.push(Remark::NoRemote),
        None => {}
    }
    if request.show_notes {
        for shown in SHOWN {
            plan.steps.push(added(repository, "notes.displayRef", shown));
        }
    }
    let shown = repository.config_entries("notes.displayref");
    if !request.show_notes && !shown.iter().any(|(_, value)| value == SHOWN[1]) {
        plan.remarks.push(Remark::NotShown);
    }
    push(repository, request.push, &mut plan);
    if let Some(remote) = remote.filter(|_| push_mode(repository, request.push) != "never")
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
    let repository = desk.store.repository();
    let remote = chosen_remote(repository, remote).ok()??;
    let url = public_url(repository, &remote)?;
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

fn remotes(repository: &Repository) -> Vec<String> {
    let urls = repository.config_entries("remote.").into_iter();
    urls.filter_map(|(key, _)| Some(key.strip_prefix("remote.")?.strip_suffix(".url")?.to_owned()))
        .collect()
}

fn chosen_remote(repository: &Repository, remote: &Remote) -> Result<Option<String>, InitError> {
    let known = remotes(repository);
    match remote {
        Remote::None => Ok(None),
        Remote::Named(name) if known.contains(name) => Ok(Some(name.clone())),
        Remote::Named(name) => Err(InitError::NoRemote { name: name.clone(), known }),
        Remote::Usual => {
            let named = repository.config("ckpt.remote").filter(|name| known.contains(name));
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
    let refspec = format!("+{DOCUMENTS}:refs/notes/ckpt-remote/{remote}/*");
    plan.steps.push(added(repository, &key, &refspec));
}

/// A value that stands beside others of its key.
fn added(repository: &Repository, key: &str, value: &str) -> Step {
    let there = repository.config_file().values(key).iter().any(|known| known == value);
    let change = if there { Change::Same } else { Change::New };
    Step::Config { key: key.to_owned(), value: value.to_owned(), replaces: None, change }
}

fn push(repository: &Repository, asked: Option<&str>, plan: &mut Plan) {
    if let Some(when) = asked {
        let there = repository.config_file().values("ckpt.push");
        let change = if there == [when] { Change::Same } else { Change::New };
        plan.steps.push(Step::Config {
            key: "ckpt.push".to_owned(),
            value: when.to_owned(),
            replaces: Some(there),
            change,
        });
    } else {
        plan.remarks.push(Remark::Push { when: push_mode(repository, None) });
    }
}

fn push_mode(repository: &Repository, asked: Option<&str>) -> String {
    let asked = asked.map(str::to_owned);
    asked.or_else(|| repository.config("ckpt.push")).unwrap_or_else(|| "manual".to_owned())
}

/// The address of a remote on a host that serves everybody.
fn public_url(repository: &Repository, remote: &str) -> Option<String> {
    let url = repository.config(&format!("remote.{remote}.url"))?;
    let host = host(&url)?;
    let public = |name: &&str| host == **name || host.ends_with(&format!(".{name}"));
    PUBLIC.iter().any(public).then_some(url)
}

/// The host in an address of any form that git takes; none in a path.
fn host(url: &str) -> Option<String> {
    let rest = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split('/').next()?,
        None => url.split_once(':').filter(|(before, _)| !before.contains('/'))?.0,
    };
    let host = rest.rsplit('@').next()?;
    Some(host.split(':').next()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_out_of_every_form_of_address() {
        let table = [
            ("https://github.com/ada/garden.git", Some("github.com")),
            ("https://ada:secret@GitLab.com:443/garden", Some("gitlab.com")),
            ("git@github.com:ada/garden.git", Some("github.com")),
            ("ssh://git@codeberg.org:22/ada/garden", Some("codeberg.org")),
            ("file:///srv/github.com/garden", None),
            ("/srv/git:hub/garden", None),
            ("../garden", None),
        ];
        for (url, expected) in table {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
