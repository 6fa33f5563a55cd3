//! Files that a document names, against those that there are.

use crate::model::outline::{FileNote, Part};
use crate::policy::lint::{Material, Seen};
use crate::policy::wording::{phrase, says};

/// What is said of a file that need not be there.
const ABSENT: &[&str] = &[
    "deleted",
    "removed",
    "gone",
    "delete",
    "remove",
    "renamed",
    "moved",
    "to create",
    "to be created",
    "to write",
    "not yet",
    "planned",
    "new",
    "will be",
    "ignored",
    "generated",
    "not committed",
    "uncommitted",
    "untracked",
    "does not exist",
    "another repository",
];

/// What is said of a file that a piece of work makes.
const MAKING: &[&str] = &[
    "add",
    "added",
    "create",
    "created",
    "write",
    "wrote",
    "written",
    "make",
    "made",
    "generate",
    "extract",
    "extracted",
    "split",
    "rename",
    "move",
    "copy",
    "scaffold",
    "draft",
    "introduce",
    "put",
    "drop",
    "dropped",
    "replace",
    "replaced",
];

pub fn unknown(material: &Material) -> Vec<Seen> {
    let Some(has_file) = material.has_file else { return Vec::new() };
    let named = material.outline.parts().flat_map(|(_, entry)| {
        let line = entry.lines.start;
        let mut named = paths(&entry.part);
        named.extend(mentioned(&entry.part).into_iter().filter(|path| is_beside(path, has_file)));
        named.into_iter().map(move |path| (line, path))
    });
    named
        .filter(|(_, path)| !has_file(path))
        .map(|(line, path)| Seen {
            line: Some(line),
            message: format!("there is no file `{path}`"),
            fix: "name it as git does, from the root of the repository; say so if it was deleted, or is to be made".to_owned(),
        })
        .collect()
}

/// The files that a part says are there.
fn paths(part: &Part) -> Vec<String> {
    match part {
        Part::File(file) if !says_absent(file) => plain(&file.path).into_iter().collect(),
        Part::Decision(decision) => {
            let place = decision.location.as_deref().unwrap_or_default();
            if says(&phrase(place), ABSENT) {
                return Vec::new();
            }
            place.split('`').skip(1).step_by(2).filter_map(plain).collect()
        }
        _ => Vec::new(),
    }
}

/// The files that work which is done, or a step, speaks of in passing, unless it makes them or does away with them.
fn mentioned(part: &Part) -> Vec<String> {
    let text = match part {
        Part::Item(item) => &item.text,
        Part::Step(step) => &step.text,
        _ => return Vec::new(),
    };
    let words = phrase(text);
    if says(&words, ABSENT) || says(&words, MAKING) {
        return Vec::new();
    }
    text.split('`').skip(1).step_by(2).filter_map(plain).collect()
}

/// Whether a path looks like one of this repository, because it starts with a directory that is there.
fn is_beside(path: &str, has_file: &dyn Fn(&str) -> bool) -> bool {
    let (_, name) = path.rsplit_once('/').unwrap_or_default();
    let top = path.split('/').next().unwrap_or_default();
    name.contains('.') && has_file(top)
}

fn says_absent(file: &FileNote) -> bool {
    let details = file.details.join(" ");
    says(&phrase(&format!("{} {details}", file.note.as_deref().unwrap_or_default())), ABSENT)
}

/// A path without the line, the fragment and the symbol that it may lead to; `None` for what is no plain path.
fn plain(named: &str) -> Option<String> {
    let path = named.split("::").next().unwrap_or_default();
    let path = path.split(['#', ':', '(']).next().unwrap_or_default().trim();
    let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
    let elsewhere = path.starts_with(['/', '~', '$', '-', '@'])
        || path.starts_with("..")
        || named.contains("://");
    let pattern =
        path.contains(['*', '?', '{', '<', '…', ' ', '\\', ',', '[']) || path.contains("...");
    let dotted = path.rsplit('/').next().is_some_and(|name| {
        name.rsplit_once('.').is_some_and(|(_, kind)| (1..=8).contains(&kind.len()))
    });
    let is_path = path.contains('/') || dotted;
    (is_path && !elsewhere && !pattern).then(|| path.to_owned())
}
