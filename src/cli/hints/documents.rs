//! Hints for what goes wrong with documents and their templates.

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
        TemplateError::Placing(_) => None,
    }
}
