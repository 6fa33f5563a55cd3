//! The tests that were run, and how they ended.

use crate::model::digest::{Digest, TestRun};
use crate::model::outline::{Part, Point};
use crate::model::template::Slot;
use crate::policy::draft::{Drafted, Occasion, Source, worth};
use crate::policy::ear::{cut, one_line};

/// Most runs and failing tests that are told.
const RUNS: usize = 3;
const FAILING: usize = 5;

pub(super) fn entries(digest: &Digest, occasion: &Occasion) -> Vec<Drafted> {
    let mut latest: Vec<&TestRun> = Vec::new();
    for run in digest.tests.iter().rev() {
        if !latest.iter().any(|later| replaces(&later.command, &run.command)) {
            latest.push(run);
        }
    }
    let told = latest.into_iter().take(RUNS).enumerate();
    told.map(|(place, run)| {
        let base = if run.failed { 840 } else { 690 };
        Drafted {
            slot: Slot::Tests,
            part: Part::Point(Point { text: text(run, digest), details: failing(run) }),
            source: Source::Test { turn: run.when.turn },
            value: worth(base, place * 10, &run.when, occasion),
        }
    })
    .collect()
}

/// Whether a later run looked at what an earlier one did: the same words, options aside, or none that narrow it down.
fn replaces(later: &str, earlier: &str) -> bool {
    let words = |command: &str| -> Vec<String> {
        let words =
            command.split_whitespace().filter(|word| !word.starts_with('-') && *word != "&&");
        words.map(str::to_owned).collect()
    };
    let (later, earlier) = (words(later), words(earlier));
    later.iter().all(|word| earlier.contains(word))
        || earlier.iter().all(|word| later.contains(word))
}

fn text(run: &TestRun, digest: &Digest) -> String {
    let command = cut(&one_line(&run.command), 80).replace('`', "'");
    let verdict = if run.failed { "failed" } else { "ran" };
    let mut text = format!("`{command}` {verdict}");
    let summary = cut(&one_line(&run.summary), 120);
    if !summary.is_empty() {
        text.push_str(&format!(": {summary}"));
    }
    let since =
        digest.files.iter().filter(|file| run.when.at.is_some() && file.when.at > run.when.at);
    match since.count() {
        0 => {}
        1 => text.push_str("; one file was edited since"),
        files => text.push_str(&format!("; {files} files were edited since")),
    }
    text
}

fn failing(run: &TestRun) -> Vec<String> {
    let named: Vec<String> =
        run.failing.iter().take(FAILING).map(|name| format!("`{name}`")).collect();
    let more = run.failing.len().saturating_sub(FAILING);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if named.is_empty() { Vec::new() } else { vec![format!("failing: {}{more}", named.join(", "))] }
}
