//! Preferences of style: they belong in the file of rules that agents read at every start.

use crate::model::outline::Part;
use crate::policy::lint::said::short;
use crate::policy::lint::{Material, Seen};
use crate::policy::wording::{phrase, says};

/// What preferences are about.
const MATTERS: &[&str] = &[
    "tabs",
    "spaces",
    "indentation",
    "indent",
    "semicolons",
    "single quotes",
    "double quotes",
    "trailing commas",
    "trailing comma",
    "trailing whitespace",
    "camelcase",
    "camel case",
    "snake case",
    "pascalcase",
    "kebab case",
    "naming convention",
    "naming conventions",
    "line length",
    "columns wide",
    "80 columns",
    "100 columns",
    "prettier",
    "rustfmt",
    "gofmt",
    "black formatting",
    "code style",
    "coding style",
    "import order",
    "sort imports",
    "docstrings",
    "emoji",
    "emojis",
    "conventional commits",
    "commit messages",
    "imperative mood",
    "be concise",
    "small functions",
    "early returns",
    "comments in code",
    "code comments",
    "type hints",
    "arrow functions",
    "const over let",
    "curly braces",
    "clean code",
    "answers short",
    "answer in",
    "reply in",
    "respond in",
];

/// How preferences are told.
const TELLING: &[&str] = &[
    "use",
    "prefer",
    "preferred",
    "prefers",
    "always",
    "never",
    "avoid",
    "no",
    "keep",
    "write",
    "be",
    "follow",
    "not",
    "don't",
    "must",
    "should",
    "wants",
    "likes",
    "format",
    "run",
    "sort",
    "over",
    "only",
];

pub fn preference(material: &Material) -> Vec<Seen> {
    let told = material.outline.parts().filter_map(|(_, entry)| match &entry.part {
        // What has a reason is about this work.
        Part::Decision(decision)
            if decision.rationale.is_some() || decision.constraint.is_some() =>
        {
            None
        }
        Part::Table(_) | Part::File(_) | Part::Item(_) | Part::Step(_) => None,
        part => Some((entry.lines.start, part.text())),
    });
    told.filter_map(|(line, text)| {
        let mut sentences = text.split(['.', '!', '\n']).map(phrase);
        let is_rule = sentences.any(|words| says(&words, MATTERS) && says(&words, TELLING));
        is_rule.then(|| Seen {
            line: Some(line),
            message: format!("a preference of style: {}", short(&text)),
            fix: "put it into CLAUDE.md or AGENTS.md, which every session reads".to_owned(),
        })
    })
    .collect()
}
