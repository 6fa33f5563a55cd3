//! Exit codes of what goes wrong with documents and their templates.

use crate::cli::exit::Exit;
use crate::cli::exits::locate_exit;
use crate::ops::lint::LintError;
use crate::ops::reading::ReadingError;
use crate::ops::template::TemplateError;
use crate::store::TemplatesError;

pub(super) fn template_exit(error: &TemplateError) -> Exit {
    match error {
        TemplateError::Name(_) => Exit::Usage,
        TemplateError::Templates(TemplatesError::Unknown { .. }) => Exit::NotFound,
        TemplateError::Templates(TemplatesError::Unreadable { .. }) | TemplateError::Placing(_) => {
            Exit::Failed
        }
        TemplateError::Configured { source, .. } => template_exit(source),
        TemplateError::Templates(_)
        | TemplateError::Budget { .. }
        | TemplateError::BudgetOfNone { .. } => Exit::BadInput,
        TemplateError::Exists { .. } => Exit::Refused,
    }
}

pub(super) fn reading_exit(error: &ReadingError) -> Exit {
    match error {
        ReadingError::Nowhere { .. } => Exit::NotFound,
        ReadingError::Locate(error) => locate_exit(error),
        ReadingError::Given(_) => Exit::BadInput,
        ReadingError::Template(error) => template_exit(error),
    }
}

pub(super) fn lint_exit(error: &LintError) -> Exit {
    match error {
        LintError::Reading(error) => reading_exit(error),
        LintError::Template(error) => template_exit(error),
        LintError::UnknownRule { .. } => Exit::BadInput,
    }
}
