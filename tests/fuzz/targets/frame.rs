//! A frame of a log: other bytes than those that were stored never come out of it.

#![no_main]

use git_ckpt::format::frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = frame::header(bytes);
    let mut raw = Vec::new();
    let _ = frame::decode(bytes, &[], None, &mut raw);
    let (prefix, rest) = bytes.split_at(bytes.len() / 3);
    let made = frame::encode(prefix.len() as u64, prefix, rest, None).expect("short frames can be made");
    frame::decode(&made, prefix, None, &mut raw).expect("what was made can be read");
    assert_eq!(raw, rest);
    // The same frame with one byte changed, as the input says where.
    if let [place, flip, ..] = bytes {
        let mut spoilt = made.clone();
        let at = usize::from(*place) % spoilt.len();
        spoilt[at] ^= *flip;
        if frame::decode(&spoilt, prefix, None, &mut raw).is_ok() {
            assert_eq!(raw, rest);
        }
    }
});
