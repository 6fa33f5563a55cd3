//! `git ckpt vault`

use crate::cli::args::{
    VaultArguments, VaultCommand, VaultExportArguments, VaultForgetArguments, VaultImportArguments,
    VaultListArguments,
};
use crate::cli::commands::answer_json;
use crate::cli::consent::confirm;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Deed};
use crate::ops::vault::{self, Selection};
use crate::store::vault::Vault;
use crate::ui::vault as told;

pub fn run(context: &mut Context, arguments: VaultArguments) -> Result<(), CliError> {
    let mut vault = context.vault();
    let done = match arguments.command {
        VaultCommand::List(arguments) => list(context, &vault, &arguments),
        VaultCommand::Forget(arguments) => forget(context, &mut vault, arguments),
        VaultCommand::Export(arguments) => export(context, &vault, &arguments),
        VaultCommand::Import(arguments) => import(context, &mut vault, &arguments),
    };
    context.tell_of(&vault);
    done
}

fn list(
    context: &mut Context,
    vault: &Vault,
    arguments: &VaultListArguments,
) -> Result<(), CliError> {
    let rows = vault::list(vault)?;
    if arguments.json {
        return rows.iter().try_for_each(|row| answer_json(context, &told::row_json(row)));
    }
    if rows.is_empty() {
        context.screen.talk("the vault holds nothing");
        return Ok(());
    }
    let text = told::list(&rows, context.now(), context.screen.limit());
    Ok(context.screen.page(&text)?)
}

fn forget(
    context: &mut Context,
    vault: &mut Vault,
    arguments: VaultForgetArguments,
) -> Result<(), CliError> {
    let selection = match arguments.rule {
        Some(rule) => Selection::Rule(rule),
        None if arguments.all => Selection::All,
        None => Selection::Tags(arguments.tags),
    };
    let plan = vault::plan_forget(vault, &selection)?;
    if !arguments.json && !plan.is_empty() {
        let text = told::list(&plan, context.now(), context.screen.limit());
        context.screen.answer(&text)?;
        context.screen.talk(&told::to_forget(&plan));
    }
    let mut forgotten = 0;
    if !arguments.dry_run && !plan.is_empty() {
        confirm(context, Deed::Change, "forget for good?", arguments.yes)?;
        forgotten = vault::forget(vault, &plan)?;
    }
    if arguments.json {
        return answer_json(context, &told::forgotten_json(&plan, forgotten));
    }
    if plan.is_empty() {
        context.screen.talk("the vault holds nothing");
    } else if !arguments.dry_run {
        context.screen.talk(&told::forgotten(forgotten));
    }
    Ok(())
}

fn export(
    context: &mut Context,
    vault: &Vault,
    arguments: &VaultExportArguments,
) -> Result<(), CliError> {
    let file = context.directory()?.join(&arguments.file);
    let exported = vault::export(vault, &file)?;
    context.screen.talk(&told::exported(&exported, &file.display().to_string()));
    Ok(())
}

fn import(
    context: &mut Context,
    vault: &mut Vault,
    arguments: &VaultImportArguments,
) -> Result<(), CliError> {
    let file = context.directory()?.join(&arguments.file);
    let imported = vault::import(vault, &file)?;
    if arguments.json {
        return answer_json(context, &told::imported_json(&imported));
    }
    context.screen.talk(&told::imported(&imported));
    Ok(())
}
