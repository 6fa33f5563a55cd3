//! Which checkpoint belongs to a commit that it is not tied to, because history was rewritten and nobody told us.
//!
//! What comes out is an inference, and is shown as one: anybody can make a commit, or a document, that looks like
//! another. Nothing is inferred from commit messages beyond the subject, and nothing along one line of history: there a
//! commit with the same tree is a revert, and one with the same author line was made in the same second.

use std::fmt;

use crate::model::checkpoint::Anchors;
use crate::model::object::ObjectId;

/// What two commits have in common; stronger ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Somebody made the same change in another commit.
    Change,
    /// The files are the same, as after `git reset --soft` and a new commit.
    Tree,
    /// Author, time and subject are the same, but not the change, as after a conflict.
    Author,
    /// Author and time are the same, and Jujutsu calls both commits by one name.
    ChangeId,
    /// Author, time and change are the same, as after a rebase.
    AuthorAndChange,
}

impl Likeness {
    /// The name by which a program knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Tree => "tree",
            Self::Author => "author",
            Self::ChangeId => "change_id",
            Self::AuthorAndChange => "author_and_change",
        }
    }
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Change => "the same change",
            Self::Tree => "the same files",
            Self::Author => "the same author, time and subject",
            Self::ChangeId => "the same author, time and change id",
            Self::AuthorAndChange => "the same author, time and change",
        })
    }
}

/// Where the commit stands now that a checkpoint was saved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On one line of history with the commit in question.
    SameLine,
    /// On some other branch.
    Elsewhere,
    /// On a branch that has nothing in common with this line, as after `git subtree split`.
    Unrelated,
    /// No branch, no tag and no remote branch has it any more.
    Lost,
}

/// A commit that has no checkpoint.
#[derive(Clone, Copy, Debug)]
pub struct Orphan<'a> {
    pub tree: ObjectId,
    /// The author line, as in [`Anchors::authored`].
    pub authored: &'a str,
    pub subject: &'a str,
}

/// Whether a checkpoint with these anchors belongs to `commit`. What costs something is asked for only when it matters:
/// the change, whether Jujutsu calls both by one name, and where the commit stands now that the checkpoint was saved for.
pub fn likeness(
    anchors: &Anchors,
    commit: Orphan,
    patch_id: &mut dyn FnMut() -> Option<ObjectId>,
    has_change_id: &mut dyn FnMut() -> bool,
    standing: &mut dyn FnMut() -> Standing,
) -> Option<Likeness> {
    let author = anchors.authored == commit.authored;
    let subject = author && anchors.subject.as_deref() == Some(commit.subject);
    let tree = anchors.tree == commit.tree;
    let changed = anchors.patch_id.is_some() && anchors.patch_id == patch_id();
    let named = author && !(subject || tree || changed) && has_change_id();
    if !(subject || tree || changed || named) {
        return None;
    }
    let standing = match standing() {
        Standing::SameLine => return None,
        standing => standing,
    };
    let lost = standing == Standing::Lost;
    let apart = lost || standing == Standing::Unrelated;
    if subject && lost && tree {
        return Some(Likeness::AuthorAndChange);
    }
    if changed {
        return Some(if author { Likeness::AuthorAndChange } else { Likeness::Change });
    }
    match (subject && apart, tree && lost) {
        (true, _) => Some(Likeness::Author),
        (_, true) => Some(Likeness::Tree),
        _ if named && lost => Some(Likeness::ChangeId),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const AUTHOR: &str = "Ada <ada@example.com> 1790000000 +0100";

    fn id(digit: char) -> ObjectId {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn anchors() -> Anchors {
        Anchors {
            commit: id('1'),
            tree: id('2'),
            patch_id: Some(id('3')),
            authored: AUTHOR.into(),
            subject: Some("Count".into()),
            branch: None,
            dirty: None,
        }
    }

    fn judge(commit: Orphan, patch: Option<ObjectId>, standing: Standing) -> Option<Likeness> {
        likeness(&anchors(), commit, &mut || patch, &mut || false, &mut || standing)
    }

    #[test]
    fn a_commit_that_is_new_in_all_but_its_author_is_known_by_its_change_id() {
        let (squashed, anchors) = (orphan('9', AUTHOR, "Count anew"), anchors());
        let judge = |commit: Orphan, standing: Standing| {
            likeness(&anchors, commit, &mut || None, &mut || true, &mut || standing)
        };
        assert_eq!(judge(squashed, Standing::Lost), Some(Likeness::ChangeId));
        assert_eq!(judge(squashed, Standing::Elsewhere), None);
        let of_another = orphan('9', "Bob <bob@example.com> 1 +0000", "Count anew");
        assert_eq!(judge(of_another, Standing::Lost), None);
    }

    fn orphan<'a>(tree: char, authored: &'a str, subject: &'a str) -> Orphan<'a> {
        Orphan { tree: id(tree), authored, subject }
    }

    #[test]
    fn a_rebased_commit_is_known_by_author_and_change() {
        let rebased = orphan('9', AUTHOR, "Count");
        let found = judge(rebased, Some(id('3')), Standing::Lost);
        assert_eq!(found, Some(Likeness::AuthorAndChange));
        let picked = judge(rebased, Some(id('3')), Standing::Elsewhere);
        assert_eq!(picked, Some(Likeness::AuthorAndChange));
    }

    #[test]
    fn a_conflict_leaves_author_and_subject_and_only_counts_where_the_old_commit_is_gone() {
        let resolved = orphan('9', AUTHOR, "Count");
        assert_eq!(judge(resolved, Some(id('8')), Standing::Lost), Some(Likeness::Author));
        assert_eq!(judge(resolved, None, Standing::Lost), Some(Likeness::Author));
        assert_eq!(judge(resolved, Some(id('8')), Standing::Elsewhere), None);
        assert_eq!(judge(resolved, Some(id('8')), Standing::Unrelated), Some(Likeness::Author));
        assert_eq!(judge(orphan('9', AUTHOR, "Else"), Some(id('8')), Standing::Lost), None);
    }

    #[test]
    fn the_same_files_count_only_where_the_old_commit_is_gone() {
        let other = "Bob <bob@example.com> 1790000009 +0000";
        assert_eq!(judge(orphan('2', other, "New"), None, Standing::Lost), Some(Likeness::Tree));
        assert_eq!(judge(orphan('2', other, "New"), None, Standing::Elsewhere), None);
    }

    #[test]
    fn nothing_is_inferred_along_one_line_of_history() {
        let twin = orphan('2', AUTHOR, "Count");
        assert_eq!(judge(twin, Some(id('3')), Standing::SameLine), None);
    }

    #[test]
    fn commits_that_change_nothing_have_no_change_in_common() {
        let other = "Bob <bob@example.com> 1790000009 +0000";
        let mut empty = anchors();
        empty.patch_id = None;
        let commit = orphan('9', other, "New");
        let found = likeness(&empty, commit, &mut || None, &mut || false, &mut || Standing::Lost);
        assert_eq!(found, None);
    }
}
