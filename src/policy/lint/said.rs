//! What a text amounts to: nothing, a place to be filled, something with a reason to it.

/// Whether a text only says that there is nothing.
pub fn is_nothing(text: &str) -> bool {
    let bare = text.trim().trim_end_matches('.').trim_matches(['*', '_', '(', ')']);
    let words = bare.to_lowercase();
    [
        "none",
        "nothing",
        "no",
        "n/a",
        "none yet",
        "none known",
        "none so far",
        "nothing yet",
        "nothing left",
    ]
    .contains(&words.as_str())
}

/// Whether a text only holds a place for what is to be written.
pub fn is_placeholder(text: &str) -> bool {
    let bare = text.trim().trim_matches(|letter: char| !letter.is_alphanumeric());
    ["", "tbd", "todo", "tba", "fill in", "xxx"].contains(&bare.to_lowercase().as_str())
}

/// Whether something is set apart in a text that can be the reason for the rest, or what is left of it.
pub fn has_remark(text: &str) -> bool {
    let marks = [" — ", " – ", " - ", ": ", "; ", " (", ". "];
    let enough = |rest: &str| rest.split_whitespace().count() >= 3;
    marks.iter().any(|mark| text.split_once(mark).is_some_and(|(_, rest)| enough(rest)))
}

/// A text short enough to stand in a message.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}
