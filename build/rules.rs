//! Turns the rules for secrets into static tables: expressions as text, shapes, and one automaton for all keywords.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::automaton::{self, Automaton};
use crate::shapes::{self, Set, Shape};

const PUBLIC: &str = "src/policy/redaction/rules/gitleaks.json";
const OURS: &str = "src/policy/redaction/rules/ours.json";

/// What stands between a name and its value in the public rules.
const OPERATOR: &str = "(?:=|>|:{1,3}=|\\|\\||:|=>|\\?=|,)";
/// What has to follow a value in the public rules. Code and prose have more that ends a value.
const END: &str = "(?:[\\x60'\"\\s;]|\\\\[nr]|$)";
const WIDER_END: &str = "(?:[^\\w+/=-]|$)";
/// From this length on a keyword at the beginning of a token says enough by itself, whatever follows the token.
const TELLING: usize = 4;

/// Keywords of what is found by code instead of an expression.
const BY_CODE: &[(&str, &str)] = &[
    ("://", "Url"),
    (":\\/\\/", "Url"),
    (":\\\\/\\\\/", "Url"),
    ("authorization", "Header"),
    ("bearer", "Header"),
    ("-----begin", "Pem"),
    ("access", "Generic"),
    ("api", "Generic"),
    ("auth", "Generic"),
    ("key", "Generic"),
    ("credential", "Generic"),
    ("creds", "Generic"),
    ("passwd", "Generic"),
    ("password", "Generic"),
    ("passphrase", "Generic"),
    ("pwd", "Generic"),
    ("_pass", "Generic"),
    ("secret", "Generic"),
    ("token", "Generic"),
];
/// Rules that are found by code; what else they say is still used.
const CODED: &[&str] = &["generic-api-key", "private-key"];

#[derive(Deserialize)]
struct Rule {
    id: String,
    regex: String,
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    group: u32,
    #[serde(default)]
    allow: Vec<Allow>,
}

#[derive(Deserialize)]
struct Allow {
    target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
}

/// Writes the tables to `directory`.
pub fn bake(directory: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/policy/redaction/rules");
    let mut tables = Tables::default();
    for (keyword, trigger) in BY_CODE {
        tables.trigger(keyword, (*trigger).to_owned());
    }
    for rule in rules()? {
        tables.add(&rule)?;
    }
    std::fs::write(directory.join("rules.rs"), tables.source())?;
    Ok(())
}

/// The public rules, where not replaced by ours, and ours.
fn rules() -> Result<Vec<Rule>, Box<dyn Error>> {
    let mut rules: Vec<Rule> = serde_json::from_slice(&std::fs::read(PUBLIC)?)?;
    let ours: Vec<Rule> = serde_json::from_slice(&std::fs::read(OURS)?)?;
    let replaced: BTreeSet<&str> = ours.iter().map(|rule| rule.id.as_str()).collect();
    rules.retain(|rule| !replaced.contains(rule.id.as_str()));
    rules.extend(ours);
    Ok(rules)
}

#[derive(Default)]
struct Tables {
    rules: Vec<String>,
    sets: Vec<Set>,
    /// What each keyword makes the scanner look for.
    triggers: BTreeMap<String, Vec<String>>,
    generic: usize,
}

impl Tables {
    fn trigger(&mut self, keyword: &str, trigger: String) {
        self.triggers.entry(keyword.to_owned()).or_default().push(trigger);
    }

    fn add(&mut self, rule: &Rule) -> Result<(), Box<dyn Error>> {
        let number = self.rules.len();
        let coded = CODED.contains(&rule.id.as_str());
        if rule.id == "generic-api-key" {
            self.generic = number;
        }
        let hir = shapes::parse(&rule.regex)?;
        let is_assigned = rule.regex.contains(OPERATOR);
        let whole = shapes::of(&hir);
        let shapes = if is_assigned {
            shapes::capture(&hir, rule.group.max(1)).map(shapes::of).ok_or("a value is captured")?
        } else {
            whole
        };
        let (mut is_telling, mut is_token) = (true, true);
        for keyword in rule.keywords.iter().filter(|_| !coded) {
            let stands_first = shapes.iter().any(|shape| begins(shape, keyword));
            is_telling &= stands_first && keyword.len() >= TELLING && !is_assigned;
            is_token &= stands_first && !is_assigned;
            let kind = match (is_assigned, stands_first) {
                (true, false) => "Assigned",
                (true, true) => "Value",
                (false, true) => "Token",
                (false, false) => "Near",
            };
            self.trigger(keyword, format!("{kind}({number})"));
        }
        let pattern = rule.regex.replace(END, if is_telling { "" } else { WIDER_END });
        let hir = shapes::parse(&pattern)?;
        let bounded = pattern.trim_start_matches("(?i)").starts_with("\\b");
        let longest = hir.properties().maximum_len().unwrap_or(usize::MAX);
        let shapes: String =
            shapes.iter().map(|shape| format!("&{:?},", self.numbered(shape))).collect();
        let Rule { id, group, entropy, .. } = rule;
        let allow: String = rule.allow.iter().map(allow).collect();
        self.rules.push(format!(
            "Rule {{ id: {id:?}, pattern: {pattern:?}, group: {group}, entropy: {entropy:?}, \
             bounded: {bounded}, is_token: {is_token}, longest: {longest}, shapes: &[{shapes}], allow: &[{allow}] }}",
        ));
        Ok(())
    }

    fn numbered(&mut self, shape: &Shape) -> Vec<usize> {
        let number = |set: &Set| match self.sets.iter().position(|known| known == set) {
            Some(known) => known,
            None => {
                self.sets.push(*set);
                self.sets.len() - 1
            }
        };
        shape.iter().map(number).collect()
    }

    fn source(&self) -> String {
        let keywords: Vec<String> = self.triggers.keys().cloned().collect();
        let mut source = String::new();
        let mut item = |name: &str, kind: &str, len: usize, body: &str| {
            _ = writeln!(source, "pub static {name}: [{kind}; {len}] = [{body}];");
        };
        item("RULES", "Rule", self.rules.len(), &self.rules.join(",\n"));
        item("SETS", "[u32; 8]", self.sets.len(), &listed(&self.sets));
        let triggers = self.triggers.iter().map(|(keyword, triggers)| {
            let triggers: Vec<_> = triggers.iter().map(|t| format!("Trigger::{t}")).collect();
            format!("Keyword {{ len: {}, triggers: &[{}] }}", keyword.len(), triggers.join(", "))
        });
        let triggers: Vec<_> = triggers.collect();
        item("KEYWORDS", "Keyword", keywords.len(), &triggers.join(",\n"));
        let Automaton { classes, next, shift, first_match, ends } = automaton::build(&keywords);
        item("CLASSES", "u8", classes.len(), &listed(&classes));
        item("NEXT", "u16", next.len(), &listed(&next));
        let rows: Vec<_> = ends.iter().map(|ends| format!("&{ends:?}")).collect();
        item("ENDS", "&[u16]", ends.len(), &rows.join(", "));
        _ = writeln!(source, "pub const SHIFT: u32 = {shift};");
        _ = writeln!(source, "pub const FIRST_MATCH: usize = {first_match};");
        _ = writeln!(source, "pub const GENERIC: usize = {};", self.generic);
        source
    }
}

fn listed<T: std::fmt::Debug>(values: &[T]) -> String {
    values.iter().map(|value| format!("{value:?},")).collect()
}

fn allow(allow: &Allow) -> String {
    let target = if allow.target == "secret" { "Secret" } else { "Match" };
    format!(
        "Allow {{ target: Target::{target}, regexes: &{:?}, stopwords: &{:?} }},",
        allow.regexes, allow.stopwords
    )
}

/// Every match that fits `shape` begins with `keyword`, upper or lower case.
fn begins(shape: &Shape, keyword: &str) -> bool {
    let fits = |(set, byte): (&Set, u8)| {
        let upper = byte.to_ascii_uppercase();
        let of_it = [byte, upper].iter().filter(|byte| shapes::contains(set, **byte)).count();
        let all: u32 = set.iter().map(|bits| bits.count_ones()).sum();
        of_it > 0 && all <= if byte == upper { 1 } else { of_it as u32 }
    };
    shape.len() >= keyword.len() && shape.iter().zip(keyword.bytes()).all(fits)
}
