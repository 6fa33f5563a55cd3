//! Finding threads: by the directory in their first line, by the id in their file's name, by path.

use std::ops::ControlFlow;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::agent::AgentError;
use crate::agent::Found;
use crate::agent::Surroundings;
use crate::agent::codex::meta::Lineage;
use crate::agent::codex::meta::Meta;
use crate::agent::codex::rollout;
use crate::agent::codex::rollout::RolloutName;
use crate::agent::files;
use crate::model::agent::Agent;
use crate::model::session::SessionId;
use crate::model::snapshot::FileName;

/// The moment in the name of a rollout that tells none.
const UNKNOWN_MOMENT: &str = "1970-01-01T00-00-00";

/// The threads of a directory that were written to at `since` or later, newest first.
pub(super) fn sessions(
    around: &Surroundings,
    directory: &Path,
    since: SystemTime,
) -> Result<Vec<Found>, AgentError> {
    let real = files::canonical(directory);
    let mut found = Vec::new();
    rollout::each(&around.codex_home, None, &mut |path, name| {
        let thread = found_at(&path, name.id).filter(|found| found.modified >= since);
        let meta = thread.as_ref().and_then(|_| Meta::of_file(&path));
        let cwd = meta.filter(|meta| meta.lineage == Lineage::Own).and_then(|meta| meta.cwd);
        if cwd.is_some_and(|cwd| files::canonical(&cwd).starts_with(&real)) {
            found.extend(thread);
        }
        ControlFlow::Continue(())
    })?;
    found.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// Opens no file: every save of a live session comes by here.
pub(super) fn session(around: &Surroundings, id: &SessionId) -> Result<Option<Found>, AgentError> {
    let mut found = None;
    rollout::each(&around.codex_home, None, &mut |path, name| {
        if name.id != *id {
            return ControlFlow::Continue(());
        }
        found = found_at(&path, name.id);
        if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

pub(super) fn blank(around: &Surroundings, id: &SessionId) -> Result<Option<PathBuf>, AgentError> {
    let mut found = None;
    rollout::each(&around.codex_home, None, &mut |path, name| {
        if name.id == *id && files::is_blank(&path) {
            found = Some(path);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The thread in this file. The file's name tells its id where it is a rollout's.
pub(super) fn session_at(transcript: &Path) -> Option<Found> {
    let name = transcript.file_name()?.to_str()?;
    let meta = Meta::of_file(transcript)?;
    let id = RolloutName::parse(name).map_or(meta.id, |name| name.id);
    found_at(transcript, id)
}

pub(super) fn found_at(transcript: &Path, id: SessionId) -> Option<Found> {
    let (bytes, modified) = files::stamp(transcript)?;
    let transcript = transcript.to_owned();
    Some(Found { agent: Agent::Codex, id, transcript, bytes, modified })
}

/// The transcript's path below Codex's directory; where it lies elsewhere, the path that Codex would have given it.
pub(super) fn stored_name(around: &Surroundings, found: &Found) -> FileName {
    relative_name(around, &found.transcript).unwrap_or_else(|| {
        let name = found.transcript.file_name().and_then(|name| name.to_str());
        let told = name.and_then(RolloutName::parse).map(|name| name.moment.to_owned());
        let moment = told
            .or_else(|| Meta::of_file(&found.transcript)?.moment)
            .filter(|moment| rollout::is_moment(moment))
            .unwrap_or_else(|| UNKNOWN_MOMENT.to_owned());
        let home = RolloutName { moment: &moment, id: found.id.clone() }.home();
        home.parse().expect("digits and a session id make a file name")
    })
}

/// The path below Codex's directory, in the form it is stored as.
pub(super) fn relative_name(around: &Surroundings, path: &Path) -> Option<FileName> {
    let inside = path.strip_prefix(&around.codex_home).ok()?;
    let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
    let name = parts?.join("/");
    let known = [rollout::SESSIONS, rollout::ARCHIVED]
        .iter()
        .any(|place| name.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')));
    let is_rollout = RolloutName::parse(name.rsplit('/').next()?).is_some();
    name.parse().ok().filter(|_| known && is_rollout)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::agent::codex::companions::companions;
    use crate::agent::codex::fork;
    use crate::agent::testing::Home;

    fn put(home: &Home, day: &str, id: &str, fields: &str) -> PathBuf {
        let moment = format!("{}T10-00-00", day.replace('/', "-"));
        let directory = home.around.codex_home.join(rollout::SESSIONS).join(day);
        let path = directory.join(format!("rollout-{moment}-{id}.jsonl"));
        let meta = format!(r#"{{"type":"session_meta","payload":{{"id":"{id}",{fields}}}}}"#);
        home.write(&path, &format!("{meta}\n"))
    }

    fn cwd(path: &Path) -> String {
        format!(r#""source":"cli","cwd":"{}""#, path.display())
    }

    #[test]
    fn threads_of_a_directory_are_those_of_people_started_in_it_or_below_it() {
        let home = Home::new();
        let (foo, sub, bar) = (home.work("foo"), home.work("foo/sub"), home.work("foo-bar"));
        put(&home, "2026/01/02", "own", &cwd(&foo));
        put(&home, "2026/03/04", "below", &cwd(&sub));
        put(&home, "2026/03/05", "other", &cwd(&bar));
        let source = r#""source":{"subagent":{"thread_spawn":{"parent_thread_id":"own"}}}"#;
        put(&home, "2026/03/06", "kid", &format!(r#"{source},"cwd":"{}""#, foo.display()));
        let cold = home
            .around
            .codex_home
            .join("sessions/2026/01/02/rollout-2026-01-02T10-00-00-z.jsonl.zst");
        home.write(&cold, "packed");
        let found = sessions(&home.around, &foo, SystemTime::UNIX_EPOCH).unwrap();
        let mut ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["below", "own"]);
    }

    #[test]
    fn a_thread_is_found_by_the_id_in_its_name() {
        let home = Home::new();
        let dated = put(&home, "2026/01/02", "t-1", "");
        let archived =
            home.around.codex_home.join("archived_sessions/rollout-2025-01-02T10-00-00-t-2.jsonl");
        home.write(&archived, "x");
        let of = |id: &str| session(&home.around, &id.parse().unwrap()).unwrap();
        assert_eq!(of("t-1").unwrap().transcript, dated);
        assert_eq!(of("t-2").unwrap().transcript, archived);
        assert_eq!(of("1"), None);
    }

    #[test]
    fn a_rollout_is_stored_by_its_path_and_an_archived_one_put_back_among_the_others() {
        let home = Home::new();
        let path = put(&home, "2026/01/02", "t-1", "");
        let found = found_at(&path, "t-1".parse().unwrap()).unwrap();
        let name = stored_name(&home.around, &found);
        assert_eq!(name.as_str(), "sessions/2026/01/02/rollout-2026-01-02T10-00-00-t-1.jsonl");
        assert_eq!(fork::place(&home.around, &name).unwrap(), path);
        let archived: FileName =
            "archived_sessions/rollout-2026-01-02T10-00-00-t-1.jsonl".parse().unwrap();
        assert_eq!(fork::place(&home.around, &archived).unwrap(), path);
        let here = home.write(&home.around.codex_home.join(archived.as_str()), "x");
        assert_eq!(fork::place(&home.around, &archived).unwrap(), here);
        for name in
            ["auth.json", "sessions/x.jsonl", "sessions/a/b/c/rollout-2026-01-02T10-00-00-t.jsonl"]
        {
            assert!(fork::place(&home.around, &name.parse().unwrap()).is_err(), "{name}");
        }
    }

    #[test]
    fn a_rollout_from_elsewhere_is_stored_where_codex_would_have_put_it() {
        let home = Home::new();
        let meta = r#"{"type":"session_meta","payload":{"id":"t-9","timestamp":"2026-05-06T19:04:43.029Z"}}"#;
        let path = home.write(&home.path("exported.jsonl"), meta);
        let found = session_at(&path).unwrap();
        let name = stored_name(&home.around, &found);
        assert_eq!(name.as_str(), "sessions/2026/05/06/rollout-2026-05-06T19-04-43-t-9.jsonl");
    }

    #[test]
    fn the_rollouts_of_subagents_belong_to_their_parents_session() {
        let home = Home::new();
        let child = |parent: &str| {
            format!(r#""source":{{"subagent":"review"}},"parent_thread_id":"{parent}""#)
        };
        put(&home, "2026/01/01", "before", &child("top"));
        let top = put(&home, "2026/01/02", "top", "");
        put(&home, "2026/01/02", "kid", &child("top"));
        put(&home, "2026/01/03", "grandkid", &child("kid"));
        put(&home, "2026/01/03", "stranger", &child("someone"));
        let found = found_at(&top, "top".parse().unwrap()).unwrap();
        let files = companions(&home.around, &found).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let expected = [
            "sessions/2026/01/02/rollout-2026-01-02T10-00-00-kid.jsonl",
            "sessions/2026/01/03/rollout-2026-01-03T10-00-00-grandkid.jsonl",
        ];
        assert_eq!(names, expected);
    }
}
