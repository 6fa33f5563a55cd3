//! Where a rollout is put back, and what of it changes when it goes on under a new id.
//!
//! A thread's id stands in its file's name and in its first line; Codex asks for both. An archived rollout is put
//! back among the others, because Codex refuses to resume an archived thread; unless the thread is archived here, for
//! then a second copy beside it would not be resumed either, and Codex would have two threads of one id.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::AgentError;
use crate::agent::Surroundings;
use crate::agent::codex::meta::Row;
use crate::agent::codex::rollout;
use crate::agent::codex::rollout::RolloutName;
use crate::agent::json::Field;
use crate::model::agent::Agent;
use crate::model::session::SessionId;
use crate::model::snapshot::FileName;

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    #[serde(borrow)]
    session_id: Field<'a>,
}

pub(super) fn place(around: &Surroundings, name: &FileName) -> Result<PathBuf, AgentError> {
    let (directory, rollout) = taken_apart(name)?;
    let below_home =
        |name: &str| name.split('/').fold(around.codex_home.clone(), |path, part| path.join(part));
    let usual = below_home(name.as_str());
    if usual.exists() {
        return Ok(usual);
    }
    let archived = below_home(rollout::ARCHIVED).join(rollout.file());
    Ok(match directory {
        _ if archived.exists() => archived,
        rollout::ARCHIVED => below_home(&rollout.home()),
        _ => usual,
    })
}

pub(super) fn forked(name: &FileName, new: &SessionId) -> Result<FileName, AgentError> {
    let (directory, rollout) = taken_apart(name)?;
    let name = format!("{directory}/rollout-{}-{new}.jsonl", rollout.moment);
    Ok(name.parse().expect("a directory of a file name and a rollout's name make a file name"))
}

/// The directory and the name of a stored rollout, when it is where rollouts are.
fn taken_apart(name: &FileName) -> Result<(&str, RolloutName<'_>), AgentError> {
    let foreign = || AgentError::ForeignFile { agent: Agent::Codex, name: name.clone() };
    let parts: Vec<&str> = name.parts().collect();
    let known = match parts.as_slice() {
        [place, _] => *place == rollout::SESSIONS || *place == rollout::ARCHIVED,
        [place, year, month, day, _] => {
            *place == rollout::SESSIONS
                && rollout::is_number(year, 4)
                && rollout::is_number(month, 2)
                && rollout::is_number(day, 2)
        }
        _ => false,
    };
    let (directory, file) = name.as_str().rsplit_once('/').ok_or_else(foreign)?;
    let rollout = RolloutName::parse(file).ok_or_else(foreign)?;
    if known { Ok((directory, rollout)) } else { Err(foreign()) }
}

/// The line with the id exchanged, every other byte as it was.
pub(super) fn fork_line(first_line: &[u8], new: &SessionId) -> Option<Vec<u8>> {
    let line = std::str::from_utf8(first_line).ok()?;
    let row: Row<'_> = serde_json::from_str(line).ok()?;
    let payload: Payload<'_> = row.meta()?;
    let id = payload.id?;
    // A subagent's session is its parent's: only a session that is the thread itself goes along.
    let session = payload.session_id.filter(|session| session.get() == id.get());
    let mut places: Vec<usize> =
        [Some(id), session].into_iter().flatten().map(|value| place_in(line, value)).collect();
    places.sort_unstable();
    let mut forked = Vec::with_capacity(line.len());
    let mut done = 0;
    for place in places {
        forked.extend_from_slice(&first_line[done..place]);
        forked.extend_from_slice(format!("\"{new}\"").as_bytes());
        done = place + id.get().len();
    }
    forked.extend_from_slice(&first_line[done..]);
    Some(forked)
}

/// Where in the line a value that borrows from it starts.
fn place_in(line: &str, value: &RawValue) -> usize {
    value.get().as_ptr().addr() - line.as_ptr().addr()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        text.parse().unwrap()
    }

    #[test]
    fn a_fork_exchanges_the_id_and_no_other_byte() {
        let line = br#"{"type": "session_meta","payload":{"session_id":"old-1", "id":"old-1","cwd":"/w/old-1"}}"#;
        let forked = fork_line(line, &id("brand-new")).unwrap();
        let expected = br#"{"type": "session_meta","payload":{"session_id":"brand-new", "id":"brand-new","cwd":"/w/old-1"}}"#;
        assert_eq!(forked, expected);
    }

    #[test]
    fn a_fork_of_a_subagent_stays_in_its_parents_session() {
        let line = br#"{"type":"session_meta","payload":{"id":"kid","session_id":"root"}}"#;
        let forked = fork_line(line, &id("kid2")).unwrap();
        assert_eq!(
            forked,
            br#"{"type":"session_meta","payload":{"id":"kid2","session_id":"root"}}"#
        );
    }

    #[test]
    fn a_first_line_of_another_kind_stays_as_it_is() {
        assert_eq!(fork_line(br#"{"type":"event_msg","payload":{"id":"x"}}"#, &id("y")), None);
        assert_eq!(fork_line(b"torn {", &id("y")), None);
    }

    #[test]
    fn a_fork_takes_its_new_id_into_the_name() {
        let name: FileName =
            "sessions/2026/06/18/rollout-2026-06-18T15-15-26-old-1.jsonl".parse().unwrap();
        let forked = forked(&name, &id("new-1")).unwrap();
        assert_eq!(forked.as_str(), "sessions/2026/06/18/rollout-2026-06-18T15-15-26-new-1.jsonl");
    }
}
