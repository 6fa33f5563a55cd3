//! Disks that are full, and repositories that can only be read. Both need a file system of their own, so both are
//! skipped where this process may not mount one.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::{Ran, World, turns};

const SESSION: &str = "5e55101c-0000-4000-8000-000000000003";

/// A small file system, until it is dropped.
struct Mounted {
    place: PathBuf,
}

impl Mounted {
    fn new(world: &World) -> Option<Self> {
        let place = world.path("disk");
        fs::create_dir(&place).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=4m", "none"];
        if mount(&options, &place) {
            return Some(Self { place });
        }
        eprintln!("skipped: this process may not mount a file system");
        None
    }

    /// Fills it up but for `left` bytes.
    fn fill(&self, left: usize) {
        let reserve = self.place.join("reserve");
        fs::write(&reserve, vec![1; left]).unwrap();
        let mut filler = File::create(self.place.join("filler")).unwrap();
        while filler.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
        fs::remove_file(reserve).unwrap();
    }

    fn free(&self) {
        fs::remove_file(self.place.join("filler")).unwrap();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.place).status();
    }
}

fn mount(options: &[&str], place: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(options).arg(place).output().is_ok_and(|output| output.status.success())
}

#[test]
fn on_a_full_disk_a_save_changes_nothing_and_works_once_there_is_room() {
    let world = World::new();
    let Some(disk) = Mounted::new(&world) else { return };
    let work = world.init("disk/work", &[]);
    fs::write(world.transcript(&work, SESSION), turns(&work, SESSION, 0..3)).unwrap();
    let earlier = world.ckpt(&work, &["save", "--json"]).succeeds().id();
    disk.fill(0);
    let refs = world.git(&work, &["for-each-ref"]);
    world.ckpt(&work, &["save", "-m", "later"]).fails(1, &["No space left", "free some space"]);
    assert_eq!(world.git(&work, &["for-each-ref"]), refs);
    world.ckpt(&work, &["show", &earlier]).succeeds();
    world.is_in_order(&work);
    disk.free();
    world.ckpt(&work, &["save", "-m", "later"]).succeeds();
    world.is_in_order(&work);
}

#[test]
fn a_save_that_fills_the_disk_up_is_finished_once_there_is_room() {
    let world = World::new();
    let Some(disk) = Mounted::new(&world) else { return };
    let work = world.init("disk/work", &[]);
    let transcript = world.transcript(&work, SESSION);
    fs::write(&transcript, turns(&work, SESSION, 0..3)).unwrap();
    let earlier = world.ckpt(&work, &["save", "--json"]).succeeds().id();
    disk.fill(64 << 10);
    let content = turns(&work, SESSION, 0..1500);
    fs::write(&transcript, &content).unwrap();
    let said = ["nothing is lost", "`git ckpt log`"];
    world.ckpt(&work, &["save", "-m", "big one"]).fails(7, &said);
    assert!(world.restored(&work, &earlier) == turns(&work, SESSION, 0..3));
    world.passes_fsck(&work);
    disk.free();
    let log = world.ckpt(&work, &["log"]).succeeds();
    assert!(log.err.contains("finished an interrupted save"), "{}", log.err);
    assert!(world.restored(&work, "HEAD") == content);
    world.is_in_order(&work);
}

#[test]
fn a_repository_that_can_only_be_read_is_read_and_says_why_it_cannot_be_saved_to() {
    let world = World::new();
    let Some(disk) = Mounted::new(&world) else { return };
    let work = world.init("disk/work", &[]);
    let content = turns(&work, SESSION, 0..3);
    fs::write(world.transcript(&work, SESSION), &content).unwrap();
    let id = world.ckpt(&work, &["save", "--json"]).succeeds().id();
    assert!(mount(&["-o", "remount,ro"], &disk.place));
    world.ckpt(&work, &["save"]).fails(6, &["Read-only", "git clone"]);
    for reading in [&["show"][..], &["log"], &["verify"], &["prompt"], &["sessions"]] {
        let ran = world.ckpt(&work, reading).succeeds();
        assert_eq!(ran.err, "", "{reading:?}");
    }
    assert!(world.restored(&work, &id) == content);
}

/// A file as `git ckpt vault export` writes it, with `number` values of 900 bytes each that are no secrets.
fn exported(world: &World, number: usize) -> PathBuf {
    let mut text = format!("{{\"git_ckpt_vault\":1,\"values\":{number},\"warning\":\"\"}}\n");
    text += &format!("{{\"key\":\"{}\"}}\n", "07".repeat(32));
    for one in 0..number {
        let tag: String =
            format!("{one:012}").bytes().map(|digit| char::from(digit + 49)).collect();
        let value = "eHh4".repeat(300);
        text += &format!(
            "{{\"v\":1,\"tag\":\"{tag}\",\"rule\":\"jwt\",\"value\":\"{value}\",\
             \"first_seen\":\"2026-02-27T09:00:00Z\",\"repository\":\"\"}}\n"
        );
    }
    let path = world.path(&format!("exported-{number}"));
    fs::write(&path, text).unwrap();
    path
}

fn vault(world: &World, disk: &Mounted, arguments: &[&str]) -> Ran {
    let arguments = [&["vault"], arguments].concat();
    let mut command = world.ckpt_command(&world.path("home"), &arguments);
    Ran::of(command.env("CKPT_VAULT", disk.place.join("vault")).output().unwrap())
}

#[test]
fn on_a_full_disk_the_vault_keeps_what_it_has_and_takes_nothing_by_half() {
    let world = World::new();
    let Some(disk) = Mounted::new(&world) else { return };
    let (few, many) = (exported(&world, 10), exported(&world, 1000));
    vault(&world, &disk, &["import", few.to_str().unwrap()]).succeeds();
    let listed = vault(&world, &disk, &["list", "--json"]).succeeds().out;
    for left in [0, 64 << 10] {
        disk.fill(left);
        let refused = vault(&world, &disk, &["import", many.to_str().unwrap()]);
        refused.fails(1, &["No space left", "free some space"]);
        assert_eq!(vault(&world, &disk, &["list", "--json"]).succeeds().out, listed);
        let refused = vault(&world, &disk, &["forget", "--all", "--yes"]);
        assert!(
            refused.code == Some(0) || refused.err.contains("No space left"),
            "{}",
            refused.err
        );
        disk.free();
        if refused.code == Some(0) {
            vault(&world, &disk, &["import", few.to_str().unwrap()]).succeeds();
        }
        assert_eq!(vault(&world, &disk, &["list", "--json"]).succeeds().out, listed);
    }
    vault(&world, &disk, &["import", many.to_str().unwrap()]).succeeds();
    let listed = vault(&world, &disk, &["list", "--json"]).succeeds();
    assert_eq!((listed.out.lines().count(), listed.err.as_str()), (1000, ""));
}

#[test]
fn a_vault_that_can_only_be_read_is_read_and_says_why_nothing_can_be_kept() {
    let world = World::new();
    let Some(disk) = Mounted::new(&world) else { return };
    let (few, more) = (exported(&world, 10), exported(&world, 11));
    vault(&world, &disk, &["import", few.to_str().unwrap()]).succeeds();
    assert!(mount(&["-o", "remount,ro"], &disk.place));
    assert_eq!(vault(&world, &disk, &["list", "--json"]).succeeds().out.lines().count(), 10);
    let export = world.path("export");
    vault(&world, &disk, &["export", export.to_str().unwrap()]).succeeds();
    for refused in [&["import", more.to_str().unwrap()][..], &["forget", "--all", "--yes"]] {
        vault(&world, &disk, refused).fails(1, &["Read-only", "CKPT_VAULT=<dir>"]);
    }
}
