//! How a person or a script is told: words, tables, rendered markdown, and the one place that prints them.
//!
//! The environment is never read here; what the screen has to know of it comes in as [`screen::ScreenSettings`].
//! Only [`screen`] writes to the standard streams; only [`pager`] and [`programs`] start processes.

pub mod arrived;
pub mod attached;
pub mod compared;
pub mod demo;
pub mod diagnosed;
pub mod drafted;
pub mod exported;
pub mod fitted;
pub mod found;
pub mod imported;
pub mod installed;
pub mod json;
pub mod json_keep;
pub mod json_status;
pub mod linted;
pub mod listing;
pub mod markdown;
pub mod measured;
pub mod noted;
pub mod pager;
pub mod passphrase;
pub mod programs;
pub mod pruned;
pub mod recipients;
pub mod redacted;
pub mod repaired;
pub mod restored;
pub mod resumed;
pub mod sanitize;
pub mod saved;
pub mod screen;
pub mod shared;
pub mod show;
pub mod stats;
pub mod status;
pub mod status_line;
pub mod table;
pub mod tasked;
pub mod template;
pub mod templates;
pub mod units;
pub mod vault;
pub mod verified;

/// Makes terminal styles readable in a test's expectation.
#[cfg(test)]
pub(crate) fn visible(text: &str) -> String {
    const NAMES: [(&str, &str); 10] = [
        ("\x1b[0m", "‹/›"),
        ("\x1b[1m", "‹b›"),
        ("\x1b[2m", "‹dim›"),
        ("\x1b[3m", "‹i›"),
        ("\x1b[4m", "‹u›"),
        ("\x1b[9m", "‹s›"),
        ("\x1b[31m", "‹red›"),
        ("\x1b[32m", "‹green›"),
        ("\x1b[33m", "‹yellow›"),
        ("\x1b[36m", "‹cyan›"),
    ];
    NAMES.iter().fold(text.to_owned(), |text, (code, name)| text.replace(code, name))
}
