//! Comments that tell a writer what belongs where. They are never part of a document.

const OPEN: &str = "<!--";
const CLOSE: &str = "-->";
const MARKS: [&str; 2] = ["ckpt:", "git ckpt:"];

/// A text without the comments that start with `ckpt:` or `git ckpt:`; lines that held nothing else go with them.
pub fn guidance_free(text: &str) -> String {
    let mut free = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = next(rest) {
        let Some(length) = rest[start..].find(CLOSE) else { break };
        free.push_str(&rest[..start]);
        rest = &rest[start + length + CLOSE.len()..];
        let alone = free.is_empty() || free.ends_with('\n');
        if alone && let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))
        {
            rest = after;
        }
    }
    free.push_str(rest);
    free
}

/// The same text with nothing where those comments stood, every line in its place.
pub fn guidance_blanked(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = next(rest) {
        let Some(length) = rest[start..].find(CLOSE) else { break };
        let (before, comment) = rest.split_at(start);
        let (comment, after) = comment.split_at(length + CLOSE.len());
        blanked.push_str(before);
        blanked.extend(comment.chars().filter(|letter| *letter == '\n'));
        rest = after;
    }
    blanked.push_str(rest);
    blanked
}

fn next(text: &str) -> Option<usize> {
    text.match_indices(OPEN).map(|(start, _)| start).find(|start| {
        let inside = text[start + OPEN.len()..].trim_start();
        MARKS.iter().any(|mark| inside.starts_with(mark))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_comments_go() {
        let text = "# T\n<!-- ckpt: say why -->\n\n<!-- mine -->\na <!-- git ckpt: x\ny --> b\n";
        assert_eq!(guidance_free(text), "# T\n\n<!-- mine -->\na  b\n");
    }

    #[test]
    fn where_they_go_lines_can_stay() {
        let text = "# T\n<!-- ckpt: say why -->\n\n<!-- mine -->\na <!-- git ckpt: x\ny --> b\n";
        assert_eq!(guidance_blanked(text), "# T\n\n\n<!-- mine -->\na \n b\n");
    }

    #[test]
    fn what_is_never_closed_stays() {
        let text = "a\n<!-- ckpt: open\nb\n";
        assert_eq!(guidance_free(text), text);
    }
}
