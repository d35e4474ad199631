//! Text that people type, on its way to a page and to Discord: nothing of it becomes markup of its own.
#![no_main]

use domain::text::{Body, discord_len, excerpt, head};

libfuzzer_sys::fuzz_target!(|typed: &str| {
    let html = markup::html(typed, &markup::Names::default());
    for forbidden in ["<script", "<img", "<style", "<iframe", "javascript:\""] {
        assert!(!html.contains(forbidden), "{html}");
    }
    let _ = markup::mentioned(typed);
    let _ = Body::parse(typed);
    assert!(discord_len(head(typed, 300)) <= 300);
    let _ = excerpt(typed, 80);
});
