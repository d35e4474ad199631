//! Messages longer than Discord takes: every piece fits, and no piece is empty.
#![no_main]

use domain::text::{discord_len, split};

libfuzzer_sys::fuzz_target!(|input: (u8, &str)| {
    let (room, text) = input;
    let room = 40 + usize::from(room);
    for piece in split(text, room) {
        assert!(discord_len(&piece) <= room, "{piece:?}");
        assert!(!piece.is_empty());
    }
});
