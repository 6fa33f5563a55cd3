//! Every object of a repository, reachable or not, in every form that a secret may hide in.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use git_ckpt::format::frame;

use crate::world::World;

/// The objects of a repository: kind and content by id.
fn objects(world: &World, place: &Path) -> BTreeMap<String, (String, Vec<u8>)> {
    let listed = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"];
    let ids = world.git(place, &listed);
    let mut command = world.command("git", place);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let asked = std::thread::spawn(move || stdin.write_all(format!("{ids}\n").as_bytes()));
    let output = child.wait_with_output().unwrap().stdout;
    asked.join().unwrap().unwrap();
    let mut objects = BTreeMap::new();
    let mut rest = output.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head = String::from_utf8(rest[..end].to_vec()).unwrap();
        let words: Vec<&str> = head.split(' ').collect();
        let [id, kind, size] = words[..] else { panic!("{head}") };
        let size: usize = size.parse().unwrap();
        let content = rest[end + 1..end + 1 + size].to_vec();
        rest = &rest[end + 2 + size..];
        objects.insert(id.to_owned(), (kind.to_owned(), content));
    }
    objects
}

/// The entries of a tree: name and id.
fn entries(tree: &[u8]) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut rest = tree;
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let id: String = rest[end + 1..end + 21].iter().map(|byte| format!("{byte:02x}")).collect();
        entries.push((head.split_once(' ').unwrap().1.to_owned(), id));
        rest = &rest[end + 21..];
    }
    entries
}

/// What the frames of a tree hold, if it is an epoch.
fn decoded(
    objects: &BTreeMap<String, (String, Vec<u8>)>,
    entries: &[(String, String)],
) -> Option<Vec<u8>> {
    let mut raw: Vec<u8> = Vec::new();
    let mut frame_raw = Vec::new();
    for (name, id) in entries {
        let start: u64 = name.strip_suffix(".ckz")?.parse().ok()?;
        let bytes = &objects[id].1;
        let header = frame::header(bytes).unwrap();
        assert_eq!(header.start, start);
        let prefix = raw.len() - header.prefix.1 as usize;
        frame::decode(bytes, &raw[prefix..], None, &mut frame_raw).unwrap();
        raw.extend_from_slice(&frame_raw);
    }
    Some(raw)
}

/// A text with one level of JSON's escapes taken away.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        let (byte, used) = match (first, more.first()) {
            (b'\\', Some(b'n')) => (b'\n', 2),
            (b'\\', Some(b't')) => (b'\t', 2),
            (b'\\', Some(b'u')) if more.starts_with(b"u00") && more.len() >= 5 => {
                let digits = std::str::from_utf8(&more[3..5]).unwrap_or("3f");
                (u8::from_str_radix(digits, 16).unwrap_or(b'?'), 6)
            }
            (b'\\', Some(escaped)) => (*escaped, 2),
            _ => (*first, 1),
        };
        plain.push(byte);
        rest = &rest[used..];
    }
    plain
}

/// How a value may be written: as it is, and what base64 makes of it wherever it stands in what is encoded.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![value.as_bytes().to_vec(), unescaped(value.as_bytes())];
    for shift in 0..3 {
        let shifted = [&b"..."[..shift], value.as_bytes()].concat();
        let encoded = STANDARD_NO_PAD.encode(&shifted[..shifted.len() / 3 * 3]);
        forms.push(encoded.as_bytes()[if shift == 0 { 0 } else { 4 }..].to_vec());
    }
    forms
}

/// The values that stand in some object, each with one that it stands in.
pub fn found(world: &World, place: &Path, values: &[String]) -> Vec<String> {
    let objects = objects(world, place);
    assert!(objects.len() > 10, "{}", objects.len());
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut epochs = 0;
    for (id, (kind, content)) in &objects {
        texts.push((format!("{kind} {id}"), content.clone()));
        if kind == "tree"
            && let Some(raw) = decoded(&objects, &entries(content))
            && !raw.is_empty()
        {
            epochs += 1;
            texts.push((format!("epoch {id}"), raw));
        }
    }
    assert!(epochs > 0, "there is no session to look at");
    let mut hits = Vec::new();
    for value in values {
        let forms = forms(value);
        let holds =
            |text: &[u8]| forms.iter().any(|form| memchr::memmem::find(text, form).is_some());
        let hit = texts.iter().find(|(_, text)| {
            let once = unescaped(text);
            let twice = unescaped(&once);
            holds(text) || holds(&once) || holds(&twice)
        });
        hits.extend(hit.map(|(name, _)| format!("{}… in {name}", &value[..4])));
    }
    hits
}
