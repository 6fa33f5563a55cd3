//! `docs/tutorial.md`, walked through: every command in it is run, and has to print what stands there.
//!
//! What the agent does between two commands stands in `tutorial_steps/`, a directory for each comment
//! `<!-- agent: <step> -->`: files that it writes, and what its transcript grows by. With `CKPT_WRITE_DOCS=1` in the
//! environment the file is written anew instead of compared.

use std::fs;
use std::path::{Path, PathBuf};

use crate::world::World;

/// Where the sessions were recorded, and which one goes on in each step.
const SESSIONS: [(&str, &str); 3] = [
    ("monday-1", "c2f1a9d4-7b3e-4c58-9a06-51d8e0b7f3a2"),
    ("monday-2", "c2f1a9d4-7b3e-4c58-9a06-51d8e0b7f3a2"),
    ("tuesday", "e80b64a7-1d92-4f0c-b5c3-9a7f2d6018be"),
];

/// Seconds from one day's work to the next.
const NIGHT: u64 = 15 * 3600;

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md")
}

fn steps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/tutorial_steps")
}

/// A repository as it is when the walk begins.
fn beginning() -> World {
    let world = World::unborn();
    // What a hook leaves to the background would come at any time.
    world.git(&["config", "--global", "ckpt.background", "false"]);
    world.write("send.py", &fs::read_to_string(steps().join("send.py")).unwrap());
    world.commit("Mail the invoices of the night");
    world
}

/// Lets the agent do its part.
fn work(world: &World, step: &str) {
    let (_, session) = SESSIONS.into_iter().find(|(name, _)| *name == step).unwrap();
    if step == "tuesday" {
        world.wait(NIGHT);
    }
    let transcript = world.claude_project(&world.repo()).join(format!("{session}.jsonl"));
    for entry in fs::read_dir(steps().join(step)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        if name == "session.jsonl" {
            let earlier = fs::read_to_string(&transcript).unwrap_or_default();
            let opening = world.ckpt(&["prompt"]).stdout();
            let opening = serde_json::to_string(&opening).unwrap();
            world.write_to(&transcript, &(earlier + &text.replace("\"{{opening}}\"", &opening)));
            let file = fs::File::options().write(true).open(&transcript).unwrap();
            file.set_modified(world.now()).unwrap();
        } else {
            world.write(&name, &text);
        }
    }
}

/// The document with what its commands print now.
fn walked(world: &World, document: &str) -> String {
    let mut text = String::new();
    let mut lines = document.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        if let Some(step) = line.strip_prefix("<!-- agent: ") {
            work(world, step.trim_end_matches(" -->"));
        }
        let command = line.strip_prefix("$ ").filter(|_| inside);
        text += &format!("{line}\n");
        let Some(command) = command else { continue };
        let mut command = command.to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with('>')) {
            text += &format!("{more}\n");
            command += &format!("\n{}", more.strip_prefix("> ").unwrap_or_default());
        }
        while lines.next_if(|next| !next.starts_with("$ ") && !next.starts_with("```")).is_some() {}
        let run = world.call_program("sh", &["-c", &format!("{{ {command}\n}} 2>&1")]).run();
        text += &run.stdout();
        if lines.peek().is_some_and(|next| next.starts_with("$ ")) {
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_tutorial_prints_what_it_shows() {
    let written = fs::read_to_string(document()).unwrap();
    let walked = walked(&beginning(), &written);
    if std::env::var_os("CKPT_WRITE_DOCS").is_some() {
        fs::write(document(), &walked).unwrap();
        return;
    }
    for (number, (shown, printed)) in written.lines().zip(walked.lines()).enumerate() {
        assert_eq!(shown, printed, "docs/tutorial.md, line {}", number + 1);
    }
    assert_eq!(written.lines().count(), walked.lines().count());
}
