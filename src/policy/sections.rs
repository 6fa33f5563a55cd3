//! The files that a document names.

use crate::model::outline::{Part, Role};
use crate::policy::outline;

/// The files that the sections of files name and that can be files of a repository, each once.
pub fn files_in_play(markdown: &str) -> Vec<String> {
    let outline = outline::read(markdown);
    let mut names: Vec<String> = Vec::new();
    let entries = outline.parts().filter(|(section, _)| section.role == Role::Files);
    for (_, entry) in entries {
        let own = match &entry.part {
            Part::File(file) if is_plausible(&file.path) => Some(file.path.clone()),
            _ => None,
        };
        let text = entry.part.text();
        let quoted = file_names(&text).into_iter().map(str::to_owned);
        for name in own.into_iter().chain(quoted) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// What a text names in back quotes and could be the name of a file, each once.
pub fn file_names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in text.lines() {
        for name in line.split('`').skip(1).step_by(2) {
            if is_plausible(name) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn is_plausible(name: &str) -> bool {
    let is_git_s = name.split('/').any(|part| part == ".git");
    name.contains(['.', '/'])
        && !name.contains([' ', '*', '<', '\\'])
        && !name.starts_with('/')
        && !is_git_s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_play_are_read_from_whatever_heading_and_marks() {
        let text = "## 4. 📁 Files in play\n\n- `src/a.rs` (done): see `b.toml`\n- src/c.rs: the loop\n- **src/d.rs** — all of it\n- the valve in `e/f.rs`\n- `/etc/passwd`\n\n## Notes\n\n- `x.rs`\n";
        assert_eq!(files_in_play(text), ["src/a.rs", "b.toml", "src/c.rs", "src/d.rs", "e/f.rs"]);
    }

    #[test]
    fn only_plausible_relative_names_are_files() {
        let text = "- `src/a.rs` and `b.toml`, not `some words`, `/etc/passwd`, `.git/index.lock` or `flag`\n";
        assert_eq!(file_names(text), ["src/a.rs", "b.toml"]);
    }
}
