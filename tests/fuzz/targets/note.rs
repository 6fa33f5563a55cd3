//! A note: its pieces are all of it, in order.

#![no_main]

use git_ckpt::format::note;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let pieces = note::read(bytes);
    let all: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes()).copied().collect();
    assert_eq!(all, bytes);
});
