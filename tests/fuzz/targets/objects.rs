//! Objects as git keeps them: the file of one, a tree, a commit.

#![no_main]

use git_ckpt::git::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzzing::object(bytes));
