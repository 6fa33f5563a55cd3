//! Template files: markdown with front matter that says what the template is for and what it asks of a document.

use serde::Deserialize;

use crate::format::given;
use crate::format::yaml;
use crate::model::checkpoint::Kind;
use crate::model::template::{Slot, Template, TemplateName};

/// The templates that come with the program.
const BUILT_IN: [(&str, &str); 6] = [
    ("checkpoint", include_str!("templates/checkpoint.md")),
    ("rehydrate", include_str!("templates/rehydrate.md")),
    ("debug", include_str!("templates/debug.md")),
    ("handoff", include_str!("templates/handoff.md")),
    ("bulk", include_str!("templates/bulk.md")),
    ("task", include_str!("templates/task.md")),
];

/// Largest template file, in bytes.
pub const LARGEST: u64 = 64 << 10;

/// Tokens that a document may have whose template does not say.
const BUDGET: u64 = 500;

/// A template file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("the template is not UTF-8: byte {0} is not valid")]
    NotUtf8(usize),
    #[error("the front matter starts with `---` on line 1 and never ends with another `---`")]
    Unclosed,
    #[error("the front matter is not valid: {0}")]
    Invalid(String),
    #[error("line {line}: `{{{{{word}}}}}` is nothing that can be filled in")]
    UnknownSlot { line: usize, word: String },
    #[error("line {line}: `{{{{` is not closed")]
    OpenSlot { line: usize },
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Front {
    about: Option<String>,
    kind: Option<Kind>,
    budget: Option<u64>,
    required: Vec<String>,
}

/// The names of the templates that come with the program.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The text of a template that comes with the program.
pub fn built_in(name: &TemplateName) -> Option<&'static str> {
    BUILT_IN.iter().find(|(own, _)| *own == name.as_str()).map(|(_, text)| *text)
}

/// Reads a template file.
pub fn read(name: TemplateName, bytes: &[u8]) -> Result<Template, TemplateError> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| TemplateError::NotUtf8(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let (front, body) = match given::open(&text) {
        None => (Front::default(), text.as_str()),
        Some(inside) => {
            let (front, body) = given::close(inside).ok_or(TemplateError::Unclosed)?;
            (yaml::read_front(front).map_err(TemplateError::Invalid)?, body)
        }
    };
    let above = text.len() - body.len();
    check_slots(body, text[..above].lines().count())?;
    Ok(Template {
        about: front.about.unwrap_or_else(|| "a template of this repository".to_owned()),
        kind: front.kind,
        budget: front.budget.unwrap_or(BUDGET),
        required: front.required,
        body: body.to_owned(),
        name,
    })
}

/// Refuses what could never be filled in. `above` is the number of lines before the body.
fn check_slots(body: &str, above: usize) -> Result<(), TemplateError> {
    for (number, text) in body.lines().enumerate() {
        let line = above + number + 1;
        for opened in text.split("{{").skip(1) {
            let (word, _) = opened.split_once("}}").ok_or(TemplateError::OpenSlot { line })?;
            if Slot::find(word.trim()).is_none() {
                return Err(TemplateError::UnknownSlot { line, word: word.trim().to_owned() });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> TemplateName {
        name.parse().unwrap()
    }

    fn refused(text: &[u8]) -> String {
        read(named("own"), text).unwrap_err().to_string()
    }

    #[test]
    fn what_comes_with_the_program_can_be_read() {
        for name in built_in_names() {
            let name = named(name);
            let template = read(name.clone(), built_in(&name).unwrap().as_bytes()).unwrap();
            assert!(template.budget >= 500 && !template.required.is_empty(), "{name}");
            for heading in &template.required {
                assert!(template.body.contains(&format!("\n## {heading}\n")), "{name}: {heading}");
            }
            assert!(template.body.starts_with("# {{title}}\n"), "{name}");
        }
    }

    #[test]
    fn a_plain_file_is_a_template() {
        let template = read(named("own"), b"\xef\xbb\xbf# {{ title }}\r\n\r\n## Next\r\n").unwrap();
        assert_eq!(template.body, "# {{ title }}\n\n## Next\n");
        assert_eq!((template.budget, template.required.len()), (BUDGET, 0));
    }

    #[test]
    fn front_matter_may_be_empty_and_may_be_all_there_is() {
        for text in ["---\n---\n# T\n", "--- \nbudget: 7\n--- \n# T\n"] {
            assert_eq!(read(named("own"), text.as_bytes()).unwrap().body, "# T\n", "{text}");
        }
        assert_eq!(read(named("own"), b"---\nbudget: 7\n---").unwrap().budget, 7);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(
            refused(b"---\nbudget: 9\n---\n# T\n\n{{next}}\n"),
            "line 6: `{{next}}` is nothing that can be filled in"
        );
        assert_eq!(refused(b"a {{title\n"), "line 1: `{{` is not closed");
        assert!(refused(b"---\nbudget: many\n---\n").contains("line 2"));
        assert!(refused(b"---\nbudgte: 4\n---\n").contains("budgte"));
        assert!(refused(b"---\nbudget: 4\n").contains("never ends"));
        assert!(refused(b"abc\xff").contains("byte 3"));
    }
}
