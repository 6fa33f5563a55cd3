//! What the vault promises: kept is kept, for nobody else to read, whoever else writes and whenever somebody dies.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::model::hash::Sha256;
use crate::model::placeholder::Tag;
use crate::model::time::Timestamp;
use crate::store::vault::{Entry, Imported, Notice, Secret, Vault, VaultError};

/// A data directory with no vault in it yet.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn directory(&self) -> PathBuf {
        self.0.path().join("share/git-ckpt")
    }

    fn vault(&self) -> Vault {
        Vault::open(&self.directory())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    fn values(&self) -> String {
        fs::read_to_string(self.file("vault.jsonl")).unwrap()
    }

    fn add(&self, text: &str) {
        let mut file = OpenOptions::new().append(true).open(self.file("vault.jsonl")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

fn entry(vault: &Vault, value: &[u8]) -> Entry {
    Entry {
        tag: vault.tag(value).unwrap(),
        rule: "github-pat".parse().unwrap(),
        value: Secret::new(value),
        first_seen: Timestamp::from_seconds(1_772_442_000),
        repository: "/home/ada/garden/.git".to_owned(),
    }
}

/// Keeps one value and returns its tag.
fn keep(vault: &mut Vault, value: &[u8]) -> Tag {
    let entry = entry(vault, value);
    vault.keep(std::slice::from_ref(&entry)).unwrap();
    entry.tag
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_value_comes_back_by_its_tag_byte_for_byte() {
    let home = Home::new();
    let values: [&[u8]; 3] = [b"ghp_0123", b"line\\nline\"", &[0, 255, b'\n', 10]];
    let tags = values.map(|value| keep(&mut home.vault(), value));
    let vault = home.vault();
    for (tag, value) in tags.iter().zip(values) {
        assert_eq!(vault.value(tag).unwrap(), Some(value));
    }
    assert_eq!(vault.value(&Tag::from_hash(&[7; 32])).unwrap(), None);
    assert_eq!(vault.notices(), []);
}

#[test]
fn the_same_value_is_stored_once_and_its_tag_stays() {
    let home = Home::new();
    let mut vault = home.vault();
    let one = entry(&vault, b"value");
    assert_eq!(vault.keep(&[one.clone(), one.clone()]).unwrap(), 1);
    let again = entry(&home.vault(), b"value");
    assert_eq!(again.tag, one.tag);
    assert_eq!(home.vault().keep(&[again]).unwrap(), 0);
    assert_eq!(home.values().lines().count(), 1);
    assert_ne!(Home::new().vault().tag(b"value").unwrap(), one.tag);
}

#[test]
fn what_is_opened_and_only_read_leaves_nothing_behind() {
    let home = Home::new();
    let mut vault = home.vault();
    assert_eq!(vault.list().unwrap(), [] as [&Entry; 0]);
    assert_eq!(vault.value(&Tag::from_hash(&[7; 32])).unwrap(), None);
    assert_eq!(vault.forget(&[Tag::from_hash(&[7; 32])]).unwrap(), 0);
    assert!(!home.0.path().join("share").exists());
}

#[test]
fn nobody_else_can_read_what_is_kept() {
    let home = Home::new();
    keep(&mut home.vault(), b"value");
    assert_eq!(mode(&home.directory()), 0o700);
    for name in ["vault.keys", "vault.jsonl", "vault.lock"] {
        assert_eq!(mode(&home.file(name)), 0o600, "{name}");
    }
    let mut vault = home.vault();
    vault.forget(&[vault.tag(b"value").unwrap()]).unwrap();
    assert_eq!(mode(&home.file("vault.jsonl")), 0o600);
}

#[test]
fn a_vault_that_others_could_read_is_closed_and_that_is_said() {
    let home = Home::new();
    let tag = keep(&mut home.vault(), b"value");
    fs::set_permissions(home.directory(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(home.file("vault.jsonl"), fs::Permissions::from_mode(0o644)).unwrap();
    let vault = home.vault();
    assert_eq!(vault.value(&tag).unwrap(), Some(&b"value"[..]));
    let closed = [home.directory(), home.file("vault.jsonl")].map(|path| Notice::Closed { path });
    assert_eq!(vault.notices(), closed);
    assert_eq!((mode(&home.directory()), mode(&home.file("vault.jsonl"))), (0o700, 0o600));
    assert_eq!(home.vault().notices(), []);
}

#[test]
fn a_directory_that_is_used_for_other_things_is_not_locked_up() {
    let home = Home::new();
    fs::create_dir_all(home.directory()).unwrap();
    fs::set_permissions(home.directory(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.file("notes.txt"), "x").unwrap();
    let refused = home.vault().tag(b"value");
    assert!(matches!(refused, Err(VaultError::Crowded { .. })), "{refused:?}");
    assert_eq!(mode(&home.directory()), 0o755);
}

#[test]
fn links_and_odd_files_are_refused() {
    let home = Home::new();
    keep(&mut home.vault(), b"value");
    let elsewhere = Home::new();
    fs::create_dir_all(elsewhere.0.path().join("share")).unwrap();
    symlink(home.directory(), elsewhere.directory()).unwrap();
    let refused = elsewhere.vault().list().map(|list| list.len());
    assert!(matches!(refused, Err(VaultError::Strange { what: "a symbolic link", .. })));
    for name in ["vault.keys", "vault.jsonl", "vault.lock"] {
        let target = home.0.path().join(name);
        fs::rename(home.file(name), &target).unwrap();
        symlink(&target, home.file(name)).unwrap();
        let mut vault = home.vault();
        let refused = vault.tag(b"other").and_then(|_| vault.keep(&[]));
        assert!(matches!(refused, Err(VaultError::Strange { .. })), "{name}: {refused:?}");
        fs::remove_file(home.file(name)).unwrap();
        fs::create_dir(home.file(name)).unwrap();
        let mut vault = home.vault();
        let refused = vault.tag(b"other").and_then(|_| vault.keep(&[]));
        assert!(matches!(refused, Err(VaultError::Strange { .. })), "{name}: {refused:?}");
        fs::remove_dir(home.file(name)).unwrap();
        fs::rename(target, home.file(name)).unwrap();
    }
}

#[test]
fn a_vault_of_another_user_is_refused() {
    let home = Home::new();
    keep(&mut home.vault(), b"value");
    for path in [home.file("vault.jsonl"), home.directory()] {
        // Only root can give a file away.
        if std::os::unix::fs::chown(&path, Some(12345), None).is_err() {
            return;
        }
        let refused = home.vault().list().map(|list| list.len());
        assert!(matches!(&refused, Err(VaultError::Foreign { path: at }) if *at == path));
    }
}

#[test]
fn a_value_that_was_not_written_to_its_end_is_dropped_and_that_is_said() {
    let home = Home::new();
    let first = keep(&mut home.vault(), b"first");
    let whole = home.values();
    home.add("{\"v\":1,\"tag\":\"aaaa");
    let mut vault = home.vault();
    assert_eq!(vault.value(&first).unwrap(), Some(&b"first"[..]));
    assert_eq!(vault.notices(), [Notice::Torn { bytes: 18 }]);
    let second = keep(&mut vault, b"second");
    assert!(home.values().starts_with(&whole) && home.values().lines().count() == 2);
    assert_eq!(home.vault().value(&second).unwrap(), Some(&b"second"[..]));
    assert_eq!(home.vault().notices(), []);
}

#[test]
fn lines_and_fields_that_are_not_known_survive_a_rewrite() {
    let home = Home::new();
    let first = keep(&mut home.vault(), b"first");
    let line = home.values().replace("\"v\":1,", "\"v\":1,\"colour\":\"red\",");
    let second = Tag::from_hash(&[7; 32]);
    home.add(&line.replace(first.as_str(), second.as_str()));
    home.add("what is this\n");
    let mut vault = home.vault();
    assert_eq!(vault.forget(&[first]).unwrap(), 1);
    assert_eq!(vault.notices(), [Notice::Unreadable { lines: 1 }]);
    assert_eq!(home.values(), line.replace(first.as_str(), second.as_str()) + "what is this\n");
    assert_eq!(vault.value(&first).unwrap(), None);
    assert!(home.vault().value(&second).unwrap().is_some());
}

#[test]
fn a_newer_vault_is_read_and_never_written() {
    let home = Home::new();
    let tag = keep(&mut home.vault(), b"value");
    let newer = home.values().replace("\"v\":1,", "\"v\":2,\"more\":[1],");
    fs::write(home.file("vault.jsonl"), &newer).unwrap();
    let mut vault = home.vault();
    assert_eq!(vault.value(&tag).unwrap(), Some(&b"value"[..]));
    let other = entry(&vault, b"other");
    assert!(matches!(vault.keep(&[other]), Err(VaultError::Newer { .. })));
    assert!(matches!(vault.forget(&[tag]), Err(VaultError::Newer { .. })));
    assert_eq!(home.values(), newer);
}

#[test]
fn a_tag_is_never_given_another_value() {
    let home = Home::new();
    let tag = keep(&mut home.vault(), b"value");
    let mut vault = home.vault();
    let other = Entry { tag, ..entry(&vault, b"other") };
    let fine = entry(&vault, b"fine");
    assert!(
        matches!(vault.keep(&[fine.clone(), other]), Err(VaultError::Taken { tag: at }) if at == tag)
    );
    assert_eq!(home.vault().value(&tag).unwrap(), Some(&b"value"[..]));
    assert_eq!(home.vault().value(&fine.tag).unwrap(), None);
}

#[test]
fn what_is_forgotten_is_in_no_file_any_more() {
    let home = Home::new();
    let tag = keep(&mut home.vault(), b"value");
    let stays = keep(&mut home.vault(), b"stays");
    let encoded = "dmFsdWU=";
    assert!(home.values().contains(encoded));
    assert_eq!(home.vault().forget(&[tag, Tag::from_hash(&[7; 32])]).unwrap(), 1);
    for file in fs::read_dir(home.directory()).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains(encoded), "{text}");
    }
    assert!(home.vault().value(&stays).unwrap().is_some());
}

#[test]
fn a_value_that_was_being_written_by_a_killed_process_is_cleared_away() {
    let home = Home::new();
    keep(&mut home.vault(), b"value");
    fs::write(home.file(".tmpAbCdEf"), "secret").unwrap();
    keep(&mut home.vault(), b"other");
    assert!(!home.file(".tmpAbCdEf").exists());
}

#[test]
fn a_broken_key_is_said_and_not_replaced() {
    let home = Home::new();
    let tag = keep(&mut home.vault(), b"value");
    fs::write(home.file("vault.keys"), "").unwrap();
    let refused = home.vault().tag(b"value");
    assert!(matches!(refused, Err(VaultError::NoKey { .. })), "{refused:?}");
    assert_eq!(home.vault().value(&tag).unwrap(), Some(&b"value"[..]));
}

#[test]
fn an_exported_vault_gives_its_values_and_keys_to_another() {
    let (one, other) = (Home::new(), Home::new());
    let file = one.0.path().join("vault.export");
    let original = Sha256([3; 32]);
    let shared = keep(&mut one.vault(), b"value");
    let keyed = one.vault().keyed(&original).unwrap();
    let own = keep(&mut other.vault(), b"own");
    assert!(!other.vault().vouches_for(&original, &keyed).unwrap());
    one.vault().export(&file).unwrap();
    assert_eq!(mode(&file), 0o600);
    let mut vault = other.vault();
    assert_eq!(vault.import(&file).unwrap(), Imported { new: 1, known: 0, keys: 1 });
    assert_eq!(vault.import(&file).unwrap(), Imported { new: 0, known: 1, keys: 0 });
    let vault = other.vault();
    assert_eq!(vault.value(&shared).unwrap(), Some(&b"value"[..]));
    assert_eq!(vault.tag(b"own").unwrap(), own);
    assert!(vault.vouches_for(&original, &keyed).unwrap());
    assert!(!vault.vouches_for(&Sha256([4; 32]), &keyed).unwrap());
}

#[test]
fn a_vault_without_a_key_takes_that_of_the_first_import() {
    let (one, other) = (Home::new(), Home::new());
    let file = one.0.path().join("vault.export");
    let tag = keep(&mut one.vault(), b"value");
    one.vault().export(&file).unwrap();
    other.vault().import(&file).unwrap();
    assert_eq!(other.vault().tag(b"value").unwrap(), tag);
}

#[test]
fn an_export_overwrites_nothing_and_follows_no_link() {
    let home = Home::new();
    keep(&mut home.vault(), b"value");
    let (file, link) = (home.0.path().join("export"), home.0.path().join("link"));
    fs::write(&file, "mine").unwrap();
    symlink(home.0.path().join("nowhere"), &link).unwrap();
    for path in [&file, &link] {
        let refused = home.vault().export(path);
        assert!(matches!(refused, Err(VaultError::Exists { .. })), "{refused:?}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn what_is_no_whole_export_is_not_taken_in_at_all() {
    let home = Home::new();
    let file = home.0.path().join("export");
    let mut vault = home.vault();
    for number in 0..3 {
        keep(&mut vault, &[number]);
    }
    vault.export(&file).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let table = [
        String::new(),
        lines[1..].concat(),
        lines[..4].concat(),
        text[..text.len() - 1].to_owned(),
        text.replace("\"value\":\"", "\"value\":\"?"),
        text.replace("\"git_ckpt_vault\":1", "\"git_ckpt_vault\":2"),
        text.replace("{\"v\":1", "{\"v\":2"),
    ];
    for wrong in table {
        fs::write(&file, &wrong).unwrap();
        let other = Home::new();
        let refused = other.vault().import(&file);
        assert!(
            matches!(refused, Err(VaultError::NoExport { .. } | VaultError::Newer { .. })),
            "{refused:?}: {wrong}"
        );
        assert!(!other.directory().exists());
    }
}

/// Not a test of its own: keeps values in a process of its own and says so, until it is done or killed.
#[test]
fn keeps_in_a_child() {
    let Some(directory) = std::env::var_os("CKPT_VAULT_CHILD") else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    for count in 0..number("CKPT_VAULT_COUNT") {
        let mut vault = Vault::open(Path::new(&directory));
        let value = format!("value {count} of {}", number("CKPT_VAULT_NUMBER"));
        let tag = keep(&mut vault, value.repeat(50).as_bytes());
        writeln!(std::io::stdout(), "\nkept {tag}").unwrap();
    }
}

fn child(home: &Home, number: usize, count: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "store::vault::tests::keeps_in_a_child", "--nocapture"])
        .env("CKPT_VAULT_CHILD", home.directory())
        .env("CKPT_VAULT_NUMBER", number.to_string())
        .env("CKPT_VAULT_COUNT", count.to_string())
        .stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// The tags that a child said it had kept.
fn kept_by(child: &mut Child) -> Vec<Tag> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("kept ")?.parse().ok()).collect()
}

#[test]
fn eight_processes_lose_nothing_and_agree_on_one_key() {
    let home = Home::new();
    let mut children: Vec<Child> = (0..8).map(|number| child(&home, number, 50)).collect();
    let kept: Vec<Tag> = children.iter_mut().flat_map(kept_by).collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!((kept.len(), kept.iter().collect::<HashSet<_>>().len()), (400, 400));
    let vault = home.vault();
    assert!(kept.iter().all(|tag| vault.value(tag).unwrap().is_some()));
    assert_eq!((vault.list().unwrap().len(), home.values().lines().count()), (400, 400));
    let agreed = vault
        .list()
        .unwrap()
        .iter()
        .all(|entry| vault.tag(entry.value.bytes()).unwrap() == entry.tag);
    assert!(agreed && vault.notices().is_empty());
}

#[test]
fn what_a_killed_process_said_it_kept_is_kept() {
    let home = Home::new();
    let mut kept = Vec::new();
    for number in 0..40 {
        let mut writer = child(&home, number, 1_000_000);
        std::thread::sleep(Duration::from_micros(3_000 + 1_700 * number as u64));
        writer.kill().unwrap();
        kept.extend(kept_by(&mut writer));
        writer.wait().unwrap();
        let mut vault = home.vault();
        keep(&mut vault, format!("after {number}").as_bytes());
    }
    let vault = home.vault();
    assert!(kept.len() > 40, "only {} were kept", kept.len());
    assert!(kept.iter().all(|tag| vault.value(tag).unwrap().is_some()));
    assert!(home.values().ends_with('\n') && vault.notices().is_empty());
}
