//! What must hold in every kind of repository, seen from every kind of place in it.

use crate::git::edit::TreeEdit;
use crate::git::reference::{Head, Swap};
use crate::git::repository::{ObjectFormat, RefStorage};
use crate::git::tests::{World, new_commit};
use crate::git::tree::{EntryKind, TreeEntry};

const PLACES: &[&str] = &["main", "linked", "bare"];

fn world(format: &str, storage: &str, place: &str) -> World {
    let options = [format!("--object-format={format}"), format!("--ref-format={storage}")];
    let mut options: Vec<&str> = options.iter().map(String::as_str).collect();
    if place == "bare" {
        options.push("--bare");
        return World::new(&options);
    }
    let world = World::new(&options);
    world.commit("first");
    if place == "linked" {
        world.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
        return world.at("linked");
    }
    world
}

fn every_kind(check: impl Fn(&World, &str)) {
    for format in ["sha1", "sha256"] {
        for storage in ["files", "reftable"] {
            for place in PLACES {
                check(&world(format, storage, place), &format!("{format} {storage} {place}"));
            }
        }
    }
}

#[test]
fn what_is_written_reads_back_and_git_agrees() {
    every_kind(|world, kind| {
        let repository = world.open();
        let blob = repository.write_blob(b"note\n").unwrap();
        let entry = TreeEntry { name: b"f".to_vec(), kind: EntryKind::Blob, id: blob };
        let leaf = repository.write_tree(vec![entry.clone()]).unwrap();
        let edit = TreeEdit { path: "a/b".into(), entry: Some((EntryKind::Tree, leaf)) };
        let tree = repository.edit_tree(None, &[edit]).unwrap();
        let first = repository.write_commit(&new_commit(tree, vec![], "one")).unwrap();
        let second = repository.write_commit(&new_commit(tree, vec![first], "two")).unwrap();

        let name = "refs/notes/ours/w1";
        assert_eq!(repository.reference(name).unwrap(), None, "{kind}");
        assert_eq!(
            repository.swap_reference(name, None, first, "m").unwrap(),
            Swap::Done,
            "{kind}"
        );
        assert_eq!(repository.swap_reference(name, None, second, "m").unwrap(), Swap::Lost);
        assert_eq!(repository.swap_reference(name, Some(second), first, "m").unwrap(), Swap::Lost);
        let moved = repository.swap_reference(name, Some(first), second, "move it").unwrap();
        assert_eq!(moved, Swap::Done, "{kind}");

        assert_eq!(repository.reference(name).unwrap(), Some(second), "{kind}");
        assert_eq!(world.id(name), second, "{kind}");
        assert_eq!(world.git(&["show", &format!("{name}:a/b/f")]), "note", "{kind}");
        assert_eq!(repository.entry_at(tree, "a/b/f").unwrap(), Some(entry), "{kind}");
        assert_eq!(repository.file_at(second, "a/b/f", u64::MAX).unwrap().unwrap(), b"note\n");
        let facts = repository.commit(second).unwrap();
        assert_eq!((facts.parents, facts.tree, &*facts.subject), (vec![first], tree, "two"));
        let complaints = world.try_git(&["fsck", "--strict", "--no-dangling"]);
        assert!(
            complaints.status.success() && complaints.stdout.is_empty(),
            "{kind}: {complaints:?}"
        );
    });
}

#[test]
fn refs_below_a_prefix_are_those_that_git_lists() {
    every_kind(|world, kind| {
        let repository = world.open();
        let tree = repository.write_tree(vec![]).unwrap();
        let commit = repository.write_commit(&new_commit(tree, vec![], "one")).unwrap();
        for name in ["refs/notes/o/b", "refs/notes/o/a/c", "refs/notes/other", "refs/notes/o-x"] {
            assert_eq!(repository.swap_reference(name, None, commit, "m").unwrap(), Swap::Done);
        }
        world.git(&["symbolic-ref", "refs/notes/o/link", "refs/notes/other"]);
        world.git(&["symbolic-ref", "refs/notes/o/void", "refs/notes/nothing"]);
        world.git(&["pack-refs", "--all"]);
        for prefix in ["refs/notes/o/", "refs/notes/o"] {
            let listed = repository.references(prefix).unwrap();
            let names: Vec<&str> = listed.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(
                names,
                ["refs/notes/o/a/c", "refs/notes/o/b", "refs/notes/o/link"],
                "{kind}"
            );
            assert!(listed.iter().all(|(_, id)| *id == commit), "{kind}");
        }
        assert_eq!(repository.references("refs/none/").unwrap(), []);
    });
}

#[test]
fn the_kind_and_the_head_are_told() {
    every_kind(|world, kind| {
        let repository = world.open();
        let sha256 = kind.starts_with("sha256");
        let format = if sha256 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
        let files = kind.contains("files");
        let storage = if files { RefStorage::Files } else { RefStorage::Reftable };
        assert_eq!((repository.format(), repository.ref_storage()), (format, storage), "{kind}");
        let common = world.git(&["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        let own = world.git(&["rev-parse", "--absolute-git-dir"]);
        assert_eq!(repository.common_dir(), std::path::Path::new(&common), "{kind}");
        assert_eq!(repository.git_dir(), std::path::Path::new(&own), "{kind}");
        assert_eq!(repository.worktree().is_none(), kind.ends_with("bare"), "{kind}");
        if kind.ends_with("bare") {
            assert_eq!(repository.head().unwrap(), Head::Unborn { name: "main".into() }, "{kind}");
            return;
        }
        let name = if kind.ends_with("linked") { "side" } else { "main" };
        let commit = world.id("HEAD");
        let on_branch = Head::Branch { name: name.into(), commit };
        assert_eq!(repository.head().unwrap(), on_branch, "{kind}");
        world.git(&["checkout", "--quiet", "--detach"]);
        assert_eq!(repository.head().unwrap(), Head::Detached { commit }, "{kind}");
        assert_eq!(repository.resolve_commit("HEAD").unwrap(), commit, "{kind}");
    });
}
