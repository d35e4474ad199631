//! Names of buttons: one that is read is the name of what it was read as.
#![no_main]

libfuzzer_sys::fuzz_target!(|name: &str| {
    if let Some(again) = connector::fuzzing::custom_id(name) {
        assert_eq!(again.as_deref(), Some(name));
    }
});
