//! What a capture remembered, as a cut or foreign file may hold it.

#![no_main]

use git_ckpt::store::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzzing::state(bytes));
