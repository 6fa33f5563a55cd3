//! `git ckpt diff`: what changed from one checkpoint to another.

use insta::assert_snapshot;

use crate::world::World;

const BEFORE: &str = "# Watering\n\n## Decisions\n\n- ADOPTED: poll the sensor, because it cannot call us\n- DEFERRED: frost, until winter\n- REJECTED: a cable (the beds move every year)\n\n## Progress\n\n- [x] sensor\n- [ ] valve\n- [ ] the log\n\n## Next steps\n\n1. open the valve below 30 %\n2. tell Grace\n\n## Blockers\n\n- the valve is not delivered\n\n## Files in play\n\n- `src/soil.rs`\n";
const NOW: &str = "# Watering the dry beds\n\n## Decisions\n\n- REJECTED: polling the sensor (it empties the battery)\n- ADOPTED: the sensor wakes us, since it can do so now\n- DEFERRED: Frost, until winter\n\n## Progress\n\n- [x] sensor\n- [x] open the valve\n- [~] log\n  - Missing: rotation\n\n## Next steps\n\n1. rotate the log in `src/log.rs`\n\n## Open questions\n\n- how long is a log kept?\n\n## Files in play\n\n- `src/soil.rs`\n- `src/log.rs`\n";

/// Saves two checkpoints of one session, between which two things were asked.
pub fn saved(world: &World) {
    world.save(&["-m", BEFORE]);
    let session =
        world.claude().says("And when it rains?", "Then not.").says("Log it too", "Done.");
    session.write();
    world.commit("Next");
    world.save(&["-m", NOW]);
}

#[test]
fn what_changed_is_told_with_the_turns_between() {
    let world = World::with_session();
    saved(&world);
    assert_snapshot!(world.ckpt(&["diff", "HEAD~1"]), @"
    from  10c655e056  Watering  (commit f2b6f3f4a7, 107 tokens)
    to    61802bd47d  Watering the dry beds  (commit 80b11f2d68, 126 tokens)

    Decisions
      + ADOPTED: the sensor wakes us, since it can do so now
      ~ REJECTED, was ADOPTED: polling the sensor (it empties the battery)
      - REJECTED: a cable (the beds move every year)

    Progress
      x open the valve
      ~ in progress (was not done): log

    Next steps
      + rotate the log in `src/log.rs`
      x open the valve below 30 %
      - tell Grace

    Blockers
      - the valve is not delivered

    Questions
      + how long is a log kept?

    Files
      + src/log.rs

    Between them, 2 turns of session 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b:
        3  And when it rains?
        4  Log it too
    ");
    let told = world.json(&["diff", "HEAD~1", "HEAD", "--json"]);
    assert_eq!(told["between"]["turns"].as_array().unwrap().len(), 2);
    assert_eq!(told["between"]["turns"][0]["prompt"], "And when it rains?");
}

#[test]
fn what_there_is_nothing_to_tell_of_is_said() {
    let world = World::with_session();
    let one = world.save(&["-m", BEFORE]);
    assert_snapshot!(world.ckpt(&["diff", &one, &one]), @"
    from  10c655e056  Watering  (commit f2b6f3f4a7, 107 tokens)
    to    10c655e056  Watering  (commit f2b6f3f4a7, 107 tokens)

    the documents say the same

    nothing was asked between them
    ");
    world.claude().id("aaaa0000-0000-4000-8000-000000000000").write();
    world.commit("Next");
    world.save(&["-m", BEFORE, "--session", "aaaa0000"]);
    assert!(
        world
            .ckpt(&["diff", &one])
            .stdout()
            .ends_with("\nno session leads from one to the other\n")
    );
    world.commit("Carries nothing");
    assert_snapshot!(world.ckpt(&["diff", &one]), @"
    --- stderr
    error: commit 6f280184d8 has no checkpoint
    hint: `git ckpt log --carried` lists commits that have one; `git ckpt save <commit>` makes one
    --- exit 3
    ");
}

/// Saves two checkpoints of a bulk task, five of whose items were worked on between them.
pub fn saved_task(world: &World) -> (String, String) {
    let items: String = (1..=12).map(|number| format!("bed {number}\n")).collect();
    world.call(&["task", "start", "Beds", "--items", "-"]).input(items).run();
    world.ckpt(&["task", "done", "1-3"]);
    let document = |times: &str, share: u8| {
        format!(
            "# Beds\n\n## Decisions\n\n- ADOPTED: water {times} times a day\n\n## Progress\n\n- [~] the pump ({share} %)\n"
        )
    };
    let before = world.save(&["--no-session", "-m", &document("three", 40)]);
    world.ckpt(&["task", "done", "4-6"]);
    world.ckpt(&["task", "done", "8", "--failed"]);
    world.ckpt(&["task", "step", "7"]);
    world.ckpt(&["task", "step", "the terrace"]);
    (before, world.save(&["--no-session", "-m", &document("five", 80)]))
}

#[test]
fn what_became_of_a_task_is_told_item_by_item() {
    let world = World::new();
    let (before, now) = saved_task(&world);
    assert_snapshot!(world.ckpt(&["diff", &before, &now]), @"
    from  c077a97c78  Beds  (commit f2b6f3f4a7, 30 tokens)
    to    5780c05943  Beds  (commit f2b6f3f4a7, 30 tokens)

    Decisions
      ~ ADOPTED: water five times a day (was: water three times a day)

    Task
      ~ Beds: 6 of 13 done, 1 failed, was 3 of 12 done
      x 4. bed 4
      x 5. bed 5
      x 6. bed 6
      ~ failed (was not done): 8. bed 8
      + in progress: 13. the terrace

    Progress
      ~ in progress, 80% (was in progress, 40%): the pump
    ");
    world.ckpt(&["task", "clear"]);
    let closed = world.save(&["--no-session"]);
    let put_away = world.ckpt(&["diff", &now, &closed]).stdout();
    assert!(put_away.contains("Beds: 6 of 13 done, 1 failed, put away, was 6 of 13"), "{put_away}");
    let without = world.save(&["--no-session", "-m", "# Other"]);
    let gone = world.ckpt(&["diff", &before, &without]).stdout();
    assert!(gone.contains("\nTask\n  - Beds: 3 of 12 done\n"), "{gone}");
    let other = world.ckpt(&["diff", &before, &before]).stdout();
    assert!(other.contains("the documents say the same"), "{other}");
}

#[test]
fn a_long_task_is_not_told_without_end() {
    let world = World::new();
    let items: String = (1..=2000).map(|number| format!("page {number}\n")).collect();
    world.call(&["task", "start", "Pages", "--items", "-"]).input(items).run();
    let before = world.save(&[]);
    world.ckpt(&["task", "done", "1-1500"]);
    let now = world.save(&[]);
    let told = world.ckpt(&["diff", &before, &now]).stdout();
    assert!(told.contains("~ Pages: 1500 of 2000 done, was 0 of 2000 done\n"), "{told}");
    assert!(told.contains("  ~ and 1,480 more\n") && told.lines().count() < 40, "{told}");
    let told = world.json(&["diff", &before, &now, "--json"]);
    assert_eq!(told["tasks"][0]["changed"].as_array().unwrap().len(), 1500);
}
