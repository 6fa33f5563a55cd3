//! Reads the revisions of every day without asking git: a name or an id, with steps to parents behind it.
//!
//! Git's word is final: where the least is unclear (no such thing, several things, a form not known here) the answer
//! is that git has to be asked. The one thing told at once is an object that is damaged.

use crate::git::commit::{CommitFacts, LARGEST_COMMIT, facts};
use crate::git::object::{ObjectError, ObjectKind, object_id};
use crate::git::repository::{RefStorage, Repository};
use crate::model::object::ObjectId;

/// Where git looks for a name that is not a full one, in this order.
const PLACES: &[(&str, &str)] = &[
    ("", ""),
    ("refs/", ""),
    ("refs/tags/", ""),
    ("refs/heads/", ""),
    ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
];

/// The shortest prefix of an id that git takes.
pub(in crate::git) const SHORTEST_PREFIX: usize = 4;

/// More tags than this, each of another, are nobody's intention.
const DEEPEST_TAG: usize = 16;

/// One step from an object to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Step {
    /// Through tags to the commit.
    Peel,
    /// `^n`, counted from one.
    Parent(usize),
    /// `~n`
    Ancestor(usize),
}

impl Repository {
    /// The commit that a plain revision names, or `None` where git has to be asked.
    pub(in crate::git) fn plain_commit(
        &self,
        revision: &str,
    ) -> Result<Option<ObjectId>, ObjectError> {
        let Some((base, steps)) = parsed(revision) else { return Ok(None) };
        // Only git and libgit2 know where a shallow history ends.
        if self.is_shallow() && steps.iter().any(|step| *step != Step::Peel) {
            return Ok(None);
        }
        let Some(start) = self.named(base) else { return Ok(None) };
        let mut found = self.peeled(start)?;
        for step in steps {
            let Some(commit) = found else { return Ok(None) };
            found = match step {
                Step::Peel => Some(commit),
                Step::Parent(number) => self.parent(&commit, number)?,
                Step::Ancestor(count) => self.ancestor(commit, count)?,
            };
        }
        Ok(found.map(|commit| commit.id))
    }

    /// The object that a name, a full id or an abbreviated one stands for.
    fn named(&self, base: &str) -> Option<ObjectId> {
        let digits = base.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digits && base.len() == self.format().width() * 2 {
            return base.to_ascii_lowercase().parse().ok();
        }
        if self.ref_storage() != RefStorage::Files {
            return None;
        }
        let name = if base == "@" { "HEAD" } else { base };
        let found = PLACES.iter().find_map(|(before, after)| {
            self.raw.refname_to_id(&format!("{before}{name}{after}")).ok()
        });
        match found {
            Some(id) => Some(object_id(id)),
            None if digits && base.len() >= SHORTEST_PREFIX => self.abbreviated(base),
            None => None,
        }
    }

    /// The only object whose id starts with these digits.
    fn abbreviated(&self, digits: &str) -> Option<ObjectId> {
        let start = git2::Oid::from_str_ext(digits, self.raw.object_format()).ok()?;
        let found = self.raw.odb().ok()?.exists_prefix(start, digits.len()).ok()?;
        Some(object_id(found))
    }

    /// The commit that an object is, or that it is a tag of. What is not here is not fetched.
    fn peeled(&self, start: ObjectId) -> Result<Option<CommitFacts>, ObjectError> {
        let mut id = start;
        for _ in 0..DEEPEST_TAG {
            let object = match self.find_object(id, LARGEST_COMMIT) {
                Ok(Some(object)) => object,
                Ok(None) | Err(ObjectError::TooLarge { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            match object.kind {
                ObjectKind::Commit => return Ok(facts(id, &object.bytes)),
                ObjectKind::Tag => match tagged(&object.bytes) {
                    Some(target) => id = target,
                    None => return Ok(None),
                },
                ObjectKind::Blob | ObjectKind::Tree => return Ok(None),
            }
        }
        Ok(None)
    }

    fn ancestor(
        &self,
        commit: CommitFacts,
        count: usize,
    ) -> Result<Option<CommitFacts>, ObjectError> {
        let mut found = commit;
        for _ in 0..count {
            match self.parent(&found, 1)? {
                Some(parent) => found = parent,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn parent(
        &self,
        commit: &CommitFacts,
        number: usize,
    ) -> Result<Option<CommitFacts>, ObjectError> {
        match number.checked_sub(1).and_then(|place| commit.parents.get(place)) {
            Some(parent) => self.peeled(*parent),
            None => Ok(None),
        }
    }
}

/// The object that a tag names.
fn tagged(tag: &[u8]) -> Option<ObjectId> {
    let line = tag.split(|&byte| byte == b'\n').next()?;
    std::str::from_utf8(line.strip_prefix(b"object ")?).ok()?.parse().ok()
}

/// Takes a revision apart; `None` when there is more to it than a base and steps.
pub(in crate::git) fn parsed(revision: &str) -> Option<(&str, Vec<Step>)> {
    let end = revision.find(['~', '^']).unwrap_or(revision.len());
    let (base, mut rest) = revision.split_at(end);
    let odd = base.is_empty()
        || base.starts_with('-')
        || base.contains("@{")
        || base.contains("..")
        || base.contains([':', ' ']);
    let mut steps = Vec::new();
    while !odd && !rest.is_empty() {
        let peel = ["^{commit}", "^{}", "^0"].into_iter().find_map(|text| rest.strip_prefix(text));
        if let Some(after) = peel {
            steps.push(Step::Peel);
            rest = after;
            continue;
        }
        let (makes, after): (fn(usize) -> Step, _) = match rest.strip_prefix('^') {
            Some(after) => (Step::Parent, after),
            None => (Step::Ancestor, rest.strip_prefix('~')?),
        };
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        steps.push(makes(if number.is_empty() { 1 } else { number.parse().ok()? }));
        rest = after;
    }
    (!odd).then_some((base, steps))
}
