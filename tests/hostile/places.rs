//! Things that are no files, where files are looked for or put.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use crate::attacker::{pipe, refuses, run};
use crate::sessions_of::CLAUDE_ID;
use crate::world::World;

/// Puts something at a path that is no file.
type Puts = fn(&World, &Path);

fn device(_: &World, path: &Path) {
    symlink("/dev/zero", path).unwrap();
}

fn link_to_a_pipe(world: &World, path: &Path) {
    let far = world.home().join("far");
    if !far.exists() {
        pipe(world, &far);
    }
    symlink(far, path).unwrap();
}

fn directory(_: &World, path: &Path) {
    fs::create_dir(path).unwrap();
}

fn socket(_: &World, path: &Path) {
    // A socket's path has to be short.
    let near = std::env::temp_dir().join(format!("ckpt-{}", std::process::id()));
    drop(UnixListener::bind(&near).unwrap());
    fs::rename(near, path).unwrap();
}

const NO_FILES: &[Puts] = &[pipe, device, link_to_a_pipe, directory, socket];

/// A world whose session is saved and gone, and where its transcript was.
fn saved() -> (World, PathBuf) {
    let world = World::with_session();
    world.ckpt(&["save"]);
    let path = world.claude().path();
    fs::remove_file(&path).unwrap();
    (world, path)
}

#[test]
fn what_is_no_file_is_no_transcript_and_nobody_waits_for_it() {
    for put in NO_FILES {
        let (world, path) = saved();
        put(&world, &path);
        for arguments in [
            &["sessions"][..],
            &["save", "-m", "x"],
            &["save", "-m", "x", "--session", CLAUDE_ID],
            &["save", "-m", "x", "--session", path.to_str().unwrap()],
        ] {
            assert_eq!(run(&world, arguments).code, 3, "{arguments:?}");
        }
        let inside = world.call(&["save", "-m", "x"]).env("CLAUDE_CODE_SESSION_ID", CLAUDE_ID);
        assert_ne!(inside.run().code, 0);
    }
}

#[test]
fn what_is_no_file_is_not_replaced_by_a_session() {
    for put in NO_FILES {
        let (world, path) = saved();
        put(&world, &path);
        refuses(&world, &["restore", "--yes"], 4, "is neither a file nor nothing");
        assert!(!path.metadata().unwrap().is_file());
    }
}

#[test]
fn a_link_where_a_session_belongs_is_replaced_and_not_followed() {
    let (world, path) = saved();
    let precious = world.home().join("precious");
    symlink(&precious, &path).unwrap();
    assert_eq!(run(&world, &["restore", "--yes"]).code, 0);
    assert!(!precious.exists() && path.symlink_metadata().unwrap().is_file());
}

#[test]
fn a_second_name_of_a_file_keeps_its_content() {
    let (world, path) = saved();
    let precious = world.home().join("precious");
    fs::write(&precious, "{}").unwrap();
    fs::hard_link(&precious, &path).unwrap();
    run(&world, &["restore", "--yes"]);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "{}");
}

#[test]
fn companion_files_that_are_none_are_left_out() {
    let world = World::with_session();
    let own = world.claude().path().with_extension("");
    for (number, put) in NO_FILES.iter().enumerate() {
        let path = own.join(format!("subagents/agent-{number}.jsonl"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        put(&world, &path);
        put(&world, &own.with_file_name(format!("agent-{number}.jsonl")));
    }
    symlink("/etc/passwd", own.join("subagents/agent-p.jsonl")).unwrap();
    let told = world.json(&["save", "--json"]);
    assert_eq!(told["session"]["companions"].as_array().map_or(0, Vec::len), 0, "{told}");
    assert_eq!(run(&world, &["sessions"]).code, 0);
}

#[test]
fn settings_of_a_worktree_that_never_end_keep_nobody_waiting() {
    for put in [pipe, device, link_to_a_pipe] as [Puts; 3] {
        let world = World::with_session();
        fs::create_dir(world.repo().join(".claude")).unwrap();
        put(&world, &world.repo().join(".claude/settings.json"));
        world.save(&["-m", "x"]);
        run(&world, &["doctor"]);
    }
}

/// Files of a repository that somebody else wrote: what they say is stored and pushed.
#[test]
fn a_link_among_the_templates_brings_in_nothing_from_outside_the_worktree() {
    let world = World::with_session();
    let outside = world.home().join("templates");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("diary.md"), "# {{title}}\n\n## Private\n\nunsaid\n").unwrap();
    let own = world.repo().join(".ckpt");
    let as_file = || {
        fs::create_dir_all(own.join("templates")).unwrap();
        symlink(outside.join("diary.md"), own.join("templates/diary.md")).unwrap();
    };
    let as_directory = || {
        fs::create_dir(&own).unwrap();
        symlink(&outside, own.join("templates")).unwrap();
    };
    let above = || symlink(world.home(), &own).unwrap();
    for put in [&as_file as &dyn Fn(), &as_directory, &above] {
        put();
        for arguments in [&["template", "show", "diary"][..], &["save", "-t", "diary"]] {
            let run = run(&world, arguments);
            let told = format!("{}{}", run.stdout(), run.stderr());
            assert!(run.code == 8 && !told.contains("unsaid"), "{told}");
        }
        fs::write(world.repo().join(".ckpt.yaml"), "template: diary\n").unwrap();
        world.ckpt(&["save"]);
        assert!(!run(&world, &["show"]).stdout().contains("unsaid"));
        let _ = fs::remove_dir_all(&own).or_else(|_| fs::remove_file(&own));
    }
}

#[test]
fn templates_that_are_no_files_keep_nobody_waiting() {
    let world = World::with_session();
    let directory = world.repo().join(".ckpt/templates");
    fs::create_dir_all(&directory).unwrap();
    for (number, put) in NO_FILES.iter().enumerate() {
        let name = format!("t{number}");
        put(&world, &directory.join(format!("{name}.md")));
        refuses(&world, &["template", "show", &name], 8, "is no ordinary file");
        assert_eq!(run(&world, &["template", "list"]).code, 0);
        assert_eq!(run(&world, &["save", "-m", "x"]).code, 0);
    }
}

/// Nobody's token count overflows.
#[test]
fn a_budget_beyond_all_bounds_is_a_number_like_others() {
    let world = World::with_session();
    let most = format!("budgets:\n  checkpoint: {}\n", u64::MAX);
    fs::write(world.repo().join(".ckpt.yaml"), most).unwrap();
    for arguments in [&["save"][..], &["draft", "--print"], &["draft", "--prompt"], &["tokens"]] {
        assert_eq!(run(&world, arguments).code, 0, "{arguments:?}");
    }
}

/// The smallest is read first, so that no huge one hides what a small one holds.
#[test]
fn files_of_variables_that_are_huge_or_none_keep_nobody_waiting_and_hide_no_other() {
    let world = World::with_session();
    let password = ["correct horse", "7 battery"].join(" ");
    fs::write(world.repo().join(".env.z"), format!("BED_PASSWORD='{password}'\n")).unwrap();
    let huge = fs::File::create(world.repo().join(".env.a")).unwrap();
    huge.set_len(8 << 30).unwrap();
    fs::write(world.repo().join(".env.b"), "NOISE_PASSWORD=x\n".repeat(100_000)).unwrap();
    for (number, put) in NO_FILES.iter().enumerate() {
        put(&world, &world.repo().join(format!(".env.none{number}")));
    }
    let saved = run(&world, &["save", "-m", &format!("the bed opens with {password} now")]);
    assert_eq!(saved.code, 0, "{saved}");
    let shown = world.ckpt(&["show", "--raw"]).stdout();
    assert!(
        shown.contains("the bed opens with [REDACTED") && !shown.contains(&password),
        "{shown}"
    );
}
