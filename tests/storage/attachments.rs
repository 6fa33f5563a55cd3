//! Attachments in the log refs: once each, whole or reported, and gone only with the last checkpoint that has them.

use git_ckpt::model::checkpoint::Attachment;
use git_ckpt::model::object::ObjectId;
use git_ckpt::store::Redactor;

use crate::workbench::{Workbench, lines, noise};

/// Saves a document with these bytes attached to it.
fn attach(bench: &Workbench, commit: ObjectId, name: &str, bytes: &[u8]) -> (Attachment, u64) {
    let path = bench.rewritten("attached", bytes);
    let mut transaction = bench.store.begin("Ada Lovelace").unwrap();
    let stored = transaction.attach(&name.parse().unwrap(), &path, &mut Redactor::off()).unwrap();
    bench.save_with(transaction, commit, vec![stored.attachment.clone()]);
    (stored.attachment, stored.stored_bytes)
}

#[test]
fn every_kind_of_bytes_comes_back() {
    let bench = Workbench::new();
    let kinds: [&[u8]; 5] = [b"", b"\0", &noise(1, 3 << 20), &lines(2, 100_000), b"no end"];
    for (number, bytes) in kinds.into_iter().enumerate() {
        let (attachment, _) = attach(&bench, bench.commit(number as i64), "it", bytes);
        bench.assert_reads(&attachment.stored, bytes, &format!("kind {number}"));
    }
}

#[test]
fn the_same_bytes_cost_nothing_a_second_time() {
    let bench = Workbench::new();
    let bytes = lines(3, 200_000);
    let (first, cost) = attach(&bench, bench.commit(1), "a", &bytes);
    assert!(cost > 0);
    let (second, cost) = attach(&bench, bench.commit(2), "b", &bytes);
    assert_eq!((cost, &second.stored), (0, &first.stored));
}

#[test]
fn damage_is_stored_over_by_attaching_the_file_again() {
    let bench = Workbench::new();
    let bytes = lines(4, 50_000);
    let (first, _) = attach(&bench, bench.commit(1), "a", &bytes);
    let tree = bench.writer().log_ref;
    let listed = bench.git_text(&["ls-tree", "-r", &tree]);
    let object = listed.split_whitespace().nth(2).unwrap();
    let (head, rest) = object.split_at(2);
    let path = bench.top().join(".git/objects").join(head).join(rest);
    std::fs::remove_file(&path).unwrap();
    let files = bench.store.files(&bench.writer()).unwrap();
    assert!(files.write_out(&first.stored, &mut std::io::sink()).is_err());
    let (second, cost) = attach(&bench, bench.commit(2), "a", &bytes);
    assert!(cost > 0 && second.stored.log == first.stored.log);
    bench.assert_reads(&second.stored, &bytes, "stored behind the damage");
}
