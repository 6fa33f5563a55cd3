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
