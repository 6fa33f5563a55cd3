//! What a person or a script is told about hooks and settings that were put in place.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ops::hook_owner::Owner;
use crate::ops::init::{Plan, Remark};
use crate::ops::install::{Change, Setting, Step, Undone};
use crate::ui::sanitize::one_line;

/// Whether it was done or is only being talked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    Did,
    Would,
}

/// The lines that describe an installation.
pub fn text(plan: &Plan, tense: Tense) -> String {
    let mut text = String::new();
    if tense == Tense::Would {
        text.push_str("nothing is changed; this is what would be:\n");
    }
    forwards(&plan.steps, &mut text);
    for step in &plan.steps {
        step_text(step, &mut text);
    }
    for remark in &plan.remarks {
        let _ = writeln!(text, "{}", remark_text(remark));
    }
    text
}

fn step_text(step: &Step, text: &mut String) {
    let _ = match step {
        Step::Hook { name, path, keeps, change, .. } => {
            let keeps = if *keeps { "; the hook that was there runs first" } else { "" };
            writeln!(text, "{} hook {name} in {}{keeps}", word(*change), path.display())
        }
        Step::Forward { .. } => Ok(()),
        Step::Config { key, value, change, .. } => {
            writeln!(text, "{} config {key} = {value}", word(*change))
        }
        Step::Line { name, owner, file, change: Change::Same, .. } => {
            writeln!(text, "same    hook {name} through {}: {}", owner.words(), file.display())
        }
        Step::Line { name, owner, file, text: line, .. } => {
            let line = line.replace('\n', "\n            ");
            writeln!(
                text,
                "to do   hook {name}: {}, so nothing was written there\n        add to {}:\n            {line}{}",
                owner_reason(*owner),
                file.display(),
                owner_afterwards(*owner, name),
            )
        }
    };
}

fn forwards(steps: &[Step], text: &mut String) {
    let all = steps.iter().filter(|step| matches!(step, Step::Forward { .. }));
    let new = steps
        .iter()
        .filter(|step| matches!(step, Step::Forward { change, .. } if *change != Change::Same));
    let (all, new) = (all.count(), new.count());
    if all > 0 {
        let change = if new > 0 { Change::New } else { Change::Same };
        let _ =
            writeln!(text, "{} {all} hooks that hand on to each repository's own", word(change));
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::New => "new    ",
        Change::Renewed => "renewed",
        Change::Same => "same   ",
    }
}

fn owner_reason(owner: Owner) -> String {
    match owner {
        Owner::Worktree => "`core.hooksPath` points into the worktree, where hooks are shared as files".to_owned(),
        Owner::User => "`core.hooksPath` is set for more than this repository (or run `git ckpt init --global=hooks-path`)".to_owned(),
        Owner::Nobody => "`core.hooksPath` names no directory, which switches all hooks off".to_owned(),
        manager => format!("{} writes it", manager.words()),
    }
}

/// What has to be done besides adding the lines.
fn owner_afterwards(owner: Owner, hook: &str) -> String {
    match owner {
        Owner::Worktree | Owner::User => {
            "\n        and let the file be executable and begin with #!/bin/sh".to_owned()
        }
        Owner::Lefthook => "\n        then run: lefthook install".to_owned(),
        Owner::PreCommit => format!("\n        then run: pre-commit install --hook-type {hook}"),
        Owner::Prek => format!("\n        then run: prek install --hook-type {hook}"),
        Owner::Hk => "\n        then run: hk install".to_owned(),
        Owner::Husky | Owner::Nobody => String::new(),
    }
}

fn remark_text(remark: &Remark) -> String {
    match remark {
        Remark::NoRemote => {
            "note    no remote to fetch checkpoints from; once there is one, run this again"
                .to_owned()
        }
        Remark::NotFetched { remote } => {
            format!(
                "note    `{remote}` has no refspec of its own, so none was added: it would change what `git fetch` does"
            )
        }
        Remark::Public { remote, url } => format!("note    {}", public(remote, url)),
        Remark::Push { when } => {
            format!("note    ckpt.push is {when}: {}", push_words(when))
        }
        Remark::NotShown => "note    plain `git log` does not show the documents; `git ckpt init --show-notes` lets it, and `git log --notes='ckpt/*'` does once".to_owned(),
        Remark::Template { directory } => format!(
            "note    every repository made by `git init` or `git clone` from now on starts with the hooks in {}; in one that you have, `git init` copies them",
            directory.display()
        ),
        Remark::HooksPath { directory } => format!(
            "note    git now looks for hooks in {} in every repository that does not set `core.hooksPath` itself; of a repository's own hooks only those that change git by being there are not handed on to (reference-transaction, post-index-change, push-to-checkout, proc-receive)",
            directory.display()
        ),
    }
}

fn push_words(when: &str) -> &'static str {
    match when {
        "auto" => "checkpoints go along with every `git push`",
        "never" => "checkpoints stay here",
        _ => "checkpoints stay here until you send them",
    }
}

fn public(remote: &str, url: &str) -> String {
    let url = without_secret(url);
    format!(
        "`{remote}` is {url}: what is sent there is read by whoever can read the code, whole transcripts included; in a public repository that is everybody"
    )
}

/// An address without a password that stands in it.
fn without_secret(url: &str) -> String {
    let url = one_line(url, 200);
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}/{path}"),
        None => url,
    }
}

/// What is asked about `ckpt.push`.
pub fn push_question(public_remote: Option<&(String, String)>) -> String {
    let warning = public_remote.map(|(remote, url)| format!("{}\n", public(remote, url)));
    format!(
        "{}send checkpoints with every `git push`? auto, manual (you send them) or never [manual]",
        warning.unwrap_or_default()
    )
}

/// The lines that describe what was taken back.
pub fn undone(undone: &[Undone], tense: Tense) -> String {
    let mut text = String::new();
    if tense == Tense::Would {
        text.push_str("nothing is changed; this is what would be:\n");
    }
    for step in undone {
        let _ = match step {
            Undone::Hook(path) => writeln!(text, "removed hook {}", path.display()),
            Undone::PutBack(path) => {
                writeln!(
                    text,
                    "removed hook {}; the one that was there before is back",
                    path.display()
                )
            }
            Undone::Left(path) => {
                writeln!(text, "left    hook {}: somebody else has replaced ours", path.display())
            }
            Undone::Config(Setting { key, value, .. }) => {
                writeln!(text, "removed config {key} = {value}")
            }
        };
    }
    if undone.is_empty() {
        text.push_str("nothing was installed here\n");
    }
    text
}

/// An installation for scripts.
pub fn json(plan: &Plan, tense: Tense) -> Value {
    let steps: Vec<Value> = plan.steps.iter().map(step_json).collect();
    let notes: Vec<String> = plan.remarks.iter().map(note).collect();
    json!({ "schema": 1, "done": tense == Tense::Did, "steps": steps, "notes": notes })
}

fn note(remark: &Remark) -> String {
    remark_text(remark).trim_start_matches("note").trim_start().to_owned()
}

fn step_json(step: &Step) -> Value {
    let change = |change: &Change| match change {
        Change::New => "new",
        Change::Renewed => "renewed",
        Change::Same => "same",
    };
    match step {
        Step::Hook { name, path, keeps, change: how, .. } => {
            json!({ "what": "hook", "name": name, "path": path, "keeps": keeps, "change": change(how) })
        }
        Step::Forward { name, path, change: how, .. } => {
            json!({ "what": "forward", "name": name, "path": path, "change": change(how) })
        }
        Step::Config { key, value, change: how, .. } => {
            json!({ "what": "config", "key": key, "value": value, "change": change(how) })
        }
        Step::Line { name, owner, file, text, change: how } => json!({
            "what": "line", "name": name, "owner": owner.words(), "path": file, "text": text,
            "change": change(how),
        }),
    }
}

/// What was taken back, for scripts.
pub fn undone_json(undone: &[Undone], tense: Tense) -> Value {
    let step = |step: &Undone| match step {
        Undone::Hook(path) => json!({ "what": "hook", "path": path, "change": "removed" }),
        Undone::PutBack(path) => json!({ "what": "hook", "path": path, "change": "put back" }),
        Undone::Left(path) => json!({ "what": "hook", "path": path, "change": "left" }),
        Undone::Config(Setting { key, value, .. }) => {
            json!({ "what": "config", "key": key, "value": value, "change": "removed" })
        }
    };
    let steps: Vec<Value> = undone.iter().map(step).collect();
    json!({ "schema": 1, "done": tense == Tense::Did, "steps": steps, "notes": [] })
}
