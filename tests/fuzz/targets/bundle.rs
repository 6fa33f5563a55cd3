//! A bundle that somebody sent: read or refused; what is read can be written again.

#![no_main]

use git_ckpt::format::bundle;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

const BLOCK: usize = 512;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    if let Some(sealed) = sealed(bytes) {
        check(&sealed);
    }
});

fn check(bytes: &[u8]) {
    if let Ok(bundle) = bundle::read(bytes) {
        let again = bundle::write(&bundle).expect("what was read can be written");
        assert_eq!(bundle::read(&again).expect("what was written can be read"), bundle);
    }
}

/// The same with the hash of its table of contents, by which everything else would be refused.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(bytes.get(124..135)?).ok()?;
    let size = usize::from_str_radix(digits.trim_matches([' ', '\0']), 8).ok()?;
    let contents = bytes.get(BLOCK..BLOCK.checked_add(size)?)?;
    let hash: String = Sha256::digest(contents).iter().map(|byte| format!("{byte:02x}")).collect();
    let at = BLOCK + size.next_multiple_of(BLOCK) + BLOCK;
    let mut sealed = bytes.to_vec();
    sealed.get_mut(at..at + hash.len())?.copy_from_slice(hash.as_bytes());
    Some(sealed)
}
