//! How commits descend from each other, as git tells it.
//!
//! A few steps along a straight line are looked at here, which is all that most questions take. For the rest the `git`
//! program is asked and not libgit2: it reads every kind of damaged object to an end.

use crate::git::program::ProgramError;
use crate::git::repository::Repository;
use crate::model::object::ObjectId;

/// How far a straight line is followed.
const FEW: u64 = 64;

impl Repository {
    /// Whether `ancestor` is `commit` or lies in the history behind it.
    pub fn contains(&self, commit: ObjectId, ancestor: ObjectId) -> Result<bool, ProgramError> {
        if self.steps_back(commit, ancestor).is_some() {
            return Ok(true);
        }
        let (ancestor, commit) = (ancestor.to_string(), commit.to_string());
        let answer = self.program.ask(&["merge-base", "--is-ancestor", &ancestor, &commit])?;
        Ok(answer.is_some())
    }

    /// A best common ancestor of two commits, if their histories meet.
    pub fn merge_base(
        &self,
        one: ObjectId,
        other: ObjectId,
    ) -> Result<Option<ObjectId>, ProgramError> {
        let answer = self.program.ask(&["merge-base", &one.to_string(), &other.to_string()])?;
        Ok(answer.and_then(|answer| String::from_utf8_lossy(&answer).trim().parse().ok()))
    }

    /// How many commits lie behind `new` that do not lie behind `old`.
    pub fn commits_since(&self, old: Option<ObjectId>, new: ObjectId) -> Result<u64, ProgramError> {
        if let Some(steps) = old.and_then(|old| self.steps_back(new, old)) {
            return Ok(steps);
        }
        let mut asked = vec!["rev-list".to_owned(), "--count".to_owned(), new.to_string()];
        asked.extend(old.map(|old| format!("^{old}")));
        let answer = self.program.run(&asked)?;
        Ok(String::from_utf8_lossy(&answer).trim().parse().unwrap_or_default())
    }

    /// How many steps lead from a commit back to another, if few do and no merge lies between.
    fn steps_back(&self, from: ObjectId, to: ObjectId) -> Option<u64> {
        let mut at = from;
        for steps in 0..=FEW {
            if at == to {
                return Some(steps);
            }
            // One that is not here must not be fetched for a question like this.
            let commit = self.has_object(at).then(|| self.commit(at).ok())??;
            let [parent] = commit.parents.as_slice() else { return None };
            at = *parent;
        }
        None
    }
}
