//! A list of companion files: read or refused, and no name leads anywhere.

#![no_main]

use git_ckpt::format::companions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(companions) = companions::read(text) else { return };
    for companion in &companions {
        assert!(companion.file.parts().all(|part| !part.is_empty() && part != ".."));
    }
    let again = companions::write(&companions).expect("what was read can be written");
    assert_eq!(companions::read(&again).expect("what was written can be read"), companions);
});
