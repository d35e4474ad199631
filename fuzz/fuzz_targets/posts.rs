//! What customers type, as Discord is given it: every post and every part of a card is within
//! Discord's limits, no post is taken for another, and nobody is called.
#![no_main]

use connector::fuzzing::{card, posts_of};
use domain::text::{Body, DISCORD_CONTENT_MAX, Subject, discord_len};

libfuzzer_sys::fuzz_target!(|typed: (&str, &str)| {
    let (name, text) = typed;
    if let Ok(body) = Body::parse(text) {
        for (place, (post, taken_for)) in posts_of(name, body.as_str()).iter().enumerate() {
            assert!(discord_len(post) <= DISCORD_CONTENT_MAX, "{post}");
            assert_eq!(*taken_for, i64::try_from(place).ok(), "{post}");
        }
    }
    let subject = Subject::parse(text).map(|subject| subject.as_str().to_owned());
    let sent = card(&subject.unwrap_or_default(), name);
    let embed = &sent["embeds"][0];
    let long = |text: &serde_json::Value| text.as_str().map_or(0, discord_len);
    assert!((1..=256).contains(&long(&embed["title"])), "{embed}");
    for field in embed["fields"].as_array().into_iter().flatten() {
        assert!((1..=1024).contains(&long(&field["value"])), "{field}");
    }
    assert_eq!(sent["allowed_mentions"]["parse"].as_array().map(Vec::len), Some(0));
});
