//! `git ckpt hook post-rewrite`: carries checkpoints over to what amended and rebased commits became.

use std::io::Read;

use crate::cli::commands::hook::options::Options;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::ops::Desk;
use crate::ops::carry::{self, Rewritten};
use crate::policy::arrival;
use crate::ui::repaired;

pub fn run(
    context: &mut Context,
    desk: Desk,
    options: &Options,
    _arguments: &[String],
) -> Result<(), CliError> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let carried = carry::carry(&desk, &pairs(&text))?;
    if carried.new > 0 && !options.quiet {
        context.screen.say_plainly(&repaired::by_hook(&carried));
    }
    Ok(())
}

/// Reads lines of `<old commit> <new commit>`, which more may follow. One that became nothing is told with zeros.
fn pairs(text: &str) -> Vec<Rewritten> {
    let pair = |line: &str| {
        let mut ids = line.split(' ');
        Some(Rewritten { old: ids.next()?.parse().ok()?, new: ids.next()?.parse().ok()? })
    };
    text.lines().filter_map(pair).filter(|pair| !arrival::is_zero(pair.new)).collect()
}
