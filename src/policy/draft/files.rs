//! The files in play: edited and committed, edited and not committed, named and not touched.

use crate::model::digest::{Digest, FileTouched, Gist, Saying};
use crate::model::outline::{FileNote, FileState, Part, Point};
use crate::model::session::EditKind;
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};

/// Most files that are told of each state.
const EACH: usize = 8;

/// Most files whose state is asked for.
const ASKED: usize = 40;

/// The files that a draft may tell of, as seen from the worktree, the most recently touched first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    pub edited: Vec<String>,
    pub deleted: Vec<String>,
    /// By the person.
    pub named: Vec<String>,
}

/// The files whose state a draft wants to know.
pub fn candidates(digest: &Digest, worktree: Option<&str>) -> Candidates {
    let roots = [worktree, digest.cwd.as_deref()];
    let name = |file: &FileTouched| relative(&file.path, &roots).to_owned();
    let newest = || digest.files.iter().rev().take(ASKED);
    let is_gone = |file: &&FileTouched| file.kind == EditKind::Deleted;
    let edited =
        newest().filter(|file| !is_gone(file)).map(name).filter(|name| !name.starts_with('/'));
    let deleted = newest().filter(is_gone).map(name).filter(|name| !name.starts_with('/'));
    let named = digest.sayings.of(Gist::File).rev().map(|saying| saying.text.clone());
    Candidates {
        edited: edited.collect(),
        deleted: deleted.collect(),
        named: named.take(ASKED / 2).collect(),
    }
}

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let roots = [occasion.worktree, digest.cwd.as_deref()];
    let within: Vec<(&str, &FileTouched)> = digest
        .files
        .iter()
        .rev()
        .map(|file| (relative(&file.path, &roots), file))
        .filter(|(name, _)| !name.starts_with('/'))
        .collect();
    let state = |name: &str| occasion.states.get(name).copied();
    let (under_way, rest): (Vec<_>, Vec<_>) =
        within.iter().partition(|(name, _)| state(name) == Some(FileState::InProgress));
    let rest: Vec<_> =
        rest.into_iter().filter(|(_, file)| file.when.is_after(occasion.since)).collect();
    let mut entries: Vec<Drafted> = Vec::new();
    for (files, base) in [(&under_way, 800), (&rest, 620)] {
        let told = files.iter().take(EACH).enumerate();
        entries.extend(told.map(|(place, (name, file))| {
            // One that is neither in the commit nor in the worktree is gone, or lies elsewhere.
            let base = if state(name).is_some() { base } else { base - 120 };
            edited(name, file, state(name), worth(base, place, &file.when, occasion))
        }));
    }
    entries.extend(more(under_way.len(), rest.len(), digest));
    let named = untouched(digest, occasion, &within);
    entries.extend(named);
    entries
}

fn edited(name: &str, file: &FileTouched, state: Option<FileState>, value: u32) -> Drafted {
    let verb = match file.kind {
        EditKind::Created => Some("created"),
        EditKind::Deleted => Some("deleted"),
        EditKind::Updated => state.is_none().then_some("edited"),
    };
    let note = verb.map(str::to_owned);
    let part = Part::File(FileNote { path: name.to_owned(), state, note, details: Vec::new() });
    let source = Source::File { turn: file.when.turn, edits: file.edits };
    Drafted { slot: Slot::Files, part, source, value }
}

/// Files that the person named, that are there, and that nobody edited.
fn untouched(
    digest: &Digest,
    occasion: &Occasion,
    edited: &[(&str, &FileTouched)],
) -> Vec<Drafted> {
    let is_edited = |saying: &Saying| {
        edited
            .iter()
            .any(|(name, _)| *name == saying.text || name.ends_with(&format!("/{}", saying.text)))
    };
    let named = digest.sayings.of(Gist::File).rev().filter(|saying| {
        occasion.states.get(&saying.text) == Some(&FileState::Untouched) && !is_edited(saying)
    });
    named
        .take(EACH / 2)
        .enumerate()
        .map(|(place, saying)| {
            let state = Some(FileState::Untouched);
            let part = Part::File(FileNote {
                path: saying.text.clone(),
                state,
                note: None,
                details: Vec::new(),
            });
            let source = Source::File { turn: saying.when.turn, edits: 0 };
            Drafted {
                slot: Slot::Files,
                part,
                source,
                value: worth(610, place, &saying.when, occasion),
            }
        })
        .collect()
}

fn more(under_way: usize, rest: usize, digest: &Digest) -> Option<Drafted> {
    let surplus = under_way.saturating_sub(EACH) + rest.saturating_sub(EACH);
    let turn = digest.turns;
    let text = format!("and {surplus} more");
    let part = Part::Point(Point { text, details: Vec::new() });
    let source = Source::File { turn, edits: digest.files.iter().map(|file| file.edits).sum() };
    (surplus > 0).then_some(Drafted { slot: Slot::Files, part, source, value: 560 })
}

/// A file's name as seen from the first of `roots` that it lies in: the worktree, or where the session ran.
fn relative<'a>(path: &'a str, roots: &[Option<&str>]) -> &'a str {
    let below = |root: &str| path.strip_prefix(root)?.strip_prefix('/');
    roots.iter().flatten().find_map(|root| below(root)).unwrap_or(path)
}
