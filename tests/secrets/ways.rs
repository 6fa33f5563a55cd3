//! Every way by which text gets into a checkpoint, each with a secret of its own.

use std::fs;

use serde_json::json;

use crate::objects::found;
use crate::world::{Ran, Random};
use crate::{Day, SESSION};

/// Secrets that are told apart by where they are planted.
struct Planted {
    random: Random,
    all: Vec<(&'static str, String)>,
}

impl Planted {
    fn new() -> Self {
        Self { random: Random(5), all: Vec::new() }
    }

    /// A token for this place.
    fn at(&mut self, place: &'static str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let letter = || char::from(LETTERS[self.random.below(62) as usize]);
        let token: String = std::iter::repeat_with(letter).take(36).collect();
        let token = ["ghp", "_", &token].concat();
        self.all.push((place, token.clone()));
        token
    }

    /// A value that is a secret by its name.
    fn named(&mut self, place: &'static str, value: [&str; 2]) -> String {
        self.all.push((place, value.concat()));
        value.concat()
    }

    /// Asserts that no object of the clone holds any of them.
    #[track_caller]
    fn are_in_no_object(&self, day: &Day) {
        let leaks = |(_, value): &&(&str, String)| {
            !found(&day.world, &day.work, std::slice::from_ref(value)).is_empty()
        };
        let leaked: Vec<&str> = self.all.iter().filter(leaks).map(|(place, _)| *place).collect();
        assert_eq!(leaked, [""; 0]);
    }
}

impl Day {
    #[track_caller]
    fn ckpt_with(&self, arguments: &[&str], input: &str) -> Ran {
        let path = self.world.path("input");
        fs::write(&path, input).unwrap();
        let mut command = self.world.ckpt_command(&self.work, arguments);
        command.stdin(fs::File::open(path).unwrap());
        Ran::of(command.output().unwrap()).succeeds()
    }
}

#[test]
fn what_is_written_down_between_commits_brings_no_secret_in() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    day.says("begin");
    day.ckpt(&["note", &format!("use {} here", planted.at("a note"))]);
    day.ckpt(&["note", "-k", "decision", &format!("keep {}", planted.at("a decision"))]);
    let title = format!("task {}", planted.at("the title of a task"));
    let step = format!("step {}", planted.at("a step"));
    let success = format!("works with {}", planted.at("what has to hold"));
    let definition = format!("about {}", planted.at("the definition of a task"));
    day.ckpt(&["task", "start", &title, "-s", &step, "--success", &success, "-d", &definition]);
    day.ckpt(&["task", "block", &format!("wants {}", planted.at("what a task waits for"))]);
    let binary = [&[0, 159, 7][..], planted.at("a binary file").as_bytes(), &[0, 255]].concat();
    let text = format!("TOKEN={}\n", planted.at("a text file"));
    for (name, bytes) in [("f.bin", binary), ("f.txt", text.into_bytes())] {
        fs::write(day.world.path(name), bytes).unwrap();
        day.ckpt(&["attach", day.world.path(name).to_str().unwrap()]);
    }
    let named = format!("log-{}.txt", planted.at("the name of an attachment"));
    let file = day.world.path("f.txt");
    day.ckpt(&["attach", file.to_str().unwrap(), "--as", &named]);
    day.ckpt(&["save"]);
    day.ckpt(&["task", "clear"]);
    let items = format!("one {}\ntwo\n", planted.at("an item of bulk work"));
    day.ckpt_with(&["task", "start", "bulk", "-i", "-"], &items);
    day.says("go on");
    day.ckpt(&["save"]);
    planted.are_in_no_object(&day);
    day.world.is_in_order(&day.work);
}

#[test]
fn a_document_brings_no_secret_in_whichever_way_it_was_written() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    day.says("begin");
    let front = [
        format!("title: x {}", planted.at("a title")),
        format!("phase: {}", planted.at("a phase")),
        format!("objective: {}", planted.at("an objective")),
        format!("task: {}", planted.at("a task")),
        format!("template: {}", planted.at("the name of a template")),
        format!("custom: {}", planted.at("a key of one's own")),
        format!("{}: yes", planted.at("the name of a key")),
        format!("nested:\n  {}: 1", planted.at("the name of a nested key")),
        format!("list: [a, {{b: {}}}]", planted.at("a value in a list")),
        format!("password: {}", planted.named("a value by its name", ["Tr0ub4dor-", "3x9qZ"])),
        format!("n:\n  api_key: {}", planted.named("a nested one", ["9f8Kd02ms", "lQp3xZv77"])),
    ];
    let text = format!("---\n{}\n---\n# Body\n\n{}\n", front.join("\n"), planted.at("a body"));
    day.ckpt_with(&["save", "-F", "-"], &text);
    let entry =
        json!({ "type": "prose", "text": format!("b {}", planted.at("prose of an outline")) });
    let heading = format!("H {}", planted.at("a heading of an outline"));
    let outline = json!({
        "title": format!("t {}", planted.at("the title of an outline")),
        "sections": [{ "heading": heading, "level": 2, "role": "other", "entries": [entry] }],
    });
    day.ckpt_with(&["save", "--outline", "-"], &outline.to_string());
    let templates = day.work.join(".ckpt/templates");
    fs::create_dir_all(&templates).unwrap();
    let template = format!("# {{{{title}}}}\n\n## Setup\n\nuse {}\n", planted.at("a template"));
    fs::write(templates.join("mine.md"), template).unwrap();
    fs::write(day.work.join(".git/info/exclude"), ".ckpt\n").unwrap();
    day.says("more");
    day.ckpt(&["save", "-t", "mine"]);
    let mut session = fs::read_to_string(day.transcript()).unwrap();
    let summary = format!("About {}", planted.at("the title of a session"));
    session += &format!("{}\n", json!({ "type": "summary", "summary": summary, "leafUuid": "x" }));
    fs::write(day.transcript(), session).unwrap();
    day.ckpt(&["draft", "--save"]);
    planted.are_in_no_object(&day);
    day.ckpt(&["scan", "--all"]);
    day.world.is_in_order(&day.work);
}

/// The commit itself is git's; its checkpoint outlives it when it is amended.
#[test]
fn what_a_commit_and_a_branch_are_called_comes_into_no_checkpoint_with_its_secrets() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    let (subject, branch) = (planted.at("a subject"), planted.at("a branch"));
    day.world.git(&day.work, &["switch", "--quiet", "--create", &format!("try/{branch}")]);
    day.commit(&format!("use {subject}"));
    day.says("begin");
    day.ckpt(&["save", "-m", "# Plain"]);
    let shown = day.ckpt(&["show", "--json"]).out;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let anchors = shown["anchors"].to_string();
    assert!(!anchors.contains(&subject) && !anchors.contains(&branch), "{anchors}");
    assert_eq!(anchors.matches("[REDACTED:github-pat:").count(), 2, "{anchors}");
    day.world.git(&day.work, &["commit", "--quiet", "--amend", "--message", "said otherwise"]);
    day.ckpt(&["repair", "--yes"]);
    day.ckpt(&["show"]);
}

#[test]
fn one_that_was_stored_in_a_subject_is_found_and_taken_out() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    let subject = planted.at("a subject");
    fs::write(day.world.path("allowed"), &subject).unwrap();
    let allowed = day.world.path("allowed");
    day.world.git(&day.work, &["config", "ckpt.redact.allow", allowed.to_str().unwrap()]);
    day.commit(&format!("use {subject}"));
    day.says("begin");
    day.ckpt(&["save", "-m", "# Plain"]);
    day.world.git(&day.work, &["config", "--unset", "ckpt.redact.allow"]);
    let scanned = day.world.ckpt(&day.work, &["scan", "HEAD"]).fails(11, &[]);
    assert!(scanned.out.contains("document:"), "{}", scanned.out);
    day.ckpt(&["redact", "--yes", "HEAD"]);
    day.ckpt(&["scan", "HEAD"]);
}

#[test]
fn a_companion_file_whose_name_holds_a_secret_is_left_out_and_the_others_stay_readable() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    day.says("begin");
    day.companions("plain");
    let beside = day.transcript().with_extension("");
    let named = format!("tool-results/{}.txt", planted.at("the name of a companion"));
    fs::write(beside.join(&named), "output\n").unwrap();
    let said = day.ckpt(&["save", "-m", "# Files"]).err;
    assert!(said.contains("holds a secret"), "{said}");
    planted.are_in_no_object(&day);
    day.world.is_in_order(&day.work);
    let to = day.world.path("to");
    day.ckpt(&["restore", "--yes", "--to", to.to_str().unwrap()]);
    assert!(to.join("session/tool-results/toolu_03.txt").exists(), "{SESSION}");
}

#[test]
fn another_agent_that_writes_the_document_is_told_no_secret() {
    let (mut day, mut planted) = (Day::new(), Planted::new());
    let token = planted.at("a prompt");
    day.says(&format!("we use {token} from now on"));
    let prompt = day.ckpt(&["draft", "--prompt"]).out;
    assert!(prompt.contains("[REDACTED:github-pat:"), "{prompt}");
    let heard = day.world.path("heard");
    let agent = format!("tee '{}' >/dev/null; echo '# Written'", heard.display());
    day.ckpt(&["draft", "--print", "--with", &agent]);
    let heard = fs::read_to_string(heard).unwrap();
    assert!(heard.contains("[REDACTED:github-pat:") && !heard.contains(&token), "{heard}");
}
