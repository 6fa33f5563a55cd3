//! How full a session's context window is, by what the user has set.

use crate::git::Repository;
use crate::policy::pressure::{NotThresholds, State, Thresholds};
use crate::policy::tokens::Count;
use crate::policy::window::{self, Known, Window};

/// What is set of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PressureSettings {
    pub thresholds: Thresholds,
    /// The size of the window where no agent tells it.
    pub window: Option<u64>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PressureError {
    #[error("`ckpt.pressure` cannot be used")]
    Thresholds(#[from] NotThresholds),
    #[error("`ckpt.window` cannot be used: `{0}` is no number of tokens")]
    Window(String),
}

/// How full the context window of a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressure {
    pub used: Count,
    pub window: Window,
    pub state: State,
}

impl PressureSettings {
    pub fn read(repository: &Repository) -> Result<Self, PressureError> {
        let thresholds = repository.config("ckpt.pressure").map(|text| text.parse()).transpose()?;
        let window = match repository.config("ckpt.window") {
            None => None,
            Some(text) => {
                let size = repository.config_int("ckpt.window").filter(|size| *size > 0);
                let size = size.and_then(|size| size.try_into().ok());
                Some(size.ok_or(PressureError::Window(text))?)
            }
        };
        Ok(Self { thresholds: thresholds.unwrap_or_default(), window })
    }

    /// The pressure in a session, of whose window the agent told `told`.
    pub fn pressure(&self, used: Count, told: Option<u64>, model: Option<&str>) -> Pressure {
        let known = Known { told, set: self.window, model, used: used.tokens };
        let window = window::window(known);
        Pressure { used, window, state: self.thresholds.state(used.tokens, window.tokens) }
    }
}
