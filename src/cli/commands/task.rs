//! `git ckpt task`

use crate::cli::args::{
    TaskArguments, TaskCommand, TaskDoneArguments, TaskStartArguments, TaskStatusArguments,
};
use crate::cli::commands::answer_json;
use crate::cli::commands::input::text_of;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::model::task::State;
use crate::ops::Desk;
use crate::ops::task::{self, DoneRequest, TaskRequest};
use crate::ui::tasked;

pub fn run(context: &mut Context, arguments: TaskArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    match arguments.command {
        TaskCommand::Start(arguments) => start(context, &desk, arguments),
        TaskCommand::Status(arguments) => status(context, &desk, &arguments),
        TaskCommand::Step(arguments) => {
            let marked = task::step(&desk, &arguments.name)?;
            answer(context, arguments.json, &marked.task, &tasked::marked(&marked))
        }
        TaskCommand::Done(arguments) => done(context, &desk, arguments),
        TaskCommand::Block(arguments) => {
            let task = task::block(&desk, &arguments.reason)?;
            answer(context, arguments.json, &task, &tasked::blocked(&task))
        }
        TaskCommand::Clear(arguments) => {
            let archived = task::clear(&desk)?;
            answer(context, arguments.json, &archived.task, &tasked::cleared(&archived))
        }
    }
}

fn answer(
    context: &mut Context,
    json: bool,
    task: &crate::model::task::Task,
    text: &str,
) -> Result<(), CliError> {
    if json {
        return answer_json(context, &tasked::json(task));
    }
    Ok(context.screen.answer(text)?)
}

fn start(
    context: &mut Context,
    desk: &Desk,
    arguments: TaskStartArguments,
) -> Result<(), CliError> {
    let directory = context.directory()?;
    let items = arguments.items.map(|file| {
        let path = if file.as_os_str() == "-" { file } else { directory.join(file) };
        text_of(&path)
    });
    let request = TaskRequest {
        title: arguments.title,
        definition: arguments.definition,
        success: arguments.success,
        steps: arguments.step,
        items: items.transpose()?,
        anew: arguments.anew,
    };
    let started = task::start(desk, &request)?;
    answer(context, arguments.json, &started.task, &tasked::started(&started))
}

fn status(
    context: &mut Context,
    desk: &Desk,
    arguments: &TaskStatusArguments,
) -> Result<(), CliError> {
    if arguments.archived {
        let tasks = task::archived(desk);
        if arguments.json {
            return tasks.iter().try_for_each(|task| answer_json(context, &tasked::json(task)));
        }
        if tasks.is_empty() {
            context.screen.talk("no task was put away in this worktree");
            return Ok(());
        }
        let text = tasked::archived(&tasks, context.now(), context.screen.limit());
        return Ok(context.screen.page(&text)?);
    }
    let task = task::expected(desk)?;
    if arguments.json {
        return answer_json(context, &tasked::json(&task));
    }
    let detail = if arguments.all { tasked::Detail::All } else { tasked::Detail::Around };
    let text = tasked::page(&task, detail, context.now(), context.screen.limit());
    Ok(context.screen.page(&text)?)
}

fn done(context: &mut Context, desk: &Desk, arguments: TaskDoneArguments) -> Result<(), CliError> {
    let state = match arguments {
        TaskDoneArguments { failed: true, .. } => State::Failed,
        TaskDoneArguments { skipped: true, .. } => State::Skipped,
        TaskDoneArguments { undo: true, .. } => State::Pending,
        _ => State::Done,
    };
    let TaskDoneArguments { names, note, result, json, .. } = arguments;
    let marked = task::done(desk, &DoneRequest { names, state, note, result })?;
    answer(context, json, &marked.task, &tasked::marked(&marked))
}
