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
    #[error("the template that {place} names cannot be used")]
    Configured { place: &'static str, source: Box<TemplateError> },
    #[error("`.ckpt.yaml` has a budget for a template `{name}`, which there is not")]
    BudgetOfNone { name: String, known: Vec<String> },
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
    let template = match named {
        Some(name) => shelf.find(&name.parse()?),
        None => shelf.find_usual(kind),
    };
    template.map(|(template, _)| template)
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
    let (usual, _) = shelf.usual(Kind::Work)?;
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

    /// The template for documents of this kind, and the place where it is configured, if it is.
    fn usual(&self, kind: Kind) -> Result<(TemplateName, Option<&'static str>), TemplateError> {
        match self.configured(kind)? {
            None => Ok((TemplateName::for_kind(kind), None)),
            Some((name, place)) => match name.parse() {
                Ok(name) => Ok((name, Some(place))),
                Err(error) => Err(at(place, TemplateError::Name(error))),
            },
        }
    }

    fn find_usual(&self, kind: Kind) -> Result<(Template, Origin), TemplateError> {
        let (name, place) = self.usual(kind)?;
        let found = self.find(&name);
        match place {
            Some(place) => found.map_err(|error| at(place, error)),
            None => found,
        }
    }

    /// The name that is configured for documents of this kind, and where.
    fn configured(&self, kind: Kind) -> Result<Option<(String, &'static str)>, TemplateError> {
        if kind != Kind::Work {
            return Ok(None);
        }
        if let Some(name) = self.desk.store.repository().config("ckpt.template") {
            return Ok(Some((name, "`ckpt.template`")));
        }
        let name = self.conventions()?.template.clone();
        Ok(name.map(|name| (name, "`template:` in `.ckpt.yaml`")))
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

    fn conventions(&self) -> Result<&Conventions, TemplateError> {
        match self.conventions.get() {
            Some(conventions) => Ok(conventions),
            None => {
                let read = self.templates.conventions()?;
                self.check_budgets(&read)?;
                Ok(self.conventions.get_or_init(|| read))
            }
        }
    }

    /// Refuses a budget that holds for no template: somebody believes that it does.
    fn check_budgets(&self, conventions: &Conventions) -> Result<(), TemplateError> {
        if conventions.budgets.is_empty() {
            return Ok(());
        }
        let known: Vec<String> = self.templates.names().iter().map(ToString::to_string).collect();
        match conventions.budgets.keys().find(|name| !known.contains(name)) {
            Some(name) => Err(TemplateError::BudgetOfNone { name: name.clone(), known }),
            None => Ok(()),
        }
    }
}

/// An error with the place that asks for the template.
fn at(place: &'static str, error: TemplateError) -> TemplateError {
    match error {
        // What is wrong with the file of conventions names that file, and a budget its key.
        TemplateError::BudgetOfNone { .. } | TemplateError::Budget { .. } => error,
        TemplateError::Templates(TemplatesError::Conventions { .. }) => error,
        source => TemplateError::Configured { place, source: Box::new(source) },
    }
}
