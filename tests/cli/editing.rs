//! Documents that are written in the editor: the budget, what cannot be used, and what is kept of it.

use std::fs;

use insta::assert_snapshot;

use crate::world::{Run, World, has_terminal};

const SAVE: &str = "git-ckpt save --no-session --edit";

/// An editor that does one script after the other, and keeps what it was shown.
fn editor(world: &World, scripts: &[&str]) {
    let mut program = String::from(
        "seen=\"$HOME/seen\"; n=$(ls \"$seen\" 2>/dev/null | wc -l); mkdir -p \"$seen\"; cp \"$1\" \"$seen/$n\"; case $n in\n",
    );
    for (place, script) in scripts.iter().enumerate() {
        program.push_str(&format!("{}) {script};;\n", place));
    }
    program.push_str("esac");
    world.program("my-editor", &program);
    world.git(&["config", "core.editor", "my-editor"]);
}

fn seen(world: &World, number: usize) -> String {
    fs::read_to_string(world.home().join("seen").join(number.to_string())).unwrap()
}

fn times(world: &World) -> usize {
    fs::read_dir(world.home().join("seen")).unwrap().count()
}

fn body(world: &World) -> String {
    world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned()
}

const OVER: &str = r#"printf -- '---\nbudget: 20\n---\n# Beds\n\n## Notes\n\nA long story of how it came about that the beds by the wall were never dry in spring.\n\n- shut, and must stay shut\n' > "$1""#;

fn at_terminal(world: &World, typed: &str) -> Run {
    world.on_terminal(SAVE, typed, &[])
}

#[test]
fn what_is_over_the_budget_is_opened_once_more_for_each_change() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    editor(&world, &[OVER, r#"sed -i 's/long story/tale/' "$1""#, "true", "true"]);
    let run = at_terminal(&world, "");
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(times(&world), 3, "{run}");
    assert_snapshot!(seen(&world, 1), @"
    ---
    budget: 20
    ---
    <!-- git ckpt: 34 tokens, 14 more than the budget of 20. Most of it: `## Notes` (31), `(top)` (3).
    Could go: “A long story of how it came about that the beds b…” (explanation, 20 tokens)
    Left unchanged now, it is saved as it is. Never opened again: git config ckpt.reopen false -->
    # Beds

    ## Notes

    A long story of how it came about that the beds by the wall were never dry in spring.

    - shut, and must stay shut

    <!-- git ckpt: Say what the next person, or the next session, has to know: decisions and why, what was
    ruled out, what is done, the next action, files in play. Keep it short; the conversation itself is
    saved beside it. The draft above has 34 of 20 tokens. Front matter (title, status, phase) may stand on top
    between two lines of `---`. This comment is not saved; left unchanged or empty, nothing is. -->
    ");
    assert!(seen(&world, 2).contains("A tale of how"));
    assert!(body(&world).contains("A tale of how") && !body(&world).contains("<!--"));
    // Each opening tells what is true then, and only that.
    assert_eq!(seen(&world, 2).matches("<!-- git ckpt:").count(), 2);
}

#[test]
fn what_fits_after_all_is_not_opened_again() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    editor(&world, &[OVER, r#"sed -i '/long story/d' "$1""#, "false"]);
    assert_eq!(at_terminal(&world, "").code, 0);
    assert_eq!((times(&world), body(&world).contains("story")), (2, false));
}

#[test]
fn what_is_emptied_when_it_is_opened_again_is_not_saved_and_not_lost() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    editor(&world, &[OVER, r#": > "$1""#]);
    let run = at_terminal(&world, "");
    assert_eq!((run.code, times(&world)), (8, 2), "{run}");
    let kept = fs::read_to_string(world.repo().join(".git/ckpt/CHECKPOINT_EDITMSG.md")).unwrap();
    assert!(kept.contains("long story") && !kept.contains("<!--"), "{kept}");
}

#[test]
fn nothing_is_opened_again_where_nobody_is_or_nobody_wants_it() {
    let world = World::new();
    editor(&world, &[OVER]);
    assert_eq!(world.ckpt(&["save", "--no-session", "--edit"]).code, 0);
    assert_eq!(times(&world), 1);
    if has_terminal() {
        let world = World::new();
        world.git(&["config", "ckpt.reopen", "false"]);
        editor(&world, &[OVER]);
        assert_eq!(at_terminal(&world, "").code, 0);
        assert_eq!(times(&world), 1);
    }
}

const BROKEN: &str = r#"printf -- '---\nstatus: nope\n---\n# Beds\n\nShut at night.\n' > "$1""#;

#[test]
fn what_cannot_be_used_is_kept_in_a_file_of_its_own() {
    let world = World::new();
    editor(&world, &[BROKEN, BROKEN, "true"]);
    let edit = ["save", "--no-session", "--edit"];
    assert_snapshot!(world.ckpt(&edit), @"
    --- stderr
    error: what was written cannot be used, so nothing was saved
    caused by: the front matter is not valid: unknown variant `nope`, expected one of in_progress, completed, blocked at line 2, column 9
    hint: it is kept in `[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md`; mend it there, then save it: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md'
    --- exit 8
    ");
    let second = world.ckpt(&edit);
    assert!(second.stderr().contains("CHECKPOINT_RECOVERED-2.md"), "{second}");
    assert_eq!(world.ckpt(&edit).code, 8);
    assert_eq!(world.ckpt(&["show"]).code, 3);
    let kept = world.repo().join(".git/ckpt/CHECKPOINT_RECOVERED.md");
    let text = fs::read_to_string(&kept).unwrap();
    assert_eq!(text, "---\nstatus: nope\n---\n# Beds\n\nShut at night.\n");
    fs::write(&kept, text.replace("nope", "completed")).unwrap();
    assert_eq!(world.ckpt(&["save", "--no-session", "-F", kept.to_str().unwrap()]).code, 0);
    assert_eq!(body(&world), "# Beds\n\nShut at night.\n");
    assert!(!kept.exists(), "what was saved waits no longer");
    let other = kept.with_file_name("CHECKPOINT_RECOVERED-2.md");
    assert!(other.exists(), "what was not saved stays");
    fs::copy(&other, world.repo().join("copy.md")).unwrap();
    assert_eq!(world.ckpt(&["save", "--no-session", "-F", "copy.md"]).code, 8);
    world.write("own.md", "# Own\n");
    assert_eq!(world.ckpt(&["save", "--no-session", "-F", "own.md"]).code, 0);
    assert!(world.repo().join("own.md").exists(), "a file of the person's own is left alone");
}

#[test]
fn what_cannot_be_used_is_opened_again_after_a_yes() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    editor(&world, &[BROKEN, r#"sed -i 's/nope/blocked/' "$1""#]);
    let run = at_terminal(&world, "y\n");
    assert!(run.stdout().contains("at line 2, column 9; open it again? [y/N]"), "{run}");
    assert_eq!((run.code, times(&world)), (0, 2), "{run}");
    assert!(
        seen(&world, 1).contains(
            "This cannot be saved: the front matter is not valid: unknown variant `nope`"
        )
    );
    assert_eq!(world.json(&["show", "--json"])["status"], "blocked");
    assert!(!world.repo().join(".git/ckpt/CHECKPOINT_RECOVERED.md").exists());
    for scripts in [&[BROKEN][..], &[BROKEN, "true"]] {
        let world = World::new();
        editor(&world, scripts);
        let run = at_terminal(&world, if scripts.len() == 1 { "n\n" } else { "y\n" });
        assert_eq!((run.code, times(&world)), (8, scripts.len()), "{run}");
        assert!(world.repo().join(".git/ckpt/CHECKPOINT_RECOVERED.md").exists());
    }
}

#[test]
fn bytes_that_are_no_text_are_kept_as_they_are() {
    let world = World::new();
    editor(&world, &[r#"printf 'caf\351\n' > "$1""#, r#"printf 'caf\351\n' > "$1"; exit 3"#]);
    let edit = ["save", "--no-session", "--edit"];
    assert_snapshot!(world.ckpt(&edit), @"
    --- stderr
    error: what was written cannot be used, so nothing was saved
    caused by: the document is not UTF-8: byte 3 is not valid
    hint: it is kept in `[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md`; mend it there, then save it: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md'
    --- exit 8
    ");
    let kept = |name: &str| fs::read(world.repo().join(".git/ckpt").join(name)).unwrap();
    assert_eq!(kept("CHECKPOINT_RECOVERED.md"), b"caf\xe9\n");
    assert_eq!(world.ckpt(&edit).code, 1);
    assert_eq!(kept("CHECKPOINT_EDITMSG.md"), b"caf\xe9\n");
}

#[test]
fn what_an_editor_does_to_ends_of_lines_by_itself_is_no_change() {
    for script in [
        r#"echo >> "$1""#,
        r#"sed -i 's/$/  /' "$1""#,
        r#"sed -i 's/$/\r/' "$1""#,
        r#"printf '%s' "$(cat "$1")" > "$1.new"; mv "$1.new" "$1""#,
        r#"rm "$1""#,
    ] {
        let world = World::with_session();
        editor(&world, &[script]);
        let run = world.ckpt(&["save", "--edit"]);
        assert_eq!(run.code, 8, "{script}: {run}");
        assert!(run.stderr().contains("left empty or as it was, so nothing was saved"), "{run}");
        assert_eq!(world.ckpt(&["show"]).code, 3);
        let kept =
            fs::read_to_string(world.repo().join(".git/ckpt/CHECKPOINT_EDITMSG.md")).unwrap();
        assert!(kept.contains("Water only dry beds"), "{kept}");
    }
}

#[test]
fn an_editor_that_takes_the_file_away_and_fails_is_told_as_one_that_fails() {
    let world = World::with_session();
    editor(&world, &[r#"rm "$1"; exit 3"#]);
    let run = world.ckpt(&["save", "--edit"]);
    assert!(run.code == 1 && run.stderr().starts_with("error: the editor failed"), "{run}");
    assert!(world.repo().join(".git/ckpt/CHECKPOINT_EDITMSG.md").exists());
}

#[test]
fn a_document_that_is_all_advice_of_a_template_is_empty() {
    let world = World::new();
    let run = world.call(&["save", "-F", "-"]).input("<!-- ckpt: say why -->\n").run();
    assert!(run.code == 8 && run.stderr().starts_with("error: the document is empty"), "{run}");
}

#[test]
fn line_ends_of_another_system_stay() {
    let world = World::new();
    editor(
        &world,
        &[r#"printf -- '---\r\nstatus: blocked\r\n---\r\n# Beds\r\n\r\nShut.\r\n' > "$1""#],
    );
    let run = world.ckpt(&["save", "--no-session", "--edit"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(world.json(&["show", "--json"])["status"], "blocked");
    assert!(body(&world).starts_with("# Beds\r\n\r\nShut."), "{:?}", body(&world));
}
