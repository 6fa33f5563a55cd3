//! Reads `.env` files: `NAME=value` lines with quotes, `export`, comments, and values over several lines.
//!
//! Nothing is expanded: a variable in a value stays as it is written. What is no assignment is passed over.

/// The names and values of a `.env` file, in order.
pub fn parse_dotenv(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let line = rest.split('\n').next().unwrap_or_default();
        let behind = |len: usize| rest.get(len..).unwrap_or_default();
        match assignment(line) {
            Some((name, at)) => {
                let (value, len) = value(behind(at));
                pairs.push((name.to_owned(), value));
                rest = next_line(behind(at + len));
            }
            None => rest = behind(line.len() + 1),
        }
    }
    pairs
}

fn next_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// The name that `line` assigns to, and where the value begins.
fn assignment(line: &str) -> Option<(&str, usize)> {
    let (before, _) = line.split_once('=')?;
    let name = before.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, before.len() + 1))
}

/// The value at the beginning of `text`, and how many bytes of it were read.
fn value(text: &str) -> (String, usize) {
    let trimmed = text.trim_start_matches([' ', '\t']);
    let blanks = text.len() - trimmed.len();
    let (value, len) = match trimmed.as_bytes().first() {
        Some(b'"') => double_quoted(&trimmed[1..]),
        Some(quote @ (b'\'' | b'`')) => single_quoted(&trimmed[1..], char::from(*quote)),
        _ => None,
    }
    .unwrap_or_else(|| plain(trimmed));
    (value, blanks + len)
}

fn double_quoted(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, at + 2)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

fn single_quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let (value, _) = text.split_once(quote)?;
    Some((value.to_owned(), value.len() + 2))
}

fn plain(text: &str) -> (String, usize) {
    let line = text.split('\n').next().unwrap_or_default();
    let value = line.split_once(" #").map_or(line, |(value, _)| value);
    (value.trim().to_owned(), line.len())
}
