//! How fast transcripts are searched for secrets: real ones where `CKPT_SAMPLES` names a directory, else the fixtures;
//! and what a scanner costs before it has read anything.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use git_ckpt::policy::redaction::{Known, Scanner};

fn texts_below(directory: &Path, texts: &mut Vec<Vec<u8>>) {
    let entries = std::fs::read_dir(directory).expect("the directory can be listed");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts_below(&path, texts);
        } else if path.extension().is_some_and(|extension| extension != "db") {
            texts.extend(std::fs::read(path));
        }
    }
}

fn known() -> Known {
    let value = |number: u64| format!("{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into();
    Known { values: (1..30).map(|number| (format!("env-N{number}"), value(number))).collect() }
}

fn scanning(criterion: &mut Criterion) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let samples = std::env::var_os("CKPT_SAMPLES").map_or(fixtures, PathBuf::from);
    let mut texts = Vec::new();
    texts_below(&samples, &mut texts);
    let mut group = criterion.benchmark_group("redaction");
    group.sample_size(10);
    group.bench_function("new", |bencher| bencher.iter(|| Scanner::new(&Known::default())));
    group.bench_function("new, 29 values", |bencher| bencher.iter(|| Scanner::new(&known())));
    group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
    for (name, known) in [("rules", Known::default()), ("rules and 29 values", known())] {
        let scanner = Scanner::new(&known);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                texts.iter().map(|text| scanner.scan(black_box(text)).len()).sum::<usize>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, scanning);
criterion_main!(benches);
