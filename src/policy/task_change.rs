//! What became of a task from one checkpoint to another: of all its items, however few of them the documents show.

use crate::model::task::{State, Task};

/// A task that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskChange {
    pub before: Option<Task>,
    pub now: Option<Task>,
    pub units: Vec<UnitChange>,
}

/// A step or an item in another state, or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    /// Counted from 1.
    pub number: usize,
    pub name: String,
    pub before: Option<State>,
    pub now: State,
}

/// What changed; of two different tasks the one is gone and the other was started.
pub fn changes(before: Option<Task>, now: Option<Task>) -> Vec<TaskChange> {
    let alone = |before: Option<Task>, now: Option<Task>| {
        let is_any = before.is_some() || now.is_some();
        is_any.then_some(TaskChange { before, now, units: Vec::new() })
    };
    match (before, now) {
        (Some(before), Some(now)) if before == now => Vec::new(),
        (Some(before), Some(now)) if before.id == now.id => {
            let units = units(&before, &now);
            vec![TaskChange { before: Some(before), now: Some(now), units }]
        }
        (before, now) => alone(before, None).into_iter().chain(alone(None, now)).collect(),
    }
}

fn units(before: &Task, now: &Task) -> Vec<UnitChange> {
    let earlier = before.units();
    let units = now.units().iter().enumerate().map(|(place, unit)| UnitChange {
        number: place + 1,
        name: unit.name.clone(),
        before: earlier.get(place).filter(|one| one.name == unit.name).map(|one| one.state),
        now: unit.state,
    });
    units.filter(|unit| unit.before != Some(unit.now)).collect()
}
