//! Long lists of steps or items written short: those that follow each other in one state are one run, and names that
//! count up (`page-001.md`, `page-002.md`, …) are told by the first and the last.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::task::{MOST, State, Unit};

/// Fewest names that are told by their first and last.
const WORTH_IT: usize = 3;

/// Neighbours of which the same is known.
#[derive(Serialize, Deserialize)]
struct Run {
    state: State,
    names: Vec<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Range { first: String, last: String },
}

pub fn serialize<S: Serializer>(units: &[Unit], serializer: S) -> Result<S::Ok, S::Error> {
    let known = |unit: &Unit| (unit.state, unit.note.clone(), unit.result.clone());
    let alike = |one: &Unit, next: &Unit| known(one) == known(next);
    let runs = units.chunk_by(alike).map(|run| Run {
        state: run[0].state,
        names: names(run),
        note: run[0].note.clone(),
        result: run[0].result.clone(),
    });
    serializer.collect_seq(runs)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Unit>, D::Error> {
    let mut units: Vec<Unit> = Vec::new();
    for run in Vec::<Run>::deserialize(deserializer)? {
        for names in run.names {
            let all = match names {
                Names::One(name) => vec![name],
                Names::Range { first, last } => between(&first, &last, MOST - units.len())
                    .ok_or_else(|| de::Error::custom("names that do not count up"))?,
            };
            if units.len() + all.len() > MOST {
                return Err(de::Error::custom("too many items"));
            }
            units.extend(all.into_iter().map(|name| Unit {
                name,
                state: run.state,
                note: run.note.clone(),
                result: run.result.clone(),
            }));
        }
    }
    Ok(units)
}

fn names(units: &[Unit]) -> Vec<Names> {
    let mut names = Vec::new();
    let mut rest = units;
    while let Some(first) = rest.first() {
        let length = counting(rest);
        let (run, more) = rest.split_at(length);
        rest = more;
        names.push(match run.last() {
            Some(last) if length >= WORTH_IT => {
                Names::Range { first: first.name.clone(), last: last.name.clone() }
            }
            _ => Names::One(first.name.clone()),
        });
    }
    names
}

/// How many names at the beginning of a list can be told by the first and the last; 1 where it is not worth it.
fn counting(units: &[Unit]) -> usize {
    let Some([first, second]) = units.get(..2) else { return 1 };
    let Some(place) = places(&first.name)
        .find(|place| successor(&first.name, *place).as_deref() == Some(second.name.as_str()))
    else {
        return 1;
    };
    let follows =
        |pair: &&[Unit]| successor(&pair[0].name, place).as_deref() == Some(pair[1].name.as_str());
    let length = 1 + units.windows(2).take_while(follows).count();
    let told = between(&first.name, &units[length - 1].name, length);
    let is_told = told.is_some_and(|told| {
        told.len() == length && told.iter().zip(units).all(|(name, unit)| *name == unit.name)
    });
    if length >= WORTH_IT && is_told { length } else { 1 }
}

/// Where numbers begin in a name.
fn places(name: &str) -> impl Iterator<Item = usize> + '_ {
    let is_digit = |at: usize| name.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    (0..name.len()).filter(move |at| is_digit(*at) && (*at == 0 || !is_digit(at - 1)))
}

/// A name taken apart at a number: what stands before it, its digits, what follows.
fn split(name: &str, place: usize) -> (&str, &str, &str) {
    let digits = name[place..].bytes().take_while(u8::is_ascii_digit).count();
    (&name[..place], &name[place..place + digits], &name[place + digits..])
}

/// The name with the number at this place counted up.
fn successor(name: &str, place: usize) -> Option<String> {
    let (before, digits, after) = split(name, place);
    let next = digits.parse::<u64>().ok()?.checked_add(1)?;
    Some(numbered(before, digits, next, after))
}

fn numbered(before: &str, like: &str, number: u64, after: &str) -> String {
    let width = if like.starts_with('0') { like.len() } else { 0 };
    format!("{before}{number:0width$}{after}")
}

/// The names from the first to the last, at most so many.
fn between(first: &str, last: &str, most: usize) -> Option<Vec<String>> {
    for place in places(first) {
        let (before, digits, after) = split(first, place);
        let end = last.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let Some(end) = end.filter(|end| end.bytes().all(|byte| byte.is_ascii_digit())) else {
            continue;
        };
        let (Ok(from), Ok(to)) = (digits.parse::<u64>(), end.parse::<u64>()) else { continue };
        if to > from && to - from < most as u64 {
            return Some(
                (from..=to).map(|number| numbered(before, digits, number, after)).collect(),
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct List(#[serde(with = "super")] Vec<Unit>);

    fn units(names: &[&str]) -> Vec<Unit> {
        names.iter().map(|name| Unit::new(name)).collect()
    }

    fn told(units: Vec<Unit>) -> String {
        let text = serde_json::to_string(&List(units.clone())).unwrap();
        let List(read) = serde_json::from_str(&text).unwrap();
        assert_eq!(read, units, "{text}");
        text
    }

    #[test]
    fn names_that_count_up_are_told_by_the_first_and_the_last() {
        let text = told(units(&["v2/p-008.md", "v2/p-009.md", "v2/p-010.md", "index.md"]));
        assert_eq!(
            text,
            r#"[{"state":"pending","names":[{"first":"v2/p-008.md","last":"v2/p-010.md"},"index.md"]}]"#
        );
        assert_eq!(told(units(&["9", "10", "11"])).matches("first").count(), 1);
    }

    #[test]
    fn names_that_do_not_count_up_stay_as_they_are() {
        let awkward = [
            &["99", "100"][..],
            &["a1", "a1", "a1"],
            &["1", "2", "4"],
            &["01", "2", "3"],
            &["{1..3}", "x"],
            &["18446744073709551614", "18446744073709551615", "18446744073709551616"],
            &["1-1", "2-2", "3-3"],
        ];
        for names in awkward {
            assert!(!told(units(names)).contains("first\":\"1"), "{names:?}");
        }
    }

    #[test]
    fn states_and_notes_divide_runs() {
        let mut list = units(&["1", "2", "3", "4", "5", "6", "7"]);
        for unit in &mut list[..3] {
            unit.state = State::Done;
        }
        list[3].note = Some("odd".into());
        let text = told(list);
        assert_eq!(text.matches("\"state\"").count(), 3, "{text}");
    }

    #[test]
    fn a_thousand_items_take_less_than_a_screen() {
        let mut list: Vec<Unit> =
            (1..=1000).map(|number| Unit::new(&format!("pages/{number:04}.md"))).collect();
        list.iter_mut().take(613).for_each(|unit| unit.state = State::Done);
        assert!(told(list).len() < 200);
    }

    #[test]
    fn a_list_that_claims_too_much_is_refused() {
        for last in ["999999999", "18446744073709551615"] {
            let text =
                format!(r#"[{{"state":"pending","names":[{{"first":"1","last":"{last}"}}]}}]"#);
            assert!(serde_json::from_str::<List>(&text).is_err());
        }
    }
}
