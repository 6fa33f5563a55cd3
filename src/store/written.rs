//! Files that a person writes in an editor, and where what cannot be used is kept.

use std::path::PathBuf;

use crate::store::Store;

impl Store {
    /// The file that a document is written in with an editor.
    pub fn edit_path(&self) -> PathBuf {
        self.directory.join("CHECKPOINT_EDITMSG.md")
    }

    /// The file that a note of this worktree is changed in with an editor.
    pub fn note_edit_path(&self, number: u64) -> PathBuf {
        self.repository.git_dir().join("ckpt").join(format!("NOTE_EDITMSG-{number}.md"))
    }

    /// A file that is not there yet, for what was written with an editor and cannot be used.
    pub fn recovery_path(&self) -> PathBuf {
        let numbered = |number: u32| match number {
            1 => self.directory.join("CHECKPOINT_RECOVERED.md"),
            _ => self.directory.join(format!("CHECKPOINT_RECOVERED-{number}.md")),
        };
        let free = (1..=u32::MAX).map(numbered).find(|path| path.symlink_metadata().is_err());
        free.unwrap_or_else(|| numbered(1))
    }

    /// The files with what was written with an editor and could not be used, by name.
    pub fn recovered_paths(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let is_one = |name: &str| name.starts_with("CHECKPOINT_RECOVERED") && name.ends_with(".md");
        let named = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_one));
        let mut paths: Vec<PathBuf> = named.map(|entry| entry.path()).collect();
        paths.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        paths
    }
}
