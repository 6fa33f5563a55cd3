//! A bundle that somebody sent: read or refused; what is read can be written again.

#![no_main]

use git_ckpt::format::bundle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(bundle) = bundle::read(bytes) {
        let again = bundle::write(&bundle).expect("what was read can be written");
        assert_eq!(bundle::read(&again).expect("what was written can be read"), bundle);
    }
});
