//! `git ckpt status`: how full the context is, what nothing holds yet, and that looking changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::sessions_of::{CLAUDE_ID, CODEX_ID, append, touch};
use crate::world::{World, has_terminal};

const OTHER: &str = "aaaa0000-0000-4000-8000-000000000000";

/// Everything that a repository consists of, with the time of each file's last change.
fn everything(directory: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(everything(&entry.path()));
        } else {
            let changed = entry.metadata().unwrap().modified().unwrap();
            found.insert(entry.path(), (fs::read(entry.path()).unwrap(), changed));
        }
    }
    found
}

/// An answer of the agent after which the context holds so many tokens.
fn answer(id: &str, model: &str, context: u64) -> String {
    let usage = json!({ "input_tokens": context, "output_tokens": 0 });
    let message = json!({ "id": format!("msg_{context}"), "role": "assistant", "model": model, "content": [], "usage": usage });
    json!({ "type": "assistant", "sessionId": id, "message": message }).to_string()
}

/// The state in which a context of so many tokens is, as the line for a status bar tells it.
#[track_caller]
fn state(world: &World, context: u64) -> String {
    append(world, &world.claude().path(), &answer(CLAUDE_ID, "claude-opus-4-5", context));
    world.ckpt(&["status", "--line"]).stdout().split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_session_is_told_with_what_to_do_now_and_what_no_checkpoint_holds() {
    let world = World::with_session();
    assert_snapshot!(world.ckpt(&["status"]), @"
    Claude Code 6f1d2c3b Water only dry beds
      session   claude-opus-4-6, live: written to 1 minute ago
      context   GREEN 9%, 18.3k of 200.0k tokens (assumed; `ckpt.window` sets it)
      now       go on; to keep how things stand: git ckpt save
      unsaved   2 turns, 8.7 KiB

    1 commit, and no checkpoint
      f2b6f3f4a7 Read the soil sensor
      run: git ckpt save f2b6f3f4a7
    ");
    world.save(&["-m", "Beds"]);
    assert_snapshot!(world.ckpt(&["status"]), @"
    Claude Code 6f1d2c3b Water only dry beds
      session   claude-opus-4-6, live: written to 3 minutes ago
      context   GREEN 9%, 18.3k of 200.0k tokens (assumed; `ckpt.window` sets it)
      now       go on
      unsaved   nothing

    the last commit carries a checkpoint
    ");
}

#[test]
fn turns_and_bytes_since_the_last_checkpoint_are_counted() {
    let world = World::with_session();
    world.save(&["-m", "Beds"]);
    world.claude().says("And the roses?", "Those too.").write();
    let session = world.json(&["status", "--json"])["sessions"][0].clone();
    let grown = fs::metadata(world.claude().path()).unwrap().len();
    assert_eq!(session["unsaved_turns"], 1);
    assert!(session["unsaved_bytes"].as_u64().is_some_and(|bytes| bytes > 0 && bytes < grown));
    assert_snapshot!(world.ckpt(&["status", "--line"]), @"GREEN 10% 20.0k of 200.0k · claude-opus-4-6 · 1 turn unsaved");
    world.save(&["-m", "Roses"]);
    assert_snapshot!(world.ckpt(&["status", "--line"]), @"GREEN 10% 20.0k of 200.0k · claude-opus-4-6 · saved");
}

#[test]
fn the_state_follows_the_share_of_the_window() {
    let world = World::with_session();
    let table = [
        (49_999, "GREEN"),
        (50_000, "YELLOW"),
        (100_000, "ORANGE"),
        (150_000, "RED"),
        (169_999, "RED"),
        (170_000, "CRITICAL"),
    ];
    for (context, expected) in table {
        assert_eq!(state(&world, context), expected, "{context}");
        let line = world.ckpt(&["status", "--line"]).stdout();
        assert_eq!(line.contains("git ckpt save"), context >= 100_000, "{line}");
    }
    world.git(&["config", "ckpt.pressure", "1 2 3 90"]);
    assert_eq!(state(&world, 170_001), "RED");
}

#[test]
fn each_state_says_what_to_do_with_the_command_that_does_it() {
    let world = World::with_session();
    let advice = || {
        let text = world.ckpt(&["status"]).stdout();
        let line = text.lines().find(|line| line.trim_start().starts_with("now")).unwrap();
        line.trim_start().trim_start_matches("now").trim_start().to_owned()
    };
    let mut all = String::new();
    for context in [10_000, 60_000, 110_000, 160_000, 190_000] {
        state(&world, context);
        all += &format!("{}\n", advice());
    }
    world.save(&["-m", "x"]);
    all += &format!("{}\n", advice());
    assert_snapshot!(all, @"
    go on; to keep how things stand: git ckpt save
    save when this piece of work is done: git ckpt save
    save now, and begin nothing large: git ckpt save
    save, and go on in a new session: git ckpt save --edit && git ckpt prompt
    save before the agent compacts, and go on in a new session: git ckpt save && git ckpt prompt
    go on in a new session, which begins with: git ckpt prompt
    ");
}

#[test]
fn a_setting_that_cannot_be_used_is_an_error_that_names_the_way_back() {
    let world = World::with_session();
    world.git(&["config", "ckpt.pressure", "75 50"]);
    assert_snapshot!(world.ckpt(&["status", "--line"]), @"
    --- stderr
    error: `ckpt.pressure` cannot be used
    caused by: `75 50` is not four ascending percentages, like `25 50 75 85`
    hint: set it anew: `git config ckpt.pressure '25 50 75 85'`, or take it back: `git config --unset ckpt.pressure`
    --- exit 1
    ");
    world.git(&["config", "--unset", "ckpt.pressure"]);
    world.git(&["config", "ckpt.window", "plenty"]);
    assert_snapshot!(world.ckpt(&["status"]), @"
    --- stderr
    error: `ckpt.window` cannot be used: `plenty` is no number of tokens
    hint: set it anew: `git config ckpt.window 200000`, or take it back: `git config --unset ckpt.window`
    --- exit 1
    ");
}

#[test]
fn the_size_of_the_window_can_be_set_where_no_agent_tells_it() {
    let world = World::with_session();
    world.codex().write();
    world.git(&["config", "ckpt.window", "100000"]);
    let status = world.json(&["status", "--json"]);
    let windows: Vec<_> = status["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| {
            (session["context"]["window"].clone(), session["context"]["window_source"].clone())
        })
        .collect();
    assert_eq!(windows, [(json!(258_400), json!("told")), (json!(100_000), json!("set"))]);
}

#[test]
fn live_sessions_are_those_that_were_written_to_lately_and_the_one_it_was_started_from() {
    let world = World::new();
    world.claude().id(OTHER).write();
    world.wait(24 * 60 * 60);
    world.codex().write();
    let lives = |environment: &[(&str, &str)]| -> Vec<String> {
        let call = world.call(&["status", "--porcelain"]);
        let call = environment.iter().fold(call, |call, (name, value)| call.env(name, value));
        let run = call.run().stdout();
        let sessions = run.lines().filter(|line| line.starts_with("session\t"));
        sessions
            .map(|line| line.split('\t').skip(2).take(2).collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(lives(&[]), [format!("{CODEX_ID} recent")]);
    let both = [format!("{OTHER} here"), format!("{CODEX_ID} recent")];
    assert_eq!(lives(&[("CLAUDE_CODE_SESSION_ID", OTHER)]), both);
    world.wait(60 * 60);
    assert_eq!(lives(&[]), [format!("{CODEX_ID} idle")]);
    assert_snapshot!(world.ckpt(&["status", "--line"]), @"");
}

/// A world whose session was compacted, with a summary that leaves things out.
pub fn compacted() -> World {
    let world = World::new();
    let path = world.claude().says("Never open the valve while the pump starts", "Noted.").write();
    let boundary = json!({ "type": "system", "subtype": "compact_boundary", "timestamp": "2026-03-02T08:50:00Z",
        "compactMetadata": { "trigger": "auto", "preTokens": 167_000, "postTokens": 9_000 } });
    append(&world, &path, &boundary.to_string());
    let words = "The person wants the beds watered only when the soil is dry, and every watering logged. See src/soil.rs.";
    let summary = json!({ "type": "user", "isCompactSummary": true, "message": { "role": "user", "content": words } });
    append(&world, &path, &summary.to_string());
    world
}

#[test]
fn a_compaction_is_told_with_what_its_summary_does_not_speak_of() {
    let world = compacted();
    assert_snapshot!(world.ckpt(&["status"]), @"
    Claude Code 6f1d2c3b Water only dry beds
      session   claude-opus-4-6, live: written to 1 minute ago
      context   GREEN 4%, 9.0k of 200.0k tokens (assumed; `ckpt.window` sets it)
      now       go on; to keep how things stand: git ckpt save
      unsaved   3 turns, 9.6 KiB
      compacted 15 minutes ago, from 167.0k to 9.0k tokens; not in its summary:
                prompt “Never open the valve while the pump starts”
                file src/valve.rs
                open item “Open the valve below 30 %”

    1 commit, and no checkpoint
      f2b6f3f4a7 Read the soil sensor
      run: git ckpt save f2b6f3f4a7
    ");
    let told = world.json(&["status", "--json"])["sessions"][0]["compactions"][0].clone();
    assert_eq!(told["tokens_before"], 167_000);
    assert_eq!(told["dropped"]["prompts"], json!(["Never open the valve while the pump starts"]));
}

#[test]
fn commits_without_a_checkpoint_are_counted_up_to_the_last_that_has_one() {
    let world = World::with_session();
    world.git(&["checkout", "--quiet", "-b", "beside"]);
    let beside = world.commit("Beside");
    world.git(&["checkout", "--quiet", "main"]);
    let with = world.commit("Log every watering");
    world.save(&["-m", "x", &with]);
    let without = [world.commit("Water the roses"), world.commit("Water the ferns")];
    let status = world.json(&["status", "--json"]);
    assert_eq!(status["commits_back_to"], "checkpoint");
    let told = |status: &Value| -> Vec<Value> {
        let commits = status["commits_without"].as_array().unwrap();
        commits.iter().map(|commit| commit["commit"].clone()).collect()
    };
    assert_eq!(told(&status), [json!(without[1]), json!(without[0])]);
    world.git(&["branch", "server", "HEAD~1"]);
    world.git(&["branch", "--set-upstream-to", "server"]);
    let status = world.json(&["status", "--json"]);
    assert_eq!(status["commits_back_to"], "upstream");
    assert_eq!(told(&status), [json!(without[1])]);
    world.git(&["merge", "--quiet", "--no-ff", "--strategy=ours", "--message=Merge", &beside]);
    let merged = world.json(&["status", "--json"]);
    assert_eq!(told(&merged), [json!(without[1])], "a merge brings in what others did");
}

#[test]
fn documents_that_wait_are_told_until_they_are_saved() {
    let world = World::with_session();
    world.ckpt(&["save", "--prepare", "-m", "For the next commit"]);
    world.program("no-editor", "exit 1");
    world.program("an-editor", "echo '# Written' > \"$1\"");
    let edit = |editor: &str| world.call(&["save", "--edit"]).env("GIT_EDITOR", editor).run().code;
    assert_ne!(edit("no-editor"), 0);
    let waiting = || world.json(&["status", "--json"])["waiting"].clone();
    let what = |waiting: Value| -> Vec<Value> {
        waiting.as_array().unwrap().iter().map(|one| one["what"].clone()).collect()
    };
    assert_eq!(what(waiting()), ["prepared", "edited"]);
    assert_eq!(edit("an-editor"), 0);
    assert_eq!(what(waiting()), ["prepared"]);
    let text = world.ckpt(&["status"]).stdout();
    assert!(text.contains("a document waits for the next commit"), "{text}");
}

#[test]
fn what_could_not_be_read_waits_to_be_mended() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    world.program("bad-editor", "printf -- '---\\nstatus: nope\\n---\\n# Beds\\n' > \"$1\"");
    for _ in 0..2 {
        let run = world.call(&["save", "--edit"]).env("GIT_EDITOR", "bad-editor").run();
        assert_eq!(run.code, 8, "{run}");
    }
    let kept = |name: &str| world.repo().join(".git/ckpt").join(name);
    touch(&world, &kept("CHECKPOINT_RECOVERED.md"));
    touch(&world, &kept("CHECKPOINT_RECOVERED-2.md"));
    let told = world.ckpt(&["status"]).stdout();
    let waiting: Vec<&str> = told.lines().skip_while(|line| !line.contains("mended")).collect();
    assert_snapshot!(waiting.join("\n"), @"
    a document could not be read and waits to be mended: 28 bytes, 1 minute ago, in `[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md`
      run: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md'
    a document could not be read and waits to be mended: 28 bytes, 1 minute ago, in `[REPO]/.git/ckpt/CHECKPOINT_RECOVERED-2.md`
      run: git ckpt save -F '[REPO]/.git/ckpt/CHECKPOINT_RECOVERED-2.md'
    ");
    let lines = world.ckpt(&["status", "--porcelain"]).stdout();
    let lines: Vec<&str> = lines.lines().filter(|line| line.starts_with("waiting")).collect();
    assert_snapshot!(lines.join("\n"), @"
    waiting	recovered	28	[REPO]/.git/ckpt/CHECKPOINT_RECOVERED.md
    waiting	recovered	28	[REPO]/.git/ckpt/CHECKPOINT_RECOVERED-2.md
    ");
    let waiting = world.json(&["status", "--json"])["waiting"].clone();
    let path = kept("CHECKPOINT_RECOVERED.md");
    assert_eq!((&waiting[0]["what"], &waiting[0]["path"]), (&json!("recovered"), &json!(path)));
    world.write_to(&path, "# Beds\n");
    assert_eq!(world.ckpt(&["save", "-F", path.to_str().unwrap()]).code, 0);
    let waiting = world.json(&["status", "--json"])["waiting"].clone();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
}

#[test]
fn looking_changes_nothing() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    world.claude().says("And the roses?", "Those too.").write();
    world.commit("Water the roses");
    // Half an entry, which a command that saves would clear away, and a ref that it would mend.
    world.write(".git/ckpt/wal/0000.json", "half");
    world.git(&["update-ref", "-d", "refs/notes/ckpt/ada-0000001"]);
    let before = [everything(&world.repo()), everything(&world.home())];
    for arguments in
        [&["status"][..], &["status", "--json"], &["status", "--porcelain"], &["status", "--line"]]
    {
        assert_eq!(world.ckpt(arguments).code, 0, "{arguments:?}");
    }
    assert!(before == [everything(&world.repo()), everything(&world.home())]);
}

#[test]
fn an_unfinished_save_is_told_and_left_to_the_next_command() {
    let world = World::with_session();
    world.save(&["-m", "x"]);
    let entry = br#"{"never":"read"}"#;
    let hash = xxhash_rust::xxh3::xxh3_64(entry);
    let text = format!("{hash:016x}\n{}", String::from_utf8_lossy(entry));
    world.write(".git/ckpt/wal/0000.json", &text);
    assert_eq!(world.json(&["status", "--json"])["unfinished"]["saves"], 1);
    let text = world.ckpt(&["status"]).stdout();
    assert!(text.contains("1 save written down and not finished\n  run: git ckpt log\n"), "{text}");
}

#[test]
fn scripts_are_told_one_fact_a_line() {
    let world = World::with_session();
    world.ckpt(&["save", "--prepare", "-m", "For the next commit"]);
    assert_snapshot!(world.ckpt(&["status", "--porcelain"]), @"
    status	1
    session	claude-code	6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b	recent	green	18333	200000	assumed	2	8921	claude-opus-4-6
    commit	f2b6f3f4a7597a1c3495e34826f1d952a768c590
    waiting	prepared	19	[REPO]/.git/ckpt/PREPARED.md
    ");
}

#[test]
fn what_claude_code_hands_to_its_status_line_comes_first() {
    let world = World::with_session();
    let usage = json!({ "input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 800_000 });
    let mut handed = json!({
        "session_id": CLAUDE_ID,
        "transcript_path": world.claude().path(),
        "model": { "id": "claude-opus-4-7[1m]", "display_name": "Opus" },
        "context_window": { "context_window_size": 1_000_000, "current_usage": usage },
    });
    let line = |handed: &Value| world.call(&["status", "--line"]).input(handed.to_string()).run();
    assert_snapshot!(line(&handed), @"RED 80% 800.0k of 1.0M · claude-opus-4-7[1m] · 8.7 KiB unsaved · git ckpt save");
    handed["context_window"]["current_usage"] = Value::Null;
    assert_snapshot!(line(&handed), @"GREEN 1% 18.3k of 1.0M · claude-opus-4-7[1m] · 8.7 KiB unsaved");
    assert_snapshot!(world.call(&["status", "--line"]).input("no json").run(), @"GREEN 9% 18.3k of 200.0k · claude-opus-4-6 · 8.7 KiB unsaved");
    let colored = world.call(&["status", "--line", "--color", "always"]).input(handed.to_string());
    assert!(colored.run().stdout().starts_with("\x1b["));
}

#[test]
fn a_status_bar_outside_of_a_repository_shows_what_is_handed_over_and_else_nothing() {
    let world = World::with_session();
    let elsewhere = world.home();
    let call = || world.call(&["status", "--line"]).directory(&elsewhere);
    assert_snapshot!(call().run(), @"");
    let handed = json!({ "session_id": OTHER, "context_window": { "context_window_size": 100, "current_usage": { "input_tokens": 80 } } });
    assert_snapshot!(call().input(handed.to_string()).run(), @"RED 80% 80 of 100 · git ckpt save");
    assert_snapshot!(world.call(&["status"]).directory(&elsewhere).run(), @"
    --- stderr
    error: `[HOME]` does not lie in a git repository
    hint: run this inside a repository, or name one with `git ckpt -C <dir> …`; `git init` makes one
    --- exit 6
    ");
}

#[test]
fn watching_tells_again_and_again_until_nobody_listens() {
    let world = World::with_session();
    let line = "git-ckpt status --line --watch 0.1 | head -n 2";
    assert_snapshot!(world.call_program("sh", &["-c", line]).run(), @"
    GREEN 9% 18.3k of 200.0k · claude-opus-4-6 · 8.7 KiB unsaved
    GREEN 9% 18.3k of 200.0k · claude-opus-4-6 · 8.7 KiB unsaved
    ");
    assert_eq!(world.ckpt(&["status", "--watch", "0"]).code, 2);
}

#[test]
fn watching_on_a_terminal_draws_over_what_was_there() {
    if !has_terminal() {
        return;
    }
    let world = World::with_session();
    let run = world.on_terminal("timeout 1 git-ckpt status --watch 0.2; true", "", &[]);
    let drawn = String::from_utf8(run.output.stdout).unwrap();
    assert!(drawn.matches("\x1b[H").count() > 1, "{drawn:?}");
    assert!(drawn.matches("\x1b[J").count() > 1, "{drawn:?}");
}

#[test]
fn a_worktree_without_a_session_is_told_so() {
    assert_snapshot!(World::new().ckpt(&["status"]), @"
    no session of an agent was found for this worktree

    1 commit, and no checkpoint
      f2b6f3f4a7 Read the soil sensor
      run: git ckpt save f2b6f3f4a7
    ");
    assert_snapshot!(World::unborn().ckpt(&["status", "--line"]), @"");
}
