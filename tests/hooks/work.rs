//! What a commit's hook takes along besides the session: notes, the task, attachments.

use crate::world::World;
use crate::{commit, commit_with, hooked, hooked_in_foreground, succeeds, titles};

fn write_down(world: &World) {
    succeeds(world.ckpt(&["note", "-k", "decision", "Dry beds only"]));
    succeeds(world.ckpt(&["task", "start", "Water", "-s", "open", "-s", "log"]));
    succeeds(world.ckpt(&["task", "done"]));
    world.write("out.csv", "1,2\n");
    succeeds(world.ckpt(&["attach", "out.csv"]));
}

#[test]
fn a_commit_takes_along_what_was_written_down() {
    let world = hooked_in_foreground();
    write_down(&world);
    let said = commit(&world);
    assert!(said.ends_with(" (8.7 KiB new), 1 note, 1 attachment, task 1 of 2 done\n"), "{said}");
    let shown = world.json(&["show", "--json"]);
    assert_eq!((&shown["task"], &shown["kind"]), (&"Water".into(), &"task".into()));
    assert!(shown["body"].as_str().unwrap().contains("## Decisions\n\n- ADOPTED: Dry beds only\n"));
    assert_eq!(world.ckpt(&["cat", "out.csv"]).stdout(), "1,2\n");
    let said = commit(&world);
    assert!(said.ends_with(" (0 bytes new), task 1 of 2 done\n"), "{said}");
}

#[test]
fn in_the_background_and_in_an_agents_shell_it_does_the_same() {
    let world = hooked();
    write_down(&world);
    let said = commit_with(&world, &[("CLAUDECODE", "1")]);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("the document is a draft"), "{said}");
    assert_eq!(titles(&world, "HEAD").len(), 1);
    assert_eq!(world.ckpt(&["cat", "out.csv"]).stdout(), "1,2\n");
    assert_eq!(world.ckpt(&["note", "--json"]).stdout(), "");
}

#[test]
fn a_commit_without_a_session_is_saved_where_something_was_written_down() {
    let world = World::new();
    succeeds(world.ckpt(&["init"]));
    world.git(&["config", "ckpt.background", "false"]);
    assert_eq!(commit(&world), "");
    succeeds(world.ckpt(&["note", "by hand"]));
    assert!(commit(&world).ends_with(", 1 note\n"));
    assert_eq!(commit(&world), "");
    assert_eq!(titles(&world, "HEAD~1"), ["Water the beds"]);
}

#[test]
fn a_prepared_document_counts_for_the_notes() {
    let world = hooked_in_foreground();
    succeeds(world.ckpt(&["note", "one"]));
    succeeds(world.ckpt(&["save", "--prepare", "-m", "# Mine"]));
    let said = commit(&world);
    assert!(said.ends_with(", 1 note\n"), "{said}");
    assert_eq!(world.json(&["show", "--json"])["body"], "# Mine\n");
}
