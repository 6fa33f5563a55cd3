//! What an installation or its removal has left behind: its record, and copies of the configuration.

use std::error::Error;

use crate::ops::doctor::{Finding, Fix, Patient, Severity};
use crate::ops::init;

pub fn check(patient: &Patient) -> Result<Vec<Finding>, Box<dyn Error>> {
    let installation = init::installation(patient.desk);
    let mut found = Vec::new();
    if let Err(error) = installation.recorded_hooks() {
        let path = installation.record.display();
        let what = format!("what `init` changed cannot be read from `{path}`: {error}");
        let means = "`init --uninstall` finds the hooks by their mark and leaves the configuration";
        found.push(
            Finding::new(Severity::Warning, what, means)
                .mend(format!("rm '{path}' && git ckpt init")),
        );
    }
    for path in installation.leftovers() {
        let what = format!("an uninstallation that was killed has left `{}`", path.display());
        let means = "nothing needs it any more";
        found.push(
            Finding::new(Severity::Note, what, means)
                .mend(format!("rm '{}'", path.display()))
                .fix(Fix::Remove(path)),
        );
    }
    Ok(found)
}
