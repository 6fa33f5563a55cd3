//! What an item of a list is: a decision, a piece of work, a step, a file, or just a point.

use crate::model::outline::{
    FileNote, FileState, Item, ItemState, Part, Point, Role, Step, Verdict,
};
use crate::policy::outline::blocks::ListItem;
use crate::policy::outline::decision::{decision, verdict_of};
use crate::policy::outline::headings::Heading;
use crate::policy::outline::labels::labelled;

const MISSING: &[&str] = &["missing", "remaining", "still missing", "left"];
const ESTIMATE: &[&str] = &["estimate", "estimated", "effort"];
const DEPENDS: &[&str] = &["depends on", "after", "needs", "blocked by", "dependencies"];
const SUCCESS: &[&str] = &["done when", "success", "success criteria", "success criterion"];

/// Boxes, with the state that each stands for.
const BOXES: &[(&str, ItemState)] = &[
    ("[ ]", ItemState::NotDone),
    ("[x]", ItemState::Done),
    ("[X]", ItemState::Done),
    ("[~]", ItemState::InProgress),
    ("[-]", ItemState::InProgress),
    ("[/]", ItemState::InProgress),
];

/// Signs in front of a piece of work, with the state that each stands for.
const SIGNS: &[(&str, ItemState)] = &[
    ("✅", ItemState::Done),
    ("☑", ItemState::Done),
    ("✔", ItemState::Done),
    ("✓", ItemState::Done),
    ("🚧", ItemState::InProgress),
    ("🔄", ItemState::InProgress),
    ("⏳", ItemState::InProgress),
    ("⬜", ItemState::NotDone),
    ("☐", ItemState::NotDone),
];

/// Words that say the same as a label.
const WORDS: &[(&str, ItemState)] = &[
    ("done", ItemState::Done),
    ("completed", ItemState::Done),
    ("in progress", ItemState::InProgress),
    ("not done", ItemState::NotDone),
    ("not started", ItemState::NotDone),
    ("todo", ItemState::NotDone),
    ("to do", ItemState::NotDone),
];

/// What an item below this heading says.
pub fn part(item: ListItem, heading: Heading) -> Part {
    let boxed = boxed(&item.text);
    if let Some((verdict, rest)) = verdict_of(boxed.map_or(item.text.as_str(), |(_, text)| text)) {
        return Part::Decision(decision(verdict, &rest, flat(item.items)));
    }
    let boxed = boxed.is_some();
    match heading.role {
        Role::Decisions if !boxed => {
            let verdict = heading.verdict.unwrap_or(Verdict::Adopted);
            Part::Decision(decision(verdict, &item.text, flat(item.items)))
        }
        Role::NextSteps => Part::Step(step(item)),
        Role::Files => match file(&item.text, heading.file) {
            Some(file) => Part::File(FileNote { details: flat(item.items), ..file }),
            None => Part::Point(Point { text: item.text, details: flat(item.items) }),
        },
        Role::Progress => Part::Item(progress(item, heading.item.unwrap_or_default())),
        _ if boxed => Part::Item(work(item, ItemState::NotDone)),
        _ => Part::Point(Point { text: item.text, details: flat(item.items) }),
    }
}

/// The texts below an item, in order, whatever they nest.
fn flat(items: Vec<ListItem>) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest: Vec<ListItem> = items.into_iter().rev().collect();
    while let Some(item) = rest.pop() {
        texts.push(item.text);
        rest.extend(item.items.into_iter().rev());
    }
    texts.retain(|text| !text.is_empty());
    texts
}

/// The state of a box in front of a text, and the text behind it.
fn boxed(text: &str) -> Option<(ItemState, &str)> {
    BOXES.iter().find_map(|(mark, state)| {
        let rest = text.strip_prefix(mark)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (*state, rest.trim()))
    })
}

/// Work in a section of progress, where a sign or a word in front tells how far it is.
fn progress(mut item: ListItem, default: ItemState) -> Item {
    match told_in_front(&item.text).filter(|_| boxed(&item.text).is_none()) {
        Some((state, text)) => {
            item.text = text.to_owned();
            work(item, state)
        }
        None => work(item, default),
    }
}

/// `✅ parser`, `Done: parser`, `**In progress:** parser`
fn told_in_front(text: &str) -> Option<(ItemState, &str)> {
    let signed = SIGNS.iter().find_map(|(sign, state)| Some((*state, text.strip_prefix(sign)?)));
    let labelled =
        || WORDS.iter().find_map(|(word, state)| Some((*state, labelled(text, &[word])?)));
    let (state, rest) = signed.or_else(labelled)?;
    let rest = rest.trim_start_matches(['\u{fe0f}', ' ']);
    (!rest.is_empty()).then_some((state, rest))
}

fn work(item: ListItem, default: ItemState) -> Item {
    let details = flat(item.items);
    let (state, text) = boxed(&item.text).unwrap_or((default, &item.text));
    let mut work = Item { state, ..Item::default() };
    work.text = match aside(text) {
        Some((before, remark)) if take_remark(&mut work, remark) => before.to_owned(),
        _ => text.to_owned(),
    };
    for line in details {
        match labelled(&line, MISSING) {
            Some(missing) if work.missing.is_none() && !missing.is_empty() => {
                work.missing = Some(missing.to_owned());
            }
            _ => work.details.push(line),
        }
    }
    work
}

/// A text, and the remark in parentheses that ends it.
fn aside(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_suffix(')')?;
    let (before, remark) = inside.rsplit_once('(')?;
    let before = before.trim_end();
    (!before.is_empty() && !remark.contains(')')).then_some((before, remark))
}

/// Reads `in progress, 60 %; missing: …`. Nothing is taken of a remark that says anything else.
fn take_remark(work: &mut Item, remark: &str) -> bool {
    let (head, missing) = match remark.split_once(';') {
        Some((head, rest)) => (head, labelled(rest, MISSING)),
        None => match labelled(remark, MISSING) {
            Some(missing) => ("", Some(missing)),
            None => (remark, None),
        },
    };
    if remark.contains(';') && missing.is_none() {
        return false;
    }
    let (mut state, mut share) = (work.state, None);
    for word in head.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match (word.to_ascii_lowercase().as_str(), percent(word)) {
            (_, Some(found)) => share = Some(found),
            ("in progress" | "started", _) => state = ItemState::InProgress,
            ("done", _) => state = ItemState::Done,
            ("not done" | "not started", _) => state = ItemState::NotDone,
            _ => return false,
        }
    }
    // A share, or something that is missing, says that it was begun.
    let begun =
        share.is_some_and(|share| share > 0) || missing.is_some_and(|text| !text.is_empty());
    work.state = if begun && state == ItemState::NotDone { ItemState::InProgress } else { state };
    work.percent = share;
    work.missing = missing.filter(|text| !text.is_empty()).map(str::to_owned);
    true
}

fn percent(word: &str) -> Option<u8> {
    let number = word.strip_suffix('%')?.trim_end();
    number.parse().ok().filter(|share| *share <= 100)
}

fn step(item: ListItem) -> Step {
    let mut step = Step { text: item.text, ..Step::default() };
    if let Some((ItemState::NotDone, rest)) = boxed(&step.text) {
        step.text = rest.to_owned();
    }
    let mut rest: Vec<ListItem> = item.items.into_iter().rev().collect();
    while let Some(mut below) = rest.pop() {
        rest.extend(std::mem::take(&mut below.items).into_iter().rev());
        let fields: [(&[&str], &mut Option<String>); 3] = [
            (ESTIMATE, &mut step.estimate),
            (DEPENDS, &mut step.depends_on),
            (SUCCESS, &mut step.success),
        ];
        let named = fields.into_iter().find_map(|(names, field)| {
            let value = labelled(&below.text, names).filter(|value| !value.is_empty())?;
            field.is_none().then(|| *field = Some(value.to_owned()))
        });
        if named.is_none() && !below.text.is_empty() {
            step.subtasks.push(work(below, ItemState::NotDone));
        }
    }
    step
}

/// `` `src/a.rs` (in progress): what is left ``, in the forms that people give it.
fn file(text: &str, default: Option<FileState>) -> Option<FileNote> {
    let (path, rest) = quoted(text).or_else(|| bare_path(text))?;
    let rest = rest.trim_start();
    let (state, note) = match rest.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
        Some((word, after)) if file_state(word).is_some() => (file_state(word), after),
        _ => (None, rest),
    };
    let note = note.trim_start().trim_start_matches([':', '—', '–']).trim();
    let (state, note) = match (state, split_state(note)) {
        (None, Some((state, note))) => (Some(state), note),
        (state, _) => (state, note),
    };
    let note = (!note.is_empty()).then(|| note.to_owned());
    Some(FileNote { path: path.to_owned(), state: state.or(default), note, details: Vec::new() })
}

/// `` `src/a.rs` ``, `` **`src/a.rs`** ``, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let bold = text.strip_prefix("**`").and_then(|inside| inside.split_once("`**"));
    let (path, rest) = bold.or_else(|| text.strip_prefix('`')?.split_once('`'))?;
    (!path.is_empty()).then_some((path, rest))
}

/// A path that stands there as it is, or in bold: it has a directory, or an ending, and nothing that a sentence has.
fn bare_path(text: &str) -> Option<(&str, &str)> {
    let (path, rest) = match text.strip_prefix("**").and_then(|inside| inside.split_once("**")) {
        Some((path, rest)) => (path, rest),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    };
    let named = path.trim_end_matches([':', ',', ';']);
    let rest = if rest.is_empty() { &path[named.len()..] } else { rest };
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+@".contains(letter);
    let (_, name) = named.rsplit_once('/').unwrap_or(("", named));
    let ending = name.rsplit_once('.').is_some_and(|(_, kind)| {
        (1..=8).contains(&kind.len())
            && kind.starts_with(|letter: char| letter.is_ascii_lowercase())
    });
    (ending && named.chars().all(plain) && !named.starts_with(['-', '.', '/']))
        .then_some((named, rest))
}

/// A note that starts with a state: `done: …`, `untouched`.
fn split_state(note: &str) -> Option<(FileState, &str)> {
    let end = note.find([':', '—', '–', ',', ';']).unwrap_or(note.len());
    let state = file_state(&note[..end])?;
    Some((state, note[end..].trim_start_matches([':', '—', '–', ',', ';']).trim()))
}

fn file_state(words: &str) -> Option<FileState> {
    let words = words.trim();
    [FileState::Done, FileState::InProgress, FileState::Untouched]
        .into_iter()
        .find(|state| state.words().eq_ignore_ascii_case(words))
}
