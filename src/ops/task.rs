//! The task of a worktree: private until a save takes its state along, and never thrown away.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::model::task::{State, Task, TaskId, Unit};
use crate::ops::Desk;
use crate::ops::carried_task::{self, CarriedTask};
use crate::ops::log::LogWalkError;
use crate::policy::steps::{self, Known, StepError};
use crate::store::PrivateError;

/// What is not done with a task.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error("no task is open here")]
    NoTask { carried: Option<Box<CarriedTask>> },
    #[error("a task is open here: {}", .task.title)]
    AlreadyOpen { task: Box<Task> },
    #[error("checkpoint {} has a task that is not finished: {}", .carried.checkpoint.short(), .carried.task.title)]
    Unfinished { carried: Box<CarriedTask> },
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(transparent)]
    Private(#[from] PrivateError),
    #[error(transparent)]
    Walk(#[from] LogWalkError),
}

/// What a task is to be.
#[derive(Clone, Debug, Default)]
pub struct TaskRequest {
    pub title: String,
    pub definition: Option<String>,
    pub success: Vec<String>,
    pub steps: Vec<String>,
    /// The list of items as text.
    pub items: Option<String>,
    /// Puts away a task that is not finished.
    pub anew: bool,
}

/// A task and what was put away for it.
#[derive(Clone, Debug)]
pub struct Started {
    pub task: Task,
    pub archived: Option<Archived>,
}

/// A task that was put away, and where it lies.
#[derive(Clone, Debug)]
pub struct Archived {
    pub task: Task,
    pub path: PathBuf,
}

/// A task of which something was marked, and the places of what was.
#[derive(Clone, Debug)]
pub struct Marked {
    pub task: Task,
    pub places: Vec<usize>,
}

/// What became of steps or items.
#[derive(Clone, Debug)]
pub struct DoneRequest {
    pub names: Vec<String>,
    pub state: State,
    pub note: Option<String>,
    pub result: Option<String>,
}

/// Starts a task, unless there is one to go on with.
pub fn start(desk: &Desk, request: &TaskRequest) -> Result<Started, TaskError> {
    let new = described(desk, request)?;
    let tasks = desk.store.tasks();
    let before = unfinished(desk, request.anew)?;
    let archived = match before {
        Some(task) => {
            let path = tasks.archive(&task)?;
            Some(Archived { task, path })
        }
        None => None,
    };
    let task = tasks.change(&mut |current| match current {
        // Somebody else has started one meanwhile.
        Some(task)
            if !task.is_closed() && archived.as_ref().is_none_or(|one| one.task.id != task.id) =>
        {
            Err(TaskError::AlreadyOpen { task: task.into() })
        }
        _ => Ok(new.clone()),
    })?;
    Ok(Started { task, archived })
}

/// The task that has to be put away first, if that is wanted.
fn unfinished(desk: &Desk, anew: bool) -> Result<Option<Task>, TaskError> {
    if let Some(task) = desk.store.tasks().current()?.filter(|task| !task.is_closed()) {
        return match anew {
            true => Ok(Some(closed(desk, task))),
            false => Err(TaskError::AlreadyOpen { task: task.into() }),
        };
    }
    match carried_task::to_go_on_with(desk)? {
        Some(carried) if anew => Ok(Some(closed(desk, carried.task))),
        Some(carried) => Err(TaskError::Unfinished { carried: carried.into() }),
        None => Ok(None),
    }
}

fn described(desk: &Desk, request: &TaskRequest) -> Result<Task, StepError> {
    let title = steps::line("the title", &request.title)?;
    let lines = |what, texts: &[String]| -> Result<Vec<String>, StepError> {
        texts.iter().map(|text| steps::line(what, text)).collect()
    };
    Ok(Task {
        id: id(desk, &title),
        title,
        started: desk.now,
        definition: request.definition.as_deref().map(steps::definition).transpose()?,
        success: lines("a success criterion", &request.success)?,
        steps: lines("a step", &request.steps)?.iter().map(|step| Unit::new(step)).collect(),
        items: request.items.as_deref().map(steps::items).transpose()?.unwrap_or_default(),
        blocked: None,
        done: false,
        closed: None,
    })
}

/// What tells a task from others of its title: when it was started, by whom, and in which directory.
fn id(desk: &Desk, title: &str) -> TaskId {
    let person = desk.store.repository().identity().map(|person| person.email).unwrap_or_default();
    let directory = desk.directory.file_name().unwrap_or_default().display();
    let digest = Sha256::digest(format!("{title}\0{}\0{person}\0{directory}", desk.now));
    let [a, b, c, d, e, ..]: [u8; 32] = digest.into();
    TaskId::from([a, b, c, d, e])
}

fn closed(desk: &Desk, task: Task) -> Task {
    Task { closed: Some(desk.now), ..task }
}

/// The task that is open here; `None` where there is none.
pub fn open_task(desk: &Desk) -> Result<Option<Task>, PrivateError> {
    Ok(desk.store.tasks().current()?.filter(|task| !task.is_closed()))
}

/// The task that is open here, or the word where there is one to take up.
pub fn expected(desk: &Desk) -> Result<Task, TaskError> {
    match open_task(desk)? {
        Some(task) => Ok(task),
        None => Err(no_task(desk)?),
    }
}

/// The tasks that were put away here.
pub fn archived(desk: &Desk) -> Vec<Task> {
    desk.store.tasks().archived()
}

/// Says what is being worked on now.
pub fn step(desk: &Desk, name: &str) -> Result<Marked, TaskError> {
    let mut place = 0;
    let task = change(desk, &mut |task| {
        place = steps::work_on(task, name)?;
        Ok(())
    })?;
    Ok(Marked { task, places: vec![place] })
}

/// Says what became of steps or items; of a task that has none, that it is done.
pub fn done(desk: &Desk, request: &DoneRequest) -> Result<Marked, TaskError> {
    let text = |what, text: &Option<String>| {
        text.as_deref().map(|text| steps::line(what, text)).transpose()
    };
    let known = Known {
        state: request.state,
        note: text("the note", &request.note)?,
        result: text("the result", &request.result)?,
    };
    let mut places = Vec::new();
    let task = change(desk, &mut |task| {
        if task.units().is_empty() && request.names.is_empty() && request.state == State::Done {
            (task.done, task.blocked) = (true, None);
            return Ok(());
        }
        places = steps::meant(task, &request.names)?;
        steps::mark(task, &places, &known);
        Ok(())
    })?;
    Ok(Marked { task, places })
}

/// Says what the task waits for.
pub fn block(desk: &Desk, reason: &str) -> Result<Task, TaskError> {
    let reason = steps::line("the reason", reason)?;
    change(desk, &mut |task| {
        task.blocked = Some(reason.clone());
        Ok(())
    })
}

/// Puts the task away. The next checkpoint tells how far it came; then it is among those that were.
pub fn clear(desk: &Desk) -> Result<Archived, TaskError> {
    let tasks = desk.store.tasks();
    let mut path = PathBuf::new();
    let task = change(desk, &mut |task| {
        task.closed = Some(desk.now);
        path = tasks.archive(task)?;
        Ok(())
    })?;
    Ok(Archived { task, path })
}

fn change(
    desk: &Desk,
    change: &mut dyn FnMut(&mut Task) -> Result<(), TaskError>,
) -> Result<Task, TaskError> {
    desk.store.tasks().change(&mut |task| {
        let open = task.filter(|task| !task.is_closed());
        let Some(mut task) = open else { return Err(no_task(desk)?) };
        change(&mut task)?;
        Ok(task)
    })
}

fn no_task(desk: &Desk) -> Result<TaskError, TaskError> {
    let carried = carried_task::to_go_on_with(desk)?;
    Ok(TaskError::NoTask { carried: carried.map(Box::new) })
}
