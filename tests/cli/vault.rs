//! `git ckpt vault`: what is kept is listed, forgotten and moved, and never shown.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;

use crate::world::{Run, World};

/// Three values, put together here so that no scanner takes this file for a leak: their tags, their rules, themselves.
fn values() -> [(&'static str, &'static str, String); 3] {
    [
        ("aaaaaaaaaaaa", "github-pat", format!("ghp_{}", "0123456789".repeat(4))),
        ("bbbbbbbbbbbb", "generic-api-key", "short".repeat(3)),
        ("cccccccccccc", "github-pat", format!("gho_{}", "9876543210".repeat(4))),
    ]
}

/// Writes a file as `git ckpt vault export` writes it on another machine.
pub fn exported(world: &World, name: &str) -> PathBuf {
    let mut text = format!(
        "{{\"git_ckpt_vault\":1,\"values\":3,\"warning\":\"\"}}\n{{\"key\":\"{}\"}}\n",
        "07".repeat(32)
    );
    for (tag, rule, value) in values() {
        let value = base64(&value);
        text += &format!(
            "{{\"v\":1,\"tag\":\"{tag}\",\"rule\":\"{rule}\",\"value\":\"{value}\",\
             \"first_seen\":\"2026-02-27T09:00:00Z\",\"repository\":\"/home/ada/{rule}/.git\"}}\n"
        );
    }
    let path = world.repo().join(name);
    world.write_to(&path, &text);
    path
}

fn base64(value: &str) -> String {
    let script = format!("printf %s '{value}' | base64 -w 0");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A world with three values in its vault.
fn full() -> World {
    let world = World::new();
    exported(&world, "laptop");
    assert_eq!(world.ckpt(&["vault", "import", "laptop"]).code, 0);
    world
}

fn directory(world: &World) -> PathBuf {
    world.home().join(".local/share/git-ckpt")
}

fn stored(world: &World) -> String {
    fs::read_to_string(directory(world).join("vault.jsonl")).unwrap()
}

/// No value, and no part of one that says more than its kind, stands in what was printed.
#[track_caller]
fn shows_no_value(run: &Run) {
    let printed = format!("{}{}", run.stdout(), run.stderr());
    for (_, _, value) in values() {
        assert!(!printed.contains(&value[..6]), "{printed}");
        assert!(!printed.contains(&base64(&value)[..8]), "{printed}");
    }
}

#[test]
fn what_is_kept_is_listed_and_never_shown() {
    let world = full();
    let run = world.ckpt(&["vault", "list"]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    TAG           RULE             VALUE      FIRST SEEN  REPOSITORY
    aaaaaaaaaaaa  github-pat       ghp_…(44)  3 days ago  /home/ada/github-pat/.git
    bbbbbbbbbbbb  generic-api-key  …(15)      3 days ago  /home/ada/generic-api-key/.git
    cccccccccccc  github-pat       gho_…(44)  3 days ago  /home/ada/github-pat/.git
    ");
    shows_no_value(&world.ckpt(&["vault", "list", "--json"]));
}

#[test]
fn a_vault_that_was_never_used_is_empty_and_not_made() {
    let world = World::new();
    assert_snapshot!(world.ckpt(&["vault", "list"]), @"
    --- stderr
    the vault holds nothing
    ");
    assert_snapshot!(world.ckpt(&["vault", "forget", "--all"]), @"
    --- stderr
    the vault holds nothing
    ");
    assert!(!world.home().join(".local").exists());
}

#[test]
fn a_vault_belongs_to_no_repository() {
    let world = full();
    let run = world.call(&["vault", "list"]).directory(&world.home()).run();
    assert_eq!(run.stdout(), world.ckpt(&["vault", "list"]).stdout());
}

#[test]
fn forgetting_says_what_it_costs_and_needs_a_yes() {
    let world = full();
    let before = stored(&world);
    assert_snapshot!(world.ckpt(&["vault", "forget", "bbbbbbbbbbbb"]), @"
    TAG           RULE             VALUE  FIRST SEEN  REPOSITORY
    bbbbbbbbbbbb  generic-api-key  …(15)  3 days ago  /home/ada/generic-api-key/.git
    --- stderr
    1 value to forget: sessions that had it come back with placeholders in its place, on this machine too
    error: this needs a yes, and there is no terminal to ask on
    hint: look at the plan with `--dry-run`, then run the same command with `--yes`
    --- exit 4
    ");
    assert_eq!(world.ckpt(&["vault", "forget", "--all", "--dry-run"]).code, 0);
    assert_eq!(stored(&world), before);
    let run = world.ckpt(&["vault", "forget", "--yes", "bbbbbbbbbbbb"]);
    shows_no_value(&run);
    assert_snapshot!(run, @"
    TAG           RULE             VALUE  FIRST SEEN  REPOSITORY
    bbbbbbbbbbbb  generic-api-key  …(15)  3 days ago  /home/ada/generic-api-key/.git
    --- stderr
    1 value to forget: sessions that had it come back with placeholders in its place, on this machine too
    1 value forgotten; backups of the disk and files of `git ckpt vault export` may still have what was
    ");
    assert!(!stored(&world).contains("bbbbbbbbbbbb"));
    assert_eq!(stored(&world).lines().count(), 2);
}

#[test]
fn values_are_forgotten_by_rule_and_all_at_once() {
    let world = full();
    assert_eq!(world.ckpt(&["vault", "forget", "--yes", "--rule", "github-pat"]).code, 0);
    assert!(stored(&world).contains("bbbbbbbbbbbb") && stored(&world).lines().count() == 1);
    assert_eq!(world.ckpt(&["vault", "forget", "--yes", "--all"]).code, 0);
    assert_eq!(stored(&world), "");
}

#[test]
fn what_is_not_there_cannot_be_forgotten() {
    let world = full();
    assert_snapshot!(world.ckpt(&["vault", "forget", "--yes", "aaaaaaaaaaaa", "dddddddddddd"]), @"
    --- stderr
    error: the vault has no value with the tag `dddddddddddd`
    hint: `git ckpt vault list` shows tags and rules of what is kept
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["vault", "forget", "--yes", "--rule", "jwt"]), @"
    --- stderr
    error: the vault has no value that the rule `jwt` found
    hint: `git ckpt vault list` shows tags and rules of what is kept
    --- exit 3
    ");
    assert_snapshot!(world.ckpt(&["vault", "forget", "ghp_x"]), @"
    --- stderr
    error: invalid value 'ghp_x' for '[TAG]...': `ghp_x` is not a tag (12 of the letters `a` to `z` and the digits `2` to `7`)

    For more information, try '--help'.
    --- exit 2
    ");
    assert_eq!(world.ckpt(&["vault", "forget"]).code, 2);
    assert_eq!(stored(&world).lines().count(), 3);
}

#[test]
fn a_vault_moves_to_another_machine() {
    let (laptop, desktop) = (full(), World::new());
    let file = desktop.home().join("vault");
    let run = laptop.ckpt(&["vault", "export", file.to_str().unwrap()]);
    shows_no_value(&run);
    let said = run.to_string().replace(file.to_str().unwrap(), "[FILE]");
    assert_snapshot!(said, @"
    --- stderr
    3 values and the key written to `[FILE]`, readable by nobody but you: take it to a machine of your own, `git ckpt vault import` it there, and remove it on both
    ");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let import = ["vault", "import", file.to_str().unwrap()];
    assert_snapshot!(desktop.ckpt(&import), @"
    --- stderr
    3 new values, 0 here already; remove the file now
    ");
    assert_snapshot!(desktop.ckpt(&import), @"
    --- stderr
    0 new values, 3 here already; remove the file now
    ");
    assert_eq!(stored(&desktop), stored(&laptop));
}

#[test]
fn an_export_is_made_where_nothing_is() {
    let world = full();
    world.write("there", "mine");
    assert_snapshot!(world.ckpt(&["vault", "export", "there"]), @"
    --- stderr
    error: `[REPO]/there` exists already
    hint: name a file that does not exist yet
    --- exit 4
    ");
    assert_eq!(fs::read_to_string(world.repo().join("there")).unwrap(), "mine");
}

#[test]
fn what_is_no_export_is_not_taken_in() {
    let world = World::new();
    world.write("notes", "# Notes\n");
    assert_snapshot!(world.ckpt(&["vault", "import", "notes"]), @"
    --- stderr
    error: line 1 of `[REPO]/notes` is not what an export of a vault holds
    hint: nothing was taken in; it may be cut short: write it anew with `git ckpt vault export <file>`
    --- exit 5
    ");
    assert_snapshot!(world.ckpt(&["vault", "import", "src"]), @"
    --- stderr
    error: line 1 of `[REPO]/src` is not what an export of a vault holds
    hint: nothing was taken in; it may be cut short: write it anew with `git ckpt vault export <file>`
    --- exit 5
    ");
    assert_eq!(world.ckpt(&["vault", "import", "nowhere"]).code, 1);
    assert!(!directory(&world).exists());
}

#[test]
fn the_vault_lies_where_variables_say_and_never_in_the_worktree() {
    let world = World::new();
    exported(&world, "laptop");
    let place = |name: &str, value: &str| {
        let run = world.call(&["vault", "import", "laptop"]).env(name, value).run();
        assert_eq!(run.code, 0, "{run}");
    };
    let absolute = world.home().join("elsewhere");
    place("CKPT_VAULT", absolute.to_str().unwrap());
    place("CKPT_VAULT", "below-home");
    place("XDG_DATA_HOME", world.home().join("data").to_str().unwrap());
    for name in ["elsewhere", "below-home", "data/git-ckpt"] {
        assert!(world.home().join(name).join("vault.jsonl").exists(), "{name}");
    }
    assert!(!directory(&world).exists());
    place("XDG_DATA_HOME", "not-absolute");
    assert!(directory(&world).join("vault.jsonl").exists());
    assert_eq!(world.git(&["status", "--short"]), "?? laptop\n");
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_vault_that_others_could_read_is_closed_with_a_warning() {
    let world = full();
    chmod(&directory(&world), 0o755);
    chmod(&directory(&world).join("vault.jsonl"), 0o644);
    assert_snapshot!(world.ckpt(&["vault", "list"]).stderr(), @"
    warning: `[HOME]/.local/share/git-ckpt` could be read by other users of this machine until now; only you can from here on
    warning: `[HOME]/.local/share/git-ckpt/vault.jsonl` could be read by other users of this machine until now; only you can from here on
    ");
    assert_eq!(world.ckpt(&["vault", "list"]).stderr(), "");
}

#[test]
fn a_directory_that_is_not_the_vaults_own_is_left_alone() {
    let world = full();
    let there = world.home().join("there");
    world.write_to(&there.join("notes.txt"), "x");
    chmod(&there, 0o755);
    let run = world.call(&["vault", "import", "laptop"]).env("CKPT_VAULT", "there").run();
    assert_snapshot!(run, @"
    --- stderr
    error: the directory of the vault, `[HOME]/there`, is open to others and holds other things
    hint: name a directory of its own in CKPT_VAULT, or close this one to others: chmod 700 '[HOME]/there'
    --- exit 4
    ");
    assert_eq!(fs::metadata(&there).unwrap().permissions().mode() & 0o777, 0o755);
    symlink(directory(&world), world.home().join("link")).unwrap();
    let run = world.call(&["vault", "list"]).env("CKPT_VAULT", "link").run();
    assert_snapshot!(run, @"
    --- stderr
    error: `[HOME]/link` is a symbolic link, and the vault takes plain files in a directory of its own
    hint: see what it is with `ls -ld '[HOME]/link'`, and move it away, or name another directory: CKPT_VAULT=<dir>
    --- exit 4
    ");
}

#[test]
fn a_vault_that_is_not_ones_own_says_whose_work_it_may_be() {
    let world = full();
    // Only root can give a directory away.
    if std::os::unix::fs::chown(directory(&world), Some(12345), None).is_err() {
        return;
    }
    assert_snapshot!(world.ckpt(&["vault", "list"]), @r#"
    --- stderr
    error: `[HOME]/.local/share/git-ckpt` belongs to another user
    hint: run this as its owner; if `sudo` made it, take it back: sudo chown -R "$USER" '[HOME]/.local/share/git-ckpt'
    --- exit 4
    "#);
}

#[test]
fn what_is_damaged_is_said_and_the_rest_is_there() {
    let world = full();
    let path = directory(&world).join("vault.jsonl");
    let text = stored(&world);
    let torn = text.trim_end().trim_end_matches('}');
    world.write_to(&path, &format!("?\n{torn}"));
    let run = world.ckpt(&["vault", "list", "--json"]);
    assert_eq!(run.stdout().lines().count(), 2);
    assert_snapshot!(run.stderr(), @"
    warning: the last 195 bytes of the vault were not written to their end and are left out; what was saved does not need them
    warning: 1 line of the vault cannot be read; restores name what is missing
    ");
    fs::write(directory(&world).join("vault.keys"), "").unwrap();
    assert_snapshot!(world.ckpt(&["vault", "export", "file"]), @"
    --- stderr
    warning: the last 195 bytes of the vault were not written to their end and are left out; what was saved does not need them
    warning: 1 line of the vault cannot be read; restores name what is missing
    error: `[HOME]/.local/share/git-ckpt/vault.keys` does not start with a key
    hint: put it back from a backup; without one move it away, and a new key is made: mv '[HOME]/.local/share/git-ckpt/vault.keys' '[HOME]/.local/share/git-ckpt/vault.keys.broken'
    --- exit 5
    ");
}

#[test]
fn a_newer_vault_is_listed_and_not_written() {
    let world = full();
    let path = directory(&world).join("vault.jsonl");
    world.write_to(&path, &stored(&world).replace("\"v\":1", "\"v\":7"));
    assert_eq!(world.ckpt(&["vault", "list"]).code, 0);
    assert_snapshot!(world.ckpt(&["vault", "forget", "--all", "--yes"]).stderr(), @"
    3 values to forget: sessions that had them come back with placeholders in their places, on this machine too
    error: `[HOME]/.local/share/git-ckpt/vault.jsonl` was written by a newer version of this program, and is only read
    hint: install the newer version of git-ckpt here, too
    ");
}
