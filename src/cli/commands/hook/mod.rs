//! `git ckpt hook`: what the scripts in `hooks/` call.
//!
//! Nothing here ends with an error, waits for a person without a terminal, uses the network, or touches the index or the
//! worktree. A new hook is a file here, a script in `hooks/`, and a row of [`HOOKS`].

mod options;
mod post_checkout;
mod post_commit;
mod post_merge;
mod post_rewrite;
mod pre_push;
mod reference_transaction;

use std::time::Duration;

use crate::cli::args::HookArguments;
use crate::cli::context::{Context, Network};
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::model::causes::causes;
use crate::ops::Desk;
use crate::ops::install::HookScript;
use options::Options;

/// A hook of git that this program has something to do in.
pub struct Hook {
    pub name: &'static str,
    /// What is installed; it calls `git ckpt hook <name>` with the arguments and the input of the hook.
    pub script: &'static str,
    /// Whether `git ckpt init` installs it without being asked to.
    pub usual: bool,
    run: fn(&mut Context, Desk, &Options, &[String]) -> Result<(), CliError>,
}

/// All hooks.
pub const HOOKS: &[Hook] = &[
    Hook {
        name: "post-commit",
        script: include_str!("../../../../hooks/post-commit"),
        usual: true,
        run: post_commit::run,
    },
    Hook {
        name: "post-rewrite",
        script: include_str!("../../../../hooks/post-rewrite"),
        usual: true,
        run: post_rewrite::run,
    },
    Hook {
        name: "post-merge",
        script: include_str!("../../../../hooks/post-merge"),
        usual: true,
        run: post_merge::run,
    },
    Hook {
        name: "post-checkout",
        script: include_str!("../../../../hooks/post-checkout"),
        usual: true,
        run: post_checkout::run,
    },
    Hook {
        name: "pre-push",
        script: include_str!("../../../../hooks/pre-push"),
        usual: true,
        run: pre_push::run,
    },
    Hook {
        name: "reference-transaction",
        script: include_str!("../../../../hooks/reference-transaction"),
        usual: false,
        run: reference_transaction::run,
    },
];

/// The hooks that are installed unless somebody says otherwise, and those that are named.
pub fn usual_and(named: &[&str]) -> Vec<HookScript> {
    scripts(|hook| hook.usual || named.contains(&hook.name))
}

/// Every hook that may have been installed.
pub fn all() -> Vec<HookScript> {
    scripts(|_| true)
}

fn scripts(wanted: impl Fn(&&Hook) -> bool) -> Vec<HookScript> {
    let wanted = HOOKS.iter().filter(wanted);
    wanted.map(|hook| HookScript { name: hook.name, script: hook.script }).collect()
}

/// What a hook leaves to a process in the background.
pub const FINISH: &[&str] = &["--quiet", "hook", "finish"];

/// Longer than git takes to end when its last hook has.
const AFTER_THE_COMMIT: Duration = Duration::from_millis(20);

/// Does what a hook is there for. Names of hooks that are unknown here come from scripts of a newer version.
pub fn run(context: &mut Context, arguments: HookArguments) -> Result<(), CliError> {
    if arguments.name == FINISH[FINISH.len() - 1] {
        // So that the end of the commit has the processors for itself.
        std::thread::sleep(AFTER_THE_COMMIT);
        return context.desk_caught_up(Network::Never).map(drop);
    }
    let hook = HOOKS.iter().find(|hook| hook.name == arguments.name);
    if let Some(hook) = hook.filter(|_| !settings::skips_hooks())
        && let Err(error) = called(context, hook, &arguments.arguments)
    {
        context.screen.say_plainly(&format!("ckpt: {}: {}", hook.name, told(&error)));
    }
    Ok(())
}

fn called(context: &mut Context, hook: &Hook, arguments: &[String]) -> Result<(), CliError> {
    let desk = context.desk_as_it_is(Network::Never)?;
    let options = Options::read(desk.store.repository());
    if options.enabled { (hook.run)(context, desk, &options, arguments) } else { Ok(()) }
}

/// An error with its causes, on one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    for cause in causes(error) {
        let text = cause.to_string();
        if !told.ends_with(&text) {
            told = format!("{told}: {text}");
        }
    }
    told.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_says_whose_it_is_and_which_hook() {
        for Hook { name, script, .. } in HOOKS {
            assert_eq!(script.lines().nth(1), Some("# git-ckpt hook, version 1"));
            assert!(script.contains(&format!("\nhook={name}\n")), "{name}");
            assert!(script.contains("\nprogram=@PROGRAM@\n"), "{name}");
        }
    }
}
