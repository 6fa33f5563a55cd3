//! `git ckpt task` and `git ckpt resume`: a task's way through commits, clones and worktrees.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::forgery;
use crate::world::World;

/// A world with a bulk task of twenty items, twelve of them done.
fn twelve_of_twenty() -> World {
    let world = World::with_session();
    let items: String = (1..=20).map(|number| format!("bed-{number:02}\n")).collect();
    let arguments = [
        "task",
        "start",
        "Water the beds",
        "--items",
        "-",
        "--success",
        "no dry root",
        "-s",
        "open",
        "-s",
        "log",
    ];
    let run = world.call(&arguments).input(items).run();
    assert_eq!(run.stdout(), "started Water the beds, 20 items\nnext        1. bed-01\n", "{run}");
    assert_eq!(world.ckpt(&["task", "done", "1-11"]).code, 0);
    assert_eq!(
        world.ckpt(&["task", "done", "bed-12", "--note", "stony", "--result", "3 l"]).code,
        0
    );
    world
}

/// A clone of the commits, and of the checkpoints where they were fetched.
fn clone_of(world: &World) -> World {
    let other = World::unborn();
    let from = world.repo();
    let from = from.to_str().unwrap();
    other.git(&["fetch", "--quiet", from, "refs/heads/*:refs/heads/*", "--update-head-ok"]);
    other.git(&["reset", "--quiet", "--hard"]);
    other.write(".git/ckpt/writer", "ada-0000002\n");
    other.git(&["remote", "add", "origin", from]);
    other.git(&["fetch", "--quiet", "origin", "refs/notes/ckpt/*:refs/notes/ckpt-remote/origin/*"]);
    other
}

#[test]
fn a_bulk_task_tells_what_is_done_and_what_is_next() {
    let world = twelve_of_twenty();
    world.ckpt(&["task", "step", "13"]);
    assert_snapshot!(world.ckpt(&["task", "status"]), @"
    Water the beds  12 of 20 done
      started    4 minutes ago
      success    no dry root
      each       open
      each       log

     #  STATE        ITEM    NOTE
    10  done         bed-10
    11  done         bed-11
    12  done         bed-12  stony; 3 l
    13  in progress  bed-13
    14  not done     bed-14
    15  not done     bed-15
    16  not done     bed-16
    and 13 items (`--all` shows them)
    ");
    assert_snapshot!(world.ckpt(&["task", "done", "15", "--failed", "-n", "no hose"]), @"
    failed      15. bed-15
    Water the beds: 12 of 20 done, 1 failed
    next        13. bed-13
    ");
    assert_snapshot!(world.ckpt(&["task", "block", "a longer hose"]), @"Water the beds waits for: a longer hose");
    assert_snapshot!(world.ckpt(&["resume"]), @"
    resuming Water the beds: item 13 of 20; 12 of 20 done, 1 failed
      last done  12. bed-12: stony; 3 l
      next       13. bed-13 (in progress)
      waits for  a longer hose
      success    no dry root
    go on with:
      git ckpt task done  when what is next is done
    ");
    let all = world.ckpt(&["task", "status", "--all"]).stdout();
    assert_eq!(all.matches(" bed-").count(), 20, "{all}");
}

#[test]
fn a_save_takes_the_task_along() {
    let world = twelve_of_twenty();
    assert_snapshot!(world.ckpt(&["save"]), @"
    checkpoint 78522813f2  Water only dry beds (drafted from the transcript)
      commit    f2b6f3f4a7 Read the soil sensor
      session   Claude Code 6f1d2c3b, 2 turns, 18.3k tokens
      stored    8.7 KiB new of 8.7 KiB, 1.5 KiB compressed
      document  181 tokens, 99.0% smaller than the session
      task      Water the beds, 12 of 20 done
    ");
    let shown = world.json(&["show", "--json"]);
    assert_eq!(shown["task"], "Water the beds");
    assert_eq!((&shown["kind"], &shown["status"]), (&"bulk".into(), &"in_progress".into()));
    assert_eq!(shown["progress"], serde_json::json!({ "done": 12, "total": 20 }));
    assert_snapshot!(shown["body"].as_str().unwrap().split("\n## Goal").next().unwrap(), @"
    ## Definition

    Water the beds

    - For each item: open
    - For each item: log
    - Done when: no dry root

    ## Items

    12 of 20 done

    | # | item | state | note |
    |---|---|---|---|
    | 10 | bed-10 | done |  |
    | 11 | bed-11 | done |  |
    | 12 | bed-12 | done | stony; 3 l |
    | 13 | bed-13 | not done |  |
    | 14 | bed-14 | not done |  |
    | 15 | bed-15 | not done |  |
    | 16 | bed-16 | not done |  |

    ## Next item

    1. bed-13 (item 13 of 20)
    2. Open the valve below 30 %
    3. Log every watering
    ");
    world.ckpt(&["task", "block", "rain"]);
    world.save(&["-m", "# By hand"]);
    let shown = world.json(&["show", "--json"]);
    assert_eq!((&shown["status"], &shown["body"]), (&"blocked".into(), &"# By hand\n".into()));
    assert_eq!(shown["plan"]["blocked"], "rain");
}

#[test]
fn what_a_document_says_of_itself_counts() {
    let world = twelve_of_twenty();
    let document = "---\ntask: Something else\nstatus: completed\n---\n# Other\n";
    world.call(&["save", "-F", "-"]).input(document).run();
    let shown = world.json(&["show", "--json"]);
    assert_eq!((&shown["task"], &shown["status"]), (&"Something else".into(), &"completed".into()));
    assert_eq!((&shown["plan"], &shown["progress"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_task_is_never_started_over_while_one_can_be_gone_on_with() {
    let world = twelve_of_twenty();
    assert_snapshot!(world.ckpt(&["task", "start", "Again"]), @"
    --- stderr
    error: a task is open here: Water the beds
    hint: to go on with it: git ckpt resume
          to put it away and start this one: the same command with `--anew`
    --- exit 4
    ");
    world.save(&[]);
    // The state file is lost; the checkpoint still has the task.
    fs::remove_dir_all(world.repo().join(".git/ckpt/tasks")).unwrap();
    let run = world.ckpt(&["task", "start", "Again"]).to_string();
    assert!(run.contains("has a task that is not finished: Water the beds"), "{run}");
    assert!(run.contains("git ckpt resume") && run.contains("--- exit 4"), "{run}");
    let run = world.ckpt(&["task", "done"]).to_string();
    assert!(run.contains("to take it up here: git ckpt resume") && run.contains("exit 3"), "{run}");
    let run = world.ckpt(&["task", "start", "Again", "--anew"]).stdout();
    assert!(run.starts_with("put away Water the beds, 12 of 20 done: "), "{run}");
    assert_eq!(world.json(&["task", "status", "--json"])["title"], "Again");
    let archived = world.json(&["task", "status", "--archived", "--json"]);
    assert_eq!(archived["items"].as_array().unwrap().len(), 20);
}

#[test]
fn a_lost_state_file_is_made_again_out_of_the_checkpoint() {
    let world = twelve_of_twenty();
    let before = world.json(&["task", "status", "--json"]);
    world.save(&["-m", "x"]);
    world.commit("Later, without a checkpoint");
    fs::remove_dir_all(world.repo().join(".git/ckpt/tasks")).unwrap();
    let run = world.ckpt(&["resume"]).stdout();
    assert!(run.starts_with("resuming Water the beds: item 13 of 20; 12 of 20 done\n"), "{run}");
    assert!(run.contains("taken up   out of checkpoint"), "{run}");
    assert_eq!(world.json(&["task", "status", "--json"]), before);
    assert!(!world.ckpt(&["resume"]).stdout().contains("taken up"));
}

#[test]
fn a_damaged_state_file_is_named() {
    let world = twelve_of_twenty();
    world.write(".git/ckpt/tasks/current.json", "{");
    let run = world.ckpt(&["task", "done"]).to_string();
    assert!(run.contains("cannot read `[REPO]/.git/ckpt/tasks/current.json`"), "{run}");
    assert!(run.contains("git ckpt resume` takes the task up again"), "{run}");
    // The session does not wait for it.
    assert_eq!(world.ckpt(&["save"]).code, 0);
}

#[test]
fn a_fresh_clone_goes_on_where_the_other_stopped() {
    let world = twelve_of_twenty();
    world.save(&[]);
    let other = clone_of(&world);
    assert_eq!(other.ckpt(&["task", "start", "Water the beds"]).code, 4);
    let resumed = other.json(&["resume", "--json"]);
    assert_eq!((&resumed["source"], &resumed["task"]["next"]), (&"taken_up".into(), &13.into()));
    assert_eq!(resumed["task"]["items"][11]["note"], "stony");
    assert_eq!(other.ckpt(&["task", "done"]).code, 0);
    assert_eq!(other.json(&["task", "status", "--json"])["progress"]["done"], 13);
}

#[test]
fn a_finished_task_that_was_put_away_is_told_by_the_next_checkpoint_only() {
    let world = twelve_of_twenty();
    world.save(&[]);
    world.commit("Next");
    assert_snapshot!(world.ckpt(&["task", "done", "13-20"]), @"
    done        13. bed-13
    done        14. bed-14
    done        15. bed-15
    done        16. bed-16
    done        17. bed-17
    done        18. bed-18
    done        19. bed-19
    done        20. bed-20
    Water the beds: 20 of 20 done
    all of it is done: git ckpt save, then git ckpt task clear
    ");
    assert_eq!(world.ckpt(&["task", "clear"]).code, 0);
    assert_eq!(world.ckpt(&["task", "status"]).code, 3);
    world.save(&[]);
    let shown = world.json(&["show", "--json"]);
    assert_eq!((&shown["status"], &shown["progress"]["done"]), (&"completed".into(), &20.into()));
    world.commit("After it");
    world.save(&[]);
    assert_eq!(world.json(&["show", "--json"])["task"], Value::Null);
    // Nothing is left to be resumed, here and elsewhere.
    assert_eq!(clone_of(&world).json(&["resume", "--json"])["task"], Value::Null);
    assert_eq!(world.ckpt(&["task", "start", "Another"]).code, 0);
    assert!(world.ckpt(&["task", "status", "--archived"]).stdout().contains("20 of 20 done"));
}

#[test]
fn steps_can_be_found_on_the_way() {
    let world = World::with_session();
    world.ckpt(&["task", "start", "Log every watering", "-d", "One line each."]);
    let first = world.ckpt(&["task", "step", "write a line"]).stdout();
    assert_eq!(first, "in progress 1. write a line\nLog every watering: 0 of 1 done\n");
    world.ckpt(&["task", "step", "read it again"]);
    world.ckpt(&["task", "done", "write"]);
    assert_snapshot!(world.ckpt(&["task", "done", "2", "--skipped"]), @"
    skipped     2. read it again
    Log every watering: 2 of 2 done (1 skipped)
    all of it is done: git ckpt save, then git ckpt task clear
    ");
    world.save(&[]);
    let body = world.json(&["show", "--json"])["body"].as_str().unwrap().to_owned();
    assert!(body.contains("- [x] write a line\n- [x] read it again (skipped)\n"), "{body}");
    world.ckpt(&["task", "done", "--undo", "1"]);
    assert_eq!(world.json(&["task", "status", "--json"])["next"], 1);
}

#[test]
fn what_is_meant_has_to_be_clear() {
    let world = twelve_of_twenty();
    assert_snapshot!(world.ckpt(&["task", "done", "bed-1"]), @"
    --- stderr
    error: `bed-1` is the beginning of several items
    hint: it could be bed-10, bed-11, bed-12, bed-13, bed-14, …; name it in full, or by its number
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["task", "done", "21"]), @"
    --- stderr
    error: there is no item 21: the task has 20
    hint: git ckpt task status --all lists them with their numbers
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["task", "done", "shed"]), @"
    --- stderr
    error: there is no item `shed` in the task
    hint: git ckpt task status --all lists them with their numbers
    --- exit 3
    ");
    assert_snapshot!(World::new().ckpt(&["task", "status"]), @"
    --- stderr
    error: no task is open here
    hint: git ckpt task start <title>
    --- exit 3
    ");
    assert_eq!(world.json(&["task", "status", "--json"])["progress"]["done"], 12);
}

#[test]
fn without_a_task_the_document_says_what_is_next() {
    let world = World::with_session();
    let document = "# Beds\n\n## Items\n\n| # | bed | status |\n|---|---|---|\n| 1 | north | done |\n| 2 | south | open |\n\n## Blockers\n\n- the hose\n\n## Next steps\n\n1. Open the south valve\n";
    world.call(&["save", "-F", "-"]).input(document).run();
    world.ckpt(&["note", "-k", "question", "who has the key?"]);
    assert_snapshot!(world.ckpt(&["resume"]), @"
    no task is open
      items      1 of 2 done
      last done  north
      next item  south
      waits for  the hose
      question   who has the key?
      next step  Open the south valve
      checkpoint e8f4fdb9fb Beds, 2 minutes ago by Ada Lovelace <ada@example.com>
    go on with:
      claude --resume 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b  the session as it is here
      git ckpt restore e8f4fdb9fb  the session as it was saved
      git ckpt prompt e8f4fdb9fb  a new session out of the document
    ");
    assert_eq!(World::new().ckpt(&["resume"]).code, 3);
}

#[test]
fn an_older_checkpoint_is_told_and_what_is_open_stays() {
    let world = twelve_of_twenty();
    world.save(&[]);
    world.commit("Next");
    world.ckpt(&["task", "done", "13-16"]);
    world.save(&[]);
    let older = world.ckpt(&["resume", "HEAD~1"]).stdout();
    assert!(older.starts_with("the checkpoint has Water the beds: item 13 of 20;"), "{older}");
    assert!(
        older.contains("what is open here stays as it is: Water the beds, 16 of 20"),
        "{older}"
    );
    assert_eq!(world.json(&["task", "status", "--json"])["progress"]["done"], 16);
}

#[test]
fn a_thousand_items_make_a_small_document() {
    let world = World::with_session();
    let items: String = (1..=1000).map(|number| format!("pages/{number:04}.md\n")).collect();
    world.call(&["task", "start", "Pages", "--items", "-"]).input(items).run();
    world.ckpt(&["task", "done", "1-500"]);
    world.ckpt(&["task", "done", "700", "-n", "odd"]);
    world.save(&["-m", "x"]);
    let document = world.ckpt(&["show", "--raw"]).stdout();
    assert!(document.len() < 3000, "{} bytes: {document}", document.len());
    fs::remove_dir_all(world.repo().join(".git/ckpt/tasks")).unwrap();
    let resumed = world.json(&["resume", "--json"]);
    let items = resumed["task"]["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[699]["note"]), (1000, &"odd".into()));
    assert_eq!(resumed["task"]["next"], 501);
}

#[test]
fn a_task_that_somebody_made_up_leads_nowhere() {
    let world = twelve_of_twenty();
    let text = forgery::template(&world, &["-m", "# Water"]);
    fs::remove_dir_all(world.repo().join(".git/ckpt/tasks")).unwrap();
    let outside = leading_out(&text);
    assert_ne!(outside, text);
    world.commit("Forged");
    forgery::tie(&world, &forgery::sealed(&outside));
    // What is no task of ours is passed over, and the one before it is found.
    let run = world.ckpt(&["task", "start", "Mine", "--anew"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!world.repo().join(".git/evil.json").exists());
}

/// The text with an id of its task that leads out of the directory of tasks.
fn leading_out(text: &str) -> String {
    let plan = text.find("\nplan:").unwrap();
    let id = plan + text[plan..].find("id: ").unwrap() + 4;
    let end = id + text[id..].find('\n').unwrap();
    format!("{}../../evil{}", &text[..id], &text[end..])
}

#[test]
fn what_was_put_away_comes_back_only_where_it_is_asked_for() {
    let world = twelve_of_twenty();
    let id = world.save(&[]);
    world.ckpt(&["task", "clear"]);
    assert!(world.ckpt(&["resume"]).stdout().starts_with("no task is open\n"));
    assert_eq!(world.ckpt(&["task", "status"]).code, 3);
    let asked = world.ckpt(&["resume", &id]).stdout();
    assert!(asked.starts_with("resuming Water the beds: item 13 of 20;"), "{asked}");
    assert_eq!(world.json(&["task", "status", "--json"])["progress"]["done"], 12);
}

#[test]
fn a_task_that_was_put_away_is_told_as_such_and_taken_up_only_where_it_is_asked_for() {
    let world = twelve_of_twenty();
    world.ckpt(&["task", "block", "rain"]);
    let id = world.save(&["--no-session"]);
    world.ckpt(&["task", "clear"]);
    let away = world.ckpt(&["resume"]);
    assert_snapshot!(away, @"
    no task is open
      put away   Water the beds, 12 of 20 done
      checkpoint e024067a9e Read the soil sensor, 2 minutes ago by Ada Lovelace <ada@example.com>
    go on with:
      git ckpt prompt e024067a9e  a new session out of the document
      git ckpt resume e024067a9e  the task that was put away
    ");
    let resumed = world.json(&["resume", "--json"]);
    assert_eq!((&resumed["task"], &resumed["items"]), (&Value::Null, &Value::Null));
    world.save(&["--no-session"]);
    assert_snapshot!(world.ckpt(&["resume"]), @"
    no task is open
      put away   Water the beds, 12 of 20 done
      checkpoint 031974d158 Read the soil sensor, 1 minute ago by Ada Lovelace <ada@example.com>
    go on with:
      git ckpt prompt 031974d158  a new session out of the document
    ");
    let run = world.ckpt(&["resume", &id]).stdout();
    assert!(run.starts_with("resuming Water the beds: item 13 of 20; 12 of 20 done\n"), "{run}");
}

#[test]
fn a_finished_task_is_told_how_to_put_it_away() {
    let world = World::new();
    world.call(&["task", "start", "Two", "--items", "-"]).input("- [x] a\n- [ ] b\n").run();
    assert_eq!(world.json(&["task", "status", "--json"])["progress"]["done"], 1);
    world.ckpt(&["task", "done"]);
    let run = world.ckpt(&["resume"]).stdout();
    assert!(run.contains("git ckpt task clear") && !run.contains("git ckpt task done"), "{run}");
}

#[test]
fn what_another_task_waits_for_is_not_told_of_this_one() {
    let world = World::new();
    world.ckpt(&["task", "start", "First"]);
    world.ckpt(&["task", "block", "rain"]);
    world.save(&[]);
    world.ckpt(&["task", "start", "Second", "--anew", "-s", "one"]);
    let run = world.ckpt(&["resume"]).stdout();
    assert!(run.starts_with("resuming Second: step 1 of 1") && !run.contains("rain"), "{run}");
}
