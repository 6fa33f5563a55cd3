//! The files that a person names.

use crate::model::digest::{Gist, Heard, Speaker};
use crate::policy::ear::said;
use crate::policy::ear::sentences::prose;

/// Most files out of one prompt, and how many of its lines are looked at.
const EACH: usize = 4;
const LINES: usize = 60;

/// The files that a prompt names, as it names them.
pub(super) fn named(text: &str) -> Vec<Heard> {
    let mut found: Vec<Heard> = Vec::new();
    for line in prose(text).take(LINES) {
        for word in line.split_whitespace() {
            let name = word.trim_matches(|letter: char| {
                !(letter.is_alphanumeric() || matches!(letter, '_' | '.' | '/'))
            });
            let name = name.trim_start_matches("./").trim_end_matches('.');
            let name = name.split_once(':').map_or(name, |(name, _)| name);
            if is_file(name) && found.len() < EACH && found.iter().all(|other| other.text != name) {
                found.push(said(Gist::File, Speaker::Person, name));
            }
        }
    }
    found
}

/// Has an ending of a few letters, and is no address, version or abbreviation.
fn is_file(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let plausible = (1..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && ending.bytes().any(|byte| byte.is_ascii_lowercase());
    let allowed =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '_' | '-' | '.' | '@');
    let site =
        !name.contains('/') && matches!(ending, "com" | "org" | "net" | "io" | "dev" | "e" | "g");
    plausible
        && stem.len() > 1
        && name.chars().all(allowed)
        && !name.starts_with(['/', '.', '@'])
        && !site
        && !name.contains("//")
        && !name.contains("..")
}
