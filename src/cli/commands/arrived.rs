//! Arriving at a commit: what `reset`, `switch` and `checkout` do after git, and what hooks do after plain git.
//!
//! The hook `post-checkout` tells of a checkout, and `reference-transaction` of every move of a ref.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::model::object::ObjectId;
use crate::ops::Desk;
use crate::ops::arrive::{self, Arrival, Arriving, Carried};
use crate::ops::infer::Effort;
use crate::ops::leave;
use crate::policy::arrival::{self, Mode, Situation, Step};
use crate::ui::screen::Answer;
use crate::ui::{arrived as words, restored};

/// How a session is brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The yes is given.
    Now,
    Ask,
    /// A hook asks: its own input is not the terminal.
    AskOnTerminal,
    Hint,
}

/// A transaction of refs was committed; whether it was a reset is told by its lines and git's note of the move.
pub fn transaction(context: &mut Context, desk: &Desk, lines: &str) -> Result<(), CliError> {
    let Some(found) = arrival::candidate(lines) else { return Ok(()) };
    if !arrival::is_reset(desk.store.repository().last_move_of_head().as_deref()) {
        return Ok(());
    }
    arrive_from(context, desk, found.old, found.new)
}

/// HEAD came from one commit to another by git's own command.
pub fn moved(
    context: &mut Context,
    desk: &Desk,
    old: ObjectId,
    new: ObjectId,
) -> Result<(), CliError> {
    if old == new || arrival::is_zero(new) {
        return Ok(());
    }
    arrive_from(context, desk, old, new)
}

fn arrive_from(
    context: &mut Context,
    desk: &Desk,
    old: ObjectId,
    new: ObjectId,
) -> Result<(), CliError> {
    let repository = desk.store.repository();
    let situation = Situation {
        busy: repository.operation_in_progress().is_some(),
        agent: settings::agent_shell().is_some(),
        terminal: context.screen.can_show(),
    };
    let mode = Mode::read(repository.config("ckpt.restore").as_deref());
    let way = match arrival::step(mode, situation) {
        Step::Nothing => return Ok(()),
        Step::Hint => Way::Hint,
        Step::Ask => Way::AskOnTerminal,
        Step::Restore => Way::Now,
    };
    let from = (!arrival::is_zero(old)).then_some(old);
    let left = match (way, from) {
        (Way::Now | Way::AskOnTerminal, Some(old)) => leave::leave(desk, old)?,
        _ => None,
    };
    if let Some(text) = left.as_ref().and_then(words::left) {
        context.screen.talk_styled(&text);
    }
    // A hint comes after every checkout, so it may not wait until the change of a commit is worked out.
    let effort = if way == Way::Hint { Effort::Quick } else { Effort::Thorough };
    let arriving = Arriving { from, to: new, left: left.as_ref(), effort };
    let carried = arrive::look(desk, &arriving)?;
    bring(context, desk, carried, way)
}

/// Brings back, or says how to bring back, what a commit carries. Nothing carried is nothing to say.
pub fn bring(
    context: &mut Context,
    desk: &Desk,
    carried: Carried,
    way: Way,
) -> Result<(), CliError> {
    let arrival = match carried {
        Carried::Nothing => return Ok(()),
        Carried::Sealed(located) => {
            context.screen.talk(&words::sealed(&located));
            return Ok(());
        }
        Carried::Document(located) => {
            context.screen.talk(&words::document(&located));
            return Ok(());
        }
        Carried::Session(arrival) => *arrival,
    };
    if arrival.is_there() {
        if way != Way::Hint {
            context.screen.talk(&words::there(&arrival));
        }
        return Ok(());
    }
    let unwanted = match answer(context, &arrival, way)? {
        Answer::Yes => None,
        Answer::No => Some(words::declined(&arrival)),
        Answer::Nobody => Some(words::hint(&arrival)),
    };
    if let Some(text) = unwanted {
        context.screen.talk(&text);
        return Ok(());
    }
    let wake = arrival.plan.wake.clone();
    let outcome = arrive::bring_back(desk, arrival)?;
    context.screen.talk_styled(&restored::done(&outcome));
    if let Some(wake) = &wake {
        context.screen.talk(&restored::to_wake(wake));
    }
    let resume = restored::command_words(&outcome.resume);
    context.screen.talk(&format!("go on with: {resume}"));
    Ok(())
}

/// Shows the gate and has it answered. Who cannot answer need not read the question.
fn answer(context: &mut Context, arrival: &Arrival, way: Way) -> Result<Answer, CliError> {
    let somebody = match way {
        Way::Now => true,
        Way::Ask => context.screen.can_ask(),
        Way::AskOnTerminal => context.screen.can_show(),
        Way::Hint => false,
    };
    if !somebody {
        return Ok(Answer::Nobody);
    }
    let gate = restored::gate(&arrival.plan, context.now(), context.screen.width());
    context.screen.talk_styled(&gate);
    Ok(match way {
        Way::Now => Answer::Yes,
        Way::AskOnTerminal => context.screen.confirm_on_terminal("restore it?")?,
        Way::Ask | Way::Hint => context.screen.confirm("restore it?")?,
    })
}
