//! Configuration that has many values for one key, as refspecs have.

use crate::git::program::ProgramError;
use crate::git::repository::Repository;

impl Repository {
    /// All values of the keys that a regular expression of git's fits, in git's order.
    pub fn config_list(&self, pattern: &str) -> Result<Vec<(String, String)>, ProgramError> {
        let answer = self.program.ask(&["config", "-z", "--get-regexp", pattern])?;
        let answer = answer.unwrap_or_default();
        let text = String::from_utf8_lossy(&answer);
        let record = |record: &str| match record.split_once('\n') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None => (record.to_owned(), "true".to_owned()),
        };
        Ok(text.split_terminator('\0').map(record).collect())
    }
}
