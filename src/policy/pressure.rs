//! How full a session's context window is, in five states.
//!
//! A state says what to do next, so its name and its share of the window are all that counts; how large the window is
//! stands in [`window`](crate::policy::window).

use std::fmt;
use std::str::FromStr;

/// How full a context window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Green,
    Yellow,
    Orange,
    Red,
    Critical,
}

impl State {
    const ALL: [Self; 5] = [Self::Green, Self::Yellow, Self::Orange, Self::Red, Self::Critical];

    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Orange => "ORANGE",
            Self::Red => "RED",
            Self::Critical => "CRITICAL",
        }
    }
}

/// From which share of the window on each state but the first holds, in percent, ascending: `ckpt.pressure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds([u8; 4]);

impl Thresholds {
    /// The state of a window of which `used` tokens are taken.
    pub fn state(&self, used: u64, window: u64) -> State {
        let share = u128::from(used) * 100;
        let reached = |percent: &&u8| share >= u128::from(**percent) * u128::from(window);
        State::ALL[self.0.iter().filter(reached).count()]
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self([25, 50, 75, 85])
    }
}

/// The text names no thresholds.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not four ascending percentages, like `25 50 75 85`")]
pub struct NotThresholds(pub String);

impl FromStr for Thresholds {
    type Err = NotThresholds;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotThresholds(text.to_owned());
        let words = text.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        let percent = |word: &str| word.strip_suffix('%').unwrap_or(word).parse::<u8>().ok();
        let percents: Option<Vec<u8>> = words.map(percent).collect();
        let percents: [u8; 4] =
            percents.ok_or_else(wrong)?.try_into().map_err(|_: Vec<u8>| wrong())?;
        let ascend = percents.windows(2).all(|pair| pair[0] < pair[1]);
        if ascend && percents[0] > 0 && percents[3] <= 100 {
            Ok(Self(percents))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Thresholds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [yellow, orange, red, critical] = self.0;
        write!(f, "{yellow} {orange} {red} {critical}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_state_begins_at_its_percentage() {
        let table = [
            (0, State::Green),
            (249, State::Green),
            (250, State::Yellow),
            (499, State::Yellow),
            (500, State::Orange),
            (749, State::Orange),
            (750, State::Red),
            (849, State::Red),
            (850, State::Critical),
            (5000, State::Critical),
        ];
        for (used, state) in table {
            assert_eq!(Thresholds::default().state(used, 1000), state, "{used}");
        }
        assert_eq!(Thresholds::default().state(u64::MAX, u64::MAX), State::Critical);
    }

    #[test]
    fn thresholds_are_four_ascending_percentages() {
        for text in ["10 20 30 40", "10,20,30,40", "10%, 20%, 30%, 40%"] {
            assert_eq!(text.parse::<Thresholds>().unwrap().to_string(), "10 20 30 40");
        }
        for text in
            ["", "10 20 30", "10 20 30 40 50", "40 30 20 10", "0 1 2 3", "1 2 3 101", "a b c d"]
        {
            assert!(text.parse::<Thresholds>().is_err(), "{text}");
        }
    }
}
