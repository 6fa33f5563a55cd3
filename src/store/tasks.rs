//! The task that is open in a worktree, and those that were: files of JSON in its own git directory.

use std::path::{Path, PathBuf};

use crate::model::task::Task;
use crate::store::Store;
use crate::store::local;
use crate::store::private::{self, PrivateError};

/// The directory of a worktree's tasks.
pub struct Tasks {
    directory: PathBuf,
}

impl Store {
    /// The tasks of this worktree.
    pub fn tasks(&self) -> Tasks {
        Tasks::of(self.repository().git_dir())
    }
}

impl Tasks {
    /// The tasks of the worktree with this git directory.
    pub fn of(git_dir: &Path) -> Self {
        Self { directory: git_dir.join("ckpt").join("tasks") }
    }

    /// The task that was worked on last; one that was closed stays until a checkpoint has told so.
    pub fn current(&self) -> Result<Option<Task>, PrivateError> {
        private::from_file(&self.current_path())
    }

    /// Puts in the place of the task what `change` makes of it, while nobody else does.
    pub fn change<E: From<PrivateError>>(
        &self,
        change: &mut dyn FnMut(Option<Task>) -> Result<Task, E>,
    ) -> Result<Task, E> {
        let _lock = private::lock(&self.directory)?;
        let task = change(self.current()?)?;
        let path = self.current_path();
        let text = private::to_text(&path, &task)?;
        local::replace(&path, &text).map_err(PrivateError::from)?;
        Ok(task)
    }

    /// Keeps a task as it is now among those that were.
    pub fn archive(&self, task: &Task) -> Result<PathBuf, PrivateError> {
        let path = self.directory.join(format!("{}.json", task.id));
        local::replace(&path, &private::to_text(&path, task)?)?;
        Ok(path)
    }

    /// The tasks that were, by the time at which they were started. What cannot be read is left out.
    pub fn archived(&self) -> Vec<Task> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path()).filter(|path| {
            *path != self.current_path() && path.extension().is_some_and(|end| end == "json")
        });
        let mut tasks: Vec<Task> =
            paths.filter_map(|path| private::from_file(&path).ok().flatten()).collect();
        tasks.sort_by_key(|task| task.started);
        tasks
    }

    /// Lets go of a closed task that a checkpoint tells of.
    pub fn told(&self, told: &Task) -> Result<(), PrivateError> {
        let _lock = private::lock(&self.directory)?;
        if told.is_closed() && self.current()?.as_ref() == Some(told) {
            local::remove(&self.current_path())?;
        }
        Ok(())
    }

    fn current_path(&self) -> PathBuf {
        self.directory.join("current.json")
    }
}
