//! What can be reached from branches, tags and remote branches: asked of git, which has commit graphs to answer with.

use std::collections::HashSet;

use crate::git::program::ProgramError;
use crate::git::repository::Repository;
use crate::model::object::ObjectId;

/// Refs that keep commits alive which nobody works on any more.
const BACKUPS: [&str; 4] = ["refs/notes/*", "refs/original/*", "refs/replace/*", "refs/stash"];

/// Refs by which Jujutsu and git-branchless keep every commit that they ever saw, those that were rewritten among them.
const MEMORIES: [&str; 2] = ["refs/jj/*", "refs/branchless/*"];

/// What leaves those refs out that say nothing of what is worked on. It goes before `--all`.
pub(in crate::git) fn without_old_refs() -> impl Iterator<Item = String> {
    excluding(BACKUPS.iter().chain(&MEMORIES))
}

fn excluding<'p>(patterns: impl Iterator<Item = &'p &'static str>) -> impl Iterator<Item = String> {
    patterns.map(|pattern| format!("--exclude={pattern}"))
}

impl Repository {
    /// Every commit that is not lost: a branch, a tag, a remote branch, a worktree's `HEAD` or what another tool remembers
    /// has it in its history.
    pub fn reachable(&self) -> Result<HashSet<ObjectId>, ProgramError> {
        self.reached(excluding(BACKUPS.iter()))
    }

    /// The same without what is only remembered.
    pub fn worked_on(&self) -> Result<HashSet<ObjectId>, ProgramError> {
        self.reached(without_old_refs())
    }

    fn reached(
        &self,
        excluded: impl Iterator<Item = String>,
    ) -> Result<HashSet<ObjectId>, ProgramError> {
        let excluded: Vec<String> = excluded.collect();
        let mut arguments = vec!["rev-list"];
        arguments.extend(excluded.iter().map(String::as_str));
        arguments.push("--all");
        self.listed(&arguments)
    }

    /// Those of some commits that no other one of them follows, and that `base` does not have in its history.
    pub fn ends(
        &self,
        commits: &HashSet<ObjectId>,
        base: ObjectId,
    ) -> Result<Vec<ObjectId>, ProgramError> {
        let mut input = format!("^{base}\n");
        commits.iter().for_each(|commit| input.push_str(&format!("{commit}\n")));
        let asked = ["rev-list", "--topo-order", "--parents", "--ignore-missing", "--stdin"];
        let listed = self.program.run_with_input(&asked, input.as_bytes())?;
        let (mut ends, mut followed) = (Vec::new(), HashSet::new());
        for line in String::from_utf8_lossy(&listed).lines() {
            let mut ids = line.split(' ').filter_map(|id| id.parse::<ObjectId>().ok());
            let Some(commit) = ids.next() else { continue };
            let (is_followed, is_one) = (followed.contains(&commit), commits.contains(&commit));
            if is_one && !is_followed {
                ends.push(commit);
            }
            if is_one || is_followed {
                followed.extend(ids);
            }
        }
        Ok(ends)
    }

    /// Every commit that any ref but a note has in its history, backups and the stash included.
    pub fn on_any_ref(&self) -> Result<HashSet<ObjectId>, ProgramError> {
        self.listed(&["rev-list", "--exclude=refs/notes/*", "--all"])
    }

    /// Every commit in the history of a ref.
    pub fn history_of(&self, reference: &str) -> Result<HashSet<ObjectId>, ProgramError> {
        self.listed(&["rev-list", reference, "--"])
    }

    /// Every commit in the history of `HEAD`; none on a branch that has no commit yet.
    pub fn history_of_head(&self) -> Result<HashSet<ObjectId>, ProgramError> {
        self.listed(&["rev-list", "--ignore-missing", "HEAD", "--"])
    }

    /// The commits that `tip` has in its history and `base` has not.
    pub fn commits_between(
        &self,
        base: ObjectId,
        tip: ObjectId,
    ) -> Result<Vec<ObjectId>, ProgramError> {
        self.listed(&["rev-list", &tip.to_string(), &format!("^{base}")])
    }

    fn listed<C: FromIterator<ObjectId>>(&self, arguments: &[&str]) -> Result<C, ProgramError> {
        let listed = self.program.run(arguments)?;
        let lines = listed.split(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| std::str::from_utf8(line).ok()?.parse().ok()).collect())
    }
}
