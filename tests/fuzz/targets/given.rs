//! A document that is handed in.

#![no_main]

use git_ckpt::format::given;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = given::read(bytes);
});
