//! How fast documents are looked through, counted, made to fit and compared: one of 2 KB, and a megabyte of them.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use git_ckpt::policy::lint::{Material, lint};
use git_ckpt::policy::{compare, fit, outline, tokens};

const DOCUMENT: &str = include_str!("../tests/fixtures/documents/webhooks.md");

/// Everything that `git ckpt lint` does with a text.
fn looked_through(body: &str, required: &[String]) -> usize {
    let outline = outline::read(body);
    let material = Material {
        name: "state.md",
        body,
        outline: &outline,
        tokens: tokens::count(body),
        budget: 500,
        required,
        blocked: false,
        completed: false,
        drafted: false,
        has_file: Some(&|path| path.len() > 3),
        previous: Some(&outline),
    };
    lint(&material, &BTreeMap::new()).len()
}

fn documents(criterion: &mut Criterion) {
    let small = format!("{DOCUMENT}\n{}", &DOCUMENT[..2048 - DOCUMENT.len().min(2048)]);
    let large = DOCUMENT.repeat((1 << 20) / DOCUMENT.len() + 1);
    let required = ["Decisions", "Progress", "Next steps"].map(str::to_owned);
    let mut group = criterion.benchmark_group("documents");
    group.sample_size(20);
    for (name, text) in [("2 KB", &small), ("1 MB", &large)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut bench = |what: &str, run: &dyn Fn(&str) -> usize| {
            group.bench_function(format!("{what}, {name}"), |bencher| {
                bencher.iter(|| run(black_box(text)));
            });
        };
        bench("count", &|text| tokens::count(text) as usize);
        bench("lint", &|text| looked_through(text, &required));
        bench("fit", &|text| fit::fit(text, 100).body.len());
        bench("compare", &|text| {
            let outline = outline::read(text);
            usize::from(compare::compare(&outline, &outline).is_empty())
        });
    }
    group.finish();
}

criterion_group!(benches, documents);
criterion_main!(benches);
