//! Figures in the words a person reads: sizes, counts, ages, shares.
//!
//! Fractions are cut, not rounded, so that nothing reads as more than it is and no figure turns into `1024.0 KiB`.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const FORTNIGHT: u64 = 2 * WEEK;
const YEAR: u64 = 365 * DAY;
const MONTH: u64 = YEAR / 12;
const QUARTER: u64 = 3 * MONTH;

/// From which age on each unit is used, the unit and its noun.
const AGES: [(u64, u64, &str); 6] = [
    (YEAR, YEAR, "year"),
    (QUARTER, MONTH, "month"),
    (FORTNIGHT, WEEK, "week"),
    (DAY, DAY, "day"),
    (HOUR, HOUR, "hour"),
    (MINUTE, MINUTE, "minute"),
];

/// A size in binary units: `512 bytes`, `1.5 KiB`.
pub fn bytes(size: u64) -> String {
    if size < 1024 {
        return plural(size, "byte");
    }
    scaled(size, 1024, &[" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
}

/// A number of tokens: `980`, `12.3k`, `1.2M`.
pub fn tokens(number: u64) -> String {
    if number < 1000 {
        number.to_string()
    } else {
        scaled(number, 1000, &["k", "M", "G", "T", "P", "E"])
    }
}

/// A number with its digits in groups of three: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How long ago something was; clocks that disagree by less than a minute are taken to agree.
pub fn age(seconds: i64) -> String {
    let ago = seconds.unsigned_abs();
    if seconds < 0 && ago >= MINUTE {
        return "in the future".to_owned();
    }
    let fills = AGES.iter().find(|(from, ..)| ago >= *from);
    fills.map_or("just now".to_owned(), |(_, unit, noun)| {
        format!("{} ago", plural(ago / unit, noun))
    })
}

/// The same under a heading that says that it is an age: `3 minutes`.
pub fn short_age(seconds: i64) -> String {
    let words = age(seconds);
    words.strip_suffix(" ago").map(str::to_owned).unwrap_or(words)
}

/// A share in whole percent: `0%` and `100%` only for nothing and for all of it, `–` of nothing.
pub fn percent(part: u64, whole: u64) -> String {
    match (u128::from(part) * 100).checked_div(u128::from(whole)) {
        None => "–".to_owned(),
        Some(0) if part > 0 => "<1%".to_owned(),
        Some(share) => format!("{share}%"),
    }
}

/// A number with its noun: `1 turn`, `2 turns`, `3 branches`, `4 entries`.
pub fn plural(number: u64, noun: &str) -> String {
    if number == 1 {
        return format!("1 {noun}");
    }
    let number = count(number);
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{number} {stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => {
            format!("{number} {noun}es")
        }
        _ => format!("{number} {noun}s"),
    }
}

/// `value` in the largest of `units` that it fills, with one decimal; each is `step` times the one before.
fn scaled(value: u64, step: u64, units: &[&str]) -> String {
    let mut unit = step;
    let mut names = units.iter();
    let mut name = names.next();
    while value / unit >= step
        && let Some(larger) = names.next()
    {
        unit *= step;
        name = Some(larger);
    }
    let tenths = u128::from(value) * 10 / u128::from(unit);
    format!("{}.{}{}", tenths / 10, tenths % 10, name.copied().unwrap_or_default())
}

/// A text as one word of a command line, for somebody to copy.
pub fn shell_word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "._-/+@%=,".contains(letter);
    let word = match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    };
    if text.starts_with('-') { format!("-- {word}") } else { word }
}

/// That a document holds text that reads like an instruction to an agent.
pub fn suspicion_words(found: &str) -> String {
    format!("the document holds text that reads like an instruction to an agent: “{found}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_in_binary_units() {
        let table = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (1024 * 1024 - 1, "1023.9 KiB"),
            (44_000_000, "41.9 MiB"),
            (u64::MAX, "15.9 EiB"),
        ];
        for (size, words) in table {
            assert_eq!(bytes(size), words);
        }
    }

    #[test]
    fn tokens_read_in_thousands() {
        let table =
            [(0, "0"), (999, "999"), (12_345, "12.3k"), (999_999, "999.9k"), (1_250_000, "1.2M")];
        for (number, words) in table {
            assert_eq!(tokens(number), words);
        }
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        let table = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (number, words) in table {
            assert_eq!(count(number), words);
        }
    }

    #[test]
    fn ages_read_in_the_largest_unit_that_says_something() {
        let table = [
            (i64::MIN, "in the future"),
            (-60, "in the future"),
            (-59, "just now"),
            (0, "just now"),
            (60, "1 minute ago"),
            (3 * 60 + 59, "3 minutes ago"),
            (3600, "1 hour ago"),
            (86_399, "23 hours ago"),
            (2 * 86_400, "2 days ago"),
            (14 * 86_400, "2 weeks ago"),
            (89 * 86_400, "12 weeks ago"),
            (92 * 86_400, "3 months ago"),
            (364 * 86_400, "11 months ago"),
            (365 * 86_400, "1 year ago"),
            (800 * 86_400, "2 years ago"),
        ];
        for (seconds, words) in table {
            assert_eq!(age(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn a_share_is_nothing_or_all_only_when_it_is() {
        let table = [
            (0, 0, "–"),
            (0, 5, "0%"),
            (1, 1000, "<1%"),
            (1, 3, "33%"),
            (999, 1000, "99%"),
            (7, 7, "100%"),
            (u64::MAX, u64::MAX, "100%"),
        ];
        for (part, whole, words) in table {
            assert_eq!(percent(part, whole), words);
        }
    }

    #[test]
    fn nouns_follow_their_number() {
        let table = [
            (1, "turn", "1 turn"),
            (0, "turn", "0 turns"),
            (1234, "turn", "1,234 turns"),
            (2, "branch", "2 branches"),
            (2, "entry", "2 entries"),
            (2, "day", "2 days"),
        ];
        for (number, noun, words) in table {
            assert_eq!(plural(number, noun), words);
        }
    }
}
