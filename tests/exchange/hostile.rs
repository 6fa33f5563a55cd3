//! Bundles that somebody means ill with, or that were damaged on the way: refused with the reason, nothing written.

use std::io::Write;

use git_ckpt::format::bundle::{self, Bundle, BundledFrame};
use git_ckpt::format::frame;

use crate::forgery;
use crate::world::{Run, World};
use crate::{clone_of, exported, read, state};

struct Mail {
    other: World,
    bytes: Vec<u8>,
}

fn mail() -> Mail {
    let world = World::new();
    world.claude().with_companions().write();
    world.save(&["-m", "# Dry beds only"]);
    let bytes = read(&exported(&world, &[]));
    Mail { other: clone_of(&world), bytes }
}

impl Mail {
    /// Imports what `change` makes of the bundle; it must be refused, and nothing may be written.
    #[track_caller]
    fn refused(&self, code: i32, reason: &str, change: impl FnOnce(&mut Bundle)) {
        let mut bundle = bundle::read(&self.bytes).unwrap();
        change(&mut bundle);
        self.refused_bytes(code, reason, bundle::write(&bundle).unwrap());
    }

    #[track_caller]
    fn refused_bytes(&self, code: i32, reason: &str, bytes: Vec<u8>) {
        let before = state(&self.other);
        let run: Run = self.other.call(&["import", "--yes", "-"]).input(bytes).run();
        assert!(run.code == code && run.stderr().contains(reason), "wanted `{reason}`: {run}");
        assert_eq!(state(&self.other), before);
    }
}

/// Rewrites the one document of a bundle, and its id with it.
fn redocument(bundle: &mut Bundle, change: impl Fn(&str) -> String) {
    let text = change(std::str::from_utf8(&bundle.documents[0].bytes).unwrap());
    let sealed = forgery::sealed(&text);
    bundle.documents[0].id = forgery::id_of(&text).parse().unwrap();
    bundle.documents[0].bytes = sealed.into_bytes();
}

#[test]
fn what_is_no_bundle_is_named_so() {
    let mail = mail();
    for bytes in [b"".to_vec(), b"hello".to_vec(), vec![0; 4096], vec![7; 4096], b"{}".repeat(600)]
    {
        let before = state(&mail.other);
        let run = mail.other.call(&["import", "--yes", "-"]).input(bytes).run();
        assert_eq!(run.code, 5, "{run}");
        assert!(run.stderr().contains("hint: "), "{run}");
        assert_eq!(state(&mail.other), before);
    }
}

#[test]
fn a_bundle_that_was_cut_or_changed_anywhere_is_refused() {
    let mail = mail();
    let length = mail.bytes.len();
    for cut in [600, length / 3, length / 2, length - 1500, length - 1] {
        mail.refused_bytes(5, "error: ", mail.bytes[..cut].to_vec());
    }
    for place in [10, 700, 1400, length / 2, length - 1200] {
        let mut bytes = mail.bytes.clone();
        bytes[place] ^= 4;
        if bundle::read(&bytes).is_err() {
            mail.refused_bytes(5, "error: ", bytes);
        }
    }
    mail.refused_bytes(5, "something follows", [&mail.bytes[..], b"more"].concat());
}

#[test]
fn a_frame_that_is_missing_foreign_or_spoilt_is_refused() {
    let mail = mail();
    mail.refused(5, "lacks bytes", |bundle| drop(bundle.frames.remove(0)));
    mail.refused(5, "is damaged", |bundle| {
        let last = bundle.frames[0].bytes.len() - 5;
        bundle.frames[0].bytes[last] ^= 1;
    });
    mail.refused(5, "is damaged", |bundle| bundle.frames[0].start = 4096);
    mail.refused(5, "belongs to no session", |bundle| {
        let foreign =
            BundledFrame { log: "0123456789abcdef".parse().unwrap(), ..bundle.frames[0].clone() };
        bundle.frames.push(foreign);
    });
    mail.refused(5, "is damaged", |bundle| bundle.frames.push(bundle.frames[0].clone()));
}

#[test]
fn a_document_that_is_not_what_its_id_says_is_refused() {
    let mail = mail();
    mail.refused(5, "is not what its id says", |bundle| {
        let last = bundle.documents[0].bytes.len() - 2;
        bundle.documents[0].bytes[last] ^= 1;
    });
    mail.refused(5, "is not what its hash says", |bundle| {
        redocument(bundle, |text| {
            let at = text.find("sha256: ").unwrap() + 8;
            let digit = if &text[at..=at] == "0" { "1" } else { "0" };
            format!("{}{digit}{}", &text[..at], &text[at + 1..])
        });
    });
}

#[test]
fn names_that_lead_out_of_the_agents_directory_are_refused() {
    let mail = mail();
    mail.refused(5, "is not what its id says", |bundle| {
        redocument(bundle, |text| text.replacen("file: ", "file: ../../../.ssh/", 1));
    });
    mail.refused(5, "impossible writer", |bundle| bundle.writer = "../../heads/main".to_owned());
    let path = mail.bytes.windows(5).position(|bytes| bytes == b"logs/").unwrap();
    let mut bytes = mail.bytes.clone();
    bytes[path..path + 5].copy_from_slice(b"../..");
    mail.refused_bytes(5, "error: ", bytes);
}

#[test]
fn a_bundle_that_asks_for_endless_work_is_refused() {
    let mail = mail();
    mail.refused(5, "more work than any session needs", |bundle| {
        let zeros = frame::encode(0, &[], &vec![0; 1 << 20], None).unwrap();
        bundle.frames[0].bytes = zeros;
        redocument(bundle, |text| {
            let at = text.find("extents:").unwrap();
            let end = at + text[at..].find("  sha256").unwrap();
            let bytes = text[..at].rfind("bytes: ").unwrap();
            let line = text[bytes..].find('\n').unwrap() + bytes;
            let extents = "[0, 1048576], ".repeat(1 << 14);
            let list = format!("extents: [{}]\n", extents.trim_end_matches(", "));
            let head = format!("{}bytes: {}{}", &text[..bytes], 1u64 << 34, &text[line..at]);
            format!("{head}{list}{}", &text[end..])
        });
    });
}

#[test]
fn a_frame_that_swells_is_refused() {
    let mail = mail();
    mail.refused(5, "is damaged", |bundle| {
        let mut swollen = zstd::Encoder::new(Vec::new(), 3).unwrap();
        let zeros = vec![0; 1 << 20];
        (0..64).for_each(|_| swollen.write_all(&zeros).unwrap());
        let packed = swollen.finish().unwrap();
        let header = format!(r#"{{"v":1,"o":0,"n":{},"p":[0,0]}}"#, 64u64 << 20);
        let mut frame = 0x184D_2A50u32.to_le_bytes().to_vec();
        frame.extend((header.len() as u32).to_le_bytes());
        frame.extend(header.bytes());
        frame.extend(packed);
        bundle.frames[0].bytes = frame;
    });
}

#[test]
fn what_a_newer_version_wrote_is_left_to_it() {
    let mail = mail();
    mail.refused(4, "newer than this version understands", |bundle| {
        redocument(bundle, |text| text.replacen("format: 1\n", "format: 9\n", 1));
    });
}

#[test]
fn attachments_that_are_named_or_described_wrongly_are_refused() {
    let world = World::with_session();
    world.write("out.csv", "1,2\n");
    world.ckpt(&["attach", "out.csv"]);
    world.save(&["-m", "x"]);
    let mail = Mail { bytes: read(&exported(&world, &[])), other: clone_of(&world) };
    mail.refused(5, "is not what its id says", |bundle| {
        redocument(bundle, |text| text.replacen("name: out.csv", "name: ../out.csv", 1));
    });
    mail.refused(5, "is not what its hash says", |bundle| {
        redocument(bundle, |text| {
            let at = text.rfind("sha256: ").unwrap() + 8;
            let digit = if &text[at..=at] == "0" { "1" } else { "0" };
            format!("{}{digit}{}", &text[..at], &text[at + 1..])
        });
    });
}
