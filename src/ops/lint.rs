//! Looking through a document for what the next session would stumble over.

use std::collections::BTreeMap;

use crate::model::checkpoint::Status;
use crate::model::conventions::Level;
use crate::ops::Desk;
use crate::ops::reading::{self, Reading, ReadingError};
use crate::ops::template::TemplateError;
use crate::policy::lint::{self, Finding, Material, RULES};
use crate::policy::outline;
use crate::policy::tokens;
use crate::store::{Front, Templates, TemplatesError, read_given};

/// A document that was looked through.
#[derive(Debug)]
pub struct LintOutcome {
    /// What it goes by.
    pub name: String,
    pub template: String,
    pub tokens: u64,
    pub budget: u64,
    /// In the order of its lines, which are counted from 1 in all of its text.
    pub findings: Vec<Finding>,
}

impl LintOutcome {
    /// With every warning as an error.
    pub fn strictly(mut self) -> Self {
        for finding in &mut self.findings {
            if finding.level == Level::Warning {
                finding.level = Level::Error;
            }
        }
        self
    }

    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

/// Why a document was not looked through.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    #[error(transparent)]
    Reading(#[from] ReadingError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("`.ckpt.yaml` names a rule `{rule}`, which there is not")]
    UnknownRule { rule: String },
}

/// Which sections a document has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sections {
    /// Those of its template.
    OfTemplate,
    /// The same, unless neither it nor its author names a template.
    IfItNamesOne,
}

/// How much each rule matters here.
pub fn levels(desk: &Desk) -> Result<BTreeMap<String, Level>, LintError> {
    let conventions = Templates::new(&desk.directory).conventions();
    let levels = conventions.map_err(|error: TemplatesError| TemplateError::from(error))?.lint;
    match levels.keys().find(|rule| lint::find(rule).is_none()) {
        Some(rule) => Err(LintError::UnknownRule { rule: rule.clone() }),
        None => Ok(levels),
    }
}

/// All rules with how much they matter here, and why.
pub fn rules(desk: &Desk) -> Result<Vec<(&'static str, Level, &'static str)>, LintError> {
    let levels = levels(desk)?;
    let level = |name: &str, usual| levels.get(name).copied().unwrap_or(usual);
    Ok(RULES.iter().map(|rule| (rule.name, level(rule.name, rule.level), rule.why)).collect())
}

/// Looks through a document.
pub fn lint(desk: &Desk, reading: &Reading, sections: Sections) -> Result<LintOutcome, LintError> {
    let levels = levels(desk)?;
    let body = outline::guidance_blanked(&reading.body);
    let outline = outline::read(&body);
    let tokens = tokens::count(&outline::guidance_free(&reading.body));
    let has_file = |path: &str| has_file(desk, reading, path);
    let asks = sections == Sections::OfTemplate || reading.keeps_to_template;
    // Only decisions are held against it, and looking for it may mean a walk.
    let decides = outline.decisions().next().is_some();
    let base = reading.base.as_ref();
    let previous = base.filter(|_| decides).and_then(|base| base.previous(desk));
    let findings = lint::lint(
        &Material {
            name: &reading.name,
            body: &body,
            outline: &outline,
            tokens,
            budget: reading.template.budget,
            required: if asks { &reading.template.required } else { &[] },
            blocked: reading.status == Status::Blocked,
            completed: reading.status == Status::Completed,
            has_file: Some(&has_file),
            previous: previous.as_ref(),
            drafted: reading.drafted,
        },
        &levels,
    );
    let in_text = |finding: Finding| Finding {
        line: finding.line.map(|line| line + reading.above + 1),
        ..finding
    };
    Ok(LintOutcome {
        name: reading.name.clone(),
        template: reading.template.name.to_string(),
        tokens,
        budget: reading.template.budget,
        findings: findings.into_iter().map(in_text).collect(),
    })
}

/// The same of a document that is about to be saved with `target`.
pub fn of_save(
    desk: &Desk,
    document: &[u8],
    template: Option<&str>,
    target: &str,
) -> Result<LintOutcome, LintError> {
    let mut reading = reading::handed_in(desk, "-", document, target)?;
    if let Some(name) = template.filter(|_| !reading.keeps_to_template) {
        let front = read_given(document).map_err(ReadingError::from)?.front;
        let named = Front { template: Some(name.to_owned()), ..front };
        reading.template = reading::asked_of(desk, &named)?;
        reading.keeps_to_template = true;
    }
    lint(desk, &reading, Sections::IfItNamesOne)
}

/// Whether a file is in the commit, or in the worktree; what cannot be told is taken to be there.
fn has_file(desk: &Desk, reading: &Reading, path: &str) -> bool {
    let tree = reading.base.as_ref().and_then(|base| base.tree);
    let committed = tree.map(|tree| desk.store.repository().entry_at(tree, path));
    let in_worktree = || desk.directory.join(path).symlink_metadata().is_ok();
    match committed {
        Some(Ok(Some(_)) | Err(_)) => true,
        Some(Ok(None)) | None => in_worktree(),
    }
}
