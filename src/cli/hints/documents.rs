//! Hints for what goes wrong with documents and their templates.

use std::path::Path;

use crate::cli::hints::operations::locate_hint;
use crate::cli::hints::saving::given_hint;
use crate::ops::lint::LintError;
use crate::ops::reading::ReadingError;
use crate::ops::template::TemplateError;
use crate::store::TemplatesError;

pub(super) fn template_hint(error: &TemplateError) -> Option<String> {
    match error {
        TemplateError::Name(_) | TemplateError::Templates(TemplatesError::NotAFile { .. }) => None,
        TemplateError::Templates(TemplatesError::Unknown { name, known }) => Some(format!(
            "there are {}; to make one: git ckpt template new {name}",
            known.join(", ")
        )),
        TemplateError::Templates(TemplatesError::Unreadable { path, .. }) => {
            Some(format!("make `{}` readable, or remove it", path.display()))
        }
        TemplateError::Templates(TemplatesError::LeadsOut { .. }) => Some(
            "copy the directory to where the link is: what a template says is stored and shared"
                .to_owned(),
        ),
        TemplateError::Templates(TemplatesError::Template { .. }) => Some(
            "mend the file; what can stand between double braces: git ckpt template new --help"
                .to_owned(),
        ),
        TemplateError::Templates(TemplatesError::Conventions { .. }) => Some(
            "its keys are `template: <name>`, `budgets: {<template>: <tokens>}` and `lint: {<rule>: error|warning|note|off}`"
                .to_owned(),
        ),
        TemplateError::Exists { path } => {
            Some(format!("edit it, or remove it first: {}", path.display()))
        }
        TemplateError::Budget { key, .. } => Some(format!("set it: git config {key} 500")),
        TemplateError::Configured { place, source } => template_hint(source)
            .or_else(|| Some(format!("change what {place} says, or name one: `--template <name>`"))),
        TemplateError::BudgetOfNone { known, .. } => {
            Some(format!("there are {}; take the line out of `.ckpt.yaml`, or mend the name", known.join(", ")))
        }
        TemplateError::Placing(_) => None,
    }
}

pub(super) fn reading_hint(error: &ReadingError) -> Option<String> {
    match error {
        ReadingError::Nowhere { .. } => Some(
            "name a file, a revision or the beginning of a checkpoint's id; `git ckpt log --all` lists commits with their checkpoints"
                .to_owned(),
        ),
        ReadingError::Locate(error) => locate_hint(error),
        ReadingError::Given(error) => Some(given_hint(error)),
        ReadingError::Template(error) => template_hint(error),
    }
}

pub(super) fn lint_hint(error: &LintError) -> Option<String> {
    match error {
        LintError::Reading(error) => reading_hint(error),
        LintError::Template(error) => template_hint(error),
        LintError::UnknownRule { .. } => Some(
            "take it out of the file, or see what rules there are: git ckpt lint --rules"
                .to_owned(),
        ),
    }
}

pub(super) fn misread_hint(kept: &Path) -> String {
    format!(
        "it is kept in `{0}`; mend it there, then save it: git ckpt save -F '{0}'",
        kept.display()
    )
}
