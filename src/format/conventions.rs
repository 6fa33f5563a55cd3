//! `.ckpt.yaml`: what a repository wants of its documents.

use crate::format::yaml;
use crate::model::conventions::Conventions;

/// Largest file of conventions, in bytes.
pub const LARGEST: u64 = 64 << 10;

/// The file cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConventionsError(String);

/// Reads the file.
pub fn read(bytes: &[u8]) -> Result<Conventions, ConventionsError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ConventionsError(format!("it is not UTF-8: byte {} is not valid", error.valid_up_to()))
    })?;
    yaml::read(text).map_err(ConventionsError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::conventions::Level;

    #[test]
    fn every_key_may_be_absent() {
        assert_eq!(read(b"").unwrap(), Conventions::default());
        let read =
            read(b"template: handoff\nbudgets: {handoff: 900}\nlint:\n  over-budget: error\n");
        let read = read.unwrap();
        assert_eq!(read.template.as_deref(), Some("handoff"));
        assert_eq!(read.budgets["handoff"], 900);
        assert_eq!(read.lint["over-budget"], Level::Error);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = read(b"template: x\nbudgets: [1]\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        let error = read(b"tempalte: x\n").unwrap_err().to_string();
        assert!(error.contains("tempalte"), "{error}");
    }
}
