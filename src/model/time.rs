//! Points in time, always UTC; turning them into local words is the screen's work.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A point in time, written as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Makes a time out of seconds since 1970, clamped to the years that can be written.
    pub fn from_seconds(seconds: i64) -> Self {
        let limit = jiff::Timestamp::MAX.as_second();
        let within = seconds.clamp(0, limit);
        Self(jiff::Timestamp::from_second(within).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Whole seconds from `earlier` to this time; negative when the clocks disagree.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.seconds() - earlier.seconds()
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The text is not an RFC 3339 time.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an RFC 3339 time")]
pub struct NotATime(pub String);

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| NotATime(text.to_owned()))
    }
}
