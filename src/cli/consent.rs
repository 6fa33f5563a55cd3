//! The yes that is needed before something is replaced, taken away or shown to others.

use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::Desk;
use crate::ops::push::{self, PushPlan};
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
