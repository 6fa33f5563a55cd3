//! Finding sessions: by the directory they were started in, by id, by path.
//!
//! Several directories can share a slug, and the slug of `/w/foo-bar` starts with that of `/w/foo`; so what a name
//! suggests is confirmed by the working directory that the first lines record.

use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::Deserialize;

use crate::agent::AgentError;
use crate::agent::Found;
use crate::agent::Surroundings;
use crate::agent::claude::slug;
use crate::agent::files;
use crate::agent::json;
use crate::agent::json::Field;
use crate::model::agent::Agent;
use crate::model::session::SessionId;

/// How far into a transcript its working directory is looked for.
const HEAD: u64 = 256 * 1024;

/// What the first lines of a transcript tell of it.
#[derive(Debug, Default, PartialEq)]
struct Opening {
    cwd: Option<PathBuf>,
    session: Option<SessionId>,
}

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    cwd: Field<'a>,
    #[serde(borrow, rename = "sessionId")]
    session: Field<'a>,
    #[serde(borrow, rename = "leafUuid")]
    leaf: Field<'a>,
}

/// How a project's directory is related to the directory that is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Relation {
    /// Its name is the slug of the directory.
    Same,
    /// Its name starts with that slug.
    Below,
    /// It holds the sessions of all directories.
    Shared,
}

/// The directory that sessions started in `directory` are kept in.
pub(super) fn project(around: &Surroundings, directory: &Path) -> PathBuf {
    let projects = around.claude_home.join("projects");
    if let Some(name) = shared_project(around) {
        return projects.join(name);
    }
    let real = files::canonical(directory);
    let name = slug::slug(&real);
    let usual = projects.join(&name);
    if name.len() <= slug::LONGEST || usual.is_dir() {
        return usual;
    }
    // Versions differ in the hash behind a cut name, and Claude Code itself accepts any directory with the same start.
    let start = format!("{}-", slug::stem(&real));
    let others = files::directories(&projects).unwrap_or_default();
    others
        .into_iter()
        .find(|entry| entry.name.starts_with(&start))
        .map_or(usual, |entry| entry.path)
}

fn shared_project(around: &Surroundings) -> Option<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let name = around.claude_project.as_deref()?;
    ((1..=64).contains(&name.len()) && name.bytes().all(allowed)).then_some(name)
}

/// The sessions of a directory that were written to at `since` or later, newest first.
pub(super) fn sessions(
    around: &Surroundings,
    directory: &Path,
    since: SystemTime,
) -> Result<Vec<Found>, AgentError> {
    let real = files::canonical(directory);
    let mut found = Vec::new();
    for (project, relation) in projects(around, &real)? {
        for entry in files::regular_files(&project)? {
            let Some(id) = session_name(&entry.name) else { continue };
            let session = found_at(&entry.path, id).filter(|found| found.modified >= since);
            if session.is_some() && belongs(&opening(&entry.path), relation, &real) {
                found.extend(session);
            }
        }
    }
    found.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// The directories that may hold sessions of `real` or of a directory below it.
fn projects(around: &Surroundings, real: &Path) -> Result<Vec<(PathBuf, Relation)>, AgentError> {
    let own = project(around, real);
    if shared_project(around).is_some() {
        return Ok(vec![(own, Relation::Shared)]);
    }
    let stem = slug::stem(real);
    let mut found = vec![(own.clone(), Relation::Same)];
    for entry in files::directories(&around.claude_home.join("projects"))? {
        let rest = entry.name.strip_prefix(&stem);
        if entry.path != own && rest.is_some_and(|rest| rest.starts_with('-') || stem == "-") {
            found.push((entry.path, Relation::Below));
        }
    }
    Ok(found)
}

fn belongs(opening: &Opening, relation: Relation, real: &Path) -> bool {
    let Some(recorded) = &opening.cwd else { return relation == Relation::Same };
    if files::canonical(recorded).starts_with(real) {
        return true;
    }
    match relation {
        // A session that was put here from another checkout still records that checkout; what is refused is another
        // directory of this machine whose slug happens to be the same.
        Relation::Same => slug::slug(recorded) != slug::slug(real) || !recorded.exists(),
        Relation::Shared => !recorded.exists(),
        Relation::Below => false,
    }
}

pub(super) fn session(
    around: &Surroundings,
    directory: &Path,
    id: &SessionId,
) -> Result<Option<Found>, AgentError> {
    let name = format!("{id}.jsonl");
    let usual = project(around, directory).join(&name);
    if let Some(found) = found_at(&usual, id.clone()) {
        return Ok(Some(found));
    }
    let projects = files::directories(&around.claude_home.join("projects"))?;
    let all = projects.iter().filter_map(|entry| found_at(&entry.path.join(&name), id.clone()));
    Ok(all.max_by_key(|found| found.modified))
}

pub(super) fn blank(
    around: &Surroundings,
    directory: &Path,
    id: &SessionId,
) -> Result<Option<PathBuf>, AgentError> {
    let name = format!("{id}.jsonl");
    let projects = files::directories(&around.claude_home.join("projects"))?;
    let others = projects.into_iter().map(|entry| entry.path);
    let all = std::iter::once(project(around, directory)).chain(others);
    Ok(all.map(|project| project.join(&name)).find(|path| files::is_blank(path)))
}

/// The session in this file. The file's name is the session's where it can be one.
pub(super) fn session_at(transcript: &Path) -> Option<Found> {
    let name = transcript.file_name()?.to_str().filter(|name| !name.starts_with("agent-"))?;
    let opening = opening(transcript);
    let known = opening != Opening::default();
    let named = session_name(name).filter(|id| is_uuid(id.as_str()) || opening.session.is_none());
    found_at(transcript, named.or(opening.session).filter(|_| known)?)
}

fn is_uuid(name: &str) -> bool {
    name.len() == 36 && name.bytes().filter(|byte| *byte == b'-').count() == 4
}

/// The session that a file of this name is the transcript of.
fn session_name(name: &str) -> Option<SessionId> {
    name.strip_suffix(".jsonl").filter(|stem| !stem.starts_with("agent-"))?.parse().ok()
}

pub(super) fn found_at(transcript: &Path, id: SessionId) -> Option<Found> {
    let (bytes, modified) = files::stamp(transcript)?;
    let transcript = transcript.to_owned();
    Some(Found { agent: Agent::ClaudeCode, id, transcript, bytes, modified })
}

fn opening(transcript: &Path) -> Opening {
    let mut opening = Opening::default();
    for line in files::lines(transcript, HEAD) {
        let (line, _) = json::line_text(&line);
        json::each_value(&line, &mut |row: Row<'_>| {
            // Only a title points to a leaf and names no session; the session is then told by a later line.
            let session = json::word(row.session).filter(|_| row.leaf.is_none());
            opening.session = opening.session.take().or(session.and_then(|id| id.parse().ok()));
            opening.cwd = opening.cwd.take().or(json::text(row.cwd).map(PathBuf::from));
        });
        if opening.cwd.is_some() {
            break;
        }
    }
    opening
}

/// The session that a subagent's transcript beside the session's own says it belongs to.
pub(super) fn session_of_agent(transcript: &Path) -> Option<SessionId> {
    opening(transcript).session
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;
    use crate::agent::testing::Home;

    /// Writes a session of `cwd` into the project that is named after `of`.
    fn put(home: &Home, of: &Path, name: &str, cwd: &str) -> PathBuf {
        let title = r#"{"type":"summary","summary":"old","leafUuid":"l"}"#;
        let text =
            format!("{title}\n{{\"type\":\"user\",\"sessionId\":\"s\",\"cwd\":\"{cwd}\"}}\n");
        home.write(&project(&home.around, of).join(format!("{name}.jsonl")), &text)
    }

    fn ids(home: &Home, directory: &Path) -> Vec<String> {
        let mut ids: Vec<String> = sessions(&home.around, directory, SystemTime::UNIX_EPOCH)
            .unwrap()
            .into_iter()
            .map(|found| found.id.to_string())
            .collect();
        ids.sort();
        ids
    }

    #[test]
    fn sessions_of_a_directory_are_those_started_in_it_or_below_it() {
        let home = Home::new();
        let (foo, sub, other) = (home.work("foo"), home.work("foo/sub"), home.work("foo-bar"));
        put(&home, &foo, "own", foo.to_str().unwrap());
        put(&home, &sub, "below", sub.to_str().unwrap());
        put(&home, &other, "other", other.to_str().unwrap());
        put(&home, &foo, "agent-1234abcd", foo.to_str().unwrap());
        home.write(&project(&home.around, &foo).join("empty.jsonl"), "");
        home.write(&project(&home.around, &foo).join("meta.jsonl"), "{\"type\":\"mode\"}\n");
        assert_eq!(ids(&home, &foo), ["below", "meta", "own"]);
        assert_eq!(ids(&home, &other), ["other"]);
        assert!(ids(&home, &home.path("nowhere")).is_empty());
    }

    #[test]
    fn a_directory_with_the_same_slug_keeps_its_sessions_to_itself() {
        let home = Home::new();
        let (dash, dot) = (home.work("a-b"), home.work("a.b"));
        put(&home, &dash, "of-dot", dot.to_str().unwrap());
        put(&home, &dash, "restored", "/another/machine/a-b");
        assert_eq!(ids(&home, &dash), ["restored"]);
        assert_eq!(ids(&home, &dot), ["of-dot", "restored"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_directory_finds_its_sessions() {
        let home = Home::new();
        let real = home.work("real");
        put(&home, &real, "s1", real.to_str().unwrap());
        std::os::unix::fs::symlink(&real, home.path("link")).unwrap();
        assert_eq!(ids(&home, &home.path("link")), ["s1"]);
    }

    #[test]
    fn a_project_for_all_directories_tells_them_apart_by_what_is_recorded() {
        let mut home = Home::new();
        home.around.claude_project = Some("everything".into());
        let (one, two) = (home.work("one"), home.work("two"));
        put(&home, &one, "s1", one.to_str().unwrap());
        put(&home, &two, "s2", two.to_str().unwrap());
        assert_eq!(ids(&home, &one), ["s1"]);
        home.around.claude_project = Some("../escape".into());
        assert!(project(&home.around, &one).starts_with(home.around.claude_home.join("projects")));
    }

    #[test]
    fn an_id_is_found_in_the_directory_first_and_then_anywhere() {
        let home = Home::new();
        let (here, there) = (home.work("here"), home.work("there"));
        let own = put(&home, &here, "twice", "/x");
        put(&home, &there, "twice", "/x");
        let far = put(&home, &there, "far", "/x");
        let of = |id: &str| session(&home.around, &here, &id.parse().unwrap()).unwrap();
        assert_eq!(of("twice").unwrap().transcript, own);
        assert_eq!(of("far").unwrap().transcript, far);
        assert_eq!(of("none"), None);
    }

    #[test]
    fn a_directory_whose_cut_name_has_another_hash_is_found() {
        let home = Home::new();
        let long = home.path(&"d".repeat(230));
        let usual = project(&home.around, &long);
        let name = usual.file_name().unwrap().to_str().unwrap().to_owned();
        let other = usual.with_file_name(format!("{}zz", &name[..slug::LONGEST + 1]));
        fs::create_dir_all(&other).unwrap();
        assert_eq!(project(&home.around, &long), other);
        fs::create_dir_all(&usual).unwrap();
        assert_eq!(project(&home.around, &long), usual);
    }

    #[test]
    fn a_file_is_a_session_by_its_name_and_its_first_lines() {
        let home = Home::new();
        let row = "{\"type\":\"user\",\"sessionId\":\"inner-id\",\"cwd\":\"/w\"}\n";
        let at = |name: &str, text: &str| {
            session_at(&home.write(&home.path(name), text)).map(|found| found.id.to_string())
        };
        let uuid = "00000000-1111-2222-3333-444444444444";
        assert_eq!(at(&format!("{uuid}.jsonl"), row).as_deref(), Some(uuid));
        assert_eq!(at("copy of it.jsonl", row).as_deref(), Some("inner-id"));
        assert_eq!(at("agent-12345678.jsonl", row), None);
        assert_eq!(at("notes.jsonl", "{\"note\":1}\n"), None);
        assert_eq!(at("empty.jsonl", ""), None);
    }
}
