//! Bundles: there, over to another clone, and back again.

use std::fs;

use insta::assert_snapshot;

use crate::world::World;
use crate::{clone_of, exported, read, state, text};

#[test]
fn a_mailed_checkpoint_is_shown_and_restored_in_another_clone() {
    let world = World::new();
    world.claude().with_companions().write();
    let id = world.save(&["-m", "# Dry beds only"]);
    let bundle = exported(&world, &[]);
    let other = clone_of(&world);
    assert_snapshot!(other.ckpt(&["import", "--yes", text(&bundle)]).to_string().replace(text(&bundle), "[FILE]"), @"
    --- stderr
    import from writer ada-0000001, every hash checked
    checkpoint ebe1a6fac8  Dry beds only
      commit    f2b6f3f4a7 Read the soil sensor
      saved     59 minutes ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      holds     4 files, 9.6 KiB
      as        refs/notes/ckpt-remote/import/ada-0000001
    imported 1 checkpoint; look at it with: git ckpt show ebe1a6fac8
    ");
    let shown = other.json(&["show", "--json"]);
    assert_eq!(
        (&shown["checkpoint"], &shown["writer"]),
        (&id.into(), &"import/ada-0000001".into())
    );
    assert_eq!(other.ckpt(&["verify"]).code, 0);
    assert_eq!(other.ckpt(&["restore", "--yes"]).code, 0);
    assert_eq!(read(&other.claude().path()), read(&world.claude().path()));
    let companion = "subagents/agent-a1b2c3d4.jsonl";
    let of = |world: &World| world.claude().path().with_extension("").join(companion);
    assert_eq!(read(&of(&other)), read(&of(&world)));
    assert_eq!(other.git(&["for-each-ref", "refs/notes/ckpt", "refs/notes/ckpt-log"]), "");
}

#[test]
fn a_yes_is_needed_and_without_one_nothing_is_written() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    let other = clone_of(&world);
    let before = state(&other);
    assert_snapshot!(other.ckpt(&["import", text(&bundle)]), @"
    --- stderr
    import from writer ada-0000001, every hash checked
    checkpoint 190128a207  x
      commit    f2b6f3f4a7 Read the soil sensor
      saved     1 hour ago by Ada Lovelace <ada@example.com>
      session   Claude Code 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b, 2 turns, 18.3k tokens
      holds     1 file, 8.7 KiB
      as        refs/notes/ckpt-remote/import/ada-0000001
    error: importing needs a yes, and there is no terminal to ask on
    hint: look at what is inside, as shown above, then run the same command with `--yes`
    --- exit 4
    ");
    assert_eq!(state(&other), before);
}

#[test]
fn the_same_bundle_again_changes_nothing() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    assert_eq!(read(&bundle), read(&exported(&world, &[])), "the same bytes every time");
    let other = clone_of(&world);
    other.ckpt(&["import", "--yes", text(&bundle)]);
    let before = state(&other);
    let run = other.ckpt(&["import", text(&bundle)]);
    assert!(run.code == 0 && run.stderr().contains("it was here already"), "{run}");
    assert_eq!(state(&other), before);
}

#[test]
fn a_later_state_of_the_session_joins_the_earlier() {
    let world = World::with_session();
    world.save(&["-m", "# Early"]);
    let early = read(&world.claude().path());
    let first = read(&exported(&world, &[]));
    world.commit("Next");
    world.claude().says("More?", "More.").write();
    world.save(&["-m", "# Late"]);
    let late = read(&world.claude().path());
    let second = read(&exported(&world, &[]));
    for order in [[&first, &second], [&second, &first]] {
        let other = clone_of(&world);
        for bundle in order {
            let run = other.call(&["import", "--yes", "-"]).input(bundle.clone()).run();
            assert_eq!(run.code, 0, "{run}");
        }
        assert_eq!(other.ckpt(&["verify"]).code, 0);
        assert_eq!(other.ckpt(&["restore", "--yes", "HEAD~1"]).code, 0);
        assert_eq!(read(&other.claude().path()), early);
        assert_eq!(other.ckpt(&["restore", "--yes", "HEAD"]).code, 0);
        assert_eq!(read(&other.claude().path()), late);
    }
}

#[test]
fn only_what_the_checkpoint_needs_is_in_the_file() {
    let world = World::with_session();
    world.save(&["-m", "# Early"]);
    let alone = read(&exported(&world, &[])).len();
    world.commit("Next");
    world.claude().says("More?", &"More. ".repeat(2000)).write();
    world.save(&["-m", "# Late"]);
    world.claude().id("aaaa0000-0000-4000-8000-000000000000").write();
    world.save(&["-m", "# Another", "--session", "aaaa0000-0000-4000-8000-000000000000"]);
    assert_eq!(read(&exported(&world, &["HEAD~1"])).len(), alone);
}

#[test]
fn a_document_without_a_session_travels_too() {
    let world = World::new();
    world.save(&["--no-session", "-m", "# Plan"]);
    let other = clone_of(&world);
    other.ckpt(&["import", "--yes", text(&exported(&world, &[]))]);
    assert_eq!(other.json(&["show", "--json"])["title"], "Plan");
}

#[test]
fn an_imported_checkpoint_is_handed_on_as_the_same_file() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    let other = clone_of(&world);
    other.ckpt(&["import", "--yes", text(&bundle)]);
    assert_eq!(read(&exported(&other, &[])), read(&bundle));
}

#[test]
fn a_commit_that_is_not_here_is_said_and_tied_all_the_same() {
    let world = World::with_session();
    let id = world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    let other = World::unborn();
    other.commit("Another repository");
    let run = other.ckpt(&["import", "--yes", text(&bundle)]);
    assert!(run.stderr().contains("which is not in this repository"), "{run}");
    assert_eq!(other.json(&["show", "--json", &id])["checkpoint"], id.as_str());
}

#[test]
fn another_writer_under_the_same_name_is_not_mixed_in() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    let twin = World::new();
    twin.claude().blank().says("Something else", "Yes.").write();
    twin.save(&["-m", "x"]);
    let other = clone_of(&world);
    other.ckpt(&["import", "--yes", text(&bundle)]);
    let before = other.git(&["for-each-ref"]);
    let run = other.ckpt(&["import", "--yes", text(&exported(&twin, &[]))]);
    assert!(
        run.code == 4 && run.stderr().contains("differs from the one that was imported"),
        "{run}"
    );
    assert_eq!(other.git(&["for-each-ref"]), before);
}

#[test]
fn a_bundle_does_not_go_to_a_terminal_but_into_a_pipe() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let piped = world.ckpt(&["export"]);
    assert_eq!(piped.output.stdout, read(&exported(&world, &[])));
    let call = world.call_program("script", &["-qec", "git-ckpt export", "/dev/null"]);
    let run = call.env("SHELL", "/bin/sh").env("TERM", "dumb").input("").run();
    assert!(run.code == 2 && run.stdout().contains("standard output is a terminal"), "{run}");
}

#[test]
fn a_bundle_is_opened_with_tar_as_the_format_says() {
    const FORMAT: &str = include_str!("../../docs/FORMAT.md");
    let (_, script) = FORMAT.split_once("```sh open-bundle\n").unwrap();
    let script = script.split_once("```").unwrap().0;
    let world = World::new();
    world.claude().with_companions().write();
    world.save(&["-m", "# Dry beds only"]);
    exported(&world, &[]);
    let call = world.call_program("sh", &["-ec", script]).directory(&world.home());
    let run = call.run();
    assert!(run.code == 0 && run.stdout().contains("OK"), "{run}");
    let id = world.json(&["show", "--json"])["checkpoint"].as_str().unwrap().to_owned();
    let document = fs::read(world.home().join(format!("checkpoints/{id}.md"))).unwrap();
    assert_eq!(document, world.ckpt(&["show", "--raw"]).output.stdout);
}

#[test]
fn other_kinds_of_repositories_work_as_well() {
    for options in [["--object-format=sha256"], ["--ref-format=reftable"]] {
        let world = World::with_session();
        fs::remove_dir_all(world.repo().join(".git")).unwrap();
        world.git(&["init", "--quiet", options[0]]);
        world.commit("First");
        world.save(&["-m", "x"]);
        let bundle = exported(&world, &[]);
        let saved = read(&world.claude().path());
        world.git(&["update-ref", "--no-deref", "refs/heads/keep", "HEAD"]);
        for prefix in ["refs/notes/ckpt/", "refs/notes/ckpt-log/"] {
            for name in world.git(&["for-each-ref", "--format=%(refname)", prefix]).lines() {
                world.git(&["update-ref", "-d", name]);
            }
        }
        fs::remove_file(world.claude().path()).unwrap();
        let run = world.ckpt(&["import", "--yes", text(&bundle)]);
        assert_eq!(run.code, 0, "{options:?}: {run}");
        assert_eq!(world.ckpt(&["restore", "--yes"]).code, 0);
        assert_eq!(read(&world.claude().path()), saved);
        if options[0].contains("sha256") {
            let run = World::new().ckpt(&["import", "--yes", text(&bundle)]);
            assert!(run.code == 4 && run.stderr().contains("other object ids"), "{run}");
        }
    }
}

#[test]
fn a_transcript_comes_out_byte_for_byte_alone_or_with_its_companions() {
    let world = World::new();
    world.claude().with_companions().write();
    world.save(&["-m", "x"]);
    let run = world.ckpt(&["export", "--format", "transcript"]);
    assert_eq!(run.output.stdout, read(&world.claude().path()));
    let to = world.home().join("out");
    let run = world.ckpt(&["export", "--format", "transcript", "--to", text(&to)]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(read(&to.join("transcript.jsonl")), read(&world.claude().path()));
    assert!(to.join("session/subagents/agent-a1b2c3d4.jsonl").is_file());
    assert_eq!(world.ckpt(&["export", "--to", "x"]).code, 2);
}

#[test]
fn attachments_travel_in_a_bundle() {
    let world = World::with_session();
    world.write("out.csv", "bed,litres\n1,3\n");
    world.ckpt(&["attach", "out.csv", "--as", "results/out.csv"]);
    world.save(&["-m", "x"]);
    let bundle = exported(&world, &[]);
    let other = clone_of(&world);
    let run = other.ckpt(&["import", "--yes", text(&bundle)]);
    assert!(run.stderr().contains("attached  results/out.csv, 15 bytes"), "{run}");
    assert!(run.stderr().contains("holds     2 files"), "{run}");
    assert_eq!(other.ckpt(&["cat", "results/out.csv"]).stdout(), "bed,litres\n1,3\n");
    assert_eq!(other.ckpt(&["verify"]).code, 0);
    // And once more, out of what was imported.
    let again = exported(&other, &[]);
    let third = clone_of(&world);
    assert_eq!(third.ckpt(&["import", "--yes", text(&again)]).code, 0);
    assert_eq!(third.ckpt(&["cat", "results/out.csv"]).stdout(), "bed,litres\n1,3\n");
}
