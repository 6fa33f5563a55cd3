//! `git ckpt attach` and `git ckpt cat`: files that a checkpoint takes along.

use std::fs;

use insta::assert_snapshot;

use crate::world::{World, has_terminal};

/// Bytes that are no text.
const BINARY: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x01\xff";

fn binary(world: &World, name: &str) {
    fs::write(world.repo().join(name), BINARY).unwrap();
}

fn log_bytes(world: &World) -> String {
    world.git(&["ls-tree", "-r", "-l", "refs/notes/ckpt-log/ada-0000001"])
}

#[test]
fn an_attachment_is_kept_as_it_was_when_it_was_attached() {
    let world = World::with_session();
    world.write("moisture.csv", "bed,percent\n1,30\n");
    binary(&world, "beds.png");
    assert_snapshot!(world.ckpt(&["attach", "moisture.csv"]), @"attached moisture.csv, 17 bytes, for the next checkpoint of this worktree");
    world.ckpt(&["attach", "beds.png", "--as", "pictures/beds.png"]);
    world.write("moisture.csv", "changed since\n");
    assert_snapshot!(world.ckpt(&["attach", "--list"]), @"
    moisture.csv  17 bytes, 2 minutes ago
    pictures/beds.png  11 bytes, 1 minute ago
    ");
    assert_snapshot!(world.ckpt(&["save"]), @"
    checkpoint 7a47654713  Water only dry beds (drafted from the transcript)
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  159 tokens, 99.1% smaller than the session
      attached  moisture.csv, 17 bytes
      attached  pictures/beds.png, 11 bytes
    ");
    assert_eq!(world.ckpt(&["attach"]).stderr(), "nothing waits for the next checkpoint\n");
    assert_eq!(world.ckpt(&["cat", "moisture.csv"]).stdout(), "bed,percent\n1,30\n");
    assert_eq!(world.ckpt(&["cat", "pictures/beds.png"]).output.stdout, BINARY);
    assert_snapshot!(world.ckpt(&["show", "--stat"]).stdout().lines().filter(|line| line.contains("beds") || line.contains("moisture")).collect::<Vec<_>>().join("\n"), @"
    checkpoint 7a47654713  Water only dry beds
      attached  moisture.csv, 17 bytes
      attached  pictures/beds.png, 11 bytes
      bytes     of moisture.csv in log 7a3e34831d467337, sha256 2b4e04df59cf3ec89dfbdbc85c8da44f108535ccc3922a0c9e7f9418b55b6721
      bytes     of pictures/beds.png in log 2b4144342e90faac, sha256 8d8f29eda9395f8468c7ffbb07ad00f965fafa4d56f411de742286f7f5dabf89
    ");
    let verified = world.json(&["verify", "--json"]);
    assert_eq!((&verified["files"], &verified["problems"]), (&3.into(), &serde_json::json!([])));
    assert_eq!(fs::read_dir(world.repo().join(".git/ckpt/attachments")).unwrap().count(), 2);
}

#[test]
fn the_same_bytes_are_stored_once_whatever_they_are_called() {
    let world = World::with_session();
    world.write("a.txt", &"the same line again\n".repeat(500));
    world.ckpt(&["attach", "a.txt"]);
    world.ckpt(&["attach", "a.txt", "--as", "b.txt"]);
    world.save(&[]);
    let before = log_bytes(&world);
    world.commit("Next");
    world.ckpt(&["attach", "a.txt", "--as", "c.txt"]);
    world.save(&[]);
    assert_eq!(log_bytes(&world), before);
    let shown = world.json(&["show", "--json"]);
    assert_eq!(shown["attachments"][0]["name"], "c.txt");
    for name in ["a.txt", "b.txt", "c.txt"] {
        assert_eq!(world.ckpt(&["cat", name]).stdout().len(), 10_000, "{name}");
    }
}

#[test]
fn a_file_is_found_in_an_earlier_checkpoint_and_of_one_that_is_named() {
    let world = World::with_session();
    world.write("result", "first\n");
    world.ckpt(&["attach", "result"]);
    let first = world.save(&[]);
    // A later document on the same commit hides no attachment.
    world.save(&["-m", "# By hand"]);
    assert_eq!(world.ckpt(&["cat", "result"]).stdout(), "first\n");
    world.commit("Next");
    world.write("result", "second\n");
    world.ckpt(&["attach", "result"]);
    world.save(&["-m", "x"]);
    assert_eq!(world.ckpt(&["cat", "result"]).stdout(), "second\n");
    assert_eq!(world.ckpt(&["cat", "result", "HEAD~1"]).stdout(), "first\n");
    assert_eq!(world.ckpt(&["cat", "result", &first[..8]]).stdout(), "first\n");
    assert_snapshot!(world.ckpt(&["cat", "other"]), @"
    --- stderr
    error: no checkpoint of HEAD and before it has an attachment `other`
    hint: there are: result
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["cat", "result", "HEAD~9"]), @"
    --- stderr
    error: `HEAD~9` names no commit here
    hint: `git ckpt log --all` lists commits with their checkpoints
    --- exit 3
    ");
}

#[test]
fn an_attachment_is_written_to_a_file_that_is_not_there_yet() {
    let world = World::with_session();
    binary(&world, "beds.png");
    world.ckpt(&["attach", "beds.png"]);
    world.save(&[]);
    let run = world.ckpt(&["cat", "beds.png", "-o", "out.png"]);
    assert!(run.stderr().starts_with("wrote beds.png, 11 bytes, of checkpoint "), "{run}");
    assert_eq!(fs::read(world.repo().join("out.png")).unwrap(), BINARY);
    world.write("out.png", "mine");
    assert_snapshot!(world.ckpt(&["cat", "beds.png", "-o", "out.png"]), @"
    --- stderr
    error: `[REPO]/out.png` is there already
    hint: name another file, or move that one away
    --- exit 4
    ");
    assert_eq!(fs::read(world.repo().join("out.png")).unwrap(), b"mine");
}

#[test]
fn a_terminal_is_shown_text_only() {
    if !has_terminal() {
        return;
    }
    let world = World::with_session();
    binary(&world, "beds.png");
    world.write("words", "plain \x1b]0;title\x07words\n");
    world.ckpt(&["attach", "beds.png"]);
    world.write("zeros", "a\0b\n");
    world.ckpt(&["attach", "words"]);
    world.ckpt(&["attach", "zeros"]);
    world.save(&[]);
    assert_eq!(world.on_terminal("git-ckpt cat zeros", "", &[]).code, 2);
    let run = world.on_terminal("git-ckpt cat beds.png", "", &[]);
    assert!(run.code == 2 && run.stdout().contains("git ckpt cat 'beds.png' -o"), "{run}");
    let shown = world.on_terminal("git-ckpt --no-pager cat words", "", &[]).stdout();
    assert!(shown.contains("plain") && !shown.contains("\x1b]0;"), "{shown:?}");
}

#[test]
fn secrets_of_an_attachment_stay_on_this_machine() {
    let world = World::with_session();
    let secret = format!("ghp_{}", "x8Kd93LmQ02vBn47Tz61RwYc5JhGf0aPsUeE");
    world.write("run.log", &format!("login with {secret}\n"));
    world.ckpt(&["attach", "run.log"]);
    let saved = world.json(&["save", "--json"]);
    assert_eq!(saved["attachments"][0]["redacted"], 1);
    assert_eq!(world.ckpt(&["cat", "run.log"]).stdout(), format!("login with {secret}\n"));
    let elsewhere = world.call(&["cat", "run.log"]).env("CKPT_VAULT", "/nowhere/vault").run();
    assert!(elsewhere.stdout().contains("login with [REDACTED:"), "{elsewhere}");
    assert!(elsewhere.stderr().contains("1 secret not on this machine"), "{elsewhere}");
}

#[test]
fn a_secret_that_was_left_in_an_attachment_is_found_and_taken_out() {
    let world = World::with_session();
    let secret = format!("ghp_{}", "x8Kd93LmQ02vBn47Tz61RwYc5JhGf0aPsUeE");
    world.write("run.log", &format!("login with {secret}\n"));
    world.ckpt(&["attach", "run.log"]);
    world.save(&["--no-redact", "--yes", "-m", "x"]);
    let found = world.ckpt(&["scan", "HEAD"]);
    assert!(found.code == 11 && found.stdout().contains("run.log"), "{found}");
    let all = world.ckpt(&["scan", "--all"]);
    assert!(all.code == 11 && all.stdout().contains("run.log"), "{all}");
    let redacted = world.ckpt(&["redact", "HEAD", "--yes"]);
    assert_eq!(redacted.code, 0, "{redacted}");
    assert_eq!(world.ckpt(&["verify"]).code, 0);
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    let elsewhere = world.call(&["cat", "run.log"]).env("CKPT_VAULT", "/nowhere/vault").run();
    assert!(elsewhere.stdout().contains("login with [REDACTED:"), "{elsewhere}");
}

#[test]
fn what_waits_can_be_replaced_and_taken_back() {
    let world = World::with_session();
    world.write("a", "one\n");
    world.ckpt(&["attach", "a"]);
    world.write("a", "two\n");
    world.ckpt(&["attach", "a"]);
    world.ckpt(&["attach", "a", "--as", "b"]);
    assert_snapshot!(world.ckpt(&["attach", "--drop", "b"]), @"took back b, 4 bytes");
    world.save(&["-m", "x"]);
    assert_eq!(world.ckpt(&["cat", "a"]).stdout(), "two\n");
    assert_eq!(world.json(&["show", "--json"])["attachments"].as_array().unwrap().len(), 1);
    assert_snapshot!(world.ckpt(&["attach", "--drop", "b"]), @"
    --- stderr
    error: no file is attached as `b`
    hint: nothing waits for the next checkpoint; what one has already stays with it
    --- exit 3
    ");
}

#[test]
fn what_cannot_be_attached_says_why() {
    let world = World::with_session();
    world.write("a", &"x".repeat(3000));
    world.git(&["config", "ckpt.attachLimit", "2k"]);
    assert_snapshot!(world.ckpt(&["attach", "a"]), @"
    --- stderr
    error: `[REPO]/a` has more than 2048 bytes, the most that an attachment may have
    hint: attach a part of it, or compress it; a higher limit for this repository, in bytes or as `20m`: git config ckpt.attachLimit <size>
    --- exit 8
    ");
    world.git(&["config", "ckpt.attachLimit", "much"]);
    assert_snapshot!(world.ckpt(&["attach", "a"]), @"
    --- stderr
    error: `ckpt.attachLimit` is `much`, which is no number of bytes
    hint: git config ckpt.attachLimit 20m
    --- exit 8
    ");
    world.git(&["config", "ckpt.attachLimit", "3k"]);
    assert_eq!(world.ckpt(&["attach", "a"]).code, 0);
    for name in ["../a", "/a", "x/../../a", "a\\b", "c:a", ""] {
        assert_eq!(world.ckpt(&["attach", "a", "--as", name]).code, 8, "{name}");
    }
    assert_snapshot!(world.ckpt(&["attach", "a", "--as", "../a"]), @r"
    --- stderr
    error: an attachment cannot be called `../a`
    hint: name it with `--as <name>`: parts divided by `/`, none of them `.`, `..` or longer than 255 bytes, no `\`, no `:` and no line break
    --- exit 8
    ");
    assert_snapshot!(world.ckpt(&["attach", "src"]), @"
    --- stderr
    error: `[REPO]/src` is no regular file
    hint: a directory goes as one file: tar -cf <file> <directory>
    --- exit 8
    ");
    assert_eq!(world.ckpt(&["attach", "absent"]).code, 1);
}

#[test]
fn a_restore_writes_no_attachment() {
    let world = World::with_session();
    world.write("a", "one\n");
    world.ckpt(&["attach", "a"]);
    world.save(&[]);
    fs::remove_file(world.repo().join("a")).unwrap();
    fs::remove_file(world.claude().path()).unwrap();
    let restored = world.json(&["restore", "--yes", "--json"]);
    assert_eq!(restored["files"], 1);
    assert!(!world.repo().join("a").exists());
}

#[test]
fn resume_names_what_is_attached_and_how_to_get_it_back() {
    let world = World::with_session();
    world.write("a", "one\n");
    world.ckpt(&["attach", "a", "--as", "out/first.csv"]);
    world.ckpt(&["attach", "a", "--as", "it's; $(a)"]);
    world.ckpt(&["attach", "a", "--as=-dash"]);
    world.save(&["-m", "# Beds"]);
    let run = world.ckpt(&["resume"]).stdout();
    let lines: Vec<&str> = run.lines().filter(|line| line.contains("git ckpt cat")).collect();
    assert_snapshot!(lines.join("\n"), @r"
    git ckpt cat out/first.csv 3cb3a04c7d  what is attached, 4 bytes
    git ckpt cat 'it'\''s; $(a)' 3cb3a04c7d  what is attached, 4 bytes
    git ckpt cat -- -dash 3cb3a04c7d  what is attached, 4 bytes
    ");
    let resumed = world.json(&["resume", "--json"]);
    assert_eq!(resumed["attachments"][0]["name"], "out/first.csv");
    let commands = resumed["commands"].as_array().unwrap().iter().map(|one| one.as_str().unwrap());
    let cats: Vec<&str> = commands.filter(|one| one.contains(" cat ")).collect();
    assert_eq!(cats.len(), 3);
    for command in cats {
        let line = command.replacen("git ckpt", "git-ckpt", 1);
        let run = world.call_program("sh", &["-c", &line]).run();
        assert_eq!(run.to_string(), "one\n", "{command}");
    }
}

#[test]
fn a_pipe_is_no_file_and_is_not_waited_for() {
    let world = World::new();
    world.call_program("mkfifo", &["pipe"]).run();
    assert_snapshot!(world.ckpt(&["attach", "pipe"]), @"
    --- stderr
    error: `[REPO]/pipe` is no regular file
    hint: write what it gives to a file, and attach that
    --- exit 8
    ");
}

#[test]
fn what_cannot_be_read_any_more_is_told_by_the_save_and_kept() {
    let world = World::with_session();
    world.write("a", "one\n");
    world.ckpt(&["attach", "a"]);
    world.ckpt(&["task", "start", "Beds"]);
    world.write(".git/ckpt/attachments/list.json", "{");
    world.write(".git/ckpt/tasks/current.json", "{");
    let run = world.ckpt(&["save"]);
    assert_eq!(run.code, 0, "{run}");
    for file in ["attachments/list.json", "tasks/current.json"] {
        let said = format!("warning: left out: cannot read `[REPO]/.git/ckpt/{file}`");
        assert!(run.stderr().contains(&said), "{run}");
        assert!(world.repo().join(".git/ckpt").join(file).exists());
    }
    let run = world.ckpt(&["attach"]).to_string();
    assert!(run.contains("mv '[REPO]/.git/ckpt/attachments/list.json'"), "{run}");
}
