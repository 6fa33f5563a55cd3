//! Stored text on its way to the screen; what makes it safe is the same for a message to an agent.

pub use crate::policy::sanitize::{clean, json, one_line};

pub(crate) use crate::policy::sanitize::prefix;
