//! Writes what the fuzz targets start from, out of the recorded sessions and the formats' own writers.
//!
//! Takes the directory of the corpora; a target that is not named here starts from nothing.

use std::error::Error;
use std::fs;
use std::path::Path;

use git_ckpt::format::bundle::{self, Bundle, BundledDocument, BundledFrame};
use git_ckpt::format::seal::LogKey;
use git_ckpt::format::{document, frame, sealed as sealing};
use git_ckpt::model::checkpoint::Draft;

const CLAUDE: &str = include_str!("../fixtures/claude.jsonl");
const CODEX: &str = include_str!("../fixtures/codex.jsonl");
const DOCUMENT: &str = "length: 13
format: 1
title: Dry beds only
created: 2026-03-02T09:00:00Z
author: Ada <ada@example.com>
kind: handoff
progress: {done: 1, total: 3}
tokens: 7
commit: \"0123456789abcdef0123456789abcdef01234567\"
tree: \"89abcdef0123456789abcdef0123456789abcdef\"
authored: Ada <ada@example.com> 1790000000 +0100
reviewer: [Bob, 7]
snapshots:
- agent: claude-code
  session: 6f1d2c3b-4a59-4e87-9b60-1c2d3e4f5a6b
  turns: 2
  tokens: 18300
  file: transcript.jsonl
  log: \"0123456789abcdef\"
  bytes: 10
  extents: [[0, 4], [2, 6]]
  sha256: \"abababababababababababababababababababababababababababababababab\"
---
## Next

- x
";
const MARKDOWN: &str = "# Title\n\n> - [x] **a** `b` [c](https://d.example)\n\n| a | b |\n|---|---|\n| \u{1b}[31mred | \u{202e}x |\n\n```rust\nfn x() {}\n```\n";
const SAID: &str = "To /server\n=\ta:refs/notes/x\t[up to date]\n*\tc:refs/notes/z\t[new reference]\n!\td:refs/notes/v\t[rejected] (fetch first)\nWriting objects: 100% (11/11), 37.12 KiB | 9.00 MiB/s, done.\nDone\n";

fn main() -> Result<(), Box<dyn Error>> {
    let corpora = std::env::args().nth(1).ok_or("name the directory of the corpora")?;
    let put = |target: &str, number: usize, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
        let directory = Path::new(&corpora).join(target);
        fs::create_dir_all(&directory)?;
        Ok(fs::write(directory.join(format!("seed-{number}")), bytes)?)
    };
    for (target, text) in [("claude", CLAUDE), ("codex", CODEX)] {
        for (number, line) in text.lines().enumerate() {
            put(target, number, line.as_bytes())?;
        }
    }
    for (number, text) in secrets().iter().enumerate() {
        put("redaction", number, text.as_bytes())?;
    }
    put("document", 0, DOCUMENT.as_bytes())?;
    let given = format!("---\n{}", DOCUMENT.split_once('\n').ok_or("a line")?.1);
    put("given", 0, given.as_bytes())?;
    for (target, text) in [
        ("page", MARKDOWN),
        ("prompt", MARKDOWN),
        ("transport", SAID),
        ("revision", "HEAD~3^{commit}^2"),
    ] {
        put(target, 0, text.as_bytes())?;
    }
    let framed = frame::encode(0, &[], CLAUDE.as_bytes(), None)?;
    put("frame", 0, &framed)?;
    let stored = sealed(DOCUMENT);
    put("note", 0, &[stored.as_bytes(), b"words\n", stored.as_bytes()].concat())?;
    let Ok(document::Document::Known(checkpoint)) = document::read(stored.as_bytes()) else {
        return Err("the document reads".into());
    };
    let draft = Draft { header: checkpoint.header.clone(), body: checkpoint.body.clone() };
    let (_, closed) = sealing::write(&draft, &LogKey::new([7; 32]), Default::default())?;
    put("note", 1, &closed)?;
    let second_line = closed.iter().skip(4).position(|byte| *byte == b'\n').ok_or("an id")? + 5;
    put("document", 1, &closed[second_line..])?;
    let one = BundledDocument {
        id: checkpoint.id,
        commit: checkpoint.header.anchors.commit,
        bytes: stored.into_bytes(),
    };
    let log = "0123456789abcdef".parse()?;
    let frames = vec![BundledFrame { log, epoch: 0, start: 0, bytes: framed }];
    put(
        "bundle",
        0,
        &bundle::write(&Bundle {
            writer: "ada-1".into(),
            documents: vec![one],
            frames,
            keys: Vec::new(),
        })?,
    )?;
    let companion = r#"{"file":"session/a.txt","log":"0123456789abcdef","bytes":1,"extents":[[0,1]],"sha256":"abababababababababababababababababababababababababababababababab"}"#;
    put("companions", 0, companion.as_bytes())?;
    put("objects", 0, b"100644 a\x000123456789012345678940000 b\x0001234567890123456789")?;
    put("objects", 1, b"tree 0123456789abcdef0123456789abcdef01234567\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nx\n")
}

fn sealed(checked: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(checked.as_bytes());
    let id: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("---\nid: {id}\n{checked}")
}

/// Lines with what looks like a secret, put together here so that this file is none.
fn secrets() -> Vec<String> {
    let token = ["ghp_", "k3Jd82hLmQ0xTz5VbN7cRw1YpE9sUa4GfXo6"].concat();
    let key = ["-----BEGIN PRIVATE", " KEY-----\\nMIIE\\n-----END PRIVATE KEY-----"].concat();
    vec![
        format!(
            "{{\"content\":\"export GITHUB_TOKEN={token}\\nurl: https://a:{token}@b.example\"}}\n"
        ),
        format!("{{\"out\":\"{{\\\"key\\\":\\\"{token}\\\"}}\"}}\n{{\"k\":\"{key}\"}}\n"),
        format!("+ api_key: '{token}'\n- lettuce\\\"9\\\\x\nAuthorization: Bearer {token}"),
    ]
}
