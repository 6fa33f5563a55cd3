//! Which steps or items of a task are meant, and what becomes of them.

use crate::model::task::{MOST, State, Task, Unit};
use crate::policy::marks::{behind_bullet, numbered};

/// Most bytes of a title, a step, an item or a note on one.
const LONGEST: usize = 1 << 10;
/// Most bytes of a definition.
const LONGEST_DEFINITION: usize = 16 << 10;

/// What cannot be done with a task.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("{what} is empty")]
    Empty { what: &'static str },
    #[error("{what} has {bytes} bytes, more than the {most} that it may have")]
    TooLong { what: &'static str, bytes: usize, most: usize },
    #[error("a task has at most {MOST} {noun}s")]
    TooMany { noun: &'static str },
    #[error("there is no {noun} {number}: the task has {total}")]
    NoNumber { noun: &'static str, number: usize, total: usize },
    #[error("there is no {noun} `{name}` in the task")]
    NoName { noun: &'static str, name: String },
    #[error("`{name}` is the beginning of several {noun}s")]
    Several { noun: &'static str, name: String, candidates: Vec<String> },
    #[error("nothing of the task is open")]
    NothingOpen,
}

/// One line of text of a task, checked.
pub fn line(what: &'static str, text: &str) -> Result<String, StepError> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
    within(what, line, LONGEST)
}

/// What a task is, in its author's words.
pub fn definition(text: &str) -> Result<String, StepError> {
    within("the definition", text.trim().to_owned(), LONGEST_DEFINITION)
}

/// The items of a list, one a line; bullets and boxes in front of them, and numbers where all have one, are no part of
/// them. An item whose box is ticked is done.
pub fn items(text: &str) -> Result<Vec<Unit>, StepError> {
    let lines: Vec<(State, &str)> =
        text.lines().map(bare).filter(|(_, line)| !line.is_empty()).collect();
    let is_numbered = lines.iter().all(|(_, line)| without_number(line).is_some());
    let unit = |(state, item): &(State, &str)| -> Result<Unit, StepError> {
        let item = without_number(item).filter(|_| is_numbered).unwrap_or(item);
        Ok(Unit { state: *state, ..Unit::new(&line("an item", item)?) })
    };
    let items: Vec<Unit> = lines.iter().map(unit).collect::<Result<_, _>>()?;
    match items.len() {
        0 => Err(StepError::Empty { what: "the list of items" }),
        number if number > MOST => Err(StepError::TooMany { noun: "item" }),
        _ => Ok(items),
    }
}

/// A task that somebody else has written, held to the same rules as one's own.
pub fn checked(mut task: Task) -> Result<Task, StepError> {
    let optional = |text: &mut Option<String>| -> Result<(), StepError> {
        *text = text.as_deref().map(|text| line("a note", text)).transpose()?;
        Ok(())
    };
    task.title = line("the title", &task.title)?;
    task.definition = task.definition.as_deref().map(definition).transpose()?;
    optional(&mut task.blocked)?;
    for text in &mut task.success {
        *text = line("a success criterion", text)?;
    }
    for unit in task.steps.iter_mut().chain(&mut task.items) {
        unit.name = line("an item", &unit.name)?;
        optional(&mut unit.note)?;
        optional(&mut unit.result)?;
    }
    Ok(task)
}

fn within(what: &'static str, text: String, most: usize) -> Result<String, StepError> {
    match text.len() {
        0 => Err(StepError::Empty { what }),
        bytes if bytes > most => Err(StepError::TooLong { what, bytes, most }),
        _ => Ok(text),
    }
}

fn bare(line: &str) -> (State, &str) {
    let line = line.trim();
    let line = behind_bullet(line).unwrap_or(line);
    let boxes = [("[ ] ", State::Pending), ("[x] ", State::Done), ("[X] ", State::Done)];
    let boxed = boxes.iter().find_map(|(mark, state)| Some((*state, line.strip_prefix(mark)?)));
    let (state, line) = boxed.unwrap_or((State::Pending, line));
    (state, line.trim())
}

fn without_number(line: &str) -> Option<&str> {
    numbered(line).map(|(_, rest)| rest).filter(|rest| !rest.is_empty())
}

/// The places of the units that are named: by number, by a range of numbers (`3-7`), by name, or by the only beginning
/// of one. Without a name the one that is next.
pub fn meant(task: &Task, names: &[String]) -> Result<Vec<usize>, StepError> {
    if names.is_empty() {
        let open = task.next().filter(|place| task.units()[*place].state.is_open());
        return Ok(vec![open.ok_or(StepError::NothingOpen)?]);
    }
    let mut places = Vec::new();
    for name in names {
        for place in named(task, name)? {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    Ok(places)
}

fn named(task: &Task, name: &str) -> Result<Vec<usize>, StepError> {
    let (units, noun) = (task.units(), task.noun());
    if let Some(place) = units.iter().position(|unit| unit.name == name) {
        return Ok(vec![place]);
    }
    if let Some((first, last)) = range(name) {
        let total = units.len();
        let out = [first, last].into_iter().find(|number| !(1..=total).contains(number));
        return match out {
            Some(number) => Err(StepError::NoNumber { noun, number, total }),
            None => Ok((first - 1..last).collect()),
        };
    }
    let begins = |place: &usize| units[*place].name.starts_with(name);
    let candidates: Vec<usize> = (0..units.len()).filter(begins).collect();
    let name = name.to_owned();
    match candidates.as_slice() {
        [] => Err(StepError::NoName { noun, name }),
        [_] => Ok(candidates),
        several => {
            let candidates = several.iter().map(|place| units[*place].name.clone()).collect();
            Err(StepError::Several { noun, name, candidates })
        }
    }
}

/// The numbers that `7` or `3-7` stand for.
fn range(name: &str) -> Option<(usize, usize)> {
    let (first, last) = name.split_once('-').unwrap_or((name, name));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

/// What is now known of some units.
#[derive(Clone, Debug)]
pub struct Known {
    pub state: State,
    pub note: Option<String>,
    pub result: Option<String>,
}

/// Writes down what is known of some units. Whatever the task waited for, it goes on.
pub fn mark(task: &mut Task, places: &[usize], known: &Known) {
    for place in places {
        let unit = &mut task.units_mut()[*place];
        unit.state = known.state;
        unit.note = known.note.clone().or(unit.note.take());
        unit.result = known.result.clone().or(unit.result.take());
    }
    task.blocked = None;
}

/// Says what is being worked on now: a unit that is on the list, or a new one at its end.
pub fn work_on(task: &mut Task, name: &str) -> Result<usize, StepError> {
    let place = match named(task, name) {
        Ok(places) if places.len() == 1 => places[0],
        Err(StepError::NoName { noun, .. }) => {
            if task.units().len() == MOST {
                return Err(StepError::TooMany { noun });
            }
            let unit = Unit::new(&line("the step", name)?);
            task.units_mut().push(unit);
            task.units().len() - 1
        }
        Ok(_) => return Err(StepError::NoName { noun: task.noun(), name: name.to_owned() }),
        Err(error) => return Err(error),
    };
    for unit in task.units_mut() {
        if unit.state == State::InProgress {
            unit.state = State::Pending;
        }
    }
    mark(task, &[place], &Known { state: State::InProgress, note: None, result: None });
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn bulk(names: &[&str]) -> Task {
        Task {
            id: [1; 5].into(),
            title: "Pages".into(),
            started: Timestamp::from_seconds(0),
            definition: None,
            success: Vec::new(),
            steps: Vec::new(),
            items: names.iter().map(|name| Unit::new(name)).collect(),
            blocked: Some("a key".into()),
            done: false,
            closed: None,
        }
    }

    fn places(task: &Task, names: &[&str]) -> Option<Vec<usize>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        meant(task, &names).ok()
    }

    #[test]
    fn items_are_named_by_number_range_name_or_beginning() {
        let task = bulk(&["intro.md", "page-1.md", "page-2.md", "2"]);
        assert_eq!(places(&task, &[]), Some(vec![0]));
        assert_eq!(places(&task, &["3"]), Some(vec![2]));
        assert_eq!(places(&task, &["1-3", "3"]), Some(vec![0, 1, 2]));
        assert_eq!(places(&task, &["page-2.md"]), Some(vec![2]));
        assert_eq!(places(&task, &["in"]), Some(vec![0]));
        // A name counts before a number.
        assert_eq!(places(&task, &["2"]), Some(vec![3]));
        for wrong in ["page", "0", "5", "3-5", "4-1", "absent"] {
            assert_eq!(places(&task, &[wrong]), None, "{wrong}");
        }
    }

    #[test]
    fn only_one_thing_is_in_progress_and_work_lifts_a_block() {
        let mut task = bulk(&["a", "b"]);
        assert_eq!(work_on(&mut task, "a").unwrap(), 0);
        assert_eq!(work_on(&mut task, "c").unwrap(), 2);
        let states: Vec<State> = task.items.iter().map(|unit| unit.state).collect();
        assert_eq!(states, [State::Pending, State::Pending, State::InProgress]);
        assert_eq!((task.blocked.clone(), task.next()), (None, Some(2)));
    }

    #[test]
    fn what_somebody_else_has_written_keeps_to_one_line() {
        let mut task = bulk(&["a\n\n## Next steps\u{7}"]);
        task.items[0].note = Some("x\ny".into());
        let task = checked(task).unwrap();
        assert_eq!(task.items[0].name, "a ## Next steps");
        assert_eq!(task.items[0].note.as_deref(), Some("x y"));
        assert!(checked(bulk(&["\u{7}"])).is_err());
        assert!(checked(bulk(&[&"x".repeat(5000)])).is_err());
    }

    #[test]
    fn bullets_and_boxes_are_no_part_of_an_item() {
        let list = items("- [ ] a.md\n* b.md\n\n  c d.md  \n[x] e\n-f\n").unwrap();
        let names: Vec<&str> = list.iter().map(|unit| unit.name.as_str()).collect();
        assert_eq!(names, ["a.md", "b.md", "c d.md", "e", "-f"]);
        assert!(items(" \n\n").is_err());
    }

    #[test]
    fn ticked_boxes_are_done_and_numbers_go_where_every_item_has_one() {
        let of = |text: &str| -> Vec<(String, State)> {
            items(text).unwrap().into_iter().map(|unit| (unit.name, unit.state)).collect()
        };
        let [done, pending] = [State::Done, State::Pending];
        assert_eq!(of("- [x] a\n- [ ] b\n"), [("a".into(), done), ("b".into(), pending)]);
        assert_eq!(of("1. a\n2) b\n"), [("a".into(), pending), ("b".into(), pending)]);
        assert_eq!(of("1. a\nb\n")[0].0, "1. a");
        assert_eq!(of("1.\n2024. \n3.5 x\n")[2].0, "3.5 x");
    }
}
