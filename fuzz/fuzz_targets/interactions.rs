//! Bodies of interactions, signed or not: whatever is in them, they are read or they are not.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    connector::fuzzing::interaction(body);
});
