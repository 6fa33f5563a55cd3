//! A stored document, with the id that belongs to it, so that its front matter is reached; also one that is sealed.

#![no_main]

use git_ckpt::format::document::{self, Document};
use git_ckpt::format::seal::LogKey;
use git_ckpt::model::checkpoint::Draft;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    let _ = document::read(bytes);
    let _ = document::first(bytes);
    let digits: String =
        Sha256::digest(bytes).iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    let stored = [b"---\nid: ", digits.as_bytes(), b"\n", bytes].concat();
    let read = document::read(&stored);
    if let Ok(Document::Sealed(sealed)) = &read {
        let _ = sealed.outline();
        let _ = sealed.open(&LogKey::new([7; 32]));
    }
    if let Ok(Document::Known(checkpoint)) = read {
        let draft = Draft { header: checkpoint.header.clone(), body: checkpoint.body.clone() };
        let (_, again) = document::write(&draft).expect("what was read can be written");
        let Ok(Document::Known(second)) = document::read(&again) else { panic!("it reads back") };
        assert_eq!(second.header, checkpoint.header);
    }
});
