//! `git ckpt redact`: secrets are taken out of what is stored already, and a restore still brings them back.

use std::fs;

use insta::assert_snapshot;

use crate::scan::{add_line, leaky, other_token, token};
use crate::world::World;

/// Saves as if no rule knew of the tokens yet; returns the checkpoint.
fn save_unseen(world: &World, arguments: &[&str]) -> String {
    world.write(".git/fine", &format!("{}\n{}\n", token(), other_token()));
    world.git(&["config", "ckpt.redact.allow", ".git/fine"]);
    let id = world.save(arguments);
    world.git(&["config", "--unset", "ckpt.redact.allow"]);
    id
}

/// Everything that stands in the refs of this clone, and the ids of what is tied to HEAD.
fn on_head(world: &World) -> Vec<String> {
    let shown = world.json(&["show", "--json"]);
    let ids = shown["on_this_commit"].as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_secret_is_taken_out_of_document_and_session() {
    let world = leaky();
    save_unseen(&world, &["-m", &format!("# Use {}", token())]);
    assert_snapshot!(world.ckpt(&["redact", "HEAD", "--dry-run"]), @"
    657a6f75b1 document:5 (byte 81)  github-pat  ghp_…(40)
    657a6f75b1 document:34 (byte 865)  github-pat  ghp_…(40)
    657a6f75b1 transcript.jsonl (byte 9020)  github-pat  ghp_…(40)
    3 secrets to take out; checkpoints that share these bytes get new ids
    ");
    assert_snapshot!(world.ckpt(&["redact", "HEAD"]), @"
    657a6f75b1 document:5 (byte 81)  github-pat  ghp_…(40)
    657a6f75b1 document:34 (byte 865)  github-pat  ghp_…(40)
    657a6f75b1 transcript.jsonl (byte 9020)  github-pat  ghp_…(40)
    3 secrets to take out; checkpoints that share these bytes get new ids
    --- stderr
    error: this needs a yes, and there is no terminal to ask on
    hint: look at the plan with `--dry-run`, then run the same command with `--yes`
    --- exit 4
    ");
    let run = world.ckpt(&["redact", "HEAD", "--yes"]);
    assert!(!run.to_string().contains(&token()[..6]), "{run}");
    assert!(run.stderr().contains("1 checkpoint written anew"), "{run}");
    assert!(run.stderr().contains("github-pat  ghp_…(40)"), "{run}");
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    assert_eq!(world.ckpt(&["verify"]).code, 0);
    assert!(world.ckpt(&["show"]).stdout().contains("[REDACTED:github-pat:"));
    assert_eq!(world.ckpt(&["redact", "HEAD"]).stdout(), "nothing to take out\n");
}

#[test]
fn every_checkpoint_that_shares_the_bytes_is_written_anew_and_comes_back_whole() {
    let world = World::new();
    let path = world.claude().with_companions().write();
    add_line(&world, &path, &format!("deploy with {}", token()));
    let mut states = vec![(save_unseen(&world, &["-m", "# One"]), fs::read(&path).unwrap())];
    for number in 0..3 {
        add_line(&world, &path, &format!("turn {number}, and {}", other_token()));
        let title = format!("# More {number}");
        states.push((save_unseen(&world, &["-m", &title]), fs::read(&path).unwrap()));
    }
    let before = on_head(&world);
    let run = world.ckpt(&["redact", &states[0].0, "--yes"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    assert_eq!(world.ckpt(&["verify"]).code, 0);
    let after = on_head(&world);
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|id| !before.contains(id)));
    // Newest first.
    for ((id, _), (_, bytes)) in after.iter().map(|id| (id, ())).zip(states.iter().rev()) {
        let to = world.home().join(id);
        let run = world.ckpt(&["restore", id, "--to", to.to_str().unwrap(), "--yes"]);
        assert_eq!(run.code, 0, "{run}");
        let restored = walk(&to).into_iter().find(|file| {
            file.extension().is_some_and(|end| end == "jsonl")
                && !file.to_str().unwrap().contains("subagents")
        });
        assert!(fs::read(restored.unwrap()).unwrap() == *bytes, "{id}");
    }
    // The next save finds its way.
    add_line(&world, &path, "and on");
    world.save(&["-m", "# After"]);
    assert_eq!(world.ckpt(&["verify"]).code, 0);
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
}

#[test]
fn a_session_of_several_epochs_is_cleaned_in_all_of_them() {
    let world = World::new();
    let path = world.claude().write();
    let mut text = fs::read_to_string(&path).unwrap();
    let mut number: u64 = 0;
    while text.len() < 9 << 20 {
        let key = if number.is_multiple_of(40) { token() } else { String::new() };
        let words: String =
            (0..30u64).map(|word| format!("{} ", number * word * 7919 % 100_003)).collect();
        text += &format!("{{\"type\":\"note\",\"text\":\"{words}{key} {words}\"}}\n");
        number += 1;
    }
    world.write_to(&path, &text);
    crate::sessions_of::touch(&world, &path);
    save_unseen(&world, &["-m", "# One"]);
    // An edit in the middle, so that the second is not a prefix of the log.
    let cut = text.len() / 2;
    let cut = cut + text[cut..].find('\n').unwrap() + 1;
    let shorter = text[..cut].to_owned() + &text[cut + text[cut..].find('\n').unwrap() + 1..];
    world.write_to(&path, &shorter);
    crate::sessions_of::touch(&world, &path);
    save_unseen(&world, &["-m", "# Two"]);
    assert_eq!(world.ckpt(&["redact", "HEAD", "--yes"]).code, 0);
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
    assert_eq!(world.ckpt(&["verify"]).code, 0);
    for (id, wanted) in on_head(&world).iter().zip([&shorter, &text]) {
        let to = world.home().join(id);
        let run = world.ckpt(&["restore", id, "--to", to.to_str().unwrap(), "--yes"]);
        assert_eq!(run.code, 0, "{run}");
        let files = walk(&to);
        assert_eq!(files.len(), 1);
        assert!(fs::read(&files[0]).unwrap() == wanted.as_bytes(), "{id}");
    }
}

#[test]
fn what_was_saved_unredacted_is_a_checkpoint_like_any_other_then() {
    let world = leaky();
    world.save(&["--no-redact", "--yes", "-m", "# Plain"]);
    assert_eq!(world.ckpt(&["redact", "HEAD", "--yes"]).code, 0);
    let shown = world.json(&["show", "--json"]);
    assert_eq!(shown["unredacted"], false);
    assert_eq!(world.ckpt(&["scan", "--all"]).code, 0);
}

#[test]
fn the_checkpoint_of_somebody_else_is_theirs_to_rewrite() {
    let world = leaky();
    let id = save_unseen(&world, &["-m", "# Bob's"]);
    for kind in ["ckpt", "ckpt-log"] {
        let own = format!("refs/notes/{kind}/ada-0000001");
        world.git(&["update-ref", &format!("refs/notes/{kind}-remote/origin/bob-0000001"), &own]);
        world.git(&["update-ref", "-d", &own]);
    }
    fs::remove_file(world.repo().join(".git/ckpt/tips")).unwrap();
    assert_snapshot!(world.ckpt(&["redact", &id]), @"
    --- stderr
    error: checkpoint 47090bc24f is that of Ada Lovelace <ada@example.com> (`origin/bob-0000001`), and only its own clone can rewrite it
    hint: have Ada Lovelace <ada@example.com> run `git ckpt redact` where it was saved, and push; what you have of it goes with the next `git ckpt fetch`
    --- exit 4
    ");
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
