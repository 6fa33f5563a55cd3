//! Documents that are sealed as well (`ckpt.encrypt = all`): what of them stands in the open, and what reads them.

use std::fs;

use base64::Engine;

use crate::world::{World, has_terminal};
use crate::{
    SAID, age_identity, fetched, forget_identity, holds, objects, own_identity, restored, seal_all,
    ssh_key, succeeds, transcript,
};

const TIES: &str = "refs/notes/ckpt/ada-0000001";

/// What a person may write, with words in it that stand nowhere else.
const WRITTEN: &str = "---
title: The quincunx plan
objective: plant the hortulan orchard
phase: vernalization
task: order the scionwood
status: blocked
progress: {done: 3, total: 7}
reviewer: Pomona
---
# The quincunx plan

The mulberries stand by the walled ruin.
";

const SECRET_WORDS: [&str; 7] =
    ["quincunx", "hortulan", "vernalization", "scionwood", "blocked", "Pomona", "mulberries stand"];

/// A world whose documents are sealed to its own identity, with a session.
fn sealed() -> World {
    let world = World::new();
    world.claude().says("What about Sundays?", SAID).write();
    let own = own_identity(&world);
    seal_all(&world, &[&own]);
    world
}

/// Saves a document that is handed in.
fn save(world: &World, text: &str) -> String {
    let run = world.call(&["save", "-F", "-", "--json"]).input(text).run();
    assert_eq!(run.code, 0, "{run}");
    let saved: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    saved["checkpoint"].as_str().unwrap().to_owned()
}

fn note(world: &World, commit: &str) -> Vec<u8> {
    let shown = world.call_program("git", &["notes", "--ref=ckpt/ada-0000001", "show", commit]);
    shown.run().output.stdout
}

/// The objects, and what they hold in base 64.
fn all_forms(world: &World) -> Vec<Vec<u8>> {
    let mut all = objects(world);
    for at in 0..all.len() {
        let text = String::from_utf8_lossy(&all[at]).into_owned();
        let long = text.lines().filter(|line| line.len() > 40 && !line.contains(' '));
        let digits: String = long.collect();
        all.extend(base64::prelude::BASE64_STANDARD.decode(digits));
    }
    all
}

#[test]
fn nothing_that_a_document_says_stands_in_any_object() {
    let plain = World::new();
    plain.git(&["config", "ckpt.device", "greenhouse-7"]);
    plain.claude().says("What about Sundays?", SAID).write();
    save(&plain, WRITTEN);
    let found = all_forms(&plain);
    assert!(SECRET_WORDS.iter().all(|word| holds(&found, word)), "the search finds what is there");

    let world = sealed();
    world.git(&["config", "ckpt.device", "greenhouse-7"]);
    world.git(&["checkout", "--quiet", "-b", "walled-garden"]);
    let id = save(&world, WRITTEN);
    // What is drafted quotes the session.
    succeeds(&world, &["save"]);
    let found = all_forms(&world);
    let shown = world.json(&["show", "--json", &id]);
    let session = &shown["sessions"][0];
    let of_session = [
        session["id"].as_str().unwrap(),
        session["model"].as_str().unwrap(),
        session["log"].as_str().unwrap(),
        "greenhouse-7",
        "walled-garden",
        "snapshots",
        "turns",
        "What about Sundays",
        SAID,
    ];
    for word in SECRET_WORDS.iter().chain(&of_session) {
        assert!(!holds(&found, word), "{word}");
    }
    assert_eq!(shown["unknown"]["reviewer"], "Pomona");
    assert_eq!(shown["progress"]["total"], 7);
    assert_eq!(restored(&world, &id), fs::read(transcript(&world)).unwrap());
    world.git(&["fsck", "--strict"]);
}

#[test]
fn plain_git_shows_whose_it_is_and_that_it_is_sealed() {
    let world = sealed();
    save(&world, WRITTEN);
    let text = String::from_utf8(note(&world, "HEAD")).unwrap();
    let (front, body) = text.split_once("---\n\n").or(text.rsplit_once("---\n")).unwrap();
    let keys: Vec<&str> = front.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    assert_eq!(
        keys,
        [
            "id", "length", "format", "sealed", "created", "author", "commit", "tree", "patch_id",
            "authored", "subject"
        ]
    );
    assert!(body.starts_with("This checkpoint is sealed."), "{text}");
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
}

#[test]
fn an_id_is_checked_without_the_key() {
    use sha2::Digest;
    let world = sealed();
    let id = save(&world, WRITTEN);
    let text = note(&world, "HEAD");
    let below = text.splitn(3, |byte| *byte == b'\n').nth(2).unwrap();
    let hash: String =
        sha2::Sha256::digest(below).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash[..40], id);
}

#[test]
fn with_the_clones_own_key_everything_reads_as_if_it_were_plain() {
    let [plain, sealed] = [World::new(), World::new()];
    let own = own_identity(&sealed);
    seal_all(&sealed, &[&own]);
    // The key that is kept open is enough.
    forget_identity(&sealed);
    plain.wait(180);
    let read = |world: &World| {
        world.claude().says("What about Sundays?", SAID).write();
        let id = save(world, WRITTEN);
        let run = |arguments: &[&str]| {
            let text = succeeds(world, arguments).stdout().replace(&id, "[ID]");
            text.replace(&id[..10], "[SHORT]")
        };
        let kept = |text: String| -> String {
            let differs = |line: &&str| line.starts_with("  sealed  ");
            text.lines().filter(|line| !differs(line)).map(|line| format!("{line}\n")).collect()
        };
        let shown = world.json(&["show", "--json"]);
        [
            run(&["log"]),
            kept(run(&["show"])),
            run(&["show", "--session"]),
            run(&["prompt"]),
            run(&["export", "--format", "markdown"]),
            shown["title"].to_string() + &shown["body"].to_string(),
        ]
    };
    let (one, other) = (read(&plain), read(&sealed));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert!(one[0].contains("The quincunx plan"));
    let raw = succeeds(&sealed, &["show", "--raw"]).stdout();
    assert!(raw.ends_with(WRITTEN.split_once("---\n#").unwrap().1), "{raw}");
    assert!(succeeds(&sealed, &["verify"]).stdout().contains("all good"));
}

#[test]
fn without_an_identity_it_is_said_that_a_checkpoint_is_sealed() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let other = fetched(&world);
    // Keys are random, and so are ids that they had a part in.
    let key = world.json(&["show", "--json"])["sealed"].as_str().unwrap().to_owned();
    let neutral = |run: crate::world::Run| {
        run.to_string().replace(&id[..10], "[SHORT]").replace(&key, "[KEY]")
    };
    insta::assert_snapshot!(neutral(other.ckpt(&["log", "-n", "1"])), @"
    ● f2b6f3f4a7 Read the soil sensor  1 hour ago
                 [SHORT] (sealed: no identity here opens it)
    ");
    insta::assert_snapshot!(neutral(other.ckpt(&["show"])), @"
    checkpoint [SHORT]  (sealed)
      commit    f2b6f3f4a7 Read the soil sensor
      saved     59 minutes ago by Ada Lovelace <ada@example.com>
      sealed    with key [KEY], closed here
    --- stderr
    error: sealed to one recipient, and there is no identity here to open it with
    hint: name your identity, an age identity file or a private key of ssh: `git config ckpt.identity <file>`; if you have none that fits, send your public key to whoever saved it, who runs `git ckpt recipients add <key>` and `git ckpt push`
    --- exit 12
    ");
    let run = other.ckpt(&["show", "--json"]);
    assert_eq!(run.code, 12, "{run}");
    let shown: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!((&shown["state"], &shown["body"]), (&"sealed".into(), &serde_json::Value::Null));
    assert_eq!(shown["checkpoint"], id.as_str());
    for arguments in [
        &["prompt", &id][..],
        &["show", "--stat"],
        &["show", "--session"],
        &["restore", &id, "--yes"],
        &["export", &id],
        &["export", &id, "--format", "markdown"],
        &["scan", &id],
    ] {
        let run = other.ckpt(arguments);
        assert_eq!(run.code, 12, "{arguments:?}: {run}");
        assert!(
            run.stderr().starts_with("error: sealed to one recipient, and there is no"),
            "{run}"
        );
    }
    assert!(succeeds(&other, &["show", "--raw"]).stdout().contains("This checkpoint is sealed."));
    insta::assert_snapshot!(succeeds(&other, &["verify"]).stdout(), @"
    1 checkpoint, 0 sessions, 0 files, 0 bytes checked: all good
    1 checkpoint sealed to others: documents are what their ids say, what they and their sessions hold was not checked
    ");
    let run = succeeds(&other, &["scan", "--all", "--everybody"]);
    assert!(
        run.stderr().contains("1 document sealed to others, and so not looked through"),
        "{run}"
    );
    succeeds(&other, &["doctor"]);
    succeeds(&other, &["repair", "--dry-run"]);
}

#[test]
fn documents_open_without_the_logs_that_were_not_fetched() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let other = World::unborn();
    let from = world.repo();
    let from = from.to_str().unwrap();
    other.git(&["fetch", "--quiet", from, "refs/heads/*:refs/heads/*", "--update-head-ok"]);
    other.git(&[
        "fetch",
        "--quiet",
        from,
        &format!("{TIES}:refs/notes/ckpt-remote/origin/ada-0000001"),
    ]);
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert!(succeeds(&other, &["show", &id]).stdout().contains("mulberries stand"));
    let run = other.ckpt(&["show", "--session", &id]);
    assert_eq!(run.code, 3, "{run}");
}

#[test]
fn a_checkpoint_without_a_session_is_sealed_and_moves_no_log() {
    let world = sealed();
    let run = world.call(&["save", "--no-session", "-F", "-"]).input(WRITTEN).run();
    assert!(run.stdout().contains("tokens, sealed to 1 recipient\n"), "{run}");
    let refs = world.git(&["for-each-ref", "--format=%(refname)", "refs/notes"]);
    assert_eq!(refs.trim_end(), TIES);
    let other = fetched(&world);
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert!(succeeds(&other, &["prompt"]).stdout().contains("mulberries stand"));
}

#[test]
fn plain_and_sealed_documents_stand_beside_each_other_in_one_note() {
    let world = World::new();
    let own = own_identity(&world);
    world.save(&["--no-session", "-m", "# Plain one"]);
    seal_all(&world, &[&own]);
    world.save(&["--no-session", "-m", "# Sealed one"]);
    world.git(&["notes", "--ref=ckpt/ada-0000001", "append", "-m", "Somebody's own words", "HEAD"]);
    world.git(&["config", "ckpt.encrypt", "false"]);
    world.save(&["--no-session", "-m", "# Plain again"]);
    let log = succeeds(&world, &["log"]).stdout();
    for title in ["Plain one", "Sealed one", "Plain again"] {
        assert!(log.contains(title), "{log}");
    }
    let text = String::from_utf8(note(&world, "HEAD")).unwrap();
    assert!(text.contains("Somebody's own words") && !text.contains("Sealed one"), "{text}");
    let other = fetched(&world);
    let log = succeeds(&other, &["log"]).stdout();
    assert!(log.contains("Plain one") && log.contains("Plain again"), "{log}");
    assert!(log.contains("(sealed: no identity here opens it)"), "{log}");
    // The key outlives what git does to the tree.
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert!(succeeds(&other, &["log"]).stdout().contains("Sealed one"));
}

#[test]
fn a_commit_that_is_amended_keeps_what_is_sealed_also_for_those_who_cannot_read_it() {
    let world = sealed();
    world.write("beds.txt", "north\n");
    world.commit("Dig the beds");
    let id = save(&world, WRITTEN);
    let other = fetched(&world);
    for world in [&world, &other] {
        world.git(&["commit", "--quiet", "--amend", "-m", "Dig the beds deeper"]);
        succeeds(world, &["repair", "--yes"]);
        let shown = world.ckpt(&["show", "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown.stdout()).unwrap();
        assert_eq!(shown["checkpoint"], id.as_str());
        assert!(shown["inferred"].is_null(), "{shown}");
    }
}

#[test]
fn a_recipient_who_is_added_later_reads_the_documents_too() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let (identity, recipient) = age_identity();
    let early = fetched(&world);
    early.write_to(&early.home().join(".config/git-ckpt/identity"), &identity);
    assert_eq!(early.ckpt(&["show", &id]).code, 12);
    succeeds(&world, &["recipients", "add", &recipient]);
    let own = world.repo();
    early.git(&[
        "fetch",
        "--quiet",
        own.to_str().unwrap(),
        &format!("+{TIES}:refs/notes/ckpt-remote/origin/ada-0000001"),
    ]);
    assert!(succeeds(&early, &["show", &id]).stdout().contains("mulberries stand"));

    let run = succeeds(&world, &["recipients", "remove", &recipient]);
    assert!(run.stderr().contains("stays readable to it"), "{run}");
    let later = save(&world, &WRITTEN.replace("3, total", "4, total"));
    succeeds(&early, &["fetch", "--logs"]);
    assert_eq!(early.ckpt(&["show", &later]).code, 12);
    assert_eq!(early.ckpt(&["show", &id]).code, 0);
}

#[test]
fn a_bundle_of_a_sealed_document_opens_for_its_recipients_only() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let bundle = world.home().join("checkpoint.ckpt");
    let bundle = bundle.to_str().unwrap();
    succeeds(&world, &["export", &id, "-o", bundle]);
    assert!(!holds(&[fs::read(bundle).unwrap()], "quincunx"));
    let other = fetched(&world);
    let refs = other.git(&["for-each-ref", "--format=%(refname)", "refs/notes/"]);
    refs.lines().for_each(|name| drop(other.git(&["update-ref", "-d", name])));
    let run = other.ckpt(&["import", bundle, "--yes"]);
    assert_eq!(run.code, 12, "{run}");
    assert_eq!(other.git(&["for-each-ref", "refs/notes/"]), "");
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    succeeds(&other, &["import", bundle, "--yes"]);
    assert!(succeeds(&other, &["show", &id]).stdout().contains("mulberries stand"));
    // What was taken in brings its key, with or without the logs.
    other.git(&["update-ref", "-d", "refs/notes/ckpt-log-remote/import/ada-0000001"]);
    assert!(succeeds(&other, &["show", &id]).stdout().contains("mulberries stand"));
}

#[test]
fn an_export_of_what_was_sealed_says_that_it_is_not_any_more() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let warning = "warning: what was exported is sealed in the repository and plain in this output";
    for format in ["markdown", "messages", "atif", "transcript"] {
        let run = succeeds(&world, &["export", &id, "--format", format]);
        assert!(run.stderr().starts_with(warning), "{format}: {run}");
    }
    let to = world.home().join("out");
    let to = to.to_str().unwrap();
    let run = succeeds(&world, &["export", &id, "--format", "transcript", "--to", to]);
    assert!(run.stderr().contains(warning), "{run}");
    let file = world.home().join("checkpoint.ckpt");
    let run = succeeds(&world, &["export", &id, "-o", file.to_str().unwrap()]);
    assert!(!run.stderr().contains("plain"), "{run}");
}

/// The ties ref with another note of HEAD.
fn put_note(world: &World, text: &[u8]) {
    let commit = world.git(&["rev-parse", "HEAD"]);
    let path = world.home().join("note");
    fs::write(&path, text).unwrap();
    let blob = world.git(&["hash-object", "-w", path.to_str().unwrap()]);
    world.git(&["notes", "--ref=ckpt/ada-0000001", "remove", commit.trim()]);
    world.git(&["notes", "--ref=ckpt/ada-0000001", "add", "-C", blob.trim(), commit.trim()]);
}

/// The same document with another id, which fits what it says now.
fn with_right_id(text: &str) -> String {
    use sha2::Digest;
    let below = text.splitn(3, '\n').nth(2).unwrap();
    let hash = sha2::Sha256::digest(below);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("---\nid: {}\n{below}", &hash[..40])
}

#[test]
fn a_sealed_document_that_was_changed_is_damaged_and_never_half_believed() {
    let world = sealed();
    save(&world, WRITTEN);
    let text = String::from_utf8(note(&world, "HEAD")).unwrap();
    let other_author =
        text.replace("author: Ada", "author: Eve").replace("authored: Eve", "authored: Ada");
    assert_ne!(other_author, text);
    put_note(&world, other_author.as_bytes());
    let run = world.ckpt(&["show"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stdout().contains("does not match the id"), "{run}");
    // Whoever makes an id that fits cannot make the seal fit.
    let at = text.find("\n\n").unwrap() + 2;
    let other_part = format!("{}AAAA{}", &text[..at], &text[at + 4..]);
    for changed in [&other_author, &other_part] {
        put_note(&world, with_right_id(changed).as_bytes());
        let run = world.ckpt(&["show"]);
        assert_eq!(run.code, 5, "{run}");
        assert!(run.stdout().contains("the sealed part does not open with its key"), "{run}");
        assert_eq!(world.ckpt(&["verify"]).code, 5);
    }
}

#[test]
fn a_hook_seals_documents_with_public_keys_alone() {
    let world = World::new();
    succeeds(&world, &["init"]);
    world.git(&["config", "ckpt.background", "false"]);
    let (identity, recipient) = age_identity();
    seal_all(&world, &[&recipient]);
    world.claude().says("Never water on Sundays.", SAID).write();
    let commit = ["commit", "--quiet", "--allow-empty", "-m", "Water"];
    let run = world.call_program("git", &commit).run();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr().starts_with("ckpt: saved ") && run.stderr().lines().count() == 1, "{run}");
    assert!(!holds(&all_forms(&world), "Never water on Sundays"));
    let other = fetched(&world);
    other.write_to(&other.home().join(".config/git-ckpt/identity"), &identity);
    assert!(succeeds(&other, &["show"]).stdout().contains("Never water on Sundays"));
}

#[test]
fn that_a_draft_quotes_a_sealed_session_in_plain_is_said_once() {
    let told =
        "warning: the session is sealed; its document, drafted out of it, quotes it in plain";
    let world = World::new();
    world.claude().says("What about Sundays?", SAID).write();
    crate::seal_to(&world, &[&own_identity(&world)]);
    assert!(!succeeds(&world, &["save", "-m", "# Mine"]).stderr().contains("quotes"));
    assert!(succeeds(&world, &["save"]).stderr().starts_with(told));
    assert!(!succeeds(&world, &["save"]).stderr().contains("quotes"));

    let world = World::new();
    succeeds(&world, &["init"]);
    crate::seal_to(&world, &[&own_identity(&world)]);
    for (background, is_told) in [("true", true), ("false", false)] {
        world.git(&["config", "ckpt.background", background]);
        world.claude().says("What about Sundays?", background).write();
        let commit = ["commit", "--quiet", "--allow-empty", "-m", "Water"];
        let run = world.call_program("git", &commit).run();
        assert_eq!(
            run.stderr().contains("ckpt: the session is sealed; its document"),
            is_told,
            "{run}"
        );
    }

    let world = sealed();
    assert!(!succeeds(&world, &["save"]).stderr().contains("quotes"));
}

#[test]
fn what_is_sealed_is_pruned_like_anything_else_where_it_opens_and_stays_where_it_does_not() {
    let world = sealed();
    save(&world, WRITTEN);
    world.wait(86400 * 90);
    world.claude().says("What about Sundays?", SAID).says("And now?", "Later.").write();
    save(&world, &WRITTEN.replace("3, total", "4, total"));
    forget_identity(&world);
    let keys = world.repo().join(".git/ckpt/keys");
    let away = world.home().join("keys");
    fs::rename(&keys, &away).unwrap();
    let run = succeeds(&world, &["prune", "--older-than", "30d", "--force", "--dry-run"]);
    assert!(
        run.stdout().contains("sessions stay as they are: what 2 sealed checkpoints need"),
        "{run}"
    );
    fs::rename(&away, &keys).unwrap();
    let run = succeeds(&world, &["prune", "--older-than", "30d", "--force", "--yes", "--json"]);
    let pruned: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(pruned["pruned"], 1, "{pruned}");
    assert!(succeeds(&world, &["verify"]).stdout().contains("all good"));
    assert_eq!(restored(&world, "HEAD"), fs::read(transcript(&world)).unwrap());
}

#[test]
fn a_sealed_document_of_somebody_else_keeps_no_frame_of_ours() {
    let world = sealed();
    save(&world, WRITTEN);
    let other = fetched(&world);
    other.claude().says("Mine?", "Old.").write();
    other.save(&["-m", "# Old"]);
    other.wait(86400 * 90);
    other.claude().id("99999999-0000-4000-8000-000000000000").says("Mine?", "New.").write();
    other.save(&["-m", "# New"]);
    let run = succeeds(&other, &["prune", "--older-than", "30d", "--force", "--yes", "--json"]);
    let pruned: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(pruned["pruned"], 1, "{pruned}");
    assert!(!run.stderr().contains("stay"), "{run}");
}

#[test]
fn a_passphrase_is_asked_for_where_one_checkpoint_is_meant_and_not_by_a_list() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    let bob = World::new();
    let passphrase = format!("{}-{}", "beets", "and chard");
    seal_all(&world, &[ssh_key(&bob, "ed25519", &passphrase).trim()]);
    let id = world.save(&["--no-session", "-m", "# The quincunx plan"]);
    let other = fetched(&world);
    fs::rename(bob.home().join(".ssh"), other.home().join(".ssh")).unwrap();
    let line = format!("{} --no-pager log", crate::world::PROGRAM);
    let run = other.on_terminal(&line, "", &[]);
    assert!(run.stdout().contains("(sealed: `git ckpt show` asks for the passphrase)"), "{run}");
    let line = format!("{} --no-pager show {id}", crate::world::PROGRAM);
    let run = other.on_terminal(&line, &format!("{passphrase}\n"), &[]);
    assert!(run.stdout().contains("passphrase of [HOME]/.ssh/id_ed25519:"), "{run}");
    assert!(run.stdout().contains("The quincunx plan"), "{run}");
}

#[test]
fn the_archive_of_a_lost_clone_brings_the_keys_of_its_documents() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    let other = fetched(&world);
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    other.wait(86400 * 60);
    let folded = other.json(&["prune", "--gone-for", "30d", "--yes", "--json"]);
    assert_eq!(folded["folded"], serde_json::json!(["origin/ada-0000001"]), "{folded}");
    let archive = format!("refs/notes/ckpt/{}", folded["archive"].as_str().unwrap());
    let refs = other.git(&["for-each-ref", "--format=%(refname)", "refs/notes/"]);
    for name in refs.lines().filter(|name| *name != archive) {
        other.git(&["update-ref", "-d", name]);
    }
    assert!(succeeds(&other, &["show", &id]).stdout().contains("mulberries stand"));
}

#[test]
fn ties_that_something_else_moved_keep_their_keys_when_they_are_mended() {
    let world = sealed();
    world.git(&["config", "ckpt.encrypt", "false"]);
    world.save(&["--no-session", "-m", "# Plain"]);
    let before = world.git(&["rev-parse", TIES]);
    world.git(&["config", "ckpt.encrypt", "all"]);
    let id = save(&world, WRITTEN);
    world.git(&["update-ref", TIES, before.trim()]);
    world.git(&["notes", "--ref=ckpt/ada-0000001", "append", "-m", "Somebody's own words", "HEAD"]);
    let run = succeeds(&world, &["log"]);
    assert!(run.stderr().contains("warning: "), "{run}");
    assert!(run.stdout().contains("The quincunx plan"), "{run}");
    let other = fetched(&world);
    other.git(&["update-ref", "-d", "refs/notes/ckpt-log-remote/origin/ada-0000001"]);
    fs::rename(world.home().join(".config"), other.home().join(".config")).unwrap();
    assert!(succeeds(&other, &["show", &id]).stdout().contains("mulberries stand"));
}

#[test]
fn whoever_comes_to_a_commit_with_a_sealed_checkpoint_is_told_so_and_goes_on() {
    let world = sealed();
    let id = save(&world, WRITTEN);
    world.commit("Go on");
    let other = fetched(&world);
    succeeds(&other, &["init"]);
    let wanted = format!("checkpoint {}, which is sealed and closed here", &id[..10]);
    let run = other.call_program("git", &["checkout", "--quiet", "HEAD~1"]).run();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr().contains(&wanted) && run.stderr().lines().count() == 1, "{run}");
    other.git(&["checkout", "--quiet", "main"]);
    let run = succeeds(&other, &["checkout", "--quiet", "HEAD~1", "--yes"]);
    assert!(run.stderr().contains(&wanted), "{run}");
}
