//! A session of several files: each comes back, and one that nobody touched costs nothing.

use git_ckpt::model::snapshot::FileName;
use git_ckpt::store::{Redactor, SessionSource};

use crate::workbench::{LengthReader, Saved, Workbench, lines, source};

const NAMES: [&str; 3] = ["subagents/agent-1.jsonl", "subagents/agent-2.jsonl", "tool-results/x"];

/// The files of a session on disk.
struct Session {
    bench: Workbench,
    files: Vec<(FileName, Vec<u8>)>,
}

impl Session {
    fn new() -> Self {
        let file = |(number, name): (usize, &str)| {
            (name.parse().unwrap(), lines(number as u64 + 1, 5000 * (number + 1)))
        };
        Self { bench: Workbench::new(), files: NAMES.into_iter().enumerate().map(file).collect() }
    }

    fn source(&self) -> SessionSource {
        let transcript = self.bench.path("transcript");
        let path = |name: &FileName| self.bench.path(&name.as_str().replace('/', "-"));
        let companions = self.files.iter().map(|(name, _)| (name.clone(), path(name))).collect();
        SessionSource { companions, ..source("several", &transcript) }
    }

    fn save(&self) -> Saved {
        self.bench.save_source(&self.source(), &mut LengthReader::default())
    }

    fn write(&self, number: usize) {
        let (name, bytes) = &self.files[number];
        self.bench.rewritten(&name.as_str().replace('/', "-"), bytes);
    }

    #[track_caller]
    fn assert_reads(&self, saved: &Saved, wanted: &[(FileName, Vec<u8>)]) {
        let files = self.bench.store.files(&self.bench.writer()).unwrap();
        let listed = files.companions(saved.companions.as_ref().unwrap()).unwrap();
        let read: Vec<(FileName, Vec<u8>)> =
            listed.iter().map(|file| (file.file.clone(), self.bench.read(&file.stored))).collect();
        assert!(read == wanted, "other companions than were there");
    }
}

#[test]
fn companions_come_back_as_they_were_at_each_save() {
    let mut session = Session::new();
    session.bench.rewritten("transcript", b"{\"one\":1}\n");
    (0..NAMES.len()).for_each(|number| session.write(number));
    let first = session.save();
    let at_first = session.files.clone();
    assert_eq!(session.save().new_bytes, 0, "nothing was touched");

    session.bench.rewritten("transcript", b"{\"one\":1}\n{\"two\":2}\n");
    session.files[1].1.extend_from_slice(b"{\"more\":1}\n");
    session.write(1);
    session.files[2].1.clear();
    session.write(2);
    let second = session.save();
    let at_second = session.files.clone();

    session.files.remove(0);
    session.bench.forget_caches();
    let third = session.save();
    session.assert_reads(&first, &at_first);
    session.assert_reads(&second, &at_second);
    session.assert_reads(&third, &session.files);
}

#[test]
fn a_companion_that_is_gone_is_left_out_and_named() {
    let session = Session::new();
    session.bench.rewritten("transcript", b"{\"one\":1}\n");
    session.write(0);
    session.write(2);
    let mut transaction = session.bench.store.begin("Ada").unwrap();
    let source = session.source();
    let captured =
        transaction.capture(&source, &mut LengthReader::default(), &mut Redactor::off()).unwrap();
    assert_eq!((captured.files, captured.left_out.len()), (2, 1));
    assert!(captured.left_out[0].to_string().contains("agent-2"), "{:?}", captured.left_out);
    drop(transaction);
    let saved = session.save();
    session.assert_reads(&saved, &[session.files[0].clone(), session.files[2].clone()]);
}
