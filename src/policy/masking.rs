//! What may be shown of a secret.

/// Values up to this length show nothing: the rest would be too easy to guess.
const SHORT: usize = 20;
const SHOWN: usize = 4;

/// A secret as it may stand on a screen: at the most its first 4 characters, and its length in bytes.
///
/// What a token begins with tells its kind, and is the same for all of that kind.
pub fn masked(value: &[u8]) -> String {
    let start = value.get(..SHOWN).filter(|_| value.len() > SHORT);
    let start = start.filter(|start| start.iter().all(u8::is_ascii_graphic));
    let start = start.and_then(|start| std::str::from_utf8(start).ok()).unwrap_or_default();
    format!("{start}…({})", value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_long_value_is_shown() {
        let table: [(&[u8], &str); 6] = [
            (b"abcdefghijklmnopqrstu", "abcd…(21)"),
            (b"abcdefghijklmnopqrst", "…(20)"),
            (b"", "…(0)"),
            ("ééé abcdefghijklmnopqrstu".as_bytes(), "…(28)"),
            (b"a\x1b[2Jabcdefghijklmnopqrstu", "…(26)"),
            (b"a bcdefghijklmnopqrstuv", "…(23)"),
        ];
        for (value, shown) in table {
            assert_eq!(masked(value), shown);
        }
    }
}
