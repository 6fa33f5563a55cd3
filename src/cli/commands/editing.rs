//! Writing a document in the user's editor.
//!
//! What cannot be used is kept in a file of its own. A document that is over its budget is opened once more, with what is
//! too much; left as it is, it is taken as it is. So every opening but the first needs a change before it.

use std::path::Path;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::settings;
use crate::model::template::Template;
use crate::ops::Desk;
use crate::ops::reading;
use crate::ops::tokens;
use crate::policy::fit;
use crate::policy::outline::guidance_free;
use crate::store::{Front, GivenError, read_given};
use crate::ui::programs::{self, Typed};
use crate::ui::screen::Answer;
use crate::ui::template::{self, Excess, Untouched};

/// What git names as the editor for hooks of a command that opens none: a program that does nothing.
const NO_EDITOR: &str = ":";

/// How a document is edited.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub untouched: Untouched,
    pub typed: Typed,
}

/// Why the editor is opened again.
enum Again {
    /// There is more than the budget.
    Excess(Box<Excess>),
    /// It cannot be used.
    Broken(GivenError),
}

/// Lets the user edit a text; `None` where it was left empty or as it was.
pub fn edit(
    context: &mut Context,
    desk: &Desk,
    start: &str,
    manner: Manner,
) -> Result<Option<Vec<u8>>, CliError> {
    let path = desk.store.edit_path();
    let mut text = start.to_owned();
    let mut again: Option<Again> = None;
    loop {
        let shown = shown(desk, &text, manner, again.as_ref());
        let written = opened(desk, &path, &shown, manner.typed)?;
        if is_same(&written, &shown) {
            return untouched(desk, text, again);
        }
        match taken(context, desk, written, manner.typed)? {
            Taken::Nothing => return put(&path, text.as_bytes()).map(|()| None),
            Taken::Document(document) => return Ok(Some(document.into_bytes())),
            Taken::Again(written, why) => (text, again) = (written, Some(why)),
        }
    }
}

/// What becomes of what was written.
enum Taken {
    Nothing,
    Document(String),
    Again(String, Again),
}

fn taken(
    context: &mut Context,
    desk: &Desk,
    written: Vec<u8>,
    typed: Typed,
) -> Result<Taken, CliError> {
    let written = String::from_utf8(written).map_err(|error| {
        let source = GivenError::NotUtf8(error.utf8_error().valid_up_to());
        kept(desk, error.as_bytes(), source)
    })?;
    let document = template::without_help(&written);
    if document.trim().is_empty() {
        return Ok(Taken::Nothing);
    }
    let again = match judged(context, desk, &document, typed) {
        Ok(None) => return Ok(Taken::Document(document)),
        Ok(Some(excess)) => Again::Excess(excess),
        Err(source) if wants_it_again(context, typed, &source)? => Again::Broken(source),
        Err(source) => return Err(kept(desk, document.as_bytes(), source)),
    };
    Ok(Taken::Again(template::without_remarks(&written), again))
}

/// The text as the editor has it.
fn shown(desk: &Desk, text: &str, manner: Manner, again: Option<&Again>) -> String {
    let budget = read_given(text.as_bytes()).ok().and_then(|given| asked(desk, &given.front));
    let budget = budget.map(|template| template.budget);
    let help = template::with_help(text, budget, manner.untouched);
    match again {
        None => help,
        Some(Again::Excess(excess)) => template::with_excess(&help, excess),
        Some(Again::Broken(source)) => template::with_trouble(&help, &source.to_string()),
    }
}

/// Writes a text, opens it in the editor, and reads what that left.
fn opened(desk: &Desk, path: &Path, shown: &str, typed: Typed) -> Result<Vec<u8>, CliError> {
    put(path, shown.as_bytes())?;
    let read = || {
        std::fs::read(path).map_err(|source| CliError::Unreadable { path: path.to_owned(), source })
    };
    let edited = programs::edit(&editor(desk), path, typed);
    if !path.exists() {
        // An editor that takes the file away leaves nothing behind: what it was shown is put back.
        put(path, shown.as_bytes())?;
    }
    if let Err(source) = edited {
        if let Ok(written) = String::from_utf8(read()?) {
            put(path, template::without_help(&written).as_bytes())?;
        }
        return Err(CliError::Editor { draft: path.to_owned(), source });
    }
    read()
}

/// Whether a text is what was shown, but for what editors do to the ends of lines and of files by themselves.
fn is_same(written: &[u8], shown: &str) -> bool {
    let Ok(written) = std::str::from_utf8(written) else { return false };
    let written = written.trim_start_matches('\u{feff}').trim_end();
    written.lines().map(str::trim_end).eq(shown.trim_end().lines().map(str::trim_end))
}

/// What becomes of a text that was left as it was shown.
fn untouched(desk: &Desk, text: String, again: Option<Again>) -> Result<Option<Vec<u8>>, CliError> {
    match again {
        None => put(&desk.store.edit_path(), text.as_bytes()).map(|()| None),
        Some(Again::Excess(_)) => Ok(Some(template::without_help(&text).into_bytes())),
        Some(Again::Broken(source)) => {
            Err(kept(desk, template::without_help(&text).as_bytes(), source))
        }
    }
}

/// Whether a document is over its budget, and somebody is there who can be shown that.
fn judged(
    context: &Context,
    desk: &Desk,
    document: &str,
    typed: Typed,
) -> Result<Option<Box<Excess>>, GivenError> {
    let given = read_given(document.as_bytes())?;
    let reopens = desk.store.repository().config_bool("ckpt.reopen").unwrap_or(true);
    let template = asked(desk, &given.front).filter(|_| reopens && can_ask(context, typed));
    let Some(template) = template else { return Ok(None) };
    let fit = fit::fit(&given.body, template.budget);
    let is_over = fit.before > template.budget;
    let lines: Vec<&str> = given.body.lines().collect();
    let first = |cut: &fit::Cut| (lines[cut.lines.start].to_owned(), cut.reason, cut.tokens);
    Ok(is_over.then(|| {
        Box::new(Excess {
            tokens: fit.before,
            budget: template.budget,
            sections: tokens::by_section(&guidance_free(&given.body), 0),
            first: fit.cuts.iter().take(template::FIRST_CUTS).map(first).collect(),
        })
    }))
}

/// A template that cannot be had asks for nothing; the save says what is wrong with it.
fn asked(desk: &Desk, front: &Front) -> Option<Template> {
    reading::asked_of(desk, front).ok()
}

fn can_ask(context: &Context, typed: Typed) -> bool {
    match typed {
        Typed::Input => context.screen.can_ask(),
        Typed::Terminal => context.screen.can_show(),
    }
}

/// The error of a text that cannot be used, which is now in a file of its own that nothing else writes to.
pub fn kept(desk: &Desk, document: &[u8], source: GivenError) -> CliError {
    let kept = desk.store.recovery_path();
    match put(&kept, document) {
        Ok(()) => {
            used(&desk.store.edit_path());
            CliError::Misread { kept, source }
        }
        Err(error) => error,
    }
}

fn wants_it_again(
    context: &mut Context,
    typed: Typed,
    source: &GivenError,
) -> Result<bool, CliError> {
    let question = format!("{source}; open it again?");
    let answer = match typed {
        Typed::Input => context.screen.confirm(&question)?,
        Typed::Terminal => context.screen.confirm_on_terminal(&question)?,
    };
    Ok(answer == Answer::Yes)
}

pub(super) fn put(path: &Path, text: &[u8]) -> Result<(), CliError> {
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    written
        .and_then(|()| std::fs::write(path, text))
        .map_err(|source| CliError::Unwritable { path: path.to_owned(), source })
}

/// Forgets what was written: it is saved, or written down to be saved.
pub fn used(draft: &Path) {
    // One that cannot be removed is in a place where nothing could be saved either.
    let _ = std::fs::remove_file(draft);
}

/// Forgets what an editor left in a file of ours, where that is the file that was saved.
pub fn used_up(desk: &Desk, saved: &Path) {
    let Ok(saved) = saved.canonicalize() else { return };
    let own = desk.store.recovered_paths().into_iter().chain([desk.store.edit_path()]);
    own.filter(|own| own.canonicalize().is_ok_and(|own| own == saved)).for_each(|own| used(&own));
}

/// The editor as git chooses it.
pub(super) fn editor(desk: &Desk) -> String {
    let repository = desk.store.repository();
    let named = repository.program().run(&["var", "GIT_EDITOR"]).ok();
    let named = named.and_then(|name| String::from_utf8(name).ok());
    let named = named.map(|name| name.trim_end().to_owned()).filter(|name| name != NO_EDITOR);
    named.or_else(|| repository.config("core.editor")).unwrap_or_else(settings::usual_editor)
}
