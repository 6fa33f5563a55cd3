//! `git ckpt init`

use crate::cli::args::{GlobalWay, InitArguments};
use crate::cli::commands::{answer_json, hook};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::git::Program;
use crate::ops::Desk;
use crate::ops::init::{self, InitRequest, Plan, Remote};
use crate::ops::init_global::{self, Way};
use crate::ops::install::Undone;
use crate::policy::sharing::PushMode;
use crate::ui::installed::{self, Tense};

pub fn run(context: &mut Context, arguments: InitArguments) -> Result<(), CliError> {
    match arguments.global {
        Some(way) => for_all(context, &arguments, way),
        None => for_this(context, &arguments),
    }
}

/// Sets up this repository.
fn for_this(context: &mut Context, arguments: &InitArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    if arguments.uninstall {
        let undone = init::plan_back(&desk, &hook::all());
        if !arguments.dry_run {
            init::take_back(&desk, &undone)?;
        }
        return tell_undone(context, arguments, &undone);
    }
    let mut request = request(arguments)?;
    if request.push.is_none() && !arguments.json && !arguments.dry_run {
        request.push = asked(context, &desk, &request.remote)?;
    }
    let plan = init::plan(&desk, &request)?;
    if !arguments.dry_run {
        init::carry_out(&desk, &plan)?;
    }
    tell_plan(context, arguments, &plan)
}

/// Sets up all repositories of the user.
fn for_all(
    context: &mut Context,
    arguments: &InitArguments,
    way: Option<GlobalWay>,
) -> Result<(), CliError> {
    let program = Program::outside(&context.directory()?);
    let home = settings::config_home().join(settings::NAME);
    if arguments.uninstall {
        let undone = init_global::plan_back(&program, &home);
        if !arguments.dry_run {
            init_global::take_back(&program, &home, &undone)?;
        }
        return tell_undone(context, arguments, &undone);
    }
    let way = match way.ok_or(CliError::GlobalWay)? {
        GlobalWay::Template => Way::Template,
        GlobalWay::HooksPath => Way::HooksPath,
    };
    let plan = init_global::plan(&program, &home, way, &request(arguments)?)?;
    if !arguments.dry_run {
        init_global::carry_out(&program, &home, &plan)?;
    }
    tell_plan(context, arguments, &plan)
}

fn request(arguments: &InitArguments) -> Result<InitRequest, CliError> {
    let remote = match &arguments.remote {
        _ if arguments.no_refspec => Remote::None,
        Some(name) => Remote::Named(name.clone()),
        None => Remote::Usual,
    };
    let (push, show_notes) = (arguments.push, arguments.show_notes);
    let hooks = match arguments.reset_hook {
        true => hook::usual_and(&["reference-transaction"]),
        false => hook::usual_and(&[]),
    };
    let program = settings::lasting_program().map_err(CliError::OwnProgram)?;
    Ok(InitRequest { hooks, program, remote, push, show_notes })
}

/// Asks at a terminal when checkpoints are to be sent; `None` where nobody is asked, or it is settled.
fn asked(
    context: &mut Context,
    desk: &Desk,
    remote: &Remote,
) -> Result<Option<PushMode>, CliError> {
    if init::push_is_settled(desk) {
        return Ok(None);
    }
    let question = installed::push_question(init::public_remote(desk, remote).as_ref());
    loop {
        let answer = context.screen.ask_line(&question)?;
        match answer.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None => return Ok(None),
            Some("" | "m" | "manual") => return Ok(Some(PushMode::Manual)),
            Some("a" | "auto") => return Ok(Some(PushMode::Auto)),
            Some("n" | "never") => return Ok(Some(PushMode::Never)),
            Some(_) => {}
        }
    }
}

fn tense(arguments: &InitArguments) -> Tense {
    if arguments.dry_run { Tense::Would } else { Tense::Did }
}

fn tell_plan(
    context: &mut Context,
    arguments: &InitArguments,
    plan: &Plan,
) -> Result<(), CliError> {
    if arguments.json {
        return answer_json(context, &installed::json(plan, tense(arguments)));
    }
    Ok(context.screen.answer(&installed::text(plan, tense(arguments)))?)
}

fn tell_undone(
    context: &mut Context,
    arguments: &InitArguments,
    undone: &[Undone],
) -> Result<(), CliError> {
    if arguments.json {
        return answer_json(context, &installed::undone_json(undone, tense(arguments)));
    }
    Ok(context.screen.answer(&installed::undone(undone, tense(arguments)))?)
}
