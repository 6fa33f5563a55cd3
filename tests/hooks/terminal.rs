//! What a person at a terminal is asked. `script` lends one.

use crate::world::{Run, World, has_terminal};
use crate::{commit, hooked_in_foreground, succeeds, titles};

fn on_terminal(world: &World, line: &str, typed: &str, environment: &[(&str, &str)]) -> Run {
    succeeds(world.on_terminal(line, typed, environment))
}

const COMMIT: &str = "git commit --quiet --allow-empty -m 'Water the beds'";

fn asking(prompt: &str) -> World {
    let world = hooked_in_foreground();
    world.git(&["config", "ckpt.prompt", prompt]);
    world
}

fn body(world: &World) -> String {
    world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned()
}

#[test]
fn a_line_is_the_next_action() {
    if !has_terminal() {
        return;
    }
    let world = asking("line");
    let run = on_terminal(&world, COMMIT, "mend the valve\n", &[]);
    assert!(run.stdout().contains("ckpt: next action"), "{run}");
    assert!(body(&world).ends_with("## Next action\n\nmend the valve\n"), "{}", body(&world));
    on_terminal(&world, COMMIT, "\n", &[]);
    assert_eq!(world.json(&["show", "--json"])["draft"], true);
}

#[test]
fn the_editor_opens_with_the_template_though_git_opened_none() {
    if !has_terminal() {
        return;
    }
    let world = asking("editor");
    world.program(
        "my-editor",
        "grep -q 'git ckpt:' \"$1\" && read -r line && echo \"# $line\" >\"$1\"",
    );
    world.git(&["config", "core.editor", "my-editor"]);
    on_terminal(&world, COMMIT, "By hand\n", &[]);
    assert_eq!(titles(&world, "HEAD"), ["By hand"]);
}

#[test]
fn an_editor_left_empty_or_as_it_was_or_broken_saves_the_snapshot() {
    if !has_terminal() {
        return;
    }
    for editor in [": >\"$1\"", "exit 0", "exit 1"] {
        let world = asking("editor");
        world.program("my-editor", editor);
        let run = on_terminal(&world, COMMIT, "", &[("VISUAL", "my-editor")]);
        assert!(run.stdout().contains("ckpt: saved "), "{run}");
        assert_eq!(world.json(&["show", "--json"])["draft"], true, "{editor}");
    }
}

#[test]
fn nobody_is_asked_without_a_terminal_or_in_an_agents_shell_or_in_the_middle_of_something() {
    for prompt in ["line", "editor"] {
        let world = asking(prompt);
        world.program("my-editor", "echo edited >\"$1\"; touch \"$HOME/asked\"");
        world.git(&["config", "core.editor", "my-editor"]);
        assert!(commit(&world).starts_with("ckpt: saved "));
        if has_terminal() {
            let run = on_terminal(&world, COMMIT, "", &[("CLAUDECODE", "1")]);
            assert!(!run.stdout().contains("next action ("), "{run}");
            assert!(run.stdout().contains("git ckpt save -F -"), "{run}");
            let rebase = "git rebase --quiet --force-rebase --root";
            let told = on_terminal(&world, rebase, "", &[]).to_string();
            assert_eq!(told, "ckpt: 2 checkpoints carried over\r\n");
            // A pick in the middle of a series.
            world.write(".git/sequencer/todo", "pick 0123456 x\n");
            let run = on_terminal(&world, COMMIT, "", &[]);
            assert!(!run.stdout().contains("next action"), "{run}");
        }
        assert!(!world.home().join("asked").exists(), "{prompt}");
    }
}

#[test]
fn a_prepared_document_is_not_asked_for_again() {
    if !has_terminal() {
        return;
    }
    let world = asking("line");
    succeeds(world.ckpt(&["save", "--prepare", "-m", "# Prepared"]));
    let run = on_terminal(&world, COMMIT, "", &[]);
    assert!(!run.stdout().contains("next action"), "{run}");
    assert_eq!(titles(&world, "HEAD"), ["Prepared"]);
}

#[test]
fn init_asks_when_checkpoints_are_sent_and_once() {
    if !has_terminal() {
        return;
    }
    for (typed, chosen) in [("\n", "manual"), ("what\nauto\n", "auto"), ("n\n", "never")] {
        let world = World::new();
        world.git(&["remote", "add", "origin", "https://github.com/ada/garden"]);
        let run = on_terminal(&world, "git ckpt init", typed, &[]);
        let (warned, asked) =
            (run.stdout().find("whole transcripts"), run.stdout().find("auto, manual"));
        assert!(warned.is_some() && warned < asked, "{run}");
        assert_eq!(world.git(&["config", "--local", "ckpt.push"]).trim_end(), chosen);
        let run = on_terminal(&world, "git ckpt init", "", &[]);
        assert!(!run.stdout().contains("auto, manual"), "{run}");
    }
}
