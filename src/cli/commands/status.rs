//! `git ckpt status`

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use crate::agent::claude::Handed;
use crate::cli::args::StatusArguments;
use crate::cli::context::{Context, Network};
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::git::OpenError;
use crate::ops::pressure::PressureSettings;
use crate::ops::status;
use crate::ops::status_line::{self, Line};
use crate::ui::screen::Redraw;
use crate::ui::{json_status, sanitize, status as words, status_line as one};

/// Most that an agent hands over, and how long it is waited for: somebody may have left an input open that never ends.
const LARGEST: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_millis(250);

pub fn run(context: &mut Context, arguments: StatusArguments) -> Result<(), CliError> {
    let handed = if arguments.line { handed() } else { None };
    let Some(interval) = arguments.watch else {
        let text = told(context, &arguments, handed.as_ref())?;
        return Ok(context.screen.answer(&text)?);
    };
    loop {
        let text = told(context, &arguments, handed.as_ref())?;
        context.screen.redraw(&text, if arguments.line { Redraw::Line } else { Redraw::Screen })?;
        std::thread::sleep(interval.0);
        context.look_at_the_clock();
    }
}

/// The answer, as it was asked for.
fn told(
    context: &mut Context,
    arguments: &StatusArguments,
    handed: Option<&Handed>,
) -> Result<String, CliError> {
    if arguments.line {
        return Ok(line(context, handed)?.map_or(String::new(), |line| match arguments.json {
            true => json_line(&json_status::line(&line)),
            false => one::line(&line) + "\n",
        }));
    }
    let desk = context.desk_as_it_is(Network::Never)?;
    let status = status::status(&desk)?;
    Ok(match (arguments.json, arguments.porcelain) {
        (true, _) => json_line(&json_status::status(&status)),
        (_, true) => one::porcelain(&status),
        _ => words::text(&status, context.now()),
    })
}

fn line(context: &mut Context, handed: Option<&Handed>) -> Result<Option<Line>, CliError> {
    match context.desk_as_it_is(Network::Never) {
        Ok(desk) => Ok(status_line::line(&desk, handed)?),
        // A status bar is also there where no repository is.
        Err(CliError::Open(OpenError::NotFound { .. })) => {
            Ok(handed.map(|handed| status_line::alone(&PressureSettings::default(), handed)))
        }
        Err(error) => Err(error),
    }
}

fn json_line(value: &serde_json::Value) -> String {
    format!("{}\n", sanitize::json(&value.to_string()))
}

/// What an agent hands over on standard input.
fn handed() -> Option<Handed> {
    if !settings::input_is_handed_over() {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let read = std::io::stdin().take(LARGEST).read_to_end(&mut text);
        // Nobody listens any more where it took too long.
        let _ = sender.send(read.map(|_| text));
    });
    let text = receiver.recv_timeout(PATIENCE).ok()?.ok()?;
    Handed::read(&text)
}
