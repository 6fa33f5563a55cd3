//! Putting what is known into a template.

use crate::model::template::{Slot, Slots, Template};
use crate::policy::outline::guidance_free;

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody goes on writing: every section stays, with what is said about it.
    Editing,
    /// It is the document: a section that says nothing is left out.
    Document,
}

/// The template with its slots filled. A line that holds nothing but slots goes where none of them is known.
pub fn fill(template: &Template, slots: &Slots, purpose: Purpose) -> String {
    let mut text = String::with_capacity(template.body.len());
    for line in template.body.split_inclusive('\n') {
        let filled = line_filled(line, slots);
        if line.contains("{{") && filled.trim().is_empty() {
            continue;
        }
        text.push_str(&filled);
    }
    match purpose {
        Purpose::Editing => spaced(&text),
        Purpose::Document => spaced(&without_empty_sections(&guidance_free(&text))),
    }
}

fn line_filled(line: &str, slots: &Slots) -> String {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, opened)) = rest.split_once("{{") {
        let Some((word, after)) = opened.split_once("}}") else { break };
        filled.push_str(before);
        let value = Slot::find(word.trim()).and_then(|slot| slots.get(&slot));
        filled.push_str(value.map_or("", |value| value.trim_end()));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Without headings that nothing stands below.
fn without_empty_sections(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut heading: Option<usize> = None;
    for line in text.lines() {
        let opens = line.starts_with("## ");
        if opens && let Some(place) = heading.take() {
            kept.truncate(place);
        }
        if opens {
            heading = Some(kept.len());
        } else if !line.trim().is_empty() {
            heading = None;
        }
        kept.push(line);
    }
    if let Some(place) = heading {
        kept.truncate(place);
    }
    kept.join("\n")
}

/// With single empty lines between blocks, and one line end.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 && !(spaced.is_empty() && empty > 0) {
            spaced.push_str(line.trim_end());
            spaced.push('\n');
        }
    }
    let end = spaced.trim_end().len();
    spaced.truncate(end);
    if !spaced.is_empty() {
        spaced.push('\n');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(body: &str) -> Template {
        Template {
            name: "own".parse().unwrap(),
            about: String::new(),
            kind: None,
            budget: 500,
            required: Vec::new(),
            body: body.to_owned(),
        }
    }

    const BODY: &str = "# {{title}}\n\n## Decisions\n<!-- ckpt: one line each -->\n\n{{decisions}}\n{{ruled_out}}\n\n## Next\n\n{{next_steps}}\n\nOn {{branch}} at {{commit}}.\n";

    fn slots() -> Slots {
        Slots::from([
            (Slot::Title, "Retries".to_owned()),
            (Slot::NextSteps, "1. a\n2. b\n".to_owned()),
            (Slot::Branch, "main".to_owned()),
        ])
    }

    #[test]
    fn a_document_leaves_out_what_says_nothing() {
        assert_eq!(
            fill(&template(BODY), &slots(), Purpose::Document),
            "# Retries\n\n## Next\n\n1. a\n2. b\n\nOn main at .\n"
        );
    }

    #[test]
    fn a_text_to_edit_keeps_its_sections_and_what_is_said_of_them() {
        assert_eq!(
            fill(&template(BODY), &slots(), Purpose::Editing),
            "# Retries\n\n## Decisions\n<!-- ckpt: one line each -->\n\n## Next\n\n1. a\n2. b\n\nOn main at .\n"
        );
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let slots =
            Slots::from([(Slot::Title, "{{goal}}".to_owned()), (Slot::Goal, "x".to_owned())]);
        assert_eq!(fill(&template("# {{title}}\n"), &slots, Purpose::Document), "# {{goal}}\n");
    }
}
