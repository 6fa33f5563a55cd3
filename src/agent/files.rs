//! Looking at an agent's files: listings that never follow a link, and bounded reads of the first lines.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::agent::AgentError;

/// How many files a session may have beside its transcript.
pub(super) const COMPANIONS: usize = 10_000;

/// How deep the directories of a session may be nested.
const DEPTH: usize = 6;

/// A regular file or a directory in a listing.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    pub path: PathBuf,
    pub is_file: bool,
}

/// The regular files and the directories in `directory`, by name; none where it does not exist.
/// Links, and names that are not Unicode, are left out.
pub(super) fn entries(directory: &Path) -> Result<Vec<Entry>, AgentError> {
    let unreadable = |source| AgentError::Unreadable { path: directory.to_owned(), source };
    let listing = match fs::read_dir(directory) {
        Ok(listing) => listing,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut found = Vec::new();
    for entry in listing {
        let entry = entry.map_err(unreadable)?;
        let Ok(kind) = entry.file_type() else { continue };
        if let Some(name) = entry.file_name().to_str().filter(|_| kind.is_file() || kind.is_dir()) {
            found.push(Entry {
                name: name.to_owned(),
                path: entry.path(),
                is_file: kind.is_file(),
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The directories in `directory`, by name.
pub(super) fn directories(directory: &Path) -> Result<Vec<Entry>, AgentError> {
    Ok(entries(directory)?.into_iter().filter(|entry| !entry.is_file).collect())
}

/// The regular files in `directory`, by name.
pub(super) fn regular_files(directory: &Path) -> Result<Vec<Entry>, AgentError> {
    Ok(entries(directory)?.into_iter().filter(|entry| entry.is_file).collect())
}

/// All regular files below `directory`, named by their path below it, as far as the limits reach.
pub(super) fn tree(directory: &Path) -> Result<Vec<Entry>, AgentError> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), directory.to_owned(), 0)];
    while let Some((prefix, path, depth)) = waiting.pop() {
        for entry in entries(&path)? {
            let name = format!("{prefix}{}", entry.name);
            if entry.is_file && found.len() < COMPANIONS {
                found.push(Entry { name, ..entry });
            } else if !entry.is_file && depth < DEPTH {
                waiting.push((format!("{name}/"), entry.path, depth + 1));
            }
        }
    }
    Ok(found)
}

/// A regular file, opened. Opening a pipe would wait for somebody who writes to it.
pub(super) fn opened(path: &Path) -> Option<File> {
    let is_file = fs::metadata(path).is_ok_and(|data| data.is_file());
    if is_file { File::open(path).ok() } else { None }
}

/// The first line of a file without its end, or what `limit` bytes hold of it.
pub(super) fn first_line(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    BufReader::new(opened(path)?.take(limit)).read_until(b'\n', &mut line).ok()?;
    Some(line)
}

/// The first lines of a file without their ends, one after the other, as far as `limit` bytes reach.
pub(super) fn lines(path: &Path, limit: u64) -> impl Iterator<Item = Vec<u8>> {
    let file = opened(path).into_iter();
    file.flat_map(move |file| BufReader::new(file.take(limit)).split(b'\n').map_while(Result::ok))
}

/// Length and time of the last change of a regular file that is not empty.
pub(super) fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let data = fs::metadata(path).ok().filter(|data| data.is_file() && data.len() > 0)?;
    Some((data.len(), data.modified().ok()?))
}

/// Whether this is a regular file that holds nothing.
pub(super) fn is_blank(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() == 0)
}

/// The path with links resolved; as it is, where it does not exist here.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_missing_has_no_files() {
        let home = tempfile::tempdir().unwrap();
        assert!(entries(&home.path().join("none")).unwrap().is_empty());
        assert!(tree(&home.path().join("none")).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("a/b")).unwrap();
        fs::write(home.path().join("a/b/file"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", home.path().join("a/link")).unwrap();
        std::os::unix::fs::symlink(home.path(), home.path().join("a/loop")).unwrap();
        let names: Vec<String> =
            tree(home.path()).unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a/b/file"]);
    }
}
