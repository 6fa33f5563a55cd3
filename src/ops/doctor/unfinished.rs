//! Saves that were begun and are not finished, and those that were given up.

use std::error::Error;

use crate::ops::carry::Rewritten;
use crate::ops::doctor::{Finding, Patient, Severity};
use crate::ops::save::SaveEntry;

pub fn check(patient: &Patient) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut found = Vec::new();
    let waiting = patient.desk.store.left_over::<SaveEntry>().len();
    if waiting > 0 {
        let what = format!("saves that are written down and not finished: {waiting}");
        let means = "nothing is lost; every command tries them again and says what is in the way";
        found.push(Finding::new(Severity::Warning, what, means).mend("git ckpt log"));
    }
    let rewrites = patient.desk.store.rewrites_left_over::<Vec<Rewritten>>().len();
    if rewrites > 0 {
        let what =
            format!("rewrites of history that checkpoints have not followed yet: {rewrites}");
        let means = "nothing is lost; every command tries them again and says what is in the way";
        found.push(Finding::new(Severity::Warning, what, means).mend("git ckpt log"));
    }
    for aside in patient.desk.store.put_aside()? {
        let commit = std::fs::read(&aside)
            .ok()
            .and_then(|text| serde_json::from_slice::<SaveEntry>(&text).ok())
            .map(|entry| entry.commit.to_string());
        let path = aside.display();
        let what = format!("a save was given up and put aside in `{path}`");
        let means = "it is in no checkpoint; a document that was handed in is in that file";
        let again = commit.map_or(String::new(), |commit| format!("git ckpt save {commit} && "));
        found
            .push(Finding::new(Severity::Warning, what, means).mend(format!("{again}rm '{path}'")));
    }
    Ok(found)
}
