//! Logs as somebody else may have made them: reading them ends in an error, never in a panic or in other bytes.

use std::error::Error;

use git_ckpt::format::frame;
use git_ckpt::git::{EntryKind, NewCommit, Swap, TreeEdit};
use git_ckpt::model::object::ObjectId;
use git_ckpt::model::snapshot::{Extent, StoredFile};
use git_ckpt::store::{ReadError, Writer};

use crate::workbench::Workbench;

const LOG: &str = "0123456789abcdef";

/// A log of entries at paths below its directory.
fn log_of<P: AsRef<str>>(bench: &Workbench, entries: &[(P, EntryKind, ObjectId)]) -> Writer {
    let repository = bench.store.repository();
    let edit = |(path, kind, id): &(P, EntryKind, ObjectId)| TreeEdit {
        path: format!("01/23456789abcdef/{}", path.as_ref()),
        entry: Some((*kind, *id)),
    };
    let edits: Vec<TreeEdit> = entries.iter().map(edit).collect();
    let tree = repository.edit_tree(None, &edits).unwrap();
    let stamp = Workbench::stamp(1);
    let (author, committer, message) = (stamp.clone(), stamp, "theirs\n".to_owned());
    let commit = NewCommit { tree, parents: vec![], author, committer, message };
    let commit = repository.write_commit(&commit).unwrap();
    let log_ref = "refs/notes/ckpt-log-remote/origin/eve".to_owned();
    assert_eq!(repository.swap_reference(&log_ref, None, commit, "fetch").unwrap(), Swap::Done);
    Writer { name: "origin/eve".into(), fetched: true, log_ref, ties: commit }
}

/// Reads ranges of a log that cannot be read; where it succeeds it must be the truth.
fn read_wildly(bench: &Workbench, writer: &Writer, truth: &[u8]) {
    let files = bench.store.files(writer).unwrap();
    let ends = [0, 1, 5, 10, 20, 1 << 20, u64::MAX - 1, u64::MAX];
    for (start, length) in ends.iter().flat_map(|start| ends.map(|length| (*start, length))) {
        let stored = StoredFile {
            log: LOG.parse().unwrap(),
            bytes: length,
            extents: vec![Extent { start, length }],
            sha256: "00".repeat(32).parse().unwrap(),
            key: None,
            redacted: None,
        };
        let mut read = Vec::new();
        files.write_out(&stored, &mut read).unwrap_err();
        let from = truth.len().min(start as usize);
        assert!(truth[from..].starts_with(&read), "other bytes at {start}");
        files.end_of(&stored, 7).ok();
        assert!(files.check(&stored.log, &[&stored]).iter().all(Result::is_err));
    }
}

fn check(entries: impl Fn(&Workbench) -> Vec<(&'static str, EntryKind, ObjectId)>, truth: &[u8]) {
    let bench = Workbench::new();
    let writer = log_of(&bench, &entries(&bench));
    read_wildly(&bench, &writer, truth);
}

fn frame(bench: &Workbench, start: u64, prefix: &[u8], raw: &[u8]) -> ObjectId {
    let frame = frame::encode(start, prefix, raw, None).unwrap();
    bench.store.repository().write_blob(&frame).unwrap()
}

/// A frame whose header was changed after it was made.
fn forged(bench: &Workbench, from: &str, to: &str) -> ObjectId {
    assert_eq!(from.len(), to.len());
    let mut frame = frame::encode(10, b"0123456789", b"abcdefghij", None).unwrap();
    let at = frame.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    frame[at..at + to.len()].copy_from_slice(to.as_bytes());
    bench.store.repository().write_blob(&frame).unwrap()
}

#[test]
fn frames_in_the_wrong_place_are_refused() {
    let blob = EntryKind::Blob;
    check(|bench| vec![("0000/000000000005.ckz", blob, frame(bench, 0, b"", b"0123456789"))], b"");
    check(
        |bench| {
            vec![
                ("0000/000000000000.ckz", blob, frame(bench, 0, b"", b"0123456789")),
                ("0000/000000000012.ckz", blob, frame(bench, 12, b"", b"abc")),
                ("0001/000000000004.ckz", blob, frame(bench, 4, b"", b"4567")),
            ]
        },
        b"0123456789",
    );
}

#[test]
fn frames_that_say_other_things_than_they_hold_are_refused() {
    let forgeries = [
        (r#""o":10"#, r#""o":11"#),
        (r#""n":10"#, r#""n":99"#),
        (r#""p":[0,10]"#, r#""p":[0,99]"#),
        (r#""p":[0,10]"#, r#""p":[0,00]"#),
        (r#""p":[0,10]"#, r#""p":[0,-1]"#),
        (r#""v":1"#, r#""v":9"#),
    ];
    for (from, to) in forgeries {
        check(
            |bench| {
                vec![
                    ("0000/000000000000.ckz", EntryKind::Blob, frame(bench, 0, b"", b"0123456789")),
                    ("0000/000000000010.ckz", EntryKind::Blob, forged(bench, from, to)),
                ]
            },
            b"0123456789",
        );
    }
}

#[test]
fn names_and_entries_that_do_not_belong_there_are_refused() {
    let blob = EntryKind::Blob;
    let empty = |bench: &Workbench| bench.store.repository().write_tree(Vec::new()).unwrap();
    let raw = b"0123456789";
    let names =
        ["0000/18446744073709551615.ckz", "0000/x.ckz", "0000/-1.ckz", "0000/0", "x/0.ckz", "0000"];
    for name in names {
        check(|bench| vec![(name, blob, frame(bench, 0, b"", raw))], b"");
    }
    check(|bench| vec![("0000", EntryKind::Tree, empty(bench))], b"");
    check(
        |bench| {
            vec![
                ("0000/000000000000.ckz", blob, frame(bench, 0, b"", raw)),
                ("0001", EntryKind::Tree, empty(bench)),
                ("0002/000000000010.ckz", blob, frame(bench, 10, b"", b"abcdef")),
            ]
        },
        b"0123456789abcdef",
    );
}

#[test]
fn an_epoch_that_would_fill_the_memory_is_refused() {
    let bench = Workbench::new();
    let zeros = vec![0; 1 << 20];
    let placed = |start: u64| {
        let path = format!("0000/{start:012}.ckz");
        (path, EntryKind::Blob, frame(&bench, start, b"", &zeros))
    };
    let entries: Vec<_> = (0..6).map(|number| placed(number << 20)).collect();
    let writer = log_of(&bench, &entries);
    let files = bench.store.files(&writer).unwrap();
    let stored = |length: u64| StoredFile {
        log: LOG.parse().unwrap(),
        bytes: length,
        extents: vec![Extent { start: 0, length }],
        sha256: "00".repeat(32).parse().unwrap(),
        key: None,
        redacted: None,
    };
    let read = |length| files.write_out(&stored(length), &mut std::io::sink()).unwrap_err();
    assert!(matches!(read(4 << 20), ReadError::Hash { .. }), "four mebibytes are fine");
    let full = read(5 << 20);
    let cause = full.source().map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("full"), "{full:?}");
}
