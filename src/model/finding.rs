//! A secret that was found in a text.

use std::ops::Range;

use crate::model::placeholder::RuleId;

/// Where a secret stands, and which rule says that it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bytes of the secret as they stand in the text, escapes of a JSON string included and never split.
    pub range: Range<usize>,
    pub rule: RuleId,
}
