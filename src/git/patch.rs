//! The id of the change that a commit makes, by which the commit is known again after it was moved.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use git2::{Delta, Diff, DiffDelta, DiffOptions, ObjectType};

use crate::git::object::{ObjectKind, object_id};
use crate::git::program::ProgramError;
use crate::git::repository::Repository;
use crate::git::tree::{EntryKind, LARGEST_TREE, Line, git_order};
use crate::model::object::ObjectId;

/// Beyond these a change is too costly to compare while somebody waits.
const FILES: usize = 200;
const BYTES: u64 = 16 << 20;

impl Repository {
    /// The id that `git show --full-index <commit> | git patch-id --stable` gives with git's default settings.
    ///
    /// `None` for merges, for commits that change nothing, more than 200 files or files of more than 16 MiB together,
    /// and on any trouble.
    pub fn patch_id(&self, commit: ObjectId) -> Option<ObjectId> {
        let facts = self.commit(commit).ok()?;
        if facts.parents.len() > 1 {
            return None;
        }
        let old = match facts.parents.first() {
            Some(parent) => Some(self.commit(*parent).ok()?.tree),
            None => None,
        };
        self.prove_readable(old, facts.tree)?;
        let tree = |id: ObjectId| self.raw.find_tree(self.raw_id(id)?).ok();
        let new = tree(facts.tree)?;
        let old = old.map(|id| tree(id).ok_or(())).transpose().ok()?;
        let mut options = DiffOptions::new();
        options.indent_heuristic(true).include_typechange(false);
        let diff = self.raw.diff_tree_to_tree(old.as_ref(), Some(&new), Some(&mut options)).ok()?;
        if diff.deltas().len() == 0 || diff.deltas().len() > FILES {
            return None;
        }
        self.prove_attributes_readable(&diff)?;
        if may_rename(&diff) || self.has_odd_content(&diff)? {
            return self.patch_id_by_git(commit);
        }
        diff.patchid(None).ok().map(object_id)
    }

    /// Whether the change holds what libgit2 hashes otherwise than git: binary files, empty files, and control
    /// characters that only libgit2 takes for white space or for the end of a line.
    fn has_odd_content(&self, diff: &Diff<'_>) -> Option<bool> {
        let empty =
            git2::Oid::hash_object_ext(ObjectType::Blob, b"", self.raw.object_format()).ok()?;
        let is_empty =
            |delta: DiffDelta<'_>| [delta.old_file().id(), delta.new_file().id()].contains(&empty);
        let (mut binary, mut control) = (false, false);
        diff.foreach(
            &mut |_, _| true,
            Some(&mut |_, _| {
                binary = true;
                true
            }),
            None,
            Some(&mut |_, _, line| {
                control |= line.content().iter().any(|byte| matches!(byte, 0 | 0x0b | 0x0c));
                true
            }),
        )
        .ok()?;
        Some(binary || control || diff.deltas().any(is_empty))
    }

    /// Reads all that libgit2 is going to read for a diff, because it goes on for ever with a file that ends early.
    /// `None` when that is too much, or not all of it can be read.
    fn prove_readable(&self, old: Option<ObjectId>, new: ObjectId) -> Option<()> {
        let mut blobs = Vec::new();
        self.changed_blobs([old, Some(new)], &mut blobs)?;
        let size = |id: &ObjectId| self.object_header(*id).map(|(_, size)| size);
        let sizes = blobs.iter().map(size).try_fold(0_u64, |all, size| all.checked_add(size?))?;
        if sizes > BYTES {
            return None;
        }
        // A blob without a file is in a pack, whose damage libgit2 finds.
        blobs.into_iter().try_for_each(|id| self.loose().read(id, BYTES).map(drop)).ok()
    }

    /// Reads the attributes that libgit2 is going to take out of the index, where the worktree has no such file.
    fn prove_attributes_readable(&self, diff: &Diff<'_>) -> Option<()> {
        let index = self.raw.index().ok()?;
        let paths = diff.deltas().filter_map(|delta| delta.new_file().path().map(Path::to_owned));
        let directories: BTreeSet<PathBuf> = paths
            .flat_map(|path| path.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>())
            .collect();
        let listed = |directory: &PathBuf| index.get_path(&directory.join(".gitattributes"), 0);
        directories
            .iter()
            .filter_map(listed)
            .try_for_each(|entry| self.loose().read(object_id(entry.id), BYTES).map(drop))
            .ok()
    }

    /// Collects the blobs in which two trees differ, the same way that a diff goes through them.
    fn changed_blobs(&self, trees: [Option<ObjectId>; 2], blobs: &mut Vec<ObjectId>) -> Option<()> {
        if trees[0] == trees[1] {
            return Some(());
        }
        let [old, new] = trees.map(|id| id.map_or(Some(Vec::new()), |id| self.tree_here(id)));
        let (old, new) = (old?, new?);
        let [mut old, mut new] = [
            self.lines(trees[0].or(trees[1])?, &old).peekable(),
            self.lines(trees[1].or(trees[0])?, &new).peekable(),
        ];
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Some(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(Ok(before)), Some(Ok(after))) => git_order(before, after),
                _ => return None,
            };
            let before = if order.is_le() { old.next().transpose().ok()? } else { None };
            let after = if order.is_ge() { new.next().transpose().ok()? } else { None };
            self.compare(before, after, blobs)?;
        }
    }

    fn compare(
        &self,
        before: Option<Line<'_>>,
        after: Option<Line<'_>>,
        blobs: &mut Vec<ObjectId>,
    ) -> Option<()> {
        let side = |line: &Option<Line<'_>>| line.map(|line| (line.kind, line.id));
        if side(&before) == side(&after) {
            return Some(());
        }
        let both = [before, after];
        let trees =
            both.map(|line| line.filter(|line| line.kind == EntryKind::Tree).map(|line| line.id));
        let files = both
            .into_iter()
            .flatten()
            .filter(|line| !matches!(line.kind, EntryKind::Tree | EntryKind::Commit));
        blobs.extend(files.map(|line| line.id));
        if blobs.len() > 2 * FILES {
            return None;
        }
        self.changed_blobs(trees, blobs)
    }

    /// A tree that is not fetched when it is missing.
    fn tree_here(&self, id: ObjectId) -> Option<Vec<u8>> {
        let object = self.find_object(id, LARGEST_TREE).ok()??;
        (object.kind == ObjectKind::Tree).then_some(object.bytes)
    }

    fn patch_id_by_git(&self, commit: ObjectId) -> Option<ObjectId> {
        self.patch_id_of(&[&commit.to_string()])
    }

    /// The id that one commit would have which makes all changes from `base` to `tip` at once.
    pub fn patch_id_between(&self, base: ObjectId, tip: ObjectId) -> Option<ObjectId> {
        self.patch_id_of(&[&base.to_string(), &tip.to_string()])
    }

    fn patch_id_of(&self, revisions: &[&str]) -> Option<ObjectId> {
        let fixed = ["diff-tree", "-p", "-M", "--root", "--full-index", "--no-ext-diff"];
        let shown = [&fixed, revisions].concat();
        let patch = self.program.run(&shown).ok()?;
        let answer = self.program.run_with_input(&["patch-id", "--stable"], &patch).ok()?;
        String::from_utf8_lossy(&answer).split_whitespace().next()?.parse().ok()
    }
}

impl Repository {
    /// The ids of the changes that many commits make, worked out by one pair of git processes. Commits that have none
    /// are left out.
    pub fn patch_ids(
        &self,
        commits: &[ObjectId],
    ) -> Result<HashMap<ObjectId, ObjectId>, ProgramError> {
        let shown = ["diff-tree", "--stdin", "-p", "-M", "--root", "--full-index", "--no-ext-diff"];
        let list: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        let answer =
            self.program.run_piped(&shown, list.into_bytes(), &["patch-id", "--stable"])?;
        let lines = String::from_utf8_lossy(&answer);
        let pair = |line: &str| {
            let (patch, commit) = line.split_once(' ')?;
            Some((commit.parse().ok()?, patch.parse().ok()?))
        };
        Ok(lines.lines().filter_map(pair).collect())
    }
}

/// Whether git might pair a file that went with one that came; libgit2 would pair others.
fn may_rename(diff: &Diff<'_>) -> bool {
    let has = |status| diff.deltas().any(|delta| delta.status() == status);
    has(Delta::Added) && has(Delta::Deleted)
}
