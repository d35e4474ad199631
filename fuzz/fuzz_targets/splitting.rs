//! Messages longer than Discord takes: every piece fits, and none is empty but that of an empty text.
#![no_main]

use domain::text::{discord_len, split};

libfuzzer_sys::fuzz_target!(|input: (u8, &str)| {
    let (room, text) = input;
    let room = 40 + usize::from(room);
    for piece in split(text, room) {
        assert!(discord_len(&piece) <= room, "{piece:?}");
        assert!(!piece.is_empty() || text.is_empty());
    }
});
