//! Writing a document in the user's editor.

use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::settings;
use crate::ops::Desk;
use crate::ui::programs::{self, Typed};
use crate::ui::template::{self, Untouched};

/// What git names as the editor for hooks of a command that opens none: a program that does nothing.
const NO_EDITOR: &str = ":";

/// Lets the user edit a text; `None` where it was left empty or as it was.
pub fn edit(
    desk: &Desk,
    start: &str,
    untouched: Untouched,
    typed: Typed,
) -> Result<Option<Vec<u8>>, CliError> {
    let path = desk.store.edit_path();
    let unwritable = |source| CliError::Unwritable { path: path.clone(), source };
    let template = template::with_help(start, untouched);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(unwritable)?;
    }
    std::fs::write(&path, &template).map_err(unwritable)?;
    if let Err(source) = programs::edit(&editor(desk), &path, typed) {
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, template::without_help(&written)).map_err(unwritable)?;
        return Err(CliError::Editor { draft: path, source });
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|source| CliError::Unreadable { path: path.clone(), source })?;
    if text == template || template::without_help(&text).trim().is_empty() {
        std::fs::write(&path, start).map_err(unwritable)?;
        return Ok(None);
    }
    Ok(Some(template::without_help(&text).into_bytes()))
}

/// Forgets what was written: it is saved, or written down to be saved.
pub fn used(draft: &Path) {
    // One that cannot be removed is in a place where nothing could be saved either.
    let _ = std::fs::remove_file(draft);
}

/// The editor as git chooses it.
fn editor(desk: &Desk) -> String {
    let repository = desk.store.repository();
    let named = repository.program().run(&["var", "GIT_EDITOR"]).ok();
    let named = named.and_then(|name| String::from_utf8(name).ok());
    let named = named.map(|name| name.trim_end().to_owned()).filter(|name| name != NO_EDITOR);
    named.or_else(|| repository.config("core.editor")).unwrap_or_else(settings::usual_editor)
}
