//! How many tokens a document has, where they are, and what could be left out.

use crate::ops::reading::{self, Reading};
use crate::policy::fit::{self, Fit};
use crate::policy::outline;
use crate::policy::tokens::{self, Count, Estimate};

/// A document that was counted.
#[derive(Debug)]
pub struct TokensOutcome {
    /// What it goes by.
    pub name: String,
    pub template: String,
    pub tokens: u64,
    pub budget: u64,
    /// What it comes to for the model that was named.
    pub model: Option<ModelCount>,
    pub sections: Vec<SectionTokens>,
}

#[derive(Debug)]
pub struct ModelCount {
    pub model: String,
    pub family: &'static str,
    pub count: Count,
}

/// One section of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionTokens {
    /// Empty for what stands above the first.
    pub heading: String,
    pub level: u8,
    /// Of its heading, counted from 1 in all of the text.
    pub line: usize,
    pub tokens: u64,
}

/// A proposal of what to leave out.
#[derive(Debug)]
pub struct FitOutcome {
    pub name: String,
    pub budget: u64,
    pub fit: Fit,
    /// Lines of the text that stand above the body.
    pub above: usize,
    /// All lines of the text as it is.
    pub text: String,
    /// The text without what is left out, as it can be handed in.
    pub fitted: String,
    /// Where what is kept has most of its tokens, if it is still too much.
    pub kept: Vec<SectionTokens>,
}

impl FitOutcome {
    pub fn fits(&self) -> bool {
        self.fit.after <= self.budget
    }
}

/// Counts a document.
pub fn count(reading: &Reading, model: Option<&str>) -> TokensOutcome {
    let tokens = tokens::count(&outline::guidance_free(&reading.body));
    let model = model.map(|model| ModelCount {
        model: model.to_owned(),
        family: Estimate::of(model).family,
        count: Estimate::for_model(Some(model), tokens),
    });
    TokensOutcome {
        name: reading.name.clone(),
        template: reading.template.name.to_string(),
        tokens,
        budget: reading.template.budget,
        model,
        sections: by_section(&reading.body, reading.above),
    }
}

/// Proposes what to leave out of a document that is over its budget.
pub fn fit(reading: &Reading) -> FitOutcome {
    let budget = reading.template.budget;
    let fit = fit::fit(&reading.body, budget);
    let kept = if fit.after > budget { by_section(&fit.body, 0) } else { Vec::new() };
    FitOutcome {
        name: reading.name.clone(),
        budget,
        above: reading.above,
        text: reading.text.clone(),
        fitted: reading::superseding(reading, &fit.body),
        fit,
        kept,
    }
}

/// The tokens of each section, in order; a line end may count for one section or for the next.
pub fn by_section(body: &str, above: usize) -> Vec<SectionTokens> {
    let outline = outline::read(&outline::guidance_blanked(body));
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let starts = outline.sections.iter().map(|section| section.lines.start);
    let ends = starts.clone().skip(1).chain([lines.len()]);
    let count = |from: usize, to: usize| {
        tokens::count(&outline::guidance_free(&lines[from.min(to)..to].concat()))
    };
    let first = starts.clone().next().unwrap_or(lines.len());
    let top = SectionTokens {
        heading: String::new(),
        level: 0,
        line: above + 1,
        tokens: count(0, first),
    };
    let sections =
        outline.sections.iter().zip(starts.zip(ends)).map(|(section, (from, to))| SectionTokens {
            heading: section.heading.clone(),
            level: section.level,
            line: above + from + 1,
            tokens: count(from, to),
        });
    std::iter::once(top).chain(sections).filter(|section| section.tokens > 0).collect()
}
