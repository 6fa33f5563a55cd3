//! The index of anchors, by which rewritten commits are known again: it may be old, damaged or gone.

use std::fs;
use std::path::PathBuf;

use crate::story::Story;

/// Three commits that no hook told of, and the index that was made when one was looked for.
fn rebased() -> (Story, PathBuf) {
    let story = Story::new(None, &[]);
    story.git(&["rebase", "-q", "main"]);
    assert_eq!(story.shown("HEAD").0, 1);
    let index = story.work.join(".git/ckpt/anchors");
    assert!(index.exists());
    (story, index)
}

#[test]
fn a_checkpoint_newer_than_the_index_is_found_and_the_index_is_not_written_again() {
    let (story, index) = rebased();
    let before = fs::read(&index).unwrap();
    story.commit("D", "dir/D", "D\n");
    story.save("D");
    story.git(&["commit", "--quiet", "--amend", "-m", "D, reworded"]);
    assert_eq!(story.shown("HEAD"), (1, Some("author_and_change".to_owned())));
    assert_eq!(story.shown("HEAD~"), (1, Some("author_and_change".to_owned())));
    assert_eq!(fs::read(&index).unwrap(), before);
    // Who reads all of it anyway writes what is new.
    assert_eq!(story.carried("HEAD").0, ["D"]);
    assert_ne!(fs::read(&index).unwrap(), before);
    assert_eq!(story.shown("HEAD").0, 1);
}

#[test]
fn many_checkpoints_newer_than_the_index_are_written_to_it() {
    let (story, index) = rebased();
    let before = fs::read(&index).unwrap();
    for number in 0..100 {
        let name = format!("many{number}");
        story.git(&["commit", "--quiet", "--allow-empty", "--message", &name]);
        story.save(&name);
    }
    story.git(&["commit", "--quiet", "--allow-empty", "--amend", "-m", "reworded"]);
    story.shown("HEAD");
    assert!(fs::read(&index).unwrap().len() > before.len());
}

#[test]
fn an_index_that_is_damaged_is_made_again() {
    let (story, index) = rebased();
    let whole = fs::read(&index).unwrap();
    let damaged: [&[u8]; 6] = [
        b"",
        b"\n",
        b"nothing of the kind\n",
        &whole[..whole.len() - 1],
        &whole[..40],
        br#"{"version":2,"trees":{},"width":20,"entries":18446744073709551615,"hash":0}"#,
    ];
    for bytes in damaged {
        fs::write(&index, bytes).unwrap();
        assert_eq!(story.shown("HEAD").0, 1, "{}", String::from_utf8_lossy(bytes));
        assert_eq!(fs::read(&index).unwrap(), whole);
    }
    // Where only entries are damaged, whoever reads all of it sees that.
    let mut bytes = whole.clone();
    let end = bytes.len();
    bytes[end - 100..].fill(7);
    fs::write(&index, bytes).unwrap();
    assert_eq!(story.carried("HEAD").0, ["C"]);
    assert_eq!(fs::read(&index).unwrap(), whole);
}

#[test]
fn a_checkout_of_a_rewritten_commit_is_told_what_it_carries() {
    let (story, _) = rebased();
    let head = story.git(&["rev-parse", "HEAD"]);
    story.git(&["switch", "-q", "main"]);
    let main = story.git(&["rev-parse", "HEAD"]);
    story.git(&["switch", "-q", "topic"]);
    let said = story.world.ckpt(&story.work, &["hook", "post-checkout", &main, &head, "1"]);
    assert!(said.err.contains("this commit seems to carry checkpoint"), "{}", said.err);
    let said = story.world.ckpt(&story.work, &["hook", "post-checkout", &head, &main, "1"]);
    assert_eq!(said.succeeds().err, "");
}
