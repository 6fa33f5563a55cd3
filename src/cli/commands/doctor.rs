//! `git ckpt doctor`

use crate::cli::args::DoctorArguments;
use crate::cli::commands::{answer_json, hook};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::settings;
use crate::ops::Desk;
use crate::ops::doctor::{self, Finding, Scripts};
use crate::ui::diagnosed::{self, Mending, Told};
use crate::ui::json_keep;

pub fn run(context: &mut Context, arguments: DoctorArguments) -> Result<(), CliError> {
    let desk = context.desk()?;
    let program = settings::lasting_program().map_err(CliError::OwnProgram)?;
    let scripts = Scripts { usual: hook::usual_and(&[]), all: hook::all(), program };
    let mut told = Vec::new();
    for examined in doctor::examine(&desk, &scripts) {
        for finding in examined.findings {
            let mending =
                if arguments.fix { mend(&desk, &scripts, &finding) } else { Mending::Untried };
            told.push(Told { check: examined.check, finding, mending });
        }
    }
    told.sort_by_key(|told| std::cmp::Reverse(told.finding.severity));
    if arguments.json {
        answer_json(context, &json_keep::diagnosed(&told))?;
    } else {
        context.screen.answer(&diagnosed::text(&told))?;
    }
    if diagnosed::needs_care(&told) { Err(CliError::Answered(Exit::NeedsCare)) } else { Ok(()) }
}

fn mend(desk: &Desk, scripts: &Scripts, finding: &Finding) -> Mending {
    match finding.fix.as_ref().map(|fix| doctor::mend(desk, scripts, fix)) {
        None => Mending::Untried,
        Some(Ok(())) => Mending::Mended,
        Some(Err(error)) => Mending::Failed(error.to_string()),
    }
}
