//! The marks that lists put in front of a line, wherever somebody wrote one. What is a list in markdown is told by
//! `outline/blocks.rs`.

/// What stands behind a bullet.
pub fn behind_bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '+', '•'])?;
    rest.starts_with(char::is_whitespace).then(|| rest.trim_start())
}

/// The digits in front of `. ` or `) `, and what stands behind.
pub fn numbered(line: &str) -> Option<(&str, &str)> {
    let end = line.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = line.split_at(end);
    let rest = rest.strip_prefix(['.', ')']).filter(|_| !digits.is_empty())?;
    rest.starts_with(char::is_whitespace).then(|| (digits, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_followed_by_a_blank() {
        assert_eq!(behind_bullet("-  a"), Some("a"));
        assert_eq!(behind_bullet("• a"), Some("a"));
        assert_eq!(behind_bullet("-a"), None);
        assert_eq!(numbered("12) a"), Some(("12", "a")));
        assert_eq!(numbered("1. "), Some(("1", "")));
        assert_eq!((numbered("1.5 a"), numbered(". a"), numbered("")), (None, None, None));
    }
}
