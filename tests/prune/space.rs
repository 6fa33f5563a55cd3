//! What a prune gives back, and that what stays can be read.

use std::fs;

use crate::world::{World, turn, turns};
use crate::{SESSION, collect_garbage, has, json, log_ref, on_day, save_session_on};

const PRUNE: [&str; 6] = ["prune", "--older-than", "30d", "--force", "--yes", "--json"];

#[test]
fn what_was_pruned_is_gone_from_the_disk_after_gc_and_what_stays_is_whole() {
    for options in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let world = World::new();
        let work = world.init("work", options);
        let other = "0ddba115-0000-4000-8000-000000000001";
        fs::write(world.transcript(&work, other), turns(&work, other, 0..9)).unwrap();
        let saved = on_day(&world, &work, 0, &["save", "--json", "-s", other, "-m", "other"]);
        let old = saved.succeeds().id();
        let frames = world.git(&work, &["ls-tree", "-r", "--name-only", &log_ref(&world, &work)]);
        let frame =
            world.git(&work, &["rev-parse", &format!("{}:{frames}", log_ref(&world, &work))]);
        let note = world.git(&work, &["notes", "--ref", &world.ties_ref(&work), "list", "HEAD"]);
        let (kept, content) = save_session_on(&world, &work, 50, 1);
        let answer = json(on_day(&world, &work, 60, &PRUNE));
        assert_eq!(answer["pruned"], 1);
        let size: u64 = world.git(&work, &["cat-file", "-s", &frame]).parse().unwrap();
        let document: u64 = world.git(&work, &["cat-file", "-s", &note]).parse().unwrap();
        assert_eq!(answer["pruned_bytes"], size + document);
        collect_garbage(&world, &work);
        assert!(!has(&world, &work, &frame) && !has(&world, &work, &note), "{options:?}");
        world.ckpt(&work, &["show", &old]).fails(3, &["names no commit"]);
        assert_eq!(world.restored(&work, &kept), content);
        world.is_in_order(&work);
    }
}

/// A session that has two epochs, of which only the second is needed by what is young.
fn with_a_hole(world: &World, work: &std::path::Path) -> (String, Vec<u8>) {
    let transcript = world.transcript(work, SESSION);
    let mut content = Vec::new();
    for number in 0..66 {
        content.extend_from_slice(turn(work, SESSION, number, 300).as_bytes());
        fs::write(&transcript, &content).unwrap();
        on_day(world, work, 0, &["save", "-s", SESSION, "-m", "old"]).succeeds();
    }
    let (kept, content) = save_session_on(world, work, 50, 7);
    let epochs = world.git(work, &["ls-tree", "-r", "--name-only", &log_ref(world, work)]);
    assert!(epochs.contains("/0000/") && epochs.contains("/0001/"), "{epochs}");
    json(on_day(world, work, 60, &PRUNE));
    let epochs = world.git(work, &["ls-tree", "-r", "--name-only", &log_ref(world, work)]);
    assert!(!epochs.contains("/0000/") && epochs.contains("/0001/"), "{epochs}");
    (kept, content)
}

#[test]
fn a_log_that_has_lost_its_beginning_is_read_and_goes_on() {
    let (world, work) = World::with_work();
    let (kept, content) = with_a_hole(&world, &work);
    collect_garbage(&world, &work);
    assert_eq!(world.restored(&work, &kept), content);
    world.is_in_order(&work);
    // What is saved again is found again, so that only the new turn is stored.
    let longer = [content.clone(), turns(&work, SESSION, 8000..8001)].concat();
    fs::write(world.transcript(&work, SESSION), &longer).unwrap();
    let saved = world.ckpt(&work, &["save", "--json", "-s", SESSION, "-m", "longer"]).succeeds();
    let answer: serde_json::Value = serde_json::from_str(&saved.out).unwrap();
    let new = answer["session"]["new_bytes"].as_u64().unwrap();
    assert!(new < longer.len() as u64 - content.len() as u64 + 300, "{new}");
    assert_eq!(world.restored(&work, &saved.id()), longer);
    // What was pruned is stored anew where it is needed again.
    let old = turns(&work, SESSION, 0..66);
    fs::write(world.transcript(&work, SESSION), &old).unwrap();
    let again =
        world.ckpt(&work, &["save", "--json", "-s", SESSION, "-m", "old again"]).succeeds().id();
    assert_eq!(world.restored(&work, &again), old);
    assert_eq!(world.restored(&work, &kept), content);
    let paths = world.git(&work, &["ls-tree", "-r", "--name-only", &log_ref(&world, &work)]);
    assert!(!paths.contains("/0000/"), "{paths}");
    world.is_in_order(&work);
}

#[test]
fn the_end_of_a_log_stays_so_that_no_frame_is_ever_put_where_another_one_was() {
    let (world, work) = World::with_work();
    let transcript = world.transcript(&work, SESSION);
    let mut content = Vec::new();
    for number in 0..66 {
        content.extend_from_slice(turn(&work, SESSION, number, 300).as_bytes());
        fs::write(&transcript, &content).unwrap();
        // What is young needs the first epoch only.
        let day = if number < 5 { 50 } else { 0 };
        on_day(&world, &work, day, &["save", "-s", SESSION, "-m", "grown"]).succeeds();
    }
    let frames = || {
        let tree = world.git(&work, &["ls-tree", "-r", &log_ref(&world, &work)]);
        tree.lines().map(str::to_owned).collect::<Vec<String>>()
    };
    let before = frames();
    json(on_day(&world, &work, 60, &PRUNE));
    fs::write(&transcript, turns(&work, SESSION, 7000..7003)).unwrap();
    world.ckpt(&work, &["save", "-s", SESSION, "-m", "otherwise"]).succeeds();
    let after = frames();
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
    world.is_in_order(&work);
}

#[test]
fn the_page_of_the_format_reads_a_log_that_has_lost_its_beginning() {
    let (world, work) = World::with_work();
    if world.command("zstd", &work).arg("--version").output().is_err() {
        eprintln!("skipped: `zstd` is not installed");
        return;
    }
    let (_, content) = with_a_hole(&world, &work);
    let page = include_str!("../../docs/FORMAT.md");
    let (_, recipe) = page.split_once("```sh read-log\n").unwrap();
    let logs = log_ref(&world, &work);
    let path = world.git(&work, &["ls-tree", "-r", "--name-only", &logs]);
    let log = path[..17].replace('/', "");
    let mut shell = world.command("sh", &work);
    shell.args(["-euc", recipe.split_once("```").unwrap().0]).env("ref", &logs).env("log", log);
    assert!(shell.status().unwrap().success());
    let read = fs::read(work.join("log")).unwrap();
    assert!(read.windows(content.len()).any(|window| window == content));
}

#[test]
fn companion_files_that_were_pruned_are_stored_anew_by_the_next_save() {
    let (world, work) = World::with_work();
    let transcript = world.transcript(&work, SESSION);
    let companion = transcript.with_extension("").join("subagents/agent-1.jsonl");
    fs::create_dir_all(companion.parent().unwrap()).unwrap();
    fs::write(&transcript, turns(&work, SESSION, 0..3)).unwrap();
    for number in 0..66 {
        fs::write(&companion, turns(&work, SESSION, 0..number + 1)).unwrap();
        on_day(&world, &work, 0, &["save", "-s", SESSION, "-m", "old"]).succeeds();
    }
    let old = fs::read(&companion).unwrap();
    // What is young needs the end of the companion's log only; what was captured last, all of it.
    for (day, content) in [(50, turns(&work, SESSION, 900..902)), (0, old.clone())] {
        fs::write(&companion, content).unwrap();
        on_day(&world, &work, day, &["save", "-s", SESSION, "-m", "day"]).succeeds();
    }
    json(on_day(&world, &work, 60, &PRUNE));
    collect_garbage(&world, &work);
    let saved =
        world.ckpt(&work, &["save", "--json", "-s", SESSION, "-m", "again"]).succeeds().id();
    world.is_in_order(&work);
    let to = world.path("to");
    world.ckpt(&work, &["restore", &saved, "--yes", "--to", to.to_str().unwrap()]).succeeds();
    assert!(fs::read(to.join("session/subagents/agent-1.jsonl")).unwrap() == old);
}

#[test]
fn frames_that_somebody_elses_checkpoint_needs_stay() {
    let (world, work) = World::with_work();
    let (id, content) = save_session_on(&world, &work, 0, 1);
    let ties = world.ties_ref(&work);
    // Somebody carried the tie over to a commit of their own and wrote it among theirs.
    world.git(&work, &["update-ref", "refs/notes/ckpt-remote/origin/bob-000001", &ties]);
    let answer = json(on_day(&world, &work, 60, &PRUNE));
    assert_eq!(answer["pruned"], 1);
    collect_garbage(&world, &work);
    let logs = log_ref(&world, &work);
    assert!(world.git(&work, &["ls-tree", "-r", "--name-only", &logs]).contains(".ckz"));
    world.git(&work, &["update-ref", "refs/notes/ckpt-log-remote/origin/bob-000001", &logs]);
    assert_eq!(world.restored(&work, &id), content);
    world.git(&work, &["update-ref", "-d", "refs/notes/ckpt-remote/origin/bob-000001"]);
    let answer = json(on_day(&world, &work, 60, &PRUNE));
    assert!(answer["pruned"] == 0 && answer["pruned_bytes"].as_u64().unwrap() > 0, "{answer}");
    assert_eq!(world.git(&work, &["ls-tree", "-r", "--name-only", &logs]), "");
}

#[test]
fn gc_drops_nothing_that_is_tied() {
    let (world, work) = World::with_work();
    let (first, one) = save_session_on(&world, &work, 0, 1);
    collect_garbage(&world, &work);
    let (second, two) = save_session_on(&world, &work, 50, 2);
    collect_garbage(&world, &work);
    world.git(&work, &["commit", "--quiet", "--amend", "--allow-empty", "-m", "amended"]);
    world.ckpt(&work, &["repair", "--yes"]).succeeds();
    world.git(&work, &["reflog", "expire", "--expire=all", "--all"]);
    collect_garbage(&world, &work);
    for (id, content) in [(&first, &one), (&second, &two)] {
        assert_eq!(world.restored(&work, id), *content);
    }
    json(on_day(&world, &work, 60, &PRUNE));
    collect_garbage(&world, &work);
    assert_eq!(world.restored(&work, &second), two);
    world.is_in_order(&work);
}

#[test]
fn an_attachment_stays_as_long_as_a_checkpoint_has_it() {
    let (world, work) = World::with_work();
    fs::write(work.join("result"), "a result that two have\n".repeat(40)).unwrap();
    fs::write(work.join("other"), "a result of the old one\n".repeat(40)).unwrap();
    for name in ["result", "other"] {
        on_day(&world, &work, 0, &["attach", name]).succeeds();
    }
    on_day(&world, &work, 0, &["save", "--no-session", "-m", "old"]).succeeds();
    world.commit(&work, "next");
    on_day(&world, &work, 50, &["attach", "result", "--as", "again"]).succeeds();
    on_day(&world, &work, 50, &["save", "--no-session", "-m", "young"]).succeeds();
    let held = json(on_day(&world, &work, 60, &["prune", "--older-than", "30d", "-n", "--json"]));
    assert_eq!(held["pruned"], 0, "{held}");
    assert_eq!(json(on_day(&world, &work, 60, &PRUNE))["pruned"], 1);
    collect_garbage(&world, &work);
    let kept = world.ckpt(&work, &["cat", "again"]).succeeds().out;
    assert_eq!(kept, "a result that two have\n".repeat(40));
    world.ckpt(&work, &["cat", "other"]).fails(3, &["has an attachment `other`"]);
    world.is_in_order(&work);
    let logs = world.git(&work, &["ls-tree", "-r", "--name-only", &log_ref(&world, &work)]);
    assert_eq!(logs.lines().count(), 1, "{logs}");
}
