//! Exit codes of what goes wrong with documents and their templates.

use crate::cli::exit::Exit;
use crate::ops::template::TemplateError;
use crate::store::TemplatesError;

pub(super) fn template_exit(error: &TemplateError) -> Exit {
    match error {
        TemplateError::Name(_) => Exit::Usage,
        TemplateError::Templates(TemplatesError::Unknown { .. }) => Exit::NotFound,
        TemplateError::Templates(TemplatesError::Unreadable { .. }) | TemplateError::Placing(_) => {
            Exit::Failed
        }
        TemplateError::Templates(_) | TemplateError::Budget { .. } => Exit::BadInput,
        TemplateError::Exists { .. } => Exit::Refused,
    }
}
