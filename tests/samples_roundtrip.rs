//! Real transcripts of all agents through the store: captured in 1, 5 and 50 growing steps, each snapshot read back.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod samples;
mod workbench;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git_ckpt::model::snapshot::StoredFile;

use samples::{files_below, samples};
use workbench::{LengthReader, Workbench, noise, source};

fn agents_files(samples: &Path) -> Vec<PathBuf> {
    let directories = std::fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        directories.filter(|path| path.is_dir()).flat_map(|path| files_below(&path)).collect();
    files.sort_by_key(|path| std::cmp::Reverse(path.metadata().unwrap().len()));
    assert!(!files.is_empty(), "no transcript below {samples:?}");
    files
}

/// Does `work` for every file, two at a time.
fn for_each_file(files: Vec<PathBuf>, work: impl Fn(&Path) + Sync) {
    let queue = Mutex::new(files.into_iter());
    let next = || queue.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = next() {
                    work(&file);
                }
            });
        }
    });
}

/// Where a file of `length` bytes ends after each of `steps` steps: anywhere, not at line ends.
fn ends(length: usize, steps: usize) -> Vec<usize> {
    let random = noise(length as u64, steps * 8);
    let place = |eight: &[u8]| u64::from_le_bytes(eight.try_into().unwrap()) as usize % length;
    let mut ends: Vec<usize> = random.chunks_exact(8).skip(1).map(place).map(|at| at + 1).collect();
    ends.push(length);
    ends.sort_unstable();
    ends
}

/// Grows a file in steps, saving it after each, and reads every snapshot back.
fn grow(name: &str, bytes: &[u8], steps: usize) {
    let bench = Workbench::new();
    let path = bench.rewritten("transcript", b"");
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    let mut snapshots: Vec<StoredFile> = Vec::new();
    let mut reader = LengthReader::default();
    let (mut length, mut stored) = (0, 0);
    for (step, end) in ends(bytes.len(), steps).into_iter().enumerate() {
        file.write_all(&bytes[length..end]).unwrap();
        if steps > 1 && step == steps / 2 {
            bench.forget_caches();
        }
        let saved = bench.save_source(&source("grown", &path), &mut reader);
        assert_eq!(saved.transcript.bytes, end as u64, "{name}");
        stored += saved.new_bytes;
        snapshots.push(saved.transcript);
        length = end;
    }
    for snapshot in &snapshots {
        bench.assert_reads(snapshot, &bytes[..snapshot.bytes as usize], name);
    }
    let longest = 2 * bytes.len() as u64 + (64 << 10);
    assert!(stored < longest, "{name}: {stored} raw bytes stored of {}", bytes.len());
    let expected = LengthReader::of(bytes);
    assert_eq!((reader.lines, reader.bytes), (expected.lines, expected.bytes), "{name}");
}

fn grow_all(steps: usize) {
    let Some(samples) = samples() else { return };
    for_each_file(agents_files(&samples), |file| {
        let bytes = std::fs::read(file).unwrap();
        grow(&format!("{} in {steps} steps", file.display()), &bytes, steps);
    });
}

#[test]
fn every_sample_comes_back_from_one_save() {
    grow_all(1);
}

#[test]
fn every_sample_comes_back_from_each_of_five_saves() {
    grow_all(5);
}

#[test]
fn every_sample_comes_back_from_each_of_fifty_saves() {
    grow_all(50);
}

#[test]
fn every_state_of_a_real_session_comes_back() {
    let Some(samples) = samples() else { return };
    let agents = std::fs::read_dir(&samples).unwrap().map(|entry| entry.unwrap().path());
    let entries =
        agents.filter(|path| path.is_dir()).flat_map(|path| std::fs::read_dir(path).unwrap());
    let series: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("series_"))
        .collect();
    assert!(!series.is_empty(), "no series below {samples:?}");
    for_each_file(series, |series| {
        let bench = Workbench::new();
        let states: Vec<Vec<u8>> =
            files_below(series).iter().map(|file| std::fs::read(file).unwrap()).collect();
        let mut snapshots = Vec::new();
        for (number, state) in states.iter().enumerate() {
            if number == states.len() / 2 {
                bench.forget_caches();
            }
            let path = if number % 2 == 0 {
                bench.replaced("transcript", state)
            } else {
                bench.rewritten("transcript", state)
            };
            snapshots.push(bench.save("series", &path).transcript);
        }
        for (state, snapshot) in states.iter().zip(&snapshots) {
            bench.assert_reads(snapshot, state, &series.display().to_string());
        }
        let stored: u64 = bench.frames(&snapshots[0]).iter().map(|(_, _, size)| size).sum();
        let all: usize = states.iter().map(Vec::len).sum();
        assert!(stored < all as u64 / 8, "{stored} bytes stored of {all}");
    });
}
