//! Taking secrets out of checkpoints that are stored already: one's own, since nobody else's refs are ever written.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::git::IdentityError;
use crate::model::checkpoint::{CheckpointId, Draft};
use crate::model::placeholder::RuleId;
use crate::ops::Desk;
use crate::ops::locate::{self, LocateError};
use crate::ops::search::Hit;
use crate::ops::search_refs::{self, DOCUMENT, Found, Owners, Place};
use crate::ops::secrets::{self, Finder, SecretsError};
use crate::policy::masking::masked;
use crate::store::vault::VaultError;
use crate::store::{CommitError, Hands, Leaks, Redactor};

pub use crate::store::RedactError as TakeOutError;

/// What would be taken out.
pub struct RedactPlan {
    pub found: Vec<Found>,
    /// Checkpoints that were asked for and saved with their secrets on purpose.
    pub unredacted: BTreeSet<CheckpointId>,
    /// An earlier run was killed, and what it left has to go.
    pub unfinished: bool,
    targets: HashSet<CheckpointId>,
    leaks: Leaks,
}

impl RedactPlan {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.unredacted.is_empty() && !self.unfinished
    }
}

/// What was taken out.
#[derive(Debug, Default)]
pub struct RedactOutcome {
    /// The checkpoints that were written anew, by the ids that they had.
    pub renamed: BTreeMap<CheckpointId, CheckpointId>,
    /// Every value once: the rule that found it, and how it begins at the most.
    pub secrets: Vec<(RuleId, String)>,
    /// The remotes that still have what went, until the next push.
    pub remotes: Vec<String>,
}

/// Why nothing was taken out.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error("checkpoint {} is that of {author} (`{writer}`), and only its own clone can rewrite it", id.short())]
    NotOwn { id: CheckpointId, author: String, writer: String },
    #[error(transparent)]
    Store(#[from] CommitError),
    #[error(transparent)]
    TakeOut(#[from] TakeOutError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// Looks for what would be taken out, and changes nothing.
pub fn plan(desk: &Desk, targets: &[String]) -> Result<RedactPlan, RedactError> {
    let finder = Finder::new(desk)?;
    let mut found = Vec::new();
    let mut unredacted = BTreeSet::new();
    let mut ids = HashSet::new();
    for target in targets {
        let located = locate::locate(desk, target)?;
        let checkpoint = locate::understood(&located)?;
        let (id, header) = (checkpoint.id.clone(), &checkpoint.header);
        let writer = &located.tied().writer;
        if writer.fetched {
            let (author, writer) = (header.author.clone(), writer.name.clone());
            return Err(RedactError::NotOwn { id, author, writer });
        }
        if header.unredacted {
            unredacted.insert(id.clone());
        }
        let place = Place { checkpoint: Some(id.clone()), file: DOCUMENT.to_owned() };
        if ids.insert(id) {
            let document = located.tied().text();
            search_refs::document(&finder, &place, &document, &mut |one| found.push(one));
        }
    }
    let leaks = desk.store.leaks(&ids, &finder)?;
    let mut owners = BTreeMap::new();
    for (writer, log, leak) in leaks.all() {
        if !owners.contains_key(&writer.name) {
            owners.insert(writer.name.clone(), Owners::of(desk, writer)?);
        }
        let hit = Hit {
            rule: leak.rule.clone(),
            at: leak.range.start,
            line: None,
            length: leak.range.length,
            masked: masked(leak.value.bytes()),
            before: String::new(),
            after: String::new(),
        };
        found.push(owners[&writer.name].placed(log, hit));
    }
    let unfinished = desk.store.is_redaction_unfinished();
    Ok(RedactPlan { found, unredacted, unfinished, targets: ids, leaks })
}

/// Does what was planned.
pub fn carry_out(desk: &Desk, plan: &RedactPlan) -> Result<RedactOutcome, RedactError> {
    let finder = Finder::new(desk)?;
    let vault = secrets::vault(desk);
    let mut redactor = Redactor::new(&finder, &vault);
    let stamp = desk.stamp()?;
    let mut hands = Hands { edit: &mut edit, keep: &mut |redactor| secrets::keep(desk, redactor) };
    let (leaks, targets) = (&plan.leaks, &plan.targets);
    let renamed = desk.store.take_out(leaks, targets, &mut redactor, &mut hands, &stamp)?;
    let values = redactor.secrets().iter();
    let secrets =
        values.map(|(placeholder, value)| (placeholder.rule.clone(), masked(value.bytes())));
    Ok(RedactOutcome {
        renamed,
        secrets: secrets.collect(),
        remotes: desk.store.waiting_remotes()?,
    })
}

/// Replaces the secrets in what a document says, of its sessions too.
fn edit(redactor: &mut Redactor, draft: &mut Draft) -> Result<(), VaultError> {
    secrets::redact(redactor, draft)?;
    for title in draft.header.snapshots.iter_mut().filter_map(|one| one.title.as_mut()) {
        *title = redactor.redact(title)?;
    }
    Ok(())
}
