//! Configuration by which git itself would move or copy our refs, or keep them from arriving.

use std::collections::BTreeMap;
use std::error::Error;

use crate::ops::doctor::{Finding, Fix, Patient, Severity};
use crate::policy::refspec;
use crate::store::Part;

/// A ref such as any clone may have.
const SOME_TIES: &str = "refs/notes/ckpt/some-writer";

pub fn check(patient: &Patient) -> Result<Vec<Finding>, Box<dyn Error>> {
    let repository = patient.desk.store.repository();
    let mut fetched: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found = Vec::new();
    for (key, value) in repository.config_list(r"^(remote\..*|notes\.rewriteref)")? {
        let Some((remote, name)) = key.strip_prefix("remote.").and_then(|key| key.rsplit_once('.'))
        else {
            found.extend(rewriting(&value));
            continue;
        };
        match name {
            "url" => drop(fetched.entry(remote.to_owned()).or_default()),
            "fetch" => fetched.entry(remote.to_owned()).or_default().push(value),
            "push" => found.extend(pushing(&key, &value)),
            "mirror" if value != "false" => found.push(mirror(remote, &key)),
            _ => {}
        }
    }
    for (remote, specs) in &fetched {
        found.extend(fetching(remote, specs));
        found.extend(missing(patient, remote, specs)?);
    }
    Ok(found)
}

/// A fetch that writes over local refs.
fn fetching(remote: &str, specs: &[String]) -> Vec<Finding> {
    let is_spared = specs.iter().any(|spec| refspec::excludes(spec, SOME_TIES));
    let dangerous = specs.iter().filter(|spec| refspec::writes_to(spec, SOME_TIES) && !is_spared);
    let finding = |spec: &String| {
        let what = format!("every fetch from {remote} writes over your own checkpoints: `{spec}`");
        let means = "checkpoints that are not pushed are lost with the next fetch";
        let key = format!("remote.{remote}.fetch");
        Finding::new(Severity::Problem, what, means)
            .mend(format!("git config --unset --fixed-value '{key}' '{spec}'"))
    };
    dangerous.map(finding).collect()
}

fn pushing(key: &str, spec: &str) -> Option<Finding> {
    if !refspec::reads_from(spec, SOME_TIES) {
        return None;
    }
    let forced = spec.starts_with('+');
    let what = format!("every `git push` publishes checkpoints: `{key} = {spec}`");
    let means = if forced {
        "transcripts go wherever you push, and what others wrote there is overwritten"
    } else {
        "transcripts go wherever you push, asked for or not"
    };
    let severity = if forced { Severity::Problem } else { Severity::Warning };
    Some(
        Finding::new(severity, what, means)
            .mend(format!("git config --unset --fixed-value '{key}' '{spec}'")),
    )
}

fn mirror(remote: &str, key: &str) -> Finding {
    let what = format!("{remote} is a mirror");
    let means = "a push makes it as this clone is: checkpoints that only others have are deleted";
    Finding::new(Severity::Problem, what, means).mend(format!("git config --unset {key}"))
}

/// Git's own way to carry notes over.
fn rewriting(value: &str) -> Option<Finding> {
    if !refspec::fits(value, SOME_TIES) {
        return None;
    }
    let what = format!("git copies checkpoints on its own: `notes.rewriteRef = {value}`");
    let means = "it writes without looking whether a save is under way, and one of both is lost";
    Some(
        Finding::new(Severity::Warning, what, means)
            .mend(format!("git config --unset --fixed-value notes.rewriteRef '{value}'")),
    )
}

/// No refspec that brings the checkpoints of others.
fn missing(
    patient: &Patient,
    remote: &str,
    specs: &[String],
) -> Result<Option<Finding>, Box<dyn Error>> {
    if specs.iter().any(|spec| refspec::reads_from(spec, SOME_TIES)) {
        return Ok(None);
    }
    if matches!(patient.desk.store.writer(), Ok(None)) && patient.checkpoints()?.is_empty() {
        // Nobody uses checkpoints here yet.
        return Ok(None);
    }
    let value = Part::Documents.refspec(remote, "*");
    let key = format!("remote.{remote}.fetch");
    let what = format!("`git fetch {remote}` does not bring the checkpoints of others");
    let means = "they are seen here only when they are fetched by name";
    let finding = Finding::new(Severity::Note, what, means)
        .mend(format!("git config --add '{key}' '{value}'"))
        .fix(Fix::Configure { key, value });
    Ok(Some(finding))
}
