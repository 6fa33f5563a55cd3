//! The first message of a new session, out of a checkpoint.

use crate::git::{CommitFacts, HistoryError, HistoryRequest, ObjectError};
use crate::model::checkpoint::{Checkpoint, Status};
use crate::ops::Desk;
use crate::ops::locate::{self, LocateError, Located};
use crate::policy::opening::{self, File, Message, Opening};
use crate::policy::sections;
use crate::policy::suspicion;
use crate::policy::tokens;

/// Largest file whose content is considered, in bytes.
const LARGEST_FILE: u64 = 1 << 20;

#[derive(Clone, Debug)]
pub struct PromptRequest {
    pub target: String,
    /// Tokens that the contents of the files in play may take; `None` leaves them out.
    pub file_budget: Option<u64>,
}

pub struct PromptOutcome {
    pub message: Message,
    pub tokens: u64,
    /// Files in play whose content cannot be added, each with the reason.
    pub not_shown: Vec<String>,
    /// A piece of the document that reads like an instruction to an agent.
    pub suspicion: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error("a file of the commit cannot be read")]
    File(#[from] ObjectError),
    #[error(transparent)]
    History(#[from] HistoryError),
}

pub fn prompt(desk: &Desk, request: &PromptRequest) -> Result<PromptOutcome, PromptError> {
    let located = locate::locate(desk, &request.target)?;
    let checkpoint = locate::understood(&located)?;
    let commit = locate::commit_facts(desk, located.commit)?;
    let (files, not_shown) = match request.file_budget {
        Some(_) if commit.is_some() => files_in_play(desk, &located, checkpoint)?,
        _ => (Vec::new(), Vec::new()),
    };
    let suspicion = suspicion::suspicion_in(checkpoint.texts());
    let message = opening::message(&Opening {
        facts: facts(desk, &located, checkpoint, commit.as_ref())?,
        document: &checkpoint.body,
        author: &checkpoint.header.author,
        suspicion: suspicion.as_deref(),
        files,
        not_shown: &not_shown,
        file_budget: request.file_budget.unwrap_or(0),
    });
    let tokens = tokens::count(&message.text);
    Ok(PromptOutcome { message, tokens, not_shown, suspicion })
}

fn facts<'a>(
    desk: &Desk,
    located: &Located,
    checkpoint: &Checkpoint,
    commit: Option<&CommitFacts>,
) -> Result<Vec<(&'a str, String)>, PromptError> {
    let header = &checkpoint.header;
    let mut facts = vec![("Work", header.title.clone())];
    if let Some(objective) = &header.objective {
        facts.push(("Objective", objective.clone()));
    }
    let mut status = header.status.title().to_owned();
    if let Some(progress) = header.progress {
        status.push_str(&format!(", {} of {} steps done", progress.done, progress.total));
    }
    if header.status != Status::InProgress || header.progress.is_some() {
        facts.push(("Status", status));
    }
    let subject = commit.map_or("(not in this repository)", |commit| commit.subject.as_str());
    facts.push(("Commit", format!("{} {subject}", located.commit.short())));
    if let Some(branch) = &header.anchors.branch {
        facts.push(("Branch", branch.clone()));
    }
    facts.push(("Written", format!("{} by {}", header.created, header.author)));
    for snapshot in &header.snapshots {
        let what =
            format!("{}, session {}, {} turns", snapshot.agent, snapshot.session, snapshot.turns);
        facts.push(("Session", what));
    }
    if commit.is_some() {
        facts.push(("Since then", since(desk, located)?));
    }
    Ok(facts)
}

fn since(desk: &Desk, located: &Located) -> Result<String, PromptError> {
    const COUNTED: usize = 1000;
    if desk.store.repository().resolve_commit("HEAD").is_ok_and(|head| head == located.commit) {
        return Ok("nothing: HEAD is that commit".to_owned());
    }
    let range = format!("{}..HEAD", located.commit);
    let request =
        HistoryRequest { range: vec![range], limit: Some(COUNTED), ..HistoryRequest::default() };
    let mut commits = 0;
    let walked = desk.store.repository().history(&request, &mut |_| {
        commits += 1;
        std::ops::ControlFlow::Continue(())
    });
    match (walked, commits) {
        (Err(_), _) => Ok("HEAD has no commit yet".to_owned()),
        (Ok(()), 0) => Ok("no commit; HEAD is an ancestor of that commit".to_owned()),
        (Ok(()), 1) => Ok("1 commit on HEAD that the document does not know of".to_owned()),
        (Ok(()), many) => Ok(format!("{many} commits on HEAD that the document does not know of")),
    }
}

/// The files that a document names and the commit holds, and those whose content cannot be shown.
fn files_in_play(
    desk: &Desk,
    located: &Located,
    checkpoint: &Checkpoint,
) -> Result<(Vec<File>, Vec<String>), PromptError> {
    let (mut files, mut not_shown) = (Vec::new(), Vec::new());
    for name in sections::files_in_play(&checkpoint.body) {
        let content = match desk.store.repository().file_at(located.commit, &name, LARGEST_FILE) {
            Err(ObjectError::TooLarge { .. }) => {
                not_shown.push(format!("{name} (larger than 1 MiB)"));
                continue;
            }
            content => content?,
        };
        match content.map(String::from_utf8) {
            None => not_shown.push(format!("{name} (not in the commit)")),
            Some(Err(_)) => not_shown.push(format!("{name} (not text)")),
            Some(Ok(content)) => files.push(File { name, content }),
        }
    }
    Ok((files, not_shown))
}
