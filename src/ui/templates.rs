//! What is told of templates.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::model::causes::causes;
use crate::ops::template::{Listed, Origin, TemplateError};
use crate::ui::json::SCHEMA;
use crate::ui::table::{Align, Cell, Table};
use crate::ui::units::count;

const NAME: Style = AnsiColor::Green.on_default();

pub fn table(listed: &[Listed], limit: Option<usize>) -> String {
    let mut table = Table::new([
        ("NAME", Align::Left),
        ("TOKENS", Align::Right),
        ("FROM", Align::Left),
        ("FOR", Align::Left),
    ]);
    for Listed { name, template, usual } in listed {
        let (budget, from, about) = match template {
            Ok((template, origin)) => {
                (count(template.budget), origin_name(origin), template.about.clone())
            }
            Err(error) => {
                (String::new(), "this repository", format!("cannot be used: {}", why(error)))
            }
        };
        let about = if *usual { format!("{about} (used unless you name another)") } else { about };
        table.row([Cell::styled(name.as_str(), NAME), budget.into(), from.into(), about.into()]);
    }
    table.render(limit)
}

pub fn json_lines(listed: &[Listed]) -> String {
    listed.iter().map(|listed| format!("{}\n", value(listed))).collect()
}

pub fn created(path: &Path, name: &str) -> String {
    format!(
        "made {}; edit it, commit it, and use it: git ckpt save --template {name} --edit\n",
        path.display()
    )
}

fn value(listed: &Listed) -> Value {
    let mut value = json!({
        "schema": SCHEMA,
        "name": listed.name.as_str(),
        "usual": listed.usual,
    });
    match &listed.template {
        Ok((template, origin)) => {
            value["about"] = json!(template.about);
            value["budget"] = json!(template.budget);
            value["required"] = json!(template.required);
            value["kind"] = json!(template.kind.map(|kind| kind.name()));
            value["path"] = match origin {
                Origin::BuiltIn => Value::Null,
                Origin::Repository(path) => json!(path),
            };
        }
        Err(error) => value["error"] = json!(why(error)),
    }
    value
}

fn origin_name(origin: &Origin) -> &'static str {
    match origin {
        Origin::BuiltIn => "the program",
        Origin::Repository(_) => "this repository",
    }
}

/// What is wrong, without the name of the file, which the row has.
fn why(error: &TemplateError) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
