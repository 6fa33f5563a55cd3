//! The gate: what is about to leave is looked through for secrets, and where any is found nothing leaves.

use std::fs;
use std::path::Path;

use git_ckpt::git::Repository;
use git_ckpt::store::Store;

use crate::team::Team;
use crate::world::turns;

/// A token, put together here so that no scanner takes this file for a leak.
fn token() -> String {
    format!("ghp_{}", ["A1b2C3d4E5f6", "G7h8I9j0K1l2", "M3n4O5p6Q7r8"].concat())
}

/// Saves a document with a token in it, which stays there.
fn save_leak(team: &Team, place: &Path) -> String {
    let text = format!("# Use {}", token());
    team.ckpt(place, &["save", "--json", "--no-session", "--no-redact", "--yes", "-m", &text]).id()
}

/// A session in which a token was pasted.
fn leaky_turns(place: &Path, session: &str) -> String {
    let text = String::from_utf8(turns(place, session, 0..2)).unwrap();
    let leaky = text.replacen(" the ", &format!(" {} ", token()), 1);
    assert!(leaky.contains(&token()), "{text}");
    leaky
}

/// Saves a session with a token in it, as a version without rules would have, and a clean document for it.
fn save_leaky_session(team: &Team, place: &Path, session: &str) -> String {
    let transcript = team.world.transcript(place, session);
    fs::write(transcript, leaky_turns(place, session)).unwrap();
    // What is allowed today is a secret tomorrow.
    fs::write(team.world.path("fine"), token()).unwrap();
    let fine = team.world.path("fine");
    team.world.git(place, &["config", "ckpt.redact.allow", fine.to_str().unwrap()]);
    let id = team.ckpt(place, &["save", "--json", "--session", session, "-m", "# Clean"]).id();
    team.world.git(place, &["config", "--unset", "ckpt.redact.allow"]);
    id
}

fn refs_there(team: &Team) -> Vec<String> {
    team.refs(&team.server, "refs/notes")
}

#[test]
fn a_secret_in_a_document_keeps_everything_here() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# Clean");
    let id = save_leak(&team, &ada);
    for command in [&["push"][..], &["push", "--json"], &["push", "--dry-run"], &["sync"]] {
        let held = team.world.ckpt(&ada, command);
        let held = held.fails(11, &["github-pat", &id[..10], "git ckpt redact", "--allow-secrets"]);
        assert!(!held.err.contains(&token()[..8]), "{}", held.err);
        assert_eq!(held.out.lines().filter(|line| line.contains("github-pat")).count(), 0);
    }
    assert!(refs_there(&team).is_empty());
}

#[test]
fn a_secret_in_a_session_keeps_everything_here() {
    let team = Team::new();
    let ada = team.clone("ada");
    let id = save_leaky_session(&team, &ada, "one");
    team.world.ckpt(&ada, &["push"]).fails(11, &["github-pat", &id[..10], "transcript.jsonl"]);
    assert!(refs_there(&team).is_empty());
    // Documents alone are clean.
    team.ckpt(&ada, &["push", "--no-logs"]);
    assert_eq!(refs_there(&team).len(), 1);
}

#[test]
fn placeholders_are_no_findings() {
    let team = Team::new();
    let ada = team.clone("ada");
    let text = format!("# Use {}", token());
    team.ckpt(&ada, &["save", "--no-session", "-m", &text]);
    let transcript = team.world.transcript(&ada, "one");
    fs::write(transcript, leaky_turns(&ada, "one")).unwrap();
    team.ckpt(&ada, &["save", "--session", "one"]);
    team.ckpt(&ada, &["push"]);
    assert_eq!(refs_there(&team).len(), 2);
}

#[test]
fn what_the_document_repeats_of_its_commit_and_its_author_is_no_finding() {
    let team = Team::new();
    let ada = team.clone("ada");
    fs::write(ada.join("file"), "more").unwrap();
    team.world.commit(&ada, &format!("Rotate {}", token()));
    fs::write(team.world.path("named"), "ada@example.com\nAda Lovelace\n").unwrap();
    let named = team.world.path("named");
    team.world.git(&ada, &["config", "ckpt.redact.literals", named.to_str().unwrap()]);
    team.save(&ada, "# Rotated");
    team.ckpt(&ada, &["push"]);
    team.save(&ada, "# By nobody");
    let text = "# By ada@example.com";
    team.ckpt(&ada, &["save", "--no-session", "--no-redact", "--yes", "-m", text]);
    team.world.ckpt(&ada, &["push"]).fails(11, &["literal"]);
}

#[test]
fn what_was_saved_unredacted_stays_here_even_where_no_rule_finds_anything() {
    let team = Team::new();
    let ada = team.clone("ada");
    let id = team.ckpt(
        &ada,
        &["save", "--json", "--no-session", "--no-redact", "--yes", "-m", "# Nothing to see"],
    );
    team.world.ckpt(&ada, &["push"]).fails(11, &["`--no-redact`", &id.id()[..10]]);
    assert!(refs_there(&team).is_empty());
}

#[test]
fn secrets_leave_after_a_yes_and_are_not_asked_about_again() {
    let team = Team::new();
    let ada = team.clone("ada");
    save_leak(&team, &ada);
    team.world.ckpt(&ada, &["push", "--allow-secrets"]).fails(4, &["github-pat", "--yes"]);
    assert!(refs_there(&team).is_empty());
    team.ckpt(&ada, &["push", "--allow-secrets", "--yes"]);
    assert_eq!(refs_there(&team).len(), 1);
    team.save(&ada, "# Clean");
    team.ckpt(&ada, &["push"]);
    team.ckpt(&ada, &["push"]);
}

#[test]
fn what_was_looked_through_is_not_looked_through_again() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save_session(&ada, "one", 3);
    team.ckpt(&ada, &["push"]);
    let record = fs::read_to_string(ada.join(".git/ckpt/scanned")).unwrap();
    let refs = record.lines().filter(|line| line.contains("refs/notes/ckpt"));
    assert_eq!(refs.count(), 2, "{record}");
    save_leak(&team, &ada);
    team.world.ckpt(&ada, &["push"]).fails(11, &["github-pat"]);
    // What the record says counts: with this tip in it nothing is new.
    let store = Store::new(Repository::discover(&ada).unwrap());
    let mut scanned = store.scanned(record.lines().nth(1).unwrap());
    let ties = team.world.ties_ref(&ada);
    scanned.add(&ties, team.world.git(&ada, &["rev-parse", &ties]).parse().unwrap());
    store.note_scanned(&scanned).unwrap();
    team.ckpt(&ada, &["push"]);
}

#[test]
fn with_other_rules_everything_that_was_not_sent_is_looked_through_once_more() {
    let team = Team::new();
    let ada = team.clone("ada");
    let elsewhere = team.world.path("elsewhere.git");
    team.world.git(&ada, &["init", "--quiet", "--bare", elsewhere.to_str().unwrap()]);
    team.save(&ada, "# The word is plainspoken-marmalade");
    team.ckpt(&ada, &["push"]);
    fs::write(team.world.path("named"), "plainspoken-marmalade\n").unwrap();
    let named = team.world.path("named");
    team.world.git(&ada, &["config", "ckpt.redact.literals", named.to_str().unwrap()]);
    // Where it was sent it is already.
    team.ckpt(&ada, &["push"]);
    let elsewhere = elsewhere.to_str().unwrap();
    team.world.ckpt(&ada, &["push", elsewhere]).fails(11, &["literal"]);
}

#[test]
fn a_push_of_code_goes_through_whatever_stands_in_checkpoints() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.ckpt(&ada, &["init", "--push", "auto"]);
    save_leak(&team, &ada);
    fs::write(ada.join("file"), "more").unwrap();
    team.world.commit(&ada, "more");
    team.world.ckpt(&ada, &["log"]).succeeds();
    let pushed = team.world.try_git(&ada, &["push", "--quiet", "origin", "HEAD"]).succeeds();
    let lines: Vec<&str> = pushed.err.lines().filter(|line| line.contains("ckpt: ")).collect();
    assert_eq!(lines.len(), 1, "{}", pushed.err);
    assert!(
        lines[0].contains("checkpoints were not sent: 2 secrets (2 github-pat)"),
        "{}",
        lines[0]
    );
    assert!(refs_there(&team).is_empty());
}

#[test]
fn a_host_that_may_be_public_is_warned_of_once_more() {
    let team = Team::new();
    let ada = team.clone("ada");
    save_leak(&team, &ada);
    let address = "https://github.com/ada/garden.git";
    team.world.git(&ada, &["config", &format!("ckpt.{address}.pushAcknowledged"), "true"]);
    team.world.git(&ada, &["remote", "set-url", "origin", address]);
    let asked = team.world.ckpt(&ada, &["push", "--allow-secrets"]);
    asked.fails(4, &["may be public", "within minutes"]);
    team.world.git(&ada, &["config", &format!("ckpt.{address}.secretsAcknowledged"), "true"]);
    let asked = team.world.ckpt(&ada, &["push", "--allow-secrets"]).fails(4, &["github-pat"]);
    assert!(!asked.err.contains("within minutes"), "{}", asked.err);
}
