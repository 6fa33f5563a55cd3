//! The yes that is needed before something is replaced, taken away or shown to others.

use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::Desk;
use crate::ops::push::{self, PushPlan};
use crate::ops::push_gate;
use crate::ops::remotes::RemoteError;
use crate::ui::found;
use crate::ui::screen::Answer;
use crate::ui::shared;

/// Asks, unless the yes is given, and ends the command without one.
pub fn confirm(
    context: &mut Context,
    deed: Deed,
    question: &str,
    yes: bool,
) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    match context.screen.confirm(question)? {
        Answer::Yes => Ok(()),
        Answer::No => Err(CliError::Declined(deed)),
        Answer::Nobody => Err(CliError::NobodyToAsk(deed)),
    }
}

/// Sees to it that somebody has agreed to everything that a push would show to others.
pub fn obtain(
    context: &mut Context,
    desk: &Desk,
    plan: &mut PushPlan,
    yes: bool,
) -> Result<(), CliError> {
    if plan.to_agree.is_empty() {
        return Ok(());
    }
    if !yes {
        context.screen.warn(&shared::exposure(plan));
        match context.screen.confirm("send them there?")? {
            Answer::Yes => {}
            Answer::No => return Err(CliError::NotAgreed),
            // Carrying out such a plan says what is missing.
            Answer::Nobody => return Ok(()),
        }
    }
    Ok(push::agree(desk, plan)?)
}

/// Sees to it that somebody has agreed to send the secrets that a push would send.
pub fn allow_secrets(
    context: &mut Context,
    desk: &Desk,
    plan: &mut PushPlan,
    yes: bool,
) -> Result<(), CliError> {
    let Some(held) = push_gate::inspect(desk, plan)? else { return Ok(()) };
    context.screen.talk_styled(&found::held(&held));
    let exposed = push_gate::newly_exposed(desk, plan);
    if !exposed.is_empty() {
        context.screen.warn(&shared::secrets_exposed(&exposed));
    }
    confirm(context, Deed::Send, "send them all the same?", yes)?;
    Ok(push_gate::allow(desk, plan, &held, &exposed)?)
}

/// Shows what keeps a push back.
pub fn show_held<T>(context: &mut Context, result: &Result<T, RemoteError>) {
    if let Err(RemoteError::Held(held)) = result {
        context.screen.talk_styled(&found::held(held));
    }
}
