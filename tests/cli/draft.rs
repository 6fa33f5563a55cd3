//! `git ckpt draft`: what becomes of a draft, what is remembered of it, and who else may write it.

use std::fs;

use serde_json::json;

use crate::sessions_of::append;
use crate::world::{World, has_terminal};

/// An editor that runs a script over the file.
fn editor(world: &World, script: &str) -> String {
    world.program("edit-draft", script);
    "edit-draft".to_owned()
}

fn edited(world: &World, script: &str, arguments: &[&str]) -> crate::world::Run {
    let editor = editor(world, script);
    world.call(arguments).env("GIT_EDITOR", &editor).run()
}

fn printed(world: &World) -> String {
    let run = world.ckpt(&["draft", "--print"]);
    assert_eq!(run.code, 0, "{run}");
    run.stdout()
}

#[test]
fn without_a_terminal_the_draft_is_printed_and_nothing_is_kept() {
    let world = World::with_session();
    let run = world.ckpt(&["draft"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout()
            .starts_with("---\ntemplate: checkpoint\nbudget: 500\n---\n# Water only dry beds\n"),
        "{run}"
    );
    assert!(!world.repo().join(".git/ckpt/PREPARED.md").exists());
}

#[test]
fn what_is_left_in_the_editor_is_the_document_of_the_next_commit() {
    let world = World::with_session();
    let run = edited(&world, "sed -i 's/^# .*/# Written by hand/' \"$1\"", &["draft", "--edit"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout().starts_with("the next commit of this worktree is saved with this document:"),
        "{run}"
    );
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/PREPARED.md")).unwrap();
    assert!(kept.contains("# Written by hand") && !kept.contains("<!-- "), "{kept}");
}

#[test]
fn a_draft_is_saved_at_once_with_save() {
    let world = World::with_session();
    let run = world.ckpt(&["draft", "--save"]);
    assert_eq!(run.code, 0, "{run}");
    let shown = world.ckpt(&["show", "--raw"]).stdout();
    assert!(shown.contains("Water the beds only when the soil is dry."), "{shown}");
}

#[test]
fn an_editor_that_leaves_the_draft_as_it_is_keeps_nothing_and_names_the_file() {
    let world = World::with_session();
    let run = edited(&world, "true", &["draft", "--edit"]);
    assert_eq!(run.code, 8, "{run}");
    assert!(run.stderr().contains("CHECKPOINT_EDITMSG.md"), "{run}");
    assert!(!world.repo().join(".git/ckpt/PREPARED.md").exists());
    let draft = fs::read_to_string(world.repo().join(".git/ckpt/CHECKPOINT_EDITMSG.md")).unwrap();
    assert!(draft.contains("Water only dry beds"), "{draft}");
}

#[test]
fn an_editor_that_fails_keeps_nothing_and_names_the_file() {
    let world = World::with_session();
    let run = edited(&world, "echo '- mine' >> \"$1\"; exit 3", &["draft", "--edit"]);
    assert_ne!(run.code, 0, "{run}");
    assert!(run.stderr().contains("CHECKPOINT_EDITMSG.md"), "{run}");
    assert!(!world.repo().join(".git/ckpt/PREPARED.md").exists());
    let draft = fs::read_to_string(world.repo().join(".git/ckpt/CHECKPOINT_EDITMSG.md")).unwrap();
    assert!(draft.contains("- mine"), "{draft}");
}

#[test]
fn what_was_cut_stays_cut_until_it_is_forgotten() {
    let world = World::with_session();
    assert!(printed(&world).contains("2. Log every watering\n"));
    let cut = "sed -i '/Log every watering/d; s/Water only dry beds/& now/' \"$1\"";
    assert_eq!(edited(&world, cut, &["draft", "--edit"]).code, 0);
    let later = printed(&world);
    assert!(!later.contains("Log every watering"), "{later}");
    assert!(later.contains("Water the beds only when the soil is dry."), "{later}");
    // The draft that a save makes by itself leaves it out too.
    world.save(&[]);
    let shown = world.ckpt(&["show", "--raw"]).stdout();
    assert!(!shown.contains("Log every watering"), "{shown}");
    assert_eq!(world.ckpt(&["draft", "--forget-cuts"]).code, 0);
    assert!(printed(&world).contains("Log every watering"));
}

#[test]
fn sources_are_shown_and_never_saved() {
    let world = World::with_session();
    let run = world.ckpt(&["draft", "--print", "--sources"]);
    assert!(run.stdout().contains("<!-- ckpt: from turn 1, you -->"), "{run}");
    let run = edited(
        &world,
        "grep -q 'from turn 1, you' \"$1\" && echo '- more' >> \"$1\"",
        &["draft", "--edit", "--sources"],
    );
    assert_eq!(run.code, 0, "{run}");
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/PREPARED.md")).unwrap();
    assert!(kept.contains("- more") && !kept.contains("from turn"), "{kept}");
    assert!(kept.lines().all(|line| line == line.trim_end()), "{kept:?}");
}

#[test]
fn json_tells_each_line_with_its_source() {
    let world = World::with_session();
    let told = world.json(&["draft", "--json"]);
    assert_eq!(told["template"], "checkpoint");
    let entries = told["entries"].as_array().unwrap();
    let goal = entries.iter().find(|entry| entry["slot"] == "goal").unwrap();
    assert_eq!(goal["source"], json!({ "kind": "said", "turn": 1, "speaker": "person" }));
    assert_eq!(goal["from"], "turn 1, you");
    assert!(told["document"].as_str().unwrap().contains(goal["text"].as_str().unwrap()));
}

#[test]
fn what_an_earlier_checkpoint_told_comes_after_what_is_new() {
    let world = World::new();
    let path = world.claude().write();
    world.save(&[]);
    for turn in 0..12 {
        let words = format!(
            "Always keep rule number {turn} of the irrigation plan in mind, whatever the weather of the day says about it"
        );
        let row = json!({
            "type": "user", "uuid": format!("n{turn}"), "isSidechain": false, "cwd": "/home/ada/garden",
            "timestamp": format!("2026-03-02T08:{}:00.000Z", 47 + turn), "message": { "role": "user", "content": words },
        });
        append(&world, &path, &row.to_string());
    }
    let told = world.json(&["draft", "--json"]);
    assert_eq!(told["since"], "2026-03-02T08:46:30Z");
    assert!(told["tokens"].as_u64().unwrap() <= 520, "{told}");
    let whole = world.json(&["draft", "--json", "--since", "HEAD"]);
    assert_ne!(whole["since"], told["since"]);
}

#[test]
fn the_prompt_holds_the_sections_the_rules_and_the_material_between_markers() {
    let world = World::with_session();
    let run = world.ckpt(&["draft", "--prompt"]);
    let text = run.stdout();
    for piece in [
        "At most 500 tokens",
        "## Next steps",
        "never make one up",
        "<session-material>\n",
        "Log every watering",
        "from turn 1, you",
    ] {
        assert!(text.contains(piece), "{piece}: {run}");
    }
}

#[test]
fn an_agent_of_ones_own_writes_the_document() {
    let world = World::with_session();
    world.program(
        "scribe",
        "cat > \"$HOME/asked\"; echo \"skip=$GIT_CKPT_SKIP in=$CLAUDECODE\" > \"$HOME/seen\"; printf 'Sure:\\n\\n```markdown\\n# By the scribe\\n\\n## Next steps\\n\\n1. rest\\n```\\n'",
    );
    let run = world.call(&["draft", "--with", "scribe", "--prepare"]).env("CLAUDECODE", "1").run();
    assert_eq!(run.code, 0, "{run}");
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/PREPARED.md")).unwrap();
    assert_eq!(kept, "# By the scribe\n\n## Next steps\n\n1. rest\n");
    // What it wrote is looked through, so that it can be asked again.
    let warned = "warning: line 5: this step names nothing to start with: rest [vague-next-step]";
    assert!(run.stderr().contains(warned), "{run}");
    let seen = fs::read_to_string(world.home().join("seen")).unwrap();
    assert_eq!(seen, "skip=1 in=\n");
    assert!(fs::read_to_string(world.home().join("asked")).unwrap().contains("<session-material>"));
}

#[test]
fn what_an_agent_wrote_and_nothing_can_read_is_kept_and_named() {
    let world = World::with_session();
    world.program(
        "scribe",
        "cat > /dev/null; printf -- '---\\nstatus: nope\\n---\\n# Minutes of work\\n'",
    );
    for (fate, file) in [("--prepare", "RECOVERED.md"), ("--save", "RECOVERED-2.md")] {
        let run = world.ckpt(&["draft", "--with", "scribe", fate]);
        assert_eq!(run.code, 8, "{run}");
        assert!(
            run.stderr().contains("warning: not looked through: the front matter is not"),
            "{run}"
        );
        let kept = world.repo().join(".git/ckpt").join(format!("CHECKPOINT_{file}"));
        assert!(run.stderr().contains(&world.neutral(kept.to_str().unwrap())), "{run}");
        assert!(fs::read_to_string(kept).unwrap().contains("# Minutes of work"));
    }
    assert_eq!(world.ckpt(&["show"]).code, 3);
    let printed = world.ckpt(&["draft", "--with", "scribe", "--print"]);
    assert!(printed.code == 0 && printed.stdout().contains("# Minutes of work"), "{printed}");
}

#[test]
fn agents_that_are_known_run_outside_the_repository() {
    let world = World::with_session();
    for agent in ["claude", "codex", "gemini"] {
        world.program(
            agent,
            "cat > /dev/null; pwd > \"$HOME/where\"; echo \"# $(basename \"$0\") $*\"",
        );
        let run = world.ckpt(&["draft", "--with", agent, "--print"]);
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stdout().starts_with(&format!("# {agent} ")), "{run}");
        let place = fs::read_to_string(world.home().join("where")).unwrap();
        assert!(!place.starts_with(world.repo().to_str().unwrap()), "{place}");
    }
}

#[test]
fn an_agent_that_is_not_there_fails_or_says_nothing_is_an_error_that_names_it() {
    let world = World::with_session();
    let cases = [
        ("gemini", 1, "there is no program `gemini` here"),
        ("echo '# half' && exit 4", 1, "ended with exit status: 4"),
        ("true", 1, "ended without an answer"),
        ("no-such-program-at-all", 1, "ended without an answer"),
        ("exec sleep 60", 1, "was given up after 1 s"),
    ];
    for (with, code, words) in cases {
        let run = world
            .call(&["draft", "--with", with, "--timeout", "1", "--prepare"])
            .env("PATH", "/usr/bin:/bin")
            .run();
        assert_eq!(run.code, code, "{run}");
        assert!(run.stderr().contains(words), "{run}");
        assert!(
            run.stderr().contains("git ckpt draft --prompt") || words.contains("exit status"),
            "{run}"
        );
        assert!(!world.repo().join(".git/ckpt/PREPARED.md").exists());
    }
}

#[test]
fn at_a_terminal_the_draft_opens_in_the_editor() {
    if !has_terminal() {
        return;
    }
    let world = World::with_session();
    let editor = editor(&world, "echo '- by hand' >> \"$1\"");
    let run = world.on_terminal("git-ckpt draft", "", &[("GIT_EDITOR", &editor)]);
    assert_eq!(run.code, 0, "{run}");
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/PREPARED.md")).unwrap();
    assert!(kept.contains("- by hand"), "{kept}");
}
