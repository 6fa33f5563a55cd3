//! What is told of the tokens of a document.

use std::cmp::Ordering;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::ops::tokens::{FitOutcome, ModelCount, SectionTokens, TokensOutcome};
use crate::policy::fit::Cut;
use crate::ui::json::SCHEMA;
use crate::ui::sanitize::one_line;
use crate::ui::table::{Align, Table};
use crate::ui::units::{count, percent};

const CARE: Style = AnsiColor::Yellow.on_default().bold();

pub fn text(outcome: &TokensOutcome, limit: Option<usize>) -> String {
    let mut table =
        Table::new([("TOKENS", Align::Right), ("SHARE", Align::Right), ("SECTION", Align::Left)]);
    for section in &outcome.sections {
        let share = percent(section.tokens, outcome.tokens);
        table.row([count(section.tokens).into(), share.into(), heading(section).into()]);
    }
    let mut text = table.render(limit);
    let _ = writeln!(text, "\n{}, {}", tokens(outcome.tokens), against_budget(outcome));
    if let Some(ModelCount { model, family, count: counted }) = &outcome.model {
        let about = if counted.estimated { "about " } else { "" };
        let model = one_line(model, 60);
        let _ = writeln!(text, "{about}{} for {model} ({family})", tokens(counted.tokens));
    }
    text
}

pub fn tokens(number: u64) -> String {
    let noun = if number == 1 { "token" } else { "tokens" };
    format!("{} {noun}", count(number))
}

fn against_budget(outcome: &TokensOutcome) -> String {
    let TokensOutcome { name, tokens, budget, template, .. } = outcome;
    let of = format!("the budget of {} (template {template})", count(*budget));
    match tokens.cmp(budget) {
        Ordering::Less => format!("{} below {of}", count(budget - tokens)),
        Ordering::Equal => of,
        Ordering::Greater => format!(
            "{CARE}{} more{CARE:#} than {of}; to see what could go: git ckpt tokens {} --fit",
            count(tokens - budget),
            one_line(name, usize::MAX)
        ),
    }
}

/// The heading as it is written; what stands above all of them has none.
pub fn heading(section: &SectionTokens) -> String {
    let words = one_line(&section.heading, usize::MAX);
    if section.level == 0 {
        return "(top)".to_owned();
    }
    format!("{} {words}", "#".repeat(usize::from(section.level)))
}

pub fn json(outcome: &TokensOutcome, fit: Option<&FitOutcome>) -> Value {
    let sections = outcome.sections.iter().map(|section| {
        json!({
            "heading": section.heading,
            "level": section.level,
            "line": section.line,
            "tokens": section.tokens,
        })
    });
    let model = outcome.model.as_ref().map(|model| {
        json!({
            "name": model.model,
            "family": model.family,
            "tokens": model.count.tokens,
            "estimated": model.count.estimated,
        })
    });
    json!({
        "schema": SCHEMA,
        "document": outcome.name,
        "template": outcome.template,
        "tokens": outcome.tokens,
        "budget": outcome.budget,
        "over": outcome.tokens.saturating_sub(outcome.budget),
        "model": model,
        "sections": sections.collect::<Vec<_>>(),
        "fit": fit.map(fitted),
    })
}

fn fitted(outcome: &FitOutcome) -> Value {
    let cut = |cut: &Cut| {
        json!({
            "line": outcome.above + cut.lines.start + 1,
            "lines": cut.lines.len(),
            "reason": cut.reason.words(),
            "tokens": cut.tokens,
        })
    };
    json!({
        "tokens": outcome.fit.after,
        "fits": outcome.fits(),
        "left_out": outcome.fit.cuts.iter().map(cut).collect::<Vec<_>>(),
        "text": outcome.fitted,
    })
}
