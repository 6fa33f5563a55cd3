//! Work: what is under way, what comes next, and what stands in the way.

use std::cell::LazyCell;

use crate::model::outline::{Item, ItemState, Outline, Part, Role, Section};
use crate::policy::lint::said::{has_remark, is_nothing, is_placeholder, short};
use crate::policy::lint::{Material, Seen};
use crate::policy::wording::{Words, phrase, says, significant};

/// Words of an item that tell what it lacks.
const LACKS: &[&str] = &[
    "missing",
    "left",
    "remaining",
    "remains",
    "still",
    "not yet",
    "todo",
    "to do",
    "next",
    "needs",
    "need",
    "without",
    "until",
    "fails",
    "failing",
    "except",
    "but",
    "only",
    "open",
    "lacks",
    "waiting",
    "waits",
    "blocked",
    "no",
    "not",
];

/// What a step starts with that only says to go on.
const GOING_ON: &[&str] = &[
    "continue",
    "look into",
    "keep going",
    "keep working",
    "proceed",
    "carry on",
    "go on",
    "resume",
    "work on",
    "polish",
    "refine",
    "investigate",
    "wrap up",
    "tidy",
];

/// Words that could stand in any step.
const HOLLOW: &str = "better cleanup code everything everywhere feature features few finally good great implementation improvements issues left lots many nice performance properly remaining rest stuff task tasks things work";

/// Most next steps that what fails is held against.
const MOST_STEPS: usize = 100;

/// What can be said of any run of tests.
const RUNNING: &str = "test testing suite case cargo npm yarn pnpm go pytest make bun jest mise ci run rerun ran ok pass fail failing failure red green edit since file unit integration";

/// From so many words on that say something a step is taken to say what to do.
const MANY_WORDS: usize = 4;

pub fn in_progress_without_missing(material: &Material) -> Vec<Seen> {
    let items = material.outline.parts().filter_map(|(_, entry)| match &entry.part {
        Part::Item(item) => Some((entry.lines.start, item)),
        _ => None,
    });
    items
        .filter(|(_, item)| item.state == ItemState::InProgress && !tells_what_is_missing(item))
        .map(|(line, item)| Seen {
            line: Some(line),
            message: format!("in progress, and what is missing is not said: {}", short(&item.text)),
            fix: "add a line below it: `- Missing: …`".to_owned(),
        })
        .collect()
}

fn tells_what_is_missing(item: &Item) -> bool {
    item.missing.is_some()
        || !item.details.is_empty()
        || says(&phrase(&item.text), LACKS)
        || has_remark(&item.text)
}

pub fn vague_next_step(material: &Material) -> Vec<Seen> {
    let hollow = significant(HOLLOW);
    let steps = material.outline.parts().filter(|(section, entry)| {
        let stands = matches!(entry.part, Part::Step(_) | Part::Prose { .. });
        section.role == Role::NextSteps && stands
    });
    steps
        .filter_map(|(_, entry)| {
            let text = entry.part.text();
            let message = vagueness(&text, &hollow, material.completed)?;
            Some(Seen {
                line: Some(entry.lines.start),
                message: format!("{message}: {}", short(&text)),
                fix: "name the file, the function or the command to start with, and what shows that it is done".to_owned(),
            })
        })
        .collect()
}

/// What is vague about a step, if it is. `hollow` words could stand in any.
fn vagueness(text: &str, hollow: &Words, completed: bool) -> Option<&'static str> {
    if is_placeholder(text) || text.starts_with(['|', '<']) || (completed && is_nothing(text)) {
        return None;
    }
    if is_concrete(text) {
        return None;
    }
    let first = phrase(text);
    if GOING_ON.iter().any(|words| first.starts_with(&format!(" {words} "))) {
        return Some("this step says to go on, not with what");
    }
    let few = significant(text).difference(hollow).count() < MANY_WORDS;
    few.then_some("this step names nothing to start with")
}

/// Whether a step names a file, a symbol, a command, a number, a name or anything in quotes.
fn is_concrete(text: &str) -> bool {
    let quoted = text.contains(['`', '"', '“', '«', '„']) || text.contains("](");
    let number = text.chars().any(|letter| letter.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().collect();
    let inside = words.windows(2).any(|pair| {
        let begins = pair[0].ends_with(['.', '!', '?', ':', '-', '*']);
        !begins && is_capital(pair[1])
    });
    quoted || number || inside || words.into_iter().any(is_symbol)
}

/// Whether a word inside a sentence names somebody or something.
fn is_capital(word: &str) -> bool {
    let word = word.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 1
}

/// Whether a word is a path, or a name that a program has for something.
fn is_symbol(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != ')');
    let inner = word.get(1..).unwrap_or_default();
    word.contains(['_', '/', '(', '@', '#', '='])
        || word.contains("::")
        || inner.trim_end_matches(['.', ')']).contains('.')
        || inner.chars().any(char::is_uppercase)
}

pub fn blockers_unstated(material: &Material) -> Vec<Seen> {
    let stated = blockers(material.outline);
    let (line, what) = match (material.blocked, stated) {
        (_, Some(true)) => return Vec::new(),
        (true, _) => (None, "the status is `blocked`, and nothing says by what".to_owned()),
        (false, Some(false)) => return Vec::new(),
        (false, None) => match held_up(material.outline) {
            Some((line, text)) => {
                let text = short(&text);
                (Some(line), format!("something is held up, and no section says by what: {text}"))
            }
            None => return Vec::new(),
        },
    };
    let fix = "add `## Blockers`: what stands in the way, and who can move it".to_owned();
    vec![Seen { line, message: what, fix }]
}

/// Whether a section of blockers names one; `None` where there is no such section.
fn blockers(outline: &Outline) -> Option<bool> {
    let mut sections =
        outline.sections.iter().filter(|section| section.role == Role::Blockers).peekable();
    sections.peek()?;
    let names = |section: &Section| {
        section
            .entries
            .iter()
            .map(|entry| entry.part.text())
            .any(|text| !is_nothing(&text) && !is_placeholder(&text))
    };
    Some(sections.any(names))
}

/// Where it says that a test fails, or that something is blocked.
fn held_up(outline: &Outline) -> Option<(usize, String)> {
    let is_step = |section: &Section| section.role == Role::NextSteps;
    // Asked for only where something fails.
    let steps = LazyCell::new(|| {
        let steps = outline.parts().filter(|(section, _)| is_step(section)).take(MOST_STEPS);
        steps.map(|(_, entry)| significant(&entry.part.text())).collect::<Vec<Words>>()
    });
    let running = LazyCell::new(|| significant(RUNNING));
    let held = |role: Role, text: &str| match role {
        Role::Tests => fails(&phrase(text)) && !taken_up(&steps, text, &running),
        Role::Progress | Role::State | Role::NextSteps => {
            let words = phrase(text);
            let denied =
                ["not blocked", "nothing blocked", "nothing is blocked", "no longer blocked"];
            says(&words, &["blocked"]) && !says(&words, &denied)
        }
        _ => false,
    };
    let mut parts = outline.parts().map(|(section, entry)| (section.role, entry));
    parts.find_map(|(role, entry)| {
        let text = match &entry.part {
            // What a step waits for is said there.
            Part::Step(step) => step.text.clone(),
            part => part.text(),
        };
        held(role, &text).then_some((entry.lines.start, text))
    })
}

/// Whether a next step is about a test that fails. `running` can be said of any test.
fn taken_up(steps: &[Words], test: &str, running: &Words) -> bool {
    let named = |word: &&String| {
        !running.contains(*word) && !word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let words: Words = significant(test).iter().filter(named).cloned().collect();
    steps.iter().any(|step| !step.is_disjoint(&words))
}

/// Whether words of a test's result, as [`phrase`] gives them, tell that it failed.
pub fn fails(words: &str) -> bool {
    let list: Vec<&str> = words.split_whitespace().collect();
    let failing = |word: &str| {
        ["fail", "fails", "failed", "failing", "failure", "failures", "red"].contains(&word)
    };
    list.iter().enumerate().any(|(place, word)| {
        let before = place.checked_sub(1).map_or("", |before| list[before]);
        let after = list.get(place + 1).copied().unwrap_or_default();
        let denied =
            ["0", "no", "none", "never", "not", "nothing", "longer", "without", "used", "to"];
        failing(word) && !denied.contains(&before) && after != "0"
    })
}
