//! Every way to rewrite history, without a hook that tells of it: what is inferred, and what `repair` makes of it.

use std::path::Path;

use crate::story::{Story, other_gits};

/// One operation, and which checkpoints commits have after it.
struct Row {
    name: &'static str,
    operation: fn(&Story),
    /// Revision, titles.
    inferred: &'static [(&'static str, &'static str)],
    /// What is tied after `repair`, where that is more than was inferred.
    repaired: &'static [(&'static str, &'static str)],
}

const fn row(
    name: &'static str,
    operation: fn(&Story),
    inferred: &'static [(&'static str, &'static str)],
) -> Row {
    Row { name, operation, inferred, repaired: inferred }
}

/// The name that Jujutsu gives to a commit of git: bits from the last to the first, in letters from `z` down.
fn called_by_jujutsu(commit: &str) -> String {
    let letters = "zrvnxptlyqumwosk".as_bytes();
    let digits = commit[8..].chars().rev().filter_map(|digit| digit.to_digit(16));
    digits.map(|digit| char::from(letters[digit as usize])).collect()
}

/// Puts a commit of other content and other words in place of `HEAD`, as Jujutsu does: under the name that it gave to `old`,
/// and without hooks. It was committed `earlier` by so many seconds.
fn rewritten_by_jujutsu(s: &Story, old: &str, content: &str, earlier: u64) {
    let replaced = s.git(&["rev-parse", "HEAD"]);
    s.git(&["update-ref", &format!("refs/jj/keep/{replaced}"), &replaced]);
    s.write("dir/C", content);
    s.git(&["add", "-A"]);
    let tree = s.git(&["write-tree"]);
    let header =
        s.git(&["log", "-1", "--format=parent %P%nauthor %an <%ae> %ad", "--date=raw", old]);
    let seconds: u64 = s.git(&["log", "-1", "--format=%ct", old]).parse().unwrap();
    let committed = format!("committer Ada <ada@example.com> {} +0000", seconds + 100 - earlier);
    let name = called_by_jujutsu(old);
    let text = format!("tree {tree}\n{header}\n{committed}\nchange-id {name}\n\nNow: {content}");
    s.write("../commit", &text);
    let new = s.git(&["hash-object", "-t", "commit", "-w", "../commit"]);
    s.git(&["-c", "core.hooksPath=/dev/null", "update-ref", "HEAD", &new]);
}

const ROWS: &[Row] = &[
    row("nothing", |_| {}, &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A"), ("main", "")]),
    row(
        "amend, another message",
        |s| drop(s.git(&["commit", "--amend", "-qm", "C, reworded"])),
        &[("HEAD", "C"), ("HEAD~", "B")],
    ),
    row(
        "amend, another content",
        |s| {
            s.write("dir/C", "C and more\n");
            s.git(&["commit", "--amend", "-aqC", "HEAD"]);
        },
        &[("HEAD", "C")],
    ),
    row(
        "amend --reset-author",
        |s| drop(s.git(&["commit", "--amend", "--reset-author", "-qC", "HEAD"])),
        &[("HEAD", "C")],
    ),
    row(
        "amend twice",
        |s| {
            s.git(&["commit", "--amend", "-qm", "C, reworded"]);
            s.git(&["commit", "--amend", "-qm", "C, reworded again"]);
        },
        &[("HEAD", "C")],
    ),
    row(
        "rewritten by Jujutsu, which keeps the old commits",
        |s| {
            for content in ["C and more\n", "C and still more\n"] {
                let old = s.git(&["rev-parse", "HEAD"]);
                s.git(&["update-ref", &format!("refs/jj/keep/{old}"), &old]);
                s.write("dir/C", content);
                // Without hooks and notes, as any client that is not git.
                let silent = ["-c", "core.hooksPath=/dev/null", "-c", "notes.rewrite.amend=false"];
                s.git(&[&silent[..], &["commit", "--amend", "-aqC", "HEAD"]].concat());
            }
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "content and message changed in one step by Jujutsu",
        |s| {
            let old = s.git(&["rev-parse", "HEAD"]);
            rewritten_by_jujutsu(s, &old, "C and more\n", 0);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "the same, saved and undone",
        |s| {
            let old = s.git(&["rev-parse", "HEAD"]);
            rewritten_by_jujutsu(s, &old, "C and too much\n", 0);
            s.save("too much");
            rewritten_by_jujutsu(s, &old, "C and more\n", 60);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "rebase",
        |s| drop(s.git(&["rebase", "-q", "main"])),
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A"), ("HEAD~3", "")],
    ),
    row(
        "rebase -i, reorder",
        |s| drop(s.rebase("1{h;d};2{G}", &["main~1"]).succeeds()),
        &[("HEAD", "C"), ("HEAD~", "A"), ("HEAD~2", "B")],
    ),
    row(
        "rebase -i, reword",
        |s| {
            s.git(&[
                "-c",
                "sequence.editor=sed -i s/^pick/reword/",
                "-c",
                "core.editor=sed -i s/^/new:\\ /",
                "rebase",
                "-q",
                "-i",
                "main",
            ]);
        },
        &[("HEAD", "C"), ("HEAD~2", "A")],
    ),
    row(
        "rebase -i, squash",
        |s| drop(s.rebase("3s/pick/squash/", &["main~1"]).succeeds()),
        &[("HEAD", "B C"), ("HEAD~", "A")],
    ),
    Row {
        name: "rebase -i, fixup",
        operation: |s| drop(s.rebase("2,3s/pick/fixup/", &["main~1"]).succeeds()),
        // The author line is that of the first, the files are those of the last.
        inferred: &[("HEAD", "A C")],
        repaired: &[("HEAD", "A B C")],
    },
    Row {
        name: "rebase -i, fixup, all of them",
        operation: |s| drop(s.rebase("2,3s/pick/fixup/", &["main"]).succeeds()),
        // The author line and the subject are those of the first.
        inferred: &[("HEAD", "A")],
        repaired: &[("HEAD", "A B C")],
    },
    row(
        "rebase -i, drop",
        |s| drop(s.rebase("2s/pick/drop/", &["main"]).succeeds()),
        &[("HEAD", "C"), ("HEAD~", "A"), ("HEAD~2", "")],
    ),
    row(
        "rebase -i, edit",
        |s| {
            s.rebase("2s/pick/edit/", &["main"]).succeeds();
            s.write("dir/B", "B and more\n");
            s.git(&["commit", "--amend", "-aqC", "HEAD"]);
            s.git(&["rebase", "--continue"]);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "rebase --autosquash",
        |s| {
            s.write("dir/B", "B and more\n");
            s.git(&["commit", "-aqm", "fixup! B"]);
            s.rebase("", &["--autosquash", "main~1"]).succeeds();
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "rebase with a conflict",
        |s| {
            s.git(&["switch", "-q", "main"]);
            s.commit("in the way", "dir/B", "otherwise\n");
            s.git(&["switch", "-q", "topic"]);
            assert_ne!(s.try_git(&["rebase", "-q", "main"]).code, Some(0));
            s.write("dir/B", "both\n");
            s.git(&["add", "--all"]);
            s.git(&["rebase", "--continue"]);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A"), ("HEAD~3", "")],
    ),
    row(
        "rebase, aborted",
        |s| {
            s.git(&["switch", "-q", "main"]);
            s.commit("in the way", "dir/B", "otherwise\n");
            s.git(&["switch", "-q", "topic"]);
            assert_ne!(s.try_git(&["rebase", "-q", "main"]).code, Some(0));
            s.git(&["rebase", "--abort"]);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "pull --rebase",
        |s| {
            s.git(&["clone", "-q", "--bare", ".", "../server.git"]);
            s.git(&["remote", "add", "origin", "../server.git"]);
            s.git(&["push", "-q", "origin", "main:topic", "-f"]);
            s.git(&["pull", "-q", "--rebase", "origin", "topic"]);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A"), ("HEAD~3", "")],
    ),
    row(
        "cherry-pick",
        |s| {
            s.git(&["switch", "-q", "main"]);
            s.git(&["cherry-pick", "topic~1", "topic"]);
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", ""), ("topic", "C")],
    ),
    row(
        "cherry-pick -x",
        |s| {
            s.git(&["switch", "-q", "main"]);
            s.git(&["cherry-pick", "-x", "topic"]);
        },
        &[("HEAD", "C")],
    ),
    row(
        "revert",
        |s| drop(s.git(&["revert", "--no-edit", "HEAD"])),
        &[("HEAD", ""), ("HEAD~", "C")],
    ),
    row(
        "revert and again",
        |s| {
            s.git(&["revert", "--no-edit", "HEAD"]);
            s.git(&["revert", "--no-edit", "HEAD"]);
        },
        &[("HEAD", ""), ("HEAD~", ""), ("HEAD~2", "C")],
    ),
    Row {
        name: "merge --squash, the branch stays",
        operation: |s| {
            s.git(&["switch", "-q", "main"]);
            s.git(&["merge", "-q", "--squash", "topic"]);
            s.git(&["commit", "-qm", "all of topic"]);
        },
        inferred: &[("HEAD", ""), ("topic", "C")],
        repaired: &[("HEAD", "A B C"), ("topic", "C")],
    },
    Row {
        name: "merge --squash, the branch goes",
        operation: |s| {
            s.git(&["switch", "-q", "main"]);
            s.git(&["merge", "-q", "--squash", "topic"]);
            s.git(&["commit", "-qm", "all of topic"]);
            s.git(&["branch", "-qD", "topic"]);
        },
        inferred: &[("HEAD", "")],
        repaired: &[("HEAD", "A B C")],
    },
    row(
        "merge",
        |s| {
            s.git(&["switch", "-q", "main"]);
            s.git(&["merge", "-q", "--no-edit", "topic"]);
        },
        &[("HEAD", ""), ("HEAD^2", "C")],
    ),
    Row {
        name: "reset --soft and a new commit",
        operation: |s| {
            s.git(&["reset", "-q", "--soft", "HEAD~2"]);
            s.git(&["commit", "-qm", "B and C"]);
        },
        inferred: &[("HEAD", "C"), ("HEAD~", "A")],
        repaired: &[("HEAD", "B C"), ("HEAD~", "A")],
    },
    row(
        "reset --soft and commit -C",
        |s| {
            s.git(&["reset", "-q", "--soft", "HEAD~"]);
            s.git(&["commit", "-qC", "HEAD@{1}"]);
        },
        &[("HEAD", "C")],
    ),
    row(
        "reset --hard and other work",
        |s| {
            s.git(&["reset", "-q", "--hard", "HEAD~"]);
            s.commit("D", "dir/D", "D\n");
        },
        &[("HEAD", ""), ("HEAD~", "B")],
    ),
    row(
        "stash and pop",
        |s| {
            s.write("dir/C", "not yet\n");
            s.git(&["stash", "-q"]);
            s.git(&["commit", "--amend", "-qm", "C, reworded"]);
            s.git(&["stash", "pop", "-q"]);
        },
        &[("HEAD", "C")],
    ),
    row(
        "commit-tree and update-ref",
        |s| {
            let tree = s.git(&["rev-parse", "HEAD^{tree}"]);
            let new = s.git(&["commit-tree", "-p", "HEAD~", "-m", "by hand", &tree]);
            s.git(&["update-ref", "refs/heads/topic", &new]);
        },
        &[("HEAD", "C"), ("HEAD~", "B")],
    ),
    row(
        "format-patch and am",
        |s| {
            s.git(&["format-patch", "-q", "-o", "../patches", "HEAD~2"]);
            s.git(&["reset", "-q", "--hard", "main"]);
            let patches = ["B", "C"].map(|name| {
                s.world
                    .path("patches")
                    .join(format!("000{}-{name}.patch", if name == "B" { 1 } else { 2 }))
            });
            s.git(&["am", "-q", patches[0].to_str().unwrap(), patches[1].to_str().unwrap()]);
        },
        &[("HEAD", "C"), ("HEAD~", "B")],
    ),
    row(
        "filter-branch",
        |s| {
            s.world
                .command("git", &s.work)
                .args(["filter-branch", "-f", "--tree-filter", "rm -f file", "--", "--all"])
                .env("FILTER_BRANCH_SQUELCH_WARNING", "1")
                .output()
                .unwrap();
            assert!(!s.work.join("file").exists());
        },
        &[("HEAD", "C"), ("HEAD~", "B"), ("HEAD~2", "A")],
    ),
    row(
        "fast-export, another committer, fast-import",
        |s| {
            let script = "git fast-export --all --reencode=yes | sed 's/^committer .* \\([0-9]* +0000\\)$/committer Eve <eve@example.com> \\1/' | git fast-import --quiet --force";
            let ran = s.world.command("sh", &s.work).args(["-c", script]).output().unwrap();
            assert!(ran.status.success());
        },
        &[("topic", "C"), ("topic~", "B"), ("topic~2", "A")],
    ),
    row(
        "replace",
        |s| {
            s.git(&[
                "replace",
                "HEAD",
                &s.git(&["commit-tree", "-p", "HEAD~", "-m", "replaced", "HEAD^{tree}"]),
            ]);
        },
        &[("HEAD", "C"), ("HEAD~", "B")],
    ),
    row(
        "subtree split",
        // What `git subtree split` makes, which not every git comes with.
        |s| {
            s.git(&["branch", "part"]);
            let split = ["filter-branch", "-f", "--subdirectory-filter", "dir", "part"];
            let mut command = s.world.command("git", &s.work);
            command.env("FILTER_BRANCH_SQUELCH_WARNING", "1").args(split).output().unwrap();
            assert_eq!(s.git(&["ls-tree", "--name-only", "part"]), "A\nB\nC");
        },
        &[("part", "C"), ("part~", "B"), ("part~2", "A"), ("topic", "C")],
    ),
    row(
        "in a linked worktree",
        |s| {
            s.git(&["worktree", "add", "-q", "../linked", "topic~1", "--detach"]);
            let linked = s.world.path("linked");
            s.git(&["-C", linked.to_str().unwrap(), "commit", "--amend", "-qm", "B, reworded"]);
            s.git(&["tag", "linked", &s.world.git(&linked, &["rev-parse", "HEAD"])]);
        },
        &[("linked", "B"), ("topic", "C")],
    ),
    row(
        "commits of one second that look alike",
        |s| {
            for text in ["1", "2"] {
                s.write("alike", text);
                s.git(&["add", "--all"]);
                s.world
                    .command("git", &s.work)
                    .args(["commit", "-qm", "wip"])
                    .env("GIT_AUTHOR_DATE", "1790009999 +0000")
                    .output()
                    .unwrap();
            }
            s.git(&["branch", "alike"]);
            s.git(&["reset", "-q", "--hard", "HEAD~"]);
            s.save("first");
        },
        &[("alike", ""), ("alike~", "first")],
    ),
];

/// What is otherwise than a row says.
fn differences(story: &Story, expected: &[(&str, &str)], tied: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (revision, titles) in expected {
        let (carried, inferred) = story.carried(revision);
        if carried.join(" ") != *titles || (tied && inferred.is_some()) {
            found.push(format!("{revision}: {carried:?} by {inferred:?}, not {titles}"));
        }
        let (number, shown) = story.shown(revision);
        if number < carried.len() || (tied && shown.is_some()) {
            found.push(format!("{revision}: {number} shown, by {shown:?}"));
        }
    }
    found
}

/// How many of the checkpoints that a row wants are found, as a cell of the table in the documents.
fn share(row: &Row, find: impl Fn(&str) -> Vec<String>) -> String {
    let (mut found, mut all) = (0, 0);
    for (revision, titles) in row.repaired {
        let carried = find(revision);
        all += titles.split_whitespace().count();
        found += titles
            .split_whitespace()
            .filter(|title| carried.iter().any(|one| one == title))
            .count();
    }
    format!("{found} of {all}")
}

/// Runs a row with the hooks in place; returns how many checkpoints are tied without anything else being done.
fn with_hooks(row: &Row) -> String {
    let story = Story::new(None, &[]);
    story.world.ckpt(&story.work, &["init"]).succeeds();
    (row.operation)(&story);
    let tied = |revision: &str| match story.carried(revision) {
        (titles, None) => titles,
        (_, Some(_)) => Vec::new(),
    };
    for (revision, titles) in row.repaired {
        for title in tied(revision) {
            assert!(titles.contains(&title), "{}: {revision} has {title}", row.name);
        }
    }
    story.world.is_in_order(&story.work);
    share(row, tied)
}

/// Runs every row without hooks; returns how many checkpoints were found at once, after a repair, and by plain notes.
fn run(git: Option<&Path>, options: &[&str]) -> Vec<[String; 3]> {
    let (mut failed, mut table) = (String::new(), Vec::new());
    for row in ROWS {
        let story = Story::new(git, options);
        (row.operation)(&story);
        let mut compare = |when: &str, expected, tied| {
            for difference in differences(&story, expected, tied) {
                failed.push_str(&format!("{}, {when}: {difference}\n", row.name));
            }
        };
        compare("as inferred", row.inferred, false);
        let plain = share(row, |revision| story.plain_note(revision));
        let inferred = share(row, |revision| story.carried(revision).0);
        story.world.ckpt(&story.work, &["repair", "--yes"]).succeeds();
        compare("as repaired", row.repaired, true);
        let repaired = share(row, |revision| story.carried(revision).0);
        table.push([inferred, repaired, plain]);
        let again = story.world.ckpt(&story.work, &["repair", "--dry-run"]).succeeds();
        assert!(again.out.contains("nothing to repair"), "{}: {}", row.name, again.out);
        story.git(&["gc", "-q", "--prune=now"]);
        compare("after gc", row.repaired, true);
        story.world.is_in_order(&story.work);
    }
    assert!(failed.is_empty(), "\n{failed}");
    table
}

#[test]
fn operations_in_a_repository_of_files_are_those_of_the_documents() {
    let mut table = String::new();
    for (row, [inferred, repaired, plain]) in ROWS.iter().zip(run(None, &[])) {
        let hooks = with_hooks(row);
        let line = format!("| {} | {hooks} | {inferred} | {repaired} | {plain} |\n", row.name);
        table.push_str(&line);
    }
    let document = include_str!("../../docs/rewrites.md");
    assert!(document.contains(&table), "docs/rewrites.md should say:\n{table}");
}

#[test]
fn operations_in_a_repository_with_sha256() {
    run(None, &["--object-format=sha256"]);
}

#[test]
fn operations_in_a_repository_with_reftable() {
    run(None, &["--ref-format=reftable"]);
}

#[test]
fn operations_with_every_other_git_that_is_installed() {
    for git in other_gits() {
        run(Some(&git), &[]);
    }
}
