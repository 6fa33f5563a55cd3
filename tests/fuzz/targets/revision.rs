//! A revision, taken apart without asking git.

#![no_main]

use git_ckpt::git::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| fuzzing::revision(text));
