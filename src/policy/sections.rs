//! Finding one's way in the text of a document: its sections by heading, and the files that it names.

/// The lines below the first heading whose words start with one of `names`, up to the next heading of its level.
pub fn section<'a>(markdown: &'a str, names: &[&str]) -> Option<&'a str> {
    let mut start = None;
    let mut at = 0;
    let mut fenced = false;
    for line in markdown.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if let Some((level, words)) = heading(line).filter(|_| !fenced) {
            match start {
                Some((open, from)) if level <= open => return Some(&markdown[from..at]),
                None if names.iter().any(|name| starts_with_words(words, name)) => {
                    start = Some((level, at + line.len()));
                }
                _ => {}
            }
        }
        at += line.len();
    }
    start.map(|(_, from)| &markdown[from..])
}

/// What a section names in back quotes and could be the name of a file, each once.
pub fn file_names(section: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in section.lines() {
        for name in line.split('`').skip(1).step_by(2) {
            let plausible = name.contains(['.', '/']) && !name.contains([' ', '*', '<', '\\']);
            if plausible && !name.starts_with('/') && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line[level..].strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, words.trim()))
}

fn starts_with_words(words: &str, name: &str) -> bool {
    words.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# T\n\n## Next steps\n\n1. first `a.rs`\n2. [ ] second\n\n### Detail\n\n- third\n\n## Other\n\nx\n";

    #[test]
    fn a_section_goes_up_to_the_next_heading_of_its_level() {
        let found = section(DOCUMENT, &["next step"]).unwrap();
        assert_eq!(found, "\n1. first `a.rs`\n2. [ ] second\n\n### Detail\n\n- third\n\n");
        assert_eq!(section(DOCUMENT, &["absent"]), None);
    }

    #[test]
    fn headings_inside_code_are_none() {
        let text = "## Next\n```\n## Not one\n```\n- x\n";
        assert!(section(text, &["next"]).unwrap().contains("- x"));
    }

    #[test]
    fn only_plausible_relative_names_are_files() {
        let text = "- `src/a.rs` and `b.toml`, not `some words`, `/etc/passwd` or `flag`\n";
        assert_eq!(file_names(text), ["src/a.rs", "b.toml"]);
    }
}
