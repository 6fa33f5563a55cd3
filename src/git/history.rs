//! Walks history through one `git log`, so that every way git has to name commits works.

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use crate::git::commit::{Stamp, stamp};
use crate::git::program::ProgramError;
use crate::git::reach::without_old_refs;
use crate::git::reference::Head;
use crate::git::repository::Repository;
use crate::model::object::ObjectId;
use crate::model::time::Timestamp;

/// One field a line: no field but the last can be broken, and git folds the subject onto one line.
const FORMAT: &str = "--format=%H%n%T%n%P%n%ct%n%ad%n%an%n%ae%n%D%n%s";

/// Which commits to walk.
#[derive(Clone, Debug, Default)]
pub struct HistoryRequest {
    /// Revisions and ranges as `git log` takes them; none stands for `HEAD`.
    pub range: Vec<String>,
    /// Only commits that touch one of these, seen from the directory that discovery started from.
    pub paths: Vec<String>,
    /// Start from every ref but notes.
    pub all: bool,
    pub limit: Option<usize>,
    pub first_parent: bool,
}

/// One commit of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    pub commit: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    pub committed: Timestamp,
    pub author: Stamp,
    pub subject: String,
    /// As `git log` shows them: `HEAD -> main`, `tag: v1`.
    pub decorations: Vec<String>,
}

/// What can break a walk.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("history cannot be read")]
    Program(#[from] ProgramError),
    #[error("git described a commit in a way that cannot be read: `{record}`")]
    Unreadable { record: String },
}

impl Repository {
    /// Shows every commit of the request, newest first, until `each` breaks off.
    pub fn history(
        &self,
        request: &HistoryRequest,
        each: &mut dyn FnMut(HistoryLine) -> ControlFlow<()>,
    ) -> Result<(), HistoryError> {
        let mut running = self.program.spawn(&log_arguments(request))?;
        let stdout = running.child.stdout.take().expect("spawn gives every child a piped stdout");
        let mut answers = BufReader::new(stdout);
        let mut record = Vec::new();
        loop {
            record.clear();
            let read = answers.read_until(0, &mut record);
            if read.map_err(|source| running.broken_off(source))? == 0 {
                return self.ended(request, running.finish());
            }
            let text = String::from_utf8_lossy(&record);
            let text = text.trim_end_matches('\0');
            let line = history_line(text)
                .ok_or_else(|| HistoryError::Unreadable { record: text.to_owned() })?;
            if each(line).is_break() {
                return Ok(());
            }
        }
    }

    /// Git refuses to walk from a branch that has no commit yet; here that history is empty.
    fn ended(
        &self,
        request: &HistoryRequest,
        end: Result<(), ProgramError>,
    ) -> Result<(), HistoryError> {
        match end {
            Err(_)
                if request.range.is_empty() && matches!(self.head(), Ok(Head::Unborn { .. })) =>
            {
                Ok(())
            }
            // Named as a person would type it, not with everything that makes the answer readable for us.
            Err(ProgramError::Failed { code, stderr, .. }) => {
                let command = format!("git log {}", request.range.join(" "));
                Err(ProgramError::Failed { command, code, stderr }.into())
            }
            end => Ok(end?),
        }
    }
}

fn log_arguments(request: &HistoryRequest) -> Vec<String> {
    let fixed = ["log", "-z", FORMAT, "--encoding=UTF-8", "--no-color", "--no-show-signature"];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).to_vec();
    let manner = ["--date=raw", "--decorate=short", "--no-patch", "--no-follow"];
    arguments.extend(manner.map(str::to_owned));
    arguments.extend(request.limit.map(|limit| format!("--max-count={limit}")));
    if request.first_parent {
        arguments.push("--first-parent".to_owned());
    }
    if request.all {
        arguments.extend(without_old_refs());
        arguments.push("--all".to_owned());
    }
    arguments.push("--end-of-options".to_owned());
    arguments.extend(request.range.iter().cloned());
    if !request.range.iter().any(|word| word == "--") {
        arguments.push("--".to_owned());
    }
    arguments.extend(request.paths.iter().cloned());
    arguments
}

fn history_line(record: &str) -> Option<HistoryLine> {
    let mut fields = record.splitn(9, '\n');
    let mut field = || fields.next();
    Some(HistoryLine {
        commit: field()?.parse().ok()?,
        tree: field()?.parse().ok()?,
        parents: field()?.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?,
        committed: Timestamp::from_seconds(field()?.parse().ok()?),
        author: {
            let time = field()?;
            stamp(&format!("{} <{}> {time}", field()?, field()?))
        },
        decorations: field()?.split(", ").filter(|name| !name.is_empty()).map(Into::into).collect(),
        subject: field()?.to_owned(),
    })
}
