//! `git ckpt hook pre-push`: sends checkpoints alongside what the user pushes, where `ckpt.push` is `auto`.

use crate::cli::commands::hook::options::Options;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::git::Prompts;
use crate::ops::Desk;
use crate::ops::fetch::Logs;
use crate::ops::push::{self, PushRequest};
use crate::ops::remotes::{self, Exchange, RemoteError};
use crate::policy::sharing::PushMode;
use crate::ui::found;
use crate::ui::shared;

pub fn run(
    context: &mut Context,
    desk: Desk,
    options: &Options,
    arguments: &[String],
) -> Result<(), CliError> {
    if remotes::push_mode(&desk).map_err(RemoteError::from)? != PushMode::Auto {
        return Ok(());
    }
    let configured = desk.store.repository().config("ckpt.remote");
    // Where checkpoints have a remote of their own they go there, whatever the code goes to.
    let remote = configured.or_else(|| arguments.first().cloned());
    let request = PushRequest { remote, logs: Logs::Along, replace: false, dry_run: false };
    let plan = push::plan(&desk, request)?;
    if push::is_known_to_be_there(&desk, &plan)? {
        return Ok(());
    }
    let silent = &mut |_: &[u8]| {};
    let outcome = push::carry_out(&mut Exchange::new(&desk, Prompts::Suppressed, silent), &plan);
    if let Err(RemoteError::Held(held)) = &outcome {
        context.screen.say_plainly(&format!("ckpt: {}", found::held_briefly(held)));
        return Ok(());
    }
    let outcome = outcome?;
    if !options.quiet {
        context.screen.say_plainly(&format!("ckpt: {}", shared::pushed(&outcome).trim_end()));
    }
    Ok(())
}
