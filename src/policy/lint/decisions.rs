//! Decisions: whether they say why, and whether the rest of the document, or the one before it, agrees with them.

use crate::model::outline::{Decision, Part, Role, Verdict};
use crate::policy::lint::said::{self, short};
use crate::policy::lint::{Material, Seen};
use crate::policy::wording::{Words, core, covered, likeness, phrase, says, significant};

/// Words that begin a reason.
const REASONS: &[&str] = &[
    "because",
    "since",
    "so that",
    "so",
    "therefore",
    "otherwise",
    "to avoid",
    "in order to",
    "due to",
    "given",
    "as it",
    "as the",
    "too",
    "cannot",
    "can't",
    "does not",
    "doesn't",
    "do not",
    "don't",
    "would",
    "until",
    "unless",
    "without",
    "instead of",
    "rather than",
    "which",
    "keeps",
    "avoids",
    "prevents",
    "breaks",
    "loses",
    "fails",
    "costs",
    "needs",
    "requires",
    "allows",
    "lets",
    "must",
    "not enough",
    "in case",
    "never",
    "by order",
    "asked for",
    "wants",
    // Those of German, French, Spanish and Italian that are nothing else in English.
    "weil",
    "damit",
    "denn",
    "sonst",
    "parce que",
    "afin",
    "puisque",
    "porque",
    "perché",
];

/// The same of languages that do not set words apart.
const FOREIGN_REASONS: &[&str] =
    &["因为", "因為", "由于", "由於", "以免", "避免", "から", "ので", "ため"];

/// Words that begin what is a reason to put something off.
const CONDITIONS: &[&str] =
    &["when", "once", "after", "if", "later", "waits", "wait", "next", "only"];

/// What a step says that does not follow a rejected option, though it names it.
const AGAINST: &[&str] = &[
    "not",
    "no",
    "never",
    "don't",
    "without",
    "instead of",
    "rather than",
    "remove",
    "removing",
    "delete",
    "drop",
    "dropping",
    "replace",
    "replacing",
    "revert",
    "undo",
    "get rid of",
    "rid",
    "stop",
    "avoid",
    "ruled out",
    "rejected",
    "document why",
    "explain why",
    "away from",
    "unless",
    "migrate from",
    "retire",
    "clean up",
];

/// What a decision says that knows of having been another one.
const TURNS: &[&str] = &[
    "reversed",
    "reverses",
    "reversing",
    "no longer",
    "used to",
    "after all",
    "revisited",
    "overturns",
    "overturned",
    "previously",
    "formerly",
    "earlier",
    "turned out",
    "changed",
    "was adopted",
    "was rejected",
    "was ruled out",
    "before this",
    "supersedes",
    "reopened",
    "no more",
    "until now",
    "at first",
    "first we",
];

/// From how much on a text is taken to speak of the same thing, in percent.
const ALIKE: usize = 75;

/// Most decisions that the rest is held against.
const MOST: usize = 500;

pub fn without_reason(material: &Material) -> Vec<Seen> {
    let decisions = decisions(material);
    let lacking = decisions.filter(|(_, decision)| !says_why(decision));
    lacking
        .map(|(line, decision)| Seen {
            line: Some(line),
            message: format!(
                "{} has neither a reason nor a constraint: {}",
                decision.verdict.word(),
                short(&decision.decision)
            ),
            fix: "add a line below it: `- Why: …`, or `- Constraint: …`".to_owned(),
        })
        .collect()
}

fn decisions<'a>(material: &'a Material) -> impl Iterator<Item = (usize, &'a Decision)> {
    material.outline.parts().filter_map(|(_, entry)| match &entry.part {
        Part::Decision(decision) if !said::is_nothing(&decision.decision) => {
            Some((entry.lines.start, decision))
        }
        _ => None,
    })
}

fn says_why(decision: &Decision) -> bool {
    if decision.rationale.is_some() || decision.constraint.is_some() {
        return true;
    }
    let all = decision.text();
    let words = phrase(&all);
    let deferred = decision.verdict == Verdict::Deferred;
    let explained = |detail: &String| detail.split_whitespace().count() > 3;
    says(&words, REASONS)
        || (deferred && says(&words, CONDITIONS))
        || decision.details.iter().any(explained)
        || said::has_remark(&decision.decision)
        || FOREIGN_REASONS.iter().any(|word| all.contains(word))
}

pub fn rejected_next_step(material: &Material) -> Vec<Seen> {
    let rejected: Vec<(&Decision, Words)> = decisions(material)
        .filter(|(_, decision)| decision.verdict == Verdict::Rejected)
        .map(|(_, decision)| (decision, core(&decision.decision)))
        .take(MOST)
        .collect();
    let steps = material.outline.parts().filter(|(section, entry)| {
        section.role == Role::NextSteps && !matches!(entry.part, Part::Decision(_))
    });
    let mut seen = Vec::new();
    for (_, entry) in steps {
        let text = entry.part.text();
        if says(&phrase(&text), AGAINST) {
            continue;
        }
        let words = significant(&text);
        let taken_up = |one: &&(&Decision, Words)| covered(&one.1, &words) >= ALIKE;
        if let Some((decision, _)) = rejected.iter().find(taken_up) {
            seen.push(Seen {
                line: Some(entry.lines.start),
                message: format!("this step is what was REJECTED: {}", short(&decision.decision)),
                fix: "take the step out, or say in the decision what has changed".to_owned(),
            });
        }
    }
    seen
}

pub fn contradiction(material: &Material) -> Vec<Seen> {
    let Some(previous) = material.previous else { return Vec::new() };
    let before: Vec<(&Decision, Words)> = previous
        .decisions()
        .map(|decision| (decision, core(&decision.decision)))
        .take(MOST)
        .collect();
    let mut seen = Vec::new();
    for (line, decision) in decisions(material) {
        if says(&phrase(&decision.text()), TURNS) {
            continue;
        }
        let own = core(&decision.decision);
        let other = |one: &&(&Decision, Words)| {
            opposed(one.0.verdict, decision.verdict) && likeness(&one.1, &own) >= ALIKE
        };
        if let Some((earlier, _)) = before.iter().find(other) {
            seen.push(Seen {
                line: Some(line),
                message: format!(
                    "{} here, {} in the checkpoint before: {}",
                    decision.verdict.word(),
                    earlier.verdict.word(),
                    short(&earlier.decision)
                ),
                fix: "say what changed: `- Why: no longer …`".to_owned(),
            });
        }
    }
    seen
}

/// Whether both cannot be true. What was put off may become anything.
fn opposed(one: Verdict, other: Verdict) -> bool {
    matches!(
        (one, other),
        (Verdict::Adopted, Verdict::Rejected) | (Verdict::Rejected, Verdict::Adopted)
    )
}
