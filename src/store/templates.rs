//! Templates and conventions: those of the repository in its worktree, else those that come with the program.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::format::conventions::{self, ConventionsError};
use crate::format::template::{self, TemplateError};
use crate::model::conventions::Conventions;
use crate::model::template::{Template, TemplateName};

const DIRECTORY: &str = ".ckpt/templates";
const CONVENTIONS: &str = ".ckpt.yaml";

/// The templates that can be used in a worktree.
#[derive(Clone, Copy, Debug)]
pub struct Templates<'a> {
    worktree: &'a Path,
}

/// Where a template comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    Repository(PathBuf),
}

/// A template, or what the repository wants of documents, that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    #[error("there is no template `{name}`")]
    Unknown { name: TemplateName, known: Vec<String> },
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{}` is no ordinary file, or too large", path.display())]
    NotAFile { path: PathBuf },
    #[error("`{}` leads out of the worktree", path.display())]
    LeadsOut { path: PathBuf },
    #[error("`{}` cannot be used", path.display())]
    Template { path: PathBuf, source: TemplateError },
    #[error("`{}` cannot be used", path.display())]
    Conventions { path: PathBuf, source: ConventionsError },
}

impl<'a> Templates<'a> {
    pub fn new(worktree: &'a Path) -> Self {
        Self { worktree }
    }

    /// The template with this name; one of the repository's own comes before one of the program's.
    pub fn find(&self, name: &TemplateName) -> Result<(Template, Origin), TemplatesError> {
        let path = self.path(name);
        if let Some(text) = self.file(&path, template::LARGEST)? {
            let template = template::read(name.clone(), &text)
                .map_err(|source| TemplatesError::Template { path: path.clone(), source })?;
            return Ok((template, Origin::Repository(path)));
        }
        match Self::built_in(name)? {
            Some(template) => Ok((template, Origin::BuiltIn)),
            None => {
                let known = self.names().iter().map(ToString::to_string).collect();
                Err(TemplatesError::Unknown { name: name.clone(), known })
            }
        }
    }

    /// The template of the program with this name, whatever the repository has.
    pub fn built_in(name: &TemplateName) -> Result<Option<Template>, TemplatesError> {
        let Some(text) = template::built_in(name) else { return Ok(None) };
        let path = PathBuf::from(name.as_str());
        template::read(name.clone(), text.as_bytes())
            .map(Some)
            .map_err(|source| TemplatesError::Template { path, source })
    }

    /// The text that a template is read from.
    pub fn text(&self, name: &TemplateName) -> Result<Vec<u8>, TemplatesError> {
        self.find(name)?;
        let own = self.file(&self.path(name), template::LARGEST)?;
        Ok(own.unwrap_or_else(|| template::built_in(name).unwrap_or_default().as_bytes().to_vec()))
    }

    /// All names, those of the program first.
    pub fn names(&self) -> Vec<TemplateName> {
        let mut names: Vec<TemplateName> =
            template::built_in_names().filter_map(|name| name.parse().ok()).collect();
        let directory = self.worktree.join(DIRECTORY);
        let own = self.has(&directory).then(|| std::fs::read_dir(&directory));
        let own = own.into_iter().flatten().flatten().flatten();
        let mut own: Vec<TemplateName> = own
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".md")?.parse().ok())
            .filter(|name| !names.contains(name))
            .collect();
        own.sort();
        names.extend(own);
        names
    }

    /// Where the repository's own template of this name is, or would be.
    pub fn path(&self, name: &TemplateName) -> PathBuf {
        self.worktree.join(DIRECTORY).join(format!("{name}.md"))
    }

    /// What the repository wants of its documents.
    pub fn conventions(&self) -> Result<Conventions, TemplatesError> {
        let path = self.worktree.join(CONVENTIONS);
        match self.file(&path, conventions::LARGEST)? {
            None => Ok(Conventions::default()),
            Some(text) => conventions::read(&text)
                .map_err(|source| TemplatesError::Conventions { path, source }),
        }
    }

    /// The content of a file of the worktree. Links are refused: what they lead to would end up in what is shared.
    fn file(&self, path: &Path, largest: u64) -> Result<Option<Vec<u8>>, TemplatesError> {
        let found = plain_file(path, largest)?;
        match path.parent() {
            Some(directory) if found.is_some() && !self.has(directory) => {
                Err(TemplatesError::LeadsOut { path: path.to_owned() })
            }
            _ => Ok(found),
        }
    }

    /// Whether a directory is one of the worktree, all links followed.
    fn has(&self, directory: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(directory)
            .zip(real(self.worktree))
            .is_some_and(|(it, worktree)| it.starts_with(worktree))
    }
}

/// The content of a regular file, if there is one.
fn plain_file(path: &Path, largest: u64) -> Result<Option<Vec<u8>>, TemplatesError> {
    let unreadable = |source| TemplatesError::Unreadable { path: path.to_owned(), source };
    let found = match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        found => found.map_err(unreadable)?,
    };
    if !found.is_file() || found.len() > largest {
        return Err(TemplatesError::NotAFile { path: path.to_owned() });
    }
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(largest).read_to_end(&mut text))
        .map_err(unreadable)?;
    Ok(Some(text))
}
