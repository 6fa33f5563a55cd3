//! How long Claude Code keeps transcripts: it deletes older ones when it starts.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::agent::Surroundings;
use crate::agent::files;

/// Most bytes of a settings file that are read.
const LARGEST: u64 = 1 << 20;

/// Where nothing is configured.
const USUAL: u64 = 30;

#[derive(Deserialize)]
struct Settings {
    #[serde(rename = "cleanupPeriodDays")]
    days: Option<u64>,
}

/// The days that a transcript is kept after its last change. What a worktree configures counts before what its user
/// does.
pub(super) fn days(around: &Surroundings, directory: &Path) -> u64 {
    let places = [
        directory.join(".claude/settings.local.json"),
        directory.join(".claude/settings.json"),
        around.claude_home.join("settings.json"),
    ];
    places.iter().find_map(|path| configured(path)).unwrap_or(USUAL)
}

/// Settings that cannot be read configure nothing.
fn configured(path: &Path) -> Option<u64> {
    let mut text = Vec::new();
    // A worktree may have anything under that name, such as a link to a device.
    files::opened(path)?.take(LARGEST).read_to_end(&mut text).ok()?;
    let settings: Settings = serde_json::from_slice(&text).ok()?;
    settings.days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::testing::Home;

    #[test]
    fn what_is_configured_nearest_counts() {
        let home = Home::new();
        let worktree = home.work("worktree");
        assert_eq!(days(&home.around, &worktree), 30);
        let user = home.around.claude_home.join("settings.json");
        home.write(&user, r#"{"model": "opus", "cleanupPeriodDays": 90}"#);
        assert_eq!(days(&home.around, &worktree), 90);
        let own = worktree.join(".claude/settings.json");
        home.write(&own, r#"{"cleanupPeriodDays": 7}"#);
        assert_eq!(days(&home.around, &worktree), 7);
        home.write(&own, "{");
        assert_eq!(days(&home.around, &worktree), 90);
    }
}
