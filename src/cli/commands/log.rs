//! `git ckpt log`

use std::ops::ControlFlow;

use crate::cli::args::LogArguments;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::git::{Head, HistoryRequest, RevisionError};
use crate::ops::locate::LocateError;
use crate::ops::log;
use crate::ui::sanitize;
use crate::ui::{json, listing};

pub fn run(context: &mut Context, arguments: LogArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let from_head = arguments.range.is_empty() && !arguments.all;
    if let (Ok(Head::Unborn { name }), true) = (desk.store.repository().head(), from_head) {
        return Err(LocateError::from(RevisionError::Unborn { branch: name }).into());
    }
    // With `--carried` the limit counts what is shown, so the walk itself has none.
    let walk_limit = if arguments.carried { None } else { arguments.limit };
    let request = HistoryRequest {
        range: arguments.range,
        all: arguments.all,
        limit: walk_limit,
        ..HistoryRequest::default()
    };
    let (now, limit) = (context.now(), context.screen.limit());
    let most = arguments.limit.unwrap_or(usize::MAX);
    let mut text = String::new();
    let mut shown = 0;
    let unreadable = log::log(&desk, &request, &mut |row| {
        if shown == most {
            return ControlFlow::Break(());
        }
        if !arguments.carried || !row.checkpoints.is_empty() {
            shown += 1;
            if arguments.json {
                let row = json::log_row(&row).to_string();
                text.push_str(&sanitize::json(&row));
                text.push('\n');
            } else {
                text.push_str(&listing::log_row(&row, now, limit));
            }
        }
        ControlFlow::Continue(())
    })?;
    if let Some(part) = unreadable.first() {
        context.screen.warn(&format!(
            "some checkpoints are not shown: {}; run `git ckpt verify` to see what is damaged",
            part.source
        ));
    }
    if arguments.json {
        return Ok(context.screen.answer(&text)?);
    }
    Ok(context.screen.page(&text)?)
}
