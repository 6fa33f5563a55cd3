//! Templates of documents: which one a document has, which there are, and a new one for this repository.

use std::cell::OnceCell;
use std::path::PathBuf;

use crate::model::checkpoint::Kind;
use crate::model::conventions::Conventions;
use crate::model::template::{NotATemplateName, Template, TemplateName};
use crate::ops::Desk;
use crate::ops::placing::{self, PlacingError};
use crate::store::{Templates, TemplatesError};

pub use crate::store::Origin;

/// A template that cannot be had or made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error(transparent)]
    Name(#[from] NotATemplateName),
    #[error(transparent)]
    Templates(#[from] TemplatesError),
    #[error("`{}` is there already", path.display())]
    Exists { path: PathBuf },
    #[error(transparent)]
    Placing(#[from] PlacingError),
    #[error("`{key}` is `{value}`, which is no number of tokens")]
    Budget { key: String, value: String },
}

/// One of the templates there are.
#[derive(Debug)]
pub struct Listed {
    pub name: TemplateName,
    /// What is wrong with it, where it cannot be used.
    pub template: Result<(Template, Origin), TemplateError>,
    /// Documents have it unless another one is named.
    pub usual: bool,
}

/// The template that a document has: the one that is named, else the configured one, else that of the kind of work.
pub fn choose(desk: &Desk, named: Option<&str>, kind: Kind) -> Result<Template, TemplateError> {
    let shelf = Shelf::of(desk);
    let name = match named {
        Some(name) => name.parse()?,
        None => shelf.usual(kind)?,
    };
    shelf.find(&name).map(|(template, _)| template)
}

/// The same where nobody can be asked: what cannot be used gives way to what comes with the program.
pub fn choose_in_any_case(
    desk: &Desk,
    named: Option<&str>,
    kind: Kind,
) -> Result<Template, TemplateError> {
    choose(desk, named, kind)
        .or_else(|error| Templates::built_in(&TemplateName::for_kind(kind))?.ok_or(error))
}

/// All templates that can be used here.
pub fn list(desk: &Desk) -> Result<Vec<Listed>, TemplateError> {
    let shelf = Shelf::of(desk);
    let usual = shelf.usual(Kind::Work)?;
    let listed =
        |name: TemplateName| Listed { template: shelf.find(&name), usual: name == usual, name };
    Ok(shelf.templates.names().into_iter().map(listed).collect())
}

/// The text of a template's file.
pub fn text(desk: &Desk, name: &str) -> Result<Vec<u8>, TemplateError> {
    Ok(Templates::new(&desk.directory).text(&name.parse()?)?)
}

/// Makes a template of this repository's own, out of another one; returns where.
pub fn create(desk: &Desk, name: &str, from: &str) -> Result<PathBuf, TemplateError> {
    let name: TemplateName = name.parse()?;
    let templates = Templates::new(&desk.directory);
    let text = templates.text(&from.parse()?)?;
    let path = templates.path(&name);
    if path.symlink_metadata().is_ok() {
        return Err(TemplateError::Exists { path });
    }
    placing::place(&desk.directory, &path, &mut |file| {
        file.write_all(&text)
            .map_err(|source| PlacingError::Unwritable { path: path.clone(), source })
    })?;
    Ok(path)
}

/// The templates of a worktree, and what its configuration wants of them.
struct Shelf<'a> {
    desk: &'a Desk,
    templates: Templates<'a>,
    /// Read when they are asked for.
    conventions: OnceCell<Conventions>,
}

impl<'a> Shelf<'a> {
    fn of(desk: &'a Desk) -> Self {
        Self { desk, templates: Templates::new(&desk.directory), conventions: OnceCell::new() }
    }

    fn usual(&self, kind: Kind) -> Result<TemplateName, TemplateError> {
        if kind != Kind::Work {
            return Ok(TemplateName::for_kind(kind));
        }
        let configured = self.desk.store.repository().config("ckpt.template");
        let named = match configured {
            Some(name) => Some(name),
            None => self.conventions()?.template.clone(),
        };
        Ok(named.map_or_else(|| Ok(TemplateName::for_kind(kind)), |name| name.parse())?)
    }

    /// A template with the budget that counts here.
    fn find(&self, name: &TemplateName) -> Result<(Template, Origin), TemplateError> {
        let (mut template, origin) = self.templates.find(name)?;
        let key = format!("ckpt.{name}.budget");
        let configured = self.desk.store.repository().config(&key);
        let wanted = match configured {
            Some(value) => match value.trim().parse() {
                Ok(budget) => Some(budget),
                Err(_) => return Err(TemplateError::Budget { key, value }),
            },
            None => self.conventions()?.budgets.get(name.as_str()).copied(),
        };
        template.budget = wanted.unwrap_or(template.budget);
        Ok((template, origin))
    }

    fn conventions(&self) -> Result<&Conventions, TemplatesError> {
        match self.conventions.get() {
            Some(conventions) => Ok(conventions),
            None => {
                let read = self.templates.conventions()?;
                Ok(self.conventions.get_or_init(|| read))
            }
        }
    }
}
