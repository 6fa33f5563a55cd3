//! `git ckpt reset`, `git ckpt switch`, `git ckpt checkout`

use std::ffi::{OsStr, OsString};

use crate::cli::args::NavigateArguments;
use crate::cli::commands::arrived::{self, Way};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::arrive::{self, Arriving, Carried};
use crate::ops::infer::Effort;
use crate::ops::leave::{self, Left};
use crate::ui::arrived as words;

pub fn run(
    context: &mut Context,
    verb: &str,
    arguments: NavigateArguments,
) -> Result<(), CliError> {
    let desk = context.desk()?;
    let repository = desk.store.repository();
    let before = repository.head_commit()?;
    let leaving = before.filter(|_| !names_files(&arguments.arguments));
    let left = leaving.map(|commit| leave(context, &desk, commit));
    let line: Vec<&OsStr> = std::iter::once(OsStr::new(verb))
        .chain(arguments.arguments.iter().map(OsString::as_os_str))
        .collect();
    let code = repository.program().run_for_user(&line)?;
    if code != 0 {
        return Err(CliError::GitEnded(code));
    }
    let Some(after) = repository.head_commit()?.filter(|after| Some(*after) != before) else {
        return Ok(());
    };
    let way = match left {
        Some(Leaving::Failed) => Way::Hint,
        _ if arguments.yes => Way::Now,
        _ => Way::Ask,
    };
    let left = match left {
        Some(Leaving::Kept(left)) => left,
        _ => None,
    };
    if let Some(text) = left.as_deref().and_then(words::left) {
        context.screen.talk_styled(&text);
    }
    let (left, effort) = (left.as_deref(), Effort::Thorough);
    let arriving = Arriving { from: before, to: after, left, effort };
    let carried = arrive::look(&desk, &arriving)?;
    if let Carried::Nothing = carried {
        context.screen.talk(&words::nothing(after));
    }
    arrived::bring(context, &desk, carried, way)
}

/// What became of the session of the commit that is left.
enum Leaving {
    Kept(Option<Box<Left>>),
    /// It could not be kept, and this has been said; nothing may be replaced then.
    Failed,
}

fn leave(context: &mut Context, desk: &Desk, commit: ObjectId) -> Leaving {
    match leave::leave(desk, commit) {
        Ok(left) => Leaving::Kept(left.map(Box::new)),
        Err(error) => {
            context.screen.error(&error, None);
            context.screen.warn("the session is left alone, and git goes on");
            Leaving::Failed
        }
    }
}

/// Whether the arguments name files, so that HEAD stays where it is.
fn names_files(arguments: &[OsString]) -> bool {
    let end = arguments.iter().position(|word| word == "--");
    end.is_some_and(|end| end + 1 < arguments.len())
}
