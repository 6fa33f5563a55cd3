//! What is told of a document that was looked through: as compilers tell it, a place and a message a line.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::conventions::Level;
use crate::ops::lint::LintOutcome;
use crate::policy::lint::Finding;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::units::plural;

const PLACE: Style = Style::new().bold();
const RULE: Style = Style::new().dimmed();
const NAME: Style = AnsiColor::Green.on_default();

/// Most findings that are told of a document that was saved.
const AFTER_SAVE: usize = 3;

/// A rule, how much it matters, and why.
type RuleRow = (&'static str, Level, &'static str);

pub fn text(outcome: &LintOutcome) -> String {
    let mut text = String::new();
    let name = one_line(&outcome.name, usize::MAX);
    for Finding { rule, level, line, message, fix } in &outcome.findings {
        let place = line.map_or_else(|| name.clone(), |line| format!("{name}:{line}"));
        let (style, word) = (style(*level), word(*level));
        let message = one_line(message, usize::MAX);
        let _ = writeln!(
            text,
            "{PLACE}{place}:{PLACE:#} {style}{word}:{style:#} {message} {RULE}[{rule}]{RULE:#}\n    fix: {fix}"
        );
    }
    text
}

/// One line on all findings.
pub fn summary(outcome: &LintOutcome) -> String {
    let counts =
        [Level::Error, Level::Warning, Level::Note].map(|level| (level, outcome.count(level)));
    let said = counts.iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> =
        said.map(|(level, count)| plural(*count as u64, word(*level))).collect();
    if said.is_empty() { "nothing found".to_owned() } else { said.join(", ") }
}

/// What is said of a document that was just saved, and what is left to be said by `git ckpt lint`.
pub fn after_save(outcome: &LintOutcome) -> (Vec<String>, usize) {
    let mut told: Vec<&Finding> = outcome.findings.iter().collect();
    told.retain(|finding| finding.level >= Level::Warning);
    told.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let line = |finding: &Finding| {
        let place = finding.line.map_or(String::new(), |line| format!("line {line}: "));
        format!("{place}{} [{}]", one_line(&finding.message, usize::MAX), finding.rule)
    };
    let lines: Vec<String> = told.into_iter().take(AFTER_SAVE).map(line).collect();
    let rest = outcome.findings.len() - lines.len();
    (lines, rest)
}

/// The one line of a hook that saved a document that was written beforehand.
pub fn by_hook(outcome: &LintOutcome) -> Option<String> {
    let found = outcome.findings.iter().filter(|finding| finding.level >= Level::Warning).count();
    let told =
        || format!("ckpt: {} in the document: git ckpt lint", plural(found as u64, "finding"));
    (found > 0).then(told)
}

pub fn json(outcome: &LintOutcome) -> Value {
    let findings = outcome.findings.iter().map(|finding| {
        json!({
            "rule": finding.rule,
            "level": word(finding.level),
            "line": finding.line,
            "message": finding.message,
            "fix": finding.fix,
        })
    });
    json!({
        "schema": SCHEMA,
        "document": outcome.name,
        "template": outcome.template,
        "tokens": outcome.tokens,
        "budget": outcome.budget,
        "errors": outcome.count(Level::Error),
        "warnings": outcome.count(Level::Warning),
        "notes": outcome.count(Level::Note),
        "findings": findings.collect::<Vec<_>>(),
    })
}

pub fn rules(rules: &[RuleRow], limit: Option<usize>) -> String {
    let mut table =
        Table::new([("RULE", Align::Left), ("LEVEL", Align::Left), ("WHY", Align::Left)]);
    for (rule, level, why) in rules {
        let level = Cell::styled(word(*level), style(*level));
        table.row([Cell::styled(rule, NAME), level, (*why).to_owned().into()]);
    }
    table.render(limit)
}

pub fn rules_json(rules: &[RuleRow]) -> String {
    let row = |(rule, level, why): &RuleRow| {
        let row = json!({ "schema": SCHEMA, "rule": rule, "level": word(*level), "why": why });
        format!("{row}\n")
    };
    rules.iter().map(row).collect()
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn style(level: Level) -> Style {
    match level {
        Level::Off => Style::new().dimmed(),
        Level::Note => AnsiColor::Cyan.on_default(),
        Level::Warning => AnsiColor::Yellow.on_default().bold(),
        Level::Error => AnsiColor::Red.on_default().bold(),
    }
}
